import { Anchor, Badge, Button, Group, Paper, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { archiveUrl, billing, type Billing, type PlanWish } from "@/api/billing";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import classes from "./billing.module.css";
import { CancelPlan } from "./cancel";
import { ChangePlan } from "./change";
import { InvoiceSection } from "./invoices";
import { noticeOf } from "./notice";
import { PayerSection } from "./payer";
import { useBilling, useBillingChange } from "./queries";
import { UsageSection } from "./usage";

/** The plan: what it grants and costs, what is used, what was paid, how to change or end it. */
export default function BillingPage() {
  const { t } = useTranslation("billing");
  const { may } = useMe();
  const query = useBilling();
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")} />
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Stack gap="lg" aria-busy>
          <Skeleton height={190} />
          <Skeleton height={200} />
          <Skeleton height={160} />
        </Stack>
      ) : (
        <Stack gap="lg">
          <PlanSection state={query.data} mayChange={may("billing.manage")} />
          <UsageSection />
          <InvoiceSection />
          <PayerSection payer={query.data.payer} mayChange={may("billing.manage")} />
        </Stack>
      )}
    </PageBody>
  );
}

const brands: Record<string, string> = { amex: "American Express", diners: "Diners Club", jcb: "JCB" };

/** A card's brand as its owner knows it; vendors write it in small or in capital letters. */
const brandName = (brand: string) => brands[brand.toLowerCase()] ?? brand.charAt(0).toUpperCase() + brand.slice(1).toLowerCase();

const colors = { trialing: "plum", active: "leaf", past_due: "honey", read_only: "brick", suspended: "brick", ended: "gray" } as const;

function PlanSection({ state, mayChange }: { state: Billing; mayChange: boolean }) {
  const { t } = useTranslation("billing");
  const language = spoken();
  const [open, setOpen] = useState<"" | "change" | "cancel">("");
  const { subscription: sub, plan } = state;
  const running = sub !== undefined && sub.state !== "ended";
  const [returned] = useState(() => new URLSearchParams(location.search).has("paid"));
  const waits = returned && state.wishes.some((wish) => wish.kind === "checkout");
  if (sub === undefined || plan === undefined) {
    return (
      <Paper withBorder p="lg" component="section">
        <EmptyState icon="card" title={t("none.title")} text={t("none.text")} />
      </Paper>
    );
  }
  const buys = sub.provider === "" || sub.state === "ended";
  const endMs = sub.state === "trialing" ? sub.trial_end_ms : sub.period_end_ms;
  const facts: [string, string][] = [
    [t("fact.price"), `${moneyText(sub.price_minor, language, sub.currency)} ${t(`per.${sub.interval}`)}`],
    ...(sub.state === "trialing" ? [[t("fact.trial"), shortDate(sub.trial_end_ms, language)] as [string, string]] : []),
    ...(sub.state !== "trialing" && sub.period_end_ms > 0 && running && sub.provider !== "" ? [[t(sub.ends_at_period ? "fact.ends" : "fact.renews"), shortDate(sub.period_end_ms, language)] as [string, string]] : []),
    ...(sub.method !== "" ? [[t("fact.method"), sub.last4 === "" ? t(`method.${sub.method as "card"}`, { defaultValue: sub.method }) : `${brandName(sub.brand)} •••• ${sub.last4}`] as [string, string]] : []),
  ];
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="plan-title">
      <Stack>
        <Group justify="space-between" align="flex-start">
          <div>
            <Group gap="sm">
              <Title order={2} id="plan-title">
                {plan.name}
              </Title>
              <Badge variant="light" color={colors[sub.state]} tt="none">
                {t(`state.${sub.state}`)}
              </Badge>
            </Group>
            <Text c="dimmed">{plan.summary}</Text>
          </div>
          {mayChange && (
            <Group gap="xs">
              {(buys ? state.vendors.length > 0 : !sub.ends_at_period) && (
                <Button onClick={() => setOpen("change")}>{t(sub.state === "ended" ? "act.return" : buys ? "act.choose" : "act.change")}</Button>
              )}
              {state.method_page && <MethodButton />}
            </Group>
          )}
        </Group>
        {waits && <Text role="status">{t("paidSoon")}</Text>}
        <Trouble state={state} mayChange={mayChange} />
        <dl className={classes.facts}>
          {facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
        {state.wishes.map((wish) => (
          <Underway key={wish.id} wish={wish} state={state} mayChange={mayChange} />
        ))}
        {mayChange && (
          <Group gap="lg">
            {running && !sub.ends_at_period && (sub.provider !== "" || sub.state === "trialing") && (
              <Button variant="subtle" color="brick" size="compact-sm" ml={-8} onClick={() => setOpen("cancel")}>
                {t("act.cancel")}
              </Button>
            )}
            <Anchor href={archiveUrl} download size="sm">
              {t("act.export")}
            </Anchor>
          </Group>
        )}
      </Stack>
      {open === "change" && <ChangePlan state={state} onClose={() => setOpen("")} />}
      {open === "cancel" && <CancelPlan endMs={endMs} onClose={() => setOpen("")} />}
    </Paper>
  );
}

/** What is the matter, what follows when, and the way out. */
function Trouble({ state, mayChange }: { state: Billing; mayChange: boolean }) {
  const { t } = useTranslation("billing");
  const language = spoken();
  const say = useProblemText();
  const [now] = useState(() => Date.now());
  const pay = useBillingChange(billing.payUrl);
  const resume = useBillingChange(billing.resume);
  const notice = noticeOf(state, now);
  if (notice === null) return null;
  const ahead = state.steps.filter((step) => ["read_only", "suspended", "deletion_notice"].includes(step.name));
  const owes = state.due.length > 0 && state.subscription?.overdue_ms !== 0;
  return (
    <div className={classes.notice} data-grave={notice.grave || undefined} role="status">
      <Icon name="alert" size={20} style={{ flex: "none" }} />
      <div>
        <Text fw={600}>{t(`banner.${notice.kind}`, { date: shortDate(notice.date, language) })}</Text>
        {ahead.length > 0 && (
          <ul className={classes.steps}>
            {ahead.map((step) => (
              <li key={step.name} className={step.taken ? classes.taken : undefined}>
                {t(`step.${step.name as "read_only"}`, { date: shortDate(step.at_ms, language) })}
              </li>
            ))}
          </ul>
        )}
        {mayChange && (
          <Group gap="sm" mt="xs">
            {owes && (
              <Button
                size="compact-md"
                loading={pay.isPending}
                onClick={() =>
                  pay.mutate(undefined, {
                    onSuccess: (way) => (way.url === "" ? notify.good(t("payByInvoice")) : window.open(way.url, "_blank", "noreferrer")),
                    onError: (error) => notify.bad(say(error)),
                  })
                }
              >
                {t("act.pay")}
              </Button>
            )}
            {notice.kind === "ending" && (
              <Button size="compact-md" loading={resume.isPending} onClick={() => resume.mutate(undefined, { onSuccess: () => notify.good(t("resumed")), onError: (error) => notify.bad(say(error)) })}>
                {t("act.resume")}
              </Button>
            )}
          </Group>
        )}
      </div>
    </div>
  );
}

/** Something that the payment service is being asked for, or will be. */
function Underway({ wish, state, mayChange }: { wish: PlanWish; state: Billing; mayChange: boolean }) {
  const { t } = useTranslation("billing");
  const say = useProblemText();
  const drop = useBillingChange(billing.dropChange);
  const plan = state.offers.find((offer) => offer.version_id === wish.version_id)?.name ?? "";
  const text =
    wish.kind === "change" && wish.state === "planned"
      ? t("wish.planned", { plan, date: shortDate(wish.effective_ms ?? 0, spoken()) })
      : wish.kind === "checkout" && wish.state === "open"
        ? t(wish.pending === true ? "wish.pending" : "wish.checkout")
        : wish.kind === "refund"
          ? t("wish.refund")
          : t("wish.asking");
  return (
    <Group gap="sm" role="status">
      <Icon name="clock" size={18} />
      <Text style={{ flex: 1, minWidth: 200 }}>
        {text}
        {wish.problem !== "" && (
          <Text span c="dimmed">
            {" "}
            {t("wish.problem")}
          </Text>
        )}
      </Text>
      {mayChange && wish.kind === "change" && wish.state === "planned" && wish.priced !== true && (
        <Button variant="default" size="compact-sm" loading={drop.isPending} onClick={() => drop.mutate(undefined, { onError: (error) => notify.bad(say(error)) })}>
          {t("wish.drop")}
        </Button>
      )}
      {mayChange && wish.kind === "checkout" && wish.url !== undefined && (
        <Button component="a" href={wish.url} variant="default" size="compact-sm">
          {t("wish.open")}
        </Button>
      )}
    </Group>
  );
}

function MethodButton() {
  const { t } = useTranslation("billing");
  const say = useProblemText();
  const page = useBillingChange(billing.methodPage);
  return (
    <Button variant="default" loading={page.isPending} onClick={() => page.mutate(undefined, { onSuccess: ({ url }) => location.assign(url), onError: (error) => notify.bad(say(error)) })}>
      {t("act.method")}
    </Button>
  );
}
