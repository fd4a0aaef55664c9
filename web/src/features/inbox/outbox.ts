/**
 * What an attendant sent and the server has not confirmed yet. An entry keeps its idempotency key from the moment the
 * person pressed Enter until the outcome is known, so that a repeated attempt never sends twice. Entries survive a
 * reload; they go out in order, a conversation at a time, and wait while there is no network.
 */
import { retryDelay } from "@/api/live";
import { asProblem } from "@/api/problem";
import type { Message, Upload } from "@/api/types";

export interface Entry {
  key: string;
  conversationId: string;
  kind: "message" | "note";
  text: string;
  quoteId?: string;
  upload?: Upload;
  /** The upload was recorded and goes as a voice note. */
  voice?: boolean;
  createdMs: number;
  state: "waiting" | "sending" | "failed";
  /** Attempts so far that ended without an answer. */
  attempt: number;
  /** Why it failed; set with state failed. */
  problem?: { code: string; reason: string };
}

export type Action =
  | { type: "add"; entry: Entry }
  | { type: "sending"; key: string }
  | { type: "later"; key: string }
  | { type: "failed"; key: string; problem: { code: string; reason: string } }
  | { type: "again"; key: string }
  | { type: "gone"; key: string };

/** The next list of entries. Unknown keys change nothing. */
export function reduce(entries: Entry[], action: Action): Entry[] {
  switch (action.type) {
    case "add":
      return entries.some((entry) => entry.key === action.entry.key) ? entries : [...entries, action.entry];
    case "gone":
      return entries.some((entry) => entry.key === action.key) ? entries.filter((entry) => entry.key !== action.key) : entries;
    case "sending":
      return change(entries, action.key, (entry) => ({ ...entry, state: "sending" }));
    case "later":
      return change(entries, action.key, (entry) => ({ ...entry, state: "waiting", attempt: entry.attempt + 1 }));
    case "failed":
      return change(entries, action.key, (entry) => ({ ...entry, state: "failed", problem: action.problem }));
    case "again":
      return change(entries, action.key, ({ problem: _problem, ...entry }) => ({ ...entry, state: "waiting", attempt: 0 }));
  }
}

function change(entries: Entry[], key: string, how: (entry: Entry) => Entry): Entry[] {
  return entries.some((entry) => entry.key === key) ? entries.map((entry) => (entry.key === key ? how(entry) : entry)) : entries;
}

/** What may go out now: the first waiting entry of every conversation that is not sending one already. */
export function due(entries: Entry[]): Entry[] {
  const busy = new Set<string>();
  const out: Entry[] = [];
  for (const entry of entries) {
    if (entry.state === "failed" || busy.has(entry.conversationId)) continue;
    busy.add(entry.conversationId);
    if (entry.state === "waiting") out.push(entry);
  }
  return out;
}

/** Reads entries that a closed page left behind. One cut off while sending is tried again: its key makes that safe. */
export function restore(texts: string[]): Entry[] {
  const entries: Entry[] = [];
  for (const text of texts) {
    try {
      const entry = JSON.parse(text) as Entry;
      if (typeof entry.key !== "string" || typeof entry.conversationId !== "string" || typeof entry.text !== "string") continue;
      entries.push(entry.state === "sending" ? { ...entry, state: "waiting" } : entry);
    } catch {
      continue; // not ours, or torn
    }
  }
  return entries.sort((a, b) => a.createdMs - b.createdMs);
}

export type Send = (entry: Entry) => Promise<Message>;

/** Somebody waits for what stands here: try often, also where the browser does not tell that the network is back. */
const longestWaitMs = 8000;

type Timer = ReturnType<typeof setTimeout>;

/** The running outbox of one person in this tab. */
export class Outbox {
  private entries: Entry[];
  private readonly watchers = new Set<() => void>();
  private readonly timers = new Map<string, Timer>();
  private readonly prefix: string;
  private stopped = false;

  constructor(
    userId: string,
    private readonly send: Send,
    private readonly onSent: (entry: Entry, message: Message) => void,
    private readonly storage: Storage | null = safeStorage(),
  ) {
    this.prefix = `prosa-outbox.${userId}.`;
    this.entries = restore(this.kept());
    if (typeof window !== "undefined") window.addEventListener("online", this.flush);
    this.flush();
  }

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  readonly read = (): Entry[] => this.entries;

  add(entry: Omit<Entry, "state" | "attempt">): void {
    this.apply({ type: "add", entry: { ...entry, state: "waiting", attempt: 0 } });
    this.flush();
  }

  again(key: string): void {
    this.apply({ type: "again", key });
    this.flush();
  }

  drop(key: string): void {
    clearTimeout(this.timers.get(key));
    this.timers.delete(key);
    this.apply({ type: "gone", key });
  }

  /** Confirmed by an event before the answer came: the message is in the thread already. */
  confirmed(key: string): void {
    if (this.entries.some((entry) => entry.key === key)) this.drop(key);
  }

  stop(): void {
    this.stopped = true;
    if (typeof window !== "undefined") window.removeEventListener("online", this.flush);
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.watchers.clear();
  }

  readonly flush = (): void => {
    if (this.stopped) return;
    for (const timer of this.timers.values()) clearTimeout(timer);
    this.timers.clear();
    for (const entry of due(this.entries)) void this.attempt(entry);
  };

  private async attempt(entry: Entry): Promise<void> {
    this.apply({ type: "sending", key: entry.key });
    try {
      const message = await this.send(entry);
      if (this.stopped) return;
      this.apply({ type: "gone", key: entry.key });
      this.onSent(entry, message);
    } catch (error) {
      if (this.stopped) return;
      const problem = asProblem(error);
      if (problem.passing) {
        this.apply({ type: "later", key: entry.key });
        const wait = Math.max(problem.retryAfter * 1000, Math.min(longestWaitMs, retryDelay(entry.attempt)));
        this.timers.set(entry.key, setTimeout(this.flush, wait));
        return;
      }
      this.apply({ type: "failed", key: entry.key, problem: { code: problem.code, reason: problem.reason } });
    }
    // What waited behind this one may go now.
    for (const next of due(this.entries)) if (next.conversationId === entry.conversationId && !this.timers.has(next.key)) void this.attempt(next);
  }

  private apply(action: Action): void {
    const next = reduce(this.entries, action);
    if (next === this.entries) return;
    this.entries = next;
    this.keep(action.type === "add" ? action.entry.key : action.key);
    for (const watcher of this.watchers) watcher();
  }

  /** An item an entry, so that two tabs never overwrite each other's. */
  private keep(key: string): void {
    const entry = this.entries.find((each) => each.key === key);
    try {
      if (entry === undefined) this.storage?.removeItem(this.prefix + key);
      else this.storage?.setItem(this.prefix + key, JSON.stringify(entry));
    } catch {
      // full or blocked: the entry still goes out while the page is open
    }
  }

  private kept(): string[] {
    const texts: string[] = [];
    const storage = this.storage;
    if (storage === null) return texts;
    for (let i = 0; i < storage.length; i++) {
      const name = storage.key(i);
      if (name?.startsWith(this.prefix)) texts.push(storage.getItem(name) ?? "");
    }
    return texts;
  }
}

function safeStorage(): Storage | null {
  try {
    return typeof localStorage === "undefined" ? null : localStorage;
  } catch {
    return null; // blocked by the browser
  }
}
