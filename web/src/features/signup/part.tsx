import { useEffect, useId, useRef, useState, type ButtonHTMLAttributes, type InputHTMLAttributes, type ReactNode, type SelectHTMLAttributes } from "react";
import type { Problem } from "@/api/problem";
import { useWords } from "@/i18n/site";
import { Icon, type IconName } from "@/ui/icon";
import { problemText } from "./ask";
import classes from "./part.module.css";

/** The parts that public pages are made of. Small on purpose: they are all that a visitor's phone has to fetch. */

export function Button({ kind = "plain", busy = false, children, ...rest }: ButtonHTMLAttributes<HTMLButtonElement> & { kind?: "main" | "plain" | "quiet"; busy?: boolean }) {
  return (
    <button type="button" {...rest} className={classes.button} data-kind={kind} aria-busy={busy || undefined} disabled={rest.disabled} onClick={busy ? (event) => event.preventDefault() : rest.onClick}>
      {busy && <span className={classes.spin} aria-hidden="true" />}
      {children}
    </button>
  );
}

/** The classes of a link that looks like a button. */
export const buttonLike = (kind: "main" | "plain" | "quiet") => ({ className: classes.button, "data-kind": kind });

interface FieldFrame {
  label: string;
  text?: string | undefined;
  problem?: string | undefined;
  warning?: string | undefined;
  optional?: boolean | undefined;
  /** Beside others: how much room of twelve. */
  span?: number;
}

function Frame({ id, label, text, problem, warning, optional, span, children }: FieldFrame & { id: string; children: ReactNode }) {
  const { t } = useWords();
  return (
    <div className={classes.field} style={span === undefined ? undefined : ({ "--span": span } as React.CSSProperties)} data-wrong={problem !== undefined || undefined}>
      <label htmlFor={id}>
        {label}
        {optional === true && <span className={classes.optional}> ({t("optional")})</span>}
      </label>
      {children}
      {text !== undefined && (
        <p id={`${id}-text`} className={classes.help}>
          {text}
        </p>
      )}
      <p id={`${id}-problem`} className={problem !== undefined ? classes.wrong : classes.doubt} aria-live="polite">
        {problem ?? warning}
      </p>
    </div>
  );
}

const described = (id: string, { text }: FieldFrame) => (text === undefined ? `${id}-problem` : `${id}-text ${id}-problem`);

export function TextField({ label, text, problem, warning, optional, span, ...rest }: FieldFrame & InputHTMLAttributes<HTMLInputElement>) {
  const own = useId();
  const id = rest.id ?? own;
  const frame = { label, text, problem, warning, optional, ...(span === undefined ? {} : { span }) };
  return (
    <Frame id={id} {...frame}>
      <input {...rest} id={id} className={classes.input} aria-invalid={problem !== undefined || undefined} aria-describedby={described(id, frame)} />
    </Frame>
  );
}

export function SelectField({ label, text, problem, warning, optional, span, children, ...rest }: FieldFrame & SelectHTMLAttributes<HTMLSelectElement>) {
  const own = useId();
  const id = rest.id ?? own;
  const frame = { label, text, problem, warning, optional, ...(span === undefined ? {} : { span }) };
  return (
    <Frame id={id} {...frame}>
      <select {...rest} id={id} className={classes.input} aria-invalid={problem !== undefined || undefined} aria-describedby={described(id, frame)}>
        {children}
      </select>
    </Frame>
  );
}

export function CheckField({ label, text, problem, ...rest }: { label: ReactNode; text?: string; problem?: string | undefined } & InputHTMLAttributes<HTMLInputElement>) {
  const own = useId();
  const id = rest.id ?? own;
  return (
    <div className={classes.check}>
      <input type="checkbox" {...rest} id={id} aria-invalid={problem !== undefined || undefined} aria-describedby={text === undefined ? `${id}-problem` : `${id}-text ${id}-problem`} />
      <div>
        <label htmlFor={id}>{label}</label>
        {text !== undefined && (
          <p id={`${id}-text`} className={classes.help}>
            {text}
          </p>
        )}
        <p id={`${id}-problem`} className={classes.wrong} aria-live="polite">
          {problem}
        </p>
      </div>
    </div>
  );
}

export interface Choice<V extends string> {
  value: V;
  label: string;
  text?: string;
  mark?: string;
}

/** One of a few, as cards or as a switch; the keyboard's arrows come with the browser's own radio buttons. */
export function Choices<V extends string>({ name, legend, look = "cards", value, options, onChange, hideLegend = false }: { name: string; legend: string; look?: "cards" | "switch"; value: V | ""; options: Choice<V>[]; onChange: (value: V) => void; hideLegend?: boolean }) {
  return (
    <fieldset className={classes.choices} data-look={look}>
      <legend className={hideLegend ? "p-sr" : undefined}>{legend}</legend>
      <div className={classes.options}>
        {options.map((option) => (
          <label key={option.value} className={classes.option} data-chosen={option.value === value || undefined}>
            <input type="radio" name={name} value={option.value} checked={option.value === value} onChange={() => onChange(option.value)} />
            <span className={classes.choice}>
              <span className={classes.choiceName}>{option.label}</span>
              {option.mark !== undefined && <span className={classes.mark}>{option.mark}</span>}
              {option.text !== undefined && <span className={classes.help}>{option.text}</span>}
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

/** Something to know: plain, a warning, or bad. */
export function Notice({ tone = "plain", icon, title, children, role }: { tone?: "plain" | "good" | "warn" | "bad"; icon?: IconName; title?: string; children?: ReactNode; role?: "alert" | "status" }) {
  return (
    <div className={classes.notice} data-tone={tone} role={role}>
      <Icon name={icon ?? (tone === "good" ? "check" : "alert")} size={20} />
      <div>
        {title !== undefined && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  );
}

/** A failure said beside what failed; nothing when there is none. */
export function Failure({ said }: { said: string }) {
  if (said === "") return null;
  return (
    <Notice tone="bad" role="alert">
      {said}
    </Notice>
  );
}

/** A page that could not be read, and the way out. */
export function Unread({ error, again }: { error: Problem; again: () => void }) {
  const words = useWords();
  return (
    <div className={classes.middle} role="alert">
      <Icon name="alert" size={34} />
      <p>{problemText(words, error)}</p>
      {error.requestId !== "" && <p className={classes.help}>{words.t("support", { id: error.requestId })}</p>}
      <Button kind="main" onClick={again}>
        {words.t("tryAgain")}
      </Button>
    </div>
  );
}

export function Waiting({ label }: { label: string }) {
  return (
    <div className={classes.middle} role="status">
      <span className={classes.dots} aria-hidden="true">
        <i />
        <i />
        <i />
      </span>
      <p>{label}</p>
    </div>
  );
}

/** A text to take into another app. */
export function CopyText({ label, value, press }: { label: string; value: string; press: string }) {
  const { t } = useWords();
  const id = useId();
  const box = useRef<HTMLTextAreaElement>(null);
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = setTimeout(() => setCopied(false), 2500);
    return () => clearTimeout(timer);
  }, [copied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(value);
      setCopied(true);
    } catch {
      box.current?.select(); // no permission: the text is marked, and the phone's own menu copies
    }
  };
  return (
    <div className={classes.copy}>
      <label htmlFor={id}>{label}</label>
      <textarea id={id} ref={box} readOnly value={value} rows={Math.min(6, Math.ceil(value.length / 34))} className={classes.code} onFocus={(event) => event.currentTarget.select()} />
      <Button kind="main" onClick={() => void copy()}>
        <Icon name={copied ? "check" : "copy"} size={18} />
        <span aria-live="polite">{copied ? t("copied") : press}</span>
      </Button>
    </div>
  );
}
