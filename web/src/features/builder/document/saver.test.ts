import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Problem } from "@/api/problem";
import type { Draft } from "../contract";
import { setField } from "./change";
import { sampleDocument } from "./sample";
import { Saver, type Store } from "./saver";

const start = sampleDocument();
const draft = (revision: number): Draft => ({ bot_id: "b", revision, ...start, author_id: "u", author_name: "Lia", updated_ms: 1, based_on: 1, differs: true });
const typed = (text: string) => setField(start, "fim", "text", text);

function make(put: Store["put"]) {
  const kept: unknown[] = [];
  const store: Store = { put: vi.fn(put), get: () => Promise.resolve(draft(9)), keep: (copy) => kept.push(copy) };
  return { saver: new Saver(store, draft(1), start), store, kept };
}

describe("the saver", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("sends the last of quick changes once, with the revision it knows", async () => {
    const { saver, store, kept } = make(({ revision }) => Promise.resolve(draft(revision + 1)));
    saver.want(typed("a"));
    saver.want(typed("ab"));
    expect(saver.read().kind).toBe("waiting");
    await vi.advanceTimersByTimeAsync(1100);
    expect(store.put).toHaveBeenCalledTimes(1);
    expect(store.put).toHaveBeenCalledWith(expect.objectContaining({ revision: 1 }));
    expect(saver.read().kind).toBe("saved");
    expect(saver.dirty).toBe(false);
    expect(kept.at(-1)).toBeNull();
    saver.want(typed("abc"));
    expect(await saver.flush()).toBe(3);
  });

  it("never has two requests on their way", async () => {
    let open = 0;
    let most = 0;
    const { saver, store } = make(async ({ revision }) => {
      most = Math.max(most, ++open);
      await new Promise((done) => setTimeout(done, 3000));
      open--;
      return draft(revision + 1);
    });
    for (let i = 0; i < 10; i++) {
      saver.want(typed(`${i}`));
      await vi.advanceTimersByTimeAsync(900);
    }
    await vi.advanceTimersByTimeAsync(20_000);
    expect(most).toBe(1);
    expect(saver.dirty).toBe(false);
    expect(vi.mocked(store.put).mock.calls.map(([body]) => body.revision)).toEqual(vi.mocked(store.put).mock.calls.map((_, i) => i + 1));
  });

  it("tries again after a network that does not answer, with a copy in the browser", async () => {
    let down = true;
    const { saver, kept } = make(({ revision }) => (down ? Promise.reject(new Problem(0, "offline", "", "")) : Promise.resolve(draft(revision + 1))));
    saver.want(typed("a"));
    await vi.advanceTimersByTimeAsync(1100);
    expect(saver.read().kind).toBe("offline");
    expect(kept.at(-1)).toMatchObject({ revision: 1 });
    down = false;
    await vi.advanceTimersByTimeAsync(5100);
    expect(saver.read().kind).toBe("saved");
  });

  it("stops at somebody else's work until a person decides", async () => {
    const { saver, store } = make(({ revision }) => (revision === 9 ? Promise.resolve(draft(10)) : Promise.reject(new Problem(409, "conflict", "draft_changed", ""))));
    saver.want(typed("a"));
    await vi.advanceTimersByTimeAsync(1100);
    expect(saver.read()).toMatchObject({ kind: "conflict", theirs: { revision: 9 } });
    saver.want(typed("ab"));
    await vi.advanceTimersByTimeAsync(60_000);
    expect(store.put).toHaveBeenCalledTimes(1);
    await expect(saver.flush()).rejects.toThrow();
    saver.overwrite();
    await vi.advanceTimersByTimeAsync(10);
    expect(saver.read().kind).toBe("saved");
    expect(vi.mocked(store.put).mock.calls.at(-1)?.[0].definition).toEqual(typed("ab").definition);
  });

  it("goes on from the server's copy when that is taken", async () => {
    const { saver } = make(() => Promise.reject(new Problem(409, "conflict", "draft_changed", "")));
    saver.want(typed("a"));
    await vi.advanceTimersByTimeAsync(1100);
    const theirs = typed("delas");
    saver.adopt(draft(9), theirs);
    expect(saver.read().kind).toBe("saved");
    expect(await saver.flush()).toBe(9);
  });

  it("says a refusal and sends the next change again", async () => {
    let no = true;
    const { saver } = make(({ revision }) => (no ? Promise.reject(new Problem(422, "invalid", "", "too deep")) : Promise.resolve(draft(revision + 1))));
    saver.want(typed("a"));
    await vi.advanceTimersByTimeAsync(1100);
    expect(saver.read().kind).toBe("refused");
    no = false;
    saver.want(typed("b"));
    await vi.advanceTimersByTimeAsync(1100);
    expect(saver.read().kind).toBe("saved");
  });
});
