import { useState } from "react";
import { useWords } from "@/i18n/site";
import { moneyText } from "@/ui/money";
import type { Journey } from "./contract";
import classes from "./form.module.css";
import { discounted } from "./price";

/** What is bought and when it is paid; beside the form, or folded above it on a phone. */
export function Summary({ journey }: { journey: Journey }) {
  const { t, language } = useWords();
  const { version, quote } = journey;
  const [wide] = useState(() => matchMedia("(min-width: 60em)").matches);
  if (version === undefined || quote === undefined) return null;
  const yearly = journey.interval === "year";
  const money = (amount: number) => moneyText(amount, language, quote.currency || version.currency);
  const day = (ms: number) => new Intl.DateTimeFormat(language, { dateStyle: "long" }).format(ms);
  const per = t(yearly ? "plans.perYear" : "plans.perMonth");
  const trial = quote.trial_days > 0;
  const after = quote.discount_minor > 0 && quote.discount_cycles > 0;
  return (
    <aside className={classes.summary} aria-label={t("order.total")}>
      <details open={wide}>
        <summary>
          <span>{version.name}</span>
          <span>
            {money(discounted(quote))} <small>{per}</small>
          </span>
        </summary>
        <dl>
          <div>
            <dt>
              {version.name}, {t(yearly ? "plans.year" : "plans.month").toLowerCase()}
            </dt>
            <dd>{money(quote.price_minor)}</dd>
          </div>
          {quote.discount_minor > 0 && (
            <div>
              <dt>
                {t("order.discount")} <small>{quote.discount_cycles === 0 ? t("order.discountAlways") : t("order.discountFor", { count: quote.discount_cycles })}</small>
              </dt>
              <dd>−{money(quote.discount_minor)}</dd>
            </div>
          )}
          <div data-total>
            <dt>
              {t("order.today")} {trial && <small>{t("order.trialEnds", { count: quote.trial_days })}</small>}
            </dt>
            <dd>{money(trial ? 0 : quote.first_minor)}</dd>
          </div>
          {trial && quote.first_due_ms > 0 && (
            <div>
              <dt>{t("order.firstOn", { date: day(quote.first_due_ms) })}</dt>
              <dd>{money(quote.first_minor)}</dd>
            </div>
          )}
        </dl>
        {after && <p>{t(yearly ? "order.thenYear" : "order.thenMonth", { price: money(quote.price_minor) })}</p>}
      </details>
    </aside>
  );
}
