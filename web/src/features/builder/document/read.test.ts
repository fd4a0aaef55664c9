import { describe, expect, it } from "vitest";
import { apart, arrange, placesOf } from "./arrange";
import { connect, nodeOf, setField } from "./change";
import { shownOn } from "./channel";
import { merged, quickCheck } from "./check";
import { nameAt, readPlain, writePlain, type Plain } from "./condition";
import { exitsOf, textsOf } from "./kind";
import { anyText, textIn, withText } from "./local";
import { sampleDocument } from "./sample";

const say = (code: string, values: Record<string, string>) => `${code} ${Object.values(values).join()}`.trim();

describe("a condition in plain words", () => {
  it.each<[string, Plain | null]>([
    ['vars.pedido == 10', { join: "and", rows: [{ path: "vars.pedido", operator: "==", value: "10" }] }],
    ['contact.name contains "Ana" and vars.idade >= 18', { join: "and", rows: [{ path: "contact.name", operator: "contains", value: "Ana" }, { path: "vars.idade", operator: ">=", value: "18" }] }],
    ['vars.a == "" or vars.b != ""', { join: "or", rows: [{ path: "vars.a", operator: "unset", value: "" }, { path: "vars.b", operator: "set", value: "" }] }],
    ['vars.fala == "disse \\"sim\\""', { join: "and", rows: [{ path: "vars.fala", operator: "==", value: 'disse "sim"' }] }],
    ["vars.ok == true", { join: "and", rows: [{ path: "vars.ok", operator: "==", value: "true" }] }],
    ["", { join: "and", rows: [] }],
    ["vars.a == 1 and vars.b == 2 or vars.c == 3", null],
    ["not vars.a", null],
    ["vars.a + 1 == 2", null],
    ["length(vars.a) > 2", null],
    ["vars.a == vars.b", null],
    ["vars.a ==", null],
    ["vars.a == 1 and", null],
    ["vars.a == 'unclosed", null],
  ])("%s", (source, rows) => expect(readPlain(source)).toEqual(rows));

  it("comes back as it was written", () => {
    const values = ["sim", "10", "-2.5", "true", 'a "b" \\ c', "e ou não", "", "1.", "00112223334445556"];
    for (const operator of ["==", "!=", "contains", "startsWith", ">", "<="] as const) {
      for (const value of values) {
        if (value === "" && (operator === "==" || operator === "!=")) continue; // written as "unset" and "set"
        const plain: Plain = { join: "or", rows: [{ path: "vars.x", operator, value }, { path: "contact.name", operator: "set", value: "" }] };
        expect(readPlain(writePlain(plain)), writePlain(plain)).toEqual(plain);
      }
    }
  });
  it("knows where a name is being typed", () => {
    expect(nameAt("Olá {{va", 8, true)).toEqual({ from: 6, typed: "va" });
    expect(nameAt("Olá {{", 6, true)).toEqual({ from: 6, typed: "" });
    expect(nameAt("Olá {{a}} b", 11, true)).toBeNull();
    expect(nameAt("vars.a == co", 12, false)).toEqual({ from: 10, typed: "co" });
  });
});

describe("a text in languages", () => {
  it("is a bare string until a second language comes", () => {
    expect(withText(undefined, "pt-BR", "pt-BR", "Oi")).toBe("Oi");
    expect(withText("Oi", "en", "pt-BR", "Hi")).toEqual({ "pt-BR": "Oi", en: "Hi" });
    expect(withText({ "pt-BR": "Oi", en: "Hi" }, "en", "pt-BR", "")).toBe("Oi");
    expect(withText("Oi", "pt-BR", "pt-BR", "")).toBeUndefined();
    expect(withText({ en: "Hi" }, "pt-BR", "pt-BR", "")).toEqual({ en: "Hi" });
  });
  it("is read with what there is", () => {
    expect(anyText({ en: "Hi" }, "pt-BR")).toBe("Hi");
    expect(textIn("Oi", "en", "pt-BR")).toBe("");
    expect(anyText(7, "pt-BR")).toBe("");
  });
});

describe("a choice on its channels", () => {
  const options = (n: number, title = "Opção", description = "") => Array.from({ length: n }, (_, i) => ({ title: `${title} ${i}`, description }));
  it.each([
    ["whatsapp", options(3), "buttons"],
    ["whatsapp", options(4), "list"],
    ["whatsapp", options(3, "x", "mais"), "list"],
    ["whatsapp", options(3, "Um título com mais de vinte"), "list"],
    ["whatsapp", options(11), "numbered"],
    ["telegram", options(40), "keyboard"],
    ["messenger", options(13), "quick"],
    ["instagram", options(14), "numbered"],
  ] as const)("%s", (channel, offered, shape) => expect(shownOn(channel, [...offered]).shape).toBe(shape));
  it("says which titles are cut", () => {
    expect(shownOn("messenger", [{ title: "curto", description: "" }, { title: "um título longo demais para um botão", description: "" }]).cut).toEqual([1]);
    expect(shownOn("whatsapp", [{ title: "um título longo demais para um botão", description: "" }]).cut).toEqual([]);
  });
});

describe("what is seen at once", () => {
  const start = sampleDocument();
  const codes = (document = start) => quickCheck(document.definition, say).map((issue) => `${issue.node}:${issue.code}`);
  it("has nothing against a whole flow", () => expect(codes()).toEqual([]));
  it("finds loose ends, missing texts, and nodes that nothing leads to", () => {
    expect(codes(connect(start, "pedido", "next", ""))).toContain("pedido:dead_end");
    expect(codes(setField(start, "horarios", "text", ""))).toContain("horarios:missing");
    expect(codes(setField(start, "menu", "options.1.next", "nada"))).toEqual(["menu:leads_nowhere", "pedido:unreachable"]);
    expect(codes({ ...start, definition: { ...start.definition, nodes: [] } })).toEqual([":empty"]);
  });
  it("keeps the server's findings on what did not change", () => {
    const issue = (node: string, code: string) => ({ weight: "warning" as const, node, code, args: [], sentence: code });
    const checked = { definition: start.definition, issues: [issue("menu", "title_cut"), issue("pedido", "variable_not_set"), issue("fim", "dead_end")] };
    const after = setField(start, "menu", "text", "Oi");
    expect(merged(start.definition, [], checked)).toBe(checked.issues);
    expect(merged(after.definition, [], checked).map((each) => each.code)).toEqual(["variable_not_set"]);
  });
});

describe("kinds", () => {
  it("show the ways of a kind that is not known", () => {
    const node = { name: "x", kind: "shop.cart", next: "a", on_error: "", items: [{ name: "b", next: "c" }] };
    expect(exitsOf(node).map((exit) => [exit.id, exit.to, exit.optional])).toEqual([["next", "a", false], ["on_error", "", true], ["items.0.next", "c", false]]);
  });
  it("are found by their texts", () => {
    const menu = nodeOf(sampleDocument(), "menu");
    expect(menu && textsOf(menu)).toEqual(expect.arrayContaining(["Como posso ajudar?", "Hours"]));
  });
});

describe("the arrangement", () => {
  it("goes from left to right without covering", () => {
    const document = sampleDocument();
    const places = arrange(document);
    expect(places.menu?.x).toBeLessThan(places.pedido?.x ?? 0);
    const all = Object.values(places);
    for (const [i, a] of all.entries()) for (const b of all.slice(i + 1)) expect(Math.abs(a.x - b.x) >= 264 || Math.abs(a.y - b.y) >= 100).toBe(true);
  });
  it("moves cards apart that would cover each other, and no others", () => {
    const document = sampleDocument();
    expect(apart(document)).toBe(document);
    const tight = { ...document, layout: { nodes: { ...document.layout.nodes, menu: { x: 0, y: 0 }, pedido: { x: 40, y: 90 }, fim: { x: 0, y: 120 } } } };
    const { menu, pedido, fim, horarios } = apart(tight).layout.nodes;
    expect(menu).toEqual({ x: 0, y: 0 });
    expect(horarios).toEqual(document.layout.nodes.horarios);
    expect(pedido?.y).toBeGreaterThan(180);
    expect(fim?.y).toBeGreaterThan((pedido?.y ?? 0) + 100);
    expect(apart(apart(tight))).toEqual(apart(tight));
  });
  it("leaves the author's places alone", () => {
    const document = sampleDocument();
    const { fim: _, ...rest } = document.layout.nodes;
    const places = placesOf({ ...document, layout: { nodes: rest } });
    expect(places).toMatchObject(rest);
    expect(places.fim?.y).toBeGreaterThan(200);
  });
});
