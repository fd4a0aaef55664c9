import { vi } from "vitest";
import type { components } from "@/api/schema";

type Journey = components["schemas"]["Journey"];
type Offer = components["schemas"]["PlanOffer"];

const limit = (meter: Offer["limits"][number]["meter"], count: number, overage = 0) => ({ meter, count, over: overage > 0 ? ("overage" as const) : ("block" as const), overage_minor: overage });

export const offers: Offer[] = [
  {
    version_id: "plv_small", slug: "essencial", name: "Essencial", summary: "Para começar.", features: ["Catálogo"], highlight: false, currency: "BRL",
    monthly_minor: 14900, annual_minor: 149000, trial_days: 14, trial_needs_payment: false,
    limits: [limit("attendants", 2), limit("channels", 1), limit("bots", 1), limit("conversations", 500), limit("messages", -1)],
  },
  {
    version_id: "plv_big", slug: "escala", name: "Escala", summary: "Para crescer.", features: ["Catálogo", "Relatórios"], highlight: true, currency: "BRL",
    monthly_minor: 34900, annual_minor: 349000, trial_days: 0, trial_needs_payment: true,
    limits: [limit("attendants", -1), limit("channels", 5), limit("bots", 5), limit("conversations", 3000, 25), limit("messages", -1)],
  },
];

/** A purchase that was just begun. */
export function emptyJourney(change: Partial<Journey> = {}): Journey {
  const offer = offers[1];
  return {
    id: "acq_1", state: "draft", locale: "pt-BR", ...(offer === undefined ? {} : { version: offer }), interval: "month",
    quote: { price_minor: 34900, discount_minor: 0, discount_cycles: 0, first_minor: 34900, trial_days: 0, first_due_ms: 0, currency: "BRL", coupon: "", coupon_problem: "" },
    person: { name: "", email: "", email_proven: false, phone: "" },
    company: {
      kind: "company", tax_id: "", tax_id_confirmed: false, legal_name: "", trade_name: "", state_registration: "", municipal_registration: "", regime: "", fiscal_email: "", iss_withheld: false,
      zip: "", street: "", number: "", complement: "", district: "", city: "", city_code: "", state: "",
    },
    second_contract: false, trade: "", sample_catalog: false, contract_no: "", steps: [], activation_ready: false, company_name: "",
    problems: [], missing: ["name", "email", "phone", "tax_id", "legal_name", "zip", "street", "number", "district", "city", "state", "email_proof", "terms"], next: "company", expires_ms: 0,
    ...change,
  };
}

/** A purchase with everything but what is changed. */
export function fullJourney(change: Partial<Journey> = {}): Journey {
  const empty = emptyJourney();
  return {
    ...empty,
    person: { name: "Marta Lima", email: "marta@sol.com.br", email_proven: true, phone: "5511987654321" },
    company: { ...empty.company, tax_id: "12ABC34501DE35", tax_id_confirmed: true, legal_name: "Sol Padaria Ltda", zip: "01310100", street: "Avenida Paulista", number: "1000", district: "Bela Vista", city: "São Paulo", state: "SP" },
    missing: ["terms"], next: "terms", company_name: "Sol Padaria",
    ...change,
  };
}

export const terms = { version: "2026-11", hash: "abc", title: "Termos", markdown: "# Termos de uso\n\nO **texto**.\n\n- um\n- dois" };
export const trades = { items: [{ key: "varejo", name: "Loja e varejo", summary: "Vende.", bots: [{ template: "loja", name: "Loja" }] }] };

export interface Call {
  method: string;
  path: string;
  body: Record<string, unknown>;
}
export type Answer = { status: number; body?: unknown } | undefined;

/** A server of the public API: what the answerer does not know is answered from the samples. */
export function serve(answer: (call: Call) => Answer | Promise<Answer>): Call[] {
  const calls: Call[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const text = request.method === "GET" ? "" : await request.clone().text();
    const call = { method: request.method, path, body: (text === "" ? {} : JSON.parse(text)) as Record<string, unknown> };
    calls.push(call);
    const usual: Record<string, unknown> = { "GET /plans": { open: true, currency: "BRL", methods: ["card", "pix"], items: offers }, "GET /terms": terms, "GET /trades": trades };
    const own = await answer(call);
    const known = usual[`${call.method} ${path}`];
    const { status, body } = own ?? (known === undefined ? { status: 404, body: { code: "not_found", reason: "no_journey", status: 404 } } : { status: 200, body: known });
    return new Response(status === 204 || body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" } });
  });
  return calls;
}
