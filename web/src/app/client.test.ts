// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { Problem } from "@/api/problem";
import { sessionKey, sessionQuery } from "@/api/session";
import { makeClient } from "./client";

describe("the client of the queries", () => {
  it.each(["moving", "moved"])("reads the session anew when a call is refused because the company is %s", async (reason) => {
    const client = makeClient();
    client.setQueryData(sessionKey, { user: { id: "usr_1" } });
    const stale = () => client.getQueryState(sessionKey)?.isInvalidated;
    expect(stale()).toBe(false);
    await expect(client.fetchQuery({ queryKey: ["orders"], queryFn: () => Promise.reject(new Problem(409, "refused", "window_closed", "")) })).rejects.toThrow();
    expect(stale()).toBe(false);
    await expect(client.fetchQuery({ queryKey: ["contacts"], queryFn: () => Promise.reject(new Problem(409, "refused", reason, "")) })).rejects.toThrow();
    expect(stale()).toBe(true);
  });

  it("asks again while the company stands still, and not while it works", () => {
    const every = (standing?: "moving") => sessionQuery.refetchInterval({ state: { data: { standing } as never } });
    expect(every("moving")).toBeGreaterThan(0);
    expect(every()).toBe(false);
  });
});
