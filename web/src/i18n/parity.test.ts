// @vitest-environment jsdom
import { describe, expect, it } from "vitest";
import en from "./en";
import enSignup from "./en/signup.json";
import ptBR from "./pt-BR";
import ptSignup from "./pt-BR/signup.json";

function flat(value: unknown, prefix = ""): [string, string][] {
  if (typeof value === "string") return [[prefix, value]];
  return Object.entries(value as object).flatMap(([name, each]) => flat(each, prefix === "" ? name : `${prefix}.${name}`));
}

// The public pages' texts travel apart from the application's; the rules are the same.
const portuguese = new Map(flat({ ...ptBR, signup: ptSignup }));
const english = new Map(flat({ ...en, signup: enSignup }));
const slots = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]).sort();

describe("texts", () => {
  it("exist in both languages", () => {
    expect([...portuguese.keys()].filter((key) => !english.has(key))).toEqual([]);
    expect([...english.keys()].filter((key) => !portuguese.has(key))).toEqual([]);
    expect(portuguese.size).toBeGreaterThan(400);
  });

  it("have the same slots", () => {
    const different = [...portuguese].filter(([key, text]) => slots(text).join() !== slots(english.get(key) ?? "").join());
    expect(different.map(([key]) => key)).toEqual([]);
  });

  it("are never empty", () => {
    expect([...portuguese, ...english].filter(([, text]) => text.trim() === "").map(([key]) => key)).toEqual([]);
  });

  it("have every plural form that their language asks for", () => {
    const forms = new Intl.PluralRules("pt-BR").resolvedOptions().pluralCategories;
    const plural = [...portuguese.keys()].filter((key) => key.endsWith("_one")).map((key) => key.slice(0, -4));
    expect(plural.length).toBeGreaterThan(0);
    for (const key of plural) for (const form of forms) expect(portuguese.has(`${key}_${form}`), `${key}_${form}`).toBe(true);
  });
});
