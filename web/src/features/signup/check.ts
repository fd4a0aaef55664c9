import type { Fields, Journey } from "./contract";
import { isCEP, isCNPJ, isCPF, isEmail } from "./document";

type Checked = "email" | "phone" | "tax_id" | "zip" | "fiscal_email" | "city_code";

/** What can be told to be wrong without asking; the server's codes. Empty is never wrong, only missing. */
export function localProblem(field: string, values: Fields): string | undefined {
  const value = values[field as Checked];
  if (typeof value !== "string" || value.trim() === "") return undefined;
  switch (field as Checked) {
    case "email":
    case "fiscal_email":
      return isEmail(value) ? undefined : "invalid_email";
    case "phone": {
      const digits = value.replace(/\D/g, "");
      return digits.length >= 10 ? undefined : "invalid_phone";
    }
    case "tax_id":
      if (values.kind === "person") return isCPF(value) ? undefined : "invalid_cpf";
      if (isCNPJ(value)) return undefined;
      return isCPF(value) ? "cpf_given" : "invalid_cnpj";
    case "zip":
      return isCEP(value) ? undefined : "invalid_zip";
    case "city_code":
      return /^\d{7}$/.test(value.trim()) ? undefined : "invalid_city_code";
    default:
      return undefined;
  }
}

export interface Shown {
  /** Code of what is wrong, empty for nothing. */
  problem: string;
  warning: string;
}

/** What to say beside a field: nothing while it is typed in, what we can tell ourselves at once, and then the server's word. */
export function shownProblem(field: string, { values, journey, left, dirty, attempted }: { values: Fields; journey: Journey; left: ReadonlySet<string>; dirty: boolean; attempted: boolean }): Shown {
  const own = localProblem(field, values);
  if (own !== undefined && (left.has(field) || attempted)) return { problem: own, warning: "" };
  if (own !== undefined || dirty) return { problem: "", warning: "" };
  const said = journey.problems.filter((each) => each.field === field);
  const wrong = said.find((each) => !each.warning);
  if (wrong !== undefined) return { problem: wrong.code, warning: "" };
  const warning = said.find((each) => each.warning)?.code ?? "";
  if (attempted && journey.missing.includes(field)) return { problem: "missing", warning };
  return { problem: "", warning };
}
