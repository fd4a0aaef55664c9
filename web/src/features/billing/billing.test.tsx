import { QueryClient } from "@tanstack/react-query";
import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Billing, Invoice, PlanOffer, PlanPreview, PlanSubscription, PlanWish } from "@/api/billing";
import { SignedProvider } from "@/api/session";
import type { Me, Permission } from "@/api/types";
import { draw } from "@/test/render";
import { dayMs } from "@/ui/format";
import PlanBanner from "./banner";
import { noticeOf } from "./notice";
import BillingPage from "./page";

afterEach(() => vi.unstubAllGlobals());

const now = Date.UTC(2026, 10, 23, 12);

const offer = (id: string, name: string, monthly: number): PlanOffer => ({
  version_id: id, slug: id, name, summary: "Para crescer", features: [], highlight: false, currency: "BRL", monthly_minor: monthly, annual_minor: monthly * 10, trial_days: 0, trial_needs_payment: false,
  limits: [{ meter: "attendants", count: 5, over: "block", overage_minor: 0 }],
});
const essential = offer("plv_1", "Essencial", 9_900);
const offers = [essential, offer("plv_2", "Profissional", 29_900)];

const subscription = (fields: Partial<PlanSubscription> = {}): PlanSubscription => ({
  id: "sub_1", provider: "stripe", version_id: "plv_1", interval: "month", price_minor: 9_900, discount_minor: 0, discount_cycles: 0, currency: "BRL", state: "active", period_start_ms: now - 10 * dayMs,
  period_end_ms: now + 20 * dayMs, trial_end_ms: 0, ends_at_period: false, ended_ms: 0, method: "card", brand: "visa", last4: "4242", overdue_ms: 0, reason: "", created_ms: 1, ...fields,
});

const invoice = (fields: Partial<Invoice> = {}): Invoice => ({
  id: "ivc_1", number: "2026-000007", provider: "stripe", bill_id: "in_1", version_id: "plv_1", state: "paid", amount_minor: 9_900, paid_minor: 9_900, refunded_minor: 0, currency: "BRL", period_start_ms: now - 10 * dayMs,
  period_end_ms: now + 20 * dayMs, due_ms: now, paid_ms: now, disputed_ms: 0, attempts: 1, problem: "", url: "", pix_code: "", boleto_line: "", nfse_number: "", nfse_ms: 0, issued_ms: now,
  payer: { kind: "company", legal_name: "Aurora Ltda", tax_id: "12ABC34501DE35", email: "fiscal@example.com" }, ...fields,
});

const ladder = [["retry", 0], ["reminder", 3], ["warning", 7], ["read_only", 10], ["suspended", 20], ["deletion_notice", 60]] as const;
const steps = ladder.map(([name, days]) => ({ name, at_ms: now + days * dayMs, taken: days < 7 }));

const state = (fields: Partial<Billing> = {}): Billing => ({
  subscription: subscription(), plan: essential, offers, payer: { kind: "company", legal_name: "Aurora Ltda", tax_id: "12ABC34501DE35", email: "fiscal@example.com" }, wishes: [], due: [], vendors: ["stripe"],
  method_page: true, steps: [], return_ms: 0, ...fields,
});

const preview = (fields: Partial<PlanPreview> = {}): PlanPreview => ({
  version_id: "plv_2", interval: "month", token: "tok_1", expires_ms: now + dayMs, name: { pt: "Profissional", en: "Professional" }, at_end: false, effective_ms: now, currency: "BRL", price_minor: 29_900,
  credit_minor: 6_600, charge_minor: 19_933, due_minor: 13_333, days_left: 20, days: 30, next_bill_ms: now + 20 * dayMs, short: [], ...fields,
});

const wish = (fields: Partial<PlanWish>): PlanWish => ({ id: "wsh_1", kind: "change", state: "done", problem: "", tries: 0, next_ms: 0, asked_by: "", approved_by: "", created_ms: 1, ...fields });

const usage = {
  plan_version_id: "plv_1", plan_name: "Essencial", silent: false,
  items: [
    { meter: "attendants", used: 5, limit: 5, granted: 0, over: "block", overage_minor: 0, percent: 100, level: "reached", period_start_ms: 0, period_end_ms: 0 },
    { meter: "conversations", used: 850, limit: 1000, granted: 0, over: "overage", overage_minor: 50, percent: 85, level: "warning", period_start_ms: 1, period_end_ms: now },
    { meter: "messages", used: 12, limit: -1, granted: 0, over: "block", overage_minor: 0, percent: 0, level: "ok", period_start_ms: 1, period_end_ms: now },
  ],
};

interface World {
  billing?: Billing | "down";
  invoices?: Invoice[];
  answers?: Record<string, unknown>;
  permissions?: Permission[];
  company?: NonNullable<Me["company"]>["state"];
  language?: "pt-BR" | "en";
  banner?: boolean;
}

/** The page, or the banner, before a server in that state. */
async function page({ billing = state(), invoices = [invoice()], answers = {}, permissions = ["billing.read", "billing.manage"], company = "active", language = "pt-BR", banner = false }: World = {}) {
  const me = {
    user: { id: "usr_1", email: "bia@example.com", name: "Bia", locale: "pt-BR", operator: false }, session_id: "s", role: "admin", permissions, companies: [], features: { demo: false }, must_enrol: false,
    company: { id: "ten_1", name: "Aurora", slug: "aurora", line: "massivo", state: company, state_ms: 0, tax_id: "", locale: "pt-BR", timezone: "America/Sao_Paulo", created_ms: 1, version: 1 },
  } as unknown as Me;
  const calls: { call: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    const text = request.method === "GET" ? "" : await request.clone().text();
    calls.push({ call, body: text === "" ? undefined : JSON.parse(text) });
    if (call === "GET /billing" && billing === "down") throw new TypeError("no network");
    const all: Record<string, unknown> = { "GET /session": me, "GET /billing": billing, "GET /usage": usage, "GET /billing/invoices": { items: invoices }, ...answers };
    const answer = all[call] ?? {};
    const problem = typeof answer === "object" && "reason" in answer && "code" in answer;
    return new Response(JSON.stringify(answer), { status: problem ? 409 : 200, headers: { "Content-Type": problem ? "application/problem+json" : "application/json" } });
  });
  const client = new QueryClient({ defaultOptions: { queries: { retry: false } } });
  const drawn = await draw(
    <SignedProvider initial={me} onRevoked={() => undefined}>
      {banner ? <PlanBanner /> : <BillingPage />}
    </SignedProvider>,
    { client, language },
  );
  return { ...drawn, calls, user: userEvent.setup() };
}

describe("the plan's page", () => {
  it("shows the plan, its use with marks, and the invoices, without barriers", async () => {
    const { container } = await page();
    expect(await screen.findByRole("heading", { name: "Essencial" })).toBeTruthy();
    expect(await screen.findByText("Visa •••• 4242")).toBeTruthy();
    const meter = await screen.findByRole("meter", { name: "Conversas" });
    expect(meter.getAttribute("aria-valuetext")).toBe("850 de 1.000");
    expect(screen.getByText(/85% usados/)).toBeTruthy();
    expect(screen.getByText(/Limite atingido/)).toBeTruthy();
    expect(screen.getByText("12 · sem limite")).toBeTruthy();
    expect(await screen.findByText("2026-000007")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Baixar planilha" }).getAttribute("href")).toBe("/api/v1/billing/invoices.csv");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(found.violations.map((v) => v.id)).toEqual([]);
  });

  it("is there in English, for a supervisor without buttons that change something", async () => {
    await page({ language: "en", permissions: ["billing.read"] });
    expect(await screen.findByText("Next charge")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Change plan" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Cancel the subscription" })).toBeNull();
  });

  it("says when there is no plan, no invoice, or no network", async () => {
    const first = await page({ billing: { ...state(), subscription: undefined, plan: undefined } as unknown as Billing, invoices: [] });
    expect(await screen.findByText("Sua empresa não tem um plano")).toBeTruthy();
    expect(await screen.findByText("Nenhuma cobrança ainda")).toBeTruthy();
    first.unmount();
    await page({ billing: "down" });
    expect((await screen.findByRole("alert")).textContent).toContain("Não foi possível falar com o servidor");
  });

  it("charges what was previewed, by its token", async () => {
    const { user, calls } = await page({ answers: { "POST /billing/preview": preview(), "POST /billing/change": wish({ state: "done" }) } });
    await user.click(await screen.findByRole("button", { name: "Trocar de plano" }));
    const dialog = await screen.findByRole("dialog");
    const confirm = within(dialog).getByRole("button", { name: "Confirmar a troca" });
    expect(confirm.hasAttribute("disabled")).toBe(true);
    await user.click(within(dialog).getByRole("radio", { name: /Profissional/ }));
    const pay = await within(dialog).findByRole("button", { name: /Confirmar e pagar R\$\s133,33/ });
    expect(within(dialog).getByText(/20 de 30 dias/, { selector: "dt:nth-of-type(1)" })).toBeTruthy();
    await waitFor(() => expect(pay.hasAttribute("data-loading")).toBe(false));
    await user.click(pay);
    await waitFor(() => expect(calls.find((each) => each.call === "POST /billing/change")?.body).toEqual({ version_id: "plv_2", interval: "month", token: "tok_1" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("looks again when the preview has grown old", async () => {
    const { user, calls } = await page({ answers: { "POST /billing/preview": preview(), "POST /billing/change": { code: "conflict", reason: "preview_stale", status: 409, title: "", detail: "", request_id: "r" } } });
    await user.click(await screen.findByRole("button", { name: "Trocar de plano" }));
    await user.click(await screen.findByRole("radio", { name: /Profissional/ }));
    const pay = await screen.findByRole("button", { name: /Confirmar e pagar/ });
    await waitFor(() => expect(pay.hasAttribute("data-loading")).toBe(false));
    await user.click(pay);
    expect(await screen.findByText("O valor mudou desde que você olhou. Confira de novo.")).toBeTruthy();
    expect(calls.filter((each) => each.call === "POST /billing/preview").length).toBeGreaterThan(1);
  });

  it("refuses a plan that is too small, in numbers", async () => {
    const short = [{ meter: "attendants", used: 7, limit: 5 }] as PlanPreview["short"];
    const { user } = await page({ answers: { "POST /billing/preview": preview({ at_end: true, due_minor: 0, short }) } });
    await user.click(await screen.findByRole("button", { name: "Trocar de plano" }));
    await user.click(await screen.findByRole("radio", { name: /Profissional/ }));
    expect(await screen.findByText(/Você usa 7 atendentes; o plano tem 5/)).toBeTruthy();
    expect(screen.getByRole("button", { name: /Confirmar/ }).hasAttribute("disabled")).toBe(true);
  });

  it("asks why it ends, offers the data, and takes it back", async () => {
    const first = await page({ answers: { "POST /billing/cancel": wish({ kind: "cancel" }) } });
    await first.user.click(await screen.findByRole("button", { name: "Cancelar assinatura" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByRole("link", { name: "Baixar tudo" }).getAttribute("href")).toContain("/archive");
    const confirm = within(dialog).getByRole("button", { name: "Cancelar no fim do período" });
    expect(confirm.hasAttribute("disabled")).toBe(true);
    await first.user.click(within(dialog).getByRole("radio", { name: "Está caro" }));
    await first.user.type(within(dialog).getByRole("textbox"), "volto em breve");
    await first.user.click(confirm);
    await waitFor(() => expect(first.calls.find((each) => each.call === "POST /billing/cancel")?.body).toEqual({ reason: "Está caro: volto em breve" }));
    first.unmount();
    const second = await page({ billing: state({ subscription: subscription({ ends_at_period: true }) }), answers: { "POST /billing/resume": wish({ kind: "resume" }) } });
    await second.user.click(await screen.findByRole("button", { name: "Manter a assinatura" }));
    await waitFor(() => expect(second.calls.some((each) => each.call === "POST /billing/resume")).toBe(true));
  });

  it("takes a planned change back", async () => {
    const planned = wish({ state: "planned", version_id: "plv_2", effective_ms: now + 20 * dayMs });
    const { user, calls } = await page({ billing: state({ wishes: [planned] }) });
    expect(await screen.findByText(/Troca para Profissional marcada/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Desfazer" }));
    await waitFor(() => expect(calls.some((each) => each.call === "DELETE /billing/change")).toBe(true));
  });

  it("tells what follows while a payment is missing, and leads to paying it", async () => {
    const open = vi.fn();
    vi.stubGlobal("open", open);
    const late = state({ subscription: subscription({ state: "past_due", overdue_ms: now }), steps, due: [invoice({ state: "failed" })] });
    const { user } = await page({ billing: late, answers: { "GET /billing/pay-url": { invoice: invoice(), url: "https://pay.example.com/1" } } });
    expect(await screen.findByText(/bots e envios param/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Pagar agora" }));
    await waitFor(() => expect(open).toHaveBeenCalledWith("https://pay.example.com/1", "_blank", "noreferrer"));
  });

  it("saves whom invoices are made out to and points at a field that is wrong", async () => {
    const { user, calls } = await page({ answers: { "PUT /billing/payer": { code: "invalid", reason: "", field: "body.tax_id", status: 422, title: "", detail: "", request_id: "r" } } });
    await user.click(await screen.findByRole("button", { name: "Alterar" }));
    const tax = await screen.findByRole("textbox", { name: /CNPJ ou CPF/ });
    await user.clear(tax);
    await user.type(tax, "123");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(calls.find((each) => each.call === "PUT /billing/payer")?.body).toMatchObject({ tax_id: "123", kind: "company" }));
    expect(await screen.findByText("Confira este campo.")).toBeTruthy();
  });
});

describe("the banner", () => {
  it("tells admins what is the matter and others that the company is stopped", async () => {
    const late = state({ subscription: subscription({ state: "past_due", overdue_ms: now }), steps });
    const first = await page({ billing: late, banner: true });
    expect((await screen.findByTestId("plan-banner")).textContent).toContain("Falta um pagamento");
    first.unmount();
    await page({ banner: true, permissions: [], company: "suspended" });
    const told = await screen.findByTestId("plan-banner");
    expect(told.textContent).toContain("suspenso");
    expect(within(told).queryByRole("link")).toBeNull();
  });

  it("tells admins whom an operator stopped where to turn", async () => {
    await page({ banner: true, company: "suspended" });
    expect((await screen.findByTestId("plan-banner")).textContent).toContain("Fale com o suporte");
  });

  it("is silent while all is well", async () => {
    const { calls } = await page({ banner: true });
    await waitFor(() => expect(calls.some((each) => each.call === "GET /billing")).toBe(true));
    expect(screen.queryByTestId("plan-banner")).toBeNull();
  });
});

describe("noticeOf", () => {
  it("goes by state, from the gravest to nothing", () => {
    const kind = (fields: Partial<PlanSubscription>) => noticeOf(state({ subscription: subscription(fields), steps, return_ms: 7 }), now)?.kind ?? null;
    expect(kind({})).toBeNull();
    expect(kind({ state: "past_due" })).toBe("missing");
    expect(kind({ state: "read_only" })).toBe("readOnly");
    expect(kind({ state: "suspended" })).toBe("suspended");
    expect(kind({ state: "suspended", provider: "" })).toBe("trialOver");
    expect(kind({ state: "ended" })).toBe("ended");
    expect(kind({ ends_at_period: true })).toBe("ending");
    expect(kind({ state: "trialing", provider: "", trial_end_ms: now + 3 * dayMs })).toBe("trialEnding");
    expect(kind({ state: "trialing", provider: "", trial_end_ms: now + 10 * dayMs })).toBeNull();
    expect(kind({ state: "trialing", trial_end_ms: now + 3 * dayMs })).toBeNull();
    expect(noticeOf(undefined, now)).toBeNull();
  });
});
