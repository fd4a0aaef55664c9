import { Alert, Button, Group, Modal, Skeleton, Text } from "@mantine/core";
import { useDisclosure, useMediaQuery } from "@mantine/hooks";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useParams } from "@tanstack/react-router";
import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { useCommands, type Command } from "@/ui/commands";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { ErrorState } from "@/ui/state";
import { Canvas, type CanvasHandle, type Spot } from "../canvas/canvas";
import { Palette } from "../canvas/palette";
import { shortcuts, type Action } from "../canvas/shortcut";
import { Symbol } from "../canvas/symbol";
import { useWords } from "../canvas/words";
import { builder, keys, type Bot, type Draft } from "../contract";
import { placesOf } from "../document/arrange";
import { add, addAfter, addNote, clipOf, connect, copy, freeName, nodeOf, paste, remove, set as setPlace, setNote, type Point } from "../document/change";
import { Editor } from "../document/editor";
import { exitsOf, kindOf } from "../document/kind";
import type { BuilderDocument, Paint } from "../document/port";
import { NodeForm } from "../form/form";
import { IssueList, VariableList } from "../form/list";
import { SettingsForm } from "../form/settings";
import { Dock, type PanelName } from "../panel/dock";
import { PublishDialog } from "../panel/publish";
import { Bar, Tool } from "./bar";
import { OpenedProvider, useEditorState, useOpened } from "./context";
import { Conflict, Connect, Find, QuickAdd } from "./dialog";
import classes from "./editor.module.css";
import { documentOf, keep, keptOf, useChecking, useLeaving, useSaving } from "./open";

/** The page of one bot: its draft on a canvas. */
export default function EditorPage() {
  const { bot: id = "" } = useParams({ strict: false });
  const bot = useQuery({ queryKey: keys.bot(id), queryFn: () => builder.get(id) });
  // Fetched anew whenever the page opens: an old copy would be a conflict at the first change.
  const draft = useQuery({ queryKey: keys.draft(id), queryFn: () => builder.draft(id), staleTime: Infinity, gcTime: 0, refetchOnWindowFocus: false, refetchOnReconnect: false });
  const error = bot.error ?? draft.error;
  if (bot.data !== undefined && draft.data !== undefined) return <Opened key={id} bot={bot.data} draft={draft.data} />;
  if (error !== null) return <ErrorState error={error} retry={() => void Promise.all([bot.refetch(), draft.refetch()])} />;
  return <Waiting />;
}

function Waiting() {
  return (
    <div className={classes.editor} aria-busy="true">
      <div className={classes.bar}>
        <Skeleton width={180} height={22} />
      </div>
      <Skeleton style={{ flex: 1 }} radius={0} />
    </div>
  );
}

function Opened({ bot, draft }: { bot: Bot; draft: Draft }) {
  const { may } = useMe();
  const phone = useMediaQuery("(max-width: 43.99em)", false, { getInitialValueInEffect: false }) ?? false;
  const readOnly = !may("bot.write") || phone;
  const [editor] = useState(() => new Editor(documentOf(draft), readOnly));
  useEffect(() => editor.set({ readOnly }), [editor, readOnly]);
  const opened = useMemo(() => ({ editor, botId: bot.id, botName: bot.name }), [editor, bot.id, bot.name]);
  return (
    <OpenedProvider value={opened}>
      <ReactFlowProvider>
        <Desk draft={draft} phone={phone} />
      </ReactFlowProvider>
    </OpenedProvider>
  );
}

/** The desk: head, palette, canvas, and what stands beside it. */
function Desk({ draft: first, phone }: { draft: Draft; phone: boolean }) {
  const { t } = useTranslation("builder");
  const client = useQueryClient();
  const words = useWords();
  const { editor, botId, botName } = useOpened();
  const state = useEditorState((all) => all);
  const { document, selection, side, readOnly } = state;
  const { saver, state: save } = useSaving(editor, first);
  const leaving = useLeaving(saver);
  useChecking(editor, botId, words.say);
  const narrow = useMediaQuery("(max-width: 74.99em)", false, { getInitialValueInEffect: false }) ?? false;
  const [dock, setDock] = useState<PanelName | null>(null);
  const [publishing, publish] = useDisclosure(false);
  const [spot, setSpot] = useState<Spot | null>(null);
  const [finding, find] = useDisclosure(false);
  const [linking, setLinking] = useState<{ name: string; exit: string | null } | null>(null);
  const [lost, setLost] = useState(() => keptOf(botId));
  const canvas = useRef<CanvasHandle | null>(null);
  const onReady = useCallback((handle: CanvasHandle) => {
    canvas.current = handle;
  }, []);

  /** Adds a step of a kind and chooses it: after a step, at the end of a way, or at a place. */
  const addKind = useCallback(
    (kind: string, at?: Spot, from?: { node: string; exit: string }) => {
      const spec = kindOf(kind);
      if (spec === undefined || editor.read().readOnly) return;
      const now = editor.document;
      const name = freeName(now.definition.nodes.map((node) => node.name), words.name(kind));
      const node = { name, kind, ...spec.fresh(words.fresh) };
      const chosen = editor.read().selection.at(-1);
      const behind = from?.node ?? (at === undefined ? chosen : undefined);
      const place = at?.flow ?? besides(now.layout.nodes, placesOf(now), behind) ?? canvas.current?.middle().flow ?? { x: 0, y: 0 };
      editor.apply((before) => {
        if (from !== undefined) return connect(add(before, node, { x: place.x, y: place.y - 28 }), from.node, from.exit, name);
        return behind === undefined ? add(before, node, at === undefined ? { x: place.x - 132, y: place.y - 60 } : place) : addAfter(before, behind, node, place);
      });
      editor.select([name], "node");
      editor.reveal([name]);
    },
    [editor, words],
  );
  const go = useCallback(
    (name: string, open = true) => {
      if (nodeOf(editor.document, name) === undefined) return;
      editor.select([name], open ? "node" : undefined);
      editor.reveal([name]);
    },
    [editor],
  );
  const putIn = useCallback(
    (text: string, place?: Point) => {
      const clip = clipOf(text);
      if (clip === null) return false;
      const made: { names: string[] } = { names: [] };
      editor.apply((before) => {
        const pasted = paste(before, botId, clip, place ?? near(before.layout.nodes, clip.places));
        made.names = pasted.names;
        return pasted.document;
      });
      editor.select(made.names);
      editor.reveal(made.names);
      return true;
    },
    [editor, botId],
  );
  const cutAway = useCallback(() => {
    const { selection: chosen, edge } = editor.read();
    if (edge !== "") {
      const at = edge.indexOf("/");
      return editor.apply((before) => connect(before, edge.slice(0, at), edge.slice(at + 1), ""));
    }
    const notes = chosen.filter((name) => name.startsWith("note:")).map((name) => Number(name.slice(5))).sort((a, b) => b - a);
    editor.apply((before) => notes.reduce((left, index) => setNote(left, index, null), remove(before, chosen)));
    editor.select([], editor.read().side === "node" ? null : undefined);
  }, [editor]);

  const act = useCallback(
    (action: Action) => {
      const { selection: chosen, document: now } = editor.read();
      const last = chosen.at(-1);
      switch (action) {
        case "edit":
          return last !== undefined && editor.set({ side: "node" });
        case "rename":
          editor.set({ side: "node" });
          return void setTimeout(() => (window.document.getElementById("node-name") as HTMLInputElement | null)?.select(), 60);
        case "remove":
          return cutAway();
        case "clear":
          return editor.read().side !== null ? editor.set({ side: null }) : editor.select([]);
        case "add":
          return setSpot(canvas.current?.middle() ?? null);
        case "connect":
          return last !== undefined && nodeOf(now, last) !== undefined && setLinking({ name: last, exit: null });
        case "start":
          return last !== undefined && nodeOf(now, last) !== undefined && editor.apply((before) => setPlace(before, "start", last));
        case "note": {
          const at = canvas.current?.middle().flow ?? { x: 0, y: 0 };
          editor.apply((before) => addNote(before, { x: at.x - 100, y: at.y - 60 }, ""));
          return editor.select([`note:${(now.layout.notes ?? []).length}`]);
        }
        case "undo":
          return editor.undo();
        case "redo":
          return editor.redo();
        case "duplicate":
          return void (chosen.length > 0 && putIn(JSON.stringify(copy(now, botId, chosen))));
        case "all":
          return editor.select(now.definition.nodes.map((node) => node.name));
        case "save":
          return void saver.flush().then(() => notify.good(t("editor.savedNow")), () => undefined);
        case "find":
          return find.open();
        case "issue":
          return editor.set({ side: editor.read().side === "issues" ? null : "issues" });
        case "fit":
          return canvas.current?.fit();
        case "arrange":
          return canvas.current?.arrange();
        default:
      }
    },
    [editor, botId, cutAway, putIn, saver, find, t],
  );

  const commands = useMemo<Command[]>(
    () =>
      shortcuts
        .filter((each) => !readOnly || each.writes !== true)
        .map((each, i) => ({ id: `builder-${each.action}-${i}`, label: t(`editor.action.${each.action}`), group: t("editor.keys"), keys: each.keys, whileTyping: each.whileTyping, native: each.by !== "page", run: () => void act(each.action) })),
    [act, readOnly, t],
  );
  useCommands(commands);

  // The browser's own clipboard, so that steps travel between flows, tabs and files.
  useEffect(() => {
    const free = () => !["INPUT", "TEXTAREA"].includes(window.document.activeElement?.tagName ?? "") && (window.getSelection()?.toString() ?? "") === "" && window.document.querySelector("[role=dialog][aria-modal=true]") === null;
    const take = (event: ClipboardEvent) => {
      const { selection: chosen, document: now } = editor.read();
      const clip = copy(now, botId, chosen);
      if (!free() || clip.nodes.length === 0) return;
      event.clipboardData?.setData("text/plain", JSON.stringify(clip, null, 2));
      event.preventDefault();
      if (event.type === "cut" && !editor.read().readOnly) cutAway();
    };
    const put = (event: ClipboardEvent) => {
      if (!free() || editor.read().readOnly) return;
      if (putIn(event.clipboardData?.getData("text/plain") ?? "")) event.preventDefault();
    };
    window.document.addEventListener("copy", take);
    window.document.addEventListener("cut", take);
    window.document.addEventListener("paste", put);
    return () => {
      window.document.removeEventListener("copy", take);
      window.document.removeEventListener("cut", take);
      window.document.removeEventListener("paste", put);
    };
  }, [editor, botId, putIn, cutAway]);

  const theirs = useCallback(
    (draft: Draft) => {
      // One step of the history: what stood here is an undo away.
      editor.apply(() => documentOf(draft));
      saver.adopt(draft, editor.document);
    },
    [editor, saver],
  );
  const server = saver.server();
  const port: BuilderDocument = {
    botId, botName,
    definition: document.definition, layout: document.layout, tests: document.tests,
    issues: state.issues as BuilderDocument["issues"], graph: state.graph, proved: state.proved, differs: server.differs || saver.dirty, readOnly,
    select: go,
    setTests: (tests) => editor.apply((before) => ({ ...before, tests })),
    save: () => saver.flush(),
    reload: async () => {
      theirs(await builder.draft(botId));
      await client.invalidateQueries({ queryKey: keys.bot(botId), exact: true });
    },
  };
  const onPaint = useCallback((paint: Paint | null) => editor.set({ paint }), [editor]);

  const node = side === "node" ? nodeOf(document, selection.at(-1) ?? "") : undefined;
  const form = node !== undefined || (side !== null && side !== "node");
  // A form takes room from the canvas: the step that it is about stays in sight.
  useEffect(() => {
    if (node !== undefined) editor.reveal([node.name]);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- when a form opens, not while its step changes
  }, [editor, form]);
  const close = () => {
    editor.set({ side: null });
    canvas.current?.focus();
  };
  const conflict = save.kind === "conflict" ? save.theirs : null;
  return (
    <div className={classes.editor} data-testid="editor">
      <Bar save={save} narrow={narrow} phone={phone} dock={dock} onDock={(panel) => { setDock(panel); editor.set({ side: null, paint: null }); }} onPublish={publish.open} onAction={act} onRetry={() => void saver.flush().catch(() => undefined)} />
      {phone && (
        <div className={classes.notice} role="note">
          {t("editor.phone")}
        </div>
      )}
      <div className={classes.desk}>
        {!readOnly && <Palette small={narrow} onAdd={(kind) => addKind(kind)} />}
        <div className={classes.stage}>
          <Canvas onAdd={setSpot} onAction={act} onReady={onReady} map={!narrow} opens={dock === null} />
          {document.definition.nodes.length === 0 && !readOnly && <Begin onAdd={(kind) => addKind(kind)} />}
          {finding && <Find onClose={() => { find.close(); canvas.current?.focus(); }} onLook={(name) => go(name, false)} onGo={(name) => { find.close(); go(name, dock === null); canvas.current?.focus(); }} />}
          <div className={classes.zoom} role="toolbar" aria-label={t("editor.view")}>
            <Tool label={t("editor.zoomIn")} icon={<Icon name="plus" size={17} />} onClick={() => canvas.current?.zoom(1)} />
            <Tool label={t("editor.zoomOut")} icon={<Symbol name="minus" size={17} />} onClick={() => canvas.current?.zoom(-1)} />
            <Tool action="fit" label={t("editor.fit")} icon={<Symbol name="fit" size={17} />} onClick={() => canvas.current?.fit()} />
          </div>
        </div>
        {dock !== null && (
          <div className={classes.dock} hidden={form}>
            <Dock document={port} onPaint={onPaint} panel={dock} onPanel={setDock} />
          </div>
        )}
        {form && (
          <aside className={classes.side} aria-label={node?.name ?? t(`editor.${side as "issues"}`)} data-testid="form">
            {node !== undefined && <NodeForm key={node.name} node={node} onClose={close} onDuplicate={() => act("duplicate")} />}
            {side === "settings" && <SettingsForm onClose={close} />}
            {side === "variables" && <VariableList onClose={close} onGo={go} />}
            {side === "issues" && <IssueList onClose={close} onGo={(name) => go(name)} />}
          </aside>
        )}
      </div>
      {spot !== null && (
        <QuickAdd
          at={within(spot.client)}
          linking={spot.from !== undefined}
          onClose={() => { setSpot(null); canvas.current?.focus(); }}
          onKind={(kind) => { setSpot(null); addKind(kind, spot.from === undefined && selection.length > 0 ? undefined : spot, spot.from); }}
          onNode={(name) => { setSpot(null); if (spot.from !== undefined) { const { from } = spot; editor.apply((before) => connect(before, from.node, from.exit, name)); } }}
        />
      )}
      {linking !== null && (
        <Connect
          name={linking.name}
          exit={linking.exit}
          onExit={(exit) => setLinking({ ...linking, exit })}
          onClose={() => { setLinking(null); setTimeout(() => canvas.current?.focus()); }}
          onTarget={(to) => { setLinking(null); const exit = linking.exit ?? soleExit(editor, linking.name); editor.apply((before) => connect(before, linking.name, exit, to)); setTimeout(() => canvas.current?.focus()); }}
          onKind={(kind) => { setLinking(null); const place = besides(document.layout.nodes, placesOf(document), linking.name) ?? { x: 0, y: 0 }; addKind(kind, { client: place, flow: place }, { node: linking.name, exit: linking.exit ?? soleExit(editor, linking.name) }); }}
        />
      )}
      {!readOnly && <PublishDialog document={port} opened={publishing} onClose={publish.close} onTests={() => { publish.close(); setDock("tests"); editor.set({ side: null }); }} />}
      {conflict !== null && <Conflict theirs={conflict} mine={document} name={botName} onTheirs={() => theirs(conflict)} onOverwrite={() => saver.overwrite()} />}
      {lost !== null && !readOnly && (
        <Modal opened onClose={() => undefined} withCloseButton={false} closeOnClickOutside={false} closeOnEscape={false} title={t("editor.lostTitle")}>
          <Text mb="md">{t(lost.revision === first.revision ? "editor.lostText" : "editor.lostOther", { name: first.author_name })}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => { keep(botId, null); setLost(null); }}>
              {t("editor.lostDrop")}
            </Button>
            <Button data-autofocus onClick={() => { const { document: kept } = lost; setLost(null); editor.apply(() => kept); }}>
              {t("editor.lostTake")}
            </Button>
          </Group>
        </Modal>
      )}
      {leaving.status === "blocked" && (
        <Modal opened onClose={() => leaving.reset?.()} title={t("editor.leaveTitle")} closeButtonProps={{ "aria-label": t("editor.close") }}>
          <Alert color="honey" mb="md" icon={<Icon name="alert" />}>
            {t("editor.leaveText")}
          </Alert>
          <Group justify="flex-end">
            <Button variant="subtle" color="brick" onClick={() => leaving.proceed?.()}>
              {t("editor.leave")}
            </Button>
            <Button onClick={() => leaving.reset?.()} data-autofocus>
              {t("editor.stay")}
            </Button>
          </Group>
        </Modal>
      )}
    </div>
  );
}

/** The first step of an empty flow: said kindly, one press. */
function Begin({ onAdd }: { onAdd: (kind: string) => void }) {
  const { t } = useTranslation("builder");
  return (
    <div className={classes.begin}>
      <h2>{t("editor.emptyTitle")}</h2>
      <p>{t("editor.emptyText")}</p>
      <Group justify="center" gap="sm">
        <Button leftSection={<Symbol name="choice" size={17} />} onClick={() => onAdd("choice")}>
          {t("editor.emptyMenu")}
        </Button>
        <Button variant="default" leftSection={<Symbol name="message" size={17} />} onClick={() => onAdd("message")}>
          {t("editor.emptyMessage")}
        </Button>
      </Group>
    </div>
  );
}

const soleExit = (editor: Editor, name: string): string => {
  const node = nodeOf(editor.document, name);
  return (node === undefined ? undefined : exitsOf(node)[0]?.id) ?? "next";
};

/** A place to the right of a step that nothing covers. */
function besides(own: Record<string, Point>, places: Record<string, Point>, name: string | undefined): Point | undefined {
  const here = name === undefined ? undefined : (own[name] ?? places[name]);
  if (here === undefined) return undefined;
  const place = { x: here.x + 360, y: here.y };
  const covered = () => Object.values(places).some((each) => Math.abs(each.x - place.x) < 270 && Math.abs(each.y - place.y) < 170);
  for (let i = 0; i < 40 && covered(); i++) place.y += 60;
  return place;
}

/** Where pasted steps go: a little below and beside where they were, or what stands there. */
function near(taken: Record<string, Point>, places: Record<string, Point>): Point {
  const all = Object.values(places);
  const place = { x: Math.min(...all.map((each) => each.x)) + 48, y: Math.min(...all.map((each) => each.y)) + 48 };
  while (Object.values(taken).some((each) => Math.abs(each.x - place.x) < 12 && Math.abs(each.y - place.y) < 12)) {
    place.x += 48;
    place.y += 48;
  }
  return place;
}

/** Keeps a small window on the screen. */
const within = (at: Point): Point => ({ x: Math.max(8, Math.min(at.x, window.innerWidth - 328)), y: Math.max(8, Math.min(at.y, window.innerHeight - 440)) });
