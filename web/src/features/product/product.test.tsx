import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { freeStock, priceAt } from "@/api/shop";
import { openShop } from "@/test/mock/shop";
import { drawShop } from "@/test/shop";
import { bodyOf, categoryChoices, combined, draftOf, emptyDraft, emptyVariant, flawsOf, momentDraft, readCount, readMoment, suggestedSku } from "./draft";
import { Editor } from "./editor";
import ImportPage from "./import";
import ProductsPage from "./page";
import { Adjust } from "./stock";
import { pricesOf, stockOf } from "./stock-state";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const { products } = openShop(1);
const [bread, coffee, cake, pie] = products as [(typeof products)[0], (typeof products)[0], (typeof products)[0], (typeof products)[0]];
const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false } } })).violations.map((each) => each.id);

describe("price and stock", () => {
  it("counts what is free, and says what stands out", () => {
    expect(products.map((each) => stockOf(each).state)).toEqual(["fine", "partly", "endless", "out"]);
    expect(stockOf({ ...bread, variants: bread.variants.map((each) => ({ ...each, on_hand: 5 })) })).toEqual({ state: "low", free: 5 });
    expect(stockOf({ ...bread, variants: bread.variants.map((each) => ({ ...each, archived: true })) }).state).toBe("out");
    expect(freeStock({ tracked: true, on_hand: 1, reserved: 4 })).toBe(0);
    expect(freeStock({ tracked: false, on_hand: 0, reserved: 0 })).toBeNull();
  });

  it("is on sale from the first moment of its window to before the last", () => {
    const variant = { price: 1000, sale_price: 800, sale_from_ms: 100, sale_to_ms: 200 };
    expect([99, 100, 199, 200].map((now) => priceAt(variant, now))).toEqual([1000, 800, 800, 1000]);
    expect(priceAt({ ...variant, sale_from_ms: 0, sale_to_ms: 0 }, 5)).toBe(800);
    expect(priceAt({ ...variant, sale_price: 0 }, 150)).toBe(1000);
    expect(pricesOf(bread, 1)).toEqual({ from: 1990, to: 1990, before: 2490 });
    expect(pricesOf(coffee, 1)).toEqual({ from: 4290, to: 14990, before: 0 });
  });
});

describe("the draft of a product", () => {
  it("goes out as it came in", () => {
    const body = bodyOf(draftOf(coffee), coffee.version);
    expect(body.version).toBe(3);
    expect(body.variants.map((each) => [each.id, each.price, each.options, each.on_hand])).toEqual([
      ["var_cafe_0", 4290, ["250 g"], undefined],
      ["var_cafe_1", 14990, ["1 kg"], undefined],
    ]);
    expect(flawsOf(draftOf(coffee))).toEqual({});
  });

  it("says each thing that is wrong at its place", () => {
    const first = { ...emptyVariant([""]), sku: "A", price: "10,00", sale: "10,00", saleFrom: "2026-01-02T10:00", saleTo: "2026-01-01T10:00", weight: "1,5" };
    const flaws = flawsOf({ ...emptyDraft(), ncm: "12", options: [""], images: [{ key: "k", url: "foto.png", blob: "", alt: "" }], variants: [first, { ...emptyVariant([""]), sku: "a", price: "caro" }] });
    expect(flaws).toEqual({
      name: "nameNeeded", ncm: "ncmUnread", "images.0.url": "urlUnread", "options.0": "optionNeeded", "variants.0.options.0": "optionNeeded", "variants.0.sale": "saleAbove", "variants.0.saleTo": "windowTurned",
      "variants.0.weight": "countUnread", "variants.1.sku": "skuTwice", "variants.1.options.0": "optionNeeded", "variants.1.price": "moneyUnread",
    });
  });

  it("makes the combinations that are missing and keeps what is there", () => {
    const draft = { ...draftOf(bread), name: "Camiseta lisa", options: ["Tamanho", "Cor"] };
    draft.variants = draft.variants.map((each) => ({ ...each, options: ["", ""] }));
    const made = combined(draft, [["P", "M"], ["Azul", "Café"]]);
    expect(made.map((each) => each.options.join())).toEqual(["P,Azul", "P,Café", "M,Azul", "M,Café"]);
    expect(made[0]?.id).toBe("var_pao_0"); // its stock stays
    expect(made[1]).toMatchObject({ id: "", price: "24,90", sku: "CAM-P-CAF" });
    expect(combined({ ...draft, variants: made }, [["P", "M"], ["azul", "café", "Verde"]])).toHaveLength(6);
    expect(suggestedSku("Ção!", ["1 kg"])).toBe("CAO-1KG");
  });

  it("reads moments and counts as fields have them", () => {
    expect(readMoment(momentDraft(Date.UTC(2026, 10, 22, 22, 49)))).toBe(Date.UTC(2026, 10, 22, 22, 49));
    expect([readMoment(""), momentDraft(0), readCount(""), readCount("12"), readCount("1,5"), readCount("-1")]).toEqual([0, "", 0, 12, null, null]);
  });

  it("names categories by their way down, even in a circle", () => {
    const shelf = (id: string, parent_id: string) => ({ id, parent_id, kind: "category" as const, name: id, position: 0, created_ms: 1 });
    expect(categoryChoices([shelf("b", "a"), shelf("a", "")]).map((each) => each.label)).toEqual(["a", "a › b"]);
    expect(categoryChoices([shelf("x", "y"), shelf("y", "x")])).toHaveLength(2);
  });
});

describe("the list of products", () => {
  it("shows price, sale and stock, and reads well to machines", async () => {
    const { container } = await drawShop(<ProductsPage />);
    const bread = await screen.findByRole("link", { name: /Pão de queijo/ });
    expect(bread.textContent).toContain("de R$\u00a024,90");
    expect(bread.textContent).toContain("R$\u00a019,90");
    expect(screen.getByRole("link", { name: /Café em grãos/ }).textContent).toContain("Falta variação");
    expect(screen.getByRole("link", { name: /Bolo/ }).textContent).toContain("R$\u00a01.234,56");
    expect(screen.getByRole("link", { name: /Torta/ }).textContent).toContain("Esgotado");
    expect(await serious(container)).toEqual([]);
  });

  it("offers no changes to who may only look", async () => {
    await drawShop(<ProductsPage />, { permissions: ["product.read"] });
    await screen.findByRole("link", { name: /Pão de queijo/ });
    expect(screen.queryByRole("link", { name: "Novo produto" })).toBeNull();
    expect(screen.getByRole("link", { name: "Exportar CSV" }).getAttribute("href")).toBe("/api/v1/products/export");
  });
});

describe("the editor", () => {
  it("marks what is lacking before it asks the server, then saves minor units", async () => {
    const user = userEvent.setup();
    const { asked, container } = await drawShop(<Editor product={null} />);
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    expect(screen.getByRole("status").textContent).toBe("3 campos precisam de atenção.");
    expect(asked("POST", "/products")).toEqual([]);
    await user.type(screen.getByLabelText(/^Nome/), "Broa");
    await user.type(screen.getByLabelText(/^SKU/), "BROA");
    await user.type(screen.getByLabelText(/^Preço \*/), "1234,5");
    await user.type(screen.getByLabelText("Peças em estoque"), "7");
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(asked("POST", "/products")).toHaveLength(1));
    expect(asked("POST", "/products")[0]?.body).toMatchObject({ name: "Broa", variants: [{ sku: "BROA", price: 123450, on_hand: 7 }] });
    expect(await serious(container)).toEqual([]);
  });

  it("does not write over what somebody else saved", async () => {
    const user = userEvent.setup();
    const { shop } = await drawShop(<Editor product={bread} />);
    const kept = shop.products.find((each) => each.id === "prd_pao");
    if (kept !== undefined) Object.assign(kept, { version: 9, name: "Pão de queijo mineiro" });
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await user.click(await screen.findByRole("button", { name: /Carregar a versão atual/ }));
    await waitFor(() => expect((screen.getByLabelText(/^Nome/) as HTMLInputElement).value).toBe("Pão de queijo mineiro"));
    await user.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(kept?.version).toBe(10));
  });
});

describe("stock and files", () => {
  it("records the difference of a count, and never less than is promised", async () => {
    const user = userEvent.setup();
    const variant = { ...(coffee.variants[1] as (typeof coffee.variants)[0]) };
    const { asked } = await drawShop(<Adjust variant={variant} />);
    await user.click(screen.getByText("Contagem"));
    await user.type(screen.getByLabelText("Contadas"), "1");
    expect((screen.getByRole("button", { name: "Registrar" }) as HTMLButtonElement).disabled).toBe(true);
    await user.clear(screen.getByLabelText("Contadas"));
    await user.type(screen.getByLabelText("Contadas"), "9");
    await user.type(screen.getByLabelText("Motivo"), "Inventário");
    await user.click(screen.getByRole("button", { name: "Registrar" }));
    await waitFor(() => expect(asked("POST", "/variants/var_cafe_1/stock")[0]?.body).toEqual({ quantity: 7, reason: "Inventário" }));
  });

  it("tries a file first, tells its flaws by row and column, and keeps it only when told", async () => {
    const user = userEvent.setup();
    const { container, calls } = await drawShop(<ImportPage />);
    const field = container.querySelector<HTMLInputElement>('input[type="file"]') ?? document.querySelector<HTMLInputElement>('input[type="file"]');
    await user.upload(field as HTMLInputElement, new File(["a;b"], "produtos.csv", { type: "text/csv" }));
    const row = within(await screen.findByRole("table")).getAllByRole("row")[1];
    expect(row?.textContent).toBe("3priceNão é um preço; escreva como 49,90.");
    await user.click(screen.getByRole("button", { name: "Importar 2 produtos" }));
    await screen.findByText("Importação concluída");
    expect(calls.filter((call) => call.path === "/products/import")).toHaveLength(2);
  });
});

it("has the drafts of all the mock's products in order", () => {
  for (const each of [bread, coffee, cake, pie]) expect(flawsOf(draftOf(each))).toEqual({});
});
