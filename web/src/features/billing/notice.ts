import type { Billing } from "@/api/billing";
import { dayMs } from "@/ui/format";

/** What a company should be told about its plan now, from the gravest to nothing. */
export type Notice =
  | { kind: "ended"; date: number; grave: true }
  | { kind: "suspended"; date: number; grave: true }
  | { kind: "trialOver"; date: number; grave: true }
  | { kind: "readOnly"; date: number; grave: true }
  | { kind: "missing"; date: number; grave: false }
  | { kind: "ending"; date: number; grave: false }
  | { kind: "trialEnding"; date: number; grave: false };

const trialNoticeMs = 7 * dayMs;

export function noticeOf(billing: Billing | undefined, now: number): Notice | null {
  const sub = billing?.subscription;
  if (billing === undefined || sub === undefined) return null;
  const next = (name: string) => billing.steps.find((step) => step.name === name)?.at_ms ?? 0;
  switch (sub.state) {
    case "ended":
      return { kind: "ended", date: billing.return_ms, grave: true };
    case "suspended":
      return sub.provider === "" ? { kind: "trialOver", date: sub.trial_end_ms, grave: true } : { kind: "suspended", date: next("deletion_notice"), grave: true };
    case "read_only":
      return { kind: "readOnly", date: next("suspended"), grave: true };
    case "past_due":
      return { kind: "missing", date: next("read_only"), grave: false };
  }
  if (sub.ends_at_period) return { kind: "ending", date: sub.state === "trialing" ? sub.trial_end_ms : sub.period_end_ms, grave: false };
  if (sub.state === "trialing" && sub.provider === "" && sub.trial_end_ms - now < trialNoticeMs) return { kind: "trialEnding", date: sub.trial_end_ms, grave: false };
  return null;
}
