import { useWords } from "@/i18n/site";
import { signup } from "./api";
import { useRead } from "./ask";
import { cepText } from "./document";
import { StepEnd, type StepProps } from "./form";
import classes from "./form.module.css";
import { Button, CheckField, Choices, SelectField, TextField } from "./part";

const states = ["AC", "AL", "AM", "AP", "BA", "CE", "DF", "ES", "GO", "MA", "MG", "MS", "MT", "PA", "PB", "PE", "PI", "PR", "RJ", "RN", "RO", "RR", "RS", "SC", "SE", "SP", "TO"];
const regimes = ["simples", "presumido", "real", "mei"] as const;
const fiscal = ["regime", "state_registration", "municipal_registration", "fiscal_email", "city_code"] as const;

/** Where the company is, its tax details, and what it does: its first bots come from that. */
export function AddressStep({ form, field, open, advance }: StepProps) {
  const { t, language } = useWords();
  const { values, edit } = form;
  const trades = useRead(`trades ${language}`, () => signup.trades(language));
  const company = values.kind !== "person";
  const told = fiscal.some((name) => values[name] !== "" || field(name).problem !== undefined) || values.iss_withheld;
  return (
    <form
      noValidate
      className={classes.fields}
      onSubmit={(event) => {
        event.preventDefault();
        void advance();
      }}
    >
      <h2>{t("order.address")}</h2>
      <TextField {...field("zip")} label={t("order.zip")} inputMode="numeric" autoComplete="postal-code" value={cepText(values.zip)} span={4} onChange={(event) => edit({ zip: cepText(event.target.value) })} />
      <TextField {...field("street")} label={t("order.street")} autoComplete="address-line1" value={values.street} maxLength={200} span={8} onChange={(event) => edit({ street: event.target.value })} />
      <TextField {...field("number")} label={t("order.number")} autoComplete="off" value={values.number} maxLength={40} span={4} onChange={(event) => edit({ number: event.target.value })} />
      <TextField {...field("complement")} label={t("order.complement")} optional autoComplete="address-line2" value={values.complement} maxLength={120} span={8} onChange={(event) => edit({ complement: event.target.value })} />
      <TextField {...field("district")} label={t("order.district")} autoComplete="address-level3" value={values.district} maxLength={120} span={5} onChange={(event) => edit({ district: event.target.value })} />
      <TextField {...field("city")} label={t("order.city")} autoComplete="address-level2" value={values.city} maxLength={120} span={5} onChange={(event) => edit({ city: event.target.value })} />
      <SelectField {...field("state")} label={t("order.state")} autoComplete="address-level1" value={values.state} span={2} onChange={(event) => edit({ state: event.target.value })}>
        <option value="">{t("order.statePick")}</option>
        {states.map((each) => (
          <option key={each} value={each}>
            {each}
          </option>
        ))}
      </SelectField>

      {company && (
        <details className={classes.fiscal} open={told || undefined}>
          <summary>{t("order.fiscal")}</summary>
          <p className={classes.hint}>{t("order.fiscalText")}</p>
          <div className={classes.fields}>
            <SelectField {...field("regime")} label={t("order.regime")} value={values.regime} span={6} onChange={(event) => edit({ regime: event.target.value })}>
              <option value="">{t("order.regimes.none")}</option>
              {regimes.map((each) => (
                <option key={each} value={each}>
                  {t(`order.regimes.${each}`)}
                </option>
              ))}
            </SelectField>
            <TextField {...field("state_registration")} label={t("order.stateRegistration")} text={t("order.stateRegistrationText")} autoComplete="off" value={values.state_registration} maxLength={20} span={6} onChange={(event) => edit({ state_registration: event.target.value })} />
            <TextField {...field("municipal_registration")} label={t("order.municipalRegistration")} autoComplete="off" value={values.municipal_registration} maxLength={20} span={6} onChange={(event) => edit({ municipal_registration: event.target.value })} />
            <TextField {...field("city_code")} label={t("order.cityCode")} inputMode="numeric" autoComplete="off" value={values.city_code} maxLength={7} span={6} onChange={(event) => edit({ city_code: event.target.value.replace(/\D/g, "") })} />
            <TextField {...field("fiscal_email")} label={t("order.fiscalEmail")} type="email" inputMode="email" autoComplete="off" value={values.fiscal_email} maxLength={200} onChange={(event) => edit({ fiscal_email: event.target.value })} />
            <CheckField id="f-iss_withheld" label={t("order.issWithheld")} checked={values.iss_withheld} onChange={(event) => edit({ iss_withheld: event.target.checked })} />
          </div>
        </details>
      )}

      <h2>{t("order.trade")}</h2>
      <p className={classes.hint}>{t("order.tradeText")}</p>
      {trades.data !== undefined ? (
        <div className={classes.trades}>
          <Choices
            name="trade"
            legend={t("order.trade")}
            hideLegend
            value={values.trade}
            onChange={(trade) => edit({ trade })}
            options={trades.data.items.map((each) => ({ value: each.key, label: each.name, text: `${each.summary} ${t("order.tradeBots", { bots: each.bots.map((bot) => bot.name).join(", ") })}` }))}
          />
        </div>
      ) : trades.error !== undefined ? (
        <Button onClick={trades.again}>{t("tryAgain")}</Button>
      ) : (
        <div className={classes.ghost} aria-hidden="true" />
      )}
      <CheckField id="f-sample_catalog" label={t("order.sample")} text={t("order.sampleText")} checked={values.sample_catalog} onChange={(event) => edit({ sample_catalog: event.target.checked })} />
      <StepEnd back onBack={() => open("company")}>
        <Button type="submit" kind="main">
          {t("next")}
        </Button>
      </StepEnd>
    </form>
  );
}
