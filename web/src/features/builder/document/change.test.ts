import { describe, expect, it } from "vitest";
import type { FlowNode } from "../contract";
import { add, addAfter, addNote, asName, asVariable, clipOf, connect, copy, freeName, move, nodeOf, paste, references, remove, rename, set, setField, setNote, validName, type Document } from "./change";
import { begin, groupMs, record, redo, undo } from "./history";
import { exitsOf, kinds } from "./kind";
import { put } from "./path";
import { sampleDocument } from "./sample";

const dangling = (document: Document) => references(document.definition).filter((each) => nodeOf(document, each.to) === undefined);
const words = (key: string) => key;
const fresh = (kind: string, name: string): FlowNode => ({ name, kind, ...kinds.find((each) => each.kind === kind)?.fresh(words) });

describe("a path", () => {
  it("changes one place and shares the rest", () => {
    const before = { a: { b: [{ c: 1 }, { c: 2 }] }, d: {} };
    const after = put(before, "a.b.1.c", 3);
    expect(after).toEqual({ a: { b: [{ c: 1 }, { c: 3 }] }, d: {} });
    expect(after.a.b[0]).toBe(before.a.b[0]);
    expect(before.a.b[1]).toEqual({ c: 2 });
  });
  it("takes away what it leaves hollow", () => {
    expect(put({ settings: { idle: { next: "x" } } }, "settings.idle.next", undefined)).toEqual({});
    expect(put({ list: [1, 2, 3] }, "list.1", undefined)).toEqual({ list: [1, 3] });
  });
});

describe("names", () => {
  it("are made of what was typed", () => {
    expect(asName("Boas vindas!")).toBe("Boas-vindas");
    expect(asName("ação".repeat(20)).length).toBeLessThan(40);
    expect(validName("horários_2")).toBe(true);
    expect(validName("")).toBe(false);
    expect(validName("a b")).toBe(false);
    expect(asVariable("Número do Pedido")).toBe("numero_do_pedido");
    expect(asVariable("2ª via")).toBe("_via");
  });
  it("are free", () => {
    expect(freeName(["menu", "menu-2"], "menu")).toBe("menu-3");
    expect(freeName(["menu-2"], "menu-2")).toBe("menu-3");
    expect(freeName([], "menu")).toBe("menu");
  });
});

describe("a change", () => {
  const start = sampleDocument();

  it("renames a node everywhere that it is meant", () => {
    const after = rename(rename(start, "menu", "entrada"), "horarios", "abertura");
    expect(after.definition.start).toBe("entrada");
    expect(after.definition.settings).toMatchObject({ menu: "entrada", interrupts: [{ next: "abertura" }] });
    expect(nodeOf(after, "entrada")?.options).toMatchObject([{ name: "horarios", next: "abertura" }, {}, {}]);
    expect(nodeOf(after, "abertura")?.next).toBe("entrada");
    expect(after.layout.nodes.entrada).toEqual(start.layout.nodes.menu);
    expect(after.layout.nodes.menu).toBeUndefined();
    expect(after.tests[0]?.steps[1]).toEqual({ expect: { node: "entrada" } });
    expect(dangling(after)).toEqual([]);
  });
  it("refuses a name that is taken or none", () => {
    expect(rename(start, "menu", "fim")).toBe(start);
    expect(rename(start, "menu", "a b")).toBe(start);
    expect(rename(start, "ninguém", "x")).toBe(start);
  });
  it("removes a node and cuts the ways to it", () => {
    const after = remove(start, ["atendente", "horarios"]);
    expect(nodeOf(after, "menu")).toMatchObject({ options: [{ next: "" }, { next: "pedido" }, { next: "" }] });
    expect(nodeOf(after, "menu")?.on_miss).toBeUndefined();
    expect(dangling(after)).toEqual([]);
  });
  it("lets the next step be the start once the start is gone", () => {
    expect(remove(start, ["menu"]).definition.start).toBe("horarios");
    expect(remove(start, start.definition.nodes.map((node) => node.name)).definition.start).toBe("");
  });
  it("connects, and cuts an optional way without a trace", () => {
    const after = connect(connect(start, "pedido", "on_miss", "fim"), "menu", "options.0.next", "fim");
    expect(nodeOf(after, "pedido")?.on_miss).toBe("fim");
    expect(exitsOf(nodeOf(after, "menu") as FlowNode)[0]?.to).toBe("fim");
    expect(connect(after, "pedido", "on_miss", "").definition.nodes.find((node) => node.name === "pedido")).toEqual(nodeOf(start, "pedido"));
    expect(connect(start, "menu", "no.such.exit", "fim")).toBe(start);
  });
  it("adds behind a node: at a loose end, else in between", () => {
    const loose = addAfter(connect(start, "pedido", "next", ""), "pedido", fresh("message", "obrigado"), { x: 0, y: 0 });
    expect(nodeOf(loose, "pedido")?.next).toBe("obrigado");
    const between = addAfter(start, "pedido", fresh("message", "obrigado"), { x: 0, y: 0 });
    expect(nodeOf(between, "pedido")?.next).toBe("obrigado");
    expect(nodeOf(between, "obrigado")?.next).toBe("atendente");
  });
  it("starts an empty flow at its first node", () => {
    const empty: Document = { definition: { schema: 1, name: "x", languages: ["pt-BR"], start: "", nodes: [] }, layout: { nodes: {} }, tests: [] };
    expect(add(empty, fresh("choice", "menu"), { x: 1.4, y: 2 }).definition.start).toBe("menu");
    expect(add(empty, fresh("choice", "menu"), { x: 1.4, y: 2 }).layout.nodes.menu).toEqual({ x: 1, y: 2 });
  });
  it("keeps notes beside the flow", () => {
    const noted = addNote(start, { x: 1, y: 2 }, "perguntar preço");
    expect(setNote(noted, 0, { text: "x" }).layout.notes).toEqual([{ x: 1, y: 2, text: "x" }]);
    expect(setNote(noted, 0, null).layout.notes).toEqual([]);
    expect(noted.definition).toBe(start.definition);
  });
});

describe("a clip", () => {
  const start = sampleDocument();
  it("brings nodes with the ways between them, under free names", () => {
    const clip = clipOf(JSON.stringify(copy(start, "bot_1", ["menu", "horarios"])));
    if (clip === null) throw new Error("no clip");
    const same = paste(start, "bot_1", clip, { x: 10, y: 20 });
    expect(same.names).toEqual(["menu-2", "horarios-2"]);
    expect(nodeOf(same.document, "menu-2")).toMatchObject({ options: [{ next: "horarios-2" }, { next: "pedido" }, { next: "atendente" }] });
    expect(same.document.layout.nodes["menu-2"]).toEqual({ x: 10, y: 20 });
    const other = paste(start, "bot_2", clip, { x: 0, y: 0 });
    expect(nodeOf(other.document, "menu-2")).toMatchObject({ options: [{ next: "horarios-2" }, { next: "" }, { next: "" }] });
    expect(dangling(other.document)).toEqual([]);
  });
  it("is nothing else's text", () => {
    for (const text of ["", "oi", "{}", '{"prosa":"flow-nodes"}', '{"prosa":"flow-nodes","nodes":[{"name":"a b","kind":"end"}]}', "[flow-nodes"]) expect(clipOf(text)).toBeNull();
  });
});

describe("history", () => {
  it("joins typing into one step, until a pause", () => {
    let history = record(begin("a"), "ab", "name", 0);
    history = record(history, "abc", "name", 400);
    history = record(history, "abcd", "name", 400 + groupMs);
    expect(history.past).toEqual(["a", "abc"]);
    expect(undo(undo(history)).present).toBe("a");
    expect(redo(undo(history)).present).toBe("abcd");
    expect(record(undo(history), "x", "name", 5000).future).toEqual([]);
  });
  it("does nothing at its ends", () => {
    const history = begin("a");
    expect(undo(history)).toBe(history);
    expect(redo(history)).toBe(history);
    expect(record(history, "a")).toBe(history);
  });
});

/** A small generator with a seed (Mulberry32), so that a failure comes again. */
function random(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return Math.floor((((t ^ (t >>> 14)) >>> 0) / 4294967296) * below);
  };
}

describe("any sequence of changes", () => {
  const step = (document: Document, below: (n: number) => number): Document => {
    const nodes = document.definition.nodes;
    const some = () => nodes[below(Math.max(1, nodes.length))]?.name ?? "";
    const place = { x: below(900), y: below(900) };
    switch (below(9)) {
      case 0:
        return add(document, fresh(kinds[below(kinds.length)]?.kind ?? "end", freeName(nodes.map((node) => node.name), "passo")), place);
      case 1:
        return addAfter(document, some(), fresh(kinds[below(kinds.length)]?.kind ?? "end", freeName(nodes.map((node) => node.name), "novo")), place);
      case 2: {
        const node = nodeOf(document, some());
        const exits = node === undefined ? [] : exitsOf(node);
        const exit = exits[below(Math.max(1, exits.length))];
        return node === undefined || exit === undefined ? document : connect(document, node.name, exit.id, below(4) === 0 ? "" : some());
      }
      case 3:
        return rename(document, some(), `r${below(12)}`);
      case 4:
        return remove(document, [some(), ...(below(3) === 0 ? [some()] : [])]);
      case 5:
        return move(document, { [some()]: place });
      case 6: {
        const clip = copy(document, "b", [some(), some()]);
        return clip.nodes.length === 0 ? document : paste(document, below(2) === 0 ? "b" : "c", clip, place).document;
      }
      case 7:
        return setField(document, some(), "text", `t${below(5)}`);
      default:
        return set(document, "settings.menu", nodes.length === 0 ? undefined : some());
    }
  };

  it("is undone to the start and done again to the end, and leaves no way to nowhere", () => {
    for (let seed = 1; seed <= 150; seed++) {
      const below = random(seed);
      const start = sampleDocument();
      const frozen = JSON.stringify(start);
      let history = begin(start);
      for (let i = 0; i < 40; i++) {
        const moved = below(8) === 0 ? undo(history) : below(8) === 0 ? redo(history) : record(history, step(history.present, below));
        history = moved;
        expect(dangling(history.present), `seed ${seed}, step ${i}`).toEqual([]);
        const names = history.present.definition.nodes.map((node) => node.name);
        expect(new Set(names).size, `seed ${seed}`).toBe(names.length);
        expect(Object.keys(history.present.layout.nodes).every((name) => names.includes(name)), `seed ${seed}, step ${i}`).toBe(true);
      }
      const end = JSON.stringify(history.present);
      const future = history.future.length;
      let back = history;
      while (back.past.length > 0) back = undo(back);
      expect(JSON.stringify(back.present)).toBe(frozen);
      while (back.future.length > future) back = redo(back);
      expect(JSON.stringify(back.present)).toBe(end);
    }
  });
});
