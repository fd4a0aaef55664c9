import { describe, expect, it } from "vitest";
import { readDecimal, writtenDecimal } from "./decimal";

describe("a typed decimal", () => {
  it.each([
    ["1.500", "1500"],
    ["1.234,56", "1234.56"],
    ["1234,5", "1234.5"],
    ["1234.56", "1234.56"],
    ["1,234.56", "1234.56"],
    ["12.345.678", "12345678"],
    ["R$ 1.500,50", "1500.50"],
    ["US$ 10", "10"],
    ["0,005", "0.005"],
    ["1500,1234", "1500.1234"],
    ["9007199254740993,01", "9007199254740993.01"],
    ["007", "7"],
    ["1,500", null], // an amount has cents: a thousand and a half, or one and a half
    ["1.23.45", null],
    ["1.2345,00", null],
    ["1,5,0", null],
    ["12a", null],
    ["1e3", null],
    [",5", null],
    ["-5", null],
    ["", null],
  ])("of money, %s in Portuguese is %s", (text, want) => expect(readDecimal(text, "pt-BR", "money")).toBe(want));

  it.each([
    ["1,500", "1500"],
    ["1,234.56", "1234.56"],
    ["1.234,56", "1234.56"],
    ["1234,56", "1234.56"],
    ["$1,500.5", "1500.5"],
    ["1.500", null],
  ])("of money, %s in English is %s", (text, want) => expect(readDecimal(text, "en", "money")).toBe(want));

  it.each([
    ["pt-BR", "5,306", "5.306"],
    ["pt-BR", "5,4321", "5.4321"],
    ["pt-BR", "5.4321", "5.4321"],
    ["pt-BR", "0.063", "0.063"],
    ["pt-BR", "5.306", null], // five, or five thousand
    ["pt-BR", "1.234,567", "1234.567"],
    ["en", "5.306", "5.306"],
    ["en", "5,306", null],
  ] as const)("of a rate, in %s %s is %s", (language, text, want) => expect(readDecimal(text, language, "rate")).toBe(want));

  it("may be below nought only where that is asked for", () => {
    expect(readDecimal("-1.500,5", "pt-BR", "balance")).toBe("-1500.5");
    expect(readDecimal("−2", "pt-BR", "balance")).toBe("-2");
    expect(readDecimal("-2", "pt-BR", "rate")).toBeNull();
  });

  it.each(["0", "7", "1000", "1.125", "1500", "1500.5", "1500.125", "1234567.89", "0.000000000000000001", "9007199254740993.01", "-1250.375"])("is written so that it is read the same: %s", (exact) => {
    for (const language of ["pt-BR", "en"] as const)
      for (const kind of ["balance", "rate"] as const) {
        if (kind === "rate" && exact.startsWith("-")) continue;
        const back = readDecimal(writtenDecimal(exact, language), language, kind);
        expect(back?.replace(/(\.\d*?)0+$/, "$1").replace(/\.$/, "")).toBe(exact);
      }
  });

  it("is written in the reader's form", () => {
    expect(writtenDecimal("1234567.8", "pt-BR")).toBe("1.234.567,80");
    expect(writtenDecimal("1234567.8", "en")).toBe("1,234,567.80");
    expect(writtenDecimal("5.4321", "pt-BR")).toBe("5,4321");
    expect(writtenDecimal("5.1", "en", 4)).toBe("5.1000");
    expect(writtenDecimal("-12", "pt-BR")).toBe("-12");
    expect(writtenDecimal("many", "pt-BR")).toBe("many");
  });
});
