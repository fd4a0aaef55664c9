import { Badge, Button, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { cost, type CostImport, type CostMetered, type CostQuality } from "@/api/cost";
import { useMe } from "@/api/session";
import { notify } from "@/ui/notify";
import { Icon } from "@/ui/icon";
import { Grid, Reading, Section } from "@/ui/part";
import { RelativeTime } from "@/ui/time";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { dateText, monthText, placeText, shareText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { Invoices } from "./invoice";
import { importsQuery, metersQuery, qualityQuery } from "./queries";

/** How far the numbers can be relied on: what nobody mapped, what contradicts itself, what is missing, and what was read when. */
export default function CostQualityPage() {
  const { find, choose } = useFind();
  return <QualityView find={find} choose={choose} />;
}

export function QualityView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const quality = useQuery({ ...qualityQuery(find.month), placeholderData: (old) => old });
  const imports = useQuery(importsQuery);
  const meters = useQuery(metersQuery(find.month));
  const look = useAct(cost.look, (out) => notify.good(t("looked", { files: out.meters.files, read: out.meters.read })));
  return (
    <CostPage room="quality" find={find} choose={choose} fields={["month"]} csv={undefined}>
      <Stack gap="lg">
        <Reading query={quality}>{(found) => <Findings found={found} />}</Reading>
        <Section
          title={t("imports")}
          actions={
            <>
              <Button component="a" href={cost.focusUrl(find.month)} download variant="default" size="compact-md" leftSection={<Icon name="down" size={14} />}>
                {t("focus")}
              </Button>
              {may("platform.operate") && (
                <Button variant="light" size="compact-md" loading={look.isPending} onClick={() => look.mutate(undefined)}>
                  {t("look")}
                </Button>
              )}
            </>
          }
        >
          <Reading query={imports}>{(rows) => <Imports rows={rows} />}</Reading>
        </Section>
        <Section title={t("meters")}>
          <Reading query={meters}>
            {(rows) =>
              rows.length === 0 ? (
                <Text c="dimmed">{t("metersNone")}</Text>
              ) : (
                <Grid label={t("meters")} heads={[t("deployment"), t("metersDays"), t("metersLast")]} numbers={[1]} minWidth={420}>
                  {byDeployment(rows).map(([deployment, days]) => (
                    <Table.Tr key={deployment}>
                      <Table.Td>{deployment}</Table.Td>
                      <Table.Td className={classes.number ?? ""}>{days.length}</Table.Td>
                      <Table.Td>{dateText(days.map((day) => day.day).sort().at(-1) ?? "")}</Table.Td>
                    </Table.Tr>
                  ))}
                </Grid>
              )
            }
          </Reading>
        </Section>
      </Stack>
    </CostPage>
  );
}

/** The days that each installation has measured. */
function byDeployment(rows: CostMetered[]): [string, CostMetered[]][] {
  const found = new Map<string, CostMetered[]>();
  for (const row of rows) found.set(row.deployment, [...(found.get(row.deployment) ?? []), row]);
  return [...found];
}

/** Bills that may hold the same, each two once. */
function pairsOf(imports: CostImport[]) {
  return imports.flatMap((one) => (one.twins ?? []).filter((twin) => one.no < twin.no || imports.every((other) => other.no !== twin.no)).map((twin) => [one, twin] as const));
}

function Findings({ found }: { found: CostQuality }) {
  const { t, i18n } = useTranslation("cost");
  const pairs = pairsOf(found.imports);
  const fine = found.missing.length + found.strays.length + found.clashes.length + found.odd.length + found.displaced.length + found.unbilled.length === 0 && pairs.length === 0;
  return (
    <Stack gap="lg">
      <ul className={classes.cards}>
        {found.shares.map((share) => (
          <li key={share.currency} className={classes.card}>
            <Text fw={600}>
              <Amount value={share.total} currency={share.currency} />
            </Text>
            {(
              [
                ["mappedShare", share.mapped_bp],
                ["taggedShare", share.tagged_bp],
                ["companyShare", share.company_bp],
              ] as const
            ).map(([name, bp]) => (
              <div key={name}>
                <Text size="sm">
                  {t(name)} {bp === null ? "–" : shareText(bp)}
                </Text>
                <span className={classes.bar} aria-hidden>
                  <span className={classes.fill} data-state={name === "mappedShare" && bp !== null && bp < 10_000 ? "fast" : undefined} style={{ width: `${Math.min(100, Math.max(0, (bp ?? 0) / 100))}%` }} />
                </span>
              </div>
            ))}
          </li>
        ))}
      </ul>
      <Section title={t("findings")}>
        {fine ? (
          <Text c="dimmed">{t("findingsNone")}</Text>
        ) : (
          <ul className={classes.lines}>
            {found.missing.map((source) => (
              <li key={`m${source}`}>{t("missing", { source, month: monthText(found.month, true) })}</li>
            ))}
            {found.unbilled.map((gap) => (
              <li key={`u${gap.source} ${gap.billing_account} ${gap.currency} ${gap.from}`}>{t("unbilled", { source: gap.source, account: gap.billing_account, currency: gap.currency, from: dateText(gap.from), until: dateText(gap.until) })}</li>
            ))}
            {found.displaced.map((bill) => (
              <li key={`d${bill.source} ${bill.set}`}>
                {t("displaced", { source: bill.source, set: bill.set, by: bill.by === "" ? "–" : bill.by })}{" "}
                {bill.totals.map((sum) => (
                  <Amount key={sum.currency} value={sum.billed} currency={sum.currency} />
                ))}
                {bill.gone.length > 0 && ` ${t("displacedGone", { payers: bill.gone.join(", ") })}`}
              </li>
            ))}
            {pairs.map(([one, twin]) => (
              <li key={`t${one.no} ${twin.no}`}>{t("twins", { source: one.source, set: one.set, otherSource: twin.source, otherSet: twin.set, payers: twin.payers.join(", ") })}</li>
            ))}
            {found.strays.map((stray) => (
              <li key={`s${stray.account_id} ${stray.currency}`}>
                {t("stray", { account: stray.name === "" ? stray.account_id : `${stray.name} (${stray.account_id})` })} <Amount value={stray.cost} currency={stray.currency} />
              </li>
            ))}
            {found.clashes.map((clash) => (
              <li key={`c${clash.account_id} ${clash.tag_line} ${clash.tag_environment} ${clash.currency}`}>
                {t("clash", { account: clash.account_id, place: placeText(clash.line, clash.environment), tag: [clash.tag_line, clash.tag_environment].filter((word) => word !== "").join(" · "), count: clash.resources })}{" "}
                <Amount value={clash.cost} currency={clash.currency} /> ({clash.example})
              </li>
            ))}
            {found.odd.map((odd) => (
              <li key={`o${odd.source} ${odd.column} ${odd.rule}`}>
                {t("odd", { source: odd.source, column: odd.column, rule: i18n.exists(`cost:oddRule.${odd.rule}`) ? t(`oddRule.${odd.rule as "null_word"}`) : odd.rule, count: odd.count })}
                {odd.first_row > 0 && `, ${t("oddFirst", { row: odd.first_row })}`}
                {odd.sample !== "" && ` (${odd.sample})`}
              </li>
            ))}
          </ul>
        )}
      </Section>
      <Invoices found={found} />
    </Stack>
  );
}

function Imports({ rows }: { rows: CostImport[] }) {
  const { t } = useTranslation("cost");
  if (rows.length === 0) return <Text c="dimmed">{t("importsNone")}</Text>;
  return (
    <Grid label={t("imports")} heads={[t("source"), t("period"), t("state"), t("rows"), t("billedHead"), t("readAt")]} numbers={[3, 4]} minWidth={760}>
      {rows.map((row) => (
        <Table.Tr key={row.no}>
          <Table.Td>
            {row.source}
            <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {row.set} · FOCUS {row.version}
            </Text>
          </Table.Td>
          <Table.Td>{monthText(row.period, true)}</Table.Td>
          <Table.Td>
            <Badge variant="light" color={row.state === "current" ? "leaf" : "gray"}>
              {t(`importState.${row.state}`)}
            </Badge>
            {row.late && (
              <Badge variant="light" color="honey" ml={4}>
                {t("late")}
              </Badge>
            )}
          </Table.Td>
          <Table.Td className={classes.number ?? ""}>{row.rows}</Table.Td>
          <Table.Td className={classes.number ?? ""}>
            {row.totals.map((sum) => (
              <div key={sum.currency}>
                <Amount value={sum.billed} currency={sum.currency} />
              </div>
            ))}
          </Table.Td>
          <Table.Td>
            <RelativeTime ms={row.finished_ms === 0 ? row.started_ms : row.finished_ms} />
          </Table.Td>
        </Table.Tr>
      ))}
    </Grid>
  );
}
