import type { Document, Point } from "../document/change";
import { nodeOf } from "../document/change";
import type { Size } from "../document/arrange";
import { exitsOf } from "../document/kind";
import type { FlowNode } from "../contract";
import type { CardNode } from "./card";
import type { NoteNode } from "./note";
import type { WayEdge } from "./way";

/** What the canvas draws, made of the document and of what is on the screen just now. */
export interface Live {
  /** Places of what is being dragged or is on its way. */
  places: Record<string, Point>;
  sizes: Record<string, Size>;
}

export const noteId = (index: number) => `note:${index}`;

const cards = new WeakMap<FlowNode, [CardNode["data"], CardNode["data"]]>();

/** The same object for the same node, so that a card is drawn anew only when its node changed. */
function dataOf(node: FlowNode, start: boolean): CardNode["data"] {
  let both = cards.get(node);
  if (both === undefined) {
    both = [{ node, start: false }, { node, start: true }];
    cards.set(node, both);
  }
  return both[start ? 1 : 0];
}

export function nodesOf(document: Document, places: Record<string, Point>, selection: readonly string[], live: Live): (CardNode | NoteNode)[] {
  const chosen = new Set(selection);
  const out: (CardNode | NoteNode)[] = [];
  const seen = new Set<string>();
  for (const node of document.definition.nodes) {
    if (seen.has(node.name)) continue; // a name that comes twice is told as an issue; the canvas holds one of a name
    seen.add(node.name);
    out.push({
      id: node.name, type: "card", position: live.places[node.name] ?? places[node.name] ?? { x: 0, y: 0 },
      data: dataOf(node, node.name === document.definition.start), selected: chosen.has(node.name), measured: live.sizes[node.name],
    });
  }
  for (const [index, note] of (document.layout.notes ?? []).entries()) {
    const id = noteId(index);
    out.push({ id, type: "note", position: live.places[id] ?? { x: note.x, y: note.y }, data: { index, text: note.text }, selected: chosen.has(id), measured: live.sizes[id] });
  }
  return out;
}

export const wayId = (node: string, exit: string) => `${node}/${exit}`;

export function edgesOf(document: Document, selection: readonly string[], chosen: string): WayEdge[] {
  const near = new Set(selection);
  return document.definition.nodes.flatMap((node) =>
    exitsOf(node).flatMap((exit): WayEdge[] => {
      if (exit.to === "" || nodeOf(document, exit.to) === undefined) return [];
      const id = wayId(node.name, exit.id);
      return [
        {
          id, type: "way", source: node.name, sourceHandle: exit.id, target: exit.to, targetHandle: "in", selected: id === chosen,
          data: { exit: exit.id, label: exit.label, optional: exit.optional, near: near.has(node.name) || near.has(exit.to) },
        },
      ];
    }),
  );
}
