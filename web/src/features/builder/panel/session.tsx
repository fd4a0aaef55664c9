import { ActionIcon, Anchor, Badge, Button, Group, Skeleton, Text } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Content } from "@/api/types";
import { clockTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { EmptyState, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { builder, keys, type BotSession, type ReplayTurn, type SessionStatus } from "../contract";
import type { PanelProps } from "../document/port";
import { Inspector } from "./inspector";
import classes from "./panel.module.css";
import { changes } from "./simulation";

const colours: Record<string, string> = { waiting: "plum", ended: "gray", handed_off: "leaf", failed: "brick" };

/** The very conversations behind a number. */
export function SessionList({ document, version, node, status, onPaint, onBack }: PanelProps & { version: number; node: string; status: SessionStatus | undefined; onBack: () => void }) {
  const { t, i18n } = useTranslation(["builder", "common"]);
  const [open, setOpen] = useState<BotSession | null>(null);
  const query = useInfiniteQuery({
    queryKey: [...keys.bot(document.botId), "sessions", version, node, status],
    queryFn: ({ pageParam }) => builder.sessions(document.botId, { version, node, cursor: pageParam, ...(status === undefined ? {} : { status }) }),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const sessions = query.data?.pages.flatMap((page) => page.items) ?? [];
  if (open !== null) return <Replay document={document} session={open} onPaint={onPaint} onBack={() => setOpen(null)} />;
  const word = (text: string) => (i18n.exists(`builder:simulate.is.${text}`) ? t(`simulate.is.${text}` as "simulate.is.waiting") : text);
  return (
    <div className={classes.body}>
      <Button variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="back" size={16} />} onClick={onBack} style={{ alignSelf: "flex-start" }}>
        {t("session.toCounts")}
      </Button>
      <h2 className={classes.title}>{node === "" ? t("session.all") : status === "waiting" ? t("session.waiting", { node }) : t("session.ofNode", { node })}</h2>
      {query.isError && sessions.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={120} />
      ) : sessions.length === 0 ? (
        <EmptyState icon="inbox" title={t("session.empty")} />
      ) : (
        <ul className={classes.lines}>
          {sessions.map((session) => (
            <li key={session.session_id}>
              <Group gap="xs" wrap="nowrap" justify="space-between">
                <strong>{session.contact_name || t("session.noName")}</strong>
                <Badge color={colours[session.status] ?? "gray"}>{word(session.status)}</Badge>
              </Group>
              <Text size="xs" c="dimmed">
                {session.node !== "" && `${session.node} · `}
                <RelativeTime ms={session.updated_ms} />
              </Text>
              <Group gap={4} mt={4}>
                <Button size="compact-xs" variant="light" onClick={() => setOpen(session)} aria-label={`${t("session.replay")}: ${session.contact_name}`}>
                  {t("session.replay")}
                </Button>
                <Button component={Link} to={`/inbox/${session.conversation_id}`} size="compact-xs" variant="subtle">
                  {t("session.toInbox")}
                </Button>
              </Group>
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="default" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("common:more")}
        </Button>
      )}
    </div>
  );
}

/** A live conversation, turn by turn, forth and back: what came in, what went out, what the flow knew and why it went there. */
function Replay({ document, session, onPaint, onBack }: PanelProps & { session: BotSession; onBack: () => void }) {
  const { t, i18n } = useTranslation("builder");
  const [at, setAt] = useState(0);
  const query = useQuery({ queryKey: [...keys.bot(document.botId), "replay", session.session_id], queryFn: () => builder.replay(document.botId, session.session_id), staleTime: Infinity });
  const turns = query.data?.turns ?? [];
  const turn = turns[at];
  const seen = turns.slice(0, at + 1);
  useEffect(() => {
    if (turn === undefined) return;
    onPaint({ kind: "trail", passed: turns.slice(0, at + 1).flatMap((each) => each.trail), at: turn.node });
    // The turns never change once they are here.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [turn, at, onPaint]);
  useEffect(() => () => onPaint(null), [onPaint]);
  return (
    <div className={classes.body}>
      <Group justify="space-between" wrap="nowrap">
        <Button variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="back" size={16} />} onClick={onBack}>
          {t("session.toList")}
        </Button>
        <Anchor component={Link} to={`/inbox/${session.conversation_id}`} size="sm">
          {t("session.toInbox")}
        </Anchor>
      </Group>
      <h2 className={classes.title}>{session.contact_name || t("session.noName")}</h2>
      {query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={200} />
      ) : turn === undefined ? (
        <EmptyState icon="inbox" title={t("session.noTurns")} />
      ) : (
        <>
          <Group gap={6}>
            <ActionIcon onClick={() => setAt(at - 1)} disabled={at === 0} aria-label={t("session.before")}>
              <Icon name="back" size={18} />
            </ActionIcon>
            <Text size="sm" role="status">
              {t("session.turn", { at: at + 1, all: turns.length })}
            </Text>
            <ActionIcon onClick={() => setAt(at + 1)} disabled={at + 1 >= turns.length} aria-label={t("session.after")}>
              <Icon name="back" size={18} style={{ transform: "scaleX(-1)" }} />
            </ActionIcon>
          </Group>
          <div className={classes.replay} role="log" tabIndex={0} aria-label={t("session.conversation")}>
            {seen.map((each) => (
              <div key={each.seq} data-now={each.seq === turn.seq || undefined}>
                <span className={classes.in}>{inputText(each, t("simulate.timePassed"), t("session.webAnswer"))}</span>
                {each.effects.map((effect, i) => {
                  const send = effect.send as Content | undefined;
                  if (send !== undefined)
                    return (
                      <span key={i} className={classes.out}>
                        {send.text || send.kind}
                        {send.choice !== undefined && <small>{send.choice.options.map((option) => option.title).join(" · ")}</small>}
                      </span>
                    );
                  if (effect.handoff !== undefined) return <small key={i}>{t("simulate.toPerson")}</small>;
                  if (effect.end !== undefined) return <small key={i}>{t("simulate.ended")}</small>;
                  return null;
                })}
                <small>{clockTime(each.at_ms, i18n.language)}</small>
              </div>
            ))}
          </div>
          {!turn.same && (
            <Text size="sm" c="var(--p-bad)" role="alert">
              {t("session.different")}
            </Text>
          )}
          <Inspector
            last={{ status: turn.status as "waiting", node: turn.node, variables: turn.variables }}
            changed={changes(turns[at - 1]?.variables ?? {}, turn.variables)}
            passed={turn.trail}
            onNode={(name) => document.select(name)}
          />
        </>
      )}
    </div>
  );
}

function inputText(turn: ReplayTurn, time: string, web: string): string {
  const content = turn.input.content;
  if (turn.input.kind === "timer") return time;
  if (turn.input.kind === "answer") return `${web} ${turn.input.answer?.status ?? ""}`.trim();
  return content?.text || content?.pick?.title || content?.kind || turn.input.kind;
}
