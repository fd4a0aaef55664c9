import { describe, expect, it } from "vitest";
import type { Bubble, Chat } from "./api";
import { drawn, placeBubble, placeChat, placeOlder } from "./state";

const bubble = (id: string, at: number, fields: Partial<Bubble> = {}): Bubble => ({ id, chat: "c", dir: "mine", kind: "text", at, ...fields });
const ids = (thread: { bubbles: Bubble[] }) => thread.bubbles.map((each) => each.id);

describe("bubbles", () => {
  const thread = { bubbles: [bubble("a", 1), bubble("b", 3)], more: false };

  it("are placed by time and replaced by id", () => {
    expect(ids(placeBubble(thread, bubble("c", 2)))).toEqual(["a", "c", "b"]);
    expect(placeBubble(thread, bubble("b", 3, { tick: "read" })).bubbles[1]?.tick).toBe("read");
  });

  it("keep what an event told when older ones come", () => {
    const read = placeBubble(thread, bubble("a", 1, { tick: "read" }));
    const all = placeOlder(read, { bubbles: [bubble("z", 0), bubble("a", 1, { tick: "sent" })], more: true });
    expect(ids(all)).toEqual(["z", "a", "b"]);
    expect(all.bubbles[1]?.tick).toBe("read");
    expect(all.more).toBe(true);
  });

  it("leave out what hangs at another bubble", () => {
    expect(drawn([bubble("a", 1), bubble("r", 2, { kind: "reaction" })]).map((each) => each.id)).toEqual(["a"]);
  });
});

describe("chats", () => {
  it("stand with the last one that spoke in front", () => {
    const chat = (id: string, at: number) => ({ id, last: bubble("x", at) }) as Chat;
    expect(placeChat([chat("a", 5), chat("b", 4)], chat("b", 9)).map((each) => each.id)).toEqual(["b", "a"]);
  });
});
