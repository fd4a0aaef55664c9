import type { Field, Journey } from "./contract";

/** The steps of the form, in their order. */
export const steps = ["company", "address", "email", "review"] as const;
export type Step = (typeof steps)[number];

/** As the address bar names them. */
export const slugs: Record<Step, string> = { company: "empresa", address: "endereco", email: "email", review: "revisao" };

const fields: Record<Step, readonly (Field | "terms")[]> = {
  company: ["name", "email", "phone", "kind", "tax_id", "tax_id_confirmed", "second_contract", "legal_name", "trade_name"],
  address: [
    "zip", "street", "number", "complement", "district", "city", "city_code", "state",
    "regime", "state_registration", "municipal_registration", "fiscal_email", "iss_withheld", "trade", "sample_catalog",
  ],
  email: [],
  review: ["version_id", "interval", "coupon", "terms"],
};

/** The step on which a field of the contract stands. */
export function stepOf(field: string): Step {
  if (field === "email_proof") return "email";
  return steps.find((step) => fields[step].includes(field as Field)) ?? "review";
}

/** What still stands in the way of leaving a step, by field. Warnings bar nobody. */
export function barred(journey: Journey, step: Step): { field: string; code: string }[] {
  const found = new Map<string, string>();
  for (const field of journey.missing) if (stepOf(field) === step) found.set(field, "missing");
  for (const { field, code, warning } of journey.problems) if (!warning && stepOf(field) === step) found.set(field, code);
  return [...found].map(([field, code]) => ({ field, code }));
}

/** The first step that is not done; the last one when all are. */
export function firstOpen(journey: Journey): Step {
  return steps.find((step) => step === "review" || barred(journey, step).length > 0) ?? "review";
}

/** The step to show for an address: as asked, but never past one that is not done. */
export function allowed(journey: Journey, asked: string | null): Step {
  const open = firstOpen(journey);
  const step = steps.find((each) => slugs[each] === asked);
  if (step === undefined) return open;
  return steps.indexOf(step) <= steps.indexOf(open) ? step : open;
}

/**
 * Whether a journey is still filled in. Once a page of payment was opened it waits on its own page, and comes back to
 * the form only when a step is asked for, such as to choose another way to pay.
 */
export function fillable(journey: Journey, asked: string | null): boolean {
  if (journey.state === "draft") return true;
  return asked !== null && ["checkout", "expired", "canceled"].includes(journey.state);
}
