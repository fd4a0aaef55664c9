import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CostPace, CostSaving } from "@/api/cost";
import { barrierFree, operatorPage } from "@/test/operator";
import { BudgetsView } from "./budgets";
import type { Find } from "./find";
import { QualityView } from "./quality";
import { SavingsView } from "./savings";
import { SettingsView } from "./setting";

afterEach(() => vi.unstubAllGlobals());

const find: Find = { month: 202611, line: "", environment: "", currency: "", cost: "effective" };
const nothing = () => undefined;

type Page = Awaited<ReturnType<typeof operatorPage>>;

/** What a call was given; waits for it. */
async function given(page: Page, call: string): Promise<unknown> {
  await waitFor(() => expect(page.calls.some((each) => each.call === call)).toBe(true));
  return page.calls.find((each) => each.call === call)?.body;
}

async function pick(page: Page, label: string | RegExp, option: string, place = 0) {
  await page.user.click(screen.getAllByRole("combobox", { name: label })[place] as HTMLElement);
  await page.user.click(await screen.findByRole("option", { name: option }));
}

const pace = (fields: Partial<CostPace> = {}): CostPace => ({ line: "massivo", environment: "prod", currency: "BRL", from_month: 202601, amount: "1500.5", origin: "accounts", note: "", by: "", month: 202611, spent: "900", through: "2026-11-20", days: 20, of_days: 30, expected: "666", forecast: "1350", spent_basis_points: 9000, forecast_basis_points: 13500, state: "fast", ...fields });

describe("a budget", () => {
  const open = async () => {
    const page = await operatorPage(<BudgetsView find={find} choose={nothing} />, { "GET /operator/costs/budgets": { items: [pace()] } });
    await page.user.click(await screen.findByRole("button", { name: "Novo orçamento" }));
    return page;
  };

  it("of 1.500 is of one thousand and five hundred", async () => {
    const page = await open();
    await page.user.type(await screen.findByLabelText(/Valor/), "1.500");
    expect(screen.getByText("Lido como 1.500,00")).toBeTruthy();
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/budgets")).toMatchObject({ items: [{ amount: "1500" }] });
  });

  it("that can't be told is not sent", async () => {
    const page = await open();
    await page.user.type(await screen.findByLabelText(/Valor/), "1,500");
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(screen.getByText("Não dá para saber que número é este. Escreva como 1.234,56.")).toBeTruthy();
    expect(page.calls.some((each) => each.call.startsWith("PUT"))).toBe(false);
    await barrierFree(document.body);
  });

  it("is opened as it is, and saved the same", async () => {
    const page = await operatorPage(<BudgetsView find={find} choose={nothing} />, { "GET /operator/costs/budgets": { items: [pace()] } });
    await page.user.click(await screen.findByRole("button", { name: "Mudar o orçamento de Massivo · produção" }));
    expect(((await screen.findByLabelText(/Valor/)) as HTMLInputElement).value).toBe("1.500,50");
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/budgets")).toMatchObject({ items: [{ amount: "1500.50" }] });
  });

  it("of the organization's own accounts has no environment to choose", async () => {
    const page = await open();
    await pick(page, "Linha de produto", "Compartilhado");
    await page.user.click(screen.getByRole("combobox", { name: "Ambiente" }));
    expect(screen.getAllByRole("option").map((each) => each.textContent)).toEqual(["compartilhado"]);
    await page.user.type(screen.getByLabelText(/Valor/), "10");
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/budgets")).toMatchObject({ items: [{ line: "shared", environment: "shared" }] });
  });
});

describe("settings", () => {
  const rate = (day: number) => ({ base: "USD", quote: "BRL", day: `2026-11-${String(day).padStart(2, "0")}`, rate: `5.${day}`, source: day === 25 ? "typed" : "PTAX", sample: false });
  const answers = {
    "GET /operator/costs/accounts": { items: [{ id: "acc_1", account_id: "111122223333", name: "massivo-prod", line: "massivo", environment: "prod", from_day: 0, to_day: 0, origin: "file", updated_ms: 1, version: 4 }] },
    "GET /operator/costs/rates": { items: Array.from({ length: 14 }, (_, i) => rate(25 - i)) },
    "GET /operator/costs/fees": { items: [{ id: "fee_1", channel: "whatsapp", category: "*", calling_code: "*", currency: "USD", price: "0.0625", from: "2026-01-01", until: "", sample: false, note: "", by: "" }] },
    "GET /operator/cost-readers": { items: [], invitations: [] },
  };

  it("show the latest rates first, in the reader's form", async () => {
    await operatorPage(<SettingsView find={find} choose={nothing} />, answers);
    const rows = within(await screen.findByRole("table", { name: "Câmbio" })).getAllByRole("row").slice(1);
    expect(rows).toHaveLength(10);
    expect(rows[0]?.textContent).toContain("25 de nov. de 2026");
    expect(rows[0]?.textContent).toContain("1 USD = 5,2500 BRLdigitada");
    expect(rows.at(-1)?.textContent).toContain("16 de nov. de 2026");
  });

  it("take no rate that could be two numbers", async () => {
    const page = await operatorPage(<SettingsView find={find} choose={nothing} />, answers);
    await page.user.type(await screen.findByLabelText(/Reais por dólar/), "5.306");
    await page.user.type(screen.getAllByLabelText(/^Dia/)[0] as HTMLElement, "2026-11-20");
    await page.user.click(screen.getAllByRole("button", { name: "Acrescentar" })[1] as HTMLElement);
    expect(screen.getByText("Não dá para saber que número é este. Escreva como 1.234,56.")).toBeTruthy();
    expect(page.calls.some((each) => each.call === "PUT /operator/costs/rates")).toBe(false);
  });

  it("take a price for any category and any country, and say so in the list", async () => {
    const page = await operatorPage(<SettingsView find={find} choose={nothing} />, answers);
    const row = within(await screen.findByRole("table", { name: "Preços dos canais" })).getAllByRole("row")[1];
    expect(within(row as HTMLElement).getAllByText("Todos")).toHaveLength(2);
    await page.user.clear(screen.getByLabelText("Código do país"));
    await page.user.type(screen.getByRole("textbox", { name: /^Preço/ }), "0,0625");
    await page.user.type(screen.getAllByLabelText(/Vale desde/).at(-1) as HTMLElement, "2026-11-01");
    await page.user.click(screen.getAllByRole("button", { name: "Acrescentar" })[2] as HTMLElement);
    expect(await given(page, "PUT /operator/costs/fees")).toMatchObject({ items: [{ category: "*", calling_code: "*", price: "0.0625", from: "2026-11-01" }] });
  });

  it("take a country with its plus, and a category without spaces around it", async () => {
    const page = await operatorPage(<SettingsView find={find} choose={nothing} />, answers);
    await page.user.type(await screen.findByLabelText("Categoria"), " utility ");
    await page.user.clear(screen.getByLabelText("Código do país"));
    await page.user.type(screen.getByLabelText("Código do país"), "+351");
    await page.user.type(screen.getByRole("textbox", { name: /^Preço/ }), "0,0625");
    await page.user.type(screen.getAllByLabelText(/Vale desde/).at(-1) as HTMLElement, "2026-11-01");
    await page.user.click(screen.getAllByRole("button", { name: "Acrescentar" })[2] as HTMLElement);
    expect(await given(page, "PUT /operator/costs/fees")).toMatchObject({ items: [{ category: "utility", calling_code: "351" }] });
  });

  it("end an account's entry, so that another may begin", async () => {
    const page = await operatorPage(<SettingsView find={find} choose={nothing} />, answers);
    await page.user.click(await screen.findByRole("button", { name: "Mudar a conta 111122223333" }));
    await page.user.type(within(await screen.findByRole("dialog")).getByLabelText(/Deixa de valer em/), "2026-12-01");
    await barrierFree(document.body);
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/accounts")).toEqual({ id: "acc_1", version: 4, account_id: "111122223333", name: "massivo-prod", line: "massivo", environment: "prod", from_day: 0, to_day: Date.UTC(2026, 11, 1) / 86_400_000 });
  });

  it("offer an account only places that are", async () => {
    const page = await operatorPage(<SettingsView find={find} choose={nothing} />, answers);
    await page.user.type(await screen.findByLabelText(/Número da conta/), "999");
    await pick(page, "Linha de produto", "Compartilhado");
    await page.user.click(screen.getAllByRole("button", { name: "Acrescentar" })[0] as HTMLElement);
    expect(await given(page, "PUT /operator/costs/accounts")).toMatchObject({ account_id: "999", line: "shared", environment: "shared" });
  });
});

const saving = (fields: Partial<CostSaving> = {}): CostSaving => ({ id: "sav_1", name: "Homologação sob demanda", line: "", environment: "homolog", service: "", resource: "db-7", currency: "USD", started: "2026-09-01", ended: "", before_days: 60, planned_hours_off: 118, note: "", by: "", version: 3, ...fields });

describe("a saving", () => {
  const answers = { "GET /operator/costs/savings": { items: [saving()] }, "GET /operator/environments": { items: [] } };

  it("of an environment of all lines says which", async () => {
    await operatorPage(<SavingsView find={find} choose={nothing} />, answers);
    const row = (await screen.findByText("Homologação sob demanda")).closest("tr");
    expect(row?.textContent).toContain("homologação");
    expect(row?.textContent).toContain("db-7");
    expect(row?.textContent).not.toContain("tudo");
  });

  it("that is not measured says why, and which bill it waits for", async () => {
    const lacking = [{ source: "saas", billing_account: "777", currency: "USD", from: "2026-11-01", until: "2026-11-20" }];
    await operatorPage(<SavingsView find={find} choose={nothing} />, { ...answers, "GET /operator/costs/savings": { items: [saving({ not_measured: "no_bill_after", lacking })] } });
    const row = (await screen.findByText("Homologação sob demanda")).closest("tr");
    expect(row?.textContent).toContain("nenhum dia de depois tem todas as faturas");
    expect(row?.textContent).toContain("falta saas (777) de 1 de nov. de 2026 a 20 de nov. de 2026");
  });

  it("plans the hours of a week, which has 168", async () => {
    const page = await operatorPage(<SavingsView find={find} choose={nothing} />, answers);
    await page.user.click(await screen.findByRole("button", { name: "Nova medida" }));
    await page.user.type(await screen.findByLabelText(/^Medida/), "Noites");
    await page.user.type(screen.getByLabelText(/^Desde/), "2026-11-01");
    const hours = screen.getByLabelText("Horas desligado por semana, planejadas");
    await page.user.type(hours, "474");
    await page.user.tab();
    expect((hours as HTMLInputElement).value).toBe("168");
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "POST /operator/costs/savings")).toMatchObject({ name: "Noites", planned_hours_off: 168 });
  });

  it("is changed and ended, and keeps what was not touched", async () => {
    const page = await operatorPage(<SavingsView find={find} choose={nothing} />, answers);
    await page.user.click(await screen.findByRole("button", { name: "Mudar a medida Homologação sob demanda (homologação)" }));
    await page.user.type(await screen.findByLabelText(/^Deixa de valer em/), "2026-11-21");
    await barrierFree(document.body);
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/savings/sav_1")).toEqual({ name: "Homologação sob demanda", line: "", environment: "homolog", service: "", resource: "db-7", currency: "USD", started: "2026-09-01", ended: "2026-11-21", before_days: 60, planned_hours_off: 118, note: "" });
    expect(page.calls.find((each) => each.call.startsWith("PUT"))?.search).toBe("?version=3");
  });
});

describe("an invoice", () => {
  const quality = {
    month: 202610, shares: [], odd: [], clashes: [], strays: [], missing: [], unbilled: [], displaced: [], imports: [], sources: [{ name: "aws", configured: true, sets: [] }],
    invoices: [{ source: "aws", invoice_id: "INV-1", period: 202610, currency: "USD", amount: "10", billed: "10.01", difference: "-0.01", actor: "usr_op", typed_ms: 1 }, { source: "aws", invoice_id: "INV-2", period: 202610, currency: "USD", amount: null, billed: "4", difference: null, actor: "", typed_ms: 0 }],
  };
  const answers = { "GET /operator/costs/quality": quality, "GET /operator/costs/imports": { items: [] }, "GET /operator/costs/meters": { items: [] } };
  const draw = () => operatorPage(<QualityView find={{ ...find, month: 202610 }} choose={nothing} />, answers);

  it("is typed in to be held against the bill", async () => {
    const page = await draw();
    await page.user.click(await screen.findByRole("button", { name: "Informar fatura" }));
    await page.user.type(await screen.findByLabelText(/Valor da fatura/), "1.234,56");
    await barrierFree(document.body);
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/invoices")).toEqual({ source: "aws", period: 202610, invoice_id: "", currency: "USD", amount: "1234.56" });
  });

  it("that the bill names is filled in from its row", async () => {
    const page = await draw();
    await page.user.click(await screen.findByRole("button", { name: "Mudar a fatura INV-2" }));
    await page.user.type(await screen.findByLabelText(/Valor da fatura/), "-4");
    await page.user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await given(page, "PUT /operator/costs/invoices")).toEqual({ source: "aws", period: 202610, invoice_id: "INV-2", currency: "USD", amount: "-4" });
  });

  it("is taken back", async () => {
    const page = await draw();
    await page.user.click(await screen.findByRole("button", { name: "Remover a fatura INV-1" }));
    await page.user.click(await screen.findByRole("button", { name: "Remover" }));
    expect(await given(page, "PUT /operator/costs/invoices")).toEqual({ source: "aws", period: 202610, invoice_id: "INV-1", currency: "USD" });
    expect(screen.queryByRole("button", { name: "Remover a fatura INV-2" })).toBeNull();
  });
});
