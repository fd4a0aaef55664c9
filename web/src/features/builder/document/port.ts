/**
 * What the panels of the editor know of the document, and what they may paint on the canvas. The editor provides it;
 * nothing else passes between the two.
 */
import type { Definition, FlowTest, Graph, Issue, Layout, NodeCount, Passed } from "../contract";

/** The open draft of one bot. */
export interface BuilderDocument {
  botId: string;
  botName: string;
  definition: Definition;
  layout: Layout;
  tests: FlowTest[];
  /** What the last check found; empty while none has answered. */
  issues: Issue[];
  /** What the last check read out of the definition, also of a broken one. */
  graph: Graph | null;
  /** The last check found nothing that keeps the flow from being published. */
  proved: boolean;
  /** The saved draft is not what is live. */
  differs: boolean;
  /** Nothing may be changed: no permission, or an old version is looked at. */
  readOnly: boolean;
  /** Chooses a node on the canvas and brings it into view; its form opens. */
  select(node: string): void;
  setTests(tests: FlowTest[]): void;
  /** Saves what is not saved yet; resolves to the revision that the server now has. */
  save(): Promise<number>;
  /** Takes the server's draft anew, as after a roll-back. */
  reload(): Promise<void>;
}

/** What a panel paints on the canvas; one at a time, null clears it. */
export type Paint =
  /** The way that a simulated or replayed session took, in order, and the node where it stands; empty when it ended. */
  | { kind: "trail"; passed: Passed[]; at: string }
  /** How often the tests passed a node, and an exit by "node/exit". */
  | { kind: "coverage"; nodes: Record<string, number>; exits: Record<string, number> }
  /** How many sessions passed each node. */
  | { kind: "counts"; nodes: Record<string, NodeCount> };

export interface PanelProps {
  document: BuilderDocument;
  onPaint: (paint: Paint | null) => void;
}
