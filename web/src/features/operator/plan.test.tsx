import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { barrierFree, edition, operatorPage, version } from "@/test/operator";
import CouponsPage from "./coupons";
import CrmPage from "./crm";
import { PlanVersionView } from "./plan-editor";
import PlansPage from "./plans";

afterEach(() => vi.unstubAllGlobals());

const draft = version({ id: "plv_2", number: 2, state: "draft", published_ms: 0 });
const plans = { "GET /operator/plans": { items: [edition([draft, version()]), edition([version({ id: "plv_3", name: { pt: "Escala", en: "Scale" } })], { id: "pln_2", slug: "escala", position: 1 })] } };

describe("the plans", () => {
  it("begin with a sample in one press", async () => {
    const { user, calls } = await operatorPage(<PlansPage />, { "POST /operator/plans/sample": { items: [] } });
    await user.click(await screen.findByRole("button", { name: "Criar tabela de exemplo" }));
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/plans/sample")).toBe(true));
  });

  it("show all versions and what may be done with each", async () => {
    const { container } = await operatorPage(<PlansPage />, plans);
    const first = await screen.findByRole("region", { name: "Essencial" });
    expect(within(first).getByRole("button", { name: "Publicar Essencial v2" })).toBeTruthy();
    expect(within(first).getByRole("button", { name: "Retirar Essencial v1" })).toBeTruthy();
    expect(within(first).queryByRole("button", { name: "Nova versão" })).toBeNull();
    await barrierFree(container);
  });

  it("say before publishing that it never changes, and before withdrawing for how long it is honoured", async () => {
    const { user, calls } = await operatorPage(<PlansPage />, { ...plans, "POST /operator/plan-versions/plv_2/publish": draft });
    await user.click(await screen.findByRole("button", { name: "Publicar Essencial v2" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/nunca mais muda/)).toBeTruthy();
    await user.click(within(dialog).getByRole("button", { name: "Publicar" }));
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/plan-versions/plv_2/publish")).toBe(true));
    await user.click(screen.getByRole("button", { name: "Retirar Essencial v1" }));
    expect(await screen.findByText(/por 30 dias/)).toBeTruthy();
  });

  it("change places", async () => {
    const { user, calls } = await operatorPage(<PlansPage />, { ...plans, "PATCH /operator/plans/pln_1": {}, "PATCH /operator/plans/pln_2": {} });
    await user.click(await screen.findByRole("button", { name: "Descer Essencial" }));
    await waitFor(() => expect(calls.filter((each) => each.call.startsWith("PATCH")).map((each) => [each.call, each.body])).toEqual([["PATCH /operator/plans/pln_1", { position: 1 }], ["PATCH /operator/plans/pln_2", { position: 0 }]]));
  });
});

describe("a version's page", () => {
  it("writes a draft and shows it as the page of prices does, in both languages", async () => {
    const { user, calls } = await operatorPage(<PlanVersionView id="plv_2" />, { ...plans, "PUT /operator/plan-versions/plv_2": draft });
    const name = await screen.findByRole("textbox", { name: "Nome em português" });
    expect(screen.getByRole("button", { name: "Salvar" })).toHaveProperty("disabled", true);
    await user.clear(name);
    await user.click(name);
    await user.paste("Primeiros Passos");
    const offer = screen.getByRole("article");
    expect(within(offer).getByRole("heading", { name: "Primeiros Passos" })).toBeTruthy();
    expect(within(offer).getByText("Excedente: R$ 0,25 cada")).toBeTruthy();
    // What is not saved is not published.
    expect(screen.getByRole("button", { name: /^Publicar/ })).toHaveProperty("disabled", true);
    await user.click(screen.getByRole("radio", { name: "English" }));
    expect(await within(offer).findByText("Beyond it: R$0.25 each")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(calls.find((each) => each.call === "PUT /operator/plan-versions/plv_2")?.body).toMatchObject({ revision: 3, content: { name: { pt: "Primeiros Passos", en: "Essential" }, monthly: 14_900 } }));
  });

  it("does not save what can't be read", async () => {
    const { user, calls } = await operatorPage(<PlanVersionView id="plv_2" />, plans);
    await user.clear(await screen.findByRole("textbox", { name: "Nome em português" }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await screen.findByText("Confira este campo.")).toBeTruthy();
    expect(calls.some((each) => each.call.startsWith("PUT"))).toBe(false);
  });

  it("only reads what was published", async () => {
    const { container } = await operatorPage(<PlanVersionView id="plv_1" />, plans);
    expect(await screen.findByText(/não muda mais/)).toBeTruthy();
    await barrierFree(container);
    expect(screen.queryByRole("textbox")).toBeNull();
  });

  it("says that a version is gone", async () => {
    await operatorPage(<PlanVersionView id="plv_9" />, plans, { language: "en" });
    expect(await screen.findByText("This version is gone")).toBeTruthy();
  });
});

describe("the coupons", () => {
  const coupon = { id: "pro_1", code: "VERAO", percent: 1_000, amount: 0, currency: "BRL", cycles: 3, from_ms: 0, to_ms: 0, most: 10, used: 4, plans: [], active: true, created_ms: 1, version: 1 };

  it("tell what they take off and how often they were used", async () => {
    const { container } = await operatorPage(<CouponsPage />, { "GET /operator/promotions": { items: [coupon] } });
    expect(await screen.findByRole("button", { name: "VERAO" })).toBeTruthy();
    expect(screen.getByText("4 / 10")).toBeTruthy();
    expect(screen.getByText("nos 3 primeiros períodos")).toBeTruthy();
    await barrierFree(container);
  });

  it("are made, and a taken code is told", async () => {
    const { user, calls } = await operatorPage(<CouponsPage />, { "POST /operator/promotions": { code: "conflict", reason: "code_taken" } });
    await user.click(await screen.findByRole("button", { name: "Criar cupom" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Código" }), "amigo");
    await user.click(within(dialog).getByRole("button", { name: "Salvar" }));
    expect((await within(dialog).findByRole("alert")).textContent).toContain("Já existe um cupom com este código.");
    expect(calls.find((each) => each.call === "POST /operator/promotions")?.body).toMatchObject({ code: "AMIGO", percent: 1_000, cycles: 3, active: true });
  });
});

describe("the CRM", () => {
  const crm = {
    centres: [{ key: "us", host: "accounts.zoho.com" }, { key: "eu", host: "accounts.zoho.eu" }],
    connection: { centre: "us", client_id: "1000.X", connected: true, cooldown_ms: 0, created_ms: 1, credits: 0, organization: "Prosa", problem: "the token was revoked", success_ms: 1, tested_ms: 0, trouble: "locked", updated_ms: 1, vendor: "zoho" },
    settings: { contract_field: "Contract_ID", lead_source: "", lead_status: "", leads: false, pipeline: "", stages: { won: "Closed Won", active: "Active", canceled: "Lost" }, tax_id_field: "CNPJ", updated_ms: 1, version: 1 },
  };

  it("is connected anew with a grant code, and forgets the secret on the page", async () => {
    const { container, user, calls } = await operatorPage(<CrmPage />, { "GET /operator/crm": crm, "POST /operator/crm/connect": crm.connection });
    expect(await screen.findByText("Precisa reconectar")).toBeTruthy();
    await barrierFree(container);
    await user.type(screen.getByLabelText("Client Secret"), "s3cret");
    await user.type(screen.getByLabelText("Código", { selector: "input[type=password]" }), "1000.code");
    await user.click(screen.getByRole("button", { name: "Reconectar" }));
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/crm/connect")?.body).toEqual({ centre: "us", client_id: "1000.X", client_secret: "s3cret", code: "1000.code" }));
    await waitFor(() => expect(screen.getByLabelText<HTMLInputElement>("Client Secret").value).toBe(""));
  });

  it("tells what in its fields is in the way", async () => {
    const { user } = await operatorPage(<CrmPage />, { "GET /operator/crm": crm, "POST /operator/crm/fields": { checked_ms: 1, ok: false, findings: [{ blocks: true, code: "not_unique", entity: "Accounts", field: "CNPJ", value: "" }] } });
    await user.click(await screen.findByRole("button", { name: "Conferir agora" }));
    expect(await screen.findByText("Há o que acertar no CRM antes.")).toBeTruthy();
    expect(screen.getByText(/precisa ser único/)).toBeTruthy();
  });

  it("says who answered a test, and keeps its settings", async () => {
    const { user, calls } = await operatorPage(<CrmPage />, { "GET /operator/crm": crm, "POST /operator/crm/test": { ...crm.connection, problem: "", trouble: "" }, "PUT /operator/crm": crm.settings });
    await user.click(await screen.findByRole("button", { name: "Testar" }));
    expect(await screen.findByText("O CRM respondeu: Prosa.")).toBeTruthy();
    await user.type(screen.getByRole("textbox", { name: "Pipeline" }), "Standard");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(calls.find((each) => each.call === "PUT /operator/crm")?.body).toMatchObject({ pipeline: "Standard", tax_id_field: "CNPJ" }));
  });
});
