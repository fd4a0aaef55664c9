import { createContext, useCallback, useContext, useMemo, useState, type ReactNode } from "react";
import { firstLanguage, keepLanguage, type Language } from "./language";
import type ptBR from "./pt-BR/signup.json";

/**
 * The texts of the public pages. They are read by phone on a slow line before anybody has an account, so they come
 * alone, one chunk a language, and without the library that the application's own texts need.
 */
type Texts = typeof ptBR;

/** Every path to a text, "plans.title"; plural forms by their common name. */
type Paths<T> = { [K in keyof T & string]: T[K] extends string ? (K extends `${infer Stem}_${"one" | "many" | "other"}` ? Stem : K) : `${K}.${Paths<T[K]>}` }[keyof T & string];
export type TextKey = Paths<Texts>;
type Slots = Record<string, string | number>;

export interface Words {
  language: Language;
  t: (key: TextKey, slots?: Slots) => string;
  /** A text by a name that came from outside, else the fallback. */
  maybe: (key: string, fallback: string, slots?: Slots) => string;
  speak: (language: Language) => void;
}

const loaders: Record<Language, () => Promise<{ default: Texts }>> = {
  "pt-BR": () => import("./pt-BR/signup.json"),
  en: () => import("./en/signup.json"),
};

export interface Spoken {
  language: Language;
  texts: Texts;
}

export async function loadTexts(language: Language = firstLanguage()): Promise<Spoken> {
  const { default: texts } = await loaders[language]();
  document.documentElement.lang = language;
  return { language, texts };
}

function at(texts: object, key: string): string | undefined {
  let found: unknown = texts;
  for (const part of key.split(".")) {
    if (typeof found !== "object" || found === null) return undefined;
    found = (found as Record<string, unknown>)[part];
  }
  return typeof found === "string" ? found : undefined;
}

/** The text of a key with its slots filled; by the count in "count" where the text has plural forms. */
export function textOf({ language, texts }: Spoken, key: string, slots: Slots = {}): string | undefined {
  const count = slots.count;
  const form = typeof count === "number" ? at(texts, `${key}_${new Intl.PluralRules(language).select(count)}`) : undefined;
  const text = form ?? at(texts, key);
  return text?.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = slots[name];
    if (value === undefined) return whole;
    return typeof value === "number" ? value.toLocaleString(language) : value;
  });
}

const WordsContext = createContext<Words | null>(null);

export function useWords(): Words {
  const words = useContext(WordsContext);
  if (words === null) throw new Error("useWords outside of a public page");
  return words;
}

export function WordsProvider({ first, children }: { first: Spoken; children: ReactNode }) {
  const [spoken, setSpoken] = useState(first);
  const speak = useCallback((language: Language) => {
    keepLanguage(language);
    void loadTexts(language).then(setSpoken);
  }, []);
  const words = useMemo<Words>(
    () => ({
      language: spoken.language,
      t: (key, slots) => textOf(spoken, key, slots) ?? key,
      maybe: (key, fallback, slots) => textOf(spoken, key, slots) ?? fallback,
      speak,
    }),
    [spoken, speak],
  );
  return <WordsContext.Provider value={words}>{children}</WordsContext.Provider>;
}
