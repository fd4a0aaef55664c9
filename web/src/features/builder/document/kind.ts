import type { FlowNode } from "../contract";
import { at, type Json } from "./path";
import { mayEnd, shopWays } from "./shop";

/** What people look for when they look for a kind of step. */
export type Group = "talk" | "ask" | "sell" | "decide" | "do" | "finish";

/** A way out of a node. */
export interface Exit {
  /** Path of the target inside the node; what a change of the exit writes. */
  id: string;
  /** What the engine calls it, in counts and trails. */
  label: string;
  /** Words of the author that name it, where there are any. */
  words?: Json;
  /** For numbered names: which one it is, from 1. */
  number?: number;
  to: string;
  /** Falls back on something of the engine when it leads nowhere. */
  optional: boolean;
}

export interface KindSpec {
  kind: string;
  group: Group;
  /** What a fresh one holds, besides name and kind; words come in the author's language. */
  fresh: (words: (key: string) => string) => Record<string, Json>;
  exits: (node: FlowNode) => Exit[];
}

const text = (value: Json) => (typeof value === "string" ? value : "");

function one(node: FlowNode, id: string, optional = false, label = id): Exit {
  return { id, label, to: text(at(node, id)), optional };
}

/** One exit for each item of a list. */
function each(node: FlowNode, list: string, label: (item: Record<string, Json>, i: number) => string, words?: string): Exit[] {
  const items = node[list];
  if (!Array.isArray(items)) return [];
  return items.map((item: Record<string, Json>, i) => ({
    id: `${list}.${i}.next`,
    label: label(item ?? {}, i),
    words: words === undefined ? item?.name : item?.[words],
    number: i + 1,
    to: text(item?.next),
    optional: false,
  }));
}

/** What is tapped under the cards of a deck. */
function tapsOf(node: FlowNode): Exit[] {
  const cards = Array.isArray(node.cards) ? (node.cards as Record<string, Json>[]) : [];
  const all = cards.flatMap((card, i) => {
    const options = Array.isArray(card?.options) ? (card.options as Record<string, Json>[]) : [];
    return options.map((option, k) => ({ id: `cards.${i}.options.${k}.next`, label: text(option?.name), words: option?.title, to: text(option?.next), optional: false }));
  });
  return all.map((exit, i) => ({ ...exit, number: i + 1 }));
}

const byName = (list: string) => (item: Record<string, Json>, i: number) => text(item.name) || `${list}.${i + 1}`;

/** What a fresh step of the shop holds; the others need nothing but their ways. */
const shopFresh: Partial<Record<string, KindSpec["fresh"]>> = {
  product_search: (words) => ({ text: words("search"), next: "" }),
  product_show: (words) => ({ text: words("goods"), catalog: true, next: "", on_none: "" }),
};

const shop = Object.entries(shopWays).map(([kind, ways]): KindSpec => ({
  kind, group: "sell",
  fresh: shopFresh[kind] ?? (() => Object.fromEntries(ways.filter((way) => !way.endsWith("?")).map((way) => [way, ""]))),
  exits: (node) => ways.map((way) => one(node, way.replace("?", ""), mayEnd(node, way))),
}));

/** Every kind of node that the engine knows, in the order of the palette. */
export const kinds: KindSpec[] = [
  { kind: "message", group: "talk", fresh: (words) => ({ text: words("text"), next: "" }), exits: (node) => [one(node, "next")] },
  {
    kind: "deck", group: "talk",
    fresh: (words) => ({
      cards: [
        { title: `${words("card")} 1`, options: [{ name: `${words("option")}-1`, title: `${words("Option")} 1`, next: "" }] },
        { title: `${words("card")} 2`, options: [{ name: `${words("option")}-2`, title: `${words("Option")} 2`, next: "" }] },
      ],
    }),
    exits: (node) => {
      const taps = tapsOf(node);
      return taps.length === 0 ? [one(node, "next")] : [...taps, one(node, "on_miss", true)];
    },
  },
  {
    kind: "choice", group: "ask",
    fresh: (words) => ({
      text: words("choose"),
      options: [
        { name: `${words("option")}-1`, title: `${words("Option")} 1`, next: "" },
        { name: `${words("option")}-2`, title: `${words("Option")} 2`, next: "" },
      ],
    }),
    exits: (node) => [...each(node, "options", byName("options"), "title"), one(node, "on_miss", true)],
  },
  {
    kind: "question", group: "ask",
    fresh: (words) => ({ text: words("ask"), expect: "text", save: words("answer"), next: "" }),
    exits: (node) => [one(node, "next"), one(node, "on_miss", true)],
  },
  {
    kind: "form", group: "ask",
    fresh: (words) => ({ text: words("form"), form: "", button: words("formButton"), save: {}, next: "", on_other: "" }),
    exits: (node) => [one(node, "next"), one(node, "on_miss", true), one(node, "on_other")],
  },
  {
    kind: "rating", group: "ask",
    fresh: (words) => ({ text: words("rate"), scale: 5, save: words("score"), next: "" }),
    exits: (node) => [one(node, "next"), ...(at(node, "low") === undefined ? [] : [one(node, "low.next", false, "low")]), one(node, "on_miss", true)],
  },
  ...shop,
  {
    kind: "condition", group: "decide",
    fresh: () => ({ cases: [{ when: "", next: "" }], else: "" }),
    exits: (node) => [...each(node, "cases", byName("cases")), one(node, "else")],
  },
  {
    kind: "switch", group: "decide",
    fresh: () => ({ on: "", cases: [{ values: [], next: "" }], else: "" }),
    exits: (node) => [...each(node, "cases", byName("cases")), one(node, "else")],
  },
  {
    kind: "hours", group: "decide",
    fresh: () => ({
      week: Object.fromEntries(["mon", "tue", "wed", "thu", "fri"].map((day) => [day, [["09:00", "18:00"]]])),
      holidays: "br", open: "", closed: "",
    }),
    exits: (node) => [one(node, "open"), one(node, "closed")],
  },
  {
    kind: "split", group: "decide",
    fresh: () => ({ arms: [{ name: "a", weight: 50, next: "" }, { name: "b", weight: 50, next: "" }] }),
    exits: (node) => each(node, "arms", byName("arms")),
  },
  { kind: "set", group: "do", fresh: () => ({ set: [{ var: "", to: "" }], next: "" }), exits: (node) => [one(node, "next")] },
  { kind: "tag", group: "do", fresh: () => ({ add: [], next: "" }), exits: (node) => [one(node, "next")] },
  {
    kind: "web", group: "do",
    fresh: () => ({ method: "GET", url: "https://", next: "", on_error: "" }),
    exits: (node) => [one(node, "next"), one(node, "on_error")],
  },
  {
    kind: "template", group: "do",
    fresh: () => ({ template: "", language: "pt_BR", next: "", on_error: "" }),
    exits: (node) => [one(node, "next"), one(node, "on_error")],
  },
  { kind: "wait", group: "do", fresh: () => ({ minutes: 10, next: "" }), exits: (node) => [one(node, "next"), one(node, "on_message", true)] },
  {
    kind: "subflow", group: "do",
    fresh: () => ({ flow: "", next: "" }),
    exits: (node) => [one(node, "next"), ...each(node, "outcomes", byName("outcomes")), one(node, "on_error", true)],
  },
  { kind: "jump", group: "finish", fresh: () => ({ to: "" }), exits: (node) => (at(node, "flow") === undefined ? [one(node, "to")] : []) },
  { kind: "handoff", group: "finish", fresh: () => ({}), exits: () => [] },
  { kind: "return", group: "finish", fresh: () => ({}), exits: () => [] },
  { kind: "end", group: "finish", fresh: (words) => ({ text: words("bye") }), exits: () => [] },
];

const byKind = new Map(kinds.map((spec) => [spec.kind, spec]));

export function kindOf(kind: string): KindSpec | undefined {
  return byKind.get(kind);
}

export const groups: Group[] = ["talk", "ask", "sell", "decide", "do", "finish"];

export function groupOf(kind: string): Group | "unknown" {
  return byKind.get(kind)?.group ?? "unknown";
}

/** The ways out of a node; of a kind that this page does not know, the fields that look like ways. */
export function exitsOf(node: FlowNode): Exit[] {
  const spec = byKind.get(node.kind);
  if (spec !== undefined) return spec.exits(node);
  const out: Exit[] = [];
  for (const [field, value] of Object.entries(node)) {
    if (/^(next|else|on_\w+|open|closed)$/.test(field) && typeof value === "string") out.push(one(node, field, field.startsWith("on_")));
    if (Array.isArray(value) && value.some((item) => typeof item === "object" && item !== null && "next" in item)) out.push(...each(node, field, byName(field)));
  }
  return out;
}

/** The fields of a node that are shown to customers or attendants, for previews and the search. */
const spoken = ["text", "header", "footer", "button", "retry", "note", "comment", "title", "description", "results", "none", "done", "empty", "waiting", "remind"];

/** Every text inside a node, for the search. */
export function textsOf(node: FlowNode): string[] {
  const out: string[] = [];
  const walk = (value: Json) => {
    if (typeof value === "string") out.push(value);
    else if (Array.isArray(value)) value.forEach(walk);
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(walk);
  };
  for (const [field, value] of Object.entries(node)) {
    if (spoken.includes(field) || ["options", "cases", "arms", "url", "body", "set", "fields", "add", "remove", "save", "team", "flow", "on", "cards", "links"].includes(field)) walk(value);
  }
  return out;
}
