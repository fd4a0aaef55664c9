import { useWords } from "@/i18n/site";
import { signup } from "./api";
import { useRead } from "./ask";
import { useTitle } from "./frame";
import frame from "./frame.module.css";
import { Markdown } from "./markdown";
import { Button, Unread, Waiting } from "./part";

/** What is agreed to, to be read before anything is bought. */
export default function TermsPage() {
  const { t, language } = useWords();
  const terms = useRead(`terms ${language}`, () => signup.terms(language));
  useTitle(t("terms.title"));
  if (terms.data === undefined) return terms.error === undefined ? <Waiting label={t("loading")} /> : <Unread error={terms.error} again={terms.again} />;
  const titled = terms.data.markdown.trimStart().startsWith("# ");
  return (
    <article className={frame.prose}>
      {!titled && <h1>{terms.data.title || t("terms.title")}</h1>}
      <Markdown text={terms.data.markdown} />
      <p className={frame.quiet}>{t("terms.version", { version: terms.data.version })}</p>
      <Button onClick={() => window.print()}>{t("terms.print")}</Button>
    </article>
  );
}
