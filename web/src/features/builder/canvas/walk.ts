import type { Document, Point } from "../document/change";
import { nodeOf } from "../document/change";
import { exitsOf } from "../document/kind";

export type Direction = "next" | "previous" | "above" | "below";

const targets = (document: Document, name: string) => {
  const node = nodeOf(document, name);
  const names = node === undefined ? [] : exitsOf(node).map((exit) => exit.to);
  return [...new Set(names)].filter((to) => to !== "" && nodeOf(document, to) !== undefined);
};

const sources = (document: Document, name: string) => document.definition.nodes.filter((node) => node.name !== name && targets(document, node.name).includes(name)).map((node) => node.name);

/**
 * The node that an arrow key leads to: right along the first way out, left back to where a way comes from, up and down
 * among the nodes that lie beside. trail holds the nodes that were walked through, the latest last.
 */
export function walk(document: Document, places: Record<string, Point>, from: string, direction: Direction, trail: readonly string[] = []): string | undefined {
  const place = (name: string) => places[name] ?? { x: 0, y: 0 };
  const here = place(from);
  switch (direction) {
    case "next":
      return targets(document, from).find((name) => name !== from);
    case "previous": {
      const all = sources(document, from);
      return [...trail].reverse().find((name) => all.includes(name)) ?? all.sort((a, b) => place(a).x - place(b).x)[0];
    }
    default: {
      const sign = direction === "below" ? 1 : -1;
      const beside = document.definition.nodes
        .map((node) => node.name)
        .filter((name) => name !== from && (place(name).y - here.y) * sign > 0)
        .map((name) => ({ name, far: Math.abs(place(name).y - here.y) + 2.5 * Math.abs(place(name).x - here.x) }))
        .sort((a, b) => a.far - b.far);
      return beside[0]?.name;
    }
  }
}
