import { useWords } from "@/i18n/site";
import { Icon } from "@/ui/icon";
import { cnpjText, cpfText, isCNPJ, isCPF, phoneText } from "./document";
import { StepEnd, type StepProps } from "./form";
import classes from "./form.module.css";
import { Button, buttonLike, Choices, Notice, TextField } from "./part";

/** Who buys, and who is billed. */
export function CompanyStep({ journey, form, field, advance, attempted }: StepProps) {
  const { t } = useWords();
  const { values, edit } = form;
  const person = values.kind === "person";
  const numberText = person ? cpfText(values.tax_id) : cnpjText(values.tax_id);
  const whole = person ? isCPF(values.tax_id) : isCNPJ(values.tax_id);
  const exists = journey.problems.some((each) => each.code === "company_exists") && !form.dirty.has("tax_id");
  const unconfirmed = whole && !values.tax_id_confirmed;
  return (
    <form
      noValidate
      className={classes.fields}
      onSubmit={(event) => {
        event.preventDefault();
        void advance();
      }}
    >
      <h2>{t("order.contact")}</h2>
      <TextField {...field("name")} label={t("order.name")} autoComplete="name" value={values.name} maxLength={200} onChange={(event) => edit({ name: event.target.value })} />
      <TextField {...field("email")} label={t("order.email")} text={t("order.emailText")} type="email" inputMode="email" autoComplete="email" autoCapitalize="none" spellCheck={false} value={values.email} maxLength={254} span={7} onChange={(event) => edit({ email: event.target.value })} />
      <TextField {...field("phone")} label={t("order.phone")} type="tel" inputMode="tel" autoComplete="tel-national" value={phoneText(values.phone)} maxLength={24} span={5} onChange={(event) => edit({ phone: phoneText(event.target.value) })} />

      <h2>{t(person ? "order.person" : "order.company")}</h2>
      <Choices
        name="kind"
        legend={t("order.kind")}
        hideLegend
        look="switch"
        value={person ? "person" : "company"}
        onChange={(kind) => edit({ kind, tax_id_confirmed: false })}
        options={[
          { value: "company", label: t("order.kindCompany") },
          { value: "person", label: t("order.kindPerson") },
        ]}
      />
      <TextField
        {...field("tax_id")}
        label={t(person ? "order.cpf" : "order.cnpj")}
        text={person ? undefined : t("order.cnpjText")}
        inputMode={person ? "numeric" : "text"}
        autoCapitalize="characters"
        autoComplete="off"
        spellCheck={false}
        value={numberText}
        span={6}
        onChange={(event) => edit({ tax_id: (person ? cpfText : cnpjText)(event.target.value), tax_id_confirmed: false, second_contract: false })}
      />
      <div className={classes.confirm} data-shown={unconfirmed || undefined} aria-live="polite">
        {unconfirmed && (
          <div className={classes.confirmBox} data-wrong={attempted || undefined}>
            <p>{t("order.confirmTax")}</p>
            <output className={classes.number}>{numberText}</output>
            <Button id="f-tax_id_confirmed" kind="main" onClick={() => edit({ tax_id_confirmed: true })}>
              {t("order.confirmTaxYes")}
            </Button>
            {attempted && <p className={classes.wrong}>{t("field.tax_id_confirmed")}</p>}
          </div>
        )}
        {whole && values.tax_id_confirmed && (
          <p className={classes.confirmed}>
            <Icon name="check" size={17} />
            {t("order.confirmTaxed")}
          </p>
        )}
      </div>
      {exists && !values.second_contract && (
        <Notice tone="warn" role="alert" title={t("order.exists")}>
          <p>{t("order.existsText")}</p>
          <div className={classes.choices}>
            <a href="/sign-in" {...buttonLike("main")}>
              {t("order.existsSignIn")}
            </a>
            <Button onClick={() => edit({ second_contract: true })}>{t("order.existsSecond")}</Button>
          </div>
        </Notice>
      )}
      {values.second_contract && (
        <Notice>
          {t("order.second")}{" "}
          <Button kind="quiet" onClick={() => edit({ second_contract: false })}>
            {t("order.secondUndo")}
          </Button>
        </Notice>
      )}
      <TextField {...field("legal_name")} label={t(person ? "order.legalNamePerson" : "order.legalName")} optional={person} autoComplete={person ? "off" : "organization"} value={values.legal_name} maxLength={200} onChange={(event) => edit({ legal_name: event.target.value })} />
      <TextField {...field("trade_name")} label={t("order.tradeName")} text={t("order.tradeNameText")} optional autoComplete="off" value={values.trade_name} maxLength={200} onChange={(event) => edit({ trade_name: event.target.value })} />
      <StepEnd>
        <Button type="submit" kind="main">
          {t("next")}
        </Button>
      </StepEnd>
    </form>
  );
}
