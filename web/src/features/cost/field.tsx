import { Select, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { spoken } from "@/i18n";
import { readDecimal, writtenDecimal, type Kind } from "./decimal";
import { environments, lines } from "./find";

/** A field for a decimal: what it is taken for is told where a sign could mean two things, and what can't be told is said. */
export function DecimalField({ label, kind, value, onChange }: { label: string; kind: Kind; value: string; onChange: (text: string) => void }) {
  const { t } = useTranslation("cost");
  const exact = readDecimal(value, spoken(), kind);
  const doubtful = /[.,]/.test(value);
  return (
    <TextInput
      label={label}
      required
      inputMode="decimal"
      inputWrapperOrder={["label", "description", "error", "input"]} // beside others in a row it stays on their line
      value={value}
      onChange={(event) => onChange(event.currentTarget.value)}
      description={exact !== null && doubtful ? t("readAs", { value: writtenDecimal(exact, spoken()) }) : undefined}
      error={exact === null && value.trim() !== "" ? t("unreadable", { example: writtenDecimal("1234.56", spoken()) }) : undefined}
    />
  );
}

export interface Place {
  line: string;
  environment: string;
}

/** The environments that accounts of a line can have: the organization's own accounts serve all of them. */
const environmentsOf = (line: string) => environments.filter((each) => line === "" || (each === "shared") === (line === "shared"));

/** A line with one of its environments; where both may be left open, that means all. */
export function PlaceFields({ value, onChange, open = false }: { value: Place; onChange: (place: Place) => void; open?: boolean }) {
  const { t } = useTranslation("cost");
  const free = open ? { placeholder: t("all"), clearable: true, clearButtonProps: { "aria-label": t("all") } } : { allowDeselect: false };
  const toLine = (line: string) => {
    const fits = (value.environment === "" && open) || environmentsOf(line).some((each) => each === value.environment);
    onChange({ line, environment: fits ? value.environment : open ? "" : line === "shared" ? "shared" : "prod" });
  };
  return (
    <>
      <Select {...free} label={t("lineLabel")} value={value.line === "" ? null : value.line} onChange={(line) => toLine(line ?? "")} data={lines.map((each) => ({ value: each, label: t(`line.${each}`) }))} />
      <Select
        {...free}
        label={t("environmentLabel")}
        value={value.environment === "" ? null : value.environment}
        onChange={(environment) => onChange({ ...value, environment: environment ?? "" })}
        data={environmentsOf(value.line).map((each) => ({ value: each, label: t(`environment.${each}`) }))}
      />
    </>
  );
}
