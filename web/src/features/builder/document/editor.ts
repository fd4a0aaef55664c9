import type { Graph, Issue } from "../contract";
import type { Document } from "./change";
import { begin, record, redo, undo, type History } from "./history";
import type { Paint } from "./port";

/** What the form beside the canvas shows. */
export type Side = "node" | "settings" | "variables" | "issues" | null;

export interface EditorState {
  history: History<Document>;
  document: Document;
  /** Names of the chosen nodes; the last one is the one that keys act on. */
  selection: readonly string[];
  /** The chosen way, as "node/exit". */
  edge: string;
  side: Side;
  issues: readonly Issue[];
  graph: Graph | null;
  proved: boolean;
  paint: Paint | null;
  readOnly: boolean;
}

/** The open editor: the document with its history, and what is chosen and shown. Independent of React. */
export class Editor {
  private state: EditorState;
  private readonly watchers = new Set<() => void>();
  private shower: (names: readonly string[]) => void = () => undefined;

  constructor(document: Document, readOnly: boolean, private readonly now: () => number = () => Date.now()) {
    this.state = {
      history: begin(document), document, selection: [], edge: "", side: null,
      issues: [], graph: null, proved: false, paint: null, readOnly,
    };
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  readonly read = (): EditorState => this.state;

  /** Takes what brings nodes into view; gives what takes it back. */
  show(shower: (names: readonly string[]) => void): () => void {
    this.shower = shower;
    return () => {
      this.shower = () => undefined;
    };
  }

  /** Brings nodes into view, where a canvas shows them. */
  readonly reveal = (names: readonly string[]): void => this.shower(names);

  get document(): Document {
    return this.state.document;
  }

  /** Changes the document as one step of the history; steps of one group that follow closely are one. */
  apply(change: (document: Document) => Document, group = ""): void {
    if (this.state.readOnly) return;
    this.go(record(this.state.history, change(this.state.document), group, this.now()));
  }

  undo(): void {
    if (!this.state.readOnly) this.go(undo(this.state.history));
  }

  redo(): void {
    if (!this.state.readOnly) this.go(redo(this.state.history));
  }

  select(names: readonly string[], side: Side | undefined = undefined): void {
    const same = names.length === this.state.selection.length && names.every((name, i) => name === this.state.selection[i]);
    if (same && this.state.edge === "" && (side === undefined || side === this.state.side)) return;
    this.set({ selection: same ? this.state.selection : names, edge: "", ...(side === undefined ? {} : { side }) });
  }

  set(change: Partial<Pick<EditorState, "selection" | "edge" | "side" | "issues" | "graph" | "proved" | "paint" | "readOnly">>): void {
    this.state = { ...this.state, ...change };
    for (const watcher of this.watchers) watcher();
  }

  private go(history: History<Document>): void {
    if (history === this.state.history) return;
    const known = new Set(history.present.definition.nodes.map((node) => node.name));
    const selection = this.state.selection.filter((name) => known.has(name));
    this.state = { ...this.state, history, document: history.present, selection, edge: "" };
    for (const watcher of this.watchers) watcher();
  }
}
