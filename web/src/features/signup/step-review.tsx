import { useEffect, useMemo, useState } from "react";
import { useWords } from "@/i18n/site";
import { moneyText } from "@/ui/money";
import { signup } from "./api";
import { useAct, useRead } from "./ask";
import { isMethod, type Method, type Offer } from "./contract";
import { cepText, cnpjText, cpfText, phoneText } from "./document";
import { StepEnd, type StepProps } from "./form";
import classes from "./form.module.css";
import { Markdown } from "./markdown";
import { Button, CheckField, Choices, Failure, Notice, SelectField, TextField, Unread } from "./part";
import { wantsToPay } from "./pay-intent";
import { freeStart, priceOf, savingPercent, waysFor } from "./price";
import { Link, useRoute } from "./route";
import { barred, steps } from "./step";

/** Everything once more, the terms, and the payment. */
export function ReviewStep(props: StepProps) {
  const { journey, form, purchase, open, attempted, attempt } = props;
  const { t, language } = useWords();
  const { go } = useRoute();
  const plans = useRead(`plans ${language}`, () => signup.plans(language));
  const terms = useRead(`terms ${language}`, () => signup.terms(language));
  const act = useAct();
  const [method, setMethod] = useState<Method>();
  const offer = journey.version;
  const methods = waysFor(offer, (plans.data?.methods ?? []).filter(isMethod));
  const chosen = method !== undefined && methods.includes(method) ? method : methods[0];
  const free = offer !== undefined && freeStart(offer);
  const accepted = journey.terms !== undefined && (terms.data === undefined || journey.terms.version === terms.data.version);
  const open_ = steps.flatMap((step) => barred(journey, step)).filter((each) => each.field !== "terms" || !accepted);
  const refused = act.problem?.reason ?? "";

  // Terms that changed, a coupon that ran out: what is shown is read anew.
  const againTerms = terms.again;
  useEffect(() => {
    if (refused === "terms_changed") againTerms();
    if (refused !== "") void purchase.reload();
  }, [refused, againTerms, purchase]);

  const pay = async () => {
    attempt();
    if (!(await form.flush())) return;
    const [first] = steps.flatMap((step) => barred(form.latest(), step).map((each) => ({ ...each, step })));
    if (first !== undefined) {
      if (first.step !== "review") open(first.step);
      requestAnimationFrame(() => requestAnimationFrame(() => document.getElementById(`f-${first.field}`)?.focus()));
      return;
    }
    await act.run(async () => {
      const next = await signup.checkout(free || chosen === undefined ? {} : { method: chosen });
      if (!free) wantsToPay();
      purchase.heard(next);
      go("/assinar/retorno");
    });
  };

  return (
    <form
      noValidate
      className={classes.fields}
      onSubmit={(event) => {
        event.preventDefault();
        void pay();
      }}
    >
      <Facts {...props} />
      <PlanChoice {...props} offers={plans.data?.items ?? []} />
      <h2>{t("order.terms")}</h2>
      {terms.data !== undefined ? (
        <>
          {journey.terms !== undefined && !accepted && <Notice tone="warn">{t("order.termsAgain")}</Notice>}
          <div className={classes.terms} tabIndex={0} role="region" aria-label={t("order.termsRead", { version: terms.data.version })}>
            <Markdown text={terms.data.markdown} lower />
          </div>
          <p className={classes.wide}>
            <Link href="/termos" target="_blank" rel="noopener">
              {t("order.termsOpen")}
            </Link>
          </p>
          <Accept {...props} terms={terms.data} accepted={accepted} wrong={attempted && !accepted} />
        </>
      ) : terms.error !== undefined ? (
        <Unread error={terms.error} again={terms.again} />
      ) : (
        <div className={classes.terms} aria-hidden="true" />
      )}
      {!free && methods.length > 0 && (
        <>
          <h2>{t("order.payWith")}</h2>
          <Choices
            name="method"
            legend={t("order.payWith")}
            hideLegend
            value={chosen ?? ""}
            onChange={setMethod}
            options={methods.map((each) => ({ value: each, label: t(`order.pay.${each}`), text: t(`order.payText.${each}`) }))}
          />
        </>
      )}
      {!free && plans.data !== undefined && methods.length === 0 && <Notice tone="warn">{t("problem.payments_off")}</Notice>}
      <div className={classes.wide} role="status">
        {attempted && open_.length > 0 && <Notice tone="warn">{t("order.fix", { count: open_.length })}</Notice>}
      </div>
      <div className={classes.wide}>
        <Failure said={act.said} />
      </div>
      <StepEnd back onBack={() => open("email")}>
        <Button type="submit" kind="main" busy={act.busy} disabled={!free && plans.data !== undefined && methods.length === 0}>
          {t(free ? "order.startTrial" : "order.toPay")}
        </Button>
      </StepEnd>
      {!free && <p className={classes.hint}>{t("order.toPayText")}</p>}
    </form>
  );
}

/** What was filled in, each part with the way back to it. */
function Facts({ journey, open }: StepProps) {
  const { t } = useWords();
  const { company, person } = journey;
  const number = company.kind === "person" ? cpfText(company.tax_id) : cnpjText(company.tax_id);
  const line = (...parts: string[]) => parts.filter((part) => part !== "").join(", ");
  const cards = [
    { step: "company", name: t("order.company"), lines: [company.legal_name || person.name, company.trade_name, number] },
    { step: "company", name: t("order.you"), lines: [person.name, person.email, phoneText(person.phone)] },
    { step: "address", name: t("order.address"), lines: [line(company.street, company.number, company.complement), line(company.district, company.city, company.state), cepText(company.zip)] },
  ] as const;
  return (
    <div className={classes.facts}>
      {cards.map((card) => (
        <section key={card.name}>
          <h2>{card.name}</h2>
          {card.lines
            .filter((text) => text !== "")
            .map((text) => (
              <p key={text}>{text}</p>
            ))}
          <Button kind="quiet" aria-label={`${t("edit")}: ${card.name}`} onClick={() => open(card.step)}>
            {t("edit")}
          </Button>
        </section>
      ))}
    </div>
  );
}

function PlanChoice({ journey, form, field, offers }: StepProps & { offers: Offer[] }) {
  const { t, language } = useWords();
  const { values, edit } = form;
  const offer = offers.find((each) => each.version_id === values.version_id) ?? journey.version;
  const money = (amount: number) => moneyText(amount, language, offer?.currency);
  // A version that is sold no more stays choosable while it is honoured.
  const choosable = useMemo(() => (journey.version === undefined || offers.some((each) => each.version_id === journey.version?.version_id) ? offers : [journey.version, ...offers]), [offers, journey.version]);
  return (
    <>
      <h2>{t("order.plan")}</h2>
      <SelectField {...field("version_id")} label={t("order.changePlan")} value={values.version_id} span={6} onChange={(event) => edit({ version_id: event.target.value })}>
        {choosable.map((each) => (
          <option key={each.version_id} value={each.version_id}>
            {each.name}
          </option>
        ))}
      </SelectField>
      {offer !== undefined && offer.monthly_minor > 0 && offer.annual_minor > 0 && (
        <Choices
          name="interval"
          legend={t("plans.interval")}
          value={values.interval}
          onChange={(value) => edit({ interval: value })}
          options={[
            { value: "month", label: `${t("plans.month")}: ${money(priceOf(offer, "month"))}` },
            { value: "year", label: `${t("plans.year")}: ${money(priceOf(offer, "year"))}`, ...(savingPercent(offer) > 0 ? { mark: t("plans.save", { percent: savingPercent(offer) }) } : {}) },
          ]}
        />
      )}
      <Coupon journey={journey} form={form} />
    </>
  );
}

function Coupon({ journey, form }: Pick<StepProps, "journey" | "form">) {
  const { t, maybe } = useWords();
  const [typed, setTyped] = useState<string>();
  const current = form.values.coupon;
  const said = journey.quote?.coupon_problem || journey.problems.find((each) => each.field === "coupon")?.code || "";
  const settled = !form.dirty.has("coupon");
  const apply = (coupon: string) => {
    form.edit({ coupon });
    setTyped(undefined);
    void form.flush();
  };
  if (current !== "") {
    return (
      <Notice tone={settled && said !== "" ? "bad" : "good"} role="status" {...(said === "" && settled ? { title: t("order.couponOn", { code: current.toUpperCase() }) } : {})}>
        {settled && said !== "" && <p>{maybe(`field.${said}`, t("field.other"))}</p>}
        <Button kind="quiet" onClick={() => apply("")}>
          {t("order.couponRemove", { code: current.toUpperCase() })}
        </Button>
      </Notice>
    );
  }
  if (typed === undefined) {
    return (
      <div className={classes.wide}>
        <Button kind="quiet" onClick={() => setTyped("")}>
          {t("order.couponOpen")}
        </Button>
      </div>
    );
  }
  return (
    <div className={classes.inline}>
      <TextField
        id="f-coupon"
        label={t("order.couponField")}
        autoCapitalize="characters"
        autoComplete="off"
        spellCheck={false}
        maxLength={32}
        autoFocus
        value={typed}
        onChange={(event) => setTyped(event.target.value.toUpperCase())}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          if (typed.trim() !== "") apply(typed.trim());
        }}
      />
      <Button onClick={() => typed.trim() !== "" && apply(typed.trim())}>{t("order.couponApply")}</Button>
    </div>
  );
}

function Accept({ journey, purchase, terms, accepted, wrong }: StepProps & { terms: { version: string; hash: string }; accepted: boolean; wrong: boolean }) {
  const { t, language } = useWords();
  const act = useAct();
  const at = journey.terms?.accepted_ms ?? 0;
  return (
    <div className={classes.wide}>
      <CheckField
        id="f-terms"
        label={t("order.termsBox", { version: terms.version })}
        {...(accepted && at > 0 ? { text: t("order.termsDone", { date: new Intl.DateTimeFormat(language, { dateStyle: "long", timeStyle: "short" }).format(at) }) } : {})}
        problem={wrong ? t("field.terms") : undefined}
        checked={accepted || act.busy}
        // What was agreed to is on record; there is nothing to take back here.
        aria-disabled={accepted || undefined}
        onChange={() => !accepted && void act.run(async () => purchase.heard(await signup.accept({ version: terms.version, hash: terms.hash })))}
      />
      <Failure said={act.said} />
    </div>
  );
}
