import { describe, expect, it } from "vitest";
import { safeTarget } from "./target";

describe("safeTarget", () => {
  it.each([
    ["/inbox/cnv_1?view=mine", "/inbox/cnv_1?view=mine"],
    ["https://evil.example", "/inbox"],
    ["//evil.example", "/inbox"],
    ["/\\evil.example", "/inbox"],
    ["/sign-in?to=/x", "/inbox"],
    [undefined, "/inbox"],
  ])("%s leads to %s", (to, where) => expect(safeTarget(to)).toBe(where));
  it("leads home where nothing else was asked for", () => {
    expect(safeTarget(undefined, "/comecar")).toBe("/comecar");
    expect(safeTarget("//evil.example", "/comecar")).toBe("/comecar");
    expect(safeTarget("/bots", "/comecar")).toBe("/bots");
  });
});
