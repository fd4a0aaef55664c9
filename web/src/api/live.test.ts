import { describe, expect, it } from "vitest";
import { retryDelay } from "./live";
import { SseReader } from "./sse";

describe("SseReader", () => {
  const all = (...chunks: string[]) => {
    const reader = new SseReader();
    return chunks.flatMap((chunk) => reader.push(chunk));
  };

  it("reads fields, skips comments and keeps the id for what follows", () => {
    expect(all("id: e.1.0\nevent: message.created\ndata: {}\n\n: beat\n\nevent: hello\ndata: x\n\n")).toEqual([
      { id: "e.1.0", type: "message.created", data: "{}" },
      { id: "e.1.0", type: "hello", data: "x" },
    ]);
  });

  it("joins lines of data and takes any line end", () => {
    expect(all("data: a\r\ndata:b\r\n\r\n")).toEqual([{ id: "", type: "message", data: "a\nb" }]);
    expect(all("data: a\rdata: b\r\r\n")).toEqual([{ id: "", type: "message", data: "a\nb" }]);
  });

  it("gives the same for every way to cut the stream", () => {
    const text = "id: 7\r\nevent: t\r\ndata: ação\r\n\r\n: c\ndata: z\n\n";
    const whole = all(text);
    for (let cut = 1; cut < text.length; cut++) expect(all(text.slice(0, cut), text.slice(cut)), `cut at ${cut}`).toEqual(whole);
    expect(all(...text)).toEqual(whole);
  });

  it("sends nothing for an event without data", () => {
    expect(all("event: x\n\n")).toEqual([]);
  });
});

describe("retryDelay", () => {
  it("grows from 1 s to 30 s with a jitter of a quarter", () => {
    expect(retryDelay(0, () => 0.5)).toBe(1000);
    expect(retryDelay(1, () => 0.5)).toBe(1500);
    expect(retryDelay(40, () => 0.5)).toBe(30_000);
    expect(retryDelay(0, () => 0)).toBe(750);
    expect(retryDelay(40, () => 1)).toBe(37_500);
  });
});
