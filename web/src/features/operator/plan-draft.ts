import type { Meter, PlanContent, PlanVersion } from "@/api/operator";
import { moneyDraft, readMoney } from "@/ui/money";

/** What a plan counts, in the order of the page of prices. */
export const meters: Meter[] = ["attendants", "channels", "bots", "conversations", "messages"];

/** What runs over can be paid for only where it is counted by the month. */
export const metered: Meter[] = ["conversations", "messages"];

export interface LimitDraft {
  limited: boolean;
  count: number | string;
  over: "block" | "overage";
  price: string;
}

/** A version's content as the form holds it: money as it is typed. */
export interface PlanDraft {
  name: { pt: string; en: string };
  summary: { pt: string; en: string };
  features: { pt: string; en: string }[];
  highlight: boolean;
  currency: string;
  monthly: string;
  annual: string;
  trialDays: number | string;
  trialNeedsPayment: boolean;
  limits: Record<Meter, LimitDraft>;
}

export function draftOf(version: PlanContent | PlanVersion): PlanDraft {
  const limit = (meter: Meter): LimitDraft => {
    const kept = version.limits[meter];
    if (kept === undefined || kept.count < 0) return { limited: false, count: "", over: "block", price: "" };
    return { limited: true, count: kept.count, over: kept.over, price: kept.overage_price === 0 ? "" : moneyDraft(kept.overage_price) };
  };
  return {
    name: { ...version.name }, summary: { ...version.summary }, features: version.features.map((each) => ({ ...each })), highlight: version.highlight, currency: version.currency || "BRL",
    monthly: version.monthly === 0 ? "" : moneyDraft(version.monthly), annual: version.annual === 0 ? "" : moneyDraft(version.annual), trialDays: version.trial_days, trialNeedsPayment: version.trial_needs_payment,
    limits: Object.fromEntries(meters.map((meter) => [meter, limit(meter)])) as Record<Meter, LimitDraft>,
  };
}

export const emptyContent: PlanContent = { name: { pt: "", en: "" }, summary: { pt: "", en: "" }, features: [], highlight: false, currency: "BRL", monthly: 0, annual: 0, trial_days: 0, trial_needs_payment: false, limits: {} };

/** Fields of the draft that can't be read as they stand. */
export type Wrong = "name" | "monthly" | "annual" | "trialDays" | `limit.${Meter}` | `price.${Meter}`;

const moneyOf = (typed: string) => (typed.trim() === "" ? 0 : readMoney(typed));
const countOf = (typed: number | string) => (typeof typed === "number" && Number.isInteger(typed) && typed >= 0 ? typed : null);

/** The content of a draft, or what in it can't be read. */
export function contentOf(draft: PlanDraft): { content: PlanContent; wrong: Wrong[] } {
  const wrong: Wrong[] = [];
  const need = <T>(value: T | null, field: Wrong, or: T): T => {
    if (value === null) wrong.push(field);
    return value ?? or;
  };
  if (draft.name.pt.trim() === "") wrong.push("name");
  const limits: PlanContent["limits"] = {};
  for (const meter of meters) {
    const each = draft.limits[meter];
    if (!each.limited) continue;
    const over = metered.includes(meter) ? each.over : "block";
    const count = need(countOf(each.count), `limit.${meter}`, 0);
    const price = over === "overage" ? need(moneyOf(each.price), `price.${meter}`, 0) : 0;
    if (over === "overage" && price === 0 && !wrong.includes(`price.${meter}`)) wrong.push(`price.${meter}`);
    limits[meter] = { count, over, overage_price: price };
  }
  const content: PlanContent = {
    name: trimmed(draft.name), summary: trimmed(draft.summary), features: draft.features.map(trimmed).filter((each) => each.pt + each.en !== ""), highlight: draft.highlight, currency: draft.currency,
    monthly: need(moneyOf(draft.monthly), "monthly", 0), annual: need(moneyOf(draft.annual), "annual", 0), trial_days: need(countOf(draft.trialDays === "" ? 0 : draft.trialDays), "trialDays", 0),
    trial_needs_payment: draft.trialNeedsPayment, limits,
  };
  return { content, wrong };
}

function trimmed(text: { pt: string; en: string }): { pt: string; en: string } {
  return { pt: text.pt.trim(), en: text.en.trim() };
}

/** A short name for addresses out of a plan's name: "Plano Básico" is "plano-basico". */
export function slugOf(name: string): string {
  return name.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-+|-+$/g, "").slice(0, 40);
}
