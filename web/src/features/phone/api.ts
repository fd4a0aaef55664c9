/** The simulated phones' own API, mounted beside the simulators; it never touches the product's API. */
import { Problem } from "@/api/problem";
import type { Entity } from "@/ui/rich-text";

export type App = "whatsapp" | "telegram" | "messenger" | "instagram";

export interface Phone {
  id: string;
  name: string;
  phone?: string;
  username?: string;
  read_receipts: boolean;
  accounts: { channel: App; id: string; address: string }[];
}

export interface Business {
  id: string;
  channel: App;
  name: string;
  address: string;
  ready: boolean;
}

export interface Choice {
  id: string;
  text: string;
  description?: string;
  kind: "reply" | "url" | "phone" | "copy" | "contact" | "location" | "app" | "flow" | "other";
  value?: string;
  chosen?: boolean;
}

export interface Media {
  id?: string;
  url: string;
  mime: string;
  name?: string;
  size?: number;
  voice?: boolean;
  animated?: boolean;
  /** A film in a circle. */
  round?: boolean;
  seconds?: number;
}

export interface Poll {
  question: string;
  answers: { text: string; votes?: number; chosen?: boolean }[];
  several?: boolean;
  closed?: boolean;
}

/** Goods in the catalog's present words; quantity and price are those of a sent cart. */
export interface Product {
  id: string;
  name?: string;
  description?: string;
  image?: string;
  link?: string;
  price_text?: string;
  list_price?: string;
  /** Minor units. */
  amount?: number;
  currency?: string;
  sold_out?: boolean;
  /** The catalog does not show it any more. */
  gone?: boolean;
  quantity?: number;
  price?: number;
  section?: string;
}

/** Amounts in minor units. */
export interface Payment {
  reference: string;
  total: number;
  currency: string;
  status: string;
  description?: string;
  pix_code?: string;
  boleto?: string;
  link?: string;
  lines?: { name: string; quantity: number; price: number }[];
  subtotal?: number;
  discount?: number;
  shipping?: number;
  tax?: number;
}

/** A page of a business's catalog as its customers see it. */
export interface Storefront {
  catalog_id: string;
  cart: boolean;
  items: Product[];
  after?: string;
}

export interface Bubble {
  id: string;
  chat: string;
  dir: "mine" | "theirs";
  kind: string;
  at: number;
  text?: string;
  tick?: string;
  entities?: Entity[];
  reply_to?: { id: string; dir: "mine" | "theirs"; text: string };
  header?: { text?: string; media?: Media };
  footer?: string;
  media?: Media;
  album?: string;
  /** Several files of one message; the first is media, too. */
  images?: Media[];
  /** Chips that vanish with the next message. */
  quick?: Choice[];
  poll?: Poll;
  /** What a filled form says. */
  form?: { fields: { name: string; value: string }[] };
  /** The business's story that it answers or that names it; without media it is gone. */
  story?: { id: string; media?: Media };
  share?: { kind: "post" | "reel"; title?: string; url?: string };
  /** live: it moves for so many seconds. */
  location?: { latitude: number; longitude: number; live?: number; name?: string; address?: string };
  contacts?: { name: string; phone?: string }[];
  rows?: Choice[][];
  list?: { button: string; sections: { title?: string; rows: Choice[] }[] };
  cards?: { header?: { text?: string; media?: Media }; title?: string; text?: string; rows?: Choice[][]; product?: Product }[];
  products?: Product[];
  catalog_id?: string;
  /** What a text of the customer's asks about. */
  about?: Product;
  payment?: Payment;
  reactions?: { dir: "mine" | "theirs"; emoji: string }[];
  edited?: boolean;
  deleted?: boolean;
  error?: { code: string | number; message: string };
  notice?: string;
}

export interface Chat {
  id: string;
  phone: string;
  channel: App;
  business: Business;
  last?: Bubble;
  unread: number;
  typing: boolean;
  blocked: boolean;
  started: boolean;
  /** The catalog that the number shows; cart: customers may fill one. */
  catalog_id?: string;
  cart?: boolean;
  window_until?: number;
  keyboard?: { rows: Choice[][]; placeholder?: string; one_time?: boolean; persistent?: boolean };
}

export interface Step {
  title: "webhook" | "call";
  direction: "to_business" | "from_business";
  at: number;
  method: string;
  url: string;
  request_headers?: Record<string, string>;
  request_body?: string;
  /** Absent: no answer came. */
  status?: number;
  response_headers?: Record<string, string>;
  response_body?: string;
  attempt?: number;
  error?: string;
  ms: number;
}

export type Sending =
  | { kind: "text"; text: string; reply_to?: string; product?: { catalog_id: string; product_retailer_id: string } }
  | { kind: "order"; catalog_id: string; text?: string; items: { id: string; quantity: number }[] }
  | { kind: "tap"; bubble: string; choice: string }
  | { kind: "key"; text: string }
  | { kind: "location"; latitude: number; longitude: number; name?: string; address?: string; seconds?: number }
  | { kind: "contact"; name: string; phone: string }
  | { kind: "reaction"; bubble: string; emoji: string }
  | { kind: "sticker"; emoji: string }
  | { kind: "voice"; seconds: number }
  | { kind: "revoke"; bubble: string }
  | { kind: "edit"; bubble: string; text: string }
  | { kind: "form"; bubble: string; values: Record<string, string> }
  | { kind: "call"; state: "missed" | "ended"; seconds?: number }
  | { kind: "preference"; state: "stop" | "resume" }
  | { kind: "change_number"; phone: string }
  | { kind: "poll"; text: string; answers: string[] }
  | { kind: "vote"; bubble: string; picks: number[] }
  | { kind: "dice"; emoji: string }
  | { kind: "link"; payload: string }
  | { kind: "ad"; text: string; name: string }
  | { kind: "share" | "reel"; url: string; name: string }
  | { kind: "story_reply"; text: string }
  | { kind: "story_mention" }
  | { kind: "unsupported" }
  | { kind: "start"; payload?: string };

const root = "/sandbox/phone/api";

async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
  const form = body instanceof FormData;
  let response: Response;
  try {
    response = await fetch(`${root}/${path}`, {
      method,
      headers: body === undefined || form ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? null : form ? body : JSON.stringify(body),
    });
  } catch (error) {
    throw new Problem(0, "offline", "", String(error));
  }
  if (!response.ok) {
    const said = (await response.json().catch(() => ({}))) as { error?: { code?: string; message?: string; field?: string } };
    throw new Problem(response.status, said.error?.code ?? "internal", "", said.error?.message ?? response.statusText, said.error?.field ?? "");
  }
  return (await response.json().catch(() => ({}))) as T;
}

const id = encodeURIComponent;

export const phoneApi = {
  phones: () => call<{ phones: Phone[] }>("GET", "phones").then((answer) => answer.phones),
  addPhone: (body: { name: string; phone: string; hide_phone: boolean }) => call<Phone>("POST", "phones", body),
  changePhone: (phone: string, body: { read_receipts: boolean }) => call<Phone>("PATCH", `phones/${id(phone)}`, body),
  chats: (phone: string) => call<{ chats: Chat[] }>("GET", `phones/${id(phone)}/chats`).then((answer) => answer.chats),
  messages: (chat: string, before?: string) =>
    call<{ bubbles: Bubble[]; more: boolean }>("GET", `chats/${id(chat)}/messages?limit=60${before === undefined ? "" : `&before=${id(before)}`}`),
  send: (chat: string, sending: Sending) => call<{ bubble?: Bubble }>("POST", `chats/${id(chat)}/messages`, sending),
  sendFile: (chat: string, file: File, as?: "video_note") => {
    const body = new FormData();
    const kind = file.type.split("/")[0] ?? "";
    body.set("kind", as !== undefined && kind === "video" ? as : kind === "image" || kind === "video" || kind === "audio" ? kind : "document");
    body.set("file", file);
    return call<{ bubble?: Bubble }>("POST", `chats/${id(chat)}/media`, body);
  },
  read: (chat: string) => call<{ read: number }>("POST", `chats/${id(chat)}/read`, {}),
  block: (chat: string, blocked: boolean) => call<Chat>("POST", `chats/${id(chat)}/block`, { blocked }),
  catalog: (chat: string, after: string) => call<Storefront>("GET", `chats/${id(chat)}/catalog?limit=30${after === "" ? "" : `&after=${id(after)}`}`),
  /** provider: the simulated provider took the money and tells the business; else nobody is behind the code. */
  pay: (code: string) => call<{ provider: boolean; amount?: number }>("POST", "pay", { code }),
  wire: (bubble: string) => call<{ bubble: string; steps?: Step[] }>("GET", `wire/${id(bubble)}`).then((answer) => answer.steps ?? []),
  eventsUrl: `${root}/events`,
};
