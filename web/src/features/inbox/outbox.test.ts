// @vitest-environment jsdom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { Message } from "@/api/types";
import { message } from "@/test/sample";
import { due, Outbox, reduce, restore, type Entry } from "./outbox";

const entry = (key: string, fields: Partial<Entry> = {}): Entry => ({ key, conversationId: "c1", kind: "message", text: key, createdMs: 1, state: "waiting", attempt: 0, ...fields });

describe("reduce", () => {
  it("adds a key once", () => {
    const one = reduce([], { type: "add", entry: entry("a") });
    expect(reduce(one, { type: "add", entry: entry("a", { text: "outro" }) })).toBe(one);
  });

  it("changes nothing for an unknown key", () => {
    const entries = [entry("a")];
    expect(reduce(entries, { type: "gone", key: "x" })).toBe(entries);
    expect(reduce(entries, { type: "failed", key: "x", problem: { code: "refused", reason: "" } })).toBe(entries);
  });

  it("forgets the problem when it is tried again", () => {
    const failed = reduce([entry("a")], { type: "failed", key: "a", problem: { code: "refused", reason: "window_closed" } });
    expect(failed[0]).toMatchObject({ state: "failed", problem: { reason: "window_closed" } });
    const again = reduce(failed, { type: "again", key: "a" });
    expect(again[0]).toMatchObject({ state: "waiting", attempt: 0 });
    expect(again[0]).not.toHaveProperty("problem");
  });
});

describe("due", () => {
  it("sends one at a time in a conversation, and conversations side by side", () => {
    const entries = [entry("a"), entry("b"), entry("c", { conversationId: "c2" })];
    expect(due(entries).map((each) => each.key)).toEqual(["a", "c"]);
  });

  it("holds a conversation while something is being sent, and passes over what was refused", () => {
    expect(due([entry("a", { state: "sending" }), entry("b")])).toEqual([]);
    expect(due([entry("a", { state: "failed" }), entry("b")]).map((each) => each.key)).toEqual(["b"]);
  });
});

describe("restore", () => {
  it("sends again what was cut off, in the old order, and skips what is torn", () => {
    const texts = [JSON.stringify(entry("b", { createdMs: 2 })), "{torn", JSON.stringify(entry("a", { createdMs: 1, state: "sending" })), "{}"];
    expect(restore(texts).map((each) => [each.key, each.state])).toEqual([["a", "waiting"], ["b", "waiting"]]);
  });
});

describe("Outbox", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => {
    vi.useRealTimers();
    localStorage.clear();
  });

  const start = (send: (entry: Entry) => Promise<Message>) => {
    const sent: string[] = [];
    const box = new Outbox("u1", send, (each) => sent.push(each.key), localStorage);
    const add = (key: string) => box.add({ key, conversationId: "c1", kind: "message", text: key, createdMs: Date.now() });
    return { box, sent, add };
  };
  const offline = () => Promise.reject(new Problem(0, "offline", "", "no network"));

  it("sends in order and keeps nothing behind", async () => {
    const { box, sent, add } = start((each) => Promise.resolve(message({ client_key: each.key })));
    add("a");
    add("b");
    await vi.advanceTimersByTimeAsync(0);
    expect(sent).toEqual(["a", "b"]);
    expect(box.read()).toEqual([]);
    expect(localStorage.length).toBe(0);
    box.stop();
  });

  it("waits while there is no network and repeats with the same key when it is back", async () => {
    const keys: string[] = [];
    let up = false;
    const { box, sent, add } = start((each) => {
      keys.push(each.key);
      return up ? Promise.resolve(message()) : offline();
    });
    add("a");
    await vi.advanceTimersByTimeAsync(0);
    expect(box.read()[0]).toMatchObject({ state: "waiting", attempt: 1 });
    up = true;
    window.dispatchEvent(new Event("online"));
    await vi.advanceTimersByTimeAsync(0);
    expect(keys).toEqual(["a", "a"]);
    expect(sent).toEqual(["a"]);
    box.stop();
  });

  it("repeats by itself after a while", async () => {
    const send = vi.fn().mockImplementationOnce(offline).mockResolvedValue(message());
    const { box, sent, add } = start(send);
    add("a");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(sent).toEqual(["a"]);
    box.stop();
  });

  it("does not overtake: what was written later waits for what could not be sent", async () => {
    const { box, add } = start(offline);
    add("a");
    add("b");
    await vi.advanceTimersByTimeAsync(0);
    expect(box.read().map((each) => [each.key, each.attempt])).toEqual([["a", 1], ["b", 0]]);
    box.stop();
  });

  it("keeps a refused text with its reason and lets the next one go", async () => {
    const send = vi.fn().mockRejectedValueOnce(new Problem(409, "refused", "window_closed", "closed")).mockResolvedValue(message());
    const { box, sent, add } = start(send);
    add("a");
    add("b");
    await vi.advanceTimersByTimeAsync(0);
    expect(box.read()).toMatchObject([{ key: "a", state: "failed", problem: { reason: "window_closed" } }]);
    expect(sent).toEqual(["b"]);
    box.stop();
  });

  it("survives a reload", async () => {
    const first = start(offline);
    first.add("a");
    await vi.advanceTimersByTimeAsync(0);
    first.box.stop();
    const second = start(() => Promise.resolve(message()));
    await vi.advanceTimersByTimeAsync(0);
    expect(second.sent).toEqual(["a"]);
    second.box.stop();
  });

  it("is settled by the event that overtook the answer", () => {
    const { box, add } = start(() => new Promise(() => undefined));
    add("a");
    box.confirmed("a");
    expect(box.read()).toEqual([]);
    box.stop();
  });
});
