import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CompanyMoney, InspectedCompany, Invoice } from "@/api/operator";
import { barrierFree, edition, letter, operatorPage, version } from "@/test/operator";
import CompaniesPage from "./companies";
import { CompanyView } from "./company";
import HeldPage from "./held";
import LettersPage from "./letters";
import SupportPage from "./support";

afterEach(() => vi.unstubAllGlobals());

const company = { id: "ten_1", name: "Casa Aurora", slug: "casa-aurora", line: "massivo" as const, locale: "pt-BR" as const, timezone: "America/Sao_Paulo", state: "active" as const, state_ms: 0, tax_id: "12ABC34501DE35", created_ms: 1, version: 1 };

const seen = (fields: Partial<InspectedCompany> = {}): InspectedCompany => ({
  company, plan: version(), next_states: ["suspended", "canceled"],
  usage: [
    { meter: "attendants", used: 5, limit: 5, granted: 0, over: "block", overage_minor: 0, percent: 100, level: "reached", period_start_ms: 0, period_end_ms: 0 },
    { meter: "messages", used: 12, limit: -1, granted: 0, over: "block", overage_minor: 0, percent: 0, level: "ok", period_start_ms: 1, period_end_ms: 2 },
  ],
  moves: [], grants: [{ id: "grt_1", meter: "bots", extra: 2, by: "Olga", created_ms: 1, expires_ms: Date.now() + 86_400_000, reason: "campaign" }], ...fields,
});

const payer = { kind: "company", legal_name: "Aurora Ltda", tax_id: "12ABC34501DE35", email: "fiscal@example.com" };

const invoice = (fields: Partial<Invoice> = {}): Invoice => ({
  id: "ivc_1", number: "2026-000007", provider: "manual", bill_id: "", version_id: "plv_1", state: "open", amount_minor: 9_900, paid_minor: 0, refunded_minor: 0, currency: "BRL", period_start_ms: 1, period_end_ms: 2, due_ms: 1, paid_ms: 0, disputed_ms: 0,
  attempts: 0, problem: "", url: "", pix_code: "", boleto_line: "", nfse_number: "", nfse_ms: 0, issued_ms: 1, payer, ...fields,
});

const money = (fields: Partial<CompanyMoney> = {}): CompanyMoney => ({
  billing: {
    due: [], method_page: false, offers: [], payer, return_ms: 0, steps: [], vendors: [], wishes: [],
    subscription: {
      id: "sub_1", provider: "manual", version_id: "plv_1", interval: "month", price_minor: 9_900, discount_minor: 0, discount_cycles: 0, currency: "BRL", state: "trialing", period_start_ms: 1, period_end_ms: 2, trial_end_ms: Date.now() + 86_400_000, ends_at_period: false,
      ended_ms: 0, method: "", brand: "", last4: "", overdue_ms: 0, reason: "", created_ms: 1,
    },
  },
  history: [], invoices: [invoice(), invoice({ id: "ivc_2", number: "2026-000006", provider: "stripe", state: "paid", paid_minor: 9_900 })], ...fields,
});

const answers = { "GET /operator/companies/ten_1": seen(), "GET /operator/companies/ten_1/subscription": money(), "GET /operator/plans": { items: [edition([version()])] } };

/** Fills the reason of the open dialog and does it. */
async function doIt(user: Awaited<ReturnType<typeof operatorPage>>["user"], action: string, reason?: string) {
  const dialog = await screen.findByRole("dialog");
  if (reason !== undefined) await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), reason);
  await user.click(within(dialog).getByRole("button", { name: action }));
}

describe("the companies", () => {
  it("are listed with plan and state, and found by words", async () => {
    const found = { ...company, plan_version_id: "plv_1" };
    const { container, user, calls } = await operatorPage(<CompaniesPage />, { "GET /operator/companies": { items: [found, { ...found, id: "ten_2", name: "Livre", plan_version_id: "" }] }, "GET /operator/plans": { items: [edition([version()])] } });
    expect((await screen.findByRole("link", { name: "Casa Aurora" })).getAttribute("href")).toBe("/operator/companies/ten_1");
    expect(await screen.findByText("Essencial · v1")).toBeTruthy();
    expect(screen.getByText("Sem plano, sem limites")).toBeTruthy();
    await barrierFree(container);
    await user.type(screen.getByRole("searchbox"), "aurora");
    await waitFor(() => expect(calls.some((each) => each.call === "GET /operator/companies")).toBe(true));
  });

  it("are added by hand, with a way in for the admin", async () => {
    const { user, calls } = await operatorPage(<CompaniesPage />, { "POST /companies": { company, link: "https://app.example/invitation#t" } });
    expect(await screen.findByText("Nenhuma empresa")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Criar empresa" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Criar empresa" }));
    expect(await within(dialog).findByText("Preencha este campo.")).toBeTruthy();
    await user.type(within(dialog).getByRole("textbox", { name: "Nome" }), "Casa Aurora");
    await user.click(within(dialog).getByRole("button", { name: "Criar empresa" }));
    expect(await within(dialog).findByDisplayValue("https://app.example/invitation#t")).toBeTruthy();
    expect(calls.find((each) => each.call === "POST /companies")?.body).toEqual({ name: "Casa Aurora", line: "massivo" });
  });
});

describe("a company's page", () => {
  it("shows where the company goes, the last move first", async () => {
    const move = { id: "mve_1", side: "source" as const, step: "stayed" as const, created_ms: 1, updated_ms: 2 };
    const { container } = await operatorPage(<CompanyView id="ten_1" />, {
      ...answers,
      "GET /operator/companies/ten_1": seen({ standing: "moving", moves: [move, { ...move, id: "mve_2", step: "paused", target_url: "https://enterprise.example" }] }),
    });
    expect(await screen.findByText("Parada agora")).toBeTruthy();
    expect(screen.getAllByText(/^mve_/).map((each) => each.textContent)).toEqual(["mve_2", "mve_1"]);
    expect(screen.getByText("Em pausa")).toBeTruthy();
    expect(screen.getByText("vai para https://enterprise.example")).toBeTruthy();
    await barrierFree(container);
  });

  it("tells what was used beyond the plan and has to be invoiced by hand", async () => {
    const excess = { meter: "conversations" as const, month: "2026-10", closed: true, beyond: 40, price_minor: 20, amount_minor: 800 };
    await operatorPage(<CompanyView id="ten_1" />, { ...answers, "GET /operator/companies/ten_1": seen({ overage: [excess, { ...excess, month: "2026-11", closed: false, beyond: 1, amount_minor: 20 }] }) });
    expect(await screen.findByText(/2026-10: 40 além do plano em .*R\$\s8,00 a faturar à mão \(/)).toBeTruthy();
    expect(screen.getByText(/2026-11, até agora: 1 além do plano/)).toBeTruthy();
  });

  it("tells contract, live use, grants, subscription and invoices, without barriers", async () => {
    const { container } = await operatorPage(<CompanyView id="ten_1" />, answers);
    expect(await screen.findByRole("heading", { name: "Casa Aurora" })).toBeTruthy();
    expect(screen.getByRole("meter", { name: "Atendentes" }).getAttribute("aria-valuetext")).toBe("5 de 5");
    expect(screen.getByText("12 · sem limite")).toBeTruthy();
    expect(screen.getByText("+2 Bots")).toBeTruthy();
    expect(await screen.findByText("2026-000007")).toBeTruthy();
    expect(screen.getByRole("link", { name: "Baixar planilha" }).getAttribute("href")).toBe("/api/v1/operator/companies/ten_1/invoices.csv");
    await barrierFree(container);
  });

  it("is there in English, and says when the server is away", async () => {
    await operatorPage(<CompanyView id="ten_1" />, { ...answers, "GET /operator/companies/ten_1/subscription": "down" }, { language: "en" });
    expect(await screen.findByText("Live use")).toBeTruthy();
    expect(await screen.findByRole("alert")).toBeTruthy();
  });

  it("goes only where its state may go, with a reason", async () => {
    const { user, calls } = await operatorPage(<CompanyView id="ten_1" />, { ...answers, "POST /operator/companies/ten_1/state": company });
    await user.click(await screen.findByRole("button", { name: "Mudar situação" }));
    expect(await screen.findByText(/Mensagens continuam chegando e são guardadas/)).toBeTruthy();
    await doIt(user, "Mudar situação", "fraude comprovada");
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/companies/ten_1/state")?.body).toEqual({ state: "suspended", reason: "fraude comprovada" }));
  });

  it("gets more for a time", async () => {
    const { user, calls } = await operatorPage(<CompanyView id="ten_1" />, { ...answers, "POST /operator/companies/ten_1/grants": {} });
    await user.click(await screen.findByRole("button", { name: "Dar quota" }));
    await doIt(user, "Dar quota", "fim de ano");
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/companies/ten_1/grants")?.body).toMatchObject({ meter: "conversations", extra: 100, reason: "fim de ano" }));
  });

  it("marks what came by other ways as paid, and what a vendor collects not", async () => {
    const { user, calls } = await operatorPage(<CompanyView id="ten_1" />, { ...answers, "POST /operator/companies/ten_1/invoices/ivc_1/paid": invoice({ state: "paid" }) });
    expect(await screen.findAllByRole("button", { name: /Marcar .* como paga/ })).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Marcar 2026-000007 como paga" }));
    await doIt(user, "Marcar paga", "extrato do banco");
    await waitFor(() => expect(calls.find((each) => each.call.endsWith("/paid"))?.body).toEqual({ paid_ms: 0, reason: "extrato do banco" }));
  });

  it("asks for a refund of what is left; nobody approves their own", async () => {
    const wish = { id: "wsh_1", kind: "refund" as const, state: "requested" as const, problem: "", tries: 0, next_ms: 0, asked_by: "usr_op", approved_by: "", created_ms: 1, amount_minor: 500 };
    const asked = money({ history: [wish, { ...wish, id: "wsh_2", asked_by: "usr_other" }] });
    const { user, calls } = await operatorPage(<CompanyView id="ten_1" />, { ...answers, "GET /operator/companies/ten_1/subscription": asked, "POST /operator/companies/ten_1/refund": wish, "POST /operator/companies/ten_1/refund/wsh_2": wish });
    await user.click(await screen.findByRole("button", { name: "Devolver 2026-000006" }));
    await doIt(user, "Pedir a devolução", "cobrado em dobro");
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/companies/ten_1/refund")?.body).toEqual({ invoice_id: "ivc_2", amount_minor: 9_900, reason: "cobrado em dobro" }));
    expect(await screen.findAllByText("Outro operador decide.")).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Aprovar" }));
    await doIt(user, "Aprovar");
    await waitFor(() => expect(calls.find((each) => each.call.endsWith("/refund/wsh_2"))?.body).toEqual({ approve: true }));
  });

  it("extends a trial only to a later day", async () => {
    const { user, calls } = await operatorPage(<CompanyView id="ten_1" />, { ...answers, "POST /operator/companies/ten_1/trial": {} });
    await user.click(await screen.findByRole("button", { name: "Estender teste" }));
    await doIt(user, "Estender teste", "ainda em conversa");
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/companies/ten_1/trial")).toBe(true));
    const body = calls.find((each) => each.call.endsWith("/trial"))?.body as { until_ms: number };
    expect(body.until_ms).toBeGreaterThan(Date.now() + 86_400_000);
  });

  it("asks for support access", async () => {
    const { user, calls } = await operatorPage(<CompanyView id="ten_1" />, { ...answers, "POST /operator/companies/ten_1/support": {} });
    await user.click(await screen.findByRole("button", { name: "Pedir acesso" }));
    await doIt(user, "Pedir acesso", "bot sem resposta");
    await waitFor(() => expect(calls.find((each) => each.call.endsWith("/support") && each.call.startsWith("POST"))?.body).toEqual({ reason: "bot sem resposta" }));
  });
});

describe("support access", () => {
  const access = { id: "sup_1", company_id: "ten_1", operator_id: "usr_other", operator_name: "Rui", reason: "bot mudo", state: "asked" as const, asked_ms: 1, approver_name: "", opened_ms: 0, expires_ms: 0, ended_ms: 0 };

  it("is approved by somebody else", async () => {
    const { container, user, calls } = await operatorPage(<SupportPage />, { "GET /operator/support": { items: [access, { ...access, id: "sup_2", operator_id: "usr_op", operator_name: "Olga" }] }, "GET /operator/companies/ten_1": seen() });
    expect(await screen.findByText("Outro operador aprova.")).toBeTruthy();
    await barrierFree(container);
    await user.click(screen.getByRole("button", { name: "Aprovar" }));
    await doIt(user, "Aprovar");
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/support/sup_1/approve")).toBe(true));
  });

  it("says when nobody asked", async () => {
    await operatorPage(<SupportPage />, {}, { language: "en" });
    expect(await screen.findByText("Nobody asked for access")).toBeTruthy();
  });
});

describe("e-mails", () => {
  it("show why one did not arrive, and send it again", async () => {
    const { container, user, calls } = await operatorPage(<LettersPage />, { "GET /operator/letters": { items: [letter({ state: "bounced", reason: "bounced" })] } });
    expect((await screen.findAllByText(/a caixa não existe/)).length).toBeGreaterThan(0);
    await barrierFree(container);
    await user.click(screen.getAllByRole("button", { name: "Reenviar a marta@example.com" })[0] as HTMLElement);
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/letters/let_1/mend")).toBe(true));
  });
});

describe("held messages", () => {
  it("are replayed or dropped", async () => {
    const entry = { id: "qrt_1", reason: "no such number", channel: "whatsapp", account_id: "", tenant_id: "", body: "{}", state: "waiting", received_ms: 1 };
    const { container, user, calls } = await operatorPage(<HeldPage />, { "GET /quarantine": { items: [entry] } });
    expect(await screen.findByText("no such number")).toBeTruthy();
    await barrierFree(container);
    await user.click(screen.getByRole("button", { name: "Repetir" }));
    await waitFor(() => expect(calls.some((each) => each.call === "POST /quarantine/qrt_1/replay")).toBe(true));
    await user.click(screen.getByRole("tab", { name: "Mensagens mortas" }));
    expect(await screen.findByText("Nenhuma mensagem morta")).toBeTruthy();
  });
});
