import { QueryClient } from "@tanstack/react-query";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import type { ReactNode } from "react";
import { expect, vi } from "vitest";
import type { InspectedJourney, Integration, JourneyRow, JourneyStep, LetterStatus, PlanVersion } from "@/api/operator";
import { SignedProvider } from "@/api/session";
import type { Me } from "@/api/types";
import type { Language } from "@/i18n";
import { draw } from "./render";

const me = {
  user: { id: "usr_op", email: "olga@example.com", name: "Olga", locale: "pt-BR", operator: true }, session_id: "s", role: "", permissions: ["platform.operate"], companies: [], features: { demo: false }, must_enrol: false,
} as unknown as Me;

/** Draws a page of the console before a server that answers so. A function may fail like a network; what has reason and code is a refusal. */
export async function operatorPage(node: ReactNode, answers: Record<string, unknown>, { language = "pt-BR" as Language, staff = true } = {}) {
  const calls: { call: string; search: string; body: unknown }[] = [];
  const given: Record<string, unknown> = {
    "GET /session": me, "GET /operator/integrations": { items: [] }, "GET /operator/plans": { items: [] }, "GET /operator/support": { items: [] }, "GET /operator/letters": { items: [] },
    "GET /operator/journeys": { items: [] }, "GET /operator/companies": { items: [] }, "GET /operator/promotions": { items: [] }, "GET /quarantine": { items: [] }, "GET /dead-letters": { items: [] }, ...answers,
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const call = `${request.method} ${url.pathname.replace("/api/v1", "")}`;
    const text = request.method === "GET" ? "" : await request.clone().text();
    calls.push({ call, search: url.search, body: text === "" ? undefined : JSON.parse(text) });
    const answer = given[call];
    if (answer === "down") throw new TypeError("no network");
    if (answer === undefined && request.method === "GET") return new Response(JSON.stringify({ code: "not_found" }), { status: 404, headers: { "Content-Type": "application/problem+json" } });
    const problem = typeof answer === "object" && answer !== null && "reason" in answer && "code" in answer;
    return answer === undefined ? new Response(null, { status: 204 }) : new Response(JSON.stringify(answer), { status: problem ? 409 : 200, headers: { "Content-Type": problem ? "application/problem+json" : "application/json" } });
  });
  const who = staff ? me : ({ ...me, user: { ...me.user, operator: false } } as Me);
  given["GET /session"] = who;
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const drawn = await draw(
    <SignedProvider initial={who} onRevoked={() => undefined}>
      {node}
    </SignedProvider>,
    { client, language },
  );
  return { ...drawn, calls, user: userEvent.setup() };
}

/** No barrier that axe knows; colours are looked at in a browser. */
export async function barrierFree(container: Element): Promise<void> {
  const found = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(found.violations.map((each) => `${each.id}: ${each.nodes[0]?.html ?? ""}`)).toEqual([]);
}

export const integration = (fields: Partial<Integration> = {}): Integration => ({
  name: "zoho", kind: "crm", configured: true, trouble: "", circuit: { open: false, since_ms: 0, problem: "", probe_ms: 0, failures: 0, parked: 0 }, last_success_ms: 0, errors: [], late: 0, late_since_ms: 0, ...fields,
});

export const journeyRow = (fields: Partial<JourneyRow> = {}): JourneyRow => ({
  id: "acq_1", attention: "", company_id: "", contract_no: "CTR-000001", coupon: "", created_ms: 1, email: "marta@example.com", email_proven: true, expires_ms: 0, interval: "month", locale: "pt-BR", name: "Padaria Sol", pages: [],
  paid_ms: 0, person: "Marta", phone: "5511987654321", problem: "", provider: "stripe", state: "paid", tax_id: "12ABC34501DE35", terms: { at_ms: 0, hash: "", ip: "", locale: "", version: "" }, updated_ms: 1, version_id: "plv_1", ...fields,
});

export const step = (name: string, fields: Partial<JourneyStep> = {}): JourneyStep => ({
  saga_id: "acq_1", step: name, state: "waiting", attempt: 0, run_ms: 0, lease_ms: 0, owner: "", circuit: "", class: "", field: "", mended: {}, output: "", parked: false, problem: "", signal: false, actions: [], blocked: [], updated_ms: 0, ...fields,
});

export const inspected = (fields: Partial<InspectedJourney> = {}): InspectedJourney => {
  const { attention: _attention, problem: _problem, ...journey } = journeyRow();
  return { journey, steps: [], letters: [], audit: [], ...fields };
};

export const letter = (fields: Partial<LetterStatus> = {}): LetterStatus => ({
  id: "let_1", again: true, attempts: 2, company_id: "ten_1", created_ms: 1, locale: "pt-BR", next_ms: 0, problem: "", reason: "", sender: "sendgrid", state: "queued", template: "signup_welcome", to: "marta@example.com", updated_ms: 1, ...fields,
});

export const version = (fields: Partial<PlanVersion> = {}): PlanVersion => ({
  id: "plv_1", plan_id: "pln_1", slug: "essencial", line: "massivo", number: 1, state: "published", name: { pt: "Essencial", en: "Essential" }, summary: { pt: "Para começar", en: "To begin" }, features: [{ pt: "Catálogo", en: "Catalogue" }], highlight: false,
  currency: "BRL", monthly: 14_900, annual: 149_000, trial_days: 14, trial_needs_payment: false, limits: { attendants: { count: 2, over: "block", overage_price: 0 }, conversations: { count: 500, over: "overage", overage_price: 25 } }, hash: "h", revision: 3,
  created_ms: 1, updated_ms: 1, published_ms: 1, withdrawn_ms: 0, ...fields,
});

export const edition = (versions: PlanVersion[], fields: object = {}) => ({ id: "pln_1", slug: "essencial", line: "massivo" as const, position: 0, state: "open" as const, version: 1, created_ms: 1, versions, ...fields });
