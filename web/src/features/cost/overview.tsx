import { SegmentedControl, Stack, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { cost, type CostCell, type CostForecast } from "@/api/cost";
import { StackedColumns, type Column, type Series } from "@/ui/chart/columns";
import { Lines } from "@/ui/chart/lines";
import { drawn, sumOf } from "@/ui/exact";
import { EmptyState } from "@/ui/state";
import { Reading, Section } from "@/ui/part";
import { useNow } from "@/ui/time";
import { Amount, sayIn } from "./amount";
import classes from "./cost.module.css";
import { asked, currencyOf, dayText, monthLater, monthOf, monthsBetween, monthText, placeText, shareText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { daysQuery, forecastQuery, matrixQuery, qualityQuery } from "./queries";

/** Months of the matrix. */
const span = 12;

/** What each product line and environment costs, month by month: to look at first, and then to read. */
export default function CostOverviewPage() {
  const { find, choose } = useFind();
  return <OverviewView find={find} choose={choose} />;
}

export function OverviewView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation("cost");
  const from = monthLater(find.month, 1 - span);
  const query = useQuery({ ...matrixQuery(asked(find, { from, to: find.month })), placeholderData: (old) => old });
  // A forecast is of the month under way and of effective cost, whatever month and cost are looked at: elsewhere it stands for nothing.
  const now = monthOf(useNow());
  const underWay = find.month === now;
  const place = asked({ ...find, cost: "effective" });
  const forecast = useQuery({ ...forecastQuery(place), enabled: underWay });
  const days = useQuery({ ...daysQuery({ ...place, from: monthLater(now, -1), to: now }), enabled: underWay });
  const quality = useQuery(qualityQuery(find.month));
  const csv = cost.tableUrl("matrix", { ...asked(find), from, to: find.month });
  return (
    <CostPage room="overview" find={find} choose={choose} fields={["month", "line", "environment", "cost"]} csv={csv}>
      <Reading query={query} height={220}>
        {(cells) => {
          if (cells.length === 0) return <EmptyState icon="card" title={t("none")} text={t("noneText")} />;
          const { currency, all } = currencyOf(cells, find.currency);
          const mine = cells.filter((cell) => cell.currency === currency);
          const expected = underWay ? (forecast.data ?? []).find((each) => each.currency === currency) : undefined;
          const spent = new Map((days.data ?? []).filter((each) => each.currency === currency).map((each) => [each.day, each.cost]));
          return (
            <Stack gap="lg">
              {all.length > 1 && <SegmentedControl aria-label={t("currency")} value={currency} onChange={(value) => choose("currency", value)} data={all} w="fit-content" />}
              <Tiles cells={mine} find={find} expected={expected} currency={currency} mapped={quality.data?.shares.find((share) => share.currency === currency)?.mapped_bp ?? null} />
              <Section title={t("byPlace")}>
                <Months cells={mine} months={monthsBetween(from, find.month)} currency={currency} />
              </Section>
              <Section title={t("matrix")}>
                <Matrix cells={mine} months={monthsBetween(from, find.month)} currency={currency} find={find} />
              </Section>
              {expected !== undefined && expected.days.length > 0 && <Forecast forecast={expected} spent={spent} />}
            </Stack>
          );
        }}
      </Reading>
    </CostPage>
  );
}

function Tiles({ cells, find, expected, currency, mapped }: { cells: CostCell[]; find: Find; expected: CostForecast | undefined; currency: string; mapped: number | null }) {
  const { t } = useTranslation("cost");
  const sum = (month: number) => sumOf(cells.filter((cell) => cell.month === month).map((cell) => cell.total));
  return (
    <ul className={classes.tiles}>
      <li className={classes.tile}>
        <span>{monthText(find.month, true)}</span>
        <strong>
          <Amount value={sum(find.month)} currency={currency} />
        </strong>
        <small>{t("asKnown")}</small>
      </li>
      <li className={classes.tile}>
        <span>{monthText(monthLater(find.month, -1), true)}</span>
        <strong>
          <Amount value={sum(monthLater(find.month, -1))} currency={currency} />
        </strong>
        <small>{t("monthBefore")}</small>
      </li>
      {expected !== undefined && (
        <li className={classes.tile}>
          <span>{t("forecastEffective")}</span>
          <strong>
            <Amount value={expected.month} currency={currency} />
          </strong>
          <small>
            <Amount value={expected.month_low} currency={currency} /> – <Amount value={expected.month_high} currency={currency} />
          </small>
        </li>
      )}
      <li className={classes.tile}>
        <span>{t("mapped")}</span>
        <strong>{mapped === null ? "–" : shareText(mapped)}</strong>
        <small>
          <Link to="/operator/costs/quality" search={(old) => old}>
            {t("mappedText")}
          </Link>
        </small>
      </li>
    </ul>
  );
}

const keyOf = (cell: { line: string; environment: string }) => `${cell.line} ${cell.environment}`;

/** Lines and environments of the cells: production first, what is shared and what nobody mapped last. */
export function placesOf(cells: { line: string; environment: string }[]): { key: string; line: string; environment: string }[] {
  const seen = new Map(cells.map((cell) => [keyOf(cell), { key: keyOf(cell), line: cell.line, environment: cell.environment }]));
  const rank = (place: { line: string; environment: string }) => ["massivo", "enterprise", "shared"].indexOf(place.line) * 10 + ["prod", "homolog", "dev"].indexOf(place.environment) + (place.line === "" ? 1000 : 10);
  return [...seen.values()].sort((a, b) => rank(a) - rank(b));
}

function Months({ cells, months, currency }: { cells: CostCell[]; months: number[]; currency: string }) {
  const { t } = useTranslation("cost");
  const series: Series[] = placesOf(cells).map((place) => ({ key: place.key, label: placeText(place.line, place.environment) }));
  const columns: Column[] = months.map((month) => {
    const values: Record<string, number> = {};
    for (const cell of cells) if (cell.month === month) values[keyOf(cell)] = (values[keyOf(cell)] ?? 0) + drawn(cell.total);
    return { key: String(month), label: monthText(month), title: monthText(month, true), values };
  });
  return <StackedColumns title={t("byPlace")} corner={t("month")} series={series} columns={columns} say={sayIn(currency)} />;
}

function Matrix({ cells, months, currency, find }: { cells: CostCell[]; months: number[]; currency: string; find: Find }) {
  const { t } = useTranslation("cost");
  const places = placesOf(cells);
  const of = (filter: (cell: CostCell) => boolean) => sumOf(cells.filter(filter).map((cell) => cell.total));
  const shown = months.filter((month) => cells.some((cell) => cell.month === month));
  return (
    <Table.ScrollContainer minWidth={180 + shown.length * 120} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="xs" aria-label={t("matrix")}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{t("place")}</Table.Th>
            {shown.map((month) => (
              <Table.Th key={month} className={classes.number ?? ""}>
                {monthText(month)}
              </Table.Th>
            ))}
            <Table.Th className={classes.number ?? ""}>{t("total")}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {places.map((place) => (
            <Table.Tr key={place.key}>
              <Table.Th scope="row" fw={500}>
                {placeText(place.line, place.environment)}
              </Table.Th>
              {shown.map((month) => (
                <Table.Td key={month} className={classes.number ?? ""}>
                  <Link to="/operator/costs/services" search={{ month: String(month), line: place.line, environment: place.environment === "" ? "-" : place.environment, cost: find.cost, currency }} className={classes.cell}>
                    <Amount value={of((cell) => cell.month === month && keyOf(cell) === place.key)} currency={currency} />
                  </Link>
                </Table.Td>
              ))}
              <Table.Td className={`${classes.number} ${classes.sum}`}>
                <Amount value={of((cell) => keyOf(cell) === place.key)} currency={currency} />
              </Table.Td>
            </Table.Tr>
          ))}
          <Table.Tr className={classes.sum ?? ""}>
            <Table.Th scope="row">{t("total")}</Table.Th>
            {shown.map((month) => (
              <Table.Td key={month} className={classes.number ?? ""}>
                <Amount value={of((cell) => cell.month === month)} currency={currency} />
              </Table.Td>
            ))}
            <Table.Td className={classes.number ?? ""}>
              <Amount value={of(() => true)} currency={currency} />
            </Table.Td>
          </Table.Tr>
        </Table.Tbody>
      </Table>
      <Apart cells={cells} currency={currency} />
    </Table.ScrollContainer>
  );
}

/** Taxes, credits and corrections are in the total and told apart. */
function Apart({ cells, currency }: { cells: CostCell[]; currency: string }) {
  const { t } = useTranslation("cost");
  const parts = (["usage", "taxes", "credits", "adjustments", "corrections"] as const).map((part) => [part, sumOf(cells.map((cell) => cell[part]))] as const).filter(([, sum]) => drawn(sum) !== 0);
  return (
    <Text size="sm" c="dimmed" mt="sm">
      {parts.map(([part, sum], i) => (
        <span key={part}>
          {i > 0 && " · "}
          {t(`part.${part}`)} <Amount value={sum} currency={currency} />
        </span>
      ))}
    </Text>
  );
}

const drawnOr = (value: string | undefined) => (value === undefined ? null : drawn(value));

const bandOf = (day: CostForecast["days"][number] | undefined): [number, number] | null => (day === undefined ? null : [drawn(day.low), drawn(day.high)]);

/** Days before the forecast that are drawn with it. */
const daysBack = 28;

/** What the last days cost, up to the one that is known, and what is expected of those to come. */
function Forecast({ forecast, spent }: { forecast: CostForecast; spent: Map<number, string> }) {
  const { t } = useTranslation("cost");
  const past = [...spent.keys()].filter((day) => day <= forecast.known_to && day > forecast.known_to - daysBack);
  const first = Math.min(...past, forecast.days[0]?.day ?? forecast.known_to);
  const ahead = new Map(forecast.days.map((day) => [day.day, day]));
  const days = Array.from({ length: Math.max(forecast.known_to, ...ahead.keys()) - first + 1 }, (_, i) => first + i);
  const known = (day: number) => (day <= forecast.known_to ? spent.get(day) : undefined);
  return (
    <Section title={t("forecast")}>
      <Text size="sm" c="dimmed" mb="sm">
        {t("forecastText", { error: shareText(forecast.error_bp) })}
      </Text>
      <Lines
        title={t("forecast")}
        corner={t("day")}
        points={days.map((day) => ({ key: String(day), title: dayText(day) }))}
        lines={[
          { key: "value", label: t("spent"), values: days.map((day) => drawnOr(known(day))) },
          { key: "expected", label: t("expected"), dashed: true, values: days.map((day) => drawnOr(ahead.get(day)?.expected)), band: days.map((day) => bandOf(ahead.get(day))) },
        ]}
        say={sayIn(forecast.currency)}
      />
      {forecast.anomalies.length > 0 && (
        <>
          <Text fw={600} mt="md">
            {t("anomalies")}
          </Text>
          <ul className={classes.lines}>
            {forecast.anomalies.map((day) => (
              <li key={day.day}>
                {dayText(day.day)}: <Amount value={day.value} currency={forecast.currency} /> ({t("expectedWas")} <Amount value={day.expected} currency={forecast.currency} />)
              </li>
            ))}
          </ul>
        </>
      )}
    </Section>
  );
}
