/** Decimals as people type them, read into the exact text that the ledger takes ("1500.50"), and written back. Nothing here is a float. */
import type { Language } from "@/i18n";

/** money has cents at most as a rule; a balance may be below nought; a rate has as many places as it likes, and seldom thousands. */
export type Kind = "money" | "balance" | "rate";

const signOf = (language: Language) => (language === "en" ? { decimal: ".", group: "," } : { decimal: ",", group: "." });

const plainShape = /^(\d+)(?:[.,](\d*))?$/;
const groupedShapes = [/^(\d{1,3}(?:\.\d{3})+)(?:,(\d*))?$/, /^(\d{1,3}(?:,\d{3})+)(?:\.(\d*))?$/];

/**
 * What was typed, as exact text; null when it can't be told. Both "1.234,56" and "1,234.56" are read in either language: two
 * signs tell themselves apart. One sign before exactly three digits could begin thousands or a fraction: it is taken only where
 * the language and the kind agree, as "1.500" of money in Portuguese, or "5,306" of a rate.
 */
export function readDecimal(text: string, language: Language, kind: Kind): string | null {
  const bare = text.replace(/US\$|R\$|[$€£\s]/g, "").replace(/^\u2212/, "-");
  const below = bare.startsWith("-");
  if (below && kind !== "balance") return null;
  const digits = below ? bare.slice(1) : bare;
  const parts = partsOf(digits, language, kind);
  if (parts === null) return null;
  const whole = (parts[1] ?? "").replace(/[.,]/g, "").replace(/^0+(?=\d)/, "");
  const fraction = parts[2] ?? "";
  return `${below ? "-" : ""}${whole}${fraction === "" ? "" : `.${fraction}`}`;
}

function partsOf(digits: string, language: Language, kind: Kind): RegExpExecArray | null {
  const grouped = groupedShapes.map((shape) => shape.exec(digits)).find((parts) => parts !== null) ?? null;
  const plain = plainShape.exec(digits);
  if (grouped === null || plain === null) return grouped ?? plain;
  // One sign before three digits.
  if (digits.startsWith("0")) return plain;
  const thousands = digits.includes(signOf(language).group);
  if (kind === "rate") return thousands ? null : plain;
  return thousands ? grouped : null;
}

/** "1.234,50": an exact decimal in the reader's form. Thousands get cents and a fraction of three digits a fourth, so that neither is taken for the other; where there is a fraction, it has the least number of places. */
export function writtenDecimal(exact: string, language: Language, least = 2): string {
  const parts = /^(-?)(\d+)(?:\.(\d+))?$/.exec(exact);
  if (parts === null) return exact;
  const { decimal, group } = signOf(language);
  const whole = (parts[2] ?? "").replace(/\B(?=(\d{3})+$)/g, group);
  const fraction = parts[3] ?? "";
  const padded = fraction === "" && !whole.includes(group) ? "" : fraction.padEnd(fraction.length === 3 ? 4 : least, "0");
  return `${parts[1] ?? ""}${whole}${padded === "" ? "" : decimal + padded}`;
}
