import { Anchor, Badge, Button, Group, Paper, Skeleton, Table, Text, Title } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { billing, invoicesFileUrl, type Invoice } from "@/api/billing";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { CopyIcon, EmptyState, ErrorState } from "@/ui/state";
import { billingKey } from "./queries";

const colors: Record<Invoice["state"], string> = { open: "honey", pending: "honey", paid: "leaf", failed: "brick", void: "gray", refunded: "gray", disputed: "brick" };

/** All invoices, newest first, with the file for the bookkeeper. */
export function InvoiceSection() {
  const { t } = useTranslation(["billing", "common"]);
  const query = useInfiniteQuery({
    queryKey: [...billingKey, "invoices"],
    queryFn: ({ pageParam }) => billing.invoices(pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const invoices = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="invoices-title">
      <Group justify="space-between" mb="md">
        <Title order={2} id="invoices-title">
          {t("invoice.title")}
        </Title>
        {invoices.length > 0 && (
          <Button component="a" href={invoicesFileUrl} download variant="default" size="compact-md" leftSection={<Icon name="file" size={16} />}>
            {t("invoice.export")}
          </Button>
        )}
      </Group>
      {query.isError && invoices.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={90} />
      ) : invoices.length === 0 ? (
        <EmptyState icon="file" title={t("invoice.empty")} text={t("invoice.emptyText")} />
      ) : (
        <Table.ScrollContainer minWidth={640} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm" aria-label={t("invoice.title")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("invoice.number")}</Table.Th>
                <Table.Th>{t("invoice.period")}</Table.Th>
                <Table.Th>{t("invoice.due")}</Table.Th>
                <Table.Th ta="right">{t("invoice.amount")}</Table.Th>
                <Table.Th>{t("invoice.state")}</Table.Th>
                <Table.Th>{t("invoice.fiscal")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {invoices.map((invoice) => (
                <InvoiceRow key={invoice.id} invoice={invoice} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("common:more")}
        </Button>
      )}
    </Paper>
  );
}

function InvoiceRow({ invoice }: { invoice: Invoice }) {
  const { t } = useTranslation("billing");
  const language = spoken();
  const date = (ms: number) => (ms === 0 ? "" : shortDate(ms, language));
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{invoice.number}</Table.Td>
      <Table.Td style={{ whiteSpace: "nowrap" }}>{invoice.period_start_ms > 0 && `${date(invoice.period_start_ms)} – ${date(invoice.period_end_ms)}`}</Table.Td>
      <Table.Td>{date(invoice.due_ms)}</Table.Td>
      <Table.Td ta="right" style={{ whiteSpace: "nowrap", fontVariantNumeric: "tabular-nums" }}>
        {moneyText(invoice.amount_minor, language, invoice.currency)}
        {invoice.refunded_minor > 0 && (
          <Text size="xs" c="dimmed">
            {t("invoice.refunded", { amount: moneyText(invoice.refunded_minor, language, invoice.currency) })}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Badge variant="light" color={colors[invoice.state]} tt="none">
          {t(`invoiceState.${invoice.state}`)}
        </Badge>
        {invoice.problem !== "" && (
          <Text size="xs" c="dimmed">
            {invoice.problem}
          </Text>
        )}
        {invoice.url !== "" && (
          <Text size="xs">
            <Anchor href={invoice.url} target="_blank" rel="noreferrer">
              {t("invoice.pay")}
            </Anchor>
          </Text>
        )}
        {invoice.pix_code !== "" && <CopyIcon value={invoice.pix_code} label={t("invoice.copyPix")} />}
        {invoice.boleto_line !== "" && <CopyIcon value={invoice.boleto_line} label={t("invoice.copyBoleto")} />}
      </Table.Td>
      <Table.Td>{invoice.nfse_number === "" ? "—" : invoice.nfse_number}</Table.Td>
    </Table.Tr>
  );
}
