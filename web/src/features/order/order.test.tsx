import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Order } from "@/api/shop";
import { openShop } from "@/test/mock/shop";
import { drawShop } from "@/test/shop";
import { CouponDialog, percentDraft } from "./coupon";
import { OrderForm } from "./create";
import { Detail } from "./detail";
import OrdersPage from "./page";
import { SettingForm } from "./pay-setting";
import { SaleForm } from "./sale-setting";
import { orderStates, refundable, stepsOf } from "@/ui/shop/order-state";
import { ZoneDialog } from "./zone";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const order = (fields: Partial<Order> = {}): Order => ({ ...(openShop().orders[0] as Order), ...fields });
const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false } } })).violations.map((each) => each.id);

describe("what can be done with an order", () => {
  it("is first what fits the way it goes", () => {
    const next = (state: Order["state"], kind: string) => stepsOf({ state, delivery: { kind } });
    expect(next("confirmed", "pickup")).toEqual(["preparing", "ready", "delivered"]);
    expect(next("preparing", "pickup")[0]).toBe("ready");
    expect(next("preparing", "cep")[0]).toBe("out_for_delivery");
    expect(next("ready", "neighbourhood")[0]).toBe("out_for_delivery");
    expect(next("ready", "pickup")[0]).toBe("delivered");
    for (const state of ["awaiting_payment", "completed", "expired", "canceled"] as const) expect(next(state, "cep")).toEqual([]);
    for (const state of orderStates) expect(new Set(next(state, "cep")).size).toBe(next(state, "cep").length);
  });

  it("gives back no more than came and is not already on its way back", () => {
    const refund = { id: "r", order_id: "o", payment_id: "p", by_hand: true, reason: "", created_ms: 1 };
    expect(refundable({ paid: 1000, refunded: 200, refunds: [{ ...refund, amount: 300, state: "pending" }, { ...refund, amount: 200, state: "done" }] })).toBe(500);
    expect(refundable({ paid: 0, refunded: 0 })).toBe(0);
  });
});

describe("the list of orders", () => {
  it("says number, customer, items, state and total", async () => {
    const { container } = await drawShop(<OrdersPage />);
    const link = await screen.findByRole("link", { name: /#101/ });
    for (const text of ["Ana Souza", "2× Pão de queijo", "Aguardando pagamento", "R$\u00a048,80"]) expect(link.textContent).toContain(text);
    expect(link.textContent).not.toContain("Não pago"); // the state says it
    expect(await serious(container)).toEqual([]);
  });
});

describe("one order", () => {
  it("confirms a payment with what came, under one key", async () => {
    const user = userEvent.setup();
    const { asked, container } = await drawShop(<Detail order={order()} />);
    expect(await serious(container)).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Confirmar recebimento" }));
    const dialog = await screen.findByRole("dialog");
    const amount = within(dialog).getByLabelText("Valor recebido");
    await user.clear(amount);
    await user.type(amount, "40");
    expect(dialog.textContent).toContain("Faltam R$\u00a08,80");
    await user.click(within(dialog).getByRole("button", { name: "Confirmar recebimento" }));
    await waitFor(() => expect(asked("POST", "/payments/pay_1/confirm")[0]?.body).toEqual({ amount: 4000 }));
    expect(asked("POST", "/payments/pay_1/confirm")[0]?.key.length).toBeGreaterThan(8);
  });

  it("is canceled with a reason, at the version that was seen", async () => {
    const user = userEvent.setup();
    const { asked } = await drawShop(<Detail order={order()} />);
    await user.click(screen.getByRole("button", { name: "Mais ações" }));
    await user.click(await screen.findByRole("menuitem", { name: "Cancelar pedido" }));
    const dialog = await screen.findByRole("dialog");
    await user.type(within(dialog).getByLabelText("Motivo"), "desistiu");
    await user.click(within(dialog).getByRole("button", { name: "Cancelar pedido" }));
    await waitFor(() => expect(asked("POST", "/orders/ord_1/cancel")[0]?.body).toEqual({ version: 1, reason: "desistiu" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("tells the server's own reasons in the person's language and leaves people's words alone", async () => {
    const event = { kind: "moved" as const, from: "awaiting_payment", to: "confirmed", facts: {}, actor: { kind: "system" }, at_ms: 1 };
    await drawShop(<Detail order={order({ events: [{ ...event, seq: 1, reason: "paid" }, { ...event, seq: 2, reason: "a Ana ligou" }] })} />);
    expect(screen.getByText("o pagamento chegou")).toBeTruthy();
    expect(screen.getByText("a Ana ligou")).toBeTruthy();
  });

  it("offers nothing to who may only look", async () => {
    await drawShop(<Detail order={order()} />, { permissions: ["order.read"] });
    expect(screen.queryByRole("button", { name: "Mais ações" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Confirmar recebimento" })).toBeNull();
  });
});

describe("an order by hand", () => {
  it("asks for the total that was shown", async () => {
    const user = userEvent.setup();
    const { asked } = await drawShop(<OrderForm customer={null} />);
    await user.type(screen.getByLabelText("Adicionar produto"), "pao");
    await user.click(await screen.findByRole("option", { name: /Pão de queijo/ }));
    await screen.findByLabelText(/Motoboy/);
    await user.type(screen.getByLabelText("Nome do cliente"), "Bia");
    await user.click(screen.getByRole("button", { name: "Fazer pedido" }));
    await waitFor(() =>
      expect(asked("POST", "/orders")[0]?.body).toEqual({ customer: { name: "Bia" }, lines: [{ variant_id: "var_pao_0", quantity: 1 }], delivery: { zone_id: "zon_1" }, payment: { provider: "pix_key", method: "pix" }, expected_total: 2890 }),
    );
  });
});

describe("settings", () => {
  it("keeps a range of CEPs as digits and refuses a turned one", async () => {
    const user = userEvent.setup();
    const { asked } = await drawShop(<ZoneDialog zone={{ ...(openShop().zones[0] as ReturnType<typeof openShop>["zones"][0]), id: "", kind: "cep", name: "Capital", cep_from: "05000000", cep_to: "01000000" }} position={1} onClose={() => undefined} />);
    await user.click(await screen.findByRole("button", { name: "Salvar" }));
    expect(screen.getByText("Deve vir depois do primeiro.")).toBeTruthy();
    const to = screen.getByLabelText(/^Até o CEP/);
    await user.clear(to);
    await user.type(to, "05999-999");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(asked("PUT", "/delivery/zones/")[0]?.body).toMatchObject({ kind: "cep", cep_from: "05000000", cep_to: "05999999", price: 900, free_above: 15000 }));
  });

  it("says percentages as people do and keeps basis points", async () => {
    expect([1000, 1250, 10000, 5].map(percentDraft)).toEqual(["10", "12,5", "100", "0,05"]);
    const user = userEvent.setup();
    const { asked } = await drawShop(<CouponDialog coupon={null} onClose={() => undefined} />);
    await user.type(await screen.findByLabelText(/^Código/), "natal-5");
    await user.type(screen.getByLabelText(/^Desconto/), "12,5");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(asked("POST", "/coupons")[0]?.body).toMatchObject({ code: "NATAL-5", kind: "percent", value: 1250, from_ms: 0, to_ms: 0, active: true }));
  });

  it("wants the name and city of a Pix key", async () => {
    const user = userEvent.setup();
    const { asked } = await drawShop(<SettingForm setting={{ pix_key: "", pix_name: "", pix_city: "", cash: true, card: false, expiry_minutes: 60, version: 4 }} />);
    await user.type(screen.getByLabelText("Chave Pix"), "loja@example.com");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(screen.getAllByText("Preencha.")).toHaveLength(2);
    await user.type(screen.getByLabelText(/^Nome de quem recebe/), "Loja");
    await user.type(screen.getByLabelText(/^Cidade/), "Recife");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(asked("PUT", "/payments/setting")[0]?.body).toMatchObject({ pix_key: "loja@example.com", expiry_minutes: 60, version: 4 }));
  });

  it("sells in conversations as the company says, in whole numbers", async () => {
    const user = userEvent.setup();
    const { asked, container } = await drawShop(<SaleForm setting={{ native_bill: true, honour_hours: 24, remind_minutes: 10, version: 2 }} />);
    const remind = screen.getByLabelText(/^Lembrar antes/);
    await user.clear(remind);
    await user.type(remind, "1441");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    screen.getByText("De 0 a 1440 minutos.");
    expect(asked("PUT", "/sales/setting")).toHaveLength(0);
    await user.clear(remind);
    await user.type(remind, "0");
    await user.click(screen.getByRole("checkbox", { name: /cartão de pagamento do WhatsApp/ }));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(asked("PUT", "/sales/setting")[0]?.body).toEqual({ native_bill: false, honour_hours: 24, remind_minutes: 0, version: 2 }));
    expect(await serious(container)).toEqual([]);
  });
});
