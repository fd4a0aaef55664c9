import { Group, Stack, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Icon } from "@/ui/icon";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { CircuitBanner } from "./circuit";
import classes from "./operator.module.css";
import { Loading, Reading, Section } from "@/ui/part";
import { integrationsQuery, journeysQuery, keys, lateQuery, plansQuery, supportQuery } from "./queries";
import { troubled } from "./states";

/** What needs somebody now, the gravest first; and where everything is, when nothing does. */
export default function DashboardPage() {
  const { t } = useTranslation("operator");
  const integrations = useQuery(integrationsQuery);
  const attention = useInfiniteQuery(journeysQuery({ q: "", state: "", attention: true }));
  const late = useQuery(lateQuery);
  const support = useQuery(supportQuery);
  const quarantine = useInfiniteQuery({ queryKey: [...keys.quarantine, "waiting"], queryFn: ({ pageParam }) => api.operator.quarantine("waiting", pageParam), initialPageParam: "", getNextPageParam: (page) => page.next });
  const dead = useInfiniteQuery({ queryKey: keys.dead, queryFn: ({ pageParam }) => api.operator.deadLetters(pageParam), initialPageParam: "", getNextPageParam: (page) => page.next });
  const plans = useQuery(plansQuery);
  const stuck = attention.data?.pages.flatMap((page) => page.items) ?? [];
  const asked = (support.data?.items ?? []).filter((each) => each.state === "asked");
  const down = troubled(integrations.data?.items ?? []);
  const selling = plans.data === undefined || plans.data.items.some((edition) => edition.state === "open" && edition.versions.some((version) => version.state === "published"));
  const firstPage = (query: typeof quarantine | typeof dead) => {
    const page = query.data?.pages[0];
    return page === undefined ? undefined : { count: page.items.length, more: page.next !== undefined };
  };
  const stuckPage = attention.data === undefined ? undefined : { count: stuck.length, more: attention.hasNextPage };
  const count = (query: { data: { items: unknown[] } | undefined }, items: unknown[]) => (query.data === undefined ? undefined : { count: items.length, more: false });
  return (
    <PageBody wide>
      <PageHeader title={t("room.dashboard")} text={t("dashboardText")} />
      <Stack gap="lg">
        {down.map((one) => (
          <CircuitBanner key={one.name} one={one} />
        ))}
        {!selling && (
          <div className={classes.notice}>
            <Icon name="list" />
            <div>
              <Text fw={600}>{t("notSelling")}</Text>
            </div>
            <Link to="/operator/plans">{t("notSellingLink")}</Link>
          </div>
        )}
        <ul className={classes.tiles}>
          <Tile to="/operator/journeys" search={{ attention: "1" }} label={t("tile.attention")} shown={stuckPage} />
          <Tile to="/operator/letters" label={t("tile.late")} shown={count(late, late.data?.items ?? [])} />
          <Tile to="/operator/support" label={t("tile.support")} shown={count(support, asked)} />
          <Tile to="/operator/held" label={t("tile.quarantine")} shown={firstPage(quarantine)} />
          <Tile to="/operator/held" search={{ view: "dead" }} label={t("tile.dead")} shown={firstPage(dead)} />
        </ul>
        <Section title={t("attentionNow")}>
          {attention.isPending ? (
            <Loading rows={2} />
          ) : (
            <Reading query={{ ...attention, data: attention.data }}>
              {() =>
                stuck.length === 0 ? (
                  <EmptyState icon="check" title={t("noAttention")} text={t("noAttentionText")} />
                ) : (
                  <Stack gap="sm">
                    {stuck.slice(0, 8).map((row) => (
                      <Group key={row.id} justify="space-between" gap="sm">
                        <div style={{ minWidth: 0, flex: "1 1 240px" }}>
                          <Link to="/operator/journeys/$journey" params={{ journey: row.id }} className={classes.rowLink}>
                            {row.name || row.person || row.email}
                          </Link>
                          <Text size="sm" c="dimmed" lineClamp={2}>
                            {t(`step.${row.attention as "deal"}`, { defaultValue: row.attention })}: {row.problem}
                          </Text>
                        </div>
                        <Text size="sm" c="dimmed">
                          <RelativeTime ms={row.updated_ms} />
                        </Text>
                      </Group>
                    ))}
                  </Stack>
                )
              }
            </Reading>
          )}
        </Section>
        <Flow />
      </Stack>
    </PageBody>
  );
}

interface Shown {
  count: number;
  /** There are more than the page that was read. */
  more: boolean;
}

/** A number that leads to what it counts. What is not known yet is no nought. */
function Tile({ to, search, label, shown }: { to: "/operator/journeys" | "/operator/letters" | "/operator/support" | "/operator/held"; search?: Record<string, string>; label: string; shown: Shown | undefined }) {
  return (
    <li>
      <Link to={to} search={search ?? {}} className={classes.tile} data-busy={(shown !== undefined && shown.count > 0) || undefined}>
        <strong>{shown === undefined ? "…" : `${shown.count}${shown.more ? "+" : ""}`}</strong>{" "}
        <span>{label}</span>
      </Link>
    </li>
  );
}

/** Where the latest journeys are, as a chart of what the list tells: no more is counted than was read. */
function Flow() {
  const { t } = useTranslation("operator");
  const query = useInfiniteQuery(journeysQuery({ q: "", state: "", attention: false }));
  const rows = query.data?.pages[0]?.items ?? [];
  if (rows.length === 0) return null;
  const by = flow(rows.map((row) => row.state));
  return (
    <Section title={t("flow", { count: rows.length })}>
      <ul className={classes.bars}>
        {by.map(([state, count]) => (
          <li key={state}>
            <Group justify="space-between">
              <Link to="/operator/journeys" search={{ state }} className={classes.rowLink}>
                {t(`journeyState.${state}`)}
              </Link>
              <Text size="sm">{count}</Text>
            </Group>
            <span className={classes.bar} aria-hidden>
              <span className={classes.fill} style={{ width: `${Math.round((count / rows.length) * 100)}%` }} />
            </span>
          </li>
        ))}
      </ul>
    </Section>
  );
}

/** How many are in each state, in the order of the way; states without any are left out. */
export function flow<S extends string>(states: S[]): [S, number][] {
  const way = ["draft", "checkout", "awaiting", "paid", "active", "expired", "canceled"];
  const counts = new Map<S, number>();
  for (const state of states) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].sort(([a], [b]) => way.indexOf(a) - way.indexOf(b));
}
