// @vitest-environment node
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import { emptyJourney } from "@/test/signup";
import type { Journey, Patch } from "./contract";
import { Saver, type SaveState, type Shelf } from "./saver";

function shelfOf(kept: Patch = {}): Shelf & { kept: Patch } {
  const shelf = {
    kept,
    read: () => shelf.kept,
    write: (patch: Patch) => {
      shelf.kept = patch;
    },
  };
  return shelf;
}

/** A server that answers when it is told to. */
function house(kept: Patch = {}) {
  const sent: Patch[] = [];
  const waiting: { done: (journey: Journey) => void; fail: (error: unknown) => void }[] = [];
  const states: SaveState[] = [];
  const shelf = shelfOf(kept);
  let lost = 0;
  const saver = new Saver({
    send: (patch) => {
      sent.push(patch);
      return new Promise((done, fail) => waiting.push({ done, fail }));
    },
    heard: () => undefined,
    changed: (state) => states.push(state),
    lost: () => lost++,
    shelf,
    delayMs: 500,
  });
  const settle = async (act: (waiter: (typeof waiting)[number]) => void) => {
    const waiter = waiting.shift();
    if (waiter === undefined) throw new Error("nothing was sent");
    act(waiter);
    await vi.advanceTimersByTimeAsync(0);
  };
  return { saver, sent, states, shelf, lost: () => lost, ok: () => settle((each) => each.done(emptyJourney())), fail: (status: number, code: string) => settle((each) => each.fail(new Problem(status, code, "", ""))) };
}

beforeEach(() => vi.useFakeTimers());
afterEach(() => vi.useRealTimers());

describe("saving as people type", () => {
  it("gathers keystrokes into one request and says when all is safe", async () => {
    const { saver, sent, states, shelf, ok } = house();
    saver.edit({ name: "M" });
    saver.edit({ name: "Ma" });
    saver.edit({ name: "Mar", phone: "1" });
    expect(shelf.kept).toEqual({ name: "Mar", phone: "1" });
    await vi.advanceTimersByTimeAsync(499);
    expect(sent).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(sent).toEqual([{ name: "Mar", phone: "1" }]);
    await ok();
    expect(saver.state).toBe("saved");
    expect(shelf.kept).toEqual({});
    expect(new Set(states)).toEqual(new Set(["waiting", "saving", "saved"]));
  });

  it("sends what was changed during a request in the next one, and one at a time", async () => {
    const { saver, sent, ok } = house();
    saver.edit({ name: "A", street: "x" });
    await vi.advanceTimersByTimeAsync(500);
    saver.edit({ name: "B" });
    await vi.advanceTimersByTimeAsync(5000);
    expect(sent.length).toBe(1);
    await ok();
    expect(saver.unsaved).toEqual({ name: "B" });
    await vi.advanceTimersByTimeAsync(500);
    expect(sent[1]).toEqual({ name: "B" });
    await ok();
    expect(saver.dirty).toBe(false);
  });

  it("keeps what could not be sent, tries again by itself, and at once when the network is back", async () => {
    const { saver, sent, shelf, ok, fail } = house();
    saver.edit({ name: "A" });
    await vi.advanceTimersByTimeAsync(500);
    await fail(0, "offline");
    expect(saver.state).toBe("offline");
    expect(shelf.kept).toEqual({ name: "A" });
    await vi.advanceTimersByTimeAsync(1000);
    expect(sent.length).toBe(2);
    await fail(503, "unavailable");
    saver.nudge();
    await vi.advanceTimersByTimeAsync(0);
    expect(sent.length).toBe(3);
    await ok();
    expect(saver.state).toBe("saved");
  });

  it("sends at once what waited on the shelf since the last visit", async () => {
    const { saver, sent, ok } = house({ city: "Recife" });
    expect(saver.dirty).toBe(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual([{ city: "Recife" }]);
    await ok();
    expect(saver.dirty).toBe(false);
  });

  it("does not send for ever what is refused, and tells when the purchase is gone", async () => {
    const { saver, sent, shelf, fail, lost } = house();
    saver.edit({ name: "x".repeat(999) });
    await vi.advanceTimersByTimeAsync(500);
    await fail(422, "invalid");
    expect(saver.state).toBe("refused");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(sent.length).toBe(1);
    expect(shelf.kept).toEqual({});
    expect(lost()).toBe(0);
    saver.edit({ name: "y" });
    await vi.advanceTimersByTimeAsync(500);
    await fail(404, "not_found");
    expect(lost()).toBe(1);
  });

  it("flushes everything before somebody goes on, and says when it could not", async () => {
    const { saver, ok, fail } = house();
    saver.edit({ name: "A" });
    const first = saver.flush();
    saver.edit({ phone: "2" });
    await ok();
    await ok();
    expect(await first).toBe(true);
    saver.edit({ name: "C" });
    const second = saver.flush();
    await fail(0, "offline");
    expect(await second).toBe(false);
    saver.stop();
  });
});
