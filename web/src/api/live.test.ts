// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import { Live, retryDelay, type LiveEvent } from "./live";
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

describe("Live", () => {
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  /** A server that answers each opening with the next script; null never ends, a number is a refusal. */
  function serve(...scripts: (string | number)[]) {
    const urls: string[] = [];
    const streams: ReadableStreamDefaultController<Uint8Array>[] = [];
    vi.stubGlobal("fetch", (url: string, init: RequestInit) => {
      urls.push(url);
      const script = scripts.shift() ?? "";
      if (typeof script === "number") return Promise.resolve(new Response(null, { status: script }));
      const body = new ReadableStream<Uint8Array>({
        start(controller) {
          streams.push(controller);
          controller.enqueue(new TextEncoder().encode(script));
          init.signal?.addEventListener("abort", () => controller.error(new Error("aborted")));
        },
      });
      return Promise.resolve(new Response(body));
    });
    return { urls, streams };
  }

  const hello = 'event: hello\ndata: {"epoch":"e","resumed":true}\n\n';
  const event = (id: string) => `id: ${id}\nevent: message.created\ndata: {"v":1,"id":"evt","tenant_id":"t","type":"message.created","at":1,"data":{}}\n\n`;

  function open(scope: string) {
    const live = new Live("/events", scope);
    const heard: LiveEvent[] = [];
    live.listen((each) => heard.push(each));
    return { live, heard };
  }

  it("is live after hello, tells events, and resumes behind the last one", async () => {
    const server = serve(hello + event("e.5.0"), hello);
    const { live, heard } = open("a");
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    expect(live.state).toBe("live");
    server.streams[0]?.close();
    await vi.waitFor(() => expect(live.state).toBe("down"));
    await vi.waitFor(() => expect(server.urls).toEqual(["/events", "/events?last=e.5.0"]), { timeout: 5000 });
    await vi.waitFor(() => expect(live.state).toBe("live"));
    live.close();
  });

  it("asks everybody to read again on resync, and forgets the old place", async () => {
    const server = serve(hello + event("e.5.0") + "event: resync\ndata: {}\n\n", hello);
    const { live, heard } = open("b");
    await vi.waitFor(() => expect(heard.map((each) => each.type)).toEqual(["event", "resync"]));
    server.streams[0]?.close();
    await vi.waitFor(() => expect(server.urls).toEqual(["/events", "/events"]), { timeout: 5000 });
    live.close();
  });

  it.each([
    ["a refused session", [401]],
    ["a revoked one", [`${hello}event: bye\ndata: {"reason":"revoked"}\n\n`]],
  ] as [string, (string | number)[]][])("leaves after %s and does not come again", async (_name, scripts) => {
    const server = serve(...scripts);
    const { live, heard } = open("c");
    await vi.waitFor(() => expect(heard).toEqual([{ type: "revoked" }]));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(server.urls).toHaveLength(1);
    live.close();
  });

  it("comes again when the server is away", async () => {
    const server = serve(503, hello);
    const { live } = open("d");
    await vi.waitFor(() => expect(live.state).toBe("live"), { timeout: 5000 });
    expect(server.urls).toHaveLength(2);
    live.close();
  });

  it("survives a torn line", async () => {
    serve(`${hello}event: message.created\ndata: {torn\n\n${event("e.6.0")}`);
    const { live, heard } = open("e");
    await vi.waitFor(() => expect(heard).toHaveLength(1));
    live.close();
  });
});
