/**
 * Brazil's public numbers as a form reads and writes them. Check digits are looked at here so that a slip shows at once;
 * the server decides. CNPJ since July 2026: the first twelve may be letters, valued ASCII less 48 (IN RFB 2.229/2024).
 */

/** What counts of what was typed, in upper case. */
export function plain(text: string): string {
  return text.toUpperCase().replace(/[^0-9A-Z]/g, "");
}

const digitsOf = (text: string) => text.replace(/\D/g, "");

/** The modulo 11 check digit: weights from 2 at the right end up to high, and round again. */
function check(body: string, high: number): number {
  let sum = 0;
  for (let at = 0; at < body.length; at++) {
    const weight = 2 + ((body.length - 1 - at) % (high - 1));
    sum += (body.charCodeAt(at) - 48) * weight;
  }
  const rest = sum % 11;
  return rest < 2 ? 0 : 11 - rest;
}

const same = (text: string) => new Set(text).size === 1;

function agrees(text: string, body: number, high: number): boolean {
  const first = check(text.slice(0, body), high);
  const second = check(text.slice(0, body) + String(first), high);
  return !same(text) && text.slice(body) === `${first}${second}`;
}

export function isCPF(text: string): boolean {
  const number = plain(text);
  return /^\d{11}$/.test(number) && agrees(number, 9, 11);
}

export function isCNPJ(text: string): boolean {
  const number = plain(text);
  return /^[0-9A-Z]{12}\d{2}$/.test(number) && agrees(number, 12, 9);
}

/** Puts the separators of a pattern between characters; # is one of them. Nothing hangs at the end. */
function shape(characters: string, pattern: string): string {
  let out = "";
  let at = 0;
  for (const mark of pattern) {
    if (at >= characters.length) break;
    out += mark === "#" ? characters[at++] : mark;
  }
  return out;
}

export const cpfText = (text: string) => shape(digitsOf(text).slice(0, 11), "###.###.###-##");
export const cnpjText = (text: string) => shape(plain(text).slice(0, 14), "##.###.###/####-##");
export const cepText = (text: string) => shape(digitsOf(text).slice(0, 8), "#####-###");
export const isCEP = (text: string) => /^\d{8}$/.test(digitsOf(text)) && digitsOf(text) !== "00000000";

/** "(11) 98765-4321". The country code may be typed; another country's number stays as it was. */
export function phoneText(text: string): string {
  if (/^\s*\+(?!55)/.test(text)) return text;
  let digits = digitsOf(text);
  if (digits.length > 11 && digits.startsWith("55")) digits = digits.slice(2);
  digits = digits.slice(0, 11);
  return shape(digits, digits.length > 10 ? "(##) #####-####" : "(##) ####-####");
}

export function isEmail(text: string): boolean {
  return /^[^\s@]+@[^\s@]+\.[^\s@.]{2,}$/.test(text.trim());
}

/** A code as the letter shows it, from whatever was pasted: "abcd-2345 " is ABCD2345. */
export const codeText = (text: string) => plain(text).slice(0, 8);
