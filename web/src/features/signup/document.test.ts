// @vitest-environment node
import { describe, expect, it } from "vitest";
import { cepText, cnpjText, codeText, cpfText, isCEP, isCNPJ, isCPF, isEmail, phoneText } from "./document";

describe("public numbers", () => {
  it.each(["12.ABC.345/01DE-35", "12abc34501de35", "11.222.333/0001-81", "11.444.777/0001-61", "00.000.000/0001-91"])("takes the CNPJ %s", (text) => expect(isCNPJ(text)).toBe(true));
  it.each(["12.ABC.345/01DE-36", "11.222.333/0001-8", "11.222.333/0001-8A", "11111111111111", "", "529.982.247-25"])("refuses the CNPJ %s", (text) => expect(isCNPJ(text)).toBe(false));
  // The check digits do not notice these: that is why the number is shown back.
  it.each(["L", "W", "6"])("can't tell %s from A in a CNPJ", (other) => expect(isCNPJ(`12${other}BC34501DE35`)).toBe(true));
  it.each(["529.982.247-25", "11144477735", "123.456.789-09"])("takes the CPF %s", (text) => expect(isCPF(text)).toBe(true));
  it.each(["529.982.247-24", "111.111.111-11", "5299822472", "A2998224725"])("refuses the CPF %s", (text) => expect(isCPF(text)).toBe(false));

  it("are written as people know them while they are typed", () => {
    expect(cnpjText("12abc34501de35")).toBe("12.ABC.345/01DE-35");
    expect(cnpjText("12a")).toBe("12.A");
    expect(cnpjText("12")).toBe("12");
    expect(cpfText("52998224725999")).toBe("529.982.247-25");
    expect(cepText("01310100")).toBe("01310-100");
    expect(phoneText("5511987654321")).toBe("(11) 98765-4321");
    expect(phoneText("1133334444")).toBe("(11) 3333-4444");
    expect(phoneText("+1 555 0100")).toBe("+1 555 0100");
    expect(codeText(" abcd-2345\n")).toBe("ABCD2345");
  });

  it("knows an address from a slip", () => {
    expect(["a@b.com", " marta@sol.com.br "].every(isEmail)).toBe(true);
    expect(["a@b", "a b@c.com", "@c.com", "a@b.c", ""].some(isEmail)).toBe(false);
    expect(isCEP("01310-100")).toBe(true);
    expect(isCEP("00000-000")).toBe(false);
  });
});
