import { ActionIcon, Drawer, Skeleton, Text } from "@mantine/core";
import { useLocalStorage, useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { Message, View } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { useCommands, type Command } from "@/ui/commands";
import { Icon } from "@/ui/icon";
import { EmptyState, ErrorState } from "@/ui/state";
import { ConversationActions, useTransition } from "./actions";
import { findRow, type ListData, type ListRow } from "./apply";
import { Banners, WindowOver } from "./banner";
import { Composer, type ComposerHandle } from "./composer";
import { SidePanel, type PanelTab } from "./contact-panel";
import { InboxProvider } from "./context";
import { ConversationList, views } from "./list";
import classes from "./page.module.css";
import { rowQuery } from "./queries";
import { Thread } from "./thread";
import type { Entry } from "./outbox";

const isView = (text: unknown): text is View => views.some((view) => view === text);

/** The inbox: list, thread and contact side by side; on a phone one after the other. */
export default function InboxPage() {
  const { conversation } = useParams({ strict: false });
  const search = useSearch({ strict: false });
  const [last, setLast] = useLocalStorage<View>({ key: "prosa-view", defaultValue: "all", getInitialValueInEffect: false });
  const view = isView(search.view) ? search.view : isView(last) ? last : "all";
  useEffect(() => setLast(view), [view, setLast]);
  return (
    <InboxProvider>
      <div className={classes.page} data-open={conversation !== undefined || undefined}>
        <div className={classes.list}>
          <ConversationList view={view} chosen={conversation} />
        </div>
        <div className={classes.main}>{conversation === undefined ? <Nothing /> : <Open key={conversation} id={conversation} />}</div>
      </div>
    </InboxProvider>
  );
}

function Nothing() {
  const { t } = useTranslation("inbox");
  return (
    <div className={classes.nothing}>
      <EmptyState icon="inbox" title={t("chooseOne")} text={t("chooseOneText")} />
    </div>
  );
}

function Open({ id }: { id: string }) {
  const client = useQueryClient();
  const query = useQuery({
    ...rowQuery(id),
    // The list knows the row already: the head stands at once, the fetch mends it.
    placeholderData: () => {
      for (const [, data] of client.getQueriesData<ListData>({ queryKey: ["conversations"] })) {
        const row = findRow(data, id);
        if (row !== undefined) return row;
      }
      return undefined;
    },
  });
  if (query.isPending) {
    return (
      <div className={classes.head} aria-busy="true">
        <Skeleton circle height={38} />
        <Skeleton height={14} width={180} />
      </div>
    );
  }
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <OpenRow row={query.data} />;
}

function OpenRow({ row }: { row: ListRow }) {
  const { t } = useTranslation("inbox");
  const { may } = useMe();
  const navigate = useNavigate();
  const [quote, setQuote] = useState<Message | undefined>(undefined);
  const wide = useMediaQuery("(min-width: 80em)", false, { getInitialValueInEffect: false }) ?? false;
  const phone = useMediaQuery("(max-width: 47.99em)", false, { getInitialValueInEffect: false }) ?? false;
  const [pinned, setPinned] = useLocalStorage({ key: "prosa-panel", defaultValue: true, getInitialValueInEffect: false });
  const [drawer, setDrawer] = useState(false);
  const panelOpen = wide ? pinned : drawer;
  const togglePanel = useCallback(() => (wide ? setPinned((open) => !open) : setDrawer((open) => !open)), [wide, setPinned]);
  const [tab, setTab] = useLocalStorage<PanelTab>({ key: "prosa-panel-tab", defaultValue: "contact", getInitialValueInEffect: false });
  // The button of what is open closes it; that of the other part turns to it.
  const toggleTo = useCallback(
    (next: PanelTab) => {
      if (panelOpen && tab !== next) setTab(next);
      else {
        setTab(next);
        togglePanel();
      }
    },
    [panelOpen, tab, setTab, togglePanel],
  );
  const composer = useRef<ComposerHandle>(null);
  const { mutate: run } = useTransition(row);
  const back = useCallback(() => void navigate({ to: "/inbox", search: (search) => search }), [navigate]);
  const onQuote = useCallback((message: Message) => {
    setQuote(message);
    composer.current?.focus();
  }, []);
  const onEdit = useCallback((entry: Entry) => composer.current?.restore(entry), []);
  const mayReply = may("inbox.reply");

  const commands = useMemo<Command[]>(() => {
    const group = t("commands.conversation");
    const writing: Command[] = [
      { id: "reply", label: t("commands.reply"), group, keys: "r", icon: "reply", run: () => composer.current?.focus() },
      { id: "note", label: t("commands.note"), group, keys: "n", icon: "note", run: () => composer.current?.toNote() },
      { id: "attach", label: t("attach"), group, keys: "shift+f", icon: "attach", run: () => composer.current?.attach() },
    ];
    return [...(mayReply ? writing : []), { id: "back", label: t("commands.back"), group, keys: "escape", icon: "back", run: back }];
  }, [t, back, mayReply]);
  useCommands(commands);

  return (
    <div className={classes.open}>
      <div className={classes.talk}>
        <header className={classes.head}>
          <ActionIcon className={classes.back} component={Link} to="/inbox" aria-label={t("backToList")}>
            <Icon name="back" />
          </ActionIcon>
          <Avatar name={row.contact_name} seed={row.contact_id} size={38} />
          <div className={classes.who}>
            <h1 className={classes.name}><bdi>{row.contact_name || t("nameless")}</bdi></h1>
            <Text size="xs" c="dimmed" className={classes.sub}>
              <ChannelMark channel={row.channel} size={14} silent />
              <span>{[channelNames[row.channel], t(`state.${row.state}`), row.owner_kind === "human" || row.owner_kind === "bot" ? row.owner_name : "", row.team].filter(Boolean).join(" · ")}</span>
            </Text>
          </div>
          <ConversationActions row={row} compact={phone} shown={panelOpen ? tab : ""} onPanel={toggleTo} />
        </header>
        <Banners row={row} />
        <Thread row={row} onQuote={onQuote} onEdit={onEdit} />
        {mayReply && <WindowOver row={row} />}
        {mayReply && !row.past && (
          <Composer ref={composer} row={row} quote={quote} onUnquote={() => setQuote(undefined)} onTake={() => run(api.conversations.take)} onReopen={() => run(api.conversations.reopen)} />
        )}
      </div>
      {wide && pinned && (
        <div className={classes.side}>
          <SidePanel row={row} tab={tab} onTab={setTab} onClose={togglePanel} />
        </div>
      )}
      <Drawer.Root opened={!wide && drawer} onClose={() => setDrawer(false)} position={phone ? "bottom" : "right"} size={phone ? "92%" : 370} padding={0}>
        <Drawer.Overlay />
        <Drawer.Content aria-label={t("contactPanel")} radius={phone ? "16px 16px 0 0" : 0}>
          <Drawer.Body h="100%">
            <SidePanel row={row} tab={tab} onTab={setTab} onClose={() => setDrawer(false)} />
          </Drawer.Body>
        </Drawer.Content>
      </Drawer.Root>
    </div>
  );
}
