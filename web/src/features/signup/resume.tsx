import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem } from "@/api/problem";
import { useWords } from "@/i18n/site";
import { signup } from "./api";
import { useAct } from "./ask";
import type { Journey } from "./contract";
import { isEmail } from "./document";
import { useTitle } from "./frame";
import frame from "./frame.module.css";
import { usePurchase } from "./journey";
import { Button, buttonLike, Failure, Notice, TextField, Waiting } from "./part";
import { Link, useRoute } from "./route";

const pageOf = (journey: Journey) => (journey.state === "draft" ? "/assinar" : "/assinar/retorno");

/** The link of a letter opens the purchase here; its token stands behind the #, which never leaves the browser by itself. */
export default function ResumePage() {
  const { t } = useWords();
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  useTitle(t("resume.title"));
  return (
    <div className={frame.narrow}>
      <h1>{t("resume.title")}</h1>
      {token === "" ? <Ask /> : <Open token={token} />}
    </div>
  );
}

function Open({ token }: { token: string }) {
  const { t } = useWords();
  const { go } = useRoute();
  const { run, problem, said, busy } = useAct();
  const begun = useRef(false);
  const open = useCallback(() => void run(async () => go(pageOf(await signup.open(token)), { replace: true })), [run, go, token]);
  useEffect(() => {
    if (begun.current) return;
    begun.current = true;
    open();
  }, [open]);
  if (problem === undefined) return <Waiting label={t("resume.opening")} />;
  if (problem.passing) {
    return (
      <>
        <Failure said={said} />
        <Button kind="main" busy={busy} onClick={open}>
          {t("tryAgain")}
        </Button>
      </>
    );
  }
  return (
    <>
      <Notice tone="warn" role="alert" title={t("resume.gone")}>
        <p>{t("resume.goneText")}</p>
      </Notice>
      <Ask />
    </>
  );
}

/** Asks for such a letter. The answer is the same whether there is a purchase or not. */
function Ask() {
  const { t } = useWords();
  const { journey } = usePurchase();
  const act = useAct();
  const [email, setEmail] = useState("");
  const [wrong, setWrong] = useState(false);
  const [sent, setSent] = useState("");
  const send = () => {
    setWrong(!isEmail(email));
    if (!isEmail(email)) return;
    void act.run(async () => {
      await signup.resume(email.trim());
      setSent(email.trim());
    });
  };
  return (
    <>
      {journey !== undefined && journey !== null && (
        <Notice>
          <p>{t("resume.current")}</p>
          <Link href={pageOf(journey)} {...buttonLike("plain")}>
            {t("resume.currentGo")}
          </Link>
        </Notice>
      )}
      <p>{t("resume.text")}</p>
      <form
        className={frame.form}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          send();
        }}
      >
        <TextField
          label={t("order.email")}
          type="email"
          inputMode="email"
          autoComplete="email"
          value={email}
          problem={wrong ? t("field.invalid_email") : act.problem !== undefined && asProblem(act.problem).field === "email" ? t("field.invalid_email") : undefined}
          onChange={(event) => setEmail(event.target.value)}
        />
        <Failure said={act.said} />
        <div role="status">{sent !== "" && <Notice tone="good">{t("order.laterSent", { email: sent })}</Notice>}</div>
        <Button type="submit" kind="main" busy={act.busy}>
          {t("order.laterSend")}
        </Button>
      </form>
    </>
  );
}
