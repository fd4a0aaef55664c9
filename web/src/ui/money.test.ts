import { describe, expect, it } from "vitest";
import { moneyDraft, moneyText, readDecimal, readMoney } from "./money";

describe("money", () => {
  it.each([
    ["1.234,56", 123456],
    ["1234,56", 123456],
    ["1234,5", 123450],
    ["1234,", 123400],
    ["1234.56", 123456],
    ["1,234.56", 123456],
    ["1.234", 123400],
    ["12.345.678,90", 1234567890],
    ["R$ 10", 1000],
    [" R$ 0,07 ", 7],
    ["007,10", 710],
    ["0", 0],
    ["99999999999,99", 9999999999999],
  ])("reads %s", (text, amount) => expect(readMoney(text)).toBe(amount));

  it.each(["", "caro", "-1", "1,234", "1.23.4", "1.2345", "1,2,3", "12.34,56", "1e3", "R$", "999999999999", "1,5 0 0", "٣"])("refuses %s", (text) => expect(readMoney(text)).toBeNull());

  it.each([["19.9", 1990], ["19.90", 1990], ["20", 2000], ["0.005", 1], ["19.899", 1990], ["1.004", 100]])("reads the vendor's %s", (text, amount) => expect(readDecimal(text)).toBe(amount));

  it.each(["", "1,5", "1.234,56", "-1", "1e3", ".5", "R$ 1"])("takes no %s of a vendor", (text) => expect(readDecimal(text)).toBeNull());

  it("reads back whatever it writes", () => {
    for (const amount of [0, 1, 10, 99, 100, 12345, 100000, 123456789, 9999999999999]) expect(readMoney(moneyDraft(amount))).toBe(amount);
    expect(moneyDraft(123456)).toBe("1.234,56");
    expect(moneyDraft(5)).toBe("0,05");
  });

  it("is shown as the language has it", () => {
    expect(moneyText(123456, "pt-BR")).toBe("R$\u00a01.234,56");
    expect(moneyText(123456, "en")).toBe("R$1,234.56");
  });
});
