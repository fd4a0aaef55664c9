// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import type { Definition } from "../contract";
import { readFile } from "./create";
import { conversation } from "./preview";

const definition: Definition = {
  schema: 1,
  name: "Recepção",
  languages: ["pt-BR", "en"],
  start: "menu",
  nodes: [
    { name: "menu", kind: "choice", text: { "pt-BR": "Olá{{prefix(\", \", contact.first_name)}}! Como posso ajudar?", en: "Hello!" }, options: [{ name: "a", title: { "pt-BR": "De novo", en: "Again" }, next: "menu" }, { name: "b", title: { "pt-BR": "Pedido", en: "Order" }, next: "pedido" }] },
    { name: "pedido", kind: "question", text: { "pt-BR": "Qual o número?" }, save: "pedido", next: "pessoa" },
    { name: "pessoa", kind: "handoff", text: "Já vem." },
  ],
};

describe("the conversation with a template", () => {
  it("takes the first option that leads somewhere new and ends where a person comes", () => {
    expect(conversation(definition, "pt-BR")).toEqual([
      { by: "bot", text: "Olá! Como posso ajudar?" },
      { by: "options", titles: ["De novo", "Pedido"] },
      { by: "customer", text: "Pedido" },
      { by: "bot", text: "Qual o número?" },
      { by: "customer", text: "…" },
      { by: "bot", text: "Já vem." },
      { by: "event", what: "handoff" },
    ]);
  });

  it("speaks the reader's language where the flow does", () => {
    expect(conversation(definition, "en")[0]).toEqual({ by: "bot", text: "Hello!" });
    expect(conversation(definition, "fr")[0]).toEqual({ by: "bot", text: "Olá! Como posso ajudar?" });
  });

  it("ends although the flow goes in circles", () => {
    const circle: Definition = { ...definition, start: "a", nodes: [{ name: "a", kind: "message", text: "1", next: "b" }, { name: "b", kind: "message", text: "2", next: "a" }] };
    expect(conversation(circle, "pt-BR")).toHaveLength(2);
    expect(conversation({ ...circle, nodes: [] }, "pt-BR")).toEqual([]);
  });
});

describe("a file of a flow", () => {
  it.each([
    ["not JSON", "{"],
    ["a list", "[]"],
    ["something else", '{"a":1}'],
    ["a definition that is none", '{"definition":"x"}'],
  ])("is refused when it is %s", (_, text) => {
    expect(readFile("x.json", text)).toBeNull();
  });

  it("is read with its layout and tests, or bare", () => {
    expect(readFile("x.json", JSON.stringify({ definition, layout: { nodes: {} }, tests: [] }))).toEqual({ file: "x.json", definition, layout: { nodes: {} }, tests: [] });
    expect(readFile("x.json", JSON.stringify(definition))).toEqual({ file: "x.json", definition });
    expect(readFile("x.json", JSON.stringify({ definition, layout: 3, tests: {} }))).toEqual({ file: "x.json", definition });
  });
});
