// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import { api } from ".";
import { asProblem, Problem } from "./problem";

afterEach(() => vi.unstubAllGlobals());

function answers(respond: (request: Request) => Response | Promise<Response>) {
  const seen: Request[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    seen.push(request);
    return respond(request);
  });
  return seen;
}

const refused = async (run: () => Promise<unknown>): Promise<Problem> => {
  try {
    await run();
  } catch (error) {
    if (error instanceof Problem) return error;
    throw error;
  }
  throw new Error("was not refused");
};

describe("refusals", () => {
  it("carry code, reason and the wait that the server asks for", async () => {
    answers(() => Response.json({ code: "rate_limited", reason: "too_many_attempts", detail: "slow down", request_id: "r1" }, { status: 429, headers: { "Retry-After": "7" } }));
    const problem = await refused(() => api.session.signIn({ email: "a@b.c", password: "x" }));
    expect(problem).toMatchObject({ status: 429, code: "rate_limited", reason: "too_many_attempts", retryAfter: 7, requestId: "r1", passing: true });
  });

  it("have a code also when a proxy answered instead of us", async () => {
    answers(() => new Response("<html>bad gateway</html>", { status: 502 }));
    expect(await refused(() => api.members.list())).toMatchObject({ status: 502, code: "unavailable", passing: true });
  });

  it("that decide something are not worth repeating", async () => {
    answers(() => Response.json({ code: "refused", reason: "window_closed" }, { status: 409 }));
    expect((await refused(() => api.conversations.reply("c", "k", { text: "oi" }))).passing).toBe(false);
  });

  it("tell a silent network from a broken answer", async () => {
    answers(() => Promise.reject(new TypeError("failed to fetch")));
    expect(await refused(() => api.bots.list())).toMatchObject({ status: 0, code: "offline", passing: true });
    answers(() => new Response('{"items":[', { headers: { "Content-Type": "application/json" } }));
    expect((await refused(() => api.bots.list())).code).toBe("internal");
    expect(asProblem("x").code).toBe("offline");
  });
});

describe("requests", () => {
  it("encode ids and leave empty parameters out", async () => {
    const seen = answers(() => Response.json({ items: [] }));
    await api.conversations.list({ view: "mine", q: "", channel: "", cursor: "" });
    await api.conversations.get("a/b?c");
    expect(seen.map((request) => request.url.replace(location.origin, ""))).toEqual(["/api/v1/conversations?view=mine", "/api/v1/conversations/a%2Fb%3Fc"]);
  });

  it("carry the key that makes a repeated write act once", async () => {
    const seen = answers(() => Response.json({}, { status: 201 }));
    await api.conversations.note("c1", "key-12345678", "nota");
    expect(seen[0]?.headers.get("Idempotency-Key")).toBe("key-12345678");
    expect(await seen[0]?.json()).toEqual({ text: "nota" });
  });

  it("send a file as a form, and take an empty answer", async () => {
    const seen = answers(() => Response.json({ id: "med_1" }, { status: 201 }));
    await api.media.upload(new File(["x"], "foto.png", { type: "image/png" }));
    expect(seen[0]?.headers.get("Content-Type")).toMatch(/^multipart\/form-data; boundary=/);
    answers(() => new Response(null, { status: 204 }));
    expect(await api.conversations.read("c1", 3)).toBeUndefined();
  });
});
