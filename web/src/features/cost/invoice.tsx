import { Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cost, type CostInvoice, type CostQuality } from "@/api/cost";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { ConfirmButton } from "@/ui/confirm";
import { Grid, Section } from "@/ui/part";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { readDecimal, writtenDecimal } from "./decimal";
import { DecimalField } from "./field";

/** What the provider's invoices say beside what the rows add up to; operators type them in. */
export function Invoices({ found }: { found: CostQuality }) {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const [edited, setEdited] = useState<Draft | null>(null);
  const forget = useAct((row: CostInvoice) => cost.setInvoice({ source: row.source, period: row.period, invoice_id: row.invoice_id, currency: row.currency }));
  const sources = [...new Set([...found.sources.map((source) => source.name), ...found.invoices.map((row) => row.source)])];
  const operates = may("platform.operate");
  const nameOf = (row: CostInvoice) => (row.invoice_id === "" ? t("wholeMonth") : row.invoice_id);
  if (found.invoices.length === 0 && (!operates || sources.length === 0)) return null;
  return (
    <Section
      title={t("invoices")}
      actions={
        operates &&
        sources.length > 0 && (
          <Button variant="light" size="compact-md" onClick={() => setEdited({ known: false, source: sources[0] ?? "", invoice_id: "", currency: "USD", amount: "" })}>
            {t("invoiceNew")}
          </Button>
        )
      }
    >
      {found.invoices.length === 0 ? (
        <Text c="dimmed">{t("invoicesNone")}</Text>
      ) : (
        <Grid label={t("invoices")} heads={[t("invoice"), t("source"), t("invoiceAmount"), t("billedHead"), t("difference"), ...(operates ? [t("actions")] : [])]} numbers={[2, 3, 4]}>
          {found.invoices.map((row) => (
            <Table.Tr key={`${row.source} ${row.invoice_id} ${row.currency}`}>
              <Table.Td>{nameOf(row)}</Table.Td>
              <Table.Td>{row.source}</Table.Td>
              <Table.Td className={classes.number ?? ""}>{row.amount === null ? t("notTyped") : <Amount value={row.amount} currency={row.currency} />}</Table.Td>
              <Table.Td className={classes.number ?? ""}>{row.billed === null ? "–" : <Amount value={row.billed} currency={row.currency} />}</Table.Td>
              <Table.Td className={`${classes.number} ${classes.sum}`}>{row.difference === null ? "–" : <Amount value={row.difference} currency={row.currency} />}</Table.Td>
              {operates && (
                <Table.Td>
                  <Group gap={4} wrap="nowrap">
                    <Button size="compact-sm" variant="subtle" aria-label={t("invoiceEdit", { invoice: nameOf(row) })} onClick={() => setEdited({ known: true, source: row.source, invoice_id: row.invoice_id, currency: row.currency, amount: row.amount === null ? "" : writtenDecimal(row.amount, spoken()) })}>
                      {t("edit")}
                    </Button>
                    {row.amount !== null && (
                      <ConfirmButton label={t("invoiceRemove", { invoice: nameOf(row) })} title={t("invoiceRemove", { invoice: nameOf(row) })} text={t("invoiceRemoveText")} action={t("remove")} onConfirm={() => forget.mutate(row)} busy={forget.isPending}>
                        {t("remove")}
                      </ConfirmButton>
                    )}
                  </Group>
                </Table.Td>
              )}
            </Table.Tr>
          ))}
        </Grid>
      )}
      {edited !== null && <Editor draft={edited} sources={sources} month={found.month} close={() => setEdited(null)} />}
    </Section>
  );
}

interface Draft {
  /** Which invoice it is stands fast: only its amount is typed. */
  known: boolean;
  source: string;
  invoice_id: string;
  currency: string;
  amount: string;
}

function Editor({ draft, sources, month, close }: { draft: Draft; sources: string[]; month: number; close: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const [value, setValue] = useState(draft);
  const set = (field: "source" | "invoice_id" | "currency" | "amount") => (text: string | null) => setValue((old) => ({ ...old, [field]: text ?? "" }));
  const save = useAct((amount: string) => cost.setInvoice({ source: value.source, period: month, invoice_id: value.invoice_id.trim(), currency: value.currency, amount }), close);
  return (
    <Modal opened onClose={close} title={t("invoice")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const amount = readDecimal(value.amount, spoken(), "balance");
          if (amount !== null) save.mutate(amount);
        }}
      >
        <Stack>
          <Select label={t("source")} allowDeselect={false} disabled={value.known} value={value.source} onChange={set("source")} data={sources} />
          <TextInput label={t("invoiceNumber")} description={t("invoiceNumberHint")} maxLength={128} disabled={value.known} value={value.invoice_id} onChange={(event) => set("invoice_id")(event.currentTarget.value)} />
          <Select label={t("currency")} allowDeselect={false} disabled={value.known} value={value.currency} onChange={set("currency")} data={[...new Set(["BRL", "USD", value.currency])]} />
          <DecimalField label={t("invoiceAmount")} kind="balance" value={value.amount} onChange={set("amount")} />
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
