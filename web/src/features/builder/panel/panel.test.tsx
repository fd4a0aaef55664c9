import { QueryClient } from "@tanstack/react-query";
import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { useState } from "react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw } from "@/test/render";
import { bot } from "@/test/mock/bots";
import { builder, type Definition } from "../contract";
import type { BuilderDocument } from "../document/port";
import { Dock, type PanelName } from "./dock";
import { PublishDialog } from "./publish";

const { definition, layout, tests } = bot("GET", "/bots/bot_1/export", {})?.value as { definition: Definition; layout: BuilderDocument["layout"]; tests: BuilderDocument["tests"] };
configure({ asyncUtilTimeout: 10_000 });
const select = vi.fn();
const painted = vi.fn();
const save = vi.fn(() => Promise.resolve(7));
const reload = vi.fn(() => Promise.resolve());

function Desk({ first, publish = false }: { first: PanelName; publish?: boolean }) {
  const [panel, setPanel] = useState<PanelName | null>(first);
  const [mine, setTests] = useState(tests);
  const [open, setOpen] = useState(publish);
  const document: BuilderDocument = { botId: "bot_1", botName: "Aurora", definition, layout, tests: mine, issues: [], graph: null, proved: true, differs: true, readOnly: false, select, setTests, save, reload };
  return (
    <>
      {panel !== null && <Dock document={document} onPaint={painted} panel={panel} onPanel={setPanel} />}
      <PublishDialog document={document} opened={open} onClose={() => setOpen(false)} onTests={() => setPanel("tests")} />
    </>
  );
}

vi.mock("@/api/session", () => ({ useMe: () => ({ may: () => true }) }));

const calm = () => new QueryClient({ defaultOptions: { queries: { retry: false } } });

beforeEach(() => {
  vi.clearAllMocks();
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const text = await request.text();
    const answer = bot(request.method, path, text === "" ? {} : (JSON.parse(text) as Record<string, unknown>)) ?? { value: { ok: true, issues: [], hash: "", graph: { nodes: [], variables: [], flows: [], secrets: [] } } };
    return new Response(JSON.stringify(answer.value), { status: answer.status ?? 200, headers: { "Content-Type": "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

describe("the simulator", () => {
  it("shows one conversation on two channels, goes back in it, and keeps it as a test", async () => {
    await draw(<Desk first="simulate" />, { client: calm() });
    const user = userEvent.setup();
    const phone = within(screen.getByRole("region", { name: "Celular no WhatsApp" }));
    await user.type(phone.getByRole("textbox"), "oi{Enter}");
    await user.click(await phone.findByRole("button", { name: "Meu pedido" }));
    await phone.findByText(/Qual é o número/);
    const other = within(screen.getByRole("region", { name: "Celular no Telegram" }));
    expect(other.getByText(/Qual é o número/)).toBeTruthy();
    await user.type(other.getByRole("textbox"), "10234{Enter}");
    expect(await screen.findByText("Passou para uma pessoa")).toBeTruthy();
    expect(screen.getByText("10234", { selector: "dd" })).toBeTruthy();
    await waitFor(() => expect(painted).toHaveBeenLastCalledWith({ kind: "trail", passed: [{ node: "menu", exit: "pedido" }, { node: "pedido", exit: "next" }], at: "" }));

    await user.click(screen.getByRole("button", { name: "Voltar um passo" }));
    expect(screen.getByText("Esperando o cliente")).toBeTruthy();
    expect(screen.queryByText("10234", { selector: "dd" })).toBeNull();
    await waitFor(() => expect(painted).toHaveBeenLastCalledWith(expect.objectContaining({ at: "pedido" })));

    await user.click(screen.getByRole("button", { name: "Guardar como teste" }));
    await user.type(await screen.findByRole("textbox", { name: "Nome do teste" }), "Pede o número{Enter}");
    await waitFor(() => expect(screen.queryByRole("textbox", { name: "Nome do teste" })).toBeNull());
    await user.click(screen.getByRole("tab", { name: "Testes" }));
    expect(await screen.findByText("Pede o número")).toBeTruthy();
  });

  it("shows a test of the list on the phone", async () => {
    await draw(<Desk first="tests" />, { client: calm() });
    const user = userEvent.setup();
    await user.click(screen.getByRole("button", { name: "Ações do teste Cliente pede o horário" }));
    await user.click(await screen.findByRole("menuitem", { name: "Ver no celular" }));
    expect((await screen.findAllByText(/6h às 20h/)).length).toBeGreaterThan(0);
  });
});

describe("publishing", () => {
  it("is held by a failing test, which leads to the tests", async () => {
    await draw(<Desk first="versions" publish />, { client: calm() });
    const user = userEvent.setup();
    expect(await screen.findByText("1 teste falhou")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Publicar agora" }).hasAttribute("disabled")).toBe(true);
    expect(await screen.findByText(/2 esperam em “entrega”/)).toBeTruthy();
    await user.click(screen.getByRole("button", { name: /Pedido vai para uma pessoa/ }));
    expect(await screen.findByRole("button", { name: "Rodar 2 testes" })).toBeTruthy();
  });

  it("names the nodes that are not proved and leads there", async () => {
    vi.spyOn(builder, "check").mockResolvedValue({ ok: false, hash: "", graph: { nodes: [], variables: [], flows: [], secrets: [] }, issues: [{ weight: "error", node: "menu", code: "x", args: [], sentence: "A opção não leva a lugar nenhum." }] });
    await draw(<Desk first="versions" publish />, { client: calm() });
    await userEvent.setup().click(await screen.findByRole("button", { name: /A opção não leva/ }));
    expect(select).toHaveBeenCalledWith("menu");
    vi.restoreAllMocks();
  });

  it("publishes the saved revision with the note and the choice, and says so", async () => {
    vi.spyOn(builder, "runTests").mockResolvedValue({ passed: 2, failed: 0, results: [], coverage: { nodes: {}, exits: {} } });
    const publish = vi.spyOn(builder, "publish");
    await draw(<Desk first="versions" publish />, { client: calm() });
    const user = userEvent.setup();
    await user.click(await screen.findByRole("radio", { name: /Levar para a nova/ }));
    await user.type(screen.getByRole("textbox", { name: "O que mudou" }), "Horários novos");
    await waitFor(() => expect(screen.getByRole("button", { name: "Publicar agora" }).hasAttribute("disabled")).toBe(false));
    await user.click(screen.getByRole("button", { name: "Publicar agora" }));
    expect(await screen.findByText("A versão 4 está no ar")).toBeTruthy();
    expect(publish).toHaveBeenCalledWith("bot_1", { revision: 7, note: "Horários novos", sessions: "move" });
    expect(reload).toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe("versions and numbers", () => {
  it("groups what changed by node and leads to it", async () => {
    await draw(<Desk first="versions" />, { client: calm() });
    await userEvent.setup().click(await screen.findByRole("button", { name: "Ir para menu" }));
    expect(select).toHaveBeenCalledWith("menu");
    expect(screen.getAllByRole("button", { name: /^Voltar a esta/ })).toHaveLength(2);
  });

  it("leads from a number to the conversations and through their turns", async () => {
    await draw(<Desk first="counts" />, { client: calm() });
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Ver as conversas: pedido" }));
    await user.click(await screen.findByRole("button", { name: "Rever passo a passo: Ana Souza" }));
    expect(await screen.findByText("Passo 1 de 3")).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Próximo passo" }));
    expect(screen.getByText("Passo 2 de 3")).toBeTruthy();
    await waitFor(() => expect(painted).toHaveBeenLastCalledWith(expect.objectContaining({ kind: "trail", at: "pedido" })));
  });
});

it.each<PanelName>(["simulate", "tests", "versions", "counts"])("the panel %s is accessible", async (panel) => {
  const { container } = await draw(<Desk first={panel} />, { client: calm() });
  if (panel === "versions") await screen.findByText("Versão 2", { selector: "strong" });
  if (panel === "counts") await screen.findByText("Onde as pessoas desistem");
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
  expect(violations.map((each) => `${each.id}: ${each.nodes.map((node) => node.html).join(" ")}`)).toEqual([]);
});
