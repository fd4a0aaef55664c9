import type { Journey, Stage } from "./contract";
import { freeStart } from "./price";

/**
 * What the waiting page says. Each has a way forward:
 * - opening: our server prepares the vendor's page
 * - choosing: the vendor's page is open and nothing was paid on it
 * - pix, boleto: issued, the money is awaited; processing: the vendor looks at a card
 * - slow: the vendor does not answer us, and we go on asking; refused: the vendor wants none of it as it is
 * - declined, expired: may be tried again; canceled: given up
 * - preparing: paid, the company is being made; trouble: paid, and one of our steps is stuck
 * - ready: may be activated; done: was
 */
export type Phase = "form" | "opening" | "slow" | "refused" | "choosing" | "pix" | "boleto" | "processing" | "declined" | "expired" | "canceled" | "preparing" | "trouble" | "ready" | "done";

export function phaseOf(journey: Journey): Phase {
  const { checkout, state } = journey;
  const stuck = journey.steps.some((step) => step.state === "trouble");
  if (state === "draft") return "form";
  if (state === "canceled") return "canceled";
  if (journey.next === "done") return "done";
  if (journey.activation_ready) return "ready";
  if (state === "paid" || state === "active" || checkout?.state === "paid") return stuck ? "trouble" : "preparing";
  if (state === "expired" || checkout?.state === "expired") return "expired";
  if (checkout === undefined) return "opening";
  if (checkout.state === "failed" || checkout.problem === "declined") return "declined";
  if (checkout.problem === "refused") return "refused";
  if (checkout.pix_code !== "") return "pix";
  if (checkout.boleto_line !== "" || checkout.boleto_url !== "") return "boleto";
  if (checkout.state === "pending") return "processing";
  if (checkout.url !== "") return "choosing";
  return checkout.problem === "trouble" || stuck ? "slow" : "opening";
}

/** Phases in which the server may change something by itself. */
const moving = new Set<Phase>(["opening", "slow", "choosing", "pix", "boleto", "processing", "preparing", "trouble", "ready"]);

/** How long until the server is asked again, in ms; null when nothing more happens by itself. */
export function nextLook(phase: Phase, waitedMs: number): number | null {
  if (!moving.has(phase)) return null;
  if (phase === "ready" || phase === "trouble" || phase === "boleto") return 15_000;
  if (phase === "opening" && waitedMs < 20_000) return 600;
  if (waitedMs < 60_000) return 1_500;
  return waitedMs < 10 * 60_000 ? 5_000 : 20_000;
}

/** The steps that a person sees: no payment where none was asked, no catalog where none was wished. */
export function shown(journey: Journey): Stage[] {
  const unpaid = journey.version !== undefined && freeStart(journey.version);
  return journey.steps.filter(({ name }) => name !== "activation" && !(name === "payment" && unpaid) && !(name === "catalog" && !journey.sample_catalog));
}
