/**
 * Live updates: one server-sent event stream a browser, since HTTP/1.1 allows six connections a host. The tab that
 * holds the Web Lock is the leader: it opens the stream and tells the others by BroadcastChannel. When it closes, the
 * lock passes on and the next leader resumes behind the last event that it heard of.
 */
import { SseReader, type SseEvent } from "./sse";

/** An event as it travels, see internal/event. */
export interface Envelope {
  v: number;
  id: string;
  tenant_id: string;
  type: string;
  at: number;
  conversation_id?: string;
  seq?: number;
  actor?: { kind: string; id?: string; name?: string };
  cause?: string;
  data: unknown;
}

export type LiveState = "connecting" | "live" | "down" | "offline";

/** What listeners get: an event of the company, or the order to read everything again. */
export type LiveEvent = { type: "event"; envelope: Envelope } | { type: "resync" } | { type: "revoked" };

type Wire =
  | { kind: "event"; id: string; envelope: Envelope }
  | { kind: "resync" }
  | { kind: "revoked" }
  | { kind: "state"; state: LiveState }
  | { kind: "ask" };

/** The server writes a comment each 20 s: after this silence the line is dead, whatever the browser thinks. */
const silenceMs = 45_000;
const firstRetryMs = 1000;
const lastRetryMs = 30_000;

/** Wait before attempt n (from 0): 1 s, times 1.5, at most 30 s, with a jitter of a quarter against herds. */
export function retryDelay(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(lastRetryMs, firstRetryMs * 1.5 ** attempt);
  return Math.round(base * (0.75 + random() * 0.5));
}

export class Live {
  private readonly listeners = new Set<(event: LiveEvent) => void>();
  private readonly watchers = new Set<() => void>();
  private readonly channel: BroadcastChannel | null;
  private readonly closing = new AbortController();
  private source: AbortController | null = null;
  private lastId = "";
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private current: LiveState = "connecting";
  private leader = false;

  /** scope keeps two people (or companies) in one browser apart. */
  constructor(
    private readonly url: string,
    scope: string,
  ) {
    this.channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel(`prosa-live-${scope}`);
    this.channel?.addEventListener("message", (message: MessageEvent<Wire>) => this.heard(message.data));
    const again = () => this.nudge();
    const signal = this.closing.signal;
    window.addEventListener("online", again, { signal });
    window.addEventListener("offline", () => this.leader && this.drop("offline"), { signal });
    document.addEventListener("visibilitychange", () => !document.hidden && again(), { signal });
    if (typeof navigator.locks === "undefined") {
      this.lead();
      return;
    }
    this.channel?.postMessage({ kind: "ask" } satisfies Wire);
    void navigator.locks
      .request(`prosa-live-${scope}`, { signal }, () => {
        if (signal.aborted) return Promise.resolve();
        this.lead();
        return new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve()));
      })
      .catch(() => undefined); // aborted while waiting: we were closed
  }

  get state(): LiveState {
    return this.current;
  }

  listen(listener: (event: LiveEvent) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** Calls back when state changes; for useSyncExternalStore. */
  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  close(): void {
    clearTimeout(this.timer);
    this.source?.abort();
    this.source = null;
    this.closing.abort();
    this.channel?.close();
    this.listeners.clear();
    this.watchers.clear();
  }

  private lead(): void {
    this.leader = true;
    this.open();
  }

  private open(): void {
    clearTimeout(this.timer);
    if (this.closing.signal.aborted) return;
    this.source?.abort();
    const source = new AbortController();
    this.source = source;
    if (this.current !== "live") this.move(navigator.onLine ? "connecting" : "offline");
    void this.read(source).catch(() => {
      // The line broke, or could not be opened. A stream that we replaced ourselves is not worth a retry.
      if (this.source === source) this.retry();
    });
  }

  /** Reads the stream until it ends; rejects when it should be opened again. */
  private async read(source: AbortController): Promise<void> {
    const url = this.lastId === "" ? this.url : `${this.url}?last=${encodeURIComponent(this.lastId)}`;
    const response = await fetch(url, {
      headers: { Accept: "text/event-stream" },
      cache: "no-store",
      credentials: "same-origin",
      signal: source.signal,
    });
    if (response.status === 401) {
      this.tell({ kind: "revoked" });
      this.drop("down");
      return;
    }
    if (!response.ok || response.body === null) throw new Error(`stream refused with ${response.status}`);
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    const parser = new SseReader();
    let watchdog = setTimeout(() => source.abort(), silenceMs);
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) throw new Error("stream ended");
        clearTimeout(watchdog);
        watchdog = setTimeout(() => source.abort(), silenceMs);
        for (const event of parser.push(value)) if (!this.took(event)) return;
      }
    } finally {
      clearTimeout(watchdog);
    }
  }

  /** Gives false when the stream must not be opened again. */
  private took(event: SseEvent): boolean {
    const data = parse(event.data);
    if (data === null) return true;
    switch (event.type) {
      case "hello":
        this.attempt = 0;
        this.move("live");
        return true;
      case "resync":
        this.tell({ kind: "resync" });
        return true;
      case "bye":
        if (data.reason !== "revoked") return true; // the server closes, and we come again
        this.tell({ kind: "revoked" });
        this.drop("down");
        return false;
    }
    const stored = "v" in data && "type" in data;
    const envelope = stored
      ? (data as unknown as Envelope)
      : { v: 1, id: "", tenant_id: "", type: event.type, at: Date.now(), data };
    this.tell({ kind: "event", id: stored ? event.id : "", envelope });
    return true;
  }

  private retry(): void {
    this.drop(navigator.onLine ? "down" : "offline");
    this.timer = setTimeout(() => this.open(), retryDelay(this.attempt));
    this.attempt += 1;
  }

  private drop(state: LiveState): void {
    clearTimeout(this.timer);
    this.source?.abort();
    this.source = null;
    this.move(state);
  }

  /** The network or the person is back: do not wait out the delay. */
  private nudge(): void {
    if (!this.leader || this.source !== null) return;
    this.attempt = 0;
    this.open();
  }

  private move(state: LiveState): void {
    this.tell({ kind: "state", state });
  }

  private tell(wire: Wire): void {
    this.take(wire);
    this.channel?.postMessage(wire);
  }

  private heard(wire: Wire): void {
    if (wire.kind === "ask") {
      if (this.leader) this.channel?.postMessage({ kind: "state", state: this.current } satisfies Wire);
      return;
    }
    if (!this.leader) this.take(wire);
  }

  private take(wire: Wire): void {
    switch (wire.kind) {
      case "state":
        if (this.current === wire.state) return;
        this.current = wire.state;
        for (const watcher of this.watchers) watcher();
        return;
      case "event":
        if (wire.id !== "") this.lastId = wire.id;
        this.emit({ type: "event", envelope: wire.envelope });
        return;
      case "resync":
        this.lastId = "";
        this.emit({ type: "resync" });
        return;
      case "revoked":
        this.emit({ type: "revoked" });
        return;
      case "ask":
        return;
    }
  }

  private emit(event: LiveEvent): void {
    for (const listener of this.listeners) listener(event);
  }
}

function parse(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null; // a torn line: the version rule and the next resync mend what it said
  }
}
