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
});
