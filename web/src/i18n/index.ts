import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import type ptBR from "./pt-BR";

export const languages = ["pt-BR", "en"] as const;
export type Language = (typeof languages)[number];

const kept = "prosa-language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof ptBR;
  }
}

/** One chunk a language, loaded before the first paint, so that no text flashes by. */
const loaders: Record<Language, () => Promise<{ default: Record<string, object> }>> = {
  "pt-BR": () => import("./pt-BR"),
  en: () => import("./en"),
};

export function isLanguage(text: string | null | undefined): text is Language {
  return languages.some((language) => language === text);
}

/** The language that is spoken now, for the server to remember. */
export function spoken(): Language {
  return isLanguage(i18next.language) ? i18next.language : "pt-BR";
}

/** What was chosen here, else what the browser asks for, else Portuguese. */
export function firstLanguage(): Language {
  let chosen: string | null = null;
  try {
    chosen = localStorage.getItem(kept);
  } catch {
    chosen = null; // storage may be blocked
  }
  if (isLanguage(chosen)) return chosen;
  return navigator.languages?.[0]?.toLowerCase().startsWith("en") ? "en" : "pt-BR";
}

export async function startI18n(language: Language = firstLanguage()): Promise<void> {
  const texts = await loaders[language]();
  await i18next.use(initReactI18next).init({
    lng: language,
    resources: { [language]: texts.default as Record<string, Record<string, string>> },
    ns: Object.keys(texts.default),
    defaultNS: "common",
    fallbackLng: false,
    interpolation: { escapeValue: false }, // React escapes
    returnNull: false,
  });
  document.documentElement.lang = language;
}

/** Changes the language here and remembers it in this browser. */
export async function speak(language: Language): Promise<void> {
  try {
    localStorage.setItem(kept, language);
  } catch {
    // storage may be blocked: the choice lasts until the page is left
  }
  if (i18next.language === language) return;
  const texts = await loaders[language]();
  for (const [name, bundle] of Object.entries(texts.default)) i18next.addResourceBundle(language, name, bundle, true, true);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
