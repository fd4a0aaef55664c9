import { act, fireEvent, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useSyncExternalStore } from "react";
import { describe, expect, it } from "vitest";
import { draw } from "@/test/render";
import { nodeOf, type Document } from "../document/change";
import { Editor } from "../document/editor";
import { exitsOf, kinds } from "../document/kind";
import { sampleDocument } from "../document/sample";
import { OpenedProvider } from "../editor/context";
import { NodeForm } from "./form";
import { SettingsForm } from "./settings";

function Shown({ editor, name }: { editor: Editor; name: string }) {
  const state = useSyncExternalStore(editor.watch, editor.read);
  const node = nodeOf(state.document, state.selection[0] ?? name);
  return node === undefined ? null : <NodeForm key={node.name} node={node} onClose={() => undefined} onDuplicate={() => undefined} />;
}

async function open(name: string, document: Document = sampleDocument(), readOnly = false) {
  const editor = new Editor(document, readOnly, () => 0);
  editor.select([name]);
  await draw(
    <OpenedProvider value={{ editor, botId: "bot_1", botName: "Loja" }}>
      <Shown editor={editor} name={name} />
    </OpenedProvider>,
  );
  return { editor, user: userEvent.setup(), node: () => nodeOf(editor.document, editor.read().selection[0] ?? name) };
}

/** Every kind of step as it is when it is fresh. */
function every(): Document {
  const nodes = [...kinds.map((spec) => ({ name: spec.kind, kind: spec.kind, ...spec.fresh((key) => key) })), { name: "carrinho", kind: "shop.cart", products: ["bolo"], next: "end" }];
  return { definition: { schema: 1, name: "x", languages: ["pt-BR", "en"], start: "message", nodes }, layout: { nodes: {} }, tests: [] };
}

describe("the form of a step", () => {
  it.each(kinds.map((spec) => spec.kind))("of kind %s asks where each of its ways leads", async (kind) => {
    const { node, editor } = await open(kind, every());
    const before = editor.document;
    const shown = node();
    if (shown === undefined) throw new Error("no node");
    // One select a way out; those of a menu are in their option's row.
    const selects = document.querySelectorAll("input[placeholder='Escolha um passo'], input[placeholder='O bot resolve sozinho']");
    expect(selects.length).toBe(exitsOf(shown).length);
    expect(editor.document).toBe(before); // looking changes nothing
  });

  it("chooses one of four kinds of goods to show", async () => {
    const { user, node } = await open("product_show", every());
    await user.click(screen.getByRole("combobox", { name: "O que mostrar" }));
    await user.click(await screen.findByRole("option", { name: "O resultado de uma busca" }));
    expect(node()).toMatchObject({ query: "" });
    expect(node()?.catalog).toBeUndefined();
    await user.type(screen.getByRole("textbox", { name: "Palavras da busca" }), "vars.x");
    expect(node()?.query).toBe("vars.x");
  });

  it("offers the flow's variables for what a person gets", async () => {
    const { user, node } = await open("atendente");
    await user.click(screen.getByRole("combobox", { name: "Dados a entregar" }));
    await user.click(await screen.findByRole("option", { name: "pedido" }));
    expect(node()?.fields).toEqual(["pedido"]);
  });

  it("writes each language of a text apart, as one step back", async () => {
    const { editor, user, node } = await open("fim");
    const field = () => screen.getByLabelText("Despedida");
    await user.type(field(), "!!");
    expect(node()?.text).toBe("Até logo!!!");
    await user.click(screen.getByRole("radio", { name: "Inglês" }));
    fireEvent.change(field(), { target: { value: "Bye" } });
    expect(node()?.text).toEqual({ "pt-BR": "Até logo!!!", en: "Bye" });
    expect(editor.read().history.past).toHaveLength(1);
    act(() => editor.undo());
    expect(node()?.text).toBe("Até logo!");
  });

  it("adds, orders and removes options", async () => {
    const { user, node } = await open("menu");
    await user.click(screen.getByRole("button", { name: "Adicionar opção" }));
    expect(node()?.options).toHaveLength(4);
    await user.click(screen.getByRole("button", { name: "Subir: Meu pedido" }));
    expect((node()?.options as { name: string }[]).map((each) => each.name).slice(0, 3)).toEqual(["pedido", "horarios", "pessoa"]);
    await user.click(screen.getByRole("button", { name: "Remover: Opção 4" }));
    expect(node()?.options).toHaveLength(3);
  });

  it("says how each channel shows a menu", async () => {
    const { user } = await open("menu");
    expect(screen.getByText("WhatsApp").parentElement?.textContent).toContain("botões");
    await user.click(screen.getByRole("button", { name: "Adicionar opção" }));
    expect(screen.getByText("WhatsApp").parentElement?.textContent).toContain("lista");
  });

  it("renames the step everywhere when the field is left, and refuses a name that is taken", async () => {
    const { editor, user, node } = await open("pedido");
    const name = () => screen.getByLabelText("Nome do passo");
    await user.clear(name());
    await user.type(name(), "número do pedido{Enter}");
    expect(node()?.name).toBe("número-do-pedido");
    expect(exitsOf(nodeOf(editor.document, "menu") ?? { name: "", kind: "" })[1]?.to).toBe("número-do-pedido");
    await user.clear(name());
    await user.type(name(), "fim");
    expect(screen.getByText("Já existe")).toBeTruthy();
    await user.tab();
    expect(node()?.name).toBe("número-do-pedido");
  });

  it("builds a condition in plain words", async () => {
    const { node, user } = await open("condition", every());
    const row = () => within(screen.getByRole("group", { name: "Caminho 1" }));
    fireEvent.change(row().getByLabelText("O que comparar", { selector: "input" }), { target: { value: "vars.score" } });
    expect((node()?.cases as { when: string }[])[0]?.when).toBe(""); // half a row says nothing yet
    fireEvent.change(row().getByLabelText("Valor"), { target: { value: "10" } });
    expect((node()?.cases as { when: string }[])[0]?.when).toBe("vars.score == 10");
    await user.click(row().getByRole("button", { name: "Mais uma condição" }));
    expect(row().getAllByLabelText("Valor")).toHaveLength(2);
    expect((node()?.cases as { when: string }[])[0]?.when).toBe("vars.score == 10");
  });

  it("keeps a kind that it does not know, as text", async () => {
    const { node, user } = await open("carrinho", every());
    const text = screen.getByLabelText("Ver como texto");
    expect(JSON.parse((text as HTMLTextAreaElement).value)).toEqual(node());
    fireEvent.change(text, { target: { value: '{"name":"carrinho","kind":"shop.cart","products":["torta"],"next":"end"}' } });
    await user.click(screen.getByRole("button", { name: "Aplicar" }));
    expect(node()?.products).toEqual(["torta"]);
    fireEvent.change(screen.getByLabelText("Ver como texto"), { target: { value: "{" } });
    expect(screen.getByText("Não é um passo válido em JSON.")).toBeTruthy();
  });

  it("changes nothing for who may only read", async () => {
    const { editor, user } = await open("menu", sampleDocument(), true);
    expect(screen.queryByRole("button", { name: "Adicionar opção" })).toBeNull();
    const before = editor.document;
    await user.type(screen.getByLabelText("Texto"), "x");
    expect(editor.document).toBe(before);
  });
});

describe("the settings of the flow", () => {
  it("are written into the definition, and leave no empty corners", async () => {
    const editor = new Editor(sampleDocument(), false, () => 0);
    await draw(
      <OpenedProvider value={{ editor, botId: "bot_1", botName: "Loja" }}>
        <SettingsForm onClose={() => undefined} />
      </OpenedProvider>,
    );
    const user = userEvent.setup();
    await user.type(screen.getByLabelText("Equipe padrão"), "Vendas");
    expect(editor.document.definition.settings).toMatchObject({ team: "Vendas", menu: "menu" });
    await user.clear(screen.getByLabelText("Equipe padrão"));
    expect(editor.document.definition.settings).not.toHaveProperty("team");
    expect(editor.document.definition.settings).toEqual(sampleDocument().definition.settings);
  });
});
