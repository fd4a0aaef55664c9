import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { bubbles, chats, goods, phones } from "@/test/mock/phones";
import { draw } from "@/test/render";
import type { Bubble, Chat, Phone, Sending } from "./api";
import { PhoneBubble } from "./bubble";
import { countOf, usePhoneCart, withPiece } from "./cart";
import type { Door } from "./goods";
import { dynamicPix, ownPath, pixIn } from "./own";
import { ShopSheet } from "./shop";
import { drawn } from "./state";

configure({ asyncUtilTimeout: 10_000 });
beforeEach(() => localStorage.clear());
afterEach(() => vi.unstubAllGlobals());

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false }, "heading-order": { enabled: false } } })).violations.map((each) => each.id);
const chat = chats(phones[0] as Phone)[0] as Chat;
const nothing = () => undefined;
const pix = "00020126580014br.gov.bcb.pix0136123e4567-e12b-12d1-a456-4266554400005204000053039865802BR5913Fulano de Tal6008BRASILIA62070503***63041D3D";

function Bubbled({ bubble, onDoor = nothing, onSend = nothing, app = "whatsapp" }: { bubble: Bubble; onDoor?: (door: Door) => void; onSend?: (sending: Sending) => void; app?: "whatsapp" | "telegram" }) {
  return <PhoneBubble bubble={bubble} app={app} onSend={onSend} onList={nothing} onReply={nothing} onDoor={onDoor} onWire={nothing} />;
}

function said(kind: string, of = bubbles("ch_whatsapp")): Bubble {
  const found = of.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

/** What the phones' API was asked; it pays the codes of providers only. */
function standIn() {
  const asked: string[] = [];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    asked.push(`${init?.method ?? "GET"} ${url}`);
    const paid = String(init?.body ?? "").includes("mercadopago");
    const value = url.includes("/catalog") ? { catalog_id: "c1", cart: true, items: goods } : { provider: paid };
    return new Response(JSON.stringify(value), { status: 200 });
  });
  return asked;
}

describe("codes and addresses", () => {
  it("finds a Pix code in a text and nothing else", () => {
    expect(pixIn(`Pague assim:\n${pix}\nObrigado`)).toBe(pix);
    for (const text of ["Oi", "00020126", "meu pix é 11 98765-4321", "br.gov.bcb.pix"]) expect(pixIn(text)).toBe("");
    expect(dynamicPix(pix)).toBe(false);
    expect(dynamicPix("0002010102122658")).toBe(true);
  });

  it("loads nothing from elsewhere", () => {
    expect(ownPath("/api/v1/x?y=1")).toBe("/api/v1/x?y=1");
    expect(ownPath(`${location.origin}/a.png`)).toBe("/a.png");
    expect(location.hostname).toBe("localhost");
    expect(ownPath(`http://127.0.0.1:${location.port}/a.png`)).toBe("/a.png");
    expect(ownPath("http://127.0.0.1:1/a.png")).toBe("");
    for (const url of ["https://elsewhere.example/a.png", "//elsewhere.example/a.png", "javascript:alert(1)", "", undefined]) expect(ownPath(url)).toBe("");
  });
});

describe("the telephone's cart", () => {
  const [first, second] = goods as [(typeof goods)[0], (typeof goods)[0]];
  it("holds each thing once", () => {
    const one = withPiece(withPiece([], first, 1), second, 2);
    expect(countOf(withPiece(one, first, 3))).toBe(5);
    expect(withPiece(one, first, 0).map((piece) => piece.product.id)).toEqual([second.id]);
  });

  it("is filled from a message's list and sent", async () => {
    standIn();
    const user = userEvent.setup();
    const sent: Sending[] = [];
    function Shop() {
      const cart = usePhoneCart(chat.id);
      const [door, setDoor] = useState<Door | null>({ to: "list", bubble: said("products") });
      return door === null ? <p>fechado</p> : <ShopSheet chat={chat} door={door} cart={cart} onDoor={setDoor} onSend={(sending) => sent.push(sending)} onAsk={nothing} onClose={() => setDoor(null)} />;
    }
    const { container } = await draw(<Shop />);
    const add = await screen.findByRole("button", { name: "Adicionar Pão de queijo" });
    expect(await serious(container)).toEqual([]);
    expect((screen.getByRole("button", { name: "Adicionar Torta" }) as HTMLButtonElement).disabled).toBe(true);
    await user.click(add);
    await user.click(screen.getByRole("button", { name: "Adicionar Pão de queijo" }));
    await user.click(screen.getByRole("button", { name: /Café em grãos.*R\$/ }));
    await user.click(screen.getByRole("button", { name: "Adicionar ao carrinho" }));
    await user.click(screen.getByRole("button", { name: "Abrir o carrinho, 3 itens" }));
    expect(container.textContent).toContain("R$\u00a082,70");
    await user.type(screen.getByLabelText("Mensagem para a loja (opcional)"), "sem sal");
    await user.click(screen.getByRole("button", { name: "Enviar carrinho" }));
    expect(sent).toEqual([{ kind: "order", catalog_id: "c1", text: "sem sal", items: [{ id: "var_pao_0", quantity: 2 }, { id: "var_cafe_0", quantity: 1 }] }]);
    expect(localStorage.getItem(`prosa-phone-cart-${chat.id}`)).toBe("[]");
  });

  it("leads from the catalog to a question about a product", async () => {
    standIn();
    const user = userEvent.setup();
    const asked = vi.fn();
    function Shop() {
      const cart = usePhoneCart(chat.id);
      const [door, setDoor] = useState<Door | null>({ to: "catalog" });
      return door === null ? <p>fechado</p> : <ShopSheet chat={chat} door={door} cart={cart} onDoor={setDoor} onSend={nothing} onAsk={asked} onClose={() => setDoor(null)} />;
    }
    await draw(<Shop />);
    await user.click(await screen.findByRole("button", { name: /Pão de queijo.*R\$/ }));
    await user.click(within(screen.getByRole("dialog")).getByRole("button", { name: "Enviar mensagem para a loja" }));
    expect(asked).toHaveBeenCalledWith("c1", goods[0]);
    await screen.findByText("fechado");
  });
});

describe("what a sale looks like on the telephone", () => {
  it("opens goods, and shows what was sent", async () => {
    const user = userEvent.setup();
    const doors: Door[] = [];
    const { container, unmount } = await draw(<Bubbled bubble={said("products")} onDoor={(door) => doors.push(door)} />);
    await user.click(await screen.findByRole("button", { name: "Ver itens" }));
    expect(doors).toEqual([{ to: "list", bubble: said("products") }]);
    expect(await serious(container)).toEqual([]);
    unmount();
    const order = await draw(<Bubbled bubble={said("order")} />);
    for (const text of ["3 itens", "R$\u00a082,70", "2× Pão de queijo"]) expect(order.container.textContent).toContain(text);
  });

  it("pays a provider's Pix there, and another one only on the telephone", async () => {
    const asked = standIn();
    const user = userEvent.setup();
    const { unmount, container } = await draw(<Bubbled bubble={said("order_details")} />);
    for (const text of ["Pedido 101-1", "2× Pão de queijo", "R$\u00a086,70", "−R$\u00a05,00".replace("−", "-"), "Página de pagamento"]) expect(container.textContent).toContain(text);
    await user.click(await screen.findByRole("button", { name: "Pagar" }));
    await screen.findByText("Pago no provedor simulado");
    unmount();
    const text: Bubble = { id: "b", chat: chat.id, dir: "theirs", kind: "text", at: 1, text: `Pix copia e cola:\n${pix}` };
    await draw(<Bubbled bubble={text} />);
    expect(await screen.findByRole("button", { name: "Copiar código Pix" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Pagar (banco de mentira)" }));
    await screen.findByText("Pago no banco de mentira: a loja confere e confirma");
    await waitFor(() => expect(asked).toEqual(["POST /sandbox/phone/api/pay", "POST /sandbox/phone/api/pay"]));
  });

  it("leaves Telegram its own button to copy", async () => {
    const bubble = bubbles("ch_telegram").find((each) => each.rows?.flat().some((choice) => choice.kind === "copy"));
    await draw(<Bubbled bubble={bubble as Bubble} app="telegram" />);
    await screen.findByRole("button", { name: "Pagar" });
    expect(screen.getAllByRole("button", { name: "Copiar código Pix" })).toHaveLength(1);
  });

  it("shows on a bill how far its order is", () => {
    const bill = said("order_details");
    const news: Bubble = { ...bill, id: "n", kind: "order_status", payment: { reference: "101-1", total: 0, currency: "BRL", status: "shipped" } };
    expect(drawn([bill, news])[0]?.payment?.status).toBe("shipped");
    expect(drawn([bill])[0]?.payment?.status).toBe("pending");
    expect(bill.payment?.status).toBe("pending");
  });
});
