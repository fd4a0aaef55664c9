import type { ChannelAccount, Contact, Content, Conversation, Me, Message, Row } from "@/api/types";

/** A small company with a lived-in inbox, for looking at the pages without a server. */
const minute = 60_000;
const hour = 60 * minute;
const now = Date.now();

export const me: Me = {
  user: { id: "usr_bia", email: "bia@padaria.example", name: "Bia Ramos", locale: "pt-BR", operator: true, cost: false },
  session_id: "ses_1",
  company: { id: "ten_1", name: "Padaria Aurora", slug: "aurora", line: "massivo", state: "active", locale: "pt-BR", timezone: "America/Sao_Paulo", created_ms: now - 900 * hour, version: 1, state_ms: 1, tax_id: "" },
  role: "admin",
  permissions: ["inbox.read", "inbox.reply", "inbox.assign", "inbox.supervise", "contact.read", "contact.write", "contact.block", "channel.read", "channel.manage", "channel.log", "bot.read", "bot.write", "bot.publish", "product.read", "product.write", "order.read", "order.write", "payment.manage", "member.read", "member.manage", "company.manage", "audit.read"],
  companies: [{ id: "ten_1", name: "Padaria Aurora", slug: "aurora", state: "active", role: "admin" }],
  features: { demo: true }, must_enrol: false,
};

export const members = [
  { user_id: "usr_bia", name: "Bia Ramos", email: "bia@padaria.example", role: "admin" as const, state: "active", created_ms: now - 800 * hour, version: 1 },
  { user_id: "usr_caio", name: "Caio Prado", email: "caio@padaria.example", role: "attendant" as const, state: "active", created_ms: now - 500 * hour, version: 1 },
  { user_id: "usr_lia", name: "Lia Nakamura", email: "lia@padaria.example", role: "supervisor" as const, state: "active", created_ms: now - 300 * hour, version: 1 },
];

const people = ["Ana Souza", "Rafael Lima", "Dona Cida", "João Pedro Alves", "Marina Couto", "Zé da Feira", "Helena Prado", "Tiago Mendes", "Luiza", "Otávio Reis", "Paula Xavier", "Davi Rocha"];
const lines = ["Quero falar com alguém", "Vocês entregam no Tatuapé?", "Obrigada! 🙏", "Qual o horário no domingo?", "O bolo chegou lindo", "tem sem lactose?", "Pode ser no Pix?", "Bom dia", "Meu pedido não chegou", "Fechado, até amanhã", "Quanto custa a torta?", "Oi"];
const states = ["open", "queued", "bot", "queued", "open", "bot", "snoozed", "resolved", "open", "resolved", "queued", "bot"] as const;

function row(i: number): Row {
  const k = i % people.length;
  const state = states[k] ?? "open";
  const last = now - i * 23 * minute - 40_000;
  const human = state === "open" || state === "snoozed";
  const owner = members[i % 3];
  return {
    id: `cnv_${i}`,
    account_id: "cha_1",
    channel: i % 3 === 1 ? "telegram" : "whatsapp",
    contact_id: `con_${i}`,
    contact_name: (people[k] ?? "?") + (i >= people.length ? ` ${Math.floor(i / people.length) + 1}` : ""),
    contact_blocked: false,
    state,
    owner_kind: state === "bot" ? "bot" : human ? "human" : "none",
    owner_id: state === "bot" ? "bot_1" : human ? (owner?.user_id ?? "") : "",
    owner_name: state === "bot" ? "Aurora" : human ? (owner?.name ?? "") : "",
    team: "",
    bot_id: "bot_1",
    seq: 40,
    preview: lines[k] ?? "",
    preview_kind: "text",
    preview_by: k % 4 === 2 ? "out" : "in",
    last_ms: last,
    last_in_ms: last,
    last_in_seq: 39,
    waiting_since_ms: state === "queued" ? last : 0,
    window_ends_ms: i % 3 === 1 ? 0 : i === 4 ? now - hour : i === 3 ? now + 70 * minute : last + 24 * hour,
    late_ends_ms: 0,
    free_until_ms: 0,
    past: false,
    snoozed_until_ms: 0,
    previous_id: "",
    created_ms: now - 72 * hour,
    resolved_ms: 0,
    version: 1,
    unread: i % 4 === 0 ? 2 : i === 1 ? 12 : 0,
  };
}

export const rows: Row[] = Array.from({ length: 90 }, (_, i) => row(i));

let counter = 0;

export function message(conversation: string, seq: number, atMs: number, fields: Partial<Message> & { content: Content }): Message {
  counter += 1;
  return {
    id: `msg_${conversation}_${seq}_${counter}`,
    conversation_id: conversation,
    seq,
    direction: "in",
    kind: fields.content.kind,
    sender_kind: "customer",
    sender_id: "",
    sender_name: "",
    status: "delivered",
    at_ms: atMs,
    created_ms: atMs,
    sent_ms: 0,
    delivered_ms: 0,
    read_ms: 0,
    played_ms: 0,
    edited_ms: 0,
    deleted_ms: 0,
    version: 1,
    ...fields,
  };
}

/** What a sale leaves in a conversation. */
export const sold: Content[] = [
  { kind: "text", text: "Tem sem sal?", about: { catalog_id: "c1", retailer_id: "var_pao_0" } },
  {
    kind: "products",
    text: "Separei estes para você:",
    shelf: {
      header: "Padaria Aurora",
      footer: "Preços de hoje",
      sections: [
        { title: "Pães", goods: [{ retailer_id: "var_pao_0", name: "Pão de queijo", price: 1990, list_price: 2490, currency: "BRL" }] },
        { title: "Cafés", goods: [{ retailer_id: "var_cafe_0", name: "Café em grãos · 250 g", price: 4290, currency: "BRL" }] },
      ],
    },
  },
  { kind: "order", order: { catalog_id: "c1", text: "Sem açúcar, por favor", items: [{ retailer_id: "var_pao_0", quantity: 2, price: "19.9", currency: "BRL" }, { retailer_id: "var_cafe_0", quantity: 1, price: "42.90", currency: "BRL" }] } },
  {
    kind: "bill",
    text: "Pague por Pix em até 1 hora.",
    bill: {
      reference: "101-1", number: "101", currency: "BRL", subtotal: 8270, shipping: 900, discount: 500, total: 8670, expires_ms: now + 40 * minute,
      lines: [{ retailer_id: "var_pao_0", name: "Pão de queijo", quantity: 2, price: 2490, sale: 1990 }, { retailer_id: "var_cafe_0", name: "Café em grãos · 250 g", quantity: 1, price: 4290 }],
      pix: { code: "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR" },
    },
  },
  { kind: "order_status", text: "Seu pedido #101 saiu para entrega.", progress: { number: "101", step: "shipped", note: "Chega em 40 minutos" } },
];

const threads = new Map<string, Message[]>();

export function thread(conversation: Conversation): Message[] {
  const kept = threads.get(conversation.id);
  if (kept !== undefined) return kept;
  const bot = { direction: "out", sender_kind: "bot", sender_id: "bot_1", sender_name: "Aurora", status: "read" } as const;
  const bia = { direction: "out", sender_kind: "user", sender_id: "usr_bia", sender_name: "Bia Ramos" } as const;
  const system = { direction: "internal", sender_kind: "system", status: "" } as const;
  const parts: (Partial<Message> & { content: Content })[] = [];
  for (let i = 0; i < 60; i++) parts.push({ content: { kind: "text", text: `Mensagem antiga número ${i + 1}` }, ...(i % 3 === 1 ? bot : {}) });
  parts.push(
    { content: { kind: "text", text: "Oi! Tudo bem?" } },
    { content: { kind: "choice", text: "Olá! Eu sou a *Aurora*, assistente da padaria. Como posso ajudar?", choice: { options: [{ id: "1", title: "Ver cardápio" }, { id: "2", title: "Fazer pedido" }, { id: "3", title: "Falar com alguém" }], footer: "Responda tocando" } }, ...bot },
    { content: { kind: "pick", pick: { id: "3", title: "Falar com alguém" } } },
    { content: { kind: "activity", activity: { what: "bot_handoff", facts: { reason: "asked" } } }, ...system },
    { content: { kind: "text", text: "Vou chamar uma pessoa da equipe. Só um instante." }, ...bot },
    { content: { kind: "activity", activity: { what: "taken", name: "Bia Ramos" } }, ...system },
    { content: { kind: "note", text: "Cliente antiga, sempre pede o bolo de fubá." }, direction: "internal", sender_kind: "user", sender_id: "usr_caio", sender_name: "Caio Prado", status: "" },
    { content: { kind: "text", text: "Oi, Ana! Aqui é a Bia. Em que posso ajudar?" }, ...bia, status: "read", read_ms: now },
    { content: { kind: "image", text: "é este aqui", media: { state: "ready", blob: "b", mime: "image/svg+xml" } }, reactions: { user: "❤️" } },
    { content: { kind: "location", location: { latitude: -23.5614, longitude: -46.6559, name: "Casa", address: "Av. Paulista, 1578" } } },
    { content: { kind: "audio", media: { state: "pending", voice: true } } },
    { content: { kind: "document", media: { state: "ready", blob: "x", name: "comprovante.pdf", mime: "application/pdf", size: 182_000 } }, ...bia, status: "delivered" },
    { content: { kind: "text", text: "Consegue entregar *amanhã* às 9h? Veja https://padaria.example/bolos" } },
    { content: { kind: "order", order: { catalog_id: "c", items: [{ retailer_id: "bolo-fuba", quantity: 2, price: "39.90", currency: "BRL" }] } } },
    { content: { kind: "text", text: "Consigo sim!" }, ...bia, status: "sent", quoted_id: "" },
    { content: { kind: "text", text: "Segue o link do pagamento." }, ...bia, status: "failed", error_code: "131053", error_text: "O número não recebe este tipo de mensagem." },
    { content: { kind: "text", text: "Chegou aí?" }, ...bia, status: "unknown" },
    { content: { kind: "unsupported", raw: { type: "poll_creation" } } },
    { content: { kind: "text", text: conversation.preview } },
  );
  if (conversation.id === "cnv_1") parts.push(...sold.map((content) => (content.kind === "order" || content.about !== undefined ? { content } : { content, ...bot })));
  const all = parts.map((part, i) => message(conversation.id, i + 1, conversation.last_ms - (parts.length - 1 - i) * (i < 60 ? 40 * minute : 3 * minute), part));
  threads.set(conversation.id, all);
  return all;
}

export const contact = (id: string, name: string): Contact => ({
  id,
  name,
  profile: name.split(" ")[0] ?? "",
  username: "ana.souza",
  language: "pt-BR",
  fields: { bairro: "Tatuapé", pedido: "Bolo de fubá" },
  tags: [],
  blocked: false,
  addresses: [
    { kind: "wa_id", value: "5511987654321", reachable: true, created_ms: now },
    { kind: "tg_user", value: "70012345", reachable: true, created_ms: now },
  ],
  created_ms: now - 700 * hour,
  updated_ms: now,
  version: 1,
});

export const channels: ChannelAccount[] = [
  { id: "cha_1", channel: "whatsapp", name: "Loja", external_id: "109876543210", display: "+55 11 4000-1000", bot_id: "bot_1", state: "active", stopped_why: "", settings: { waba_id: "2233" }, credentials: ["token", "app_secret", "verify_token"], webhook_url: "https://prosa.example/webhooks/whatsapp/h4k2m9", verify_token: "vt_93kd02", last_webhook_ms: now - 2 * minute, last_sent_ms: now - 3 * minute, created_ms: now - 700 * hour, version: 3, alarms: [] },
  { id: "cha_2", channel: "telegram", name: "Bot da padaria", external_id: "70099", display: "@aurora_bot", bot_id: "", state: "stopped", stopped_why: "O Telegram recusou o token.", settings: {}, credentials: ["token", "hook_secret"], webhook_url: "https://prosa.example/webhooks/telegram/p0q8r1", last_webhook_ms: 0, last_sent_ms: 0, created_ms: now - 200 * hour, version: 1, alarms: [] },
];
