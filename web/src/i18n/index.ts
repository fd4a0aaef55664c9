import i18next from "i18next";
import { initReactI18next } from "react-i18next";
import { firstLanguage, isLanguage, keepLanguage, type Language } from "./language";
import type ptBR from "./pt-BR";

export { firstLanguage, isLanguage, languages, type Language } from "./language";

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

/** The language that is spoken now, for the server to remember. */
export function spoken(): Language {
  return isLanguage(i18next.language) ? i18next.language : "pt-BR";
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
  keepLanguage(language);
  if (i18next.language === language) return;
  const texts = await loaders[language]();
  for (const [name, bundle] of Object.entries(texts.default)) i18next.addResourceBundle(language, name, bundle, true, true);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
