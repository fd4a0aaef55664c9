import { QueryClient } from "@tanstack/react-query";
import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CatalogAccount, CatalogItem, CatalogOverview } from "@/api/listing";
import { SignedProvider } from "@/api/session";
import type { Me, Permission } from "@/api/types";
import { draw } from "@/test/render";
import { ownPicture, sentPrice } from "./item";
import ListingPage from "./page";
import { busy } from "./queries";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const item = (fields: Partial<CatalogItem>): CatalogItem => ({
  retailer_id: "var_1", variant_id: "var_1", product_id: "prd_1", name: "Camiseta · P", image_url: "", state: "visible", reason: "", text: "", shown: true, price: "49.90 BRL", sale_price: "", sent_ms: 1,
  meta_name: "Camiseta", meta_price: "R$49,90", availability: "in stock", review: "approved", seen_ms: 1, dirty: false, ...fields,
});

const items = [
  item({}),
  item({ retailer_id: "var_2", name: "Caneca", state: "problem", reason: "image_small", text: "Image must be at least 500x500", shown: false }),
  item({ retailer_id: "mao-1", variant_id: "", product_id: "", name: "Bolo de pote", state: "foreign", price: "", meta_price: "R$12,00" }),
];

const overview = (fields: Partial<CatalogOverview> = {}): CatalogOverview => ({
  id: "700", name: "Vitrine", account_id: "cha_1", visible: 1, waiting: 0, problem: 1, foreign: 1, dirty: 0, sending: 0, problems: { image_small: 1 }, total: 3, reading: false, usage: 0, parked_ms: 0, trouble: "", text: "",
  pushed_ms: 1, seen_ms: 1, due_ms: 0, ...fields,
});

const account = (connected: boolean): CatalogAccount => ({
  account_id: "cha_1", name: "WhatsApp da loja", display: "+55 11 4003-2026", business_id: "",
  ...(connected ? { connection: { account_id: "cha_1", catalog_id: "700", catalog_name: "Vitrine", business_id: "", cart_enabled: true, catalog_visible: false, problem: "", text: "", tested_ms: 1, connected_ms: 1 } } : {}),
});

/** The page before a server with these catalogs and accounts. */
async function page({ catalogs = [overview()], accounts = [account(true)], permissions = ["product.read", "product.write"] as Permission[], language = "pt-BR" as "pt-BR" | "en" } = {}) {
  const calls: { method: string; path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const text = request.method === "GET" ? "" : await request.clone().text();
    calls.push({ method: request.method, path, body: text === "" ? undefined : JSON.parse(text) });
    const state = new URL(request.url).searchParams.get("state");
    const answers: Record<string, unknown> = {
      "GET /listing/catalogs": { items: catalogs },
      "GET /listing/accounts": { items: accounts },
      "GET /listing/catalogs/700/items": { items: items.filter((each) => state === null || each.state === state) },
      "GET /listing/accounts/cha_1/catalogs": { items: [{ id: "700", name: "Vitrine", connected: true }] },
      "PUT /listing/accounts/cha_1": account(true).connection,
      "PUT /listing/accounts/cha_1/settings": account(true).connection,
      "POST /listing/catalogs/700/import": { id: "prd_9" },
    };
    const key = `${request.method} ${path}`;
    return new Response(JSON.stringify(answers[key] ?? {}), { status: key.endsWith("/push") ? 202 : 200, headers: { "Content-Type": "application/json" } });
  });
  const me: Me = {
    user: { id: "usr_1", email: "bia@example.com", name: "Bia", locale: "pt-BR", operator: false, cost: false }, session_id: "s", role: "admin", permissions, companies: [], features: { demo: false }, must_enrol: false,
    company: { id: "ten_1", name: "Aurora", slug: "aurora", line: "massivo", state: "active", locale: "pt-BR", timezone: "America/Sao_Paulo", created_ms: 1, version: 1, state_ms: 1, tax_id: "" },
  };
  const drawn = await draw(
    <SignedProvider initial={me} onRevoked={() => undefined}>
      <ListingPage />
    </SignedProvider>,
    { language, client: new QueryClient({ defaultOptions: { queries: { retry: false } } }) },
  );
  return { ...drawn, asked: (method: string, path: string) => calls.filter((call) => call.method === method && call.path === path) };
}

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false } } })).violations.map((each) => each.id);

describe("the storefront", () => {
  it("says for each item whether customers see it, why not and what to do, and reads well to machines", async () => {
    const { container } = await page();
    const mug = (await screen.findByText("Caneca")).closest("li") as HTMLElement;
    expect(within(mug).getByText("A foto tem menos de 500 px.")).toBeTruthy();
    expect(within(mug).getByText(/pelo menos 500 × 500 px/)).toBeTruthy();
    expect(within(mug).getByText("Image must be at least 500x500")).toBeTruthy();
    expect(screen.getByText("Os clientes veem.")).toBeTruthy();
    expect(screen.getByRole("button", { name: /1\s*Com problema/ })).toBeTruthy();
    expect(await serious(container)).toEqual([]);
  });

  it("sends one again, and all", async () => {
    const user = userEvent.setup();
    const { asked } = await page();
    await user.click(await screen.findByRole("button", { name: "Ações de Caneca" }));
    await user.click(await screen.findByRole("menuitem", { name: "Enviar de novo" }));
    await waitFor(() => expect(asked("POST", "/listing/catalogs/700/push")[0]?.body).toEqual({ items: ["var_2"] }));
    await user.click(screen.getByRole("button", { name: "Enviar agora" }));
    await waitFor(() => expect(asked("POST", "/listing/catalogs/700/push")[1]?.body).toEqual({}));
  });

  it("brings in what only Meta knows, at the price that a person says", async () => {
    const user = userEvent.setup();
    const { asked } = await page();
    await user.click(await screen.findByRole("button", { name: "Trazer para cá" }));
    const field = await screen.findByLabelText("Preço");
    expect((field as HTMLInputElement).value).toBe("12,00");
    await user.clear(field);
    await user.type(field, "14,50");
    await user.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Trazer para cá" }));
    await waitFor(() => expect(asked("POST", "/listing/catalogs/700/import")[0]?.body).toEqual({ item: "mao-1", price: 1450 }));
  });

  it("connects a number that shows none yet", async () => {
    const user = userEvent.setup();
    const { asked } = await page({ catalogs: [], accounts: [account(false)] });
    await user.click(await screen.findByRole("button", { name: "Conectar catálogo" }));
    await user.click(await screen.findByRole("button", { name: "Procurar catálogos" }));
    await user.click(await screen.findByRole("radio", { name: /já ligado/ }));
    const dialog = screen.getByRole("dialog");
    expect(await serious(dialog)).toEqual([]);
    await user.click(within(dialog).getByRole("button", { name: "Conectar catálogo" }));
    await waitFor(() => expect(asked("PUT", "/listing/accounts/cha_1")[0]?.body).toEqual({ catalog_id: "700" }));
  });

  it("switches what customers see", async () => {
    const user = userEvent.setup();
    const { asked } = await page();
    await user.click(await screen.findByRole("button", { name: "Ajustes do catálogo" }));
    await user.click(await screen.findByRole("switch", { name: /no perfil/ }));
    await waitFor(() => expect(asked("PUT", "/listing/accounts/cha_1/settings")[0]?.body).toEqual({ cart_enabled: true, catalog_visible: true }));
  });

  it("tells of trouble and of work under way, and offers nothing to who may only look", async () => {
    await page({ catalogs: [overview({ trouble: "catalog_credentials", text: "token expired", sending: 4, waiting: 4 })], permissions: ["product.read"] });
    expect((await screen.findByRole("alert")).textContent).toContain("A Meta não aceita mais o acesso deste número");
    expect(screen.getByText("Enviando 4 itens")).toBeTruthy();
    await screen.findByText("Caneca");
    expect(screen.queryByRole("button", { name: "Enviar agora" })).toBeNull();
    expect(screen.queryByRole("button", { name: /Ações/ })).toBeNull();
    expect([busy(undefined), busy(overview()), busy(overview({ dirty: 1 }))]).toEqual([false, false, true]);
  });

  it("says that a number shows one catalog only", async () => {
    const user = userEvent.setup();
    await page({ catalogs: [], accounts: [account(false)] });
    await user.click(await screen.findByRole("button", { name: "Conectar catálogo" }));
    await user.click(await screen.findByRole("button", { name: "Procurar catálogos" }));
    expect(((await screen.findByRole("radio", { name: /já ligado/ })) as HTMLInputElement).checked).toBe(true);
    expect(screen.queryByText(/um catálogo só/)).toBeNull();
    await user.click(screen.getByRole("radio", { name: "Criar um catálogo novo" }));
    expect(screen.getByText(/um catálogo só/)).toBeTruthy();
  });

  it("writes prices as people do, and fetches our pictures from where it stands", () => {
    expect(["49.90 BRL", "1234.5 BRL", "R$12,00", ""].map((each) => sentPrice(each, "pt-BR").replace(/\s/g, " "))).toEqual(["R$ 49,90", "R$ 1.234,50", "R$12,00", ""]);
    expect(ownPicture("http://127.0.0.1:8080/api/v1/public/images/ten_1/abc")).toBe("/api/v1/public/images/ten_1/abc");
    expect(ownPicture("https://loja.example/foto.jpg")).toBe("https://loja.example/foto.jpg");
  });

  it("speaks English, and asks for a number first", async () => {
    await page({ catalogs: [], accounts: [], language: "en" });
    expect(await screen.findByText("First connect a WhatsApp number under Channels.")).toBeTruthy();
    expect(screen.queryByRole("button", { name: "Connect catalog" })).toBeNull();
  });
});
