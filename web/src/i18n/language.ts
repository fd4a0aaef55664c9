export const languages = ["pt-BR", "en"] as const;
export type Language = (typeof languages)[number];

const kept = "prosa-language";

export function isLanguage(text: string | null | undefined): text is Language {
  return languages.some((language) => language === text);
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

/** Remembers the choice in this browser, for every page of ours. */
export function keepLanguage(language: Language): void {
  try {
    localStorage.setItem(kept, language);
  } catch {
    // storage may be blocked: the choice lasts until the page is left
  }
}
