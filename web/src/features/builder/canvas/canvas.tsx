import "@xyflow/react/dist/base.css";
import { useReducedMotion } from "@mantine/hooks";
import { Background, BackgroundVariant, MiniMap, ReactFlow, SelectionMode, useNodesInitialized, useReactFlow, type Connection, type EdgeChange, type FinalConnectionState, type NodeChange } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef, useState, type DragEvent } from "react";
import { useTranslation } from "react-i18next";
import { keyOf, typing } from "@/ui/keys";
import { add, connect, freeName, move, setNote, type Point } from "../document/change";
import { arrange, placesOf, type Size } from "../document/arrange";
import { groupOf, kindOf } from "../document/kind";
import { useDocument, useEditor, useEditorState } from "../editor/context";
import { Card, type CardNode } from "./card";
import classes from "./canvas.module.css";
import { Note, type NoteNode } from "./note";
import { edgesOf, nodesOf, type Live } from "./scene";
import { onCanvas, type Action } from "./shortcut";
import { walk, type Direction } from "./walk";
import { Heads, Way, type WayEdge } from "./way";
import { useWords } from "./words";

const nodeTypes = { card: Card, note: Note };
const edgeTypes = { way: Way };
/** The smallest zoom at which cards can be read, and the one of a large flow at first sight. */
const readable = 0.5;
const closer = 0.8;
const whole = { padding: 0.15 };
export const dragType = "application/x-prosa-kind";

/** Where a step is to be added: a place on the canvas, and the way that shall lead to it. */
export interface Spot {
  client: Point;
  flow: Point;
  from?: { node: string; exit: string };
}

export interface CanvasHandle {
  arrange: () => void;
  fit: () => void;
  focus: () => void;
  zoom: (by: 1 | -1) => void;
  /** The middle of what is seen, on the canvas. */
  middle: () => Spot;
}

/** The flow as a drawing to work on. */
export function Canvas({ onAdd, onAction, onReady, map, opens }: {
  onAdd: (spot: Spot) => void;
  onAction: (action: Action) => void;
  onReady: (handle: CanvasHandle) => void;
  map: boolean;
  /** One press on a step opens its form; else it takes two, since a panel is at work beside. */
  opens: boolean;
}) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const words = useWords();
  const document_ = useDocument();
  const selection = useEditorState((state) => state.selection);
  const chosenEdge = useEditorState((state) => state.edge);
  const readOnly = useEditorState((state) => state.readOnly);
  const still = useReducedMotion() ?? false;
  const flow = useReactFlow<CardNode | NoteNode, WayEdge>();
  const frame = useRef<HTMLDivElement>(null);
  const trail = useRef<string[]>([]);
  const drawn = useNodesInitialized();
  const [live, setLive] = useState<Live>({ places: {}, sizes: {} });
  const places = useMemo(() => placesOf(document_), [document_]);
  const nodes = useMemo(() => nodesOf(document_, places, selection, live), [document_, places, selection, live]);
  const edges = useMemo(() => edgesOf(document_, selection, chosenEdge), [document_, selection, chosenEdge]);

  const onNodesChange = useCallback(
    (changes: NodeChange<CardNode | NoteNode>[]) => {
      const moved: Record<string, Point> = {};
      const sized: Record<string, Size> = {};
      let chosen: Set<string> | null = null;
      for (const change of changes) {
        if (change.type === "position" && change.position !== undefined && change.dragging === true) moved[change.id] = change.position;
        if (change.type === "dimensions" && change.dimensions !== undefined) sized[change.id] = change.dimensions;
        if (change.type === "select") {
          chosen ??= new Set(editor.read().selection);
          if (change.selected) chosen.add(change.id);
          else chosen.delete(change.id);
        }
      }
      if (Object.keys(moved).length > 0 || Object.keys(sized).length > 0) setLive((before) => ({ places: { ...before.places, ...moved }, sizes: { ...before.sizes, ...sized } }));
      if (chosen !== null) editor.select([...chosen]);
    },
    [editor],
  );
  const onEdgesChange = useCallback(
    (changes: EdgeChange<WayEdge>[]) => {
      for (const change of changes) {
        if (change.type !== "select") continue;
        if (change.selected) editor.set({ edge: change.id, selection: [] });
        else if (editor.read().edge === change.id) editor.set({ edge: "" });
      }
    },
    [editor],
  );

  const settle = useCallback(
    (dragged: (CardNode | NoteNode)[]) => {
      editor.apply((before) => {
        const cards = dragged.filter((node): node is CardNode => node.type === "card");
        let after = cards.length === 0 ? before : move(before, Object.fromEntries(cards.map((node) => [node.id, node.position])));
        for (const node of dragged) if (node.type === "note") after = setNote(after, node.data.index, { x: Math.round(node.position.x), y: Math.round(node.position.y) });
        return after;
      });
      setLive((before) => ({ ...before, places: {} }));
    },
    [editor],
  );

  const link = useCallback(
    (from: string, exit: string, to: string) => editor.apply((before) => connect(before, from, exit, to)),
    [editor],
  );
  const onConnect = useCallback((made: Connection) => link(made.source, made.sourceHandle ?? "", made.target), [link]);
  const rewired = useRef(false);
  const onConnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, state: FinalConnectionState) => {
      if (rewired.current || state.isValid === true || state.fromNode === null || state.fromHandle?.type !== "source") return;
      const client = pointOf(event);
      const from = { node: state.fromNode.id, exit: state.fromHandle.id ?? "" };
      const card = document.elementFromPoint(client.x, client.y)?.closest(".react-flow__node-card")?.getAttribute("data-id");
      if (card) link(from.node, from.exit, card); // anywhere on a card is on target
      else onAdd({ client, flow: flow.screenToFlowPosition(client), from });
    },
    [flow, link, onAdd],
  );
  const onReconnect = useCallback(
    (old: WayEdge, made: Connection) => {
      editor.apply((before) => {
        const same = old.source === made.source && old.sourceHandle === made.sourceHandle;
        const cut = same ? before : connect(before, old.source, old.data?.exit ?? "", "");
        return connect(cut, made.source, made.sourceHandle ?? "", made.target);
      });
    },
    [editor],
  );
  const onReconnectEnd = useCallback(
    (event: MouseEvent | TouchEvent, edge: WayEdge, _: unknown, state: FinalConnectionState) => {
      setTimeout(() => (rewired.current = false));
      if (state.isValid === true) return;
      const client = pointOf(event);
      const card = document.elementFromPoint(client.x, client.y)?.closest(".react-flow__node-card")?.getAttribute("data-id");
      if (card) link(edge.source, edge.data?.exit ?? "", card);
      else link(edge.source, edge.data?.exit ?? "", "");
    },
    [link],
  );

  const onDrop = useCallback(
    (event: DragEvent) => {
      const kind = event.dataTransfer.getData(dragType);
      const spec = kindOf(kind);
      if (spec === undefined || readOnly) return;
      event.preventDefault();
      const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
      const name = freeName(editor.document.definition.nodes.map((node) => node.name), words.name(kind));
      editor.apply((before) => add(before, { name, kind, ...spec.fresh(words.fresh) }, { x: at.x - 132, y: at.y - 24 }));
      editor.select([name], "node");
      frame.current?.focus({ preventScroll: true });
    },
    [flow, editor, words, readOnly],
  );

  const reveal = useCallback(
    (names: readonly string[]) => {
      // After the next drawing: what was just added has its size by then.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          const rect = frame.current?.getBoundingClientRect();
          const boxes = names.map((name) => flow.getNode(name)).filter((node) => node !== undefined);
          const first = boxes[0];
          if (rect === undefined || first === undefined) return;
          const { x, y, zoom } = flow.getViewport();
          const screen = { left: first.position.x * zoom + x, top: first.position.y * zoom + y, width: (first.measured?.width ?? 264) * zoom, height: (first.measured?.height ?? 150) * zoom };
          // Only as far as it takes: what stood beside it stays in sight.
          const shift = (from: number, size: number, room: number) => (from < 32 || size + 64 > room ? Math.max(0, 32 - from) : Math.min(0, room - 32 - from - size));
          const by = { x: shift(screen.left, screen.width, rect.width), y: shift(screen.top - 28, screen.height + 28, rect.height) };
          if (by.x !== 0 || by.y !== 0) void flow.setViewport({ x: x + by.x, y: y + by.y, zoom }, { duration: still ? 0 : 220 });
        }),
      );
    },
    [flow, still],
  );
  // The whole flow at first sight, once the cards have their sizes.
  const seen = useRef(false);
  useEffect(() => {
    if (!drawn || seen.current) return;
    seen.current = true;
    const rect = frame.current?.getBoundingClientRect() ?? new DOMRect();
    const bounds = flow.getNodesBounds(flow.getNodes());
    const start = flow.getNode(editor.document.definition.start);
    // A flow too large to be read at once is shown from its start.
    if (start === undefined || Math.min(rect.width / bounds.width, rect.height / bounds.height) * 0.85 >= readable) void flow.fitView({ ...whole, maxZoom: 1 });
    else void flow.setViewport({ x: 72 - start.position.x * closer, y: rect.height / 2 - (start.position.y + 110) * closer, zoom: closer });
  }, [drawn, flow, editor]);
  useEffect(() => editor.show(reveal), [editor, reveal]);

  const tidy = useCallback(() => {
    const before = editor.document;
    const sizes = new Map(flow.getNodes().flatMap((node) => (node.type === "card" && node.measured?.height !== undefined ? [[node.id, { width: node.measured.width ?? 264, height: node.measured.height }] as const] : [])));
    const to = arrange(before, sizes);
    const from = placesOf(before);
    const finish = () => {
      editor.apply((now) => move(now, Object.fromEntries(Object.entries(to).filter(([name]) => now.definition.nodes.some((node) => node.name === name)))));
      setLive((all) => ({ ...all, places: {} }));
      setTimeout(() => void flow.fitView({ ...whole, maxZoom: 1, duration: still ? 0 : 240 }), 30);
    };
    if (still) return finish();
    const began = performance.now();
    const frameOf = (now: number) => {
      const part = Math.min(1, (now - began) / 320);
      const eased = 1 - (1 - part) ** 3;
      if (part === 1) return finish();
      setLive((all) => ({
        ...all,
        places: Object.fromEntries(Object.entries(to).map(([name, goal]) => [name, { x: (from[name] ?? goal).x + (goal.x - (from[name] ?? goal).x) * eased, y: (from[name] ?? goal).y + (goal.y - (from[name] ?? goal).y) * eased }])),
      }));
      requestAnimationFrame(frameOf);
    };
    requestAnimationFrame(frameOf);
  }, [editor, flow, still]);

  useEffect(() => {
    onReady({
      arrange: tidy,
      fit: () => void flow.fitView({ ...whole, maxZoom: 1.1, duration: still ? 0 : 220 }),
      focus: () => frame.current?.focus({ preventScroll: true }),
      zoom: (by) => void (by === 1 ? flow.zoomIn({ duration: still ? 0 : 140 }) : flow.zoomOut({ duration: still ? 0 : 140 })),
      middle: () => {
        const rect = frame.current?.getBoundingClientRect() ?? new DOMRect();
        const client = { x: rect.x + rect.width / 2, y: rect.y + rect.height / 2 };
        return { client, flow: flow.screenToFlowPosition(client) };
      },
    });
  }, [onReady, tidy, flow, still]);

  // Keys of the canvas: while it has the focus, or nobody has it.
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      const inside = event.target === document.body || (frame.current?.contains(event.target as globalThis.Node) ?? false);
      if (!inside || event.defaultPrevented || typing(event.target) || document.querySelector("[role=dialog], [role=menu]") !== null) return;
      if (event.target instanceof HTMLButtonElement && event.key === "Enter") return;
      const action = onCanvas(keyOf(event));
      if (action === undefined) return;
      event.preventDefault();
      if (!["next", "previous", "above", "below"].includes(action)) return onAction(action);
      const { selection: chosen, document: now } = editor.read();
      const from = chosen.at(-1);
      const to = from === undefined ? now.definition.start || now.definition.nodes[0]?.name : walk(now, placesOf(now), from, action as Direction, trail.current);
      if (to === undefined || to === "") return;
      trail.current = [...trail.current.slice(-200), from ?? to];
      editor.select([to]);
      reveal([to]);
    };
    window.addEventListener("keydown", onKey);
    return () => window.removeEventListener("keydown", onKey);
  }, [editor, onAction, reveal]);

  return (
    <div
      ref={frame}
      className={classes.frame}
      tabIndex={0}
      role="application"
      aria-label={t("editor.canvas")}
      aria-describedby="canvas-help"
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(dragType)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
      onDrop={onDrop}
      onKeyDownCapture={() => frame.current?.removeAttribute("data-pointer")}
      onPointerDown={(event) => {
        frame.current?.setAttribute("data-pointer", "");
        if (!typing(event.target) && !(event.target as HTMLElement).closest("button")) frame.current?.focus({ preventScroll: true });
      }}
    >
      <p id="canvas-help" className="p-sr">
        {t("editor.canvasHelp")}
      </p>
      <Said />
      <Heads />
      <ReactFlow<CardNode | NoteNode, WayEdge>
        nodes={nodes}
        edges={edges}
        nodeTypes={nodeTypes}
        edgeTypes={edgeTypes}
        onNodesChange={onNodesChange}
        onEdgesChange={onEdgesChange}
        onNodeDragStop={(_, __, dragged) => settle(dragged)}
        onSelectionDragStop={(_, dragged) => settle(dragged)}
        onNodeClick={(event, node) => {
          const plain = !event.shiftKey && !event.ctrlKey && !event.metaKey;
          if (plain && opens && node.type === "card") editor.select([node.id], "node");
        }}
        onNodeDoubleClick={(_, node) => node.type === "card" && editor.select([node.id], "node")}
        onPaneClick={() => editor.select([], editor.read().side === "node" ? null : undefined)}
        onDoubleClick={(event) => {
          if (!readOnly && (event.target as HTMLElement).classList.contains("react-flow__pane")) onAdd({ client: { x: event.clientX, y: event.clientY }, flow: flow.screenToFlowPosition({ x: event.clientX, y: event.clientY }) });
        }}
        onConnect={onConnect}
        onConnectEnd={onConnectEnd}
        onReconnectStart={() => (rewired.current = true)}
        onReconnect={onReconnect}
        onReconnectEnd={onReconnectEnd}
        nodesDraggable={!readOnly}
        nodesConnectable={!readOnly}
        edgesReconnectable={!readOnly}
        nodesFocusable={false}
        edgesFocusable={false}
        disableKeyboardA11y
        deleteKeyCode={null}
        selectionKeyCode="Shift"
        multiSelectionKeyCode={["Shift", "Control", "Meta"]}
        selectionMode={SelectionMode.Partial}
        connectionRadius={34}
        panOnScroll
        zoomOnDoubleClick={false}
        minZoom={0.12}
        maxZoom={1.8}
        onlyRenderVisibleElements={nodes.length > 120}
        proOptions={{ hideAttribution: true }}
        nodeDragThreshold={3}
        autoPanOnNodeFocus={false}
      >
        <Background variant={BackgroundVariant.Dots} gap={22} size={1.4} color="var(--b-dot)" bgColor="var(--p-page)" />
        {map && <MiniMap pannable zoomable position="bottom-right" className={classes.map} ariaLabel={t("editor.map")} nodeColor={(node) => (node.type === "note" ? "var(--p-bubble-note-line)" : `color-mix(in srgb, var(--b-${groupOf((node as CardNode).data.node.kind)}) 62%, transparent)`)} nodeBorderRadius={18} maskColor="var(--b-mask)" />}
      </ReactFlow>
    </div>
  );
}

/** Tells a reader of the screen what is chosen, and where one can go from there. */
function Said() {
  const { t } = useTranslation("builder");
  const words = useWords();
  const name = useEditorState((state) => state.selection.at(-1));
  const count = useEditorState((state) => state.selection.length);
  const node = useEditorState((state) => state.document.definition.nodes.find((each) => each.name === name));
  const said = count > 1 ? t("editor.chosenMany", { count }) : node === undefined ? "" : t("editor.chosen", { name: node.name, kind: words.kind(node.kind), text: words.preview(node) });
  return (
    <div role="status" className="p-sr">
      {said}
    </div>
  );
}

function pointOf(event: MouseEvent | TouchEvent): Point {
  if (!("changedTouches" in event)) return { x: event.clientX, y: event.clientY };
  const touch = event.changedTouches[0];
  return { x: touch?.clientX ?? 0, y: touch?.clientY ?? 0 };
}
