import { screen, waitFor, within } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { barrierFree, inspected, integration, journeyRow, letter, operatorPage, step } from "@/test/operator";
import DashboardPage from "./dashboard";
import OperatorFrame, { Rooms } from "./frame";
import IntegrationsPage from "./integrations";
import { JourneyView } from "./journey";
import JourneysPage from "./journeys";

afterEach(() => vi.unstubAllGlobals());

const soon = Date.now() + 180_000;
const down = integration({ circuit: { open: true, since_ms: Date.now() - 60_000, problem: "status 500", probe_ms: soon, failures: 5, parked: 37 }, errors: [{ class: "down", count: 30 }, { class: "throttled", count: 7 }] });

describe("the list of journeys", () => {
  it("names who waits for somebody, and why", async () => {
    const { container } = await operatorPage(<JourneysPage />, { "GET /operator/journeys": { items: [journeyRow({ attention: "account", problem: "invalid data" })] } });
    expect(await screen.findByRole("link", { name: "Padaria Sol" })).toBeTruthy();
    expect(screen.getByText("Conta no CRM")).toBeTruthy();
    expect(screen.getByText("invalid data")).toBeTruthy();
    await barrierFree(container);
  });

  it("says that there are none, and that the server is away", async () => {
    await operatorPage(<JourneysPage />, {});
    expect(await screen.findByText("Nenhuma jornada ainda")).toBeTruthy();
    document.body.innerHTML = "";
    await operatorPage(<JourneysPage />, { "GET /operator/journeys": "down" });
    expect(await screen.findByRole("button", { name: "Tentar de novo" })).toBeTruthy();
  });
});

describe("a journey's page", () => {
  const halted = step("account", { state: "attention", attempt: 3, problem: "the vendor refused the value", field: "tax_id", actions: ["retry", "mend", "done", "skip"] });
  const seen = inspected({
    steps: [step("payment", { state: "done", updated_ms: 1, output: "pi_1" }), halted, step("contact", { blocked: ["account"] }), step("deal", { state: "due", parked: true, actions: ["retry"] })],
    letters: [letter()],
    audit: [{ id: "aud_1", at_ms: 1, actor_kind: "operator", actor_id: "usr_op", actor_name: "Olga", action: "acquisition.step_retried", target: "acq_1", facts: { step: "account", reason: "the CRM is back" }, ip: "" }],
  });
  const answers = { "GET /operator/journeys/acq_1": seen };

  it("tells each step with its state, tries, trouble and output", async () => {
    const { container } = await operatorPage(<JourneyView id="acq_1" />, answers);
    expect(await screen.findByRole("heading", { name: "Padaria Sol" })).toBeTruthy();
    expect(screen.getByText("Precisa de você")).toBeTruthy();
    expect(screen.getByText("3 tentativas")).toBeTruthy();
    expect(screen.getByText(/the vendor refused the value/).textContent).toContain("CNPJ");
    expect(screen.getByText("pi_1")).toBeTruthy();
    expect(screen.getByText(/depois de: Conta no CRM/)).toBeTruthy();
    expect(screen.getByText("Na fila da integração")).toBeTruthy();
    expect(screen.getByText("Tentou de novo: Conta no CRM")).toBeTruthy();
    await barrierFree(container);
  });

  it("asks for a reason worth reading before it tries again", async () => {
    const { calls, user } = await operatorPage(<JourneyView id="acq_1" />, answers);
    await user.click(await screen.findByRole("button", { name: "Tentar agora: Conta no CRM" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "oi");
    await user.click(within(dialog).getByRole("button", { name: "Tentar agora" }));
    expect(await within(dialog).findByText("Escreva ao menos 5 letras.")).toBeTruthy();
    expect(calls.some((each) => each.call.startsWith("POST"))).toBe(false);
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), ", o CRM voltou");
    await user.click(within(dialog).getByRole("button", { name: "Tentar agora" }));
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/journeys/acq_1/steps/account/retry")?.body).toEqual({ reason: "oi, o CRM voltou" }));
  });

  it("sends the corrected field with the try, the troubled one first", async () => {
    const { calls, user } = await operatorPage(<JourneyView id="acq_1" />, answers);
    await user.click(await screen.findByRole("button", { name: "Corrigir e tentar: Conta no CRM" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Valor correto" }), "11222333000181");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "conferido por telefone");
    await user.click(within(dialog).getByRole("button", { name: "Corrigir e tentar" }));
    await waitFor(() => expect(calls.find((each) => each.call.endsWith("/retry"))?.body).toEqual({ reason: "conferido por telefone", mended: { tax_id: "11222333000181" } }));
  });

  it("marks a record as done only with what the CRM calls it", async () => {
    const { calls, user } = await operatorPage(<JourneyView id="acq_1" />, answers);
    await user.click(await screen.findByRole("button", { name: "Marcar como feito: Conta no CRM" }));
    const dialog = await screen.findByRole("dialog");
    const go = within(dialog).getByRole("button", { name: "Marcar como feito" });
    expect(go).toHaveProperty("disabled", true);
    await user.type(within(dialog).getByRole("textbox", { name: "Identificador no CRM" }), "4150000001");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "feito à mão");
    await user.click(go);
    await waitFor(() => expect(calls.find((each) => each.call.endsWith("/done"))?.body).toEqual({ reason: "feito à mão", external_id: "4150000001" }));
  });

  it("tells why a deed was refused and stays open", async () => {
    const { user } = await operatorPage(<JourneyView id="acq_1" />, { ...answers, "POST /operator/journeys/acq_1/steps/account/skip": { code: "refused", reason: "step_state" } });
    await user.click(await screen.findByRole("button", { name: "Pular: Conta no CRM" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "não precisa");
    await user.click(within(dialog).getByRole("button", { name: "Pular" }));
    expect((await within(dialog).findByRole("alert")).textContent).toContain("Este passo não aceita isso agora");
  });

  it("cancels before there is a company; afterwards it hands out the way in", async () => {
    const { user, calls } = await operatorPage(<JourneyView id="acq_1" />, answers);
    await user.click(await screen.findByRole("button", { name: "Cancelar jornada" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByRole("textbox", { name: "Motivo" }), "pediu para parar");
    await user.click(within(dialog).getByRole("button", { name: "Cancelar jornada" }));
    await waitFor(() => expect(calls.find((each) => each.call === "POST /operator/journeys/acq_1/cancel")?.body).toEqual({ reason: "pediu para parar" }));
  });

  it("asks before it makes a new activation link, and shows it to copy", async () => {
    const journey = { ...seen.journey, company_id: "ten_1" };
    const { user, calls } = await operatorPage(<JourneyView id="acq_1" />, { "GET /operator/journeys/acq_1": { ...seen, journey }, "POST /operator/journeys/acq_1/activation-link": { url: "https://app.example/invitation#t" } });
    expect(screen.queryByRole("button", { name: "Cancelar jornada" })).toBeNull();
    await user.click(await screen.findByRole("button", { name: "Link de ativação" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText(/deixam de valer/)).toBeTruthy();
    expect(calls.some((each) => each.call.startsWith("POST"))).toBe(false);
    await user.click(within(dialog).getByRole("button", { name: "Criar link" }));
    expect(await screen.findByDisplayValue("https://app.example/invitation#t")).toBeTruthy();
  });

  it("marks money that came twice", async () => {
    const page = { try: 1, checkout_id: "cs_1", created_ms: 1, discount_minor: 0, due_ms: 0, left: true, method: "boleto", price_minor: 9_900, problem: "", provider: "stripe", state: "paid" as const, subscription_id: "", updated_ms: 1 };
    await operatorPage(<JourneyView id="acq_1" />, { "GET /operator/journeys/acq_1": { ...seen, journey: { ...seen.journey, pages: [page] } } }, { language: "en" });
    expect(await screen.findByText("Paid twice: give back")).toBeTruthy();
  });
});

describe("integrations", () => {
  it("say since when one is away, what waits, and when it is tried again", async () => {
    const { container, user, calls } = await operatorPage(<IntegrationsPage />, { "GET /operator/integrations": { items: [down, integration({ name: "sendgrid", kind: "mail" })] } });
    expect(await screen.findByText(/^Zoho CRM indisponível desde \d\d:\d\d · 37 contratos na fila · próximo teste \d\d:\d\d$/)).toBeTruthy();
    expect(screen.getByText("Fora do ar")).toBeTruthy();
    await barrierFree(container);
    await user.click(screen.getAllByRole("button", { name: "Testar agora" })[0] as HTMLElement);
    await waitFor(() => expect(calls.some((each) => each.call === "POST /operator/integrations/zoho/probe")).toBe(true));
  });

  it("lead to the reconnection when the access was revoked", async () => {
    await operatorPage(<IntegrationsPage />, { "GET /operator/integrations": { items: [integration({ trouble: "locked" })] } });
    expect((await screen.findAllByRole("link", { name: "Reconectar" })).length).toBe(2);
  });

  it("say when nothing could be read", async () => {
    await operatorPage(<IntegrationsPage />, { "GET /operator/integrations": "down" });
    expect(await screen.findByRole("alert")).toBeTruthy();
  });
});

describe("the dashboard", () => {
  it("counts what waits, without counting what it did not read", async () => {
    const { container } = await operatorPage(<DashboardPage />, {
      "GET /operator/integrations": { items: [down] }, "GET /operator/journeys": { items: [journeyRow({ attention: "deal", problem: "no such stage" })] }, "GET /operator/letters": { items: [letter(), letter({ id: "let_2" })] },
      "GET /dead-letters": { items: [{ id: "d1" }], next: "more" }, "GET /quarantine": "down",
    });
    expect(await screen.findByRole("link", { name: "2 ativações não entregues" })).toBeTruthy();
    expect(await screen.findByRole("link", { name: "1+ mensagens mortas" })).toBeTruthy();
    expect(screen.getByRole("link", { name: "… em quarentena" })).toBeTruthy();
    expect(await screen.findByText(/no such stage/)).toBeTruthy();
    expect(screen.getByText("Nenhum plano está à venda: a página de preços está vazia.")).toBeTruthy();
    await barrierFree(container);
  });

  it("is calm when nothing waits", async () => {
    await operatorPage(<DashboardPage />, {}, { language: "en" });
    expect(await screen.findByText("Nobody waits for you")).toBeTruthy();
  });
});

describe("the frame", () => {
  it("leads to every room and marks those with something in them", async () => {
    const { container } = await operatorPage(<Rooms />, { "GET /operator/integrations": { items: [down] } });
    expect(await screen.findByRole("link", { name: /Integrações.*1 esperando/ })).toBeTruthy();
    expect(screen.getAllByRole("link")).toHaveLength(11);
    await barrierFree(container);
  });

  it("shows nothing to others", async () => {
    await operatorPage(<OperatorFrame />, {}, { staff: false });
    expect(await screen.findByText("Só para quem opera a plataforma")).toBeTruthy();
    expect(screen.queryByRole("navigation")).toBeNull();
  });
});
