import type { Local } from "../contract";

/** The text in a language; a bare string is of the flow's first language. */
export function textIn(local: unknown, language: string, first: string): string {
  if (typeof local === "string") return language === first ? local : "";
  if (typeof local !== "object" || local === null) return "";
  const text = (local as Record<string, unknown>)[language];
  return typeof text === "string" ? text : "";
}

/** What a reader of the first language sees. */
export function anyText(local: unknown, first: string): string {
  const own = textIn(local, first, first);
  if (own !== "" || typeof local !== "object" || local === null) return own;
  return Object.values(local).find((text): text is string => typeof text === "string" && text !== "") ?? "";
}

/** The local text with one language changed; undefined when nothing is left, a bare string where only the first language stands. */
export function withText(local: unknown, language: string, first: string, text: string): Local | undefined {
  const before: Record<string, string> = typeof local === "string" ? { [first]: local } : ((local as Record<string, string> | undefined) ?? {});
  const by = Object.fromEntries(Object.entries({ ...before, [language]: text }).filter(([name, each]) => name !== language || each !== ""));
  const names = Object.keys(by);
  if (names.length === 0) return undefined;
  if (names.length === 1 && names[0] === first) return by[first];
  return by;
}
