import { Badge, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { cost, type CostIdle, type CostResource, type CostService } from "@/api/cost";
import { drawn } from "@/ui/exact";
import { EmptyState } from "@/ui/state";
import { Grid, Reading, Section } from "@/ui/part";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { asked, currencyOf, placeText, shareText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { idleQuery, resourcesQuery, servicesQuery } from "./queries";

/** What the money is spent on: services with their change, the dearest resources, and what seems to stand idle. */
export default function CostServicesPage() {
  const { find, choose } = useFind();
  return <ServicesView find={find} choose={choose} />;
}

export function ServicesView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation("cost");
  const about = asked(find, { from: find.month, to: find.month });
  const services = useQuery({ ...servicesQuery(about), placeholderData: (old) => old });
  const resources = useQuery(resourcesQuery(about));
  const idle = useQuery(idleQuery(about));
  return (
    <CostPage room="services" find={find} choose={choose} fields={["month", "line", "environment", "cost"]} csv={cost.tableUrl("services", { ...about })}>
      <Reading query={services}>
        {(rows) => {
          if (rows.length === 0) return <EmptyState icon="card" title={t("none")} text={t("noneText")} />;
          const { currency, all } = currencyOf(rows, find.currency);
          const of = <T extends { currency: string }>(list: T[] | undefined) => (list ?? []).filter((row) => row.currency === currency);
          return (
            <Stack gap="lg">
              {all.length > 1 && <SegmentedControl aria-label={t("currency")} value={currency} onChange={(value) => choose("currency", value)} data={all} w="fit-content" />}
              <Section title={t("room.services")}>
                <Services rows={of(rows)} />
              </Section>
              <Section title={t("idle")}>
                <Reading query={idle}>{(found) => <Idle rows={of(found)} />}</Reading>
              </Section>
              <Section title={t("resources")}>
                <Reading query={resources}>{(found) => <Resources rows={of(found)} />}</Reading>
              </Section>
            </Stack>
          );
        }}
      </Reading>
    </CostPage>
  );
}

function Services({ rows }: { rows: CostService[] }) {
  const { t } = useTranslation("cost");
  const most = Math.max(...rows.map((row) => drawn(row.cost)), 0);
  // A month under way is held against as many days of the one before as the service's bill has had.
  const days = Math.max(...rows.map((row) => row.days), 0);
  return (
    <Grid label={t("room.services")} heads={[t("service"), t("category"), t("costHead"), days > 0 ? t("beforeDays", { count: days }) : t("before"), t("change")]} numbers={[2, 3, 4]}>
      {rows.map((row) => (
        <Table.Tr key={`${row.category} ${row.service}`}>
          <Table.Td miw={220}>
            <Text fw={550}>{row.service}</Text>
            <span className={classes.bar} aria-hidden>
              <span className={classes.fill} style={{ width: `${most <= 0 ? 0 : Math.max(0, (drawn(row.cost) / most) * 100)}%` }} />
            </span>
          </Table.Td>
          <Table.Td>{row.category}</Table.Td>
          <Table.Td className={`${classes.number} ${classes.sum}`}>
            <Amount value={row.cost} currency={row.currency} />
          </Table.Td>
          <Table.Td className={classes.number ?? ""}>
            <Amount value={row.before} currency={row.currency} />
            {row.days !== days && (
              <Text size="xs" c="dimmed">
                {t("beforeDays", { count: row.days })}
              </Text>
            )}
          </Table.Td>
          <Table.Td className={classes.number ?? ""}>
            <Change change={row.change} bp={row.change_bp} currency={row.currency} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Grid>
  );
}

/** More is not good here, so it is red; a sign says it without colour. */
function Change({ change, bp, currency }: { change: string; bp: number | null; currency: string }) {
  const value = drawn(change);
  if (value === 0) return <>–</>;
  return (
    <span className={value > 0 ? classes.up : classes.down}>
      {value > 0 && "+"}
      <Amount value={change} currency={currency} />
      {bp !== null && ` (${value > 0 ? "+" : ""}${shareText(bp)})`}
    </span>
  );
}

function Idle({ rows }: { rows: CostIdle[] }) {
  const { t } = useTranslation("cost");
  if (rows.length === 0) return <Text c="dimmed">{t("idleNone")}</Text>;
  return (
    <Grid label={t("idle")} heads={[t("finding"), t("resource"), t("place"), t("daysHead"), t("couldSave")]} numbers={[3, 4]}>
      {rows.map((row) => (
        <Table.Tr key={`${row.rule} ${row.account_id} ${row.service} ${row.resource_id}`}>
          <Table.Td>
            <Badge color="honey" variant="light">
              {t(`idleRule.${row.rule}`)}
            </Badge>
          </Table.Td>
          <Table.Td style={{ overflowWrap: "anywhere" }}>{row.resource_id === "" ? row.service : row.resource_id}</Table.Td>
          <Table.Td>{placeText(row.line, row.environment)}</Table.Td>
          <Table.Td className={classes.number ?? ""}>{row.days}</Table.Td>
          <Table.Td className={`${classes.number} ${classes.sum}`}>
            <Amount value={row.cost} currency={row.currency} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Grid>
  );
}

function Resources({ rows }: { rows: CostResource[] }) {
  const { t } = useTranslation("cost");
  if (rows.length === 0) return <Text c="dimmed">{t("resourcesNone")}</Text>;
  return (
    <Grid label={t("resources")} heads={[t("resource"), t("service"), t("place"), t("region"), t("costHead")]} numbers={[4]} minWidth={760}>
      {rows.map((row) => (
        <Table.Tr key={`${row.account_id} ${row.service} ${row.resource_id}`}>
          <Table.Td style={{ overflowWrap: "anywhere" }}>
            {row.name === "" ? row.resource_id : row.name}
            {row.type !== "" && (
              <Text size="xs" c="dimmed">
                {row.type}
              </Text>
            )}
          </Table.Td>
          <Table.Td>{row.service}</Table.Td>
          <Table.Td>{placeText(row.line, row.environment)}</Table.Td>
          <Table.Td>{row.region}</Table.Td>
          <Table.Td className={`${classes.number} ${classes.sum}`}>
            <Amount value={row.cost} currency={row.currency} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Grid>
  );
}
