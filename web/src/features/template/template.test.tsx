import { QueryClient } from "@tanstack/react-query";
import { configure, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { SignedProvider } from "@/api/session";
import type { TemplateDetail } from "@/api/template";
import type { Me, Permission } from "@/api/types";
import { draw } from "@/test/render";
import { Preview } from "@/ui/template/bubble";
import { TemplatePicker, type PickedTemplate } from "@/ui/template/picker";
import { filledIn, variablesOf } from "@/ui/template/variable";
import { NewTemplatePage } from "./editor";
import TemplatesPage from "./page";
import { flawsOf, keysOf, nextVariable, type Draft } from "./rule";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const template = (fields: Partial<TemplateDetail> = {}): TemplateDetail => ({
  id: "tpl_1", waba_id: "100", name: "pedido_pronto", language: "pt_BR", category: "utility", status: "approved", quality: "green", body: "Olá {{1}}, o pedido {{2}} está pronto.", footer: "Aurora",
  buttons: [{ kind: "quick_reply", text: "Obrigada" }], samples: { "1": "Ana", "2": "1001" }, status_ms: 1, created_ms: 1, updated_ms: 1, editable: { ok: true }, history: [], languages: [],
  variables: [{ key: "1", in: "body", sample: "Ana", max: 1024 }, { key: "2", in: "body", sample: "1001", max: 1024 }], ...fields,
});

/** A page before a server with these templates. */
async function show(page: React.ReactNode, { items = [template()], permissions = ["template.read", "template.manage"] as Permission[], language = "pt-BR" as "pt-BR" | "en" } = {}) {
  const calls: { method: string; path: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const text = request.method === "GET" ? "" : await request.clone().text();
    calls.push({ method: request.method, path, body: text === "" ? undefined : JSON.parse(text) });
    const answers: Record<string, unknown> = {
      "GET /templates": { items },
      "GET /templates/accounts": { items: [{ account_id: "cha_1", name: "Loja", display: "+55 11", waba_id: "100", synced_ms: 1, found: 1, tried_ms: 1 }] },
      "POST /templates/sync": { synced_ms: 2, found: 3, tried_ms: 2 },
      "POST /templates": template({ id: "tpl_9", status: "pending" }),
    };
    return new Response(JSON.stringify(answers[`${request.method} ${path}`] ?? {}), { status: 200, headers: { "Content-Type": "application/json" } });
  });
  const me: Me = {
    user: { id: "usr_1", email: "bia@example.com", name: "Bia", locale: "pt-BR", operator: false, cost: false }, session_id: "s", role: "admin", permissions, companies: [], features: { demo: false }, must_enrol: false,
    company: { id: "ten_1", name: "Aurora", slug: "aurora", line: "massivo", state: "active", locale: "pt-BR", timezone: "America/Sao_Paulo", created_ms: 1, version: 1, state_ms: 1, tax_id: "" },
  };
  const drawn = await draw(
    <SignedProvider initial={me} onRevoked={() => undefined}>
      {page}
    </SignedProvider>,
    { language, client: new QueryClient({ defaultOptions: { queries: { retry: false } } }) },
  );
  return { ...drawn, asked: (method: string, path: string) => calls.filter((call) => call.method === method && call.path === path) };
}

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false } } })).violations.map((each) => each.id);

describe("templates", () => {
  it("are listed with what WhatsApp thinks of them, and read again on demand", async () => {
    const { container, asked } = await show(<TemplatesPage />);
    await screen.findByText("pedido_pronto");
    expect(screen.getAllByText("Aprovado").length).toBeGreaterThan(0);
    expect(screen.getByText("Qualidade alta")).toBeTruthy();
    expect(await serious(container)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Atualizar do WhatsApp" }));
    await waitFor(() => expect(asked("POST", "/templates/sync")).toHaveLength(1));
  });

  it("are only read by who may not change them", async () => {
    await show(<TemplatesPage />, { permissions: ["template.read"] });
    await screen.findByText("pedido_pronto");
    expect(screen.queryByRole("button", { name: "Atualizar do WhatsApp" })).toBeNull();
  });

  it("are picked, filled in with the customer's name at hand, and given back whole", async () => {
    const picked: PickedTemplate[] = [];
    const { container } = await show(<TemplatePicker accountID="cha_1" contactName="Bia Reis" onPick={(one) => picked.push(one)} />);
    await userEvent.click(await screen.findByRole("button", { name: /pedido_pronto/ }));
    await userEvent.click(screen.getByRole("button", { name: "Enviar modelo" }));
    expect(picked).toEqual([]);
    expect(screen.getAllByText("Preencha este campo")).toHaveLength(2);
    await userEvent.type(screen.getByLabelText("Variável 1", { selector: "input" }), "Bia");
    await userEvent.type(screen.getByLabelText("Variável 2", { selector: "input" }), "77");
    expect(screen.getByLabelText("Como o cliente vê").textContent).toContain("Olá Bia, o pedido 77 está pronto.");
    await userEvent.click(screen.getByRole("button", { name: "Enviar modelo" }));
    expect(picked).toEqual([{ template_id: "tpl_1", values: { "1": "Bia", "2": "77" }, shown: { text: "Olá Bia, o pedido 77 está pronto.", footer: "Aurora", buttons: ["Obrigada"] } }]);
    expect(await serious(container)).toEqual([]);
  });

  it("say in the picker that none is approved", async () => {
    await show(<TemplatePicker accountID="cha_1" onPick={() => undefined} />, { items: [], language: "en" });
    await screen.findByText("No approved template");
  });

  it("are written with a live bubble; what breaks a rule is said before it is sent", async () => {
    const { container, asked } = await show(<NewTemplatePage />, { language: "en" });
    const send = await screen.findByRole("button", { name: "Send for review" });
    await userEvent.click(send);
    expect(screen.getAllByText("Fill this in.").length).toBe(2);
    await userEvent.type(screen.getByLabelText("Name"), "Order Ready");
    await userEvent.type(screen.getByLabelText("Message"), "Hello {{{{1}}, it is here.");
    await userEvent.type(screen.getByLabelText("Variable 1"), "Ana");
    expect(screen.getByLabelText("As the customer sees it").textContent).toContain("Hello Ana, it is here.");
    expect(await serious(container)).toEqual([]);
    await userEvent.click(send);
    await waitFor(() => expect(asked("POST", "/templates")).toHaveLength(1));
    expect(asked("POST", "/templates")[0]?.body).toEqual({ account_id: "cha_1", name: "order_ready", language: "pt_BR", category: "utility", body: "Hello {{1}}, it is here.", samples: { "1": "Ana" } });
  });
});

describe("variables", () => {
  it("are found and filled in as the server does", () => {
    expect(variablesOf("a {{1}} {{ nome }} {{1}} {{Nome}} {{")).toEqual(["1", "nome"]);
    expect(filledIn("Oi {{1}}, {{2}}!", "", { "1": " a\nb " })).toBe("Oi a b, {{2}}!");
    expect(nextVariable("x {{1}} y")).toBe("{{2}}");
    expect(nextVariable("x {{nome}} y")).toBe("{{variable_2}}");
  });

  it("stand in the bubble as gaps until they have a value", async () => {
    await show(<Preview template={{ body: "Oi {{1}} e {{2}}." }} values={{ "1": "Ana" }} />);
    expect((await screen.findByLabelText("Como o cliente vê")).textContent).toContain("Oi Ana e {{2}}.");
  });
});

describe("the rules of a draft", () => {
  const draft = (fields: Partial<Draft>): Draft => ({ name: "a", language: "pt_BR", category: "utility", headerKind: "none", headerText: "", upload: "", hasFile: false, body: "Olá.", footer: "", buttons: [], samples: {}, ...fields });
  const button = (fields: Partial<Draft["buttons"][number]>) => ({ key: 1, kind: "quick_reply" as const, text: "x", url: "", phone: "", ...fields });
  it.each([
    ["nothing", {}, {}],
    ["a name in capitals", { name: "Aviso" }, { name: "name" }],
    ["a long body", { body: "é".repeat(1025) }, { body: "long" }],
    ["a variable at the end", { body: "Oi {{1}}", samples: { "1": "a" } }, { body: "edges" }],
    ["a gap", { body: "Oi {{2}}.", samples: { "2": "a" } }, { body: "gaps" }],
    ["open braces", { body: "Oi {{1." }, { body: "braces" }],
    ["no sample", { body: "Oi {{1}}." }, { "samples.1": "sample" }],
    ["no file", { headerKind: "image" }, { "header.sample": "file" }],
    ["two in the header", { headerKind: "text", headerText: "a {{1}} {{2}}", samples: { "header.1": "a", "header.2": "b" } }, { "header.text": "one" }],
    ["a variable in the footer", { footer: "{{1}}" }, { footer: "footer" }],
    ["a bad address", { buttons: [button({ kind: "url", url: "loja" })] }, { "buttons.0.url": "url" }],
    ["a host of variables", { buttons: [button({ kind: "url", url: "https://a.example{{1}}" })], samples: { "button.1": "x" } }, { "buttons.0.url": "url" }],
    ["a phone", { buttons: [button({ kind: "phone_number", phone: "x" })] }, { "buttons.0.phone": "phone" }],
    ["labels alike", { buttons: [button({}), button({ key: 2 })] }, { "buttons.1.text": "twice" }],
    ["quick replies apart", { buttons: [button({ text: "a" }), button({ key: 2, kind: "copy_code" }), button({ key: 3, text: "c" })], samples: { "button.2": "Q" } }, { buttons: "groups" }],
  ] as [string, Partial<Draft>, Record<string, string>][])("%s", (_, fields, flaws) => expect(flawsOf(draft(fields), true)).toEqual(flaws));
  it("counts variables in the order of the reader", () => {
    expect(keysOf(draft({ headerKind: "text", headerText: "{{1}}", body: "{{1}} {{2}}", buttons: [button({}), button({ key: 2, kind: "copy_code" })] }))).toEqual(["header.1", "1", "2", "button.2"]);
  });
});
