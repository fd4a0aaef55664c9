import { Alert, Badge, Button, Group, Modal, SegmentedControl, Skeleton, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { billing, type Billing, type PlanInterval, type PlanOffer, type PlanPreview } from "@/api/billing";
import { asProblem } from "@/api/problem";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import classes from "./billing.module.css";
import { billingKey, useBillingChange } from "./queries";

const priceOf = (offer: PlanOffer, interval: PlanInterval) => (interval === "year" ? offer.annual_minor : offer.monthly_minor);

/**
 * Choosing another plan. A running subscription is changed after a look at what it costs; for a trial that nobody is paid
 * for, or one that ended, the vendor's page opens.
 */
export function ChangePlan({ state, onClose }: { state: Billing; onClose: () => void }) {
  const { t } = useTranslation(["billing", "common"]);
  const language = spoken();
  const say = useProblemText();
  const sub = state.subscription;
  const buys = sub === undefined || sub.provider === "" || sub.state === "ended";
  const [interval, setInterval] = useState<PlanInterval>(sub?.interval ?? "month");
  const [chosen, setChosen] = useState(buys ? (state.offers.find((offer) => offer.version_id === sub?.version_id)?.version_id ?? "") : "");
  const same = !buys && chosen === sub.version_id && interval === sub.interval;
  const offered = state.offers.filter((offer) => priceOf(offer, interval) > 0);
  const ready = chosen !== "" && !same && offered.some((offer) => offer.version_id === chosen);
  const preview = useQuery({
    queryKey: [...billingKey, "preview", chosen, interval],
    queryFn: () => billing.preview({ version_id: chosen, interval }),
    enabled: ready && !buys,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });
  const change = useBillingChange((token: string) => billing.change({ version_id: chosen, interval, token }));
  const checkout = useBillingChange(() => billing.checkout({ version_id: chosen, interval }));
  const confirm = () => {
    if (buys) {
      checkout.mutate(undefined, { onSuccess: (wish) => wish.url !== undefined && location.assign(wish.url) });
      return;
    }
    if (preview.data === undefined) return;
    change.mutate(preview.data.token, {
      onSuccess: (wish) => {
        notify.good(t(wish.state === "planned" ? "change.planned" : wish.state === "done" ? "change.done" : "change.asking"));
        onClose();
      },
      onError: (error) => {
        if (asProblem(error).reason === "preview_stale") void preview.refetch();
      },
    });
  };
  const failed = change.error ?? checkout.error;
  return (
    <Modal opened onClose={onClose} size="xl" title={t(buys ? "change.choose" : "change.title")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Stack>
        <SegmentedControl
          role="radiogroup"
          aria-label={t("change.interval")}
          value={interval}
          onChange={(value) => setInterval(value as PlanInterval)}
          data={(["month", "year"] as const).map((value) => ({ value, label: t(`interval.${value}`) }))}
          style={{ alignSelf: "flex-start" }}
        />
        {offered.length === 0 && <Text c="dimmed">{t("change.none")}</Text>}
        <fieldset className={classes.plans} aria-label={t("change.plans")}>
          {offered.map((offer) => (
            <Plan key={offer.version_id} offer={offer} interval={interval} current={!buys && offer.version_id === sub.version_id && interval === sub.interval} chosen={offer.version_id === chosen} onChoose={() => setChosen(offer.version_id)} />
          ))}
        </fieldset>
        {ready && !buys && preview.isPending && <Skeleton height={110} />}
        {ready && preview.isError && (
          <Alert color="brick" role="alert">
            {say(preview.error)}
          </Alert>
        )}
        {ready && preview.data !== undefined && <Sum preview={preview.data} />}
        {ready && buys && <Text>{t("change.redirect")}</Text>}
        {failed !== null && (
          <Alert color="brick" role="alert">
            {say(failed)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button onClick={confirm} disabled={!ready || (!buys && (preview.data === undefined || preview.data.short.length > 0))} loading={change.isPending || checkout.isPending || (ready && preview.isFetching)}>
            {buys
              ? t("change.pay")
              : preview.data !== undefined && preview.data.due_minor > 0
                ? t("change.confirmDue", { amount: moneyText(preview.data.due_minor, language, preview.data.currency) })
                : t("change.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Plan({ offer, interval, current, chosen, onChoose }: { offer: PlanOffer; interval: PlanInterval; current: boolean; chosen: boolean; onChoose: () => void }) {
  const { t } = useTranslation("billing");
  const language = spoken();
  return (
    <label className={classes.plan} data-chosen={chosen || undefined} data-off={current || undefined}>
      <input type="radio" name="plan" value={offer.version_id} checked={chosen} disabled={current} onChange={onChoose} />
      <Group justify="space-between" gap={4}>
        <Text fw={650}>{offer.name}</Text>
        {current && (
          <Badge variant="light" tt="none">
            {t("change.current")}
          </Badge>
        )}
      </Group>
      <p className={classes.price}>
        {moneyText(priceOf(offer, interval), language, offer.currency)}
        <Text span size="sm" c="dimmed">
          {" "}
          {t(`per.${interval}`)}
        </Text>
      </p>
      <Text size="sm" c="dimmed">
        {offer.limits
          .filter((limit) => limit.count >= 0)
          .map((limit) => `${t(`meter.${limit.meter}`)}: ${new Intl.NumberFormat(language).format(limit.count)}`)
          .join(" · ")}
      </Text>
    </label>
  );
}

/** What the change costs: the sums that will be charged, and nothing else. */
function Sum({ preview }: { preview: PlanPreview }) {
  const { t } = useTranslation("billing");
  const language = spoken();
  const money = (amount: number) => moneyText(amount, language, preview.currency);
  if (preview.short.length > 0) {
    return (
      <Alert color="brick" role="alert" title={t("change.tooSmall")}>
        {preview.short.map((short) => (
          <div key={short.meter}>{t("change.short", { used: short.used, meter: t(`meter.${short.meter as "bots"}`).toLocaleLowerCase(language), limit: short.limit })}</div>
        ))}
      </Alert>
    );
  }
  if (preview.at_end) return <Text>{t("change.atEnd", { date: shortDate(preview.effective_ms, language), price: money(preview.price_minor) })}</Text>;
  return (
    <dl className={classes.sum} aria-label={t("change.sum")}>
      {preview.charge_minor > 0 && (
        <>
          <dt>{preview.interval === "month" ? t("change.charge", { left: preview.days_left, days: preview.days }) : t("change.chargeYear")}</dt>
          <dd>{money(preview.charge_minor)}</dd>
          <dt>{t("change.credit", { left: preview.days_left, days: preview.days })}</dt>
          <dd>{money(-preview.credit_minor)}</dd>
        </>
      )}
      <dt className={classes.total}>{t("change.due")}</dt>
      <dd className={classes.total}>{money(preview.due_minor)}</dd>
      <dt>{t("change.next", { date: shortDate(preview.next_bill_ms, language) })}</dt>
      <dd>{money(preview.price_minor)}</dd>
    </dl>
  );
}
