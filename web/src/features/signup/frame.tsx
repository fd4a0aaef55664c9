import { useEffect, useState, type ReactNode } from "react";
import { useWords } from "@/i18n/site";
import { languages } from "@/i18n/language";
import { Icon } from "@/ui/icon";
import { Wordmark } from "@/ui/wordmark";
import classes from "./frame.module.css";
import { Link, useRoute } from "./route";

/** What stands around every public page. */
export function Frame({ children }: { children: ReactNode }) {
  const { t } = useWords();
  const { path } = useRoute();
  const buying = path.startsWith("/assinar");
  return (
    <div className={classes.page}>
      <a className="p-skip" href="#main">
        {t("skip")}
      </a>
      <header className={classes.head}>
        <Link href="/planos" className={classes.mark}>
          <Wordmark size={23} />
        </Link>
        <div className={classes.tools}>
          <Language />
          <Theme />
          {!buying && (
            <a href="/sign-in" className={classes.signIn}>
              {t("signIn")}
            </a>
          )}
        </div>
      </header>
      <main id="main" className={classes.main} tabIndex={-1}>
        {children}
      </main>
      <footer className={classes.foot}>
        <span>© Prosa</span>
        <nav aria-label={t("nav")}>
          <Link href="/planos">{t("plansLink")}</Link>
          <Link href="/termos">{t("termsLink")}</Link>
          <Link href="/assinar/continuar">{t("resumeLink")}</Link>
          <a href="/sign-in">{t("signIn")}</a>
        </nav>
      </footer>
    </div>
  );
}

const short = { "pt-BR": "PT", en: "EN" } as const;
const named = { "pt-BR": "Português", en: "English" } as const;

function Language() {
  const { t, language, speak } = useWords();
  return (
    <div className={classes.language} role="group" aria-label={t("language")}>
      {languages.map((each) => (
        <button key={each} type="button" lang={each} aria-pressed={each === language} title={named[each]} onClick={() => speak(each)}>
          {short[each]}
        </button>
      ))}
    </div>
  );
}

const kept = "prosa-scheme"; // the application's own key: one choice for both

function Theme() {
  const { t } = useWords();
  const [dark, setDark] = useState(() => document.documentElement.getAttribute("data-mantine-color-scheme") === "dark");
  useEffect(() => document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light"), [dark]);
  const change = () => {
    try {
      localStorage.setItem(kept, dark ? "light" : "dark");
    } catch {
      // storage may be blocked: the choice lasts until the page is left
    }
    setDark(!dark);
  };
  return (
    <button type="button" className={classes.tool} onClick={change} aria-label={t("theme")}>
      <Icon name={dark ? "sun" : "moon"} size={20} />
    </button>
  );
}

/** The title and the description that search engines and bookmarks see. */
export function useTitle(title: string, description?: string): void {
  useEffect(() => {
    document.title = title;
    if (description !== undefined) document.querySelector('meta[name="description"]')?.setAttribute("content", description);
  }, [title, description]);
}
