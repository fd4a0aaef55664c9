import { useCallback, useEffect, useRef } from "react";
import { useWords } from "@/i18n/site";
import { signup } from "./api";
import { useAct } from "./ask";
import { useTitle } from "./frame";
import frame from "./frame.module.css";
import { usePurchase } from "./journey";
import { Button, buttonLike, Failure, Unread, Waiting } from "./part";
import { NoPurchase } from "./none";
import { Link } from "./route";

/** The invitation's address, which leads to the first steps once it was accepted. The buyer's name goes along behind the #, where no server reads it. */
export function withFirstSteps(url: string, name = ""): string {
  const target = new URL(url, location.origin);
  if (!target.searchParams.has("to")) target.searchParams.set("to", "/comecar");
  if (name !== "") target.hash += `&${new URLSearchParams({ name })}`;
  return target.toString();
}

/** Leads into the invitation of the first administrator, with a link made this very moment. */
export default function ActivatePage() {
  const { t } = useWords();
  const purchase = usePurchase();
  const act = useAct();
  const { journey } = purchase;
  const begun = useRef(false);
  useTitle(t("activate.title"));
  const ready = journey?.activation_ready === true;
  const { run } = act;
  const name = journey?.person.name ?? "";
  const go = useCallback(() => void run(async () => location.assign(withFirstSteps((await signup.activation()).url, name))), [run, name]);
  useEffect(() => {
    if (!ready || begun.current) return;
    begun.current = true;
    go();
  }, [ready, go]);

  if (journey === undefined) return purchase.error === undefined ? <Waiting label={t("loading")} /> : <Unread error={purchase.error} again={() => void purchase.reload()} />;
  if (ready) {
    return (
      <div className={frame.narrow}>
        <h1>{t("activate.title")}</h1>
        {act.said === "" ? <Waiting label={t("activate.going")} /> : <Failure said={act.said} />}
        {act.said !== "" && (
          <Button kind="main" busy={act.busy} onClick={go}>
            {t("tryAgain")}
          </Button>
        )}
      </div>
    );
  }
  if (journey === null) return <NoPurchase />;
  const done = journey.next === "done";
  return (
    <div className={frame.narrow}>
      <h1>{done ? t("wait.done") : t("activate.notYet")}</h1>
      <p>{done ? t("wait.doneText", { company: journey.company_name }) : t("activate.notYetText")}</p>
      {done ? (
        <a href="/sign-in?to=%2Fcomecar" {...buttonLike("main")}>
          {t("wait.enter")}
        </a>
      ) : (
        <Link href="/assinar/retorno" {...buttonLike("main")}>
          {t("activate.see")}
        </Link>
      )}
    </div>
  );
}
