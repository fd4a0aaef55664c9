import { Button, Loader, Skeleton } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { Fragment, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Problem } from "@/api/problem";
import { useMe } from "@/api/session";
import type { Message } from "@/api/types";
import { dayLabel, startOfDay, unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { useNow } from "@/ui/time";
import { counts, flatten, type ListRow } from "./apply";
import { arrange } from "./arrange";
import { Bubble, PendingBubble } from "./bubble";
import { useEntries, useInbox } from "./context";
import { applyMessage, applyRead } from "./live";
import { useAbility } from "./mend";
import type { Entry } from "./outbox";
import { threadQuery } from "./queries";
import classes from "./thread.module.css";

const joinMs = 5 * 60_000;
const nearPx = 80;

interface Props {
  row: ListRow;
  onQuote: (message: Message) => void;
  onEdit: (entry: Entry) => void;
}

/** The messages of one conversation: newest at the bottom, older ones fetched when the top comes near. */
export function Thread({ row, onQuote, onEdit }: Props) {
  const { t, i18n } = useTranslation("inbox");
  const { me, may } = useMe();
  const oversees = me.role === "admin" || me.role === "supervisor";
  const ability = useAbility(row.channel);
  const client = useQueryClient();
  const { outbox, typists } = useInbox();
  const entries = useEntries(row.id);
  const say = useProblemText();
  const now = useNow();
  const query = useInfiniteQuery(threadQuery(client, row.id));
  const messages = useMemo(() => flatten(query.data), [query.data]);
  const units = useMemo(() => arrange(messages), [messages]);
  const byId = useMemo(() => {
    const map = new Map<string, Message>();
    for (const message of messages) map.set(message.id, message);
    return map;
  }, [messages]);
  // A message that came by the stream before its answer is not shown twice.
  const pending = useMemo(() => {
    const confirmed = new Set(messages.map((message) => message.client_key).filter(Boolean));
    return entries.filter((entry) => !confirmed.has(entry.key));
  }, [entries, messages]);

  const firstUnread = useFirstUnread(row, messages);
  const scroller = useRef<HTMLDivElement>(null);
  const top = useRef<HTMLDivElement>(null);
  const [atEnd, setAtEnd] = useState(true);
  const [seen, setSeen] = useState(0);
  const newest = messages.at(-1)?.seq ?? 0;
  const toEnd = useCallback(() => scroller.current?.scrollTo({ top: 0 }), []);

  const jump = useCallback((messageId: string) => {
    const found = scroller.current?.querySelector<HTMLElement>(`[data-message="${CSS.escape(messageId)}"]`);
    if (found === null || found === undefined) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    found.scrollIntoView({ block: "center", behavior: calm ? "auto" : "smooth" });
    found.focus({ preventScroll: true });
    found.dataset.found = "true";
    setTimeout(() => delete found.dataset.found, 1600);
  }, []);

  // The scroller is reversed: 0 is the end, and reading back is negative.
  const onScroll = useCallback(() => {
    const end = (scroller.current?.scrollTop ?? 0) > -nearPx;
    setAtEnd(end);
  }, []);
  if (atEnd && seen !== newest) setSeen(newest);

  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    const mark = top.current;
    if (mark === null || !hasNextPage || isFetchingNextPage) return;
    const observer = new IntersectionObserver(
      (seenMarks) => {
        if (seenMarks.some((each) => each.isIntersecting)) void fetchNextPage();
      },
      { root: scroller.current, rootMargin: "400px 0px 0px 0px" },
    );
    observer.observe(mark);
    return () => observer.disconnect();
  }, [hasNextPage, isFetchingNextPage, fetchNextPage, messages.length]);

  useMarkRead(row, newest, atEnd);

  // Who writes wants to see it, wherever they had read.
  const written = pending.at(-1)?.key;
  useEffect(() => {
    if (written !== undefined) toEnd();
  }, [written, toEnd]);

  const again = useMutation({
    mutationFn: (message: Message) => api.messages.sendAgain(message.id),
    onSuccess: (message) => applyMessage(client, message),
    onError: (error) => notify.bad(say(error)),
  });
  const maySend = may("inbox.reply");
  const writing = typists.filter((each) => each.conversationId === row.id);

  return (
    <div className={classes.frame}>
      <div ref={scroller} className={classes.scroller} onScroll={onScroll} role="log" aria-label={t("thread", { name: unturned(row.contact_name) })} tabIndex={0} data-testid="thread">
        <div className={classes.column}>
          {query.isPending ? (
            <SkeletonThread />
          ) : query.isError && messages.length === 0 ? (
            <ErrorState error={query.error} retry={() => void query.refetch()} />
          ) : (
            <>
              <div ref={top} className={classes.top}>
                {isFetchingNextPage ? <Loader size="sm" aria-label={t("loadingOlder")} /> : hasNextPage ? null : <span className={classes.start}>{t("threadStart")}</span>}
              </div>
              {units.map(({ message, parts }, i) => {
                const last = units[i - 1]?.parts.at(-1);
                const newDay = last === undefined || startOfDay(last.at_ms) !== startOfDay(message.at_ms);
                const unread = parts.some((part) => part.seq === firstUnread);
                const joined = !newDay && !unread && follows(last, message);
                return (
                  <Fragment key={message.id}>
                    {newDay && (
                      <div className={classes.day} role="separator" aria-label={dayLabel(message.at_ms, now, i18n.language)}>
                        <span>{dayLabel(message.at_ms, now, i18n.language)}</span>
                      </div>
                    )}
                    {unread && (
                      <div className={classes.unread} role="separator" aria-label={t("newMessages")}>
                        <span>{t("newMessages")}</span>
                      </div>
                    )}
                    <Bubble
                      message={message}
                      channel={row.channel}
                      joined={joined}
                      quoted={message.quoted_id ? byId.get(message.quoted_id) : undefined}
                      parts={parts}
                      ability={ability}
                      own={oversees || message.sender_id === me.user.id}
                      now={now}
                      onJump={jump}
                      onQuote={maySend && row.state !== "resolved" ? onQuote : undefined}
                      onSendAgain={maySend ? again.mutate : undefined}
                      sendingAgain={again.isPending && again.variables.id === message.id}
                    />
                  </Fragment>
                );
              })}
              {pending.map((entry) => (
                <PendingBubble
                  key={entry.key}
                  entry={entry}
                  why={entry.problem === undefined ? "" : say(new Problem(409, entry.problem.code, entry.problem.reason, ""))}
                  onAgain={() => outbox.again(entry.key)}
                  onEdit={() => {
                    outbox.drop(entry.key);
                    onEdit(entry);
                  }}
                />
              ))}
              {writing.length > 0 && (
                <p className={classes.typing} role="status">
                  {t("typing", { names: writing.map((each) => each.name).join(", "), count: writing.length })}
                </p>
              )}
            </>
          )}
        </div>
      </div>
      {!atEnd && (
        <Button className={classes.jump} size="compact-md" radius="xl" variant={newest > seen ? "filled" : "default"} onClick={toEnd} leftSection={<Icon name="down" size={16} />}>
          {newest > seen ? t("newBelow", { count: newest - seen }) : t("toEnd")}
        </Button>
      )}
    </div>
  );
}

function follows(last: Message | undefined, message: Message): boolean {
  if (last === undefined || last.kind === "activity") return false;
  const sameSender = last.sender_kind === message.sender_kind && last.sender_id === message.sender_id && last.direction === message.direction;
  return sameSender && (last.kind === "note") === (message.kind === "note") && message.at_ms - last.at_ms < joinMs;
}

/** Where the divider stands: fixed when the thread was opened, so that it does not run away while being read. */
function useFirstUnread(row: ListRow, messages: Message[]): number {
  const [unread] = useState(row.unread);
  const [found, setFound] = useState(0);
  if (found === 0 && unread > 0 && messages.length > 0) {
    const inbound = messages.filter(counts);
    setFound(inbound.at(-unread)?.seq ?? inbound[0]?.seq ?? -1);
  }
  return found;
}

/** Reading is being at the end of the thread with the page in front; scrolling by or looking at the list marks nothing. */
function useMarkRead(row: ListRow, newest: number, atEnd: boolean): void {
  const client = useQueryClient();
  const unread = row.unread > 0;
  useEffect(() => {
    if (!unread || !atEnd || newest === 0) return;
    const mark = () => {
      if (document.hidden) return;
      // Shown as read at once; if the server did not hear it, the next event or fetch says so.
      applyRead(client, row.id, newest);
      api.conversations.read(row.id, newest).catch(() => client.invalidateQueries({ queryKey: ["conversation", row.id] }));
    };
    const timer = setTimeout(mark, 400);
    document.addEventListener("visibilitychange", mark);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", mark);
    };
  }, [client, row.id, unread, atEnd, newest]);
}

function SkeletonThread() {
  const { t } = useTranslation("common");
  return (
    <div role="status" aria-label={t("loading")} style={{ display: "grid", gap: 14, padding: "24px 0" }}>
      {[220, 300, 180, 260, 340, 200].map((width, i) => (
        <Skeleton key={i} height={i % 3 === 1 ? 64 : 44} width={width} radius="lg" style={{ justifySelf: i % 2 === 0 ? "start" : "end", maxWidth: "75%" }} />
      ))}
    </div>
  );
}
