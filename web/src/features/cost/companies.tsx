import { Badge, Checkbox, SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { cost, type CostCompanies, type CostUnit } from "@/api/cost";
import { spoken } from "@/i18n";
import { Lines, type Line } from "@/ui/chart/lines";
import { drawn } from "@/ui/exact";
import { EmptyState } from "@/ui/state";
import { Grid, Reading, Section } from "@/ui/part";
import { useNow } from "@/ui/time";
import { Amount, sayIn } from "./amount";
import classes from "./cost.module.css";
import { writtenDecimal } from "./decimal";
import { dateText, monthLater, monthOf, monthsBetween, monthText, placeText, shareText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { companiesQuery, unitsQuery } from "./queries";

/** In what companies are shown: what they bring is in the first. */
const currencies = ["BRL", "USD"];

/** What each company costs and brings, and what a conversation and a thousand messages cost. */
export default function CostCompaniesPage() {
  const { find, choose } = useFind();
  return <CompaniesView find={find} choose={choose} />;
}

export function CompaniesView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation("cost");
  const [spread, setSpread] = useState(false);
  const currency = find.currency === "" ? "BRL" : find.currency;
  const idle = spread ? "spread" : "apart";
  const companies = useQuery({ ...companiesQuery(find.month, currency, idle), placeholderData: (old) => old });
  const from = monthLater(find.month, -11);
  const now = useNow();
  const units = useQuery({ ...unitsQuery(from, find.month, currency), placeholderData: (old) => old });
  return (
    <CostPage room="companies" find={find} choose={choose} fields={["month"]} csv={cost.tableUrl("companies", { month: find.month, currency, idle })}>
      <Stack gap="lg">
        <SegmentedControl aria-label={t("currency")} value={currency} onChange={(value) => choose("currency", value)} data={[...new Set([...currencies, currency])]} w="fit-content" />
        <Section title={t("units")}>
          <Reading query={units} height={200}>
            {(rows) => (rows.length === 0 ? <Text c="dimmed">{t("unitsNone")}</Text> : <Units rows={rows} months={monthsBetween(from, find.month)} currency={currency} />)}
          </Reading>
        </Section>
        <Section title={t("room.companies")} actions={<Checkbox label={t("spread")} checked={spread} onChange={(event) => setSpread(event.currentTarget.checked)} />}>
          <Reading query={companies} height={200}>
            {(found) => (found.items.length === 0 ? <EmptyState icon="building" title={t("companiesNone")} text={t("companiesNoneText")} /> : <Companies found={found} currency={currency} underWay={find.month === monthOf(now)} />)}
          </Reading>
        </Section>
      </Stack>
    </CostPage>
  );
}

function Companies({ found, currency, underWay }: { found: CostCompanies; currency: string; underWay: boolean }) {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const number = new Intl.NumberFormat(spoken());
  return (
    <>
      {found.rates.length > 0 && (
        <Text size="sm" c="dimmed" mb="sm">
          {t("ratesUsed")} {found.rates.map((rate) => `${rate.base}/${rate.quote} ${writtenDecimal(rate.rate, spoken(), 4)} (${dateText(rate.day)}${rate.sample ? `, ${t("sample")}` : ""})`).join(" · ")}
        </Text>
      )}
      <Grid label={t("room.companies")} heads={[t("company"), t("conversations"), t("messages"), t("costHead"), t("perConversation"), t("price"), t("margin")]} numbers={[1, 2, 3, 4, 5, 6]} minWidth={900}>
        {found.items.map((row) => (
          <Table.Tr key={row.company_id}>
            <Table.Td>
              {row.name !== "" && may("platform.operate") ? (
                <Link to="/operator/companies/$company" params={{ company: row.company_id }} className={classes.cell}>
                  {row.name}
                </Link>
              ) : (
                row.name || row.company_id
              )}
              <Text size="xs" c="dimmed">
                {row.deployment}
              </Text>
            </Table.Td>
            <Table.Td className={classes.number ?? ""}>{number.format(row.conversations)}</Table.Td>
            <Table.Td className={classes.number ?? ""}>{number.format(row.messages)}</Table.Td>
            <Table.Td className={`${classes.number} ${classes.sum}`}>
              {row.in === undefined ? (
                row.costs.map((one) => (
                  <div key={one.currency}>
                    <Amount value={one.total} currency={one.currency} />
                  </div>
                ))
              ) : (
                <Amount value={row.in.total} currency={currency} />
              )}
              {row.costs.some((one) => one.sample) && (
                <div>
                  <Badge variant="light" color="gray">
                    {t("sample")}
                  </Badge>
                </div>
              )}
            </Table.Td>
            <Table.Td className={classes.number ?? ""}>{row.in?.per_conversation === undefined ? "–" : <Amount value={row.in.per_conversation} currency={currency} />}</Table.Td>
            <Table.Td className={classes.number ?? ""}>{row.in?.price === undefined ? "–" : <Amount value={row.in.price} currency={currency} />}</Table.Td>
            <Table.Td className={classes.number ?? ""}>
              {row.in?.margin === undefined ? (
                "–"
              ) : (
                <span className={drawn(row.in.margin) < 0 ? classes.up : classes.down}>
                  <Amount value={row.in.margin} currency={currency} />
                  {row.in.margin_basis_points !== undefined && ` (${shareText(row.in.margin_basis_points)})`}
                </span>
              )}
            </Table.Td>
          </Table.Tr>
        ))}
      </Grid>
      {found.nobody.length > 0 && (
        <>
          <Text fw={600} mt="md">
            {t("nobody")}
          </Text>
          <ul className={classes.lines}>
            {found.nobody.map((rest) => (
              <li key={`${rest.line} ${rest.environment} ${rest.kind} ${rest.currency}`}>
                {placeText(rest.line, rest.environment)}, {t(`remainder.${rest.kind}`)}: <Amount value={rest.amount} currency={rest.currency} />
              </li>
            ))}
          </ul>
        </>
      )}
      {underWay && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("monthUnderWay")}
        </Text>
      )}
      {found.unpriced_parts > 0 && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("unpriced", { count: found.unpriced_parts })}
        </Text>
      )}
    </>
  );
}

function Units({ rows, months, currency }: { rows: CostUnit[]; months: number[]; currency: string }) {
  const { t } = useTranslation("cost");
  const [unit, setUnit] = useState<"per_conversation" | "per_1000_messages" | "per_company">("per_conversation");
  const places = [...new Set(rows.map((row) => row.line))];
  const shown = months.filter((month) => rows.some((row) => row.month === month));
  const lines: Line[] = places.map((line) => ({
    key: line,
    label: placeText(line, ""),
    values: shown.map((month) => {
      const value = rows.find((row) => row.month === month && row.line === line)?.[unit];
      return value === undefined ? null : drawn(value);
    }),
  }));
  return (
    <>
      <SegmentedControl aria-label={t("units")} value={unit} onChange={(value) => setUnit(value as typeof unit)} mb="md" data={(["per_conversation", "per_1000_messages", "per_company"] as const).map((value) => ({ value, label: t(`unit.${value}`) }))} style={{ maxWidth: "100%", flexWrap: "wrap" }} />
      <Lines title={t(`unit.${unit}`)} corner={t("month")} points={shown.map((month) => ({ key: String(month), title: monthText(month, true) }))} lines={lines} say={sayIn(currency)} />
      {rows.some((row) => row.incomplete) && (
        <Text size="sm" c="dimmed" mt="sm">
          {t("incomplete")}
        </Text>
      )}
    </>
  );
}
