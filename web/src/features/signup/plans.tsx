import { useMemo } from "react";
import { useWords, type TextKey } from "@/i18n/site";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { signup } from "./api";
import { useRead } from "./ask";
import type { Interval, Limit, Offer, Plans } from "./contract";
import { useTitle } from "./frame";
import { buttonLike, Choices, Notice, Unread } from "./part";
import classes from "./plans.module.css";
import { featuresIn, featuresOf, freeStart, intervals, metersOf, monthOf, priceOf, saving, savingPercent } from "./price";
import { Link, useRoute } from "./route";

/** What it costs, told before anything is asked. */
export function PlansPage() {
  const { t, language } = useWords();
  const { query } = useRoute();
  const plans = useRead(`plans ${language}`, () => signup.plans(language));
  useTitle(t("plans.title"), t("plans.description"));
  const coupon = (query.get("cupom") ?? "").trim().slice(0, 32);
  return (
    <>
      <section className={classes.hero}>
        <div>
          <h1>{t("plans.headline")}</h1>
          <p className={classes.lead}>{t("plans.lead")}</p>
          <a href="#precos" {...buttonLike("main")}>
            {t("plans.seePrices")}
          </a>
        </div>
        <div className={classes.talk} aria-hidden="true">
          <span data-side="in">{t("plans.sample.customer")}</span>
          <span data-side="bot">{t("plans.sample.bot")}</span>
          <span data-side="in">{t("plans.sample.asks")}</span>
          <span data-side="out">{t("plans.sample.person")}</span>
        </div>
      </section>
      <section id="precos" className={classes.prices} aria-labelledby="pick">
        <h2 id="pick">{t("plans.pick")}</h2>
        {coupon !== "" && <Notice icon="check">{t("plans.coupon", { code: coupon.toUpperCase() })}</Notice>}
        {plans.data !== undefined ? <Prices plans={plans.data} coupon={coupon} /> : plans.error !== undefined ? <Unread error={plans.error} again={plans.again} /> : <Skeleton />}
      </section>
      {plans.data?.open === true && plans.data.items.length > 0 && <Questions />}
    </>
  );
}

/** As tall as what comes, so that nothing jumps. */
function Skeleton() {
  const { t } = useWords();
  return (
    <div role="status">
      <span className="p-sr">{t("loading")}</span>
      <div className={classes.switch} aria-hidden="true" />
      <div className={classes.cards} aria-hidden="true">
        {[0, 1, 2].map((n) => (
          <div key={n} className={`${classes.card} ${classes.ghost}`} />
        ))}
      </div>
    </div>
  );
}

function Prices({ plans, coupon }: { plans: Plans; coupon: string }) {
  const { t, language } = useWords();
  const { query, path, go } = useRoute();
  const sold = intervals(plans.items);
  const asked: Interval = query.get("ciclo") === "anual" ? "year" : "month";
  const interval = sold.includes(asked) ? asked : (sold[0] ?? "month");
  const best = Math.max(0, ...plans.items.map(savingPercent));
  const ways = useMemo(() => new Intl.ListFormat(language, { type: "disjunction" }), [language]);
  if (!plans.open || plans.items.length === 0) {
    return (
      <div className={classes.closed}>
        <h3>{t(plans.open ? "plans.empty" : "plans.closed")}</h3>
        <p>{t(plans.open ? "plans.emptyText" : "plans.closedText")}</p>
        <a href="/sign-in" {...buttonLike("main")}>
          {t("signIn")}
        </a>
      </div>
    );
  }
  const choose = (value: Interval) => {
    const next = new URLSearchParams(query);
    next.set("ciclo", value === "year" ? "anual" : "mensal");
    go(`${path}?${next}`, { replace: true });
  };
  return (
    <>
      <div className={classes.switch}>
        {sold.length > 1 && (
          <Choices
            name="interval"
            look="switch"
            legend={t("plans.interval")}
            hideLegend
            value={interval}
            onChange={choose}
            options={[
              { value: "month", label: t("plans.month") },
              { value: "year", label: t("plans.year"), ...(best > 0 ? { mark: t("plans.saveUpTo", { percent: best }) } : {}) },
            ]}
          />
        )}
      </div>
      <ul className={classes.cards}>
        {plans.items.map((offer) => (
          <Card key={offer.version_id} offer={offer} interval={interval} coupon={coupon} />
        ))}
      </ul>
      {plans.methods.length > 0 && <p className={classes.ways}>{t("plans.methods", { methods: ways.format(plans.methods.map((each) => t(`plans.method.${each}` as TextKey))) })}</p>}
      {plans.items.length > 1 && <Compare offers={plans.items} interval={interval} />}
    </>
  );
}

/** Where the choice of a plan leads. */
export function orderLink(offer: Offer, interval: Interval, coupon: string): string {
  const query = new URLSearchParams({ plano: offer.slug, ciclo: interval === "year" ? "anual" : "mensal" });
  if (coupon !== "") query.set("cupom", coupon);
  return `/assinar?${query}`;
}

function Card({ offer, interval, coupon }: { offer: Offer; interval: Interval; coupon: string }) {
  const { t, language } = useWords();
  const money = (amount: number) => moneyText(amount, language, offer.currency);
  const only: Interval = priceOf(offer, interval) > 0 ? interval : interval === "year" ? "month" : "year";
  const saved = saving(offer);
  return (
    <li className={classes.card} data-best={offer.highlight || undefined}>
      {offer.highlight && <span className={classes.best}>{t("plans.highlight")}</span>}
      <h3>{offer.name}</h3>
      <p className={classes.summary}>{offer.summary}</p>
      <p className={classes.price}>
        <strong>{money(priceOf(offer, only))}</strong> <span>{t(only === "year" ? "plans.perYear" : "plans.perMonth")}</span>
      </p>
      <p className={classes.saving}>
        {only === "year" ? (
          <>
            {t("plans.equals", { price: money(monthOf(offer)) })}
            {saved > 0 && <b>{t("plans.saves", { amount: money(saved), percent: savingPercent(offer) })}</b>}
          </>
        ) : (
          saved > 0 && t("plans.saveYear", { price: money(offer.annual_minor), amount: money(saved) })
        )}
      </p>
      <p className={classes.trial}>
        <Icon name="clock" size={17} />
        {offer.trial_days === 0 ? t("plans.noTrial") : t(freeStart(offer) ? "plans.trialFree" : "plans.trialPaid", { count: offer.trial_days })}
      </p>
      <Link href={orderLink(offer, only, coupon)} {...buttonLike(offer.highlight ? "main" : "plain")}>
        {t(offer.trial_days > 0 ? "plans.try" : "plans.buy", { plan: offer.name })}
      </Link>
      <ul className={classes.features} aria-label={t("plans.includes")}>
        {offer.limits
          .filter((limit) => limit.count !== 0)
          .filter((limit) => limit.meter !== "messages" || limit.count > 0)
          .map((limit) => (
            <li key={limit.meter}>
              <Icon name="check" size={17} />
              <span>
                <LimitText limit={limit} />
                {limit.over === "overage" && limit.count > 0 && limit.overage_minor > 0 && <small>{t("plans.overage", { price: money(limit.overage_minor) })}</small>}
              </span>
            </li>
          ))}
        {offer.features.map((feature) => (
          <li key={feature}>
            <Icon name="check" size={17} />
            <span>{feature}</span>
          </li>
        ))}
      </ul>
    </li>
  );
}

function LimitText({ limit }: { limit: Limit }) {
  const { maybe } = useWords();
  return <>{limit.count < 0 ? maybe(`plans.none.${limit.meter}`, limit.meter) : maybe(`plans.limit.${limit.meter}`, `${limit.count} ${limit.meter}`, { count: limit.count })}</>;
}

/** A price without its cents where it has none: columns are narrow on a phone. */
function shortMoney(amount: number, language: string, currency: string): string {
  if (amount % 100 !== 0) return moneyText(amount, language, currency);
  return new Intl.NumberFormat(language, { style: "currency", currency, maximumFractionDigits: 0 }).format(amount / 100);
}

/** All plans side by side; on a phone the first column stays while the others scroll. */
function Compare({ offers, interval }: { offers: Offer[]; interval: Interval }) {
  const { t, maybe, language } = useWords();
  const count = (limit: Limit | undefined) => (limit === undefined || limit.count === 0 ? "–" : limit.count < 0 ? t("plans.unlimited") : limit.count.toLocaleString(language));
  const brought = (offer: Offer) => featuresIn(offer, offers);
  const meters = metersOf(offers).filter((meter) => meter !== "messages" || offers.some((offer) => offer.limits.some((limit) => limit.meter === meter && limit.count > 0)));
  return (
    <section className={classes.compare} aria-labelledby="compare">
      <h2 id="compare">{t("plans.compare")}</h2>
      {/* A region that scrolls must be reachable by keyboard. */}
      <div className={classes.scroll} role="region" aria-label={t("plans.compareScroll")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">
                <span className="p-sr">{t("plans.row")}</span>
              </th>
              {offers.map((offer) => (
                <th key={offer.version_id} scope="col">
                  {offer.name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            <tr>
              <th scope="row">
                {t("plans.price")} <small>{t(interval === "year" ? "plans.perYear" : "plans.perMonth")}</small>
              </th>
              {offers.map((offer) => (
                <td key={offer.version_id}>{priceOf(offer, interval) === 0 ? "–" : shortMoney(priceOf(offer, interval), language, offer.currency)}</td>
              ))}
            </tr>
            <tr>
              <th scope="row">{t("plans.trial")}</th>
              {offers.map((offer) => (
                <td key={offer.version_id}>{offer.trial_days === 0 ? "–" : t("plans.days", { count: offer.trial_days })}</td>
              ))}
            </tr>
            {meters.map((meter) => (
              <tr key={meter}>
                <th scope="row">{maybe(`plans.meter.${meter}`, meter)}</th>
                {offers.map((offer) => (
                  <td key={offer.version_id}>{count(offer.limits.find((limit) => limit.meter === meter))}</td>
                ))}
              </tr>
            ))}
            {featuresOf(offers).map((feature) => (
              <tr key={feature}>
                <th scope="row">{feature}</th>
                {offers.map((offer) => (
                  <td key={offer.version_id} data-has={brought(offer).includes(feature) || undefined}>
                    {brought(offer).includes(feature) ? <Icon name="check" size={18} /> : <span aria-hidden="true">–</span>}
                    <span className="p-sr">{t(brought(offer).includes(feature) ? "plans.yes" : "plans.no")}</span>
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

const questions = ["trial", "conversation", "change", "cancel", "card", "number", "setup"] as const;

function Questions() {
  const { t } = useWords();
  return (
    <section className={classes.faq} aria-labelledby="faq">
      <h2 id="faq">{t("plans.faq")}</h2>
      {questions.map((each) => (
        <details key={each}>
          <summary>{t(`plans.q.${each}`)}</summary>
          <p>{t(`plans.q.${each}Text`)}</p>
        </details>
      ))}
    </section>
  );
}

