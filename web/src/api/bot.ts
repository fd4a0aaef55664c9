/** Bots: drafts, checks, simulations, versions, numbers. Times are milliseconds since the epoch and end in _ms. */
import { client, take } from "./client";
import type { components } from "./schema";
import type { Channel, Content, Page } from "./types";

type Schemas = components["schemas"];
type Narrow<T, N> = Omit<T, keyof N> & N;

const { GET, POST, PUT, PATCH, DELETE } = client;

/** A text in the flow's default language, or one a language. */
export type Local = string | Record<string, string>;

/** A node of a flow; what each kind holds besides stands in api/flow.schema.json. */
export interface FlowNode {
  name: string;
  kind: string;
  [field: string]: unknown;
}

/** A flow's text. A draft may be unfinished, so a reader must not rely on more than this. */
export interface FlowDefinition {
  schema: number;
  name: string;
  languages: string[];
  start: string;
  variables?: Record<string, string | number | boolean>;
  settings?: Record<string, unknown>;
  nodes: FlowNode[];
}

/** Where nodes lie, and notes beside them. */
export interface FlowLayout {
  nodes: Record<string, { x: number; y: number }>;
  notes?: { x: number; y: number; text: string }[];
}

export type FlowTest = Narrow<Schemas["BotTest"], { channel?: Channel; steps: Record<string, unknown>[] }>;

/** The three parts of a flow's file. */
export interface FlowParts {
  definition: FlowDefinition;
  layout: FlowLayout;
  tests: FlowTest[];
}

export type Bot = Narrow<Schemas["BotOverview"], { accounts: { id: string; name: string; channel: Channel }[] }>;
export type BotDraft = Narrow<Schemas["BotDraft"], FlowParts>;
export type FlowIssue = Schemas["BotIssue"];
export type FlowGraph = Schemas["FlowGraph"];
export type FlowReport = Schemas["BotReport"];
export type Passed = Schemas["BotPassed"];
export type SimulatedInput =
  | { kind: "start" }
  | { kind: "message"; content: Content }
  | { kind: "timer"; timer: string }
  | { kind: "answer"; answer: { id: string; ok: boolean; status?: number; body?: unknown; error?: string } };
export type SimulatedContact = Schemas["BotTurnContact"];
/** A message of the bot as a channel shows it, after its limits and its ladder. */
export type Shown = Schemas["BotShown"];
export type Spoken = Schemas["BotSpoken"];
export type Simulated = Narrow<
  Schemas["BotSimulated"],
  { variables: Record<string, unknown>; effects: Record<string, unknown>[]; ask?: { id: string; node: string; kind: string; request: unknown } }
>;
export type TestOutcome = Schemas["BotOutcome"];
export type Exploration = Narrow<Schemas["BotExploration"], { failures: Narrow<Schemas["BotFailure"], { test: FlowTest }>[] }>;
export type BotVersion = Schemas["VersionView"];
export type BotVersionFull = Narrow<Schemas["VersionOutputBody"], FlowParts>;
export type Published = Schemas["PublishedOutputBody"];
export type FlowChange = Schemas["BotChange"];
export type Impact = Schemas["BotImpact"];
/** What becomes of conversations under way when a version is published. */
export type Passage = "drain" | "move" | "restart";
export type BotCounts = Schemas["BotCounts"];
export type BotSession = Schemas["SessionOfBot"];
export type ReplayedTurn = Narrow<
  Schemas["ReplayedTurn"],
  {
    input: { kind: string; content?: Content; timer?: string; answer?: { status?: number; ok?: boolean } };
    variables: Record<string, unknown>;
    effects: Record<string, unknown>[];
  }
>;
export type BotTemplate = Narrow<Schemas["BotTemplate"], FlowParts>;
export type BotFile = Narrow<Schemas["BotFile"], FlowParts>;
export type BotSecret = Schemas["BotSecretView"];
/** The data of the event bot.updated. */
export type BotEvent = Schemas["BotEvent"];

const of = (bot: string) => ({ params: { path: { bot } } });
const asked = <Q extends object>(bot: string, query: Q) => ({ params: { path: { bot }, query } });

/** Drops what is absent, which the contract tells from a value. */
function filled<Q extends object>(query: Q): { [K in keyof Q]?: Exclude<Q[K], undefined> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== "")) as { [K in keyof Q]?: Exclude<Q[K], undefined> };
}

export const bots = {
  list: () => take<Page<Bot>>(GET("/bots")),
  archived: () => take<Page<Bot>>(GET("/bots", { params: { query: { state: "archived" } } })),
  get: (bot: string) => take<Bot & { definition?: FlowDefinition }>(GET("/bots/{bot}", of(bot))),
  create: (body: { name: string; template?: string } & Partial<FlowParts>) => take<Bot>(POST("/bots", { body })),
  change: (bot: string, body: { name?: string; state?: Bot["state"]; version?: number }) => take<Bot>(PATCH("/bots/{bot}", { ...of(bot), body })),
  bind: (bot: string, account_id: string) => take<Bot>(POST("/bots/{bot}/accounts", { ...of(bot), body: { account_id } })),
  unbind: (bot: string, account: string) => take<undefined>(DELETE("/bots/{bot}/accounts/{account}", { params: { path: { bot, account } } })),
  export: (bot: string) => take<BotFile>(GET("/bots/{bot}/export", of(bot))),
  templates: () => take<{ items: BotTemplate[] }>(GET("/bot-templates")),

  draft: (bot: string) => take<BotDraft>(GET("/bots/{bot}/draft", of(bot))),
  /** Refused as draft_changed, with facts, when somebody else has saved since the revision. */
  saveDraft: (bot: string, body: { revision: number; definition: FlowDefinition; layout?: FlowLayout; tests?: FlowTest[] }) =>
    take<BotDraft>(PUT("/bots/{bot}/draft", { ...of(bot), body })),
  check: (body: { definition: FlowDefinition; bot_id?: string }) => take<FlowReport>(POST("/bots/check", { body })),
  /** One turn: give the state back that the turn before answered. */
  simulate: (
    bot: string,
    body: { definition?: FlowDefinition; channel: Channel; contact?: SimulatedContact; state?: string; session?: string; input: SimulatedInput; now_ms?: number },
  ) => take<Simulated>(POST("/bots/{bot}/simulate", { ...of(bot), body })),
  runTests: (bot: string, body: { definition?: FlowDefinition; tests?: FlowTest[] }) => take<TestOutcome>(POST("/bots/{bot}/tests/run", { ...of(bot), body })),
  record: (
    bot: string,
    body: { name: string; definition?: FlowDefinition; channel: Channel; contact?: SimulatedContact; session?: string; now_ms: number; steps: Record<string, unknown>[] },
  ) => take<FlowTest>(POST("/bots/{bot}/tests/record", { ...of(bot), body })),
  explore: (bot: string, body: { definition?: FlowDefinition; runs?: number; seed?: number }) => take<Exploration>(POST("/bots/{bot}/explore", { ...of(bot), body })),

  versions: (bot: string, cursor?: string) => take<Page<BotVersion>>(GET("/bots/{bot}/versions", asked(bot, filled({ cursor })))),
  version: (bot: string, number: number) => take<BotVersionFull>(GET("/bots/{bot}/versions/{number}", { params: { path: { bot, number } } })),
  /** What leads from one flow to another: a version's number, "live" or "draft". */
  diff: (bot: string, from: string, to: string) => take<{ changes: FlowChange[] }>(GET("/bots/{bot}/diff", asked(bot, { from, to }))),
  impact: (bot: string) => take<Impact>(GET("/bots/{bot}/impact", of(bot))),
  publish: (bot: string, body: { revision: number; note?: string; sessions?: Passage }) => take<Published>(POST("/bots/{bot}/publish", { ...of(bot), body })),
  rollBack: (bot: string, body: { number: number; revision?: number; note?: string; sessions?: Passage }) =>
    take<Published>(POST("/bots/{bot}/roll-back", { ...of(bot), body })),

  counts: (bot: string, version?: number) => take<BotCounts>(GET("/bots/{bot}/counts", asked(bot, filled({ version })))),
  sessions: (bot: string, query: { version?: number; node?: string; status?: BotSession["status"]; cursor?: string }) =>
    take<Page<BotSession>>(GET("/bots/{bot}/sessions", asked(bot, filled(query)))),
  /** What happened; with a version, what that one would have done. */
  replay: (bot: string, session: string, version?: number) =>
    take<{ conversation_id: string; turns: ReplayedTurn[] }>(
      GET("/bots/{bot}/sessions/{session}/replay", { params: { path: { bot, session }, query: filled({ version }) } }),
    ),

  secrets: () => take<{ items: BotSecret[] }>(GET("/bot-secrets")),
  putSecret: (name: string, value: string) => take<BotSecret>(PUT("/bot-secrets/{name}", { params: { path: { name } }, body: { value } })),
  dropSecret: (name: string) => take<undefined>(DELETE("/bot-secrets/{name}", { params: { path: { name } } })),
};
