import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { drawShop } from "@/test/shop";
import OrdersPage from "./page";
import { MercadoPago } from "./pay-account";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "heading-order": { enabled: false }, "page-has-heading-one": { enabled: false } } })).violations.map((each) => each.id);
const account = "/payments/accounts/mercadopago";

describe("the company's account at Mercado Pago", () => {
  it("is connected in two steps, tested, and disconnected", async () => {
    const user = userEvent.setup();
    const { container, asked } = await drawShop(<MercadoPago />);
    await user.click(await screen.findByRole("button", { name: "Conectar" }));
    expect(screen.getByText("Cole o Access Token, em uma linha só.")).toBeTruthy();
    expect(screen.queryByText("2. Receba os avisos de pagamento")).toBeNull();
    expect(asked("PUT", account)).toEqual([]);
    await user.type(screen.getByLabelText("Access Token"), "wrong");
    await user.type(screen.getByLabelText("E-mail do pagador"), "caixa@aurora.example.com");
    await user.click(screen.getByLabelText("Cartão e outros, por link"));
    await user.click(screen.getByRole("button", { name: "Conectar" }));
    // It was tested at once, and says in plain words what is the matter.
    expect(await screen.findByText("O Mercado Pago não aceitou o acesso")).toBeTruthy();
    expect(asked("PUT", account)[0]?.body).toEqual({ access_token: "wrong", payer_email: "caixa@aurora.example.com", methods: ["pix", "link"], version: 0 });
    await user.type(screen.getByLabelText("Access Token"), "APP_USR-1");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await screen.findByText("Falta a assinatura")).toBeTruthy();
    expect(screen.getByDisplayValue("https://prosa.example.com/webhooks/mercadopago/abc")).toBeTruthy();
    await user.type(screen.getByLabelText("Assinatura secreta"), "sign");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(await screen.findByText("Funcionando")).toBeTruthy();
    expect(asked("PUT", account)[2]?.body).toEqual({ webhook_secret: "sign", payer_email: "caixa@aurora.example.com", methods: ["pix", "link"], version: 2 });
    expect(await serious(container)).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Desconectar" }));
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Desconectar" }));
    expect(await screen.findByRole("button", { name: "Conectar" })).toBeTruthy();
    expect(asked("DELETE", account).length).toBe(1);
  });
});

describe("the list of orders", () => {
  it("is filtered by how far the money is", async () => {
    const user = userEvent.setup();
    const { router } = await drawShop(<OrdersPage />);
    await user.click(await screen.findByRole("combobox", { name: "Pagamento" }));
    await user.click(await screen.findByRole("option", { name: "Pago em parte" }));
    await waitFor(() => expect(router.state.location.href).toBe("/orders?money=partially_paid"));
  });
});
