import type { Definition, FlowNode, FlowTest, Layout } from "../contract";
import { exitsOf } from "./kind";
import { at, put, type Json } from "./path";

/**
 * The open draft as a value, and everything that can be done to it. Each function gives a new document and leaves the
 * old one as it was; parts that did not change are the same objects, so that history costs little.
 */
export interface Document {
  readonly definition: Definition;
  readonly layout: Layout;
  readonly tests: FlowTest[];
}

export interface Point {
  x: number;
  y: number;
}

export const nodeOf = (document: Document, name: string): FlowNode | undefined => document.definition.nodes.find((node) => node.name === name);

/** A name of a node: letters, digits, "-" and "_", at most 40 bytes, as the engine reads it. */
export function validName(name: string): boolean {
  return /^[\p{L}\p{N}_-]+$/u.test(name) && new TextEncoder().encode(name).length <= 40;
}

/** What somebody typed, as a name: spaces become "-", other signs go. */
export function asName(typed: string): string {
  let name = typed.replace(/\s+/g, "-").replace(/[^\p{L}\p{N}_-]/gu, "");
  while (new TextEncoder().encode(name).length > 40) name = name.slice(0, -1);
  return name;
}

/** What somebody typed, as a variable: lower case without accents. */
export function asVariable(typed: string): string {
  return typed.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[\s-]+/g, "_").replace(/[^a-z0-9_]/g, "").replace(/^\d+/, "").slice(0, 40);
}

/** The name, or the name with the first number that makes it the only one. */
export function freeName(taken: Iterable<string>, wish: string): string {
  const names = new Set(taken);
  const base = asName(wish) || "passo";
  if (!names.has(base)) return base;
  const stem = base.replace(/-\d+$/, "");
  for (let n = 2; ; n++) {
    const name = `${stem.slice(0, 36)}-${n}`;
    if (!names.has(name)) return name;
  }
}

const names = (document: Document) => document.definition.nodes.map((node) => node.name);

function withNodes(document: Document, nodes: FlowNode[]): Document {
  return { ...document, definition: { ...document.definition, nodes } };
}

function eachNode(document: Document, change: (node: FlowNode) => FlowNode): Document {
  let changed = false;
  const nodes = document.definition.nodes.map((node) => {
    const next = change(node);
    changed ||= next !== node;
    return next;
  });
  return changed ? withNodes(document, nodes) : document;
}

/** Adds a node at a place; its name must be free. The first node of an empty flow becomes the start. */
export function add(document: Document, node: FlowNode, place: Point): Document {
  if (names(document).includes(node.name)) return document;
  const added = withNodes(document, [...document.definition.nodes, node]);
  const started = nodeOf(document, document.definition.start) === undefined ? set(added, "start", node.name) : added;
  return move(started, { [node.name]: place });
}

/**
 * Adds a node behind another: the first way out that leads nowhere goes to it; where all lead somewhere, it steps in
 * between on the way named "next".
 */
export function addAfter(document: Document, after: string, node: FlowNode, place: Point): Document {
  const from = nodeOf(document, after);
  const added = add(document, node, place);
  if (from === undefined || added === document) return added;
  const exits = exitsOf(from);
  const free = exits.find((exit) => exit.to === "" && !exit.optional);
  if (free !== undefined) return connect(added, after, free.id, node.name);
  const through = exits.find((exit) => exit.id === "next");
  const onward = exitsOf(node).find((exit) => !exit.optional);
  if (through === undefined || onward === undefined) return added;
  return connect(connect(added, after, through.id, node.name), node.name, onward.id, through.to);
}

/** Leads a way out to a node; an empty target cuts it. */
export function connect(document: Document, from: string, exit: string, to: string): Document {
  return eachNode(document, (node) => {
    if (node.name !== from) return node;
    const known = exitsOf(node).find((each) => each.id === exit);
    if (known === undefined || known.to === to) return node;
    return put(node, exit, to === "" && known.optional ? undefined : to);
  });
}

/** Gives a node another name, everywhere that it is meant. Nothing happens where the name is taken or no name. */
export function rename(document: Document, from: string, to: string): Document {
  if (from === to || !validName(to) || names(document).includes(to) || nodeOf(document, from) === undefined) return document;
  const renamed = eachNode(document, (node) => retarget(node.name === from ? { ...node, name: to } : node, (target) => (target === from ? to : target)));
  const definition = retargetFlow(renamed.definition, (target) => (target === from ? to : target));
  const { [from]: place, ...rest } = document.layout.nodes;
  const layout = place === undefined ? document.layout : { ...document.layout, nodes: { ...rest, [to]: place } };
  const tests = document.tests.map((test) => {
    if (!test.steps.some((step) => at(step, "expect.node") === from)) return test;
    return { ...test, steps: test.steps.map((step) => (at(step, "expect.node") === from ? put(step, "expect.node", to) : step)) };
  });
  return { definition, layout, tests };
}

/** Takes nodes away; ways that led to them lead nowhere. */
export function remove(document: Document, gone: Iterable<string>): Document {
  const set = new Set(gone);
  const left = document.definition.nodes.filter((node) => !set.has(node.name));
  if (left.length === document.definition.nodes.length) return document;
  const cut = (target: string) => (set.has(target) ? "" : target);
  const nodes = left.map((node) => retarget(node, cut));
  const definition = retargetFlow({ ...document.definition, nodes }, cut);
  if (set.has(document.definition.start)) definition.start = heir(document, set) ?? left[0]?.name ?? "";
  const places = Object.fromEntries(Object.entries(document.layout.nodes).filter(([name]) => !set.has(name)));
  return { ...document, definition, layout: { ...document.layout, nodes: places } };
}

/** Where a flow begins once its start is gone: the first node behind it that stays. */
function heir(document: Document, gone: Set<string>): string | undefined {
  const seen = new Set<string>();
  const queue = [document.definition.start];
  for (let name = queue.shift(); name !== undefined; name = queue.shift()) {
    const node = nodeOf(document, name);
    if (node === undefined || seen.has(name)) continue;
    if (!gone.has(name)) return name;
    seen.add(name);
    queue.push(...exitsOf(node).map((exit) => exit.to));
  }
  return undefined;
}

function retarget(node: FlowNode, to: (target: string) => string): FlowNode {
  let out = node;
  for (const exit of exitsOf(node)) {
    if (exit.to === "") continue;
    const next = to(exit.to);
    if (next !== exit.to) out = put(out, exit.id, next === "" && exit.optional ? undefined : next);
  }
  return out;
}

/** The places outside of nodes that name a node. */
function retargetFlow(definition: Definition, to: (target: string) => string): Definition {
  let out: Definition = definition;
  const place = (path: string, optional: boolean) => {
    const target = at(out, path);
    if (typeof target !== "string" || target === "") return;
    const next = to(target);
    if (next !== target) out = put(out, path, next === "" && optional ? undefined : next);
  };
  place("start", false);
  for (const path of ["settings.menu", "settings.idle.next", "settings.on_error", "settings.on_cart", "settings.on_product"]) place(path, true);
  for (const list of ["settings.interrupts", "settings.events"]) {
    const items = at(definition, list);
    if (Array.isArray(items)) items.forEach((_, i) => place(`${list}.${i}.next`, false));
  }
  return out;
}

/** Every place that names a node, for "used in" and for tests. */
export function references(definition: Definition): { from: string; path: string; to: string }[] {
  const out: { from: string; path: string; to: string }[] = [];
  retargetFlow(definition, (target) => {
    out.push({ from: "", path: "", to: target });
    return target;
  });
  for (const node of definition.nodes) for (const exit of exitsOf(node)) if (exit.to !== "") out.push({ from: node.name, path: exit.id, to: exit.to });
  return out;
}

export function move(document: Document, places: Record<string, Point>): Document {
  const rounded = Object.fromEntries(Object.entries(places).map(([name, place]) => [name, { x: Math.round(place.x), y: Math.round(place.y) }]));
  return { ...document, layout: { ...document.layout, nodes: { ...document.layout.nodes, ...rounded } } };
}

/** Changes a field of a node; undefined takes it away. */
export function setField(document: Document, name: string, path: string, value: Json): Document {
  return eachNode(document, (node) => (node.name === name && at(node, path) !== value ? put(node, path, value) : node));
}

/** Puts another node in the place of one, as after editing its text form; a new name must be free. */
export function replaceNode(document: Document, name: string, next: FlowNode): Document {
  const kept = eachNode(document, (node) => (node.name === name ? { ...next, name } : node));
  return rename(kept, name, next.name);
}

/** Changes a place of the definition outside of nodes ("settings.menu", "languages"). */
export function set(document: Document, path: string, value: Json): Document {
  return { ...document, definition: put(document.definition, path, value) };
}

/** Words that a customer never sees, beside the flow. */
export function addNote(document: Document, place: Point, text: string): Document {
  const note = { x: Math.round(place.x), y: Math.round(place.y), text };
  return { ...document, layout: { ...document.layout, notes: [...(document.layout.notes ?? []), note] } };
}

/** Changes a note; null takes it away. */
export function setNote(document: Document, index: number, change: Partial<Point & { text: string }> | null): Document {
  const notes = (document.layout.notes ?? []).flatMap((note, i) => (i !== index ? [note] : change === null ? [] : [{ ...note, ...change }]));
  return { ...document, layout: { ...document.layout, notes } };
}

/** Nodes on their way from one flow to another. */
export interface Clip {
  prosa: "flow-nodes";
  /** The bot that they come from: only there do ways out of the clip keep their targets. */
  bot: string;
  nodes: FlowNode[];
  places: Record<string, Point>;
}

export function copy(document: Document, bot: string, chosen: Iterable<string>): Clip {
  const set = new Set(chosen);
  const nodes = document.definition.nodes.filter((node) => set.has(node.name));
  const places = Object.fromEntries(nodes.map((node) => [node.name, document.layout.nodes[node.name] ?? { x: 0, y: 0 }]));
  return { prosa: "flow-nodes", bot, nodes, places };
}

/** The clip that a text holds; null for any other text. */
export function clipOf(text: string): Clip | null {
  if (!text.includes("flow-nodes") || text.length > 2 << 20) return null;
  try {
    const value = JSON.parse(text) as Partial<Clip>;
    if (value.prosa !== "flow-nodes" || !Array.isArray(value.nodes)) return null;
    const nodes = value.nodes.filter((node) => typeof node === "object" && node !== null && typeof node.name === "string" && validName(node.name) && typeof node.kind === "string");
    if (nodes.length === 0) return null;
    const places: Record<string, Point> = {};
    for (const node of nodes) {
      const place = value.places?.[node.name];
      places[node.name] = { x: Number(place?.x) || 0, y: Number(place?.y) || 0 };
    }
    return { prosa: "flow-nodes", bot: typeof value.bot === "string" ? value.bot : "", nodes, places };
  } catch {
    return null;
  }
}

/** Puts the nodes of a clip into the document under free names, their upper left at the place; says the names. */
export function paste(document: Document, bot: string, clip: Clip, place: Point): { document: Document; names: string[] } {
  const taken = new Set(names(document));
  const called = new Map<string, string>();
  for (const node of clip.nodes) {
    const name = freeName(taken, node.name);
    taken.add(name);
    if (!called.has(node.name)) called.set(node.name, name);
  }
  const known = new Set(names(document));
  const to = (target: string) => called.get(target) ?? (clip.bot === bot && known.has(target) ? target : "");
  const left = Math.min(...Object.values(clip.places).map((each) => each.x));
  const top = Math.min(...Object.values(clip.places).map((each) => each.y));
  let out = document;
  const made: string[] = [];
  for (const node of clip.nodes) {
    const name = called.get(node.name);
    if (name === undefined || made.includes(name)) continue;
    const from = clip.places[node.name] ?? { x: left, y: top };
    out = add(out, retarget({ ...node, name }, to), { x: place.x + from.x - left, y: place.y + from.y - top });
    made.push(name);
  }
  return { document: out, names: made };
}
