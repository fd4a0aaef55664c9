import { Graph, layout } from "@dagrejs/dagre";
import type { Document, Point } from "./change";
import { exitsOf } from "./kind";

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
