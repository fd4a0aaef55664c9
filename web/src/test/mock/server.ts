import type { IncomingMessage, ServerResponse } from "node:http";
import type { Message, Row } from "@/api/types";
import { fits } from "@/features/inbox/apply";
import { answerBot } from "./bot";
import { bot } from "./bots";
import { channels, contact, me, members, message, rows, thread } from "./data";
import { openShop } from "./shop";
import { bubbles, chats, goods, phones, steps } from "./phones";

const listeners = new Set<(type: string, id: string, data: unknown) => void>();
const shop = openShop();
let signedIn = true;
let sequence = 0;

function tell(type: string, data: unknown, stored = true): void {
  sequence += 1;
  const envelope = stored ? { v: 1, id: `evt_${sequence}`, tenant_id: "ten_1", type, at: Date.now(), data } : data;
  for (const listener of listeners) listener(type, stored ? `e.${sequence}.0` : "", envelope);
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, unknown>> {
  let text = "";
  for await (const chunk of request) text += String(chunk);
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

function change(row: Row, fields: Partial<Row>): Row {
  Object.assign(row, fields, { version: row.version + 1 });
  tell("conversation.updated", { conversation: { ...row } });
  return row;
}

function post(row: Row, made: Message): Message {
  thread(row).push(made);
  Object.assign(row, { seq: made.seq, preview: made.content.text ?? "", preview_kind: made.kind, preview_by: made.direction, last_ms: made.at_ms, version: row.version + 1 });
  tell("message.created", { message: { ...made }, conversation: { ...row } });
  return made;
}

/** A status a moment later, as a provider would report it. */
function report(row: Row, made: Message): void {
  (["sent", "delivered", "read"] as const).forEach((status, i) => {
    setTimeout(() => {
      Object.assign(made, { status, version: made.version + 1, [`${status}_ms`]: Date.now() });
      tell("message.updated", { message: { ...made }, conversation: { ...row } });
    }, 700 * (i + 1));
  });
}

export async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = new URL(request.url ?? "/", "http://mock");
  const method = request.method ?? "GET";
  const body = method === "GET" || url.pathname.endsWith("/media") ? {} : await bodyOf(request);
  const json = (value: unknown, status = 200) => {
    response.statusCode = status;
    response.setHeader("Content-Type", "application/json");
    response.end(status === 204 ? undefined : JSON.stringify(value));
  };
  const refuse = (status: number, code: string, reason = "") => json({ title: code, status, detail: code, code, reason }, status);
  const path = url.pathname.replace("/api/v1", "");
  if (url.pathname.startsWith("/sandbox/phone/api/")) return phone(url, json, response);
  const parts = path.split("/").slice(1).map(decodeURIComponent);
  const [first, second, third] = parts;

  if (path === "/setup") return json({ needed: false, demo: true, demo_roles: ["attendant", "supervisor", "admin"], mail: true, version: "dev", secure: false });
  if (path === "/session" && method === "DELETE") {
    signedIn = false;
    return json(undefined, 204);
  }
  if (path === "/demo/session" || (path === "/session" && method === "POST")) {
    if (path === "/session" && body.password !== "senha-de-teste") return refuse(401, "unauthorized", "bad_credentials");
    signedIn = true;
    return json(me, 201);
  }
  if (path === "/password-reset") return json(undefined, 202);
  if (path === "/password-reset/open") return json({ email: "bia@padaria.example" });
  if (path === "/password-reset/accept") return json(undefined, 204);
  if (!signedIn) return refuse(401, "unauthorized");
  if (path === "/session" || path === "/me") return json(me);
  if (path === "/sessions") return json({ items: [{ id: "ses_1", created_ms: Date.now() - 9e6, seen_ms: Date.now(), expires_ms: Date.now() + 9e8, ip: "127.0.0.1", agent: request.headers["user-agent"] ?? "", current: true }] });
  if (path === "/events") return events(request, response);
  if (path === "/members") return json({ items: members });
  if (path === "/invitations") {
    const invitation = { id: "inv_1", email: "novo@padaria.example", role: "attendant", invited_by: "Bia", created_ms: Date.now(), expires_ms: Date.now() + 6e8, accepted_ms: 0, revoked_ms: 0, state: "open" };
    const letter = { id: "ltr_1", company_id: "ten_1", template: "invitation", locale: "pt-BR", to: "novo@padaria.example", state: "delivered", reason: "", problem: "", attempts: 0, next_ms: 0, again: false, sender: "folder", created_ms: 1, updated_ms: 1 };
    return method === "POST" ? json({ invitation, link: "http://127.0.0.1:8080/invitation#tok_1", mailed: true }, 201) : json({ items: [{ ...invitation, letter }] });
  }
  if (path === "/invitation/open") return json({ company_name: "Padaria Aurora", email: "novo@padaria.example", role: "attendant", expires_ms: Date.now() + 1e8, has_account: false });
  const made = bot(method, path, body);
  if (made !== undefined) return json(made.value, made.status);
  if (answerBot(parts, method, body, json, refuse)) return;
  const sold = shop.answer(method, path, url.searchParams, body);
  if (sold !== undefined) return json(sold.value, sold.status);
  if (path === "/audit") return json({ items: [{ id: "aud_1", at_ms: Date.now() - 6e5, actor_kind: "user", actor_id: "usr_bia", actor_name: "Bia Ramos", action: "channel.created", target: "cha_1", facts: { name: "Loja" }, ip: "127.0.0.1" }] });
  if (path === "/companies") return json({ items: [me.company] });
  if (path === "/quarantine") return json({ items: [{ tenant_id: "", id: "qua_1", account_id: "", channel: "whatsapp", reason: "unknown account 1055", body: '{"object":"whatsapp_business_account"}', received_ms: Date.now() - 4e5, state: "waiting" }] });
  if (path === "/dead-letters") return json({ items: [] });
  if (first === "channels") {
    if (second === undefined) return json({ items: channels });
    if (third === "exchanges") return json({ items: [{ id: "x1", at_ms: Date.now() - 5e4, took_ms: 41, outgoing: true, method: "POST", path: "/v23.0/109876543210/messages", request: '{"type":"text"}', status: 200, response: '{"messages":[{"id":"wamid.1"}]}', problem: "", delivery_id: "d" }] });
    if (third === "probe") return json({ ok: true, name: "Padaria Aurora", display: "+55 11 4000-1000", facts: { quality: "GREEN" } });
    if (third === "subscribe") return json({ ok: true, webhook_url: "x" });
    return json(channels.find((each) => each.id === second) ?? channels[0]);
  }
  if (first === "contacts") {
    if (third === "conversations") return json({ items: rows.slice(5, 7) });
    return json(contact(second ?? "", rows.find((row) => row.contact_id === second)?.contact_name ?? "?"));
  }
  if (first === "media" && method === "POST") return json({ id: "med_1", kind: "image", mime: "image/png", name: "foto.png", size: 120_000, created_ms: 1 }, 201);
  if (first === "media") {
    response.setHeader("Content-Type", "image/svg+xml");
    response.end('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 400 300"><rect width="400" height="300" fill="#e8c07a"/><circle cx="200" cy="160" r="90" fill="#b5742e"/><circle cx="200" cy="150" r="70" fill="#d99a4e"/></svg>');
    return;
  }
  if (path === "/conversations/counts") {
    const count = (view: Parameters<typeof fits>[1]) => rows.filter((row) => fits(row, view, me.user.id)).length;
    return json({ mine: count("mine"), queue: count("queue"), bot: count("bot"), open: count("open"), snoozed: count("snoozed"), unread: 3 });
  }
  if (path === "/conversations") {
    const view = (url.searchParams.get("view") ?? "all") as Parameters<typeof fits>[1];
    const q = (url.searchParams.get("q") ?? "").toLowerCase();
    const found = rows.filter((row) => fits(row, view, me.user.id) && row.contact_name.toLowerCase().includes(q)).sort((a, b) => b.last_ms - a.last_ms);
    const from = Number(url.searchParams.get("cursor") ?? 0);
    const next = from + 40 < found.length ? { next: String(from + 40) } : {};
    return json({ items: found.slice(from, from + 40), ...next });
  }
  const row = rows.find((each) => each.id === second);
  if (first !== "conversations" || row === undefined) return refuse(404, "not_found");
  switch (third) {
    case undefined:
      return json(row);
    case "messages":
    case "notes": {
      const all = thread(row);
      if (method === "GET") {
        const before = Number(url.searchParams.get("before") ?? 0);
        const older = before === 0 ? all : all.filter((each) => each.seq < before);
        return json({ items: older.slice(-40), more: older.length > 40 });
      }
      const note = third === "notes";
      const key = String(request.headers["idempotency-key"] ?? "");
      const known = all.find((each) => each.client_key === key);
      if (known !== undefined) return json(known, 201);
      const made = message(row.id, (all.at(-1)?.seq ?? 0) + 1, Date.now(), { content: { kind: note ? "note" : "text", text: String(body.text ?? "") }, direction: note ? "internal" : "out", sender_kind: "user", sender_id: me.user.id, sender_name: me.user.name, status: note ? "" : "queued", client_key: key });
      if (!note && row.owner_id !== me.user.id) change(row, { state: "open", owner_kind: "human", owner_id: me.user.id, owner_name: me.user.name, waiting_since_ms: 0 });
      post(row, made);
      if (!note) report(row, made);
      return json(made, 201);
    }
    case "take":
      return json(change(row, { state: "open", owner_kind: "human", owner_id: me.user.id, owner_name: me.user.name, waiting_since_ms: 0 }));
    case "assign": {
      const member = members.find((each) => each.user_id === body.user_id);
      return json(change(row, member === undefined ? { state: "queued", owner_kind: "none", owner_id: "", owner_name: "" } : { state: "open", owner_kind: "human", owner_id: member.user_id, owner_name: member.name }));
    }
    case "resolve":
      return json(change(row, { state: "resolved", owner_kind: "none", owner_id: "", owner_name: "", waiting_since_ms: 0 }));
    case "reopen":
      return json(change(row, { state: "open", owner_kind: "human", owner_id: me.user.id, owner_name: me.user.name }));
    case "snooze":
      return json(change(row, { state: "snoozed", snoozed_until_ms: Number(body.until_ms) }));
    case "hand-back":
    case "start-bot":
      return json(change(row, { state: "bot", owner_kind: "bot", owner_id: "bot_1", owner_name: "Aurora" }));
    case "read":
      row.unread = 0;
      return json(undefined, 204);
    case "typing":
      return json(undefined, 204);
    case "draft":
      return json({ text: "", updated_ms: 0 });
    default:
      return refuse(404, "not_found");
  }
}

function events(request: IncomingMessage, response: ServerResponse): void {
  response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
  response.write(`event: hello\ndata: {"epoch":"e","resumed":false}\n\n`);
  const listener = (type: string, id: string, data: unknown) => response.write(`${id === "" ? "" : `id: ${id}\n`}event: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  listeners.add(listener);
  const beat = setInterval(() => response.write(": beat\n\n"), 15_000);
  request.on("close", () => {
    listeners.delete(listener);
    clearInterval(beat);
  });
}

function phone(url: URL, json: (value: unknown, status?: number) => void, response: ServerResponse): void {
  const parts = url.pathname.replace("/sandbox/phone/api/", "").split("/");
  if (parts[0] === "events") {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    response.write(`event: hello\ndata: {"at":1}\n\n`);
    return;
  }
  if (parts[0] === "phones" && parts.length === 1) return json({ phones });
  if (parts[0] === "phones") return json({ chats: chats(phones.find((each) => each.id === parts[1]) ?? (phones[0] as (typeof phones)[0])) });
  if (parts[0] === "wire") return json({ bubble: parts[1], steps });
  if (parts[2] === "messages") return json({ bubbles: bubbles(parts[1] ?? ""), more: true });
  if (parts[2] === "catalog") return json({ catalog_id: "c1", cart: true, items: goods });
  if (parts[0] === "pay") return json({ provider: true });
  json({});
}

/** Something happens each few seconds, so that live updates can be watched. */
setInterval(() => {
  const row = rows[Math.floor(Math.random() * 6)];
  if (row === undefined || listeners.size === 0 || process.env.PROSA_MOCK_QUIET === "1") return;
  const all = thread(row);
  row.last_in_seq = (all.at(-1)?.seq ?? 0) + 1;
  row.unread += 1;
  post(row, message(row.id, row.last_in_seq, Date.now(), { content: { kind: "text", text: "Uma mensagem nova" } }));
}, 8000).unref();
