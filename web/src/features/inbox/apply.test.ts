import { describe, expect, it } from "vitest";
import type { Conversation, View } from "@/api/types";
import { message, row } from "@/test/sample";
import { countUnread, findRow, fits, flatten, freshPage, freshThread, mergeRow, placeMessage, placeMessages, placeRow, readUpTo, type ListData, type ListRow, type ThreadData } from "./apply";

const list = (...pages: ListRow[][]): ListData => ({
  pages: pages.map((items, i) => ({ items, ...(i < pages.length - 1 ? { next: String(i + 1) } : {}) })),
  pageParams: pages.map((_, i) => String(i)),
});
const ids = (data: ListData) => data.pages.map((page) => page.items.map((item) => item.id));
const thread = (seqs: number[], more = false): ThreadData => ({ pages: [{ items: seqs.map((seq) => message({ seq })), more }], pageParams: [0] });
const seqs = (data: ThreadData) => flatten(data).map((each) => each.seq);

describe("mergeRow", () => {
  it("takes a newer version and keeps my unread count", () => {
    const merged = mergeRow(row({ version: 5, unread: 3 }), row({ version: 6, preview: "novo" }));
    expect(merged).toMatchObject({ version: 6, preview: "novo", unread: 3 });
  });

  it.each([5, 4, 1])("loses with version %i against 5", (version) => {
    const known = row({ version: 5, preview: "certo" });
    expect(mergeRow(known, row({ version, preview: "velho" }))).toBe(known);
  });
});

describe("fits", () => {
  const cases: [Partial<Conversation>, View[]][] = [
    [{ state: "bot", owner_kind: "bot", owner_id: "bot_1" }, ["all", "bot"]],
    [{ state: "queued", owner_kind: "none", owner_id: "" }, ["all", "queue"]],
    [{ state: "open", owner_kind: "human", owner_id: "me" }, ["all", "mine", "open"]],
    [{ state: "open", owner_kind: "human", owner_id: "other" }, ["all", "open"]],
    [{ state: "snoozed", owner_kind: "human", owner_id: "me" }, ["all", "mine", "snoozed"]],
    [{ state: "resolved", owner_kind: "human", owner_id: "me" }, ["all", "resolved"]],
  ];
  it.each(cases)("%o belongs to %j", (fields, wanted) => {
    const every: View[] = ["all", "mine", "queue", "bot", "open", "snoozed", "resolved"];
    expect(every.filter((view) => fits(row(fields), view, "me")).sort()).toEqual([...wanted].sort());
  });
});

describe("countUnread", () => {
  it("counts each inbound message once, whatever event came first", () => {
    const base = row({ last_in_seq: 10, unread: 0 });
    const updated = mergeRow(base, row({ version: 6, last_in_seq: 11 }));
    const once = countUnread(updated, message({ seq: 11 }));
    expect(once.unread).toBe(1);
    expect(countUnread(once, message({ seq: 11 })).unread).toBe(1);
  });

  it("counts the messages of one transaction that share a version", () => {
    let state = mergeRow(row({ last_in_seq: 10 }), row({ version: 6, last_in_seq: 13 }));
    for (const seq of [11, 12, 13]) state = countUnread(state, message({ seq }));
    expect(state.unread).toBe(3);
  });

  it("does not count what we said ourselves", () => {
    expect(countUnread(row(), message({ seq: 20, direction: "out" })).unread).toBe(0);
    expect(countUnread(row(), message({ seq: 20, direction: "internal" })).unread).toBe(0);
  });

  it("is cleared by reading up to the end, not by reading less", () => {
    const state = row({ unread: 2, counted: 12 });
    expect(readUpTo(state, 11).unread).toBe(2);
    expect(readUpTo(state, 12).unread).toBe(0);
  });
});

describe("placeRow", () => {
  it("puts whoever has waited longest first in the queue, and who does not wait last", () => {
    const long = row({ id: "long", waiting_since_ms: 10, last_ms: 1 });
    const short = row({ id: "short", waiting_since_ms: 50, last_ms: 900 });
    const calm = row({ id: "calm", waiting_since_ms: 0, last_ms: 950 });
    const queue = placeRow(placeRow(list([short]), calm, true, "queue"), long, true, "queue");
    expect(ids(queue)).toEqual([["long", "short", "calm"]]);
  });
  const a = row({ id: "a", last_ms: 300 });
  const b = row({ id: "b", last_ms: 200 });
  const c = row({ id: "c", last_ms: 100 });

  it("moves a row to the front when it spoke last", () => {
    expect(ids(placeRow(list([a, b], [c]), { ...c, last_ms: 400 }, true))).toEqual([["c", "a", "b"], []]);
  });

  it("takes a row out that left the view", () => {
    expect(ids(placeRow(list([a, b], [c]), b, false))).toEqual([["a"], ["c"]]);
  });

  it("leaves a row behind the loaded end to paging", () => {
    const data: ListData = { pages: [{ items: [a, b], next: "x" }], pageParams: [""] };
    expect(ids(placeRow(data, row({ id: "z", last_ms: 1 }), true))).toEqual([["a", "b"]]);
    expect(ids(placeRow(list([a, b]), row({ id: "z", last_ms: 1 }), true))).toEqual([["a", "b", "z"]]);
  });

  it("changes nothing for a stranger that does not belong", () => {
    const data = list([a]);
    expect(placeRow(data, b, false)).toBe(data);
  });

  it("orders equal times by id, as the server does", () => {
    expect(ids(placeRow(list([row({ id: "b", last_ms: 1 })]), row({ id: "a", last_ms: 1 }), true))).toEqual([["b", "a"]]);
  });
});

describe("freshPage", () => {
  it("keeps what an event told while the page was on its way", () => {
    const known = list([row({ id: "a", version: 9, preview: "evento" })]);
    const page = freshPage({ items: [row({ id: "a", version: 8, preview: "velho" }), row({ id: "b" })] }, known);
    expect(page.items.map((each) => each.preview)).toEqual(["evento", "Oi"]);
    expect(findRow(known, "x")).toBeUndefined();
  });
});

describe("placeMessage", () => {
  it("appends the next message", () => {
    const { data, gap } = placeMessage(thread([1, 2]), message({ seq: 3 }));
    expect(seqs(data)).toEqual([1, 2, 3]);
    expect(gap).toBe(false);
  });

  it("tells of a gap", () => {
    expect(placeMessage(thread([1, 2]), message({ seq: 5 })).gap).toBe(true);
    expect(placeMessage(thread([]), message({ seq: 5 })).gap).toBe(false);
  });

  it("lets a late status lose", () => {
    const data: ThreadData = { pages: [{ items: [message({ id: "m", seq: 1, status: "read", version: 4 })], more: false }], pageParams: [0] };
    expect(placeMessage(data, message({ id: "m", seq: 1, status: "sent", version: 2 })).data).toBe(data);
    expect(flatten(placeMessage(data, message({ id: "m", seq: 1, status: "played", version: 5 })).data)[0]?.status).toBe("played");
  });

  it("ignores what is older than all that is loaded, unless the thread begins there", () => {
    const partial = thread([5, 6], true);
    expect(placeMessage(partial, message({ seq: 2 })).data).toBe(partial);
    expect(seqs(placeMessage(thread([5, 6]), message({ seq: 2 })).data)).toEqual([2, 5, 6]);
  });

  it("finds its place between pages", () => {
    const data: ThreadData = { pages: [{ items: [message({ seq: 5 }), message({ seq: 7 })], more: true }, { items: [message({ seq: 1 })], more: false }], pageParams: [0, 5] };
    expect(seqs(placeMessage(data, message({ seq: 6 })).data)).toEqual([1, 5, 6, 7]);
  });
});

describe("filling and refetching", () => {
  it("closes a gap without doubling", () => {
    const data = placeMessage(thread([1, 2]), message({ seq: 5 })).data;
    expect(seqs(placeMessages(data, [3, 4, 5].map((seq) => message({ seq }))))).toEqual([1, 2, 3, 4, 5]);
  });

  it("keeps newer versions and what came behind the end of a fetched page", () => {
    const known: ThreadData = { pages: [{ items: [message({ id: "m2", seq: 2, version: 3, status: "read" }), message({ seq: 3 })], more: false }], pageParams: [0] };
    const page = freshThread({ items: [message({ seq: 1 }), message({ id: "m2", seq: 2, version: 1, status: "sent" })], more: false }, known, true);
    expect(page.items.map((each) => [each.seq, each.status])).toEqual([[1, "delivered"], [2, "read"], [3, "delivered"]]);
  });

  it("does not join across a gap", () => {
    const known = thread([9]);
    expect(freshThread({ items: [message({ seq: 1 })], more: false }, known, true).items.map((each) => each.seq)).toEqual([1]);
  });
});
