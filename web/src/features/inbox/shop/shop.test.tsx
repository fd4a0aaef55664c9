import { act, configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Cart } from "@/api/shop";
import { keepCart } from "@/api/shop-cache";
import { sold } from "@/test/mock/data";
import { openShop } from "@/test/mock/shop";
import { message, row } from "@/test/sample";
import { drawShop } from "@/test/shop";
import { MessageContent } from "../content";
import { ahead, lacking, piecesIn, repriced } from "./basket";
import { CartPart } from "./cart";
import { OfferPart } from "./offer";
import { OrdersPart } from "./orders";
import { ShopPanel } from "./panel";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false }, "heading-order": { enabled: false } } })).violations.map((each) => each.id);
const all = ["inbox.read", "inbox.reply", "product.read", "order.read", "order.write"] as const;
const nothing = () => undefined;

describe("a cart ahead of the server", () => {
  const cart = (): Cart => structuredClone(openShop().cart);

  it("has the sums of what is wanted", () => {
    const shown = ahead(cart(), { var_pao_0: 5 });
    expect(shown.lines[0]).toMatchObject({ quantity: 5, total: 5 * 1990 });
    expect(shown.total).toBe(5 * 1990 + 4290);
    expect(ahead(cart(), { var_pao_0: 0 }).lines.map((line) => line.variant_id)).toEqual(["var_cafe_0"]);
    expect(piecesIn(shown)).toBe(6);
    const same = cart();
    expect(ahead(same, {})).toBe(same);
  });

  it("never costs less than nothing, and tells what is lacking", () => {
    const reduced = { ...cart(), discount: 999_999 };
    expect(ahead(reduced, { var_pao_0: 1 }).total).toBe(reduced.shipping);
    expect(ahead(cart(), { var_cafe_0: 4 }).short).toBe(true);
    const [first, second] = cart().lines;
    expect(first !== undefined && repriced(first)).toBe(true);
    expect(second !== undefined && (repriced(second) || lacking(second))).toBe(false);
  });
});

describe("the cart beside a conversation", () => {
  it("changes quantities at once, in order", async () => {
    const user = userEvent.setup();
    const { asked, container } = await drawShop(<CartPart row={row()} onOrders={nothing} />, { permissions: [...all] });
    const more = await screen.findByRole("button", { name: "Mais uma de Pão de queijo" });
    expect(await serious(container)).toEqual([]);
    await user.click(more);
    await user.click(more);
    expect((screen.getByLabelText("Quantidade de Pão de queijo") as HTMLInputElement).value).toBe("4");
    await waitFor(() => expect(asked("POST", "/contacts/ctc_1/cart/lines").map((call) => call.body)).toEqual([{ variant_id: "var_pao_0", set: 3 }, { variant_id: "var_pao_0", set: 4 }]));
    await waitFor(() => expect(container.textContent).toContain("R$\u00a0122,50"));
    await user.click(screen.getByRole("button", { name: "Tirar Café em grãos · 250 g" }));
    await waitFor(() => expect(container.textContent).not.toContain("Café"));
  });

  it("goes back to what is true when the shop says no", async () => {
    const user = userEvent.setup();
    const { container } = await drawShop(<CartPart row={row()} onOrders={nothing} />, { permissions: [...all] });
    const quantity = (await screen.findByLabelText("Quantidade de Café em grãos · 250 g")) as HTMLInputElement;
    await user.clear(quantity);
    await user.type(quantity, "9{Enter}");
    await waitFor(() => expect((screen.getByLabelText("Quantidade de Café em grãos · 250 g") as HTMLInputElement).value).toBe("1"));
    expect(container.textContent).toContain("R$\u00a082,70");
  });

  it("shows what somebody else did meanwhile, and never an older state", async () => {
    const { client, shop } = await drawShop(<CartPart row={row()} onOrders={nothing} />, { permissions: [...all] });
    await screen.findByLabelText("Quantidade de Pão de queijo");
    const told = (version: number, quantity: number): Cart => {
      const cart = structuredClone(shop.cart);
      const [line] = cart.lines;
      if (line !== undefined) line.quantity = quantity;
      return { ...cart, contact_id: "ctc_1", version };
    };
    act(() => keepCart(client, told(50, 7)));
    await waitFor(() => expect((screen.getByLabelText("Quantidade de Pão de queijo") as HTMLInputElement).value).toBe("7"));
    act(() => keepCart(client, told(49, 1)));
    expect((screen.getByLabelText("Quantidade de Pão de queijo") as HTMLInputElement).value).toBe("7");
  });

  it("says why a coupon does not count", async () => {
    const user = userEvent.setup();
    await drawShop(<CartPart row={row()} onOrders={nothing} />, { permissions: [...all] });
    await user.type(await screen.findByLabelText("Cupom"), "nada{Enter}");
    await screen.findByText("Este cupom não existe.");
    await user.clear(screen.getByLabelText("Cupom"));
    await user.type(screen.getByLabelText("Cupom"), "aurora5{Enter}");
    await screen.findByText("Cupom AURORA5");
  });

  it("becomes an order of the total that is shown, once", async () => {
    const user = userEvent.setup();
    const placed = vi.fn();
    const { asked } = await drawShop(<CartPart row={row()} onOrders={placed} />, { permissions: [...all] });
    await user.click(await screen.findByRole("button", { name: /Fechar pedido/ }));
    const place = await screen.findByRole("button", { name: /Fazer pedido de/ });
    await waitFor(() => expect((place as HTMLButtonElement).disabled).toBe(false));
    await user.click(place);
    await waitFor(() => expect(placed).toHaveBeenCalledOnce());
    expect(asked("POST", "/orders").map((call) => call.body)).toEqual([{ contact_id: "ctc_1", conversation_id: "cnv_1", payment: { provider: "pix_key", method: "pix" }, customer: { name: "Ana Souza" }, expected_total: 8270 }]);
  });

  it("is only looked at by who may not sell", async () => {
    await drawShop(<CartPart row={row()} onOrders={nothing} />, { permissions: ["order.read"] });
    await screen.findByText("Pão de queijo");
    expect(screen.queryByRole("button", { name: /Fechar pedido|Mais uma/ })).toBeNull();
  });

  it("tells who did what", async () => {
    const user = userEvent.setup();
    await drawShop(<CartPart row={row()} onOrders={nothing} />, { permissions: [...all], language: "en" });
    await user.click(await screen.findByRole("button", { name: "Who changed the cart" }));
    await screen.findByText("Set Pão de queijo to 2");
    expect(screen.getByText("Added 1 × Café em grãos · 250 g")).toBeTruthy();
  });

  it("is looked at anew after another part was", async () => {
    const user = userEvent.setup();
    const { shop, container } = await drawShop(<ShopPanel row={row()} />, { permissions: [...all] });
    await screen.findByLabelText("Quantidade de Pão de queijo");
    await user.click(screen.getByText("Pedidos"));
    await waitFor(() => expect(screen.queryByLabelText("Quantidade de Pão de queijo")).toBeNull());
    const [line] = shop.cart.lines;
    if (line !== undefined) line.quantity = 9; // the customer sent a cart meanwhile, and nobody here followed it
    await user.click(screen.getByText("Carrinho"));
    await waitFor(() => expect((screen.getByLabelText("Quantidade de Pão de queijo") as HTMLInputElement).value).toBe("9"));
    expect(container.textContent).toContain("Pão de queijo");
  });

  it("says that it may be old while there is no network", async () => {
    const { container } = await drawShop(<ShopPanel row={row()} />, { permissions: [...all] });
    await screen.findByLabelText("Quantidade de Pão de queijo");
    expect(screen.queryByText(/^Sem internet/)).toBeNull();
    act(() => void window.dispatchEvent(new Event("offline")));
    await screen.findByText(/^Sem internet/);
    expect(await serious(container)).toEqual([]);
    act(() => void window.dispatchEvent(new Event("online")));
    await waitFor(() => expect(screen.queryByText(/^Sem internet/)).toBeNull());
  });
});

describe("orders beside a conversation", () => {
  it("are confirmed, sent again and opened", async () => {
    const user = userEvent.setup();
    const { asked, container } = await drawShop(<OrdersPart row={row()} onCart={nothing} />, { permissions: [...all] });
    await user.click(await screen.findByRole("button", { name: "Reenviar cobrança" }));
    await waitFor(() => expect(asked("POST", "/orders/ord_1/bill")).toHaveLength(1));
    expect(await serious(container)).toEqual([]);
    await user.click(await screen.findByRole("button", { name: "Confirmar recebimento" }));
    const dialog = await screen.findByRole("dialog");
    await user.click(within(dialog).getByRole("button", { name: "Confirmar recebimento" }));
    await waitFor(() => expect(asked("POST", "/payments/pay_1/confirm")[0]?.body).toEqual({ amount: 4880 }));
    await user.click(await screen.findByRole("button", { name: "Começar o preparo" }));
    await waitFor(() => expect(asked("POST", "/orders/ord_1/move")[0]?.body).toMatchObject({ to: "preparing" }));
  });
});

describe("products to send", () => {
  it("are found, chosen, looked at and sent under one key", async () => {
    const user = userEvent.setup();
    const { asked, container } = await drawShop(<OfferPart row={row()} />, { permissions: [...all] });
    await user.click(await screen.findByLabelText("Pão de queijo"));
    await user.click(await screen.findByLabelText("Café em grãos · 250 g"));
    await user.type(screen.getByLabelText("Texto da mensagem (opcional)"), "Olha só");
    await user.click(screen.getByText("Carrossel"));
    expect(await serious(container)).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Enviar 2 produtos" }));
    await waitFor(() => expect(asked("POST", "/conversations/cnv_1/products")[0]?.body).toEqual({ variant_ids: ["var_pao_0", "var_cafe_0"], text: "Olha só", carousel: true }));
    expect(asked("POST", "/conversations/cnv_1/products")[0]?.key.length).toBeGreaterThan(8);
    await waitFor(() => expect(screen.queryByText("Olha só")).toBeNull());
  });

  it("may be the whole catalog", async () => {
    const user = userEvent.setup();
    const { asked } = await drawShop(<OfferPart row={row()} />, { permissions: [...all] });
    await user.click(await screen.findByRole("button", { name: "Enviar o catálogo" }));
    await waitFor(() => expect(asked("POST", "/conversations/cnv_1/products")[0]?.body).toEqual({ catalog: true }));
  });
});

describe("what a sale says in the thread", () => {
  const drawn = async (kind: string, language: "pt-BR" | "en" = "pt-BR") => {
    const content = sold.find((each) => each.kind === kind);
    if (content === undefined) throw new Error(`no ${kind}`);
    return drawShop(<MessageContent message={message({ kind, content })} channel="whatsapp" />, { permissions: [...all], language });
  };

  it("a cart has names, the prices that the customer saw and their sum", async () => {
    const { container } = await drawn("order");
    await screen.findByText("Pão de queijo");
    for (const text of ["Carrinho com 3 peças", "250 g", "2 × R$\u00a019,90", "R$\u00a082,70", "Sem açúcar, por favor"]) expect(container.textContent).toContain(text);
  });

  it("a bill has lines, total and the Pix code", async () => {
    const { container } = await drawn("bill");
    for (const text of ["Pedido #101", "2× Pão de queijo", "R$\u00a039,80", "−R$\u00a05,00", "R$\u00a086,70", "00020126"]) expect(container.textContent).toContain(text);
    expect(screen.getByRole("button", { name: "Copiar o código Pix" })).toBeTruthy();
    expect(await serious(container)).toEqual([]);
  });

  it("shown goods have prices, and the one before", async () => {
    const { container } = await drawn("products");
    for (const text of ["Separei estes", "Pães", "R$\u00a019,90", "R$\u00a024,90", "Preços de hoje"]) expect(container.textContent).toContain(text);
  });

  it("a question names its product, an order says how far it is", async () => {
    await drawn("text", "en");
    await screen.findByText("Pão de queijo");
    expect(screen.getByText("Asks about")).toBeTruthy();
    const { container } = await drawn("order_status");
    expect(container.textContent).toContain("A caminho");
    expect(container.textContent).toContain("Chega em 40 minutos");
  });
});
