// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import { opening } from "./invitation";

describe("the link of an invitation", () => {
  it.each([
    ["#tok-1_a", { token: "tok-1_a", name: "" }],
    ["#tok&name=Marta+Lima%20Souza", { token: "tok", name: "Marta Lima Souza" }],
    ["", { token: "", name: "" }],
  ])("%s", (hash, want) => expect(opening(hash)).toEqual(want));
});
