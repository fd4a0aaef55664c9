import { Alert, Badge, Button, Group, Modal, Select, Skeleton, Stack, Text, Textarea } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { builder, keys, type Passage, type Version } from "../contract";
import type { BuilderDocument } from "../document/port";
import { Diff } from "./diff";
import classes from "./panel.module.css";
import { PassageChoice } from "./passage";

/** Every version that was ever published, what tells them apart, and the way back. */
export function VersionPanel({ document }: { document: BuilderDocument }) {
  const { t } = useTranslation(["builder", "common"]);
  const { may } = useMe();
  const [back, setBack] = useState<Version | null>(null);
  const [pair, setPair] = useState<{ from: string; to: string } | null>(null);
  const query = useInfiniteQuery({
    queryKey: keys.versions(document.botId),
    queryFn: ({ pageParam }) => builder.versions(document.botId, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
    refetchInterval: 20_000,
  });
  const versions = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (query.isError && versions.length === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) {
    return (
      <div className={classes.body}>
        <Skeleton height={74} />
        <Skeleton height={74} />
      </div>
    );
  }
  if (versions.length === 0) return <EmptyState icon="clock" title={t("version.empty")} text={t("version.emptyText")} />;
  return (
    <div className={classes.body}>
      <Compare document={document} versions={versions} pair={pair} onPair={setPair} />
      <ul className={classes.lines} aria-label={t("version.all")}>
        {versions.map((version, i) => (
          <li key={version.number}>
            <Group gap="xs" wrap="nowrap" align="center">
              <strong>{t("version.number", { number: version.number })}</strong>
              {version.live && <Badge color="leaf">{t("version.live")}</Badge>}
              {version.sessions > 0 && <Badge color="plum">{t("version.talking", { count: version.sessions })}</Badge>}
            </Group>
            {version.note !== "" && <Text size="sm">{version.note}</Text>}
            <Text size="xs" c="dimmed">
              {version.author_name || t("version.system")} · <RelativeTime ms={version.created_ms} />
            </Text>
            <Group gap={4} mt={4}>
              {i + 1 < versions.length && (
                <Button size="compact-xs" variant="subtle" onClick={() => setPair({ from: String(versions[i + 1]?.number), to: String(version.number) })}>
                  {t("version.whatChanged")}
                </Button>
              )}
              {!version.live && may("bot.publish") && (
                <Button size="compact-xs" variant="subtle" onClick={() => setBack(version)} aria-label={`${t("version.rollBack")}: ${t("version.number", { number: version.number })}`}>
                  {t("version.rollBack")}
                </Button>
              )}
            </Group>
          </li>
        ))}
      </ul>
      {query.hasNextPage && (
        <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("common:more")}
        </Button>
      )}
      {back !== null && <RollBack document={document} version={back} onClose={() => setBack(null)} />}
    </div>
  );
}

function Compare({ document, versions, pair, onPair }: { document: BuilderDocument; versions: Version[]; pair: { from: string; to: string } | null; onPair: (pair: { from: string; to: string }) => void }) {
  const { t } = useTranslation("builder");
  const shown = pair ?? { from: "live", to: "draft" };
  // The server compares what it has: what is typed right now is saved a moment later.
  const diff = useQuery({ queryKey: [...keys.versions(document.botId), "diff", shown.from, shown.to, shown.from === "draft" || shown.to === "draft" ? document.definition : null], queryFn: async () => {
    if (!document.readOnly && (shown.from === "draft" || shown.to === "draft")) await document.save();
    return builder.diff(document.botId, shown.from, shown.to);
  }, gcTime: 0, retry: false });
  const names = [{ value: "draft", label: t("version.draft") }, { value: "live", label: t("version.liveOne") }, ...versions.map((version) => ({ value: String(version.number), label: t("version.number", { number: version.number }) }))];
  return (
    <section className={classes.compare} aria-label={t("version.compare")}>
      <Group gap="xs" grow>
        <Select size="xs" label={t("version.from")} data={names} value={shown.from} allowDeselect={false} onChange={(value) => value !== null && onPair({ ...shown, from: value })} />
        <Select size="xs" label={t("version.to")} data={names} value={shown.to} allowDeselect={false} onChange={(value) => value !== null && onPair({ ...shown, to: value })} />
      </Group>
      {diff.isError ? <ErrorState error={diff.error} retry={() => void diff.refetch()} /> : diff.isPending ? <Skeleton height={40} /> : <Diff changes={diff.data.changes} onNode={(node) => document.select(node)} />}
    </section>
  );
}

function RollBack({ document, version, onClose }: { document: BuilderDocument; version: Version; onClose: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [note, setNote] = useState("");
  const [sessions, setSessions] = useState<Passage>("drain");
  const impact = useQuery({ queryKey: keys.impact(document.botId), queryFn: () => builder.impact(document.botId), gcTime: 0 });
  const roll = useMutation({
    mutationFn: () => builder.rollBack(document.botId, { number: version.number, note: note.trim(), sessions }),
    onSuccess: async (made) => {
      await document.reload();
      void client.invalidateQueries({ queryKey: keys.bots });
      notify.good(t("version.rolledBack", { number: made.number, old: version.number }));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("version.rollBackTo", { number: version.number })} size="lg" closeButtonProps={{ "aria-label": t("common:close") }}>
      <Stack>
        <Text size="sm">{t("version.rollBackText")}</Text>
        {document.differs && <Alert color="honey">{t("version.rollBackDraft")}</Alert>}
        <PassageChoice value={sessions} onChange={setSessions} impact={impact.data === undefined ? undefined : { ...impact.data, removed: [] }} failed={impact.isError} />
        <Textarea label={t("version.reason")} description={t("version.reasonText")} value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={500} autosize minRows={2} data-autofocus />
        {roll.isError && <Alert color="brick">{say(roll.error)}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button onClick={() => roll.mutate()} loading={roll.isPending}>
            {t("version.rollBackNow")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
