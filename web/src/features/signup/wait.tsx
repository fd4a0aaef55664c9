import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { useWords } from "@/i18n/site";
import { Icon, type IconName } from "@/ui/icon";
import { contractUrl, signup } from "./api";
import { useAct } from "./ask";
import type { Checkout, Journey } from "./contract";
import { useTitle } from "./frame";
import { usePurchase, type Purchase } from "./journey";
import { NoPurchase } from "./none";
import { Button, buttonLike, CopyText, Failure, Notice, Unread, Waiting } from "./part";
import { takeWish, wantsToPay } from "./pay-intent";
import { nextLook, phaseOf, shown, type Phase } from "./phase";
import { freeStart } from "./price";
import { Link, useRoute } from "./route";
import classes from "./wait.module.css";

const PixPicture = lazy(() => import("./pix"));

/** Where the payment leads back to: what is awaited, and the way on from every end. */
export default function WaitPage() {
  const { t } = useWords();
  const purchase = usePurchase();
  const { journey } = purchase;
  useTitle(t("wait.title"));
  if (journey === undefined) return purchase.error === undefined ? <Waiting label={t("loading")} /> : <Unread error={purchase.error} again={() => void purchase.reload()} />;
  if (journey === null) return <NoPurchase />;
  return <Progress journey={journey} purchase={purchase} />;
}

/** Asks the server again at the phase's pace, and rests while nobody looks or there is no network. */
function useFollowing(phase: Phase, reload: () => Promise<void>): void {
  const began = useRef(0);
  useEffect(() => {
    began.current = Date.now();
  }, [phase]);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const plan = () => {
      const ms = nextLook(phase, Date.now() - began.current);
      if (ms === null || over) return;
      timer = setTimeout(() => {
        if (document.visibilityState === "hidden") {
          plan();
          return;
        }
        void reload().finally(plan);
      }, ms);
    };
    plan();
    return () => {
      over = true;
      clearTimeout(timer);
    };
  }, [phase, reload]);
}

/** Who has just asked to pay goes on to the vendor's page by themselves, once. */
function useOnward(phase: Phase, url: string): void {
  const wish = useRef<boolean | null>(null);
  useEffect(() => {
    wish.current ??= takeWish();
    if (!wish.current) return;
    if (phase === "choosing" && url !== "") {
      wish.current = false;
      location.assign(url);
    } else if (phase !== "opening" && phase !== "slow") {
      wish.current = false;
    }
  }, [phase, url]);
}

const icons: Record<Phase, IconName> = {
  form: "note",
  opening: "clock",
  slow: "clock",
  refused: "alert",
  choosing: "clock",
  pix: "phone",
  boleto: "file",
  processing: "clock",
  declined: "alert",
  expired: "clock",
  canceled: "close",
  preparing: "clock",
  trouble: "clock",
  ready: "check",
  done: "check",
};

function Progress({ journey, purchase }: { journey: Journey; purchase: Purchase }) {
  const { t } = useWords();
  const phase = phaseOf(journey);
  useFollowing(phase, purchase.reload);
  useOnward(phase, journey.checkout?.url ?? "");
  const paid = phase === "preparing" || phase === "trouble" || phase === "ready" || phase === "done";
  return (
    <div className={classes.page}>
      <article className={classes.card} data-phase={phase} data-testid="phase">
        {/* Said aloud when it changes: people look at their bank's app meanwhile. */}
        <div role="status" className={classes.head}>
          <span className={classes.badge} data-tone={phase === "ready" || phase === "done" ? "good" : phase === "declined" || phase === "refused" ? "bad" : "wait"}>
            <Icon name={icons[phase]} size={24} />
          </span>
          <div>
            <h1>{heading(t, phase)}</h1>
            <p>{text(t, phase, journey)}</p>
          </div>
        </div>
        <Actions phase={phase} journey={journey} purchase={purchase} />
        {paid && phase !== "done" && <Stages journey={journey} />}
        {purchase.error !== undefined && <Notice tone="warn">{t("wait.offline")}</Notice>}
        <footer className={classes.foot}>
          {journey.contract_no !== "" && <span>{t("wait.contract", { number: journey.contract_no })}</span>}
          {paid && journey.terms !== undefined && <a href={contractUrl}>{t("wait.pdf")}</a>}
          {nextLook(phase, 0) !== null && <span>{t("wait.looking")}</span>}
        </footer>
      </article>
      {["opening", "slow", "choosing", "pix", "boleto", "declined", "refused"].includes(phase) && <GiveUp purchase={purchase} />}
    </div>
  );
}

type T = ReturnType<typeof useWords>["t"];

function heading(t: T, phase: Phase): string {
  if (phase === "slow") return t("wait.opening");
  if (phase === "refused") return t("wait.declined");
  return t(`wait.${phase}`);
}

function text(t: T, phase: Phase, journey: Journey): string {
  switch (phase) {
    case "slow":
      return t("problem.payment_unavailable");
    case "refused":
      return t("wait.declinedText");
    case "preparing":
      return journey.version !== undefined && freeStart(journey.version) ? t("wait.preparingTrial") : t("wait.preparingText");
    case "ready":
      return t("wait.readyText", { email: journey.person.email });
    case "done":
      return t("wait.doneText", { company: journey.company_name });
    default:
      return t(`wait.${phase}Text`);
  }
}

/** The way on from where the purchase stands. */
function Actions({ phase, journey, purchase }: { phase: Phase; journey: Journey; purchase: Purchase }) {
  const { t } = useWords();
  switch (phase) {
    case "form":
      return (
        <Link href="/assinar" {...buttonLike("main")}>
          {t("wait.formGo")}
        </Link>
      );
    case "opening":
    case "preparing":
      return (
        <span className={classes.bar} aria-hidden="true">
          <i />
        </span>
      );
    case "choosing":
    case "processing":
      return (
        <div className={classes.actions}>
          {journey.checkout !== undefined && journey.checkout.url !== "" && (
            <a href={journey.checkout.url} {...buttonLike(phase === "choosing" ? "main" : "plain")}>
              {t("wait.openPay")}
            </a>
          )}
          {phase === "choosing" && <OtherWay />}
        </div>
      );
    case "pix":
    case "boleto":
      return journey.checkout === undefined ? null : <ToPay checkout={journey.checkout} />;
    case "slow":
    case "refused":
    case "declined":
    case "expired":
    case "canceled":
      return <Again purchase={purchase} other={phase !== "canceled"} />;
    case "ready":
      return <Ready journey={journey} />;
    case "done":
      return (
        <a href="/sign-in?to=%2Fcomecar" {...buttonLike("main")}>
          {t("wait.enter")}
        </a>
      );
    case "trouble":
      return null;
  }
}

function OtherWay() {
  const { t } = useWords();
  return (
    <Link href="/assinar?passo=revisao" {...buttonLike("quiet")}>
      {t("wait.other")}
    </Link>
  );
}

function ToPay({ checkout }: { checkout: Checkout }) {
  const { t, language } = useWords();
  const due = checkout.due_ms || checkout.expires_ms;
  const page = checkout.boleto_url || checkout.url;
  return (
    <div className={classes.pay}>
      {checkout.pix_code !== "" && (
        <>
          <Suspense fallback={<div className={classes.qr} />}>
            <PixPicture code={checkout.pix_code} label={t("wait.qr")} />
          </Suspense>
          <CopyText label={t("wait.pixCode")} value={checkout.pix_code} press={t("wait.pixCopy")} />
        </>
      )}
      {checkout.pix_code === "" && checkout.boleto_line !== "" && <CopyText label={t("wait.boletoLine")} value={checkout.boleto_line} press={t("wait.boletoCopy")} />}
      {due > 0 && <p className={classes.due}>{t("wait.due", { date: new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: checkout.pix_code === "" ? undefined : "short" }).format(due) })}</p>}
      <div className={classes.actions}>
        {page !== "" && (
          <a href={page} target="_blank" rel="noopener noreferrer" {...buttonLike("plain")}>
            {t(checkout.pix_code === "" ? "wait.boletoOpen" : "wait.openPay")}
          </a>
        )}
        <OtherWay />
      </div>
    </div>
  );
}

/** A new payment in place of one that came to nothing; what was filled in is kept. */
function Again({ purchase, other }: { purchase: Purchase; other: boolean }) {
  const { t } = useWords();
  const { go } = useRoute();
  const act = useAct();
  const again = () =>
    void act.run(async () => {
      const next = await signup.again();
      if (next.state === "draft") go("/assinar?passo=revisao");
      else wantsToPay();
      purchase.heard(next);
    });
  return (
    <>
      <Failure said={act.said} />
      <div className={classes.actions}>
        <Button kind="main" busy={act.busy} onClick={again}>
          {t("wait.again")}
        </Button>
        {other ? (
          <OtherWay />
        ) : (
          <Link href="/planos" {...buttonLike("quiet")}>
            {t("toPlans")}
          </Link>
        )}
      </div>
    </>
  );
}

function Ready({ journey }: { journey: Journey }) {
  const { t } = useWords();
  const act = useAct();
  const [sent, setSent] = useState(false);
  const email = journey.person.email;
  const troubled = ["failed", "bounced", "dropped"].includes(journey.letter?.state ?? "");
  return (
    <>
      <div className={classes.actions}>
        <Link href="/assinar/ativar" {...buttonLike("main")}>
          {t("wait.activate")}
        </Link>
        <Button
          kind="quiet"
          busy={act.busy}
          onClick={() =>
            void act.run(async () => {
              setSent(false);
              await signup.activationLetter();
              setSent(true);
            })
          }
        >
          {t("wait.resend")}
        </Button>
      </div>
      <Failure said={act.said} />
      <div role="status">{sent ? <Notice tone="good">{t("wait.resent", { email })}</Notice> : troubled && <Notice tone="warn">{t("wait.letterTrouble", { email })}</Notice>}</div>
    </>
  );
}

function Stages({ journey }: { journey: Journey }) {
  const { t, maybe } = useWords();
  return (
    <section aria-labelledby="stages" className={classes.stages}>
      <h2 id="stages">{t("wait.stages")}</h2>
      <ol>
        {shown(journey).map((stage) => (
          <li key={stage.name} data-state={stage.state}>
            <i aria-hidden="true">{stage.state === "done" && <Icon name="check" size={15} />}</i>
            <span>{maybe(`wait.stage.${stage.name}`, stage.name)}</span>
            <small>{maybe(`wait.stageState.${stage.state}`, stage.state)}</small>
          </li>
        ))}
      </ol>
    </section>
  );
}

function GiveUp({ purchase }: { purchase: Purchase }) {
  const { t } = useWords();
  const act = useAct();
  const [asked, setAsked] = useState(false);
  const cancel = () =>
    void act.run(async () => {
      await signup.cancel();
      await purchase.reload();
    });
  return (
    <div className={classes.giveUp}>
      {asked ? (
        <>
          <Button busy={act.busy} onClick={cancel}>
            {t("wait.cancelSure")}
          </Button>
          <Button kind="quiet" onClick={() => setAsked(false)}>
            {t("wait.cancelNo")}
          </Button>
        </>
      ) : (
        <Button kind="quiet" onClick={() => setAsked(true)}>
          {t("wait.cancel")}
        </Button>
      )}
      <Failure said={act.said} />
    </div>
  );
}
