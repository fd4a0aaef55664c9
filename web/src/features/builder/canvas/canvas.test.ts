import { describe, expect, it } from "vitest";
import { connect, setField } from "../document/change";
import { placesOf } from "../document/arrange";
import { sampleDocument } from "../document/sample";
import { found, type Item } from "./picker";
import { edgesOf, nodesOf } from "./scene";
import { onCanvas, shortcuts } from "./shortcut";
import { walk } from "./walk";
import { around } from "./way";

const start = sampleDocument();

describe("arrow keys", () => {
  const places = { menu: { x: 0, y: 0 }, horarios: { x: 400, y: -200 }, pedido: { x: 400, y: 100 }, atendente: { x: 800, y: 50 }, fim: { x: 800, y: 400 } };
  it("walk along the ways", () => {
    expect(walk(start, places, "menu", "next")).toBe("horarios");
    expect(walk(start, places, "pedido", "next")).toBe("atendente");
    expect(walk(start, places, "fim", "next")).toBeUndefined();
  });
  it("go back where one came from", () => {
    expect(walk(start, places, "atendente", "previous", ["menu", "pedido"])).toBe("pedido");
    expect(walk(start, places, "atendente", "previous", ["pedido", "menu"])).toBe("menu");
    expect(walk(start, places, "atendente", "previous")).toBe("menu");
  });
  it("go among what lies beside", () => {
    expect(walk(start, places, "horarios", "below")).toBe("pedido");
    expect(walk(start, places, "pedido", "above")).toBe("horarios");
    expect(walk(start, places, "horarios", "above")).toBeUndefined();
  });
  it("never follow a way to nowhere", () => {
    expect(walk(setField(start, "pedido", "next", "nada"), places, "pedido", "next")).toBeUndefined();
  });
});

describe("keys", () => {
  it("are each one's own", () => {
    const keys = shortcuts.map((each) => each.keys);
    expect(new Set(keys).size).toBe(keys.length);
  });
  it("are known on the canvas", () => {
    expect(onCanvas("right")).toBe("next");
    expect(onCanvas("backspace")).toBe("remove");
    expect(onCanvas("delete")).toBe("remove");
    expect(onCanvas("mod+z")).toBeUndefined(); // the page's own
    expect(onCanvas("x")).toBeUndefined();
  });
  it("leave letters to whoever is writing", () => {
    for (const each of shortcuts) if (each.whileTyping === true) expect(each.keys).toMatch(/^mod\+/);
  });
});

describe("the drawing", () => {
  const live = { places: {}, sizes: {} };
  it("has a card a step and an edge a way", () => {
    const nodes = nodesOf(start, placesOf(start), ["menu"], live);
    expect(nodes.map((node) => node.id)).toEqual(["menu", "horarios", "pedido", "atendente", "fim"]);
    expect(nodes.filter((node) => node.selected).map((node) => node.id)).toEqual(["menu"]);
    const edges = edgesOf(start, [], "menu/options.0.next");
    expect(edges).toHaveLength(6);
    expect(edges.filter((edge) => edge.selected).map((edge) => edge.target)).toEqual(["horarios"]);
  });
  it("keeps the data of a card while its node is the same", () => {
    const after = setField(start, "fim", "text", "Tchau");
    const one = nodesOf(start, placesOf(start), [], live);
    const two = nodesOf(after, placesOf(after), [], live);
    expect(two[0]?.data).toBe(one[0]?.data);
    expect(two[4]?.data).not.toBe(one[4]?.data);
  });
  it("leaves out ways to nowhere", () => {
    expect(edgesOf(connect(start, "pedido", "next", ""), [], "")).toHaveLength(5);
    expect(edgesOf(setField(start, "pedido", "next", "nada"), [], "")).toHaveLength(5);
  });
  it("shows what is being dragged where the hand is", () => {
    expect(nodesOf(start, placesOf(start), [], { places: { fim: { x: 7, y: 9 } }, sizes: {} })[4]?.position).toEqual({ x: 7, y: 9 });
  });
  it("leads ways back round the cards", () => {
    const boxes = [{ top: 0, bottom: 200 }, { top: 100, bottom: 400 }];
    const [path, , lane] = around({ x: 900, y: 150 }, { x: 100, y: 40 }, boxes);
    expect(lane).toBeLessThan(0);
    expect(path.startsWith("M900 150")).toBe(true);
    expect(path.endsWith("H100")).toBe(true);
    expect(around({ x: 900, y: 390 }, { x: 100, y: 380 }, boxes)[2]).toBeGreaterThan(400);
  });
});

describe("the search of a list", () => {
  const items: Item[] = [
    { id: "a", label: "Horário", hint: "aberto ou fechado" },
    { id: "b", label: "Ver horários", also: "menu" },
    { id: "c", label: "Fim" },
  ];
  it("knows no accents, takes every word, and puts beginnings first", () => {
    expect(found(items, "HORARIO").map((item) => item.id)).toEqual(["a", "b"]);
    expect(found(items, "hor men").map((item) => item.id)).toEqual(["b"]);
    expect(found(items, "xyz")).toEqual([]);
    expect(found(items, " ")).toHaveLength(3);
  });
});
