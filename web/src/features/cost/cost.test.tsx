import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CostCell, CostPace, Environment } from "@/api/cost";
import { barrierFree, operatorPage } from "@/test/operator";
import { BudgetsView } from "./budgets";
import { CompaniesView } from "./companies";
import { currencyOf, monthLater, monthOf, monthsBetween, readFind, type Find } from "./find";
import { OverviewView, placesOf } from "./overview";
import { QualityView } from "./quality";
import { SavingsView } from "./savings";
import { ServicesView } from "./services";
import { SettingsView } from "./setting";

afterEach(() => vi.unstubAllGlobals());

const find: Find = { month: 202611, line: "", environment: "", currency: "", cost: "effective" };
const nothing = () => undefined;
const spaced = (text: string | null | undefined) => (text ?? "").replace(/\s/g, " ");

const cell = (fields: Partial<CostCell>): CostCell => ({ month: 202611, line: "massivo", environment: "prod", currency: "USD", usage: "0", adjustments: "0", credits: "0", taxes: "0", total: "0", corrections: "0", ...fields });

describe("what is looked at", () => {
  it("stands in the address, and is this month without one", () => {
    expect(readFind({ month: "202603", cost: "billed", line: "massivo" }, 0)).toEqual({ month: 202603, line: "massivo", environment: "", currency: "", cost: "billed" });
    expect(readFind({ month: "202613" }, Date.UTC(2026, 10, 30, 23)).month).toBe(202611);
  });
  it("counts months over the year's end", () => {
    expect(monthLater(202601, -1)).toBe(202512);
    expect(monthLater(202511, 14)).toBe(202701);
    expect(monthsBetween(202511, 202602)).toEqual([202511, 202512, 202601, 202602]);
  });
  it("never mixes currencies: the chosen one, else the most common", () => {
    const rows = [{ currency: "USD" }, { currency: "BRL" }, { currency: "USD" }];
    expect(currencyOf(rows, "")).toEqual({ currency: "USD", all: ["USD", "BRL"] });
    expect(currencyOf(rows, "BRL").currency).toBe("BRL");
    expect(currencyOf(rows, "EUR").currency).toBe("USD");
  });
  it("puts production first and what nobody mapped last", () => {
    const places = placesOf([{ line: "", environment: "" }, { line: "shared", environment: "shared" }, { line: "enterprise", environment: "prod" }, { line: "massivo", environment: "dev" }, { line: "massivo", environment: "prod" }]);
    expect(places.map((place) => place.key)).toEqual(["massivo prod", "massivo dev", "enterprise prod", "shared shared", " "]);
  });
});

describe("the overview", () => {
  const answers = {
    "GET /operator/costs/matrix": { items: [cell({ total: "100.10", usage: "90", taxes: "10.10" }), cell({ environment: "homolog", total: "0.20", usage: "0.20" }), cell({ month: 202610, total: "80", usage: "80" }), cell({ currency: "BRL", total: "7", usage: "7" })] },
    // As the ledger answers: the days begin behind the last that is known.
    "GET /operator/costs/days": { items: [{ day: 20777, currency: "USD", cost: "6" }, { day: 20779, currency: "USD", cost: "5" }, { day: 20779, currency: "BRL", cost: "99" }, { day: 20780, currency: "USD", cost: "1" }] },
    "GET /operator/costs/forecast": { items: [{ currency: "USD", known_to: 20779, spent: "100.30", month: "200", month_low: "180", month_high: "220", error_bp: 350, days: [{ day: 20780, value: "0", expected: "4", low: "3", high: "5" }, { day: 20781, value: "0", expected: "4", low: "3", high: "5" }], anomalies: [{ day: 20770, value: "40", expected: "4", low: "3", high: "5" }] }] },
    "GET /operator/costs/quality": { month: 202611, shares: [{ currency: "USD", total: "100.30", mapped: "100.30", mapped_bp: 9950, tagged: "0", tagged_bp: 0, company: "0", company_bp: 0, corrections: "0" }], odd: [], clashes: [], strays: [], invoices: [], missing: [], unbilled: [], displaced: [], imports: [], sources: [] },
  };

  it("sums each place and month exactly, one currency at a time", async () => {
    const { container } = await operatorPage(<OverviewView find={find} choose={nothing} />, answers);
    const table = await screen.findByRole("table", { name: "Linha × ambiente × mês" });
    const rows = within(table).getAllByRole("row").map((row) => spaced(row.textContent));
    expect(rows[1]).toContain("Massivo · produção");
    expect(rows[1]).toContain("US$ 100,10");
    expect(rows[1]).toContain("US$ 180,10");
    expect(rows.at(-1)).toContain("US$ 100,30");
    expect(rows.join()).not.toContain("R$ 7");
    expect(screen.getByRole("radio", { name: "BRL" })).toBeTruthy();
    expect(spaced(container.textContent)).toContain("Impostos US$ 10,10");
    expect(screen.getByText("99,5%")).toBeTruthy();
    expect(within(table).getAllByRole("link")[0]?.getAttribute("href")).toContain("line=massivo");
    await barrierFree(container);
  });

  const running: Find = { ...find, month: monthOf(Date.now()) };
  const under = { ...answers, "GET /operator/costs/matrix": { items: [cell({ month: running.month, total: "9", usage: "9" })] } };

  it("tells what to expect of the month under way, as effective cost, behind what was spent", async () => {
    const { container, calls } = await operatorPage(<OverviewView find={{ ...running, cost: "billed", line: "massivo" }} choose={nothing} />, under);
    const tile = (await screen.findByText("Previsão do mês, efetivo")).closest("li");
    expect(spaced(tile?.textContent)).toContain("US$ 200,00");
    const rows = () => within(screen.getByRole("table", { name: "Ritmo e previsão" })).getAllByRole("row").slice(1).map((row) => spaced(row.textContent));
    await waitFor(() => expect(rows()).toEqual(["20/11US$ 6,00–", "21/11––", "22/11US$ 5,00–", "23/11–US$ 4,00", "24/11–US$ 4,00"]));
    expect(spaced(container.textContent)).toContain("Custo efetivo. Mediana");
    expect(spaced(container.textContent)).toContain("errou 3,5% do total");
    for (const call of ["forecast", "days"]) expect(calls.find((each) => each.call === `GET /operator/costs/${call}`)?.search).toContain("cost=effective&");
    await barrierFree(container);
  });

  it("expects nothing of another month", async () => {
    const { calls } = await operatorPage(<OverviewView find={{ ...find, month: 202401 }} choose={nothing} />, { ...answers, "GET /operator/costs/matrix": { items: [cell({ month: 202401, total: "9", usage: "9" })] } });
    expect(await screen.findByRole("table", { name: "Linha × ambiente × mês" })).toBeTruthy();
    expect(screen.queryByText("Previsão do mês, efetivo")).toBeNull();
    expect(screen.queryByRole("table", { name: "Ritmo e previsão" })).toBeNull();
    expect(calls.some((each) => each.call === "GET /operator/costs/forecast")).toBe(false);
  });

  it("stays there with a currency that was chosen in another room", async () => {
    await operatorPage(<OverviewView find={{ ...find, currency: "BRL" }} choose={nothing} />, { ...answers, "GET /operator/costs/matrix": { items: [cell({ total: "100.10" })] } });
    expect(spaced((await screen.findByRole("table", { name: "Linha × ambiente × mês" })).textContent)).toContain("US$ 100,10");
  });

  it("is empty, refused, or away", async () => {
    await operatorPage(<OverviewView find={find} choose={nothing} />, { ...answers, "GET /operator/costs/matrix": { items: [] } });
    expect(await screen.findByText("Nenhum custo neste período")).toBeTruthy();
    await operatorPage(<OverviewView find={find} choose={nothing} />, answers, { staff: false });
    expect(await screen.findAllByText("Nenhum custo neste período")).toHaveLength(1);
    await operatorPage(<OverviewView find={find} choose={nothing} />, { "GET /operator/costs/matrix": "down" });
    expect(await screen.findByRole("button", { name: "Tentar de novo" })).toBeTruthy();
  });
});

describe("services", () => {
  it("tell what changed, and what seems idle", async () => {
    const { container } = await operatorPage(<ServicesView find={find} choose={nothing} />, {
      "GET /operator/costs/services": { items: [{ category: "Databases", service: "RDS", currency: "USD", cost: "30", before: "20", change: "10", change_bp: 5000, days: 22 }, { category: "Compute", service: "Fargate", currency: "USD", cost: "10", before: "20", change: "-10", change_bp: -5000, days: 22 }] },
      "GET /operator/costs/idle": { items: [{ rule: "weekend", account_id: "1", line: "massivo", environment: "homolog", service: "RDS", resource_id: "db-1", currency: "USD", days: 8, cost: "3.5" }] },
      "GET /operator/costs/resources": { items: [] },
    });
    const row = (await screen.findAllByText("RDS"))[0]?.closest("tr");
    expect(spaced(row?.textContent)).toContain("+US$ 10,00 (+50%)");
    expect(screen.getByText("Mês anterior, primeiros 22 dias")).toBeTruthy();
    expect(await screen.findByText("ligado no fim de semana")).toBeTruthy();
    await barrierFree(container);
  });
});

describe("companies", () => {
  it("show their margin where a rate is known, and each currency where none is", async () => {
    const { container, calls, user } = await operatorPage(<CompaniesView find={{ ...find, month: monthOf(Date.now()) }} choose={nothing} />, {
      "GET /operator/costs/units": { items: [{ month: 202611, line: "massivo", currency: "BRL", total: "10", idle: "0", fees: "0", building: "0", companies: 1, conversations: 4, messages: 9, per_conversation: "2.5", converted: true, incomplete: true, sample: false }] },
      "GET /operator/costs/companies": {
        month: 202611, idle_spread: false, unpriced_parts: 2, totals: [], rates: [{ base: "USD", quote: "BRL", day: "2026-11-20", rate: "5.1", source: "typed", sample: true }], nobody: [{ line: "massivo", environment: "prod", kind: "idle", currency: "USD", amount: "1.5" }],
        items: [
          { company_id: "ten_1", name: "Aurora", deployment: "massivo-prod", conversations: 4, messages: 9, active_contacts: 2, costs: [{ currency: "USD", shared: "2", dedicated: "0", idle: "0", fees: "0", total: "2", sample: true }], in: { currency: "BRL", total: "10.2", per_conversation: "2.55", price: "149", margin: "138.8", margin_basis_points: 9315, sample: true } },
          { company_id: "ten_2", name: "", deployment: "enterprise-prod", conversations: 1, messages: 1, active_contacts: 1, costs: [{ currency: "EUR", shared: "3", dedicated: "0", idle: "0", fees: "0", total: "3", sample: false }] },
        ],
      },
    });
    const row = (await screen.findByRole("link", { name: "Aurora" })).closest("tr");
    expect(spaced(row?.textContent)).toContain("R$ 138,80 (93,2%)");
    expect(spaced(screen.getByText("ten_2").closest("tr")?.textContent)).toContain("€ 3,00");
    expect(screen.getByText(/USD\/BRL 5,1000 \(20 de nov\. de 2026, exemplo\)/)).toBeTruthy();
    expect(screen.getByText("2 partes sem preço de canal: informe-o em Ajustes.")).toBeTruthy();
    await user.click(screen.getByRole("checkbox", { name: "Ratear a capacidade ociosa" }));
    await waitFor(() => expect(calls.some((each) => each.search.includes("idle=spread"))).toBe(true));
    expect(screen.getByText(/^Mês em andamento/)).toBeTruthy();
    await barrierFree(container);
  });
});

const pace = (fields: Partial<CostPace> = {}): CostPace => ({ line: "massivo", environment: "prod", currency: "BRL", from_month: 202601, amount: "1000", origin: "accounts", note: "", by: "", month: 202611, spent: "900", through: "2026-11-20", days: 20, of_days: 30, expected: "666", forecast: "1350", spent_basis_points: 9000, forecast_basis_points: 13500, state: "fast", ...fields });

describe("budgets", () => {
  it("show the pace, and are changed by operators", async () => {
    const { container, calls, user } = await operatorPage(<BudgetsView find={find} choose={nothing} />, { "GET /operator/costs/budgets": { items: [pace()] } });
    expect(await screen.findByText("acelerado")).toBeTruthy();
    expect(screen.getByRole("img", { name: "90% do orçamento gasto" })).toBeTruthy();
    await barrierFree(container);
    await user.click(screen.getByRole("button", { name: "Mudar o orçamento de Massivo · produção" }));
    const amount = await screen.findByLabelText(/Valor/);
    await user.clear(amount);
    await user.type(amount, "1500,50");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(calls.find((each) => each.call === "PUT /operator/costs/budgets")?.body).toEqual({ items: [{ line: "massivo", environment: "prod", currency: "BRL", amount: "1500.50", from_month: 202611, note: "" }] }));
  });
});

const environment = (fields: Partial<Environment> = {}): Environment => ({
  deployment: "massivo-homolog", line: "massivo", environment: "homolog", schedule: "office: 08:00-20:00 mon-fri", times: { kind: "office", windows: [{ days: [1, 2, 3, 4, 5], from_minute: 480, to_minute: 1200 }], zone: "America/Sao_Paulo", holidays_off: true, optional_off: true }, switchable: true, past: [], seen_ms: 1, parts: [{ name: "api", role: "api", state: "running", count: 1 }], want: "up", reason: "lease", detail: "Olga", until_ms: 0, switching: false, problem: "", next_ms: 0, floor: ["nat", "logs"],
  leases: [{ id: "lse_1", who: "Olga", why: "teste", from_ms: 1, until_ms: 2, extended_by: "", ended_by: "", ended_ms: 0 }], hours: { month: "2026-11", all_minutes: 600, planned_on_minutes: 300, on_minutes: 200, off_minutes: 400, unseen_minutes: 0, switched_on_times: 2 }, ...fields,
});

describe("savings", () => {
  it("tell what the bills say, and let environments be switched on for a while", async () => {
    const { container, calls, user } = await operatorPage(<SavingsView find={find} choose={nothing} />, {
      "GET /operator/costs/savings": { items: [{ id: "sav_1", name: "Homologação sob demanda", line: "massivo", environment: "homolog", service: "", resource: "", currency: "USD", started: "2026-09-01", ended: "", before_days: 30, planned_hours_off: 118, note: "", by: "", version: 1, before: { from: "2026-08-01", until: "2026-08-31", days: 30, gaps: 1, billed: "310", per_day: "10" }, after: { from: "2026-09-01", until: "2026-11-20", days: 81, gaps: 0, billed: "324", per_day: "4" }, without: "810", saved: "486", per_month: "182.5", saved_basis_points: 6000 }] },
      "GET /operator/environments": { items: [environment(), environment({ deployment: "enterprise-homolog", line: "enterprise", leases: [{ id: "lse_2", who: "Bia", why: "auditoria", from_ms: Date.UTC(2099, 0, 5, 12), until_ms: Date.UTC(2099, 0, 6, 15), extended_by: "", ended_by: "", ended_ms: 0 }] })] },
    });
    expect(await screen.findByText(/^Bia: auditoria \(de seg\., 5 de jan\., .* até ter\., 6 de jan\.,/)).toBeTruthy();
    const row = (await screen.findByText("Homologação sob demanda")).closest("tr");
    expect(spaced(row?.textContent)).toContain("US$ 182,50 (60%)");
    expect(screen.getByText("1 dia sem fatura")).toBeTruthy();
    expect((await screen.findAllByText("ligado")).length).toBe(2);
    expect(screen.getAllByText("seg.–sex. 08:00–20:00 (America/Sao_Paulo). Desligado em feriados e pontos facultativos.").length).toBe(2);
    expect(screen.getAllByText("Continua custando: gateway NAT, registros guardados").length).toBe(2);
    expect(screen.getAllByText(/Reservado por Olga/).length).toBe(2);
    expect(screen.getAllByText("Desligado 67 % do mês até agora (7 h)").length).toBe(2);
    await user.click(screen.getAllByRole("button", { name: "+3 h" })[0] as HTMLElement);
    await waitFor(() => expect(calls.find((each) => each.call.endsWith("/lse_1/extend"))?.body).toEqual({ minutes: 180 }));
    await user.click(screen.getAllByRole("button", { name: "Ligar por um tempo" })[0] as HTMLElement);
    await user.type(await screen.findByLabelText(/Para quê/), "homologar a versão");
    await user.click(screen.getAllByRole("button", { name: "Ligar por um tempo" }).at(-1) as HTMLElement);
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/environments/massivo-homolog/leases")?.body).toEqual({ minutes: 180, why: "homologar a versão" }));
    await barrierFree(container);
  });

  it("say that no leases are kept here", async () => {
    await operatorPage(<SavingsView find={find} choose={nothing} />, { "GET /operator/costs/savings": { items: [] }, "GET /operator/environments": { code: "refused", reason: "not_configured" } });
    expect(await screen.findByText("Esta instalação não guarda reservas de ambientes.")).toBeTruthy();
    expect(screen.getByText("Nenhuma medida registrada")).toBeTruthy();
  });
});

describe("quality", () => {
  it("names what can't be relied on", async () => {
    const { container, calls, user } = await operatorPage(<QualityView find={find} choose={nothing} />, {
      "GET /operator/costs/quality": {
        month: 202611, shares: [], invoices: [{ source: "aws", invoice_id: "", period: 202610, currency: "USD", amount: "10.00", billed: "10.01", difference: "0.01", actor: "", typed_ms: 0 }], missing: ["aws"], unbilled: [{ source: "aws", billing_account: "777", currency: "USD", from: "2026-11-11", until: "2026-11-12" }, { source: "aws", billing_account: "777", currency: "USD", from: "2026-11-16", until: "2026-11-18" }], imports: [], sources: [],
        displaced: [{ source: "aws", set: "a.csv", by: "b.csv", gone: ["222"], totals: [{ currency: "USD", billed: "7.5", effective: "7" }] }],
        strays: [{ account_id: "999", name: "velha", currency: "USD", cost: "5" }], clashes: [{ account_id: "111", line: "massivo", environment: "prod", tag_line: "enterprise", tag_environment: "", currency: "USD", cost: "2", resources: 3, example: "db-9" }], odd: [{ source: "aws", column: "Tags", rule: "null_word", count: 4, first_row: 2, sample: "NULL" }, { source: "aws", column: "SkuMeter", rule: "column_absent", count: 1, first_row: 0, sample: "" }, { source: "aws", column: "X", rule: "brand_new", count: 2, first_row: 1, sample: "" }],
      },
      "GET /operator/costs/imports": { items: [{ no: 1, source: "aws", period: 202610, state: "current", rows: 10, totals: [{ currency: "USD", billed: "10.01", effective: "10.01" }], version: "1.2", late: true, actor: "", files: [], finished_ms: 1, started_ms: 1, from_ms: 0, to_ms: 0, replaces: 0, set: "focus/BILLING_PERIOD=2026-10", payers: ["111"], set_hash: "" }] },
      "GET /operator/costs/meters": { items: [{ deployment: "massivo-prod", day: "2026-11-19", revision: 1, rows: 3, imported_ms: 1 }, { deployment: "massivo-prod", day: "2026-11-20", revision: 1, rows: 3, imported_ms: 1 }] },
      "POST /operator/costs/imports": { meters: { files: 2, read: 1, rows: 3, refused: [] } },
    });
    expect(await screen.findByText("Falta a fatura de aws de novembro de 2026.")).toBeTruthy();
    expect(screen.getByText("aws (777, USD) não tem fatura de 11 de nov. de 2026 a 12 de nov. de 2026: esses dias não contam em orçamentos e economias.")).toBeTruthy();
    expect(screen.getByText(/de 16 de nov\. de 2026 a 18 de nov/)).toBeTruthy();
    expect(screen.getByText(/velha \(999\)/)).toBeTruthy();
    expect(screen.getByText(/têm etiqueta enterprise/)).toBeTruthy();
    expect(screen.getByText("aws, coluna Tags: a palavra NULL por extenso, 4 vezes, primeiro na linha 2 (NULL)")).toBeTruthy();
    expect(screen.getByText("aws, coluna SkuMeter: coluna que falta, 1 vez")).toBeTruthy();
    expect(screen.getByText("aws, coluna X: brand_new, 2 vezes, primeiro na linha 1")).toBeTruthy();
    expect(spaced(screen.getByText(/a\.csv não conta/).textContent)).toBe("aws: a.csv não conta: b.csv, da mesma conta de cobrança, tomou o lugar. US$ 7,50 Sem fatura agora: 222.");
    expect(await screen.findByText(/BILLING_PERIOD=2026-10/)).toBeTruthy();
    expect(await screen.findByText("tardia")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Procurar agora" }));
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/costs/imports")).toBe(true));
    await barrierFree(container);
  });
});

describe("settings", () => {
  it("map accounts, take rates and prices, and invite readers", async () => {
    const { container, calls, user } = await operatorPage(<SettingsView find={find} choose={nothing} />, {
      "GET /operator/costs/accounts": { items: [{ id: "acc_1", account_id: "111122223333", name: "massivo-prod", line: "massivo", environment: "prod", from_day: 0, to_day: 0, origin: "file", updated_ms: 1, version: 1 }] },
      "GET /operator/costs/rates": { items: [] },
      "GET /operator/costs/fees": { items: [{ id: "fee_1", channel: "whatsapp", category: "marketing", calling_code: "55", currency: "USD", price: "0.0625", from: "2026-01-01", until: "", sample: true, note: "", by: "" }] },
      "GET /operator/cost-readers": { items: [{ user_id: "usr_1", name: "Téo", email: "teo@example.com", secured: false }], invitations: [] },
      "POST /operator/cost-readers": { invitation: {}, link: "", mailed: true },
    });
    expect(await screen.findByText("massivo-prod")).toBeTruthy();
    expect(await screen.findByText("sem segunda etapa")).toBeTruthy();
    expect(spaced((await screen.findByText("marketing")).closest("tr")?.textContent)).toContain("US$ 0,063");
    await user.type(screen.getByLabelText(/Reais por dólar/), "5,4321");
    await user.type(screen.getAllByLabelText(/^Dia/)[0] as HTMLElement, "2026-11-20");
    await user.click(screen.getAllByRole("button", { name: "Acrescentar" })[1] as HTMLElement);
    await waitFor(() => expect(calls.find((each) => each.call === "PUT /operator/costs/rates")?.body).toEqual({ items: [{ base: "USD", quote: "BRL", day: "2026-11-20", rate: "5.4321", source: "typed", sample: false }] }));
    await user.type(screen.getByLabelText(/^E-mail/), "lia@example.com");
    await user.click(screen.getByRole("button", { name: "Convidar" }));
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/cost-readers")?.body).toEqual({ email: "lia@example.com" }));
    await barrierFree(container);
  });
});
