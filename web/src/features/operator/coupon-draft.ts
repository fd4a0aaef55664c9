import type { Promotion, PromotionDraft } from "@/api/operator";
import { moneyDraft, readMoney } from "@/ui/money";
import { dayEnd, dayStart, dayText } from "./when";

/** A coupon as the form holds it. */
export interface CouponDraft {
  code: string;
  kind: "percent" | "amount";
  percent: number | string;
  amount: string;
  cycles: number | string;
  from: string;
  to: string;
  most: number | string;
  plans: string[];
  active: boolean;
}

export const emptyCoupon: CouponDraft = { code: "", kind: "percent", percent: 10, amount: "", cycles: 3, from: "", to: "", most: 0, plans: [], active: true };

/** One percent in the contract's hundredths of a percent. */
const point = 100;

export function couponDraft(coupon: Promotion): CouponDraft {
  return {
    code: coupon.code, kind: coupon.percent > 0 ? "percent" : "amount", percent: coupon.percent > 0 ? coupon.percent / point : "", amount: coupon.amount > 0 ? moneyDraft(coupon.amount) : "",
    cycles: coupon.cycles, from: dayText(coupon.from_ms), to: dayText(coupon.to_ms), most: coupon.most, plans: coupon.plans, active: coupon.active,
  };
}

/** Fields that can't be read as they stand. */
export type WrongCoupon = "code" | "percent" | "amount" | "cycles" | "most" | "to";

const whole = (typed: number | string) => (typed === "" ? 0 : typeof typed === "number" && Number.isInteger(typed) && typed >= 0 ? typed : null);

/** What is asked of the server, and what in the draft can't be read. */
export function couponOf(draft: CouponDraft): { body: PromotionDraft; wrong: WrongCoupon[] } {
  const wrong: WrongCoupon[] = [];
  const code = draft.code.trim().toUpperCase();
  if (!/^[A-Z0-9][A-Z0-9-]{1,31}$/.test(code)) wrong.push("code");
  const percent = draft.kind === "percent" && typeof draft.percent === "number" ? Math.round(draft.percent * point) : 0;
  const amount = draft.kind === "amount" ? (readMoney(draft.amount) ?? 0) : 0;
  if (draft.kind === "percent" && (percent <= 0 || percent > 100 * point)) wrong.push("percent");
  if (draft.kind === "amount" && amount <= 0) wrong.push("amount");
  const cycles = whole(draft.cycles);
  const most = whole(draft.most);
  if (cycles === null) wrong.push("cycles");
  if (most === null) wrong.push("most");
  const [from_ms, to_ms] = [dayStart(draft.from), dayEnd(draft.to)];
  if (to_ms > 0 && to_ms < from_ms) wrong.push("to");
  return { body: { code, ...(draft.kind === "percent" ? { percent } : { amount, currency: "BRL" as const }), cycles: cycles ?? 0, most: most ?? 0, from_ms, to_ms, plans: draft.plans, active: draft.active }, wrong };
}
