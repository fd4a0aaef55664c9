import { describe, expect, it } from "vitest";
import { amountText, drawn, rounded, shortAmount, sumOf } from "./exact";

describe("exact decimals", () => {
  it.each([
    ["0", 2, "0.00"],
    ["12.5", 2, "12.50"],
    ["12.345", 2, "12.35"],
    ["-12.345", 2, "-12.35"],
    ["-0.004", 2, "0.00"],
    ["0.995", 2, "1.00"],
    ["9007199254740993.005", 2, "9007199254740993.01"],
    ["1.5", 0, "2"],
    ["many", 2, "many"],
    ["1e5", 2, "1e5"],
  ])("%s to %i places is %s", (text, places, want) => expect(rounded(text, places)).toBe(want));

  it("are written as people of each language write money", () => {
    expect(amountText("1234.565", "pt-BR", "BRL").replace(/\s/g, " ")).toBe("R$ 1.234,57");
    expect(amountText("1234.565", "en", "USD")).toBe("$1,234.57");
    expect(amountText("9007199254740993.01", "en", "USD")).toBe("$9,007,199,254,740,993.01");
    expect(amountText("0.00123456", "en", "USD")).toBe("$0.0012");
    expect(amountText("-0.5", "en", "USD")).toBe("-$0.50");
  });

  it.each([
    [[], "0"],
    [["1", "2.5"], "3.5"],
    [["0.1", "0.2"], "0.3"],
    [["-0.000000000000000001", "1"], "0.999999999999999999"],
    [["-1.5", "1"], "-0.5"],
    [["9007199254740993", "0.01"], "9007199254740993.01"],
  ])("%j is %s together", (values, want) => expect(sumOf(values)).toBe(want));

  it("are drawn, and short on a scale", () => {
    expect(drawn("2.5")).toBe(2.5);
    expect(drawn("no")).toBe(0);
    expect(shortAmount(1200, "en", "USD")).toBe("$1.2K");
  });
});
