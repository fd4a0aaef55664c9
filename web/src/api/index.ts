import { call, path } from "./client";
import type * as T from "./types";

/** The API, one group a resource, in the order of the contract. */
export const api = {
  setup: {
    get: () => call<T.Setup>("GET", "/setup"),
    run: (body: { token: string; company_name: string; name: string; email: string; password: string; locale: string; timezone?: string }) =>
      call<T.Me>("POST", "/setup", { body }),
  },
  session: {
    get: () => call<T.Me>("GET", "/session"),
    signIn: (body: { email: string; password: string }) => call<T.Me>("POST", "/session", { body }),
    demo: (role: T.Role) => call<T.Me>("POST", "/demo/session", { body: { role } }),
    company: (company_id: string) => call<T.Me>("PATCH", "/session", { body: { company_id } }),
    signOut: () => call<undefined>("DELETE", "/session"),
    list: () => call<{ items: T.Session[] }>("GET", "/sessions"),
    signOutEverywhere: () => call<undefined>("DELETE", "/sessions"),
    change: (body: { name?: string; locale?: string; current_password?: string; new_password?: string }) =>
      call<T.Me>("PATCH", "/me", { body }),
  },
  company: {
    get: () => call<T.Company>("GET", "/company"),
    change: (body: { name?: string; locale?: string; timezone?: string }) => call<T.Company>("PATCH", "/company", { body }),
  },
  companies: {
    list: (cursor?: string) => call<T.Page<T.Company>>("GET", "/companies", { query: { cursor } }),
    create: (body: { name: string; slug?: string; line?: string; locale?: string; admin_email?: string }) =>
      call<{ company: T.Company; invitation?: T.Invitation; link?: string }>("POST", "/companies", { body }),
    state: (id: string, state: T.Company["state"]) => call<T.Company>("PATCH", path`/companies/${id}`, { body: { state } }),
  },
  members: {
    list: () => call<{ items: T.Member[] }>("GET", "/members"),
    role: (id: string, role: T.Role) => call<T.Member>("PATCH", path`/members/${id}`, { body: { role } }),
    remove: (id: string) => call<undefined>("DELETE", path`/members/${id}`),
  },
  invitations: {
    list: () => call<{ items: T.Invitation[] }>("GET", "/invitations"),
    create: (body: { email: string; role: T.Role }) =>
      call<{ invitation: T.Invitation; link: string }>("POST", "/invitations", { body }),
    revoke: (id: string) => call<undefined>("DELETE", path`/invitations/${id}`),
    open: (token: string) => call<T.InvitationOpened>("POST", "/invitation/open", { body: { token } }),
    accept: (body: { token: string; name?: string; password: string; locale?: string }) =>
      call<T.Me>("POST", "/invitation/accept", { body }),
  },
  audit: {
    list: (cursor?: string) => call<T.Page<T.AuditEntry>>("GET", "/audit", { query: { cursor } }),
  },
  conversations: {
    list: (query: { view: T.View; channel?: string; q?: string; cursor?: string; limit?: number }) =>
      call<T.Page<T.Row>>("GET", "/conversations", { query }),
    counts: () => call<T.Counts>("GET", "/conversations/counts"),
    get: (id: string) => call<T.Row>("GET", path`/conversations/${id}`),
    messages: (id: string, query: { before?: number; after?: number; limit?: number }) =>
      call<T.Thread>("GET", path`/conversations/${id}/messages`, { query }),
    reply: (id: string, key: string, body: { text?: string; media?: { upload: string; voice?: boolean }; quote_id?: string }) =>
      call<T.Message>("POST", path`/conversations/${id}/messages`, { key, body }),
    note: (id: string, key: string, text: string) =>
      call<T.Message>("POST", path`/conversations/${id}/notes`, { key, body: { text } }),
    take: (id: string) => call<T.Conversation>("POST", path`/conversations/${id}/take`, { body: {} }),
    assign: (id: string, user_id: string) => call<T.Conversation>("POST", path`/conversations/${id}/assign`, { body: { user_id } }),
    resolve: (id: string) => call<T.Conversation>("POST", path`/conversations/${id}/resolve`, { body: {} }),
    reopen: (id: string) => call<T.Conversation>("POST", path`/conversations/${id}/reopen`, { body: {} }),
    snooze: (id: string, until_ms: number) => call<T.Conversation>("POST", path`/conversations/${id}/snooze`, { body: { until_ms } }),
    handBack: (id: string) => call<T.Conversation>("POST", path`/conversations/${id}/hand-back`, { body: {} }),
    startBot: (id: string, bot_id: string) => call<T.Conversation>("POST", path`/conversations/${id}/start-bot`, { body: { bot_id } }),
    read: (id: string, seq: number) => call<undefined>("POST", path`/conversations/${id}/read`, { body: { seq } }),
    typing: (id: string, typing: boolean) => call<undefined>("POST", path`/conversations/${id}/typing`, { body: { typing } }),
    draft: (id: string) => call<{ text: string; updated_ms: number }>("GET", path`/conversations/${id}/draft`),
    saveDraft: (id: string, text: string) => call<{ text: string; updated_ms: number }>("PUT", path`/conversations/${id}/draft`, { body: { text } }),
  },
  messages: {
    sendAgain: (id: string) => call<T.Message>("POST", path`/messages/${id}/send-again`),
  },
  media: {
    upload: (file: File) => {
      const body = new FormData();
      body.set("file", file);
      return call<T.Upload>("POST", "/media", { body });
    },
  },
  contacts: {
    get: (id: string) => call<T.Contact>("GET", path`/contacts/${id}`),
    change: (id: string, body: { name?: string; fields?: Record<string, string>; version?: number }) =>
      call<T.Contact>("PATCH", path`/contacts/${id}`, { body }),
    block: (id: string, blocked: boolean) => call<T.Contact>("POST", path`/contacts/${id}/block`, { body: { blocked } }),
    conversations: (id: string) => call<T.Page<T.Row>>("GET", path`/contacts/${id}/conversations`),
  },
  channels: {
    list: () => call<{ items: T.ChannelAccount[] }>("GET", "/channels"),
    get: (id: string) => call<T.ChannelAccount>("GET", path`/channels/${id}`),
    create: (body: {
      channel: string;
      name: string;
      bot_id?: string;
      external_id?: string;
      settings?: Record<string, string>;
      credentials: Record<string, string>;
    }) => call<T.ChannelAccount>("POST", "/channels", { body }),
    change: (
      id: string,
      body: {
        name?: string;
        bot_id?: string;
        credentials?: Record<string, string>;
        settings?: Record<string, string>;
        state?: "active" | "disabled";
        version?: number;
      },
    ) => call<T.ChannelAccount>("PATCH", path`/channels/${id}`, { body }),
    probe: (id: string) => call<T.Probe>("POST", path`/channels/${id}/probe`),
    subscribe: (id: string) => call<T.Subscription>("POST", path`/channels/${id}/subscribe`),
    exchanges: (id: string, cursor?: string) => call<T.Page<T.Exchange>>("GET", path`/channels/${id}/exchanges`, { query: { cursor } }),
  },
  bots: {
    list: () => call<{ items: T.Bot[] }>("GET", "/bots"),
  },
  operator: {
    quarantine: (state: string, cursor?: string) => call<T.Page<T.QuarantineEntry>>("GET", "/quarantine", { query: { state, cursor } }),
    replay: (id: string) => call<undefined>("POST", path`/quarantine/${id}/replay`),
    drop: (id: string) => call<undefined>("POST", path`/quarantine/${id}/drop`),
    deadLetters: (cursor?: string) => call<T.Page<T.DeadLetter>>("GET", "/dead-letters", { query: { cursor } }),
    replayLetter: (id: string) => call<undefined>("POST", path`/dead-letters/${id}/replay`),
    dropLetter: (id: string) => call<undefined>("POST", path`/dead-letters/${id}/drop`),
  },
};
