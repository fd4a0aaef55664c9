/** The builder's names for what its API speaks. */
import { bots, type BotSession as Session, type FlowGraph } from "@/api/bot";
import type { components } from "@/api/schema";

export type {
  Bot,
  BotCounts as Counts,
  BotDraft as Draft,
  BotFile,
  BotSecret as Secret,
  BotSession,
  BotTemplate as Template,
  BotVersion as Version,
  FlowChange as Change,
  FlowDefinition as Definition,
  FlowGraph as Graph,
  FlowIssue as Issue,
  FlowLayout as Layout,
  FlowNode,
  FlowReport as Checked,
  FlowTest,
  Impact,
  Local,
  Passage,
  Passed,
  ReplayedTurn as ReplayTurn,
  Shown,
  Simulated,
  SimulatedInput,
  Spoken,
  TestOutcome as TestRun,
} from "@/api/bot";

export type GraphExit = FlowGraph["nodes"][number]["exits"][number];
export type NodeCount = components["schemas"]["BotNodeCount"];
export type TestResult = components["schemas"]["BotTestResult"];
export type TestStep = Record<string, unknown>;
export type Failure = Awaited<ReturnType<typeof bots.explore>>["failures"][number];
export type SessionStatus = Session["status"];

export const builder = bots;

/** Keys of what is kept of the server's answers. */
export const keys = {
  bots: ["bots"],
  archived: ["archived-bots"],
  bot: (bot: string) => ["bots", bot],
  draft: (bot: string) => ["bots", bot, "draft"],
  versions: (bot: string) => ["bots", bot, "versions"],
  impact: (bot: string) => ["bots", bot, "impact"],
  counts: (bot: string, version: number) => ["bots", bot, "counts", version],
  secrets: ["bot-secrets"],
  templates: ["bot-templates"],
} as const;
