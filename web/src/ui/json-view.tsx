import { Fragment, useMemo, type ReactNode } from "react";
import { CopyIcon } from "./state";
import { useTranslation } from "react-i18next";
import classes from "./json-view.module.css";

const token = /("(?:\\.|[^"\\])*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;

/** Indents JSON; any other text comes back as it is. */
export function pretty(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

function paint(text: string): ReactNode[] {
  const out: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(token)) {
    out.push(text.slice(at, match.index));
    const [whole, string, colon, number, word] = match;
    const kind = string !== undefined ? (colon !== undefined ? "key" : "string") : number !== undefined ? "number" : "word";
    out.push(
      <span key={match.index} className={classes[kind]}>
        {string ?? number ?? word}
      </span>,
    );
    if (colon !== undefined) out.push(colon);
    at = match.index + whole.length;
  }
  out.push(text.slice(at));
  return out;
}

/** A body as it went over the wire, indented and coloured when it is JSON, with a button that copies it. */
export function JsonView({ text, label }: { text: string; label: string }) {
  const { t } = useTranslation("common");
  const shown = useMemo(() => pretty(text), [text]);
  const painted = useMemo(() => (shown.length < 60_000 && /^\s*[[{]/.test(shown) ? paint(shown) : [shown]), [shown]);
  if (text === "") return <p className={classes.empty}>{t("emptyBody")}</p>;
  return (
    <div className={classes.frame}>
      <div className={classes.copy}>
        <CopyIcon value={shown} label={t("copyNamed", { name: label })} />
      </div>
      <pre className={classes.code} tabIndex={0} aria-label={label}>
        {painted.map((node, i) => (
          <Fragment key={i}>{node}</Fragment>
        ))}
      </pre>
    </div>
  );
}
