import { asProblem } from "@/api/problem";
import type { Draft } from "../contract";
import type { Document } from "./change";

/** What stands between the page and the server's copy of the draft. */
export type SaveState =
  | { kind: "saved" }
  | { kind: "waiting" }
  | { kind: "saving" }
  /** No answer came: it is tried again, and a copy is in this browser. */
  | { kind: "offline" }
  /** The server said no for another reason than a newer draft. */
  | { kind: "refused"; error: unknown }
  /** Somebody saved meanwhile; nothing more is sent until a person decides. */
  | { kind: "conflict"; theirs: Draft };

export interface Store {
  put: (body: { revision: number; definition: Document["definition"]; layout: Document["layout"]; tests: Document["tests"] }) => Promise<Draft>;
  get: () => Promise<Draft>;
  /** Keeps a copy in this browser; null drops it. */
  keep: (copy: { revision: number; document: Document } | null) => void;
}

const pauseMs = 1000;
const againMs = 5000;

/** Sends the draft a moment after each change, one request at a time, and never over somebody else's work. */
export class Saver {
  private state: SaveState = { kind: "saved" };
  private saved: Document;
  private wanted: Document;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private running: Promise<void> | null = null;
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly store: Store,
    private draft: Draft,
    start: Document,
  ) {
    this.saved = start;
    this.wanted = start;
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  readonly read = (): SaveState => this.state;
  /** The server's draft as last seen: its revision, author and time. */
  readonly server = (): Draft => this.draft;

  /** Takes note of what the document is now. */
  want(document: Document): void {
    if (document === this.wanted) return;
    this.wanted = document;
    if (document === this.saved) {
      clearTimeout(this.timer);
      this.store.keep(null);
      if (this.running === null && this.state.kind !== "conflict") this.enter({ kind: "saved" });
      return;
    }
    this.store.keep({ revision: this.draft.revision, document });
    if (this.state.kind === "conflict") return;
    if (this.running === null) {
      this.enter({ kind: "waiting" });
      this.later(pauseMs);
    }
  }

  /** Sends what is not saved yet and waits for it; resolves to the server's revision, throws where it was refused. */
  async flush(): Promise<number> {
    clearTimeout(this.timer);
    if (this.running !== null) await this.running;
    if (this.wanted !== this.saved && this.state.kind !== "conflict") await this.send();
    if (this.state.kind === "refused") throw this.state.error;
    if (this.wanted !== this.saved) throw new Error(this.state.kind === "conflict" ? "the draft was changed elsewhere" : "the draft could not be saved");
    return this.draft.revision;
  }

  get dirty(): boolean {
    return this.wanted !== this.saved;
  }

  /** Puts what stands here over the other draft, which has been looked at. */
  overwrite(): void {
    if (this.state.kind !== "conflict") return;
    this.draft = this.state.theirs;
    this.enter({ kind: "waiting" });
    void this.send();
  }

  /** Goes on from a draft of the server's; the document that shows it counts as saved. */
  adopt(draft: Draft, document: Document): void {
    clearTimeout(this.timer);
    this.draft = draft;
    this.saved = document;
    this.wanted = document;
    this.store.keep(null);
    this.enter({ kind: "saved" });
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private later(ms: number): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.send(), ms);
  }

  private send(): Promise<void> {
    this.running ??= this.run().finally(() => {
      this.running = null;
      if (this.wanted !== this.saved && this.state.kind === "saved") {
        this.enter({ kind: "waiting" });
        this.later(pauseMs);
      }
    });
    return this.running;
  }

  private async run(): Promise<void> {
    const document = this.wanted;
    this.enter({ kind: "saving" });
    try {
      this.draft = await this.store.put({ revision: this.draft.revision, definition: document.definition, layout: document.layout, tests: document.tests });
      this.saved = document;
      if (this.wanted === document) this.store.keep(null);
      this.enter({ kind: "saved" });
    } catch (error) {
      await this.failed(error);
    }
  }

  private async failed(error: unknown): Promise<void> {
    const problem = asProblem(error);
    if (problem.status === 409) {
      try {
        this.enter({ kind: "conflict", theirs: await this.store.get() });
      } catch {
        this.enter({ kind: "offline" });
        this.later(againMs);
      }
    } else if (problem.passing) {
      this.enter({ kind: "offline" });
      this.later(againMs);
    } else {
      this.enter({ kind: "refused", error });
    }
  }

  private enter(state: SaveState): void {
    this.state = state;
    for (const watcher of this.watchers) watcher();
  }
}
