import { Graph, layout } from "@dagrejs/dagre";
import { move, type Document, type Point } from "./change";
import { exitsOf } from "./kind";
import { anyText } from "./local";

export interface Size {
  width: number;
  height: number;
}

export const cardWidth = 264;

/** Room for a card that has not been drawn yet. */
export function guess(exits: number): Size {
  return { width: cardWidth, height: 104 + Math.max(1, exits) * 28 };
}

/** Places for all nodes, from left to right along the ways; sizes are those on the screen, where known. */
export function arrange(document: Document, sizes: ReadonlyMap<string, Size> = new Map()): Record<string, Point> {
  const graph = new Graph({ multigraph: true });
  graph.setGraph({ rankdir: "LR", nodesep: 36, ranksep: 96, marginx: 0, marginy: 0, ranker: "network-simplex" });
  graph.setDefaultEdgeLabel(() => ({}));
  const { nodes, start } = document.definition;
  const known = new Set(nodes.map((node) => node.name));
  // The start first: of several roots the first one is laid out first.
  for (const node of [...nodes].sort((a, b) => Number(b.name === start) - Number(a.name === start))) {
    graph.setNode(node.name, { ...(sizes.get(node.name) ?? guess(exitsOf(node).length)) });
  }
  for (const node of nodes) {
    for (const exit of exitsOf(node)) if (known.has(exit.to) && exit.to !== node.name) graph.setEdge(node.name, exit.to, { weight: exit.optional ? 1 : 2 }, exit.id);
  }
  layout(graph);
  const places: Record<string, Point> = {};
  for (const node of nodes) {
    const placed = graph.node(node.name) as { x: number; y: number; width: number; height: number };
    places[node.name] = { x: Math.round(placed.x - placed.width / 2), y: Math.round(placed.y - placed.height / 2) };
  }
  return places;
}

/** The least that lies between two cards. */
const gap = 28;

/**
 * The same document with cards that would cover each other moved apart, downwards: a layout that was made without
 * seeing the cards knows nothing of their heights.
 */
export function apart(document: Document): Document {
  const places = placesOf(document);
  const first = document.definition.languages[0] ?? "";
  const boxes: { x: number; y: number; bottom: number }[] = [];
  const moved: Record<string, Point> = {};
  const order = [...document.definition.nodes].sort((a, b) => (places[a.name]?.y ?? 0) - (places[b.name]?.y ?? 0));
  for (const node of order) {
    const place = places[node.name];
    if (place === undefined) continue;
    const lines = Math.min(3, Math.ceil(anyText(node.text, first).length / 34));
    const exits = exitsOf(node).length;
    const height = 56 + (lines > 0 ? lines * 19 + 11 : 0) + (exits > 0 ? exits * 25 + 12 : 0);
    let y = place.y;
    const covers = (box: (typeof boxes)[number]) => Math.abs(box.x - place.x) < cardWidth && y < box.bottom && y + height > box.y;
    for (let box = boxes.find(covers); box !== undefined; box = boxes.find(covers)) y = box.bottom + gap;
    boxes.push({ x: place.x, y, bottom: y + height });
    if (y !== place.y) moved[node.name] = { x: place.x, y };
  }
  return Object.keys(moved).length === 0 ? document : move(document, { ...places, ...moved });
}

/** A place for every node: the author's, and for those without one, where the arrangement would put them. */
export function placesOf(document: Document): Record<string, Point> {
  const own = document.layout.nodes;
  const missing = document.definition.nodes.filter((node) => own[node.name] === undefined);
  if (missing.length === 0) return own;
  const all = arrange(document);
  if (missing.length === document.definition.nodes.length) return all;
  // Below what is there, so that nothing is covered.
  const bottom = Math.max(...Object.values(own).map((place) => place.y)) + 260;
  const top = Math.min(...missing.map((node) => all[node.name]?.y ?? 0));
  const added = missing.map((node) => [node.name, { x: all[node.name]?.x ?? 0, y: (all[node.name]?.y ?? 0) - top + bottom }]);
  return { ...own, ...Object.fromEntries(added) };
}
