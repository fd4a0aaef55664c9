/** The shapes that the builder's API speaks, as far as the pages use them. Times are milliseconds and end in _ms. */
import { client, take } from "@/api/client";
import type { Channel, Content, Page } from "@/api/types";

/** A text in the flow's default language, or one a language. */
export type Local = string | Record<string, string>;

/** A node of a flow; what each kind holds besides stands in api/flow.schema.json. */
export interface FlowNode {
  name: string;
  kind: string;
  [field: string]: unknown;
}

export interface Definition {
  schema: number;
  name: string;
  languages: string[];
  start: string;
  variables?: Record<string, string | number | boolean>;
  settings?: Record<string, unknown>;
  nodes: FlowNode[];
}

export interface Layout {
  nodes: Record<string, { x: number; y: number }>;
  notes?: { x: number; y: number; text: string }[];
}

export interface Issue {
  weight: "error" | "warning";
  node: string;
  code: string;
  args?: Record<string, unknown>;
  sentence: string;
}

export interface GraphExit {
  label: string;
  to: string;
  optional?: boolean;
  waited?: boolean;
}

export interface Graph {
  nodes: { name: string; kind: string; summary: string; exits: GraphExit[] }[];
  variables: { name: string; set_by: string[]; read_by: string[] }[];
  flows: string[];
  secrets: string[];
}

/** An exit that was taken. */
export interface Passed {
  node: string;
  exit: string;
}

export interface Bot {
  id: string;
  name: string;
  key: string;
  state: "active" | "archived";
  live_number: number;
  draft_differs: boolean;
  sessions_live: number;
  accounts: { id: string; name: string; channel: Channel }[];
  created_ms: number;
  version: number;
}

export interface Draft {
  bot_id: string;
  revision: number;
  definition: Definition;
  layout: Layout;
  tests: FlowTest[];
  author_id: string;
  author_name: string;
  updated_ms: number;
  based_on: number;
  differs: boolean;
}

export interface Checked {
  ok: boolean;
  issues: Issue[];
  hash: string;
  graph: Graph | null;
}

export type TestStep = Record<string, unknown>;

export interface FlowTest {
  name: string;
  channel?: Channel;
  contact?: { name?: string; language?: string; fields?: Record<string, string> };
  now?: string;
  steps: TestStep[];
}

export interface TestResult {
  name: string;
  passed: boolean;
  /** Index of the step that failed, -1 when none did. */
  step: number;
  expected?: unknown;
  got?: unknown;
  sentence: string;
}

export interface Coverage {
  nodes: Record<string, number>;
  exits: Record<string, number>;
}

export interface TestRun {
  passed: number;
  failed: number;
  results: TestResult[];
  coverage: Coverage;
}

export interface Failure {
  invariant: string;
  sentence: string;
  transcript: { by: "customer" | "bot" | "time" | "web"; text: string }[];
  test: FlowTest;
}

export interface Explored {
  runs: number;
  seed: number;
  failures: Failure[];
}

export type SimulatedInput =
  | { kind: "start" }
  | { kind: "message"; content: Content }
  | { kind: "timer"; timer: string }
  | { kind: "answer"; answer: { id: string; ok: boolean; status: number; body: string; error?: string } };

/** One message as its channel shows it. */
export interface Laid {
  content: Content;
  /** The parts after the channel's limits and ladder. */
  lay: { shape: "text" | "buttons" | "list" | "keyboard" | "quick" | "numbered" | "media" | string; text: string; button?: string; options?: { id: string; title: string; description?: string; url?: string }[] }[];
}

export interface Simulated {
  state: string;
  status: "waiting" | "ended" | "handed_off" | "failed" | string;
  node: string;
  variables: Record<string, unknown>;
  messages: Laid[];
  effects: Record<string, unknown>[];
  trail: Passed[];
  timer: { name: string; at_ms: number } | null;
  ask: { id: string; node: string; kind: string; request: unknown } | null;
}

export interface Version {
  number: number;
  hash: string;
  note: string;
  author_id: string;
  author_name: string;
  created_ms: number;
  live: boolean;
  sessions: number;
}

export type VersionDetail = Version & { definition: Definition; layout: Layout; tests: FlowTest[] };

export interface Change {
  node: string;
  what: string;
  field?: string;
  before?: string;
  after?: string;
  sentence: string;
}

export interface Impact {
  sessions: number;
  versions: { number: number; sessions: number; nodes: Record<string, number> }[];
  removed: { node: string; sessions: number }[];
}

/** What happens to the people who are in the middle of a conversation. */
export type Passage = "drain" | "move" | "restart";

export interface NodeCount {
  node: string;
  entered: number;
  waiting: number;
  left: number;
  exits: { exit: string; count: number }[];
}

export interface Counts {
  version: number;
  nodes: NodeCount[];
  since_ms: number;
}

export interface BotSession {
  session_id: string;
  conversation_id: string;
  contact_name: string;
  version: number;
  node: string;
  status: string;
  started_ms: number;
  updated_ms: number;
}

export interface ReplayTurn {
  seq: number;
  at_ms: number;
  input: { kind: string; content?: Content; timer?: string; answer?: { status?: number; ok?: boolean } };
  node: string;
  status: string;
  variables: Record<string, unknown>;
  effects: Record<string, unknown>[];
  trail: Passed[];
  same: boolean;
}

export interface Template {
  name: string;
  title: string;
  description: string;
  definition: Definition;
  layout: Layout;
}

export interface Secret {
  name: string;
  updated_ms: number;
}

type Call = (path: string, options?: { params?: { path?: Record<string, string>; query?: Record<string, string | number> }; body?: unknown }) => Promise<{ data?: unknown; error?: unknown; response: Response }>;
const { GET, POST, PUT, PATCH, DELETE } = client as unknown as Record<"GET" | "POST" | "PUT" | "PATCH" | "DELETE", Call>;
const of = (bot: string, query?: Record<string, string | number>) => ({ params: { path: { bot }, ...(query === undefined ? {} : { query }) } });
const filled = (query: Record<string, string | number | undefined>) => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined && value !== "")) as Record<string, string | number>;

export const builder = {
  list: () => take<{ items: Bot[] }>(GET("/bots")),
  get: (bot: string) => take<Bot>(GET("/bots/{bot}", of(bot))),
  create: (body: { name: string; template?: string; definition?: unknown; layout?: unknown; tests?: unknown }) => take<Bot>(POST("/bots", { body })),
  change: (bot: string, body: { name?: string; state?: Bot["state"]; version?: number }) => take<Bot>(PATCH("/bots/{bot}", { ...of(bot), body })),
  draft: (bot: string) => take<Draft>(GET("/bots/{bot}/draft", of(bot))),
  saveDraft: (bot: string, body: { revision: number; definition: Definition; layout: Layout; tests: FlowTest[] }) => take<Draft>(PUT("/bots/{bot}/draft", { ...of(bot), body })),
  check: (body: { definition: Definition; bot_id?: string }) => take<Checked>(POST("/bots/check", { body })),
  simulate: (bot: string, body: { definition?: Definition; channel: Channel; contact?: FlowTest["contact"]; state: string; input: SimulatedInput; now_ms: number }) =>
    take<Simulated>(POST("/bots/{bot}/simulate", { ...of(bot), body })),
  runTests: (bot: string, body: { definition?: Definition; tests?: FlowTest[] }) => take<TestRun>(POST("/bots/{bot}/tests/run", { ...of(bot), body })),
  record: (bot: string, body: { name: string; definition?: Definition; channel: Channel; contact?: FlowTest["contact"]; now_ms: number; steps: TestStep[] }) =>
    take<FlowTest>(POST("/bots/{bot}/tests/record", { ...of(bot), body })),
  explore: (bot: string, body: { definition?: Definition; runs: number; seed: number }) => take<Explored>(POST("/bots/{bot}/explore", { ...of(bot), body })),
  versions: (bot: string, cursor?: string) => take<Page<Version>>(GET("/bots/{bot}/versions", of(bot, filled({ cursor })))),
  version: (bot: string, number: number) => take<VersionDetail>(GET("/bots/{bot}/versions/{number}", { params: { path: { bot, number: String(number) } } })),
  diff: (bot: string, from: string, to: string) => take<{ changes: Change[] }>(GET("/bots/{bot}/diff", of(bot, { from, to }))),
  impact: (bot: string) => take<Impact>(GET("/bots/{bot}/impact", of(bot))),
  publish: (bot: string, body: { revision: number; note: string; sessions: Passage }) => take<Version>(POST("/bots/{bot}/publish", { ...of(bot), body })),
  rollBack: (bot: string, body: { number: number; note: string; sessions: Passage }) => take<Version>(POST("/bots/{bot}/roll-back", { ...of(bot), body })),
  counts: (bot: string, version?: number) => take<Counts>(GET("/bots/{bot}/counts", of(bot, filled({ version })))),
  sessions: (bot: string, query: { version?: number; node?: string; status?: string; cursor?: string }) => take<Page<BotSession>>(GET("/bots/{bot}/sessions", of(bot, filled(query)))),
  replay: (bot: string, session: string) => take<{ turns: ReplayTurn[] }>(GET("/bots/{bot}/sessions/{session}/replay", { params: { path: { bot, session } } })),
  bind: (bot: string, account_id: string) => take<unknown>(POST("/bots/{bot}/accounts", { ...of(bot), body: { account_id } })),
  unbind: (bot: string, account_id: string) => take<unknown>(DELETE("/bots/{bot}/accounts", { ...of(bot), body: { account_id } })),
  templates: () => take<{ items: Template[] }>(GET("/bot-templates")),
  secrets: () => take<{ items: Secret[] }>(GET("/bot-secrets")),
  setSecret: (name: string, value: string) => take<Secret>(PUT("/bot-secrets/{name}", { params: { path: { name } }, body: { value } })),
  dropSecret: (name: string) => take<undefined>(DELETE("/bot-secrets/{name}", { params: { path: { name } } })),
  export: (bot: string) => take<{ definition: Definition; layout: Layout; tests: FlowTest[] }>(GET("/bots/{bot}/export", of(bot))),
};

/** Keys of what is kept of the server's answers. */
export const keys = {
  bots: ["bots"],
  bot: (bot: string) => ["bots", bot],
  draft: (bot: string) => ["bots", bot, "draft"],
  versions: (bot: string) => ["bots", bot, "versions"],
  impact: (bot: string) => ["bots", bot, "impact"],
  counts: (bot: string, version: number) => ["bots", bot, "counts", version],
  secrets: ["bot-secrets"],
  templates: ["bot-templates"],
} as const;
