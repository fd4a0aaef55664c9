import { ActionIcon, Button, Loader, ScrollArea, Select, Skeleton, TextInput, Tooltip, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { Counts, View } from "@/api/types";
import { ChannelMark } from "@/ui/channel-mark";
import { useCommands, type Command } from "@/ui/commands";
import { Icon, type IconName } from "@/ui/icon";
import { EmptyState, ErrorState } from "@/ui/state";
import classes from "./list.module.css";
import { countsQuery, listQuery } from "./queries";
import { InboxRow } from "./row";

export const views: View[] = ["all", "mine", "queue", "bot", "open", "snoozed", "resolved"];
const icons: Record<View, IconName> = { mine: "person", queue: "clock", bot: "bot", open: "inbox", snoozed: "snooze", resolved: "check", all: "list" };
const rowHeight = 84;

interface Props {
  view: View;
  chosen: string | undefined;
}

function countOf(counts: Counts | undefined, view: View): number | undefined {
  if (counts === undefined || view === "all" || view === "resolved") return undefined;
  return counts[view];
}

/** The list of conversations: views with counts, search, and rows that follow the stream. */
export function ConversationList({ view, chosen }: Props) {
  const { t } = useTranslation(["inbox", "common"]);
  const { me } = useMe();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [text, setText] = useState("");
  const [channel, setChannel] = useState("");
  const [q] = useDebouncedValue(text.trim(), 250);
  const filter = useMemo(() => ({ view, q, channel }), [view, q, channel]);
  const query = useInfiniteQuery(listQuery(client, filter));
  const counts = useQuery(countsQuery);
  const rows = useMemo(() => query.data?.pages.flatMap((page) => page.items) ?? [], [query.data]);

  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  // eslint-disable-next-line react-hooks/incompatible-library -- we run without the compiler that this rule is about
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    overscan: 8,
    getItemKey: (index) => rows[index]?.id ?? index,
  });
  const shown = virtual.getVirtualItems();
  const lastShown = shown.at(-1)?.index ?? 0;
  const { hasNextPage, isFetchingNextPage, fetchNextPage } = query;
  useEffect(() => {
    if (lastShown >= rows.length - 6 && hasNextPage && !isFetchingNextPage) void fetchNextPage();
  }, [lastShown, rows.length, hasNextPage, isFetchingNextPage, fetchNextPage]);

  const commands = useMemo<Command[]>(() => {
    const step = (by: number) => () => {
      const at = rows.findIndex((row) => row.id === chosen);
      const next = rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))];
      if (next === undefined) return;
      virtual.scrollToIndex(rows.indexOf(next));
      void navigate({ to: "/inbox/$conversation", params: { conversation: next.id }, search: (old) => old });
    };
    const group = t("commands.list");
    return [
      { id: "next", label: t("commands.next"), group, keys: "j", icon: "down", run: step(1) },
      { id: "previous", label: t("commands.previous"), group, keys: "k", run: step(-1) },
      { id: "search", label: t("commands.search"), group, keys: "/", icon: "search", run: () => search.current?.focus() },
      ...views.map((each, i): Command => ({
        id: `view-${each}`,
        label: t("commands.view", { view: t(`view.${each}`) }),
        group,
        icon: icons[each],
        keys: `alt+${i + 1}`,
        run: () => void navigate({ to: "/inbox", search: { view: each } }),
      })),
    ];
  }, [rows, chosen, navigate, t, virtual]);
  useCommands(commands);

  return (
    <section className={classes.pane} aria-label={t("list")}>
      {chosen === undefined && <h1 className="p-sr">{t("common:place.inbox")}</h1>}
      <div className={classes.head}>
        <div className={classes.find}>
          <TextInput
            ref={search}
            value={text}
            onChange={(event) => setText(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key !== "Escape") return;
              setText("");
              event.currentTarget.blur();
            }}
            placeholder={t("searchPlaceholder")}
            aria-label={t("search")}
            leftSection={<Icon name="search" size={17} />}
            rightSection={
              text !== "" && (
                <ActionIcon size="sm" onClick={() => setText("")} aria-label={t("clearSearch")}>
                  <Icon name="close" size={14} />
                </ActionIcon>
              )
            }
            style={{ flex: 1 }}
          />
          <Select
            value={channel}
            onChange={(value) => setChannel(value ?? "")}
            data={[
              { value: "", label: t("allChannels") },
              { value: "whatsapp", label: "WhatsApp" },
              { value: "telegram", label: "Telegram" },
            ]}
            aria-label={t("channelFilter")}
            allowDeselect={false}
            leftSection={channel === "" ? undefined : <ChannelMark channel={channel === "telegram" ? "telegram" : "whatsapp"} size={16} silent />}
            comboboxProps={{ width: 170, position: "bottom-end" }}
            w={118}
          />
        </div>
        <nav aria-label={t("views")}>
          <ScrollArea type="never" className={classes.views} viewportProps={{ tabIndex: -1 }}>
            <div className={classes.tabs}>
              {views.map((each) => {
                const count = countOf(counts.data, each);
                return (
                  <Tooltip key={each} label={t(`viewHint.${each}`)}>
                    <UnstyledButton
                      className={classes.tab}
                      data-chosen={each === view || undefined}
                      aria-current={each === view ? "page" : undefined}
                      onClick={() => void navigate({ to: "/inbox", search: { view: each } })}
                    >
                      {t(`view.${each}`)}
                      {count !== undefined && count > 0 && <span className={classes.count}>{count > 999 ? "999+" : count}</span>}
                    </UnstyledButton>
                  </Tooltip>
                );
              })}
            </div>
          </ScrollArea>
        </nav>
      </div>
      <div ref={scroller} className={classes.rows} data-testid="inbox-list">
        {query.isPending ? (
          <SkeletonRows />
        ) : query.isError && rows.length === 0 ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : rows.length === 0 ? (
          q !== "" ? (
            <EmptyState
              icon="search"
              title={t("nothingFound")}
              text={t("nothingFoundText", { q })}
              action={
                <Button variant="light" onClick={() => setText("")}>
                  {t("clearSearch")}
                </Button>
              }
            />
          ) : (
            <EmptyState icon={icons[view]} title={t(`empty.${view}`)} text={t(`emptyText.${view}`)} />
          )
        ) : (
          <ul className={classes.items} style={{ height: virtual.getTotalSize() }}>
            {shown.map((item) => {
              const row = rows[item.index];
              if (row === undefined) return null;
              return (
                <li key={item.key} className={classes.item} style={{ transform: `translateY(${item.start}px)` }} aria-posinset={item.index + 1} aria-setsize={hasNextPage ? -1 : rows.length}>
                  <InboxRow row={row} chosen={row.id === chosen} mine={row.owner_id === me.user.id} />
                </li>
              );
            })}
          </ul>
        )}
        {isFetchingNextPage && (
          <div className={classes.more}>
            <Loader size="sm" aria-label={t("loadingMore")} />
          </div>
        )}
      </div>
    </section>
  );
}

/** The same height as the rows that will stand here. */
function SkeletonRows() {
  const { t } = useTranslation("common");
  return (
    <div role="status" aria-label={t("loading")}>
      {Array.from({ length: 8 }, (_, i) => (
        <div key={i} className={classes.skeleton}>
          <Skeleton circle height={40} />
          <div style={{ flex: 1, display: "grid", gap: 8 }}>
            <Skeleton height={12} width={`${45 + ((i * 13) % 30)}%`} />
            <Skeleton height={10} width={`${60 + ((i * 17) % 35)}%`} />
            <Skeleton height={9} width="30%" />
          </div>
        </div>
      ))}
    </div>
  );
}
