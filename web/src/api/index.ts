import { bots } from "./bot";
import { client, take } from "./client";
import { factors, support, type Proof, type SecondStep } from "./factor";
import type { PasskeyAnswer } from "./passkey";
import type { TemplateChoice } from "./template";
import type * as T from "./types";

const { GET, POST, PUT, PATCH, DELETE } = client;

const conversation = (id: string) => ({ params: { path: { conversation: id } } });
const keyed = (id: string, key: string) => ({ params: { path: { conversation: id }, header: { "Idempotency-Key": key } } });
const paged = (cursor?: string) => ({ params: { query: cursor ? { cursor } : {} } });

/** Drops what is empty: an absent parameter and an empty one mean the same to people, not to the contract. */
function filled<Q extends object>(query: Q): { [K in keyof Q]?: Exclude<Q[K], ""> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "" && value !== undefined)) as { [K in keyof Q]?: Exclude<Q[K], ""> };
}

/** The API, one group a resource, in the order of the contract. */
export const api = {
  setup: {
    get: () => take<T.Setup>(GET("/setup")),
    run: (body: { token: string; company_name: string; name: string; email: string; password: string; locale: "pt-BR" | "en"; timezone?: string }) =>
      take<T.Me>(POST("/setup", { body })),
  },
  session: {
    get: () => take<T.Me>(GET("/session")),
    signIn: (body: { email: string; password: string }) => take<T.Me | SecondStep>(POST("/session", { body })),
    secondStep: (proof: Proof) => take<T.Me>(POST("/session/factor", { body: proof })),
    askPasskey: () => take<SecondStep>(POST("/session/passkey/begin")),
    byPasskey: (passkey: PasskeyAnswer) => take<T.Me>(POST("/session/passkey", { body: { passkey } })),
    demo: (role: T.DemoRole) => take<T.Me>(POST("/demo/session", { body: { role } })),
    company: (company_id: string) => take<T.Me>(PATCH("/session", { body: { company_id } })),
    signOut: () => take<undefined>(DELETE("/session")),
    list: () => take<{ items: T.Session[] }>(GET("/sessions")),
    end: (session: string) => take<undefined>(DELETE("/sessions/{session}", { params: { path: { session } } })),
    endOthers: () => take<undefined>(POST("/sessions/end-others")),
    signOutEverywhere: () => take<undefined>(DELETE("/sessions")),
    change: (body: { name?: string; locale?: "pt-BR" | "en"; current_password?: string; new_password?: string }) => take<T.Me>(PATCH("/me", { body })),
  },
  companies: {
    list: (cursor?: string) => take<T.Page<T.Company>>(GET("/companies", paged(cursor))),
    create: (body: { name: string; line?: T.Company["line"]; admin_email?: string }) =>
      take<{ company: T.Company; invitation?: T.Invitation; link?: string }>(POST("/companies", { body })),
    state: (company: string, state: T.Company["state"], reason: string) =>
      take<T.Company>(POST("/operator/companies/{company}/state", { params: { path: { company } }, body: { state, reason } })),
  },
  members: {
    list: () => take<{ items: T.Member[] }>(GET("/members")),
    role: (user: string, role: T.Role) => take<T.Member>(PATCH("/members/{user}", { params: { path: { user } }, body: { role } })),
    remove: (user: string) => take<undefined>(DELETE("/members/{user}", { params: { path: { user } } })),
    resetFactors: (user: string) => take<undefined>(POST("/members/{user}/factors/reset", { params: { path: { user } } })),
    endSessions: (user: string) => take<undefined>(POST("/members/{user}/sessions/end", { params: { path: { user } } })),
  },
  invitations: {
    list: () => take<{ items: T.InvitationView[] }>(GET("/invitations")),
    create: (body: { email: string; role: T.Role }) => take<{ invitation: T.Invitation; link: string; mailed: boolean }>(POST("/invitations", { body })),
    mail: (invitation: string) => take<T.MailStatus>(POST("/invitations/{invitation}/letter", { params: { path: { invitation } } })),
    revoke: (invitation: string) => take<undefined>(DELETE("/invitations/{invitation}", { params: { path: { invitation } } })),
    open: (token: string) => take<T.InvitationOpened>(POST("/invitation/open", { body: { token } })),
    accept: (body: { token: string; name?: string; password: string; locale?: "pt-BR" | "en" }) => take<T.Me | SecondStep>(POST("/invitation/accept", { body })),
  },
  reset: {
    ask: (email: string) => take<undefined>(POST("/password-reset", { body: { email } })),
    open: (token: string) => take<{ email: string }>(POST("/password-reset/open", { body: { token } })),
    accept: (body: { token: string; password: string }) => take<undefined>(POST("/password-reset/accept", { body })),
  },
  factors,
  support,
  audit: {
    list: (cursor?: string) => take<T.Page<T.AuditEntry>>(GET("/audit", paged(cursor))),
  },
  conversations: {
    list: (query: { view: T.View; channel?: string; q?: string; cursor?: string; limit?: number }) => take<T.Page<T.Row>>(GET("/conversations", { params: { query: filled(query) } })),
    counts: () => take<T.Counts>(GET("/conversations/counts")),
    get: (id: string) => take<T.Row>(GET("/conversations/{conversation}", conversation(id))),
    messages: (id: string, query: { before?: number; after?: number; limit?: number }) =>
      take<T.Thread>(GET("/conversations/{conversation}/messages", { params: { path: { conversation: id }, query } })),
    reply: (id: string, key: string, body: { text?: string; media?: { upload: string; voice?: boolean }; quote_id?: string; template?: TemplateChoice }) =>
      take<T.Message>(POST("/conversations/{conversation}/messages", { ...keyed(id, key), body })),
    note: (id: string, key: string, text: string) => take<T.Message>(POST("/conversations/{conversation}/notes", { ...keyed(id, key), body: { text } })),
    take: (id: string) => take<T.Conversation>(POST("/conversations/{conversation}/take", { ...conversation(id), body: {} })),
    assign: (id: string, user_id: string) => take<T.Conversation>(POST("/conversations/{conversation}/assign", { ...conversation(id), body: { user_id } })),
    resolve: (id: string) => take<T.Conversation>(POST("/conversations/{conversation}/resolve", { ...conversation(id), body: {} })),
    reopen: (id: string) => take<T.Conversation>(POST("/conversations/{conversation}/reopen", { ...conversation(id), body: {} })),
    snooze: (id: string, until_ms: number) => take<T.Conversation>(POST("/conversations/{conversation}/snooze", { ...conversation(id), body: { until_ms } })),
    handBack: (id: string) => take<T.Conversation>(POST("/conversations/{conversation}/hand-back", { ...conversation(id), body: {} })),
    startBot: (id: string, bot_id: string) => take<T.Conversation>(POST("/conversations/{conversation}/start-bot", { ...conversation(id), body: { bot_id } })),
    read: (id: string, seq: number) => take<undefined>(POST("/conversations/{conversation}/read", { ...conversation(id), body: { seq } })),
    typing: (id: string, typing: boolean) => take<undefined>(POST("/conversations/{conversation}/typing", { ...conversation(id), body: { typing } })),
    draft: (id: string) => take<{ text: string; updated_ms: number }>(GET("/conversations/{conversation}/draft", conversation(id))),
    saveDraft: (id: string, text: string) => take<{ text: string; updated_ms: number }>(PUT("/conversations/{conversation}/draft", { ...conversation(id), body: { text } })),
  },
  messages: {
    sendAgain: (message: string) => take<T.Message>(POST("/messages/{message}/send-again", { params: { path: { message } } })),
  },
  media: {
    /** The contract calls the part a text; what travels is the file itself. */
    upload: (file: File) =>
      take<T.Upload>(
        POST("/media", {
          body: { file: file as unknown as string },
          bodySerializer: () => {
            const form = new FormData();
            form.set("file", file);
            return form;
          },
        }),
      ),
  },
  contacts: {
    get: (contact: string) => take<T.Contact>(GET("/contacts/{contact}", { params: { path: { contact } } })),
    change: (contact: string, body: { name?: string; fields?: Record<string, string>; version?: number }) =>
      take<T.Contact>(PATCH("/contacts/{contact}", { params: { path: { contact } }, body })),
    block: (contact: string, blocked: boolean) => take<T.Contact>(POST("/contacts/{contact}/block", { params: { path: { contact } }, body: { blocked } })),
    conversations: (contact: string) => take<T.Page<T.Row>>(GET("/contacts/{contact}/conversations", { params: { path: { contact } } })),
  },
  channels: {
    list: () => take<{ items: T.ChannelAccount[] }>(GET("/channels")),
    get: (channel: string) => take<T.ChannelAccount>(GET("/channels/{channel}", { params: { path: { channel } } })),
    create: (body: { channel: T.Channel; name: string; draft?: boolean; bot_id?: string; external_id?: string; settings?: Record<string, string>; credentials?: Record<string, string> }) =>
      take<T.ChannelAccount>(POST("/channels", { body })),
    guide: (channel: T.Channel, flavour?: "page" | "login") =>
      take<T.ChannelGuide>(GET("/channel-guides/{channel}", { params: { path: { channel }, query: flavour === undefined ? {} : { flavour } } })),
    health: (channel: string) => take<T.ChannelHealth>(GET("/channels/{channel}/health", { params: { path: { channel } } })),
    check: (channel: string) => take<T.ChannelCheck>(POST("/channels/{channel}/check", { params: { path: { channel } } })),
    connect: (channel: string, discard: "none" | "old" | "all" = "none") => take<T.ChannelAccount>(POST("/channels/{channel}/connect", { params: { path: { channel } }, body: { discard } })),
    rotate: (channel: string, body: { token?: string; app_secret?: string; discard: "none" | "old" | "all" }) => take<T.ChannelAccount>(PUT("/channels/{channel}/token", { params: { path: { channel } }, body })),
    test: (channel: string, to: string) => take<{ ok: boolean; problem?: string }>(POST("/channels/{channel}/test-message", { params: { path: { channel } }, body: { to } })),
    disconnect: (channel: string) => take<{ problem?: string }>(POST("/channels/{channel}/disconnect", { params: { path: { channel } } })),
    change: (
      channel: string,
      body: { name?: string; bot_id?: string; external_id?: string; credentials?: Record<string, string>; settings?: Record<string, string>; state?: "active" | "disabled"; version?: number },
    ) => take<T.ChannelAccount>(PATCH("/channels/{channel}", { params: { path: { channel } }, body })),
    probe: (channel: string) => take<T.Probe>(POST("/channels/{channel}/probe", { params: { path: { channel } } })),
    subscribe: (channel: string) => take<T.Subscription>(POST("/channels/{channel}/subscribe", { params: { path: { channel } } })),
    exchanges: (channel: string, cursor?: string) =>
      take<T.Page<T.Exchange>>(GET("/channels/{channel}/exchanges", { params: { path: { channel }, query: cursor ? { cursor } : {} } })),
  },
  bots,
  operator: {
    quarantine: (state: T.QuarantineEntry["state"], cursor?: string) =>
      take<T.Page<T.QuarantineEntry>>(GET("/quarantine", { params: { query: cursor ? { state, cursor } : { state } } })),
    replay: (entry: string) => take<undefined>(POST("/quarantine/{entry}/replay", { params: { path: { entry } } })),
    drop: (entry: string) => take<undefined>(POST("/quarantine/{entry}/drop", { params: { path: { entry } } })),
    deadLetters: (cursor?: string) => take<T.Page<T.DeadLetter>>(GET("/dead-letters", paged(cursor))),
    replayLetter: (letter: string) => take<undefined>(POST("/dead-letters/{letter}/replay", { params: { path: { letter } } })),
    dropLetter: (letter: string) => take<undefined>(POST("/dead-letters/{letter}/drop", { params: { path: { letter } } })),
  },
};
