import { Alert, Button, Code, FileButton, Group, Paper, SimpleGrid, Stack, Table, Text, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { exportUrl, shop, type ImportReport } from "@/api/shop";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { PageBody, PageHeader } from "@/ui/state";
import { Back } from "./editor";
import classes from "./product.module.css";
import { keys } from "./queries";

/** What the server says of cells, in words of the person's language; what is not here is shown as it came, in English. */
const known: ReadonlyMap<string, "sku" | "price" | "currency" | "count" | "time" | "priceless" | "sale"> = new Map([
  ["a variant needs a SKU", "sku"],
  ["not a price, such as 49,90", "price"],
  ["the currency must be BRL", "currency"],
  ["not a whole number from 0 on", "count"],
  ["not a time, such as 2026-12-24T18:00:00-03:00", "time"],
  ["a variant needs a price", "priceless"],
  ["a sale price is below the list price", "sale"],
] as const);

/** The headers of a file of ours, as the export writes them. */
const headers = ["handle", "name", "description", "category", "option1_name", "option1_value", "sku", "price", "sale_price", "stock", "image_url"];

/** Products from a file: first what would become of it, then, when a person says so, the thing itself. */
export default function ImportPage() {
  const { t } = useTranslation("product");
  const client = useQueryClient();
  const say = useProblemText();
  const [file, setFile] = useState<File | null>(null);
  const run = useMutation({
    mutationFn: ({ chosen, dry }: { chosen: File; dry: boolean }) => shop.products.import(chosen, dry),
    onSuccess: (report) => {
      if (!report.dry_run) void Promise.all([client.invalidateQueries({ queryKey: keys.all }), client.invalidateQueries({ queryKey: keys.collections })]);
    },
  });
  const report = run.data;
  const done = report !== undefined && !report.dry_run;
  const worth = report !== undefined && report.created + report.changed > 0;
  return (
    <PageBody>
      <Back />
      <PageHeader title={t("importTitle")} text={t("importText")} />
      <Stack gap="lg">
        <Paper withBorder p="lg">
          <Group justify="space-between">
            <div style={{ minWidth: 0 }}>
              <Text fw={600} style={{ overflowWrap: "anywhere" }}>
                {file?.name ?? t("chooseFile")}
              </Text>
              <Text size="sm" c="dimmed">
                {t("fileKinds")}
              </Text>
            </div>
            <FileButton
              accept=".csv,.tsv,.txt,text/csv"
              onChange={(chosen) => {
                if (chosen === null) return;
                setFile(chosen);
                run.mutate({ chosen, dry: true });
              }}
            >
              {(props) => (
                <Button {...props} variant={file === null ? "filled" : "default"} loading={run.isPending && run.variables.dry} leftSection={<Icon name="file" size={17} />}>
                  {t(file === null ? "choose" : "chooseAgain")}
                </Button>
              )}
            </FileButton>
          </Group>
          {file === null && (
            <details style={{ marginTop: 16 }}>
              <summary style={{ cursor: "pointer", color: "var(--p-accent)" }}>{t("headersTitle")}</summary>
              <Text size="sm" mt="xs">
                {t("headersText")}
              </Text>
              <Code block mt="xs" tabIndex={0} style={{ whiteSpace: "pre-wrap" }}>
                {headers.join(";")}
              </Code>
              <Button component="a" href={exportUrl} download variant="subtle" size="compact-sm" mt="xs">
                {t("exportAsExample")}
              </Button>
            </details>
          )}
        </Paper>
        {run.isError && <Alert color="brick">{say(run.error)}</Alert>}
        {report !== undefined && <Report report={report} />}
        {report?.dry_run === true && file !== null && (
          <Group justify="flex-end">
            {report.refused > 0 && worth && (
              <Text size="sm" c="dimmed" flex={1}>
                {t("withoutRefused", { count: report.refused })}
              </Text>
            )}
            <Button disabled={!worth} loading={run.isPending && !run.variables.dry} onClick={() => run.mutate({ chosen: file, dry: false })}>
              {t("apply", { count: report.created + report.changed })}
            </Button>
          </Group>
        )}
        {done && (
          <Group justify="flex-end">
            <Button component={Link} to="/products">
              {t("toProducts")}
            </Button>
          </Group>
        )}
      </Stack>
    </PageBody>
  );
}

export function Report({ report }: { report: ImportReport }) {
  const { t } = useTranslation("product");
  return (
    <section aria-label={t("report")} aria-live="polite">
      <Alert mb="md" color={report.flaws.length > 0 ? "honey" : "leaf"} title={t(report.dry_run ? "dryDone" : "importDone")}>
        {t("readAs", { count: report.rows, dialect: t(`dialect.${report.dialect}`) })}
      </Alert>
      <SimpleGrid cols={3} component="dl" className={classes.facts}>
        {(["created", "changed", "refused"] as const).map((each) => (
          <div key={each} className={classes.fact}>
            <dt>{t(`count.${each}`)}</dt>
            <dd>{report[each]}</dd>
          </div>
        ))}
      </SimpleGrid>
      {report.flaws.length > 0 && (
        <>
          <Title order={2} size="h3" mb="xs">
            {t("flawsTitle", { count: report.flaws.length })}
          </Title>
          <Table.ScrollContainer minWidth={420} mah={420} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
            <Table verticalSpacing="xs" stickyHeader aria-label={t("flawsTitle", { count: report.flaws.length })}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th w={80}>{t("rowNumber")}</Table.Th>
                  <Table.Th w={160}>{t("column")}</Table.Th>
                  <Table.Th>{t("problem")}</Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {report.flaws.map((flaw, i) => (
                  <Table.Tr key={i}>
                    <Table.Td style={{ fontVariantNumeric: "tabular-nums" }}>{flaw.row}</Table.Td>
                    <Table.Td>{flaw.column === "" ? t("wholeRow") : <Code>{flaw.column}</Code>}</Table.Td>
                    <FlawCell message={flaw.message} />
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </>
      )}
    </section>
  );
}

function FlawCell({ message }: { message: string }) {
  const { t } = useTranslation("product");
  const ours = known.get(message);
  return ours === undefined ? <Table.Td lang="en">{message}</Table.Td> : <Table.Td>{t(`cell.${ours}`)}</Table.Td>;
}
