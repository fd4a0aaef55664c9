import { Button, Group, Select, Skeleton, Table, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { exactTime } from "@/ui/format";
import { EmptyState, ErrorState } from "@/ui/state";
import { builder, keys, type NodeCount, type SessionStatus } from "../contract";
import type { PanelProps } from "../document/port";
import classes from "./panel.module.css";
import { SessionList } from "./session";

/** Where people go and where they leave, counted; painted on the canvas and listed by what hurts most. */
export function CountPanel({ document, onPaint }: PanelProps) {
  const { t, i18n } = useTranslation("builder");
  const [number, setNumber] = useState<number | null>(null);
  const [people, setPeople] = useState<{ node: string; status?: SessionStatus } | null>(null);
  const versions = useQuery({ queryKey: [...keys.versions(document.botId), "first"], queryFn: () => builder.versions(document.botId) });
  const live = versions.data?.items.find((version) => version.live)?.number;
  const chosen = number ?? live ?? versions.data?.items[0]?.number;
  const query = useQuery({ queryKey: keys.counts(document.botId, chosen ?? 0), queryFn: () => builder.counts(document.botId, chosen), enabled: chosen !== undefined, refetchInterval: 15_000 });
  const nodes = query.data?.nodes;
  useEffect(() => {
    onPaint(nodes === undefined || people !== null ? null : { kind: "counts", nodes: Object.fromEntries(nodes.map((node) => [node.node, node])) });
  }, [nodes, people, onPaint]);
  useEffect(() => () => onPaint(null), [onPaint]);
  const worst = useMemo(() => dropOffs(nodes ?? []), [nodes]);

  if (versions.isError) return <ErrorState error={versions.error} retry={() => void versions.refetch()} />;
  if (versions.isPending) return <Skeleton height={120} m="md" />;
  if (chosen === undefined) return <EmptyState icon="list" title={t("count.unpublished")} text={t("count.unpublishedText")} />;
  if (people !== null) return <SessionList document={document} version={chosen} node={people.node} status={people.status} onPaint={onPaint} onBack={() => setPeople(null)} />;
  const most = Math.max(1, ...(nodes ?? []).map((node) => node.entered));
  return (
    <div className={classes.body}>
      <Group gap="sm" align="flex-end">
        <Select size="xs" w={170} label={t("count.version")} value={String(chosen)} allowDeselect={false} onChange={(value) => setNumber(Number(value))} data={versions.data.items.map((version) => ({ value: String(version.number), label: version.live ? t("count.liveNumber", { number: version.number }) : t("version.number", { number: version.number }) }))} />
        <Button size="compact-sm" variant="default" onClick={() => setPeople({ node: "" })}>
          {t("session.all")}
        </Button>
      </Group>
      {query.isError && nodes === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : nodes === undefined ? (
        <Skeleton height={160} />
      ) : nodes.every((node) => node.entered === 0) ? (
        <EmptyState icon="list" title={t("count.empty")} text={t("count.emptyText")} />
      ) : (
        <>
          {query.data !== undefined && query.data.since_ms > 0 && (
            <Text size="xs" c="dimmed">
              {t("count.since", { when: exactTime(query.data.since_ms, i18n.language) })}
            </Text>
          )}
          <section className={classes.section}>
            <h2>{t("count.worst")}</h2>
            {worst.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t("count.nobodyLeft")}
              </Text>
            ) : (
              <ul className={classes.bars}>
                {worst.map((node) => {
                  const share = Math.round((100 * node.left) / Math.max(1, node.entered));
                  return (
                    <li key={node.node}>
                      <Group gap="xs" justify="space-between" wrap="nowrap">
                        <button type="button" className={classes.chip} onClick={() => document.select(node.node)}>
                          {node.node}
                        </button>
                        <Text size="sm" style={{ whiteSpace: "nowrap" }}>{t("count.leftOf", { left: node.left, entered: node.entered, share })}</Text>
                      </Group>
                      <span className={classes.bar} aria-hidden="true">
                        <span style={{ width: `${(100 * node.entered) / most}%` }} />
                        <span data-left style={{ width: `${(100 * node.left) / most}%` }} />
                      </span>
                      <Button size="compact-xs" variant="subtle" onClick={() => setPeople({ node: node.node })} aria-label={`${t("count.who")}: ${node.node}`}>
                        {t("count.who")}
                      </Button>
                    </li>
                  );
                })}
              </ul>
            )}
          </section>
          <section className={classes.section}>
            <h2>{t("count.every")}</h2>
            <Table.ScrollContainer minWidth={300} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
              <Table verticalSpacing={5} horizontalSpacing={4} className={classes.counts ?? ""} aria-label={t("count.every")}>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{t("count.node")}</Table.Th>
                    <Table.Th ta="right">{t("count.entered")}</Table.Th>
                    <Table.Th ta="right">{t("count.waiting")}</Table.Th>
                    <Table.Th ta="right">{t("count.left")}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {[...nodes]
                    .sort((a, b) => b.entered - a.entered)
                    .map((node) => (
                      <Table.Tr key={node.node}>
                        <Table.Td>
                          <button type="button" className={classes.chip} onClick={() => document.select(node.node)}>
                            {node.node}
                          </button>
                        </Table.Td>
                        <Table.Td ta="right">{node.entered}</Table.Td>
                        <Table.Td ta="right">
                          {node.waiting > 0 ? (
                            <button type="button" className={classes.chip} onClick={() => setPeople({ node: node.node, status: "waiting" })} aria-label={t("session.waitingAt", { node: node.node, count: node.waiting })}>
                              {node.waiting}
                            </button>
                          ) : (
                            0
                          )}
                        </Table.Td>
                        <Table.Td ta="right">{node.left}</Table.Td>
                      </Table.Tr>
                    ))}
                </Table.Tbody>
              </Table>
            </Table.ScrollContainer>
          </section>
        </>
      )}
    </div>
  );
}

const shownWorst = 6;

/** The nodes where most people leave, the worst first. */
export function dropOffs(nodes: NodeCount[]): NodeCount[] {
  return nodes
    .filter((node) => node.left > 0)
    .sort((a, b) => b.left - a.left || b.left / Math.max(1, b.entered) - a.left / Math.max(1, a.entered))
    .slice(0, shownWorst);
}
