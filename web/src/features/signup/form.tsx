import { useEffect, useRef, useState } from "react";
import { useWords, type TextKey } from "@/i18n/site";
import { Icon } from "@/ui/icon";
import { signup } from "./api";
import { useAct } from "./ask";
import { shownProblem } from "./check";
import type { Field, Journey } from "./contract";
import { isEmail } from "./document";
import classes from "./form.module.css";
import { useForm, type Form, type Purchase } from "./journey";
import { Button, Failure, Notice, TextField } from "./part";
import { Link, useRoute } from "./route";
import { allowed, barred, slugs, steps, type Step } from "./step";
import { AddressStep } from "./step-address";
import { CompanyStep } from "./step-company";
import { EmailStep } from "./step-email";
import { ReviewStep } from "./step-review";
import { Summary } from "./summary";

/** What each step is drawn with. */
export interface StepProps {
  journey: Journey;
  form: Form;
  purchase: Purchase;
  /** What a field shows: its value's problem, and what to call when it is left. */
  field: (name: Field) => { id: string; name: string; problem: string | undefined; warning: string | undefined; onBlur: () => void };
  /** Leads to another step. */
  open: (step: Step) => void;
  /** The next step, once this one is complete. */
  advance: () => Promise<void>;
  attempted: boolean;
  attempt: () => void;
}

/** The four steps, saved as they are typed. The address names the step, so that back, forward and reload are safe. */
export function OrderForm({ journey, purchase }: { journey: Journey; purchase: Purchase }) {
  const { t, maybe } = useWords();
  const { query, go } = useRoute();
  const form = useForm(journey, purchase);
  const asked = query.get("passo");
  const step = allowed(journey, asked);
  const at = steps.indexOf(step);
  const [left, setLeft] = useState<ReadonlySet<string>>(new Set());
  const [attempts, setAttempts] = useState<ReadonlySet<Step>>(new Set());
  const heading = useRef<HTMLHeadingElement>(null);
  const drawn = useRef(step);
  const attempted = attempts.has(step);

  // The address says which step is shown, also when it was not asked for or could not be.
  useEffect(() => {
    if (asked !== slugs[step]) go(`/assinar?passo=${slugs[step]}`, { replace: true });
  }, [asked, step, go]);
  // Who moved on hears where they are; who has just come is not moved about.
  useEffect(() => {
    if (drawn.current === step) return;
    drawn.current = step;
    heading.current?.focus();
  }, [step]);

  const open = (to: Step) => go(`/assinar?passo=${slugs[to]}`);
  const attempt = () => setAttempts((old) => new Set([...old, step]));
  const advance = async () => {
    attempt();
    if (!(await form.flush())) return;
    const [first] = barred(form.latest(), step);
    if (first !== undefined) {
      // Drawn first: a field that was hidden until now gets its place.
      requestAnimationFrame(() => document.getElementById(`f-${first.field}`)?.focus());
      return;
    }
    const next = steps[steps.indexOf(step) + 1];
    if (next !== undefined) open(next);
  };

  const field = (name: Field) => {
    const { problem, warning } = shownProblem(name, { values: form.values, journey, left, dirty: form.dirty.has(name), attempted });
    const say = (code: string) => (code === "" ? undefined : maybe(`field.${code}`, t("field.other")));
    return {
      id: `f-${name}`,
      name,
      problem: problem === "missing" ? maybe(`field.${name}`, t("field.missing")) : say(problem),
      warning: say(warning),
      onBlur: () => setLeft((old) => (old.has(name) ? old : new Set([...old, name]))),
    };
  };

  const props: StepProps = { journey, form, purchase, field, open, advance, attempted, attempt };
  const stepName = t(`order.step.${step}`);
  return (
    <div className={classes.page}>
      <div className={classes.progress}>
        <nav aria-label={t("order.steps")}>
          <ol>
            {steps.map((each, index) => {
              const reachable = index <= at || allowed(journey, slugs[each]) === each;
              const label = (
                <>
                  <i aria-hidden="true">{index < at ? <Icon name="check" size={15} /> : index + 1}</i>
                  <span>{t(`order.step.${each}`)}</span>
                </>
              );
              return (
                <li key={each} data-state={index < at ? "done" : index === at ? "here" : "next"} aria-current={index === at ? "step" : undefined}>
                  {reachable && index !== at ? <Link href={`/assinar?passo=${slugs[each]}`}>{label}</Link> : <span className={classes.here}>{label}</span>}
                </li>
              );
            })}
          </ol>
        </nav>
      </div>
      <div className={classes.columns}>
        <section className={classes.form} aria-labelledby="step">
          <div className={classes.top}>
            <div>
              <p className={classes.count}>{t("order.stepOf", { at: at + 1, of: steps.length, name: stepName })}</p>
              <h1 id="step" ref={heading} tabIndex={-1}>
                {t(`order.heading.${step}`)}
              </h1>
              <p className={classes.hint}>{t(`order.hint.${step}`)}</p>
            </div>
            <Saved form={form} />
          </div>
          {journey.version === undefined || journey.problems.some((each) => each.code === "plan_withdrawn") ? (
            <Notice tone="warn">
              <p>{t("order.withdrawn")}</p>
              <Link href="/planos">{t("toPlans")}</Link>
            </Notice>
          ) : null}
          {step === "company" && <CompanyStep {...props} />}
          {step === "address" && <AddressStep {...props} />}
          {step === "email" && <EmailStep {...props} />}
          {step === "review" && <ReviewStep {...props} />}
          <Later email={form.values.email} />
        </section>
        <Summary journey={journey} />
      </div>
    </div>
  );
}

/** Whether what was typed is safe. */
function Saved({ form }: { form: Form }) {
  const { t } = useWords();
  const stuck = form.state === "offline";
  return (
    <div className={classes.saved} data-state={form.state} role="status" data-testid="saved">
      <Icon name={stuck || form.state === "refused" ? "alert" : form.state === "saved" ? "check" : "clock"} size={16} />
      <span>{t(`order.save.${form.state}` as TextKey)}</span>
      {stuck && (
        <Button kind="quiet" onClick={form.nudge}>
          {t("order.retrySave")}
        </Button>
      )}
    </div>
  );
}

/** The end of a step: on, or back. */
export function StepEnd({ back, onBack, busy, children }: { back?: boolean; onBack?: () => void; busy?: boolean; children?: React.ReactNode }) {
  const { t } = useWords();
  return (
    <div className={classes.end}>
      {back === true && <Button onClick={onBack}>{t("back")}</Button>}
      {children ?? (
        <button type="submit" hidden disabled={busy}>
          {t("next")}
        </button>
      )}
    </div>
  );
}

/** A link by e-mail that opens the purchase elsewhere. */
function Later({ email }: { email: string }) {
  const { t } = useWords();
  const act = useAct();
  const [sent, setSent] = useState("");
  const [typed, setTyped] = useState<string>();
  const [wrong, setWrong] = useState(false);
  const value = typed ?? email;
  const send = () => {
    if (!isEmail(value)) {
      setWrong(true);
      return;
    }
    setWrong(false);
    void act.run(async () => {
      await signup.resume(value.trim());
      setSent(value.trim());
    });
  };
  return (
    <details className={classes.later}>
      <summary>{t("order.later")}</summary>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <p>{t("order.laterText")}</p>
        <TextField label={t("order.email")} type="email" inputMode="email" autoComplete="email" value={value} problem={wrong ? t("field.invalid_email") : undefined} onChange={(event) => setTyped(event.target.value)} />
        <Failure said={act.said} />
        <div role="status">{sent !== "" && <Notice tone="good">{t("order.laterSent", { email: sent })}</Notice>}</div>
        <Button type="submit" busy={act.busy}>
          {t("order.laterSend")}
        </Button>
      </form>
    </details>
  );
}
