/** The shapes of the HTTP API. Times are milliseconds since the epoch and end in _ms; 0 means "never". */

export type Channel = "whatsapp" | "telegram" | "messenger" | "instagram";
export type Role = "admin" | "supervisor" | "attendant";

export type Permission =
  | "inbox.read"
  | "inbox.reply"
  | "inbox.assign"
  | "inbox.supervise"
  | "contact.read"
  | "contact.write"
  | "contact.block"
  | "channel.read"
  | "channel.manage"
  | "channel.log"
  | "bot.read"
  | "member.read"
  | "member.manage"
  | "company.manage"
  | "audit.read"
  | "platform.operate";

export interface User {
  id: string;
  email: string;
  name: string;
  locale: string;
  operator: boolean;
}

export interface Company {
  id: string;
  name: string;
  slug: string;
  line: "massivo" | "enterprise";
  state: "active" | "suspended";
  locale: string;
  timezone: string;
  created_ms: number;
  version: number;
}

export interface Membership {
  id: string;
  name: string;
  slug: string;
  state: string;
  role: Role;
}

export interface Me {
  user: User;
  session_id: string;
  company: Company | null;
  role: Role | "";
  permissions: string[];
  companies: Membership[];
  features: { demo: boolean };
}

export interface Setup {
  needed: boolean;
  demo: boolean;
  version: string;
  secure: boolean;
}

export interface Session {
  id: string;
  created_ms: number;
  seen_ms: number;
  expires_ms: number;
  ip: string;
  agent: string;
  current: boolean;
}

export interface Member {
  user_id: string;
  name: string;
  email: string;
  role: Role;
  state: string;
  created_ms: number;
  version: number;
}

export interface Invitation {
  id: string;
  email: string;
  role: Role;
  invited_by: string;
  created_ms: number;
  expires_ms: number;
  accepted_ms: number;
  revoked_ms: number;
  state: "open" | "accepted" | "revoked" | "expired";
}

export interface InvitationOpened {
  company_name: string;
  email: string;
  role: Role;
  expires_ms: number;
  has_account: boolean;
}

export interface AuditEntry {
  id: string;
  at_ms: number;
  actor_kind: string;
  actor_id: string;
  actor_name: string;
  action: string;
  target: string;
  facts: Record<string, unknown>;
  ip: string;
}

export type ConversationState = "bot" | "queued" | "open" | "snoozed" | "resolved";

export interface Conversation {
  id: string;
  account_id: string;
  channel: Channel;
  contact_id: string;
  contact_name: string;
  contact_blocked: boolean;
  state: ConversationState;
  owner_kind: "none" | "bot" | "human";
  owner_id: string;
  owner_name: string;
  team: string;
  bot_id: string;
  seq: number;
  preview: string;
  preview_kind: string;
  preview_by: "in" | "out" | "internal";
  last_ms: number;
  last_in_ms: number;
  last_in_seq: number;
  /** 0: nobody waits for a person. */
  waiting_since_ms: number;
  /** 0: the channel has no reply window. */
  window_ends_ms: number;
  snoozed_until_ms: number;
  previous_id: string;
  created_ms: number;
  resolved_ms: number;
  version: number;
}

/** A conversation as the list shows it to one attendant. */
export interface Row extends Conversation {
  unread: number;
}

export type View = "mine" | "queue" | "bot" | "open" | "snoozed" | "resolved" | "all";

export interface Counts {
  mine: number;
  queue: number;
  bot: number;
  open: number;
  snoozed: number;
  unread: number;
}

export type MessageStatus =
  | ""
  | "queued"
  | "sending"
  | "accepted"
  | "sent"
  | "delivered"
  | "read"
  | "played"
  | "failed"
  | "unknown";

export interface Media {
  mime?: string;
  name?: string;
  size?: number;
  voice?: boolean;
  animated?: boolean;
  blob?: string;
  state?: string;
}

export interface Place {
  latitude: number;
  longitude: number;
  name?: string;
  address?: string;
}

export interface Option {
  id: string;
  title: string;
  description?: string;
}

export interface Content {
  kind: string;
  text?: string;
  media?: Media;
  location?: Place;
  contacts?: { name: string; phones?: string[]; emails?: string[] }[];
  choice?: { header?: string; footer?: string; button?: string; options: Option[] };
  pick?: { id: string; title?: string };
  order?: {
    catalog_id: string;
    text?: string;
    items: { retailer_id: string; quantity: number; price: string; currency: string }[];
  };
  form?: unknown;
  template?: { name: string; language: string };
  activity?: { what: string; who?: string; name?: string; facts?: Record<string, string> };
  target?: string;
  raw?: unknown;
}

export interface Message {
  id: string;
  conversation_id: string;
  seq: number;
  direction: "in" | "out" | "internal";
  kind: string;
  content: Content;
  sender_kind: "customer" | "bot" | "user" | "system";
  sender_id: string;
  sender_name: string;
  status: MessageStatus;
  error_code?: string;
  error_text?: string;
  quoted_id?: string;
  client_key?: string;
  external_id?: string;
  reactions?: Record<string, string>;
  at_ms: number;
  created_ms: number;
  sent_ms: number;
  delivered_ms: number;
  read_ms: number;
  edited_ms: number;
  deleted_ms: number;
  version: number;
}

export interface Thread {
  items: Message[];
  more: boolean;
}

export interface Upload {
  id: string;
  kind: "image" | "video" | "audio" | "document";
  mime: string;
  name: string;
  size: number;
  created_ms: number;
}

export interface Contact {
  id: string;
  name: string;
  profile: string;
  username: string;
  language: string;
  fields: Record<string, string>;
  blocked: boolean;
  addresses: { kind: string; value: string; reachable: boolean }[];
  created_ms: number;
  updated_ms: number;
  version: number;
}

export interface ChannelAccount {
  id: string;
  channel: Channel;
  name: string;
  external_id: string;
  display: string;
  bot_id: string;
  state: "active" | "stopped" | "disabled";
  stopped_why: string;
  settings: Record<string, string>;
  credentials: string[];
  webhook_url: string;
  verify_token?: string;
  last_webhook_ms: number;
  last_sent_ms: number;
  created_ms: number;
  version: number;
}

export interface Probe {
  ok: boolean;
  external_id?: string;
  display?: string;
  name?: string;
  facts?: Record<string, string>;
  problem?: string;
}

export interface Subscription {
  ok: boolean;
  webhook_url: string;
  problem?: string;
}

export interface Exchange {
  id: string;
  at_ms: number;
  took_ms: number;
  outgoing: boolean;
  method: string;
  path: string;
  request: string;
  status: number;
  response: string;
  problem: string;
  delivery_id: string;
}

export interface Bot {
  id: string;
  name: string;
  state: string;
  live_version_id: string;
  live_number: number;
  created_ms: number;
  version: number;
}

export interface QuarantineEntry {
  tenant_id: string;
  id: string;
  account_id: string;
  channel: string;
  reason: string;
  body: string;
  received_ms: number;
  state: "waiting" | "replayed" | "dropped";
}

export interface DeadLetter {
  id: string;
  consumer: string;
  reason: string;
  at_ms: number;
  body: string;
}

/** A page of a keyset list; next is absent at the end. */
export interface Page<T> {
  items: T[];
  next?: string;
}
