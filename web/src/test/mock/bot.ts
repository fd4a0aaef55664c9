import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Definition, Draft } from "@/features/builder/contract";
import { quickCheck } from "@/features/builder/document/check";
import { exitsOf, kinds } from "@/features/builder/document/kind";
import texts from "@/i18n/pt-BR/builder.json";

/** The drafts of two bots: one of a template, one empty. The "server" finds what the page finds, and no more. */
const template = JSON.parse(readFileSync(fileURLToPath(new URL("../../../../internal/modules/flow/template/recepcao.json", import.meta.url)), "utf8")) as Definition & { definition?: Definition };
const reception = template.definition ?? template;
const empty: Definition = { schema: 1, name: "Novo bot", languages: ["pt-BR"], start: "", nodes: [] };

/** A flow with a step of every kind, and one that the page does not know. */
const everything: Definition = {
  schema: 1, name: "Todos os passos", languages: ["pt-BR", "en"], start: "message", variables: { total: 0 },
  nodes: [
    ...kinds.map((spec, i) => {
      const node = { name: spec.kind, kind: spec.kind, ...spec.fresh((key) => (texts.node.fresh as Record<string, string>)[key] ?? key) };
      const onward = exitsOf(node)[0];
      return onward?.id === "next" ? { ...node, next: kinds[i + 1]?.kind ?? "end" } : node;
    }),
    { name: "carrinho", kind: "shop.cart", products: ["bolo"], next: "end" },
  ],
};

function draftOf(bot: string, definition: Definition): Draft {
  return { bot_id: bot, revision: 1, definition, layout: { nodes: {} }, tests: [], author_id: "usr_lia", author_name: "Lia Nakamura", updated_ms: Date.now() - 3_600_000, based_on: 3, differs: true };
}

const drafts = new Map<string, Draft>([
  ["bot_1", draftOf("bot_1", reception)],
  ["bot_2", draftOf("bot_2", empty)],
  ["bot_3", draftOf("bot_3", everything)],
]);

const info = (id: string) => ({ id, name: drafts.get(id)?.definition.name ?? id, key: id.replace("_", "-"), state: "active", live_version_id: "v1", live_number: id === "bot_1" ? 3 : 0, draft_differs: true, sessions_live: 12, accounts: [], created_ms: 1, version: 1 });

type Json = (value: unknown, status?: number) => void;

/** Answers what is about bots and drafts; false for every other path. */
export function answerBot(parts: string[], method: string, body: Record<string, unknown>, json: Json, refuse: (status: number, code: string, reason?: string) => void): boolean {
  const [first, second, third] = parts;
  if (first === "bot-secrets") return say(json, { items: [{ name: "erp_token", updated_ms: Date.now() - 9e7 }] });
  if (first !== "bots") return false;
  if (second === undefined && method === "GET") return say(json, { items: [...drafts.keys()].map(info) });
  if (second === "check") return say(json, check(body.definition as Definition));
  const draft = drafts.get(second ?? "");
  if (draft === undefined) return false;
  if (third === undefined) return say(json, info(draft.bot_id));
  if (third !== "draft") return false;
  if (method === "GET") return say(json, draft);
  if (body.revision !== draft.revision) {
    refuse(409, "conflict", "draft_changed");
    return true;
  }
  Object.assign(draft, { definition: body.definition, layout: body.layout, tests: body.tests, revision: draft.revision + 1, author_name: "Bia Ramos", author_id: "usr_bia", updated_ms: Date.now() });
  return say(json, draft);
}

function say(json: Json, value: unknown): boolean {
  json(value);
  return true;
}

/** The sentence of an issue, as the page itself says it. */
function spoken(code: string, values: Record<string, string>): string {
  const [sort, name = ""] = code.split(".");
  const found = sort === "field" ? texts.form.field : sort === "exit" ? texts.node.exit : texts.node.issue;
  const text = (found as Record<string, string>)[name === "" ? code : name] ?? code;
  return text.replace(/\{\{(\w+)\}\}/g, (_, slot: string) => values[slot] ?? "");
}

function check(definition: Definition) {
  const issues = quickCheck(definition, spoken);
  const nodes = definition.nodes.map((node) => ({ name: node.name, kind: node.kind, summary: "", exits: exitsOf(node).map(({ label, to, optional }) => ({ label, to, optional, waited: false })) }));
  const variables = definition.nodes.flatMap((node) => (typeof node.save === "string" ? [{ name: node.save, set_by: [node.name], read_by: definition.nodes.filter((other) => JSON.stringify(other).includes(`vars.${String(node.save)}`)).map((other) => other.name) }] : []));
  return { ok: issues.every((issue) => issue.weight !== "error"), issues, hash: "", graph: { nodes, variables, flows: [], secrets: [] } };
}
