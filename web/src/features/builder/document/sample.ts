import type { Definition } from "../contract";
import type { Document } from "./change";

/** A small flow with a menu, a question, a hand-off and an end. */
export function sampleDocument(): Document {
  const definition: Definition = {
    schema: 1,
    name: "Loja",
    languages: ["pt-BR", "en"],
    start: "menu",
    settings: { menu: "menu", idle: { minutes: 30, next: "fim" }, interrupts: [{ words: ["horário"], next: "horarios" }] },
    nodes: [
      {
        name: "menu", kind: "choice", text: "Como posso ajudar?",
        options: [
          { name: "horarios", title: { "pt-BR": "Ver horários", en: "Hours" }, next: "horarios" },
          { name: "pedido", title: "Meu pedido", next: "pedido" },
          { name: "pessoa", title: "Falar com atendente", next: "atendente" },
        ],
        on_miss: "atendente",
      },
      { name: "horarios", kind: "message", text: "Das 9h às 18h.", next: "menu" },
      { name: "pedido", kind: "question", text: "Qual é o número?", expect: "number", save: "pedido", next: "atendente" },
      { name: "atendente", kind: "handoff", note: "Pedido {{vars.pedido}}" },
      { name: "fim", kind: "end", text: "Até logo!" },
    ],
  };
  return {
    definition,
    layout: { nodes: Object.fromEntries(definition.nodes.map((node, i) => [node.name, { x: i * 320, y: 0 }])) },
    tests: [{ name: "pede horários", steps: [{ customer: { text: "oi" } }, { expect: { node: "menu" } }] }],
  };
}
