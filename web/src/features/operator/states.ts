import type { CompanyMove, CompanyState, Integration, JourneyState, JourneyStep, LetterStatus } from "@/api/operator";
import { clockTime, momentTime, startOfDay } from "@/ui/format";

export const companyStates: CompanyState[] = ["active", "past_due", "read_only", "suspended", "canceled", "erased"];
export const companyColours: Record<CompanyState, string> = { active: "leaf", past_due: "honey", read_only: "honey", suspended: "brick", canceled: "gray", erased: "gray" };

export const moveColours: Record<CompanyMove["step"], string> = {
  planned: "gray", copied: "plum", paused: "honey", left: "plum", stayed: "gray", settled: "leaf", closed: "gray",
  checked: "gray", laid: "plum", cutting: "honey", landed: "plum", opened: "leaf", discarded: "gray",
};

export const journeyStates: JourneyState[] = ["draft", "checkout", "awaiting", "paid", "active", "expired", "canceled"];
export const journeyColours: Record<JourneyState, string> = { draft: "gray", checkout: "plum", awaiting: "honey", paid: "plum", active: "leaf", expired: "gray", canceled: "gray" };

export const letterStates: LetterStatus["state"][] = ["queued", "sending", "accepted", "delivered", "bounced", "dropped", "unknown", "failed"];
export const letterColours: Record<LetterStatus["state"], string> = { queued: "gray", sending: "gray", accepted: "plum", delivered: "leaf", bounced: "brick", dropped: "gray", unknown: "honey", failed: "brick" };

export const stepColours: Record<JourneyStep["state"], string> = { waiting: "gray", due: "plum", running: "plum", done: "leaf", attention: "brick", skipped: "gray", canceled: "gray" };

/** Steps whose record an operator may have made by hand in the CRM: what follows needs its id. */
export const recorded = ["account", "contact", "deal"];

/** What an operator may correct for one step. */
export const mendable = ["name", "tax_id", "phone", "email", "street", "city", "state", "zip"] as const;
export type Mendable = (typeof mendable)[number];

/** The field to show first: the one that the step's trouble names, under our name or the vendor's. */
export function fieldOf(step: Pick<JourneyStep, "field" | "step">): Mendable {
  const said = step.field.toLowerCase();
  const hints: [RegExp, Mendable][] = [[/tax|cnpj|cpf/, "tax_id"], [/mail/, "email"], [/phone|mobile/, "phone"], [/zip|code/, "zip"], [/street/, "street"], [/city/, "city"], [/billing_state|^state$/, "state"]];
  return mendable.find((field) => field === said) ?? hints.find(([hint]) => hint.test(said))?.[1] ?? (step.step === "contact" ? "email" : "name");
}

/** A moment of the last or next hours by the clock alone, "14:02"; another day with its date. */
export function shortMoment(ms: number, now: number, language: string): string {
  return startOfDay(ms) === startOfDay(now) ? clockTime(ms, language) : momentTime(ms, language);
}

/** How an integration is: what it says first is what matters most. */
export function healthOf(one: Integration): "off" | "locked" | "open" | "trouble" | "fine" {
  if (!one.configured) return "off";
  if (one.trouble === "locked") return "locked";
  if (one.circuit.open) return "open";
  return one.trouble !== "" || one.circuit.failures > 0 || one.late > 0 ? "trouble" : "fine";
}

export const healthColours = { off: "gray", locked: "brick", open: "brick", trouble: "honey", fine: "leaf" } as const;

/** Integrations that need somebody now, the gravest first. */
export function troubled(all: Integration[]): Integration[] {
  const weight = { locked: 0, open: 1, trouble: 2, fine: 3, off: 3 };
  return all.filter((one) => weight[healthOf(one)] < 2).sort((a, b) => weight[healthOf(a)] - weight[healthOf(b)]);
}

const vendors: Record<string, string> = { zoho: "Zoho CRM", sendgrid: "SendGrid", stripe: "Stripe", asaas: "Asaas", smtp: "SMTP", fake: "Simulador" };

/** What people call an integration; names that are no vendor's are texts. */
export function vendorName(name: string): string {
  return vendors[name] ?? "";
}

/** Why a step waits or was left out, in the words of the server; what is not here is shown as it came. */
const notes = {
  "the trial needs no payment": "noPayment",
  "the first admin has not come yet": "notCome",
  "no sample catalog was wished": "noSample",
  "this installation has no simulators": "noSimulators",
  "the company has no bot": "noBot",
  "there is no account in the CRM": "noAccount",
  "there is no deal in the CRM": "noDeal",
  "no CRM is connected": "noCrm",
  "the visitor went back to the form": "backToForm",
  "no page is open; money that comes late counts": "noPage",
} as const;

export function noteOf(problem: string): (typeof notes)[keyof typeof notes] | undefined {
  return notes[problem as keyof typeof notes];
}
