/** Two bots with versions, numbers and a very small engine, for looking at the builder without a server. */
import type { Bot, BotVersion, FlowDefinition, FlowNode, FlowTest, Passed, Simulated } from "@/api/bot";
import type { Content } from "@/api/types";

const hour = 3_600_000;
const now = Date.now();

const reception: FlowDefinition = {
  schema: 1,
  name: "Recepção",
  languages: ["pt-BR"],
  start: "menu",
  nodes: [
    {
      name: "menu",
      kind: "choice",
      text: "Olá! Eu sou a *Aurora*, da padaria. Como posso ajudar?",
      options: [
        { name: "horarios", title: "Ver horários", next: "horarios" },
        { name: "pedido", title: "Meu pedido", next: "pedido" },
        { name: "pessoa", title: "Falar com alguém", next: "pessoa" },
      ],
    },
    { name: "horarios", kind: "message", text: "Abrimos de segunda a sábado, das 6h às 20h.", next: "menu" },
    { name: "pedido", kind: "question", text: "Qual é o número do seu pedido?", expect: "number", save: "pedido", next: "pessoa" },
    { name: "pessoa", kind: "handoff", text: "Vou chamar uma pessoa. Só um instante!", fields: ["pedido"] },
  ],
};

export const bots: Bot[] = [
  { id: "bot_1", key: "aurora", name: "Aurora", state: "active", live_version_id: "v3", live_number: 3, draft_differs: true, sessions_live: 14, accounts: [{ id: "cha_1", name: "Loja", channel: "whatsapp" }, { id: "cha_2", name: "Padaria no Telegram", channel: "telegram" }], created_ms: now - 400 * hour, version: 4 },
  { id: "bot_2", key: "pesquisa", name: "Pesquisa de satisfação", state: "active", live_number: 0, draft_differs: true, sessions_live: 0, accounts: [], created_ms: now - 3 * hour, version: 1 },
  { id: "bot_3", key: "natal", name: "Natal 2025", state: "archived", live_version_id: "v1", live_number: 1, draft_differs: false, sessions_live: 0, accounts: [], created_ms: now - 8000 * hour, version: 2 },
];

const tests: FlowTest[] = [
  { name: "Cliente pede o horário", channel: "whatsapp", steps: [{ customer: { text: "oi" } }, { bot: { contains: "Como posso ajudar" } }, { customer: { pick: "horarios" } }, { bot: { contains: "6h às 20h" } }] },
  { name: "Pedido vai para uma pessoa", channel: "whatsapp", steps: [{ customer: { text: "oi" } }, { customer: { pick: "pedido" } }, { customer: { text: "10234" } }, { expect: { status: "handed_off" } }] },
];

const versions: BotVersion[] = [3, 2, 1].map((number) => ({
  number, version_id: `v${number}`, hash: `h${number}`, note: ["Primeira versão", "Horário de sábado", "Pergunta o número do pedido"][number - 1] ?? "", policy: "drain", author_id: "usr_bia", author_name: number === 2 ? "Lia Nakamura" : "Bia Ramos",
  created_ms: now - (4 - number) * 50 * hour, live: number === 3, sessions: number === 3 ? 12 : number === 2 ? 2 : 0,
}));

const counts = [
  { node: "menu", entered: 1240, waiting: 9, left: 131, exits: [{ exit: "horarios", count: 520 }, { exit: "pedido", count: 390 }, { exit: "pessoa", count: 190 }] },
  { node: "horarios", entered: 520, waiting: 0, left: 0, exits: [{ exit: "next", count: 520 }] },
  { node: "pedido", entered: 390, waiting: 5, left: 88, exits: [{ exit: "next", count: 297 }] },
  { node: "pessoa", entered: 487, waiting: 0, left: 0, exits: [] },
];

let secrets = [{ name: "TOKEN_ENTREGA", updated_ms: now - 30 * hour }];

type Body = Record<string, unknown>;

/** What is answered; undefined when the path is not ours. */
export function bot(method: string, path: string, body: Body): { status?: number; value: unknown } | undefined {
  const parts = path.split("/").slice(1);
  const [first, second, third, fourth] = parts;
  if (first === "bot-templates") return { value: { items: [{ name: "recepcao", title: "Recepção", description: "Cumprimenta, mostra os horários, anota o pedido e chama uma pessoa.", definition: reception, layout: { nodes: {} }, tests: [] }] } };
  if (first === "bot-secrets") {
    if (method === "PUT") secrets = [...secrets.filter((each) => each.name !== second), { name: second ?? "", updated_ms: Date.now() }];
    if (method === "DELETE") secrets = secrets.filter((each) => each.name !== second);
    return method === "GET" ? { value: { items: secrets } } : method === "PUT" ? { value: { name: second, updated_ms: Date.now() } } : { status: 204, value: undefined };
  }
  if (first !== "bots") return undefined;
  if (second === undefined) {
    if (method === "GET") return { value: { items: bots } };
    const made: Bot = { ...(bots[1] as Bot), id: `bot_${bots.length + 1}`, name: String(body.name), key: "novo" };
    bots.push(made);
    return { status: 201, value: made };
  }
  if (second === "check" || third === "draft") return undefined; // the neighbour keeps the drafts
  const found = bots.find((each) => each.id === second);
  if (found === undefined) return { status: 404, value: { code: "not_found", status: 404 } };
  switch (third) {
    case undefined:
      if (method === "PATCH") Object.assign(found, body, { version: found.version + 1 });
      return { value: found };
    case "simulate":
      return { value: simulate((body.definition as FlowDefinition | undefined) ?? reception, body) };
    case "tests":
      if (fourth === "record") return { value: { name: body.name, channel: body.channel, steps: body.steps } };
      return { value: ran((body.tests as FlowTest[] | undefined) ?? tests) };
    case "explore":
      return {
        value: { runs: body.runs, seed: body.seed, failures: [{ invariant: "silence", sentence: "O cliente mandou uma foto em “pedido” e o bot repetiu a mesma pergunta 3 vezes.", transcript: ["Cliente: oi", "Bot: Como posso ajudar?", "Cliente: [foto]", "Bot: Qual é o número do seu pedido?"], test: { name: "Foto no lugar do número", channel: "whatsapp", steps: [{ customer: { text: "oi" } }, { customer: { pick: "pedido" } }, { customer: { media: "image" } }] } }] },
      };
    case "versions":
      return { value: found.live_number === 0 ? { items: [] } : { items: versions } };
    case "diff":
      return { value: { changes: [{ node: "menu", what: "text", field: "text", before: "a", after: "b", sentence: "O texto agora diz “Eu sou a Aurora, da padaria”." }, { node: "menu", what: "exit", field: "options", before: "", after: "", sentence: "A opção “Meu pedido” agora leva a “pedido”." }, { node: "pedido", what: "added", field: "", before: "", after: "", sentence: "Passo novo: pergunta o número do pedido." }] } };
    case "impact":
      return { value: { sessions: 14, versions: [{ number: 3, sessions: 12, nodes: { menu: 9, pedido: 3 } }, { number: 2, sessions: 2, nodes: { entrega: 2 } }], removed: [{ node: "entrega", sessions: 2 }] } };
    case "publish":
    case "roll-back":
      return { status: 201, value: { ...versions[0], number: 4, warnings: [], draft_revision: 1 } };
    case "counts":
      return { value: { version: 3, nodes: counts, since_ms: now - 50 * hour } };
    case "sessions":
      if (parts[4] === "replay") return { value: { conversation_id: "cnv_1", turns: turns() } };
      return { value: { items: ["Ana Souza", "Rafael Lima", "Dona Cida"].map((name, i) => ({ session_id: `ses_${i}`, conversation_id: `cnv_${i}`, contact_name: name, version: 3, node: "pedido", status: i === 2 ? "handed_off" : "waiting", started_ms: now - 2 * hour, updated_ms: now - (i + 1) * 9 * 60_000 })) } };
    case "accounts":
      return { value: found };
    case "export":
      return { value: { name: found.name, key: found.key, definition: reception, layout: { nodes: {} }, tests } };
    default:
      return { status: 404, value: { code: "not_found", status: 404 } };
  }
}

function ran(all: FlowTest[]) {
  return {
    passed: all.length - 1, failed: 1,
    results: all.map((test, i) => (i === 1 ? { name: test.name, passed: false, step: 3, expected: "handed_off", got: "waiting em “pedido”", sentence: "O cliente devia ter ido para uma pessoa, mas o bot ainda espera em “pedido”." } : { name: test.name, passed: true, step: -1, expected: "", got: "", sentence: "" })),
    coverage: { nodes: { menu: 4, horarios: 1, pedido: 1 }, exits: { "menu/horarios": 1, "menu/pedido": 1, "horarios/next": 1 } },
  };
}

interface Memory {
  node: string;
  vars: Record<string, unknown>;
}

/** Enough of an engine to look at: choices, messages, questions, hand-offs and ends. */
function simulate(definition: FlowDefinition, body: Body): Simulated {
  const memory: Memory = body.state ? (JSON.parse(String(body.state)) as Memory) : { node: "", vars: {} };
  const input = body.input as { kind: string; content?: Content };
  const nodes = new Map(definition.nodes.map((node) => [node.name, node]));
  const messages: Content[] = [];
  const trail: Passed[] = [];
  let at = nodes.get(memory.node);
  if (at === undefined) at = nodes.get(definition.start);
  else {
    const said = input.content?.pick?.title ?? input.content?.text ?? "";
    if (at.kind === "question" && typeof at.save === "string") memory.vars[at.save] = Number(said) || said;
    const way = at.kind === "choice" ? (at.options as { name: string; title: unknown; next: string }[]).find((option) => word(option.title) === said) : { name: "next", next: String(at.next ?? "") };
    if (way === undefined) messages.push({ kind: "text", text: "Não entendi. Toque em uma das opções." });
    else {
      trail.push({ node: at.name, exit: way.name });
      at = nodes.get(way.next);
    }
  }
  let status: Simulated["status"] = "ended";
  for (let i = 0; at !== undefined && i < 10; i++) {
    const text = word(at.text);
    if (at.kind === "choice") messages.push({ kind: "choice", text, choice: { options: (at.options as { name: string; title: unknown }[]).map((option) => ({ id: `${at?.name}.${option.name}`, title: word(option.title) })) } });
    else if (text !== "") messages.push({ kind: "text", text });
    if (at.kind === "choice" || at.kind === "question") {
      status = "waiting";
      break;
    }
    if (at.kind === "handoff") {
      status = "handed_off";
      break;
    }
    const next: FlowNode | undefined = nodes.get(String(at.next ?? ""));
    trail.push({ node: at.name, exit: "next" });
    at = next;
  }
  const waits = status === "waiting";
  return {
    state: JSON.stringify({ ...memory, node: waits ? (at?.name ?? "") : "" }), status, node: waits ? (at?.name ?? "") : "", variables: memory.vars, effects: [], trail,
    messages: messages.map((content) => ({
      content,
      shown: (["whatsapp", "telegram", "messenger", "instagram"] as const).map((channel) => ({
        channel, before: [], text: content.text ?? "", header: "", footer: "", button: "Ver opções", page: 0, pages: 1, options: content.choice?.options ?? [],
        shape: content.choice === undefined ? ("text" as const) : channel === "whatsapp" ? (content.choice.options.length > 3 ? ("list" as const) : ("buttons" as const)) : channel === "telegram" ? ("keyboard" as const) : ("quick_replies" as const),
      })),
    })),
    ...(waits ? { timer: { name: "idle", at_ms: Number(body.now_ms) + hour } } : {}),
  };
}

/** A text in its first language, without what stands for values. */
function word(value: unknown): string {
  const text = typeof value === "object" && value !== null ? (value as Record<string, string>)["pt-BR"] : value;
  return String(text ?? "").replace(/\{\{[^}]*\}\}/g, "");
}

function turns() {
  const steps: [string, string][] = [["oi", "menu"], ["Meu pedido", "pedido"], ["10234", ""]];
  let state = "";
  return steps.map(([text], i) => {
    const got = simulate(reception, { state, input: { kind: "message", content: { kind: "text", text } }, now_ms: now });
    state = got.state;
    return { seq: i + 1, at_ms: now - (3 - i) * 60_000, input: { kind: "message", content: { kind: "text", text } }, node: got.node, status: got.status, variables: structuredClone(got.variables), effects: got.messages.map((message) => ({ send: message.content })), trail: got.trail, same: true };
  });
}
