import { Paper, Skeleton, Text, Title } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { UsedMeter } from "@/api/billing";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { moneyText } from "@/ui/money";
import { ErrorState } from "@/ui/state";
import classes from "./billing.module.css";
import { useUsage } from "./queries";

/** What is used of the plan, live, with the marks at 80 and 100 %. */
export function UsageSection() {
  const { t } = useTranslation("billing");
  const usage = useUsage();
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="usage-title">
      <Title order={2} id="usage-title" mb={4}>
        {t("usage.title")}
      </Title>
      <Text c="dimmed" size="sm" mb="md">
        {usage.data?.silent === true ? t("usage.silent") : t("usage.text")}
      </Text>
      {usage.isError && usage.data === undefined ? (
        <ErrorState error={usage.error} retry={() => void usage.refetch()} />
      ) : (
        <ul className={classes.meters} aria-busy={usage.isPending}>
          {usage.data === undefined ? [0, 1, 2, 3, 4].map((i) => <Skeleton component="li" key={i} height={52} />) : usage.data.items.map((each) => <Meter key={each.meter} used={each} />)}
        </ul>
      )}
    </Paper>
  );
}

function Meter({ used }: { used: UsedMeter }) {
  const { t } = useTranslation("billing");
  const language = spoken();
  const count = (n: number) => new Intl.NumberFormat(language).format(n);
  const limited = used.limit >= 0;
  const most = used.limit + used.granted;
  const name = t(`meter.${used.meter}`);
  const value = limited ? t("usage.of", { used: count(used.used), limit: count(most) }) : t("usage.unlimited", { used: count(used.used) });
  return (
    <li>
      <div style={{ display: "flex", justifyContent: "space-between", gap: 12 }}>
        <Text fw={550}>{name}</Text>
        <Text>{value}</Text>
      </div>
      {limited && (
        <div className={classes.bar} role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={Math.max(most, 1)} aria-valuenow={Math.min(used.used, Math.max(most, 1))} aria-valuetext={value}>
          <div className={classes.fill} data-level={used.level} style={{ width: `${Math.min(used.percent, 100)}%` }} />
          <span className={classes.tick} />
        </div>
      )}
      <Text size="xs" c="dimmed">
        {used.level === "reached" && limited && <strong>{t(used.over === "overage" ? "usage.billed" : "usage.reached")} </strong>}
        {used.level === "warning" && <strong>{t("usage.warning", { percent: used.percent })} </strong>}
        {used.over === "overage" && limited && t("usage.overage", { price: moneyText(used.overage_minor, language) }) + " "}
        {used.granted > 0 && t("usage.granted", { count: used.granted }) + " "}
        {used.period_end_ms > 0 && t("usage.until", { date: shortDate(used.period_end_ms, language) })}
      </Text>
    </li>
  );
}
