import { NumberInput, SegmentedControl, Select, SimpleGrid, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type Contract, type PlanEdition } from "@/api/operator";
import { spoken } from "@/i18n";
import { MoneyInput } from "@/ui/money-input";
import { moneyDraft, readMoney } from "@/ui/money";
import { planName } from "./companies";
import { DeedButton } from "./deed";
import { plansQuery } from "./queries";
import { dayStart, dayText } from "./when";

/** Versions that a contract may name: what is on sale, the company's own line first. */
export function sold(editions: PlanEdition[], line: string, language: string): { value: string; label: string; monthly: number; annual: number }[] {
  return [...editions]
    .sort((a, b) => Number(b.line === line) - Number(a.line === line) || a.position - b.position)
    .flatMap((edition) =>
      edition.versions.filter((version) => version.state === "published").map((version) => ({ value: version.id, label: `${planName(edition, language)} · v${version.number}`, monthly: version.monthly, annual: version.annual })),
    );
}

/** Begins the subscription of a contract that was signed on paper; its invoices are marked as paid by hand. */
export function ContractButton({ id, line, payer }: { id: string; line: string; payer: Contract["payer"] }) {
  const { t } = useTranslation(["operator", "billing"]);
  const plans = useQuery(plansQuery);
  const choices = sold(plans.data?.items ?? [], line, spoken());
  const [version, setVersion] = useState("");
  const [interval, setInterval] = useState<"month" | "year">("month");
  const [price, setPrice] = useState("");
  const [start, setStart] = useState(() => dayText(Date.now()));
  const [days, setDays] = useState<number | string>(10);
  const [who, setWho] = useState({ legal_name: payer.legal_name, tax_id: payer.tax_id, email: payer.email });
  const amount = readMoney(price);
  const priceOf = (value: string, every: "month" | "year") => {
    const chosen = choices.find((each) => each.value === value);
    if (chosen !== undefined) setPrice(moneyDraft(every === "month" ? chosen.monthly : chosen.annual));
  };
  const kind = who.tax_id.replace(/\W/g, "").length === 11 ? "person" : "company";
  const ready = version !== "" && amount !== null && typeof days === "number" && dayStart(start) > 0 && Object.values(who).every((value) => value.trim() !== "");
  return (
    <DeedButton
      label={t("contractOpen")}
      title={t("contractOpen")}
      text={t("contractText")}
      ready={ready}
      run={(reason) =>
        operator.companies.openContract(id, {
          version_id: version, interval, price_minor: amount ?? 0, due_days: Number(days), reason, start_ms: start === dayText(Date.now()) ? Date.now() : dayStart(start), payer: { ...payer, ...who, kind },
        })
      }
    >
      <Select
        label={t("plan")}
        data={choices}
        value={version === "" ? null : version}
        onChange={(value) => {
          setVersion(value ?? "");
          priceOf(value ?? "", interval);
        }}
        placeholder={t("choose")}
        nothingFoundMessage={t("plansNone")}
        data-autofocus
      />
      <SegmentedControl
        role="radiogroup"
        aria-label={t("interval")}
        value={interval}
        onChange={(value) => {
          setInterval(value as "month" | "year");
          priceOf(version, value as "month" | "year");
        }}
        data={(["month", "year"] as const).map((value) => ({ value, label: t(`billing:interval.${value}`) }))}
      />
      <SimpleGrid cols={{ base: 1, xs: 2 }}>
        <MoneyInput label={t("price")} value={price} onChange={setPrice} />
        <NumberInput label={t("dueDays")} value={days} onChange={setDays} min={0} max={90} allowDecimal={false} />
        <TextInput type="date" label={t("startsAt")} value={start} onChange={(event) => setStart(event.currentTarget.value)} />
        <TextInput label={t("billing:payer.field.tax_id")} value={who.tax_id} onChange={(event) => setWho({ ...who, tax_id: event.currentTarget.value })} />
        <TextInput label={t("billing:payer.field.legal_name")} value={who.legal_name} onChange={(event) => setWho({ ...who, legal_name: event.currentTarget.value })} />
        <TextInput label={t("billing:payer.field.email")} type="email" value={who.email} onChange={(event) => setWho({ ...who, email: event.currentTarget.value })} />
      </SimpleGrid>
    </DeedButton>
  );
}
