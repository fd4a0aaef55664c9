/**
 * The shapes of the HTTP API, from the contract. Where the contract says "a text" and the product knows which texts,
 * the type here is narrower. Times are milliseconds since the epoch and end in _ms; 0 means "never".
 */
import type { components, operations } from "./schema";

type Schemas = components["schemas"];
type Narrow<T, N> = Omit<T, keyof N> & N;

export type Channel = "whatsapp" | "telegram" | "messenger" | "instagram";
export type Role = Schemas["Member"]["role"];
/** As whom one enters a demo without a password. */
export type DemoRole = operations["open-demo-session"]["requestBody"]["content"]["application/json"]["role"];

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
  | "bot.write"
  | "bot.publish"
  | "bot.write"
  | "bot.publish"
  | "template.read"
  | "template.manage"
  | "product.read"
  | "product.write"
  | "order.read"
  | "order.write"
  | "payment.manage"
  | "member.read"
  | "member.manage"
  | "company.manage"
  | "audit.read"
  | "billing.read"
  | "billing.manage"
  | "platform.cost"
  | "platform.operate";

export type User = Schemas["User"];
export type Company = Schemas["Company"];
export type Me = Schemas["Me"];
export type Setup = Schemas["SetupStateBody"];
export type Session = Schemas["SessionView"];
export type Member = Schemas["Member"];
export type Invitation = Schemas["Invitation"];
export type InvitationView = Schemas["InvitationView"];
export type MailStatus = Schemas["MailStatus"];
export type InvitationOpened = Schemas["OpenedInvitationBody"];
export type AuditEntry = Schemas["AuditEntry"];

export type ConversationState = Schemas["Conversation"]["state"];
interface Narrowed {
  channel: Channel;
  preview_by: "in" | "out" | "internal";
  /** The person or bot that has it; empty for nobody. */
  owner_id: string;
}
export type Conversation = Narrow<Schemas["Conversation"], Narrowed>;
/** A conversation as the list shows it to one attendant. */
export type Row = Narrow<Schemas["Row"], Narrowed>;
export type View = NonNullable<NonNullable<operations["list-conversations"]["parameters"]["query"]>["view"]>;
export type Counts = Schemas["Counts"];

export type MessageStatus = "" | "queued" | "sending" | "accepted" | "sent" | "delivered" | "read" | "played" | "failed" | "unknown";
export type Media = Schemas["Media"];
export type Content = Schemas["Content"];
export type Message = Narrow<
  Schemas["Message"],
  { status: MessageStatus; sender_kind: "customer" | "bot" | "user" | "system"; sender_id: string }
>;
export interface Thread {
  items: Message[];
  more: boolean;
}
export type Upload = Schemas["Upload"];
export type Contact = Schemas["Contact"];
export type ChannelAccount = Narrow<Schemas["ChannelView"], { channel: Channel }>;
export type Probe = Schemas["ProbeOutputBody"];
export type ChannelGuide = Schemas["Guide"];
export type ChannelHealth = Schemas["Health"];
export type ChannelAlarm = Schemas["Alarm"];
export type ChannelCheck = Schemas["CheckOutputBody"];
export type CheckPoint = Schemas["Point"];
export type Subscription = Schemas["SubscribeOutputBody"];
export type Exchange = Schemas["ExchangeView"];
export type { Bot } from "./bot";
export type QuarantineEntry = Schemas["Quarantined"];
export type DeadLetter = Schemas["Letter"];

/** A page of a keyset list; next is absent at the end. */
export interface Page<T> {
  items: T[];
  next?: string;
}
