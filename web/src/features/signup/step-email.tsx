import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import { useWords } from "@/i18n/site";
import { signup } from "./api";
import { useAct } from "./ask";
import { codeSentMs, codeWasSent, waitSeconds } from "./code-sent";
import { codeText, isEmail } from "./document";
import { StepEnd, type StepProps } from "./form";
import classes from "./form.module.css";
import { Button, Failure, Notice, TextField } from "./part";

const size = 8;

/** The e-mail is proven by a code, so that the account's access reaches the one who pays. */
export function EmailStep({ journey, form, purchase, open, advance }: StepProps) {
  const { t } = useWords();
  const email = journey.person.email;
  if (journey.person.email_proven) {
    return (
      <form
        className={classes.fields}
        onSubmit={(event) => {
          event.preventDefault();
          void advance();
        }}
      >
        <Notice tone="good" role="status">
          {t("order.proven", { email })}
        </Notice>
        <ChangeEmail form={form} email={email} />
        <StepEnd back onBack={() => open("address")}>
          <Button type="submit" kind="main">
            {t("next")}
          </Button>
        </StepEnd>
      </form>
    );
  }
  return <Prove key={email} email={email} journey={journey} form={form} purchase={purchase} open={open} />;
}

function Prove({ email, journey, form, purchase, open }: Pick<StepProps, "journey" | "form" | "purchase" | "open"> & { email: string }) {
  const { t } = useWords();
  const [sentMs, setSentMs] = useState(() => codeSentMs(journey.id, email));
  const [now, setNow] = useState(() => Date.now());
  const [code, setCode] = useState("");
  const [again, setAgain] = useState(false);
  const sending = useAct();
  const checking = useAct();
  const box = useRef<HTMLInputElement>(null);
  const tried = useRef(false);
  const left = waitSeconds(sentMs, now);

  const send = useCallback(
    (repeat: boolean) =>
      sending.run(async () => {
        try {
          await signup.sendCode();
        } catch (error) {
          // Proven in another tab meanwhile: the page only has to hear of it.
          if (asProblem(error).reason !== "email_proven") throw error;
          await purchase.reload();
          return;
        }
        const at = Date.now();
        codeWasSent(journey.id, email, at);
        setSentMs(at);
        setNow(at);
        setAgain(repeat);
        box.current?.focus();
      }),
    [sending, purchase, journey.id, email],
  );

  // The first code goes out by itself, once for each address.
  useEffect(() => {
    if (tried.current || sentMs !== 0 || !isEmail(email)) return;
    tried.current = true;
    void send(false);
  }, [sentMs, email, send]);
  useEffect(() => {
    if (left === 0) return;
    const timer = setInterval(() => setNow(Date.now()), 500);
    return () => clearInterval(timer);
  }, [left]);

  const check = (typed: string) =>
    void checking.run(async () => {
      purchase.heard(await signup.prove(typed));
      open("review");
    });
  const type = (text: string) => {
    const next = codeText(text);
    checking.clear();
    setCode(next);
    if (next.length === size && next !== code) check(next);
  };

  return (
    <form
      className={classes.fields}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (code.length === size) check(code);
        else box.current?.focus();
      }}
    >
      <p className={classes.wide}>{t(sentMs === 0 ? "order.codeNone" : "order.codeSent", { email })}</p>
      <div className={classes.wide}>
        <label htmlFor="f-email_proof" className={classes.label}>
          {t("order.code")}
        </label>
        <input
          id="f-email_proof"
          ref={box}
          className={classes.code}
          value={code}
          onChange={(event) => type(event.target.value)}
          onPaste={(event) => {
            event.preventDefault();
            type(event.clipboardData.getData("text"));
          }}
          autoComplete="one-time-code"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          inputMode="text"
          maxLength={size + 4}
          aria-invalid={checking.said !== "" || undefined}
          aria-describedby="code-help code-said"
          data-complete={code.length === size || undefined}
        />
        <p id="code-help" className={classes.hint}>
          {t("order.codeText")}
        </p>
        <div id="code-said">
          <Failure said={checking.said} />
        </div>
      </div>
      <div className={classes.choices}>
        <Button type="submit" kind="main" busy={checking.busy} disabled={code.length < size && !checking.busy}>
          {t("order.codeCheck")}
        </Button>
        <Button disabled={left > 0} busy={sending.busy} onClick={() => void send(true)}>
          {left > 0 ? t("order.codeWait", { count: left }) : t(sentMs === 0 ? "order.codeSend" : "order.codeResend")}
        </Button>
      </div>
      <div className={classes.wide} role="status">
        {again && left > 0 && <Notice tone="good">{t("order.codeResent")}</Notice>}
      </div>
      <div className={classes.wide}>
        <Failure said={sending.said} />
      </div>
      <ChangeEmail form={form} email={email} />
      <StepEnd back onBack={() => open("address")}>
        <span />
      </StepEnd>
    </form>
  );
}

/** Another address; all else that was filled in stays. */
function ChangeEmail({ form, email }: { form: StepProps["form"]; email: string }) {
  const { t } = useWords();
  const [typed, setTyped] = useState<string>();
  const [wrong, setWrong] = useState(false);
  if (typed === undefined) {
    return (
      <div className={classes.wide}>
        <Button kind="quiet" onClick={() => setTyped(email)}>
          {t("order.emailChange")}
        </Button>
      </div>
    );
  }
  const save = () => {
    if (!isEmail(typed)) {
      setWrong(true);
      return;
    }
    form.edit({ email: typed.trim() });
    void form.flush().then((done) => done && setTyped(undefined));
  };
  return (
    <div className={classes.inline}>
      <TextField
        label={t("order.emailNew")}
        type="email"
        inputMode="email"
        autoComplete="email"
        autoCapitalize="none"
        autoFocus
        value={typed}
        problem={wrong ? t("field.invalid_email") : undefined}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          save();
        }}
      />
      <Button kind="main" onClick={save}>
        {t("order.emailSave")}
      </Button>
    </div>
  );
}
