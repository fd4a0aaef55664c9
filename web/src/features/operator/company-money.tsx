import { Anchor, Badge, Button, Group, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type CompanyMoney, type Invoice, type Wish } from "@/api/operator";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { dayMs, momentTime, shortDate } from "@/ui/format";
import { MoneyInput } from "@/ui/money-input";
import { moneyDraft, moneyText, readMoney } from "@/ui/money";
import { useNow } from "@/ui/time";
import { ContractButton } from "./contract";
import { DeedButton } from "./deed";
import { Facts, Grid, Reading, Section } from "@/ui/part";
import { moneyQuery } from "./queries";
import { dayEnd, dayStart, dayText } from "./when";

/** What a company pays: its subscription, invoices and refunds. */
export function CompanyMoneySections({ id, line }: { id: string; line: "massivo" | "enterprise" }) {
  const query = useQuery(moneyQuery(id, spoken()));
  return (
    <Reading query={query} rows={2}>
      {(money) => (
        <>
          <SubscriptionSection id={id} line={line} money={money} />
          <InvoicesSection id={id} invoices={money.invoices} />
          <RefundSection id={id} wishes={refundsOf(money)} />
        </>
      )}
    </Reading>
  );
}

/** Refunds of all that was asked, each once, newest first. */
export function refundsOf(money: CompanyMoney): Wish[] {
  const all = new Map([...money.history, ...money.billing.wishes].map((wish) => [wish.id, wish]));
  return [...all.values()].filter((wish) => wish.kind === "refund").sort((a, b) => b.created_ms - a.created_ms);
}

const subscriptionColours = { trialing: "plum", active: "leaf", past_due: "honey", read_only: "brick", suspended: "brick", ended: "gray" } as const;

function SubscriptionSection({ id, line, money }: { id: string; line: "massivo" | "enterprise"; money: CompanyMoney }) {
  const { t } = useTranslation(["operator", "billing"]);
  const language = spoken();
  const sub = money.billing.subscription;
  const running = sub !== undefined && sub.state !== "ended";
  return (
    <Section
      title={t("subscription")}
      actions={
        <>
          {sub?.state === "trialing" && <TrialButton id={id} ends={sub.trial_end_ms} />}
          {(!running || sub.provider === "") && <ContractButton id={id} line={line} payer={money.billing.payer} />}
        </>
      }
    >
      {sub === undefined ? (
        <Text c="dimmed">{t("subscriptionNone")}</Text>
      ) : (
        <Facts
          facts={[
            [t("state"), <Badge key="state" color={subscriptionColours[sub.state]}>{t(`billing:state.${sub.state}`)}</Badge>],
            [t("plan"), money.billing.plan?.name ?? ""],
            [t("price"), `${moneyText(sub.price_minor, language, sub.currency)} ${t(`billing:per.${sub.interval}`)}`],
            [t("discount"), sub.discount_minor > 0 && `${moneyText(sub.discount_minor, language, sub.currency)}${sub.discount_cycles > 0 ? ` × ${sub.discount_cycles}` : ""}`],
            [t("provider"), sub.provider === "" ? t("providerNone") : t(`vendor.${sub.provider as "manual"}`, { defaultValue: sub.provider })],
            [t("trialUntil"), sub.state === "trialing" && shortDate(sub.trial_end_ms, language)],
            [t(sub.ends_at_period ? "endsAt" : "renewsAt"), running && sub.period_end_ms > 0 && shortDate(sub.period_end_ms, language)],
            [t("overdueSince"), sub.overdue_ms > 0 && shortDate(sub.overdue_ms, language)],
            [t("endedAt"), sub.ended_ms > 0 && shortDate(sub.ended_ms, language)],
            [t("why"), sub.reason],
            [t("payer"), [money.billing.payer.legal_name, money.billing.payer.tax_id].filter(Boolean).join(" · ")],
          ]}
        />
      )}
    </Section>
  );
}

function TrialButton({ id, ends }: { id: string; ends: number }) {
  const { t } = useTranslation("operator");
  const now = useNow();
  const [until, setUntil] = useState(() => dayText(Math.max(ends, Date.now()) + 7 * dayMs));
  const until_ms = dayEnd(until);
  const later = until_ms > Math.max(ends, now);
  return (
    <DeedButton label={t("trialExtend")} title={t("trialExtend")} text={t("trialExtendText", { date: shortDate(ends, spoken()) })} ready={later} run={(reason) => operator.companies.extendTrial(id, until_ms, reason)}>
      <TextInput type="date" label={t("until")} value={until} min={dayText(Math.max(ends, now))} onChange={(event) => setUntil(event.currentTarget.value)} error={later ? null : t("laterNeeded")} data-autofocus />
    </DeedButton>
  );
}

const invoiceColours = { open: "plum", pending: "honey", paid: "leaf", failed: "brick", void: "gray", refunded: "gray", disputed: "brick" } as const;

function InvoicesSection({ id, invoices }: { id: string; invoices: Invoice[] }) {
  const { t } = useTranslation(["operator", "billing"]);
  const language = spoken();
  return (
    <Section
      title={t("invoices")}
      actions={
        invoices.length > 0 && (
          <Button component="a" href={operator.companies.invoicesUrl(id)} download size="compact-sm" variant="default">
            {t("invoicesExport")}
          </Button>
        )
      }
    >
      {invoices.length === 0 ? (
        <Text c="dimmed">{t("invoicesNone")}</Text>
      ) : (
        <Grid label={t("invoices")} heads={[t("number"), t("due"), t("amount"), t("state"), "NFS-e", t("actions")]} minWidth={720}>
          {invoices.map((invoice) => (
            <Table.Tr key={invoice.id}>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {invoice.url === "" ? invoice.number : <Anchor href={invoice.url} target="_blank" rel="noreferrer">{invoice.number}</Anchor>}
                <Text size="xs" c="dimmed">
                  {t(`vendor.${invoice.provider as "manual"}`, { defaultValue: invoice.provider })}
                </Text>
              </Table.Td>
              <Table.Td>{shortDate(invoice.due_ms, language)}</Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                {moneyText(invoice.amount_minor, language, invoice.currency)}
                {invoice.refunded_minor > 0 && (
                  <Text size="xs" c="dimmed">
                    {t("billing:invoice.refunded", { amount: moneyText(invoice.refunded_minor, language, invoice.currency) })}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>
                <Badge color={invoiceColours[invoice.state]}>{t(`billing:invoiceState.${invoice.state}`)}</Badge>
                {invoice.problem !== "" && (
                  <Text size="xs" c="dimmed">
                    {invoice.problem}
                  </Text>
                )}
              </Table.Td>
              <Table.Td>{invoice.nfse_number === "" ? "—" : invoice.nfse_number}</Table.Td>
              <Table.Td>
                <Group gap={6}>
                  {payable(invoice) && <PaidButton id={id} invoice={invoice} />}
                  {left(invoice) > 0 && <RefundButton id={id} invoice={invoice} />}
                  <FiscalButton id={id} invoice={invoice} />
                </Group>
              </Table.Td>
            </Table.Tr>
          ))}
        </Grid>
      )}
    </Section>
  );
}

/** An invoice of a contract that was signed offline is paid when an operator saw the money. */
export function payable(invoice: Pick<Invoice, "provider" | "state">): boolean {
  return invoice.provider === "manual" && ["open", "pending", "failed"].includes(invoice.state);
}

/** What of an invoice's money can still go back, in minor units. */
export function left(invoice: Pick<Invoice, "paid_minor" | "refunded_minor" | "state">): number {
  return invoice.state === "paid" ? Math.max(0, invoice.paid_minor - invoice.refunded_minor) : 0;
}

function PaidButton({ id, invoice }: { id: string; invoice: Invoice }) {
  const { t } = useTranslation("operator");
  const today = dayText(useNow());
  const [on, setOn] = useState(today);
  // Today is now: the first moment of a day that is not over would be before the invoice was issued.
  const paid_ms = on === today ? 0 : dayStart(on);
  return (
    <DeedButton label={t("markPaid")} name={t("markPaidOf", { number: invoice.number })} title={t("markPaidOf", { number: invoice.number })} text={t("markPaidText")} ready={on !== ""} run={(reason) => operator.companies.paid(id, invoice.id, paid_ms, reason)}>
      <TextInput type="date" label={t("paidOn")} value={on} max={today} onChange={(event) => setOn(event.currentTarget.value)} data-autofocus />
    </DeedButton>
  );
}

function RefundButton({ id, invoice }: { id: string; invoice: Invoice }) {
  const { t } = useTranslation("operator");
  const most = left(invoice);
  const [typed, setTyped] = useState(() => moneyDraft(most));
  const amount = readMoney(typed);
  const fits = amount !== null && amount > 0 && amount <= most;
  return (
    <DeedButton label={t("refund")} name={t("refundOf", { number: invoice.number })} title={t("refundOf", { number: invoice.number })} text={t("refundText")} grave ready={fits} action={t("refundAsk")} run={(reason) => operator.companies.askRefund(id, invoice.id, amount ?? 0, reason)} done={t("refundAsked")}>
      <MoneyInput label={t("amount")} value={typed} onChange={setTyped} error={fits ? null : t("amountWrong", { most: moneyText(most, spoken(), invoice.currency) })} data-autofocus />
    </DeedButton>
  );
}

function FiscalButton({ id, invoice }: { id: string; invoice: Invoice }) {
  const { t } = useTranslation(["operator", "common"]);
  const [number, setNumber] = useState(invoice.nfse_number);
  return (
    <DeedButton label="NFS-e" name={t("nfseOf", { number: invoice.number })} title={t("nfseOf", { number: invoice.number })} text={t("nfseText")} reason={false} action={t("common:save")} variant="subtle" run={() => operator.companies.nfse(id, invoice.id, number.trim())}>
      <TextInput label={t("nfseNumber")} value={number} onChange={(event) => setNumber(event.currentTarget.value)} maxLength={50} data-autofocus />
    </DeedButton>
  );
}

/** Money that goes back: one asks, another decides. */
function RefundSection({ id, wishes }: { id: string; wishes: Wish[] }) {
  const { t } = useTranslation("operator");
  const { me } = useMe();
  const language = spoken();
  if (wishes.length === 0) return null;
  return (
    <Section title={t("refunds")}>
      <Stack>
        {wishes.map((wish) => (
          <Group key={wish.id} justify="space-between">
            <div>
              <Text fw={550}>
                {wish.amount_minor === undefined || wish.amount_minor === 0 ? t("refundAll") : moneyText(wish.amount_minor, language, wish.currency ?? "BRL")} · {t(`wishState.${wish.state}`)}
              </Text>
              <Text size="sm" c="dimmed">
                {[momentTime(wish.created_ms, language), wish.reason, wish.problem].filter(Boolean).join(" · ")}
              </Text>
            </div>
            {wish.state === "requested" &&
              (mine(wish, me.user) ? (
                <Text size="sm">{t("refundOther")}</Text>
              ) : (
                <Group gap="xs">
                  <DeedButton label={t("approve")} title={t("refundApprove")} text={t("refundApproveText")} reason={false} run={() => operator.companies.decideRefund(id, wish.id, true)} />
                  <DeedButton label={t("refuse")} title={t("refundRefuse")} reason={false} grave run={() => operator.companies.decideRefund(id, wish.id, false)} />
                </Group>
              ))}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

/** Who asked does not decide. */
function mine(wish: Wish, user: { id: string; email: string }): boolean {
  return wish.asked_by !== "" && (wish.asked_by.includes(user.id) || wish.asked_by === user.email);
}
