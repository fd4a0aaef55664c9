// @vitest-environment node
import { expect, it } from "vitest";
import { payerText } from "./payer-text";

it.each([
  ["tax_id", "11144477735", "111.444.777-35"],
  ["tax_id", "12ABC34501DE35", "12.ABC.345/01DE-35"],
  ["tax_id", "11.222.333/0001-81", "11.222.333/0001-81"],
  ["zip", "01310100", "01310-100"],
  ["phone", "5511987654321", "(11) 98765-4321"],
  ["phone", "551133334444", "(11) 3333-4444"],
  ["phone", "+1 555 0100", "+1 555 0100"],
  ["street", "Avenida Paulista", "Avenida Paulista"],
])("%s %s is written %s", (field, value, want) => expect(payerText(field, value)).toBe(want));
