import { asProblem } from "@/api/problem";
import type { Field, Journey, Patch } from "./contract";

export type SaveState = "saved" | "waiting" | "saving" | "offline" | "refused";

/** Where edits wait that the server has not got: they survive a reload and a dead battery. */
export interface Shelf {
  read(): Patch;
  write(patch: Patch): void;
}

export function storageShelf(journeyId: string, storage: () => Storage = () => localStorage): Shelf {
  const key = `prosa-signup-${journeyId}`;
  return {
    read() {
      try {
        const kept: unknown = JSON.parse(storage().getItem(key) ?? "{}");
        return typeof kept === "object" && kept !== null ? (kept as Patch) : {};
      } catch {
        return {};
      }
    },
    write(patch) {
      try {
        if (Object.keys(patch).length === 0) storage().removeItem(key);
        else storage().setItem(key, JSON.stringify(patch));
      } catch {
        // storage may be blocked: the edits live as long as the page
      }
    },
  };
}

interface Wires {
  send: (patch: Patch) => Promise<Journey>;
  /** Each answer of the server. */
  heard: (journey: Journey) => void;
  changed: (state: SaveState) => void;
  /** The purchase is no longer there: it ran out, or was ended elsewhere. */
  lost: () => void;
  shelf: Shelf;
  delayMs?: number;
}

const defaultDelayMs = 600;
const maxBackoffMs = 15_000;

/**
 * Saves as people type: edits gather for a moment, one request flies at a time, and the newest value of a field wins.
 * What could not be sent is kept and sent again by itself.
 */
export class Saver {
  private pending: Patch;
  private flying: Promise<void> | null = null;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private fails = 0;
  private over = false;
  state: SaveState;

  constructor(private readonly wires: Wires) {
    this.pending = wires.shelf.read();
    this.state = this.dirty ? "waiting" : "saved";
    if (this.dirty) this.schedule(0);
  }

  get dirty(): boolean {
    return Object.keys(this.pending).length > 0;
  }

  /** The values that the server has not confirmed. */
  get unsaved(): Readonly<Patch> {
    return this.pending;
  }

  edit(patch: Patch): void {
    this.pending = { ...this.pending, ...patch };
    this.wires.shelf.write(this.pending);
    this.tell(this.state === "offline" ? "offline" : "waiting");
    this.schedule(this.wires.delayMs ?? defaultDelayMs);
  }

  /** Sends all that waits and says whether the server has everything. */
  async flush(): Promise<boolean> {
    for (let round = 0; this.dirty && round < 4; round++) {
      clearTimeout(this.timer);
      await (this.flying ?? this.fly());
      if (this.state === "offline" || this.over) break;
    }
    if (this.flying !== null) await this.flying;
    return !this.dirty;
  }

  /** The network is back, or somebody asks to try at once. */
  readonly nudge = (): void => {
    if (!this.dirty) return;
    this.fails = 0;
    this.schedule(0);
  };

  stop(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private tell(state: SaveState): void {
    this.state = state;
    this.wires.changed(state);
  }

  private schedule(ms: number): void {
    clearTimeout(this.timer);
    if (this.over) return;
    this.timer = setTimeout(() => {
      if (this.flying === null && this.dirty) void this.fly();
    }, ms);
  }

  private fly(): Promise<void> {
    this.flying = this.send().finally(() => {
      this.flying = null;
      if (this.dirty && !this.over && this.fails === 0) this.schedule(this.wires.delayMs ?? defaultDelayMs);
    });
    return this.flying;
  }

  private async send(): Promise<void> {
    const sent = this.pending;
    this.tell("saving");
    try {
      const journey = await this.wires.send(sent);
      if (this.over) return;
      this.settle(sent);
      this.fails = 0;
      this.tell(this.dirty ? "waiting" : "saved");
      this.wires.heard(journey);
    } catch (error) {
      if (this.over) return;
      const problem = asProblem(error);
      if (problem.passing) {
        this.fails++;
        this.tell("offline");
        this.schedule(Math.min(maxBackoffMs, 1000 * 2 ** (this.fails - 1)));
        return;
      }
      // A refusal stays one: the same values are not sent for ever.
      this.settle(sent);
      this.fails = 0;
      if (problem.code === "not_found") this.wires.lost();
      this.tell("refused");
    }
  }

  /** Drops what was sent, save for what was changed meanwhile. */
  private settle(sent: Patch): void {
    this.pending = Object.fromEntries((Object.keys(this.pending) as Field[]).filter((field) => !(field in sent) || this.pending[field] !== sent[field]).map((field) => [field, this.pending[field]])) as Patch;
    this.wires.shelf.write(this.pending);
  }
}
