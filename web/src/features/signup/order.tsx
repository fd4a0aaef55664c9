import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { useWords } from "@/i18n/site";
import { signup } from "./api";
import { problemText } from "./ask";
import type { Interval, Journey, Patch } from "./contract";
import { OrderForm } from "./form";
import { useTitle } from "./frame";
import frame from "./frame.module.css";
import { usePurchase } from "./journey";
import { Button, buttonLike, Notice, Unread, Waiting } from "./part";
import { Link, useRoute } from "./route";
import { fillable } from "./step";

/** What a link to this page wishes for: a plan, how often to pay, a coupon. */
function wishOf(query: URLSearchParams): { plan: string; interval: Interval | undefined; coupon: string } {
  const cycle = query.get("ciclo");
  return { plan: query.get("plano") ?? "", interval: cycle === "anual" ? "year" : cycle === "mensal" ? "month" : undefined, coupon: (query.get("cupom") ?? "").trim().slice(0, 32) };
}

/** The address without what was wished for, which is the purchase's own from then on. */
function settled(query: URLSearchParams): string {
  const rest = new URLSearchParams(query);
  for (const name of ["plano", "ciclo", "cupom"]) rest.delete(name);
  return `/assinar${rest.size === 0 ? "" : `?${rest}`}`;
}

/** Begins a purchase, or goes on with the one of this browser. */
export default function OrderPage() {
  const words = useWords();
  const { t, language } = words;
  const { query, go } = useRoute();
  const purchase = usePurchase();
  const { journey, heard } = purchase;
  const [failed, setFailed] = useState<Problem>();
  const busy = useRef(false);
  useTitle(t("order.title"));

  const wish = wishOf(query);
  const asked = query.get("passo");
  const open = journey !== undefined && journey !== null && fillable(journey, asked);
  const wished = wish.plan !== "" || wish.coupon !== "";

  const begin = useCallback(async () => {
    if (busy.current) return;
    busy.current = true;
    setFailed(undefined);
    try {
      const { plan, interval, coupon } = wishOf(query);
      const offered = await signup.plans(language);
      const chosen = offered.items.find((each) => each.slug === plan || each.version_id === plan);
      if (chosen === undefined || !offered.open) {
        go(`/planos${coupon === "" ? "" : `?${new URLSearchParams({ cupom: coupon })}`}`, { replace: true });
        return;
      }
      const cycle = interval ?? (chosen.monthly_minor > 0 ? "month" : "year");
      heard(await signup.begin({ version_id: chosen.version_id, interval: cycle, locale: language, ...(coupon === "" ? {} : { coupon }) }));
      go(settled(query), { replace: true });
    } catch (error) {
      setFailed(asProblem(error));
    } finally {
      busy.current = false;
    }
  }, [query, language, heard, go]);

  const follow = useCallback(
    async (current: Journey) => {
      if (busy.current) return;
      busy.current = true;
      try {
        const { plan, interval, coupon } = wishOf(query);
        const offered = await signup.plans(language);
        const chosen = offered.items.find((each) => each.slug === plan || each.version_id === plan);
        const patch: Patch = { ...(chosen === undefined ? {} : { version_id: chosen.version_id }), ...(interval === undefined ? {} : { interval }), ...(coupon === "" ? {} : { coupon }) };
        const same = (chosen === undefined || chosen.version_id === current.version?.version_id) && (interval === undefined || interval === current.interval) && coupon === "";
        if (!same) heard(await signup.save(patch));
      } catch (error) {
        if (asProblem(error).passing) setFailed(asProblem(error));
      } finally {
        busy.current = false;
        go(settled(query), { replace: true });
      }
    },
    [query, language, heard, go],
  );

  useEffect(() => {
    if (journey === undefined || failed !== undefined || purchase.lost) return;
    if (journey === null) {
      if (wish.plan === "") go("/planos", { replace: true });
      // eslint-disable-next-line react-hooks/set-state-in-effect -- the answer comes later, not within the effect
      else void begin();
    } else if (wished && open) void follow(journey);
    else if (!wished && !open) go("/assinar/retorno", { replace: true });
  }, [journey, failed, purchase.lost, wish.plan, wished, open, begin, follow, go]);

  if (failed !== undefined && !open) return <Unread error={failed} again={() => void begin()} />;
  if (purchase.error !== undefined && !journey) return <Unread error={purchase.error} again={() => void purchase.reload()} />;
  if (purchase.lost) return <Lost />;
  if (!journey) return <Waiting label={t("loading")} />;
  if (!open) {
    if (!wished) return <Waiting label={t("loading")} />;
    return (
      <div className={frame.narrow}>
        <h1>{t("order.title")}</h1>
        <Notice>{t("order.opened")}</Notice>
        <Link href="/assinar/retorno" {...buttonLike("main")}>
          {t("order.openedSee")}
        </Link>
        <Button onClick={() => void begin()}>{t("order.openedNew")}</Button>
      </div>
    );
  }
  return (
    <>
      {failed !== undefined && <Notice tone="bad">{problemText(words, failed)}</Notice>}
      <OrderForm key={journey.id} journey={journey} purchase={purchase} />
    </>
  );
}

/** The purchase ran out, or was ended in another tab. */
function Lost() {
  const { t } = useWords();
  return (
    <div className={frame.narrow}>
      <h1>{t("order.lost")}</h1>
      <p>{t("order.lostText")}</p>
      <Link href="/planos" {...buttonLike("main")}>
        {t("toPlans")}
      </Link>
      <Link href="/assinar/continuar" {...buttonLike("plain")}>
        {t("resumeLink")}
      </Link>
    </div>
  );
}
