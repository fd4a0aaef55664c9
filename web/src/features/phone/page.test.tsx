import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import { chats, pageBubbles, phones } from "@/test/mock/phones";
import { draw } from "@/test/render";
import type { App, Bubble, Chat, Phone, Sending } from "./api";
import { PhoneBubble } from "./bubble";
import { ChatView } from "./chat";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false }, "page-has-heading-one": { enabled: false }, "heading-order": { enabled: false } } })).violations.map((each) => each.id);
const nothing = () => undefined;
const all = pageBubbles("ch_messenger");

function said(kind: string): Bubble {
  const found = all.find((each) => each.kind === kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found;
}

async function show(bubble: Bubble, app: App = "messenger") {
  const sent: Sending[] = [];
  const forms: Bubble[] = [];
  const view = await draw(<PhoneBubble bubble={bubble} app={app} onSend={(sending) => sent.push(sending)} onList={(each) => forms.push(each)} onReply={nothing} onDoor={nothing} onWire={nothing} onEdit={nothing} />);
  return { sent, forms, ...view };
}

/** A chat whose messages the test gives; it tells what was sent. */
async function open(channel: App, bubbles: Bubble[], fields: Partial<Chat> = {}) {
  const sent: Record<string, unknown>[] = [];
  vi.stubGlobal("fetch", async (url: string, init?: RequestInit) => {
    if (init?.method === "POST" && url.endsWith("/messages")) sent.push(JSON.parse(String(init.body)) as Record<string, unknown>);
    return new Response(JSON.stringify(url.includes("/messages") && init?.method !== "POST" ? { bubbles, more: false } : {}), { status: 200 });
  });
  const chat: Chat = { ...(chats(phones[0] as Phone)[0] as Chat), id: `ch_${channel}`, channel, unread: 0, ...fields };
  const view = await draw(<ChatView chat={chat} typing={false} onBack={nothing} onWire={nothing} />);
  return { sent, ...view };
}

describe("what only some apps show", () => {
  it("draws a template's buttons: an answer, a page, a call", async () => {
    const { sent } = await show(said("buttons"));
    await userEvent.click(screen.getByRole("button", { name: "Comprar" }));
    expect(sent).toEqual([{ kind: "tap", bubble: "ch_messenger_b2", choice: "buy" }]);
    expect(screen.getByRole("link", { name: /Ver a loja/ }).getAttribute("href")).toBe("https://loja.example");
    expect(screen.getByRole("link", { name: /Ligar/ }).getAttribute("href")).toBe("tel:+551140032026");
  });

  it("draws cards side by side and several pictures of one message", async () => {
    const { sent, container } = await show(said("carousel"));
    expect(screen.getByText("Caneca")).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Quero o vaso" }));
    expect(sent).toEqual([{ kind: "tap", bubble: "ch_messenger_b3", choice: "c2" }]);
    expect(container.querySelectorAll("img").length).toBe(1);
    expect((await show(said("image"))).container.querySelectorAll("img").length).toBe(2);
  });

  it("draws stories, also one that is gone, and what was passed on", async () => {
    await show(said("story_reply"), "instagram");
    expect(screen.getByText("Respondeu ao story")).toBeTruthy();
    await show(said("story_mention"), "instagram");
    expect(screen.getByText("O story não está mais disponível")).toBeTruthy();
    await show(said("share"), "instagram");
    expect(screen.getByRole("link", { name: /Bastidores/ }).getAttribute("rel")).toContain("noopener");
  });

  it("takes a vote, and takes it back", async () => {
    const { sent } = await show(said("poll"), "telegram");
    await userEvent.click(screen.getByRole("radio", { name: /Não/ }));
    expect(sent).toEqual([{ kind: "vote", bubble: "ch_messenger_b8", picks: [1] }]);
  });

  it("sends several votes at once", async () => {
    const bubble: Bubble = { ...said("poll"), poll: { question: "Quais?", several: true, answers: [{ text: "A" }, { text: "B" }, { text: "C" }] } };
    const { sent } = await show(bubble, "telegram");
    for (const name of ["A", "C"]) await userEvent.click(screen.getByRole("checkbox", { name }));
    await userEvent.click(screen.getByRole("button", { name: "Votar" }));
    expect(sent).toEqual([{ kind: "vote", bubble: "ch_messenger_b8", picks: [0, 2] }]);
  });

  it("draws a filled form and notes a missed call", async () => {
    await show(said("form_reply"), "whatsapp");
    expect(screen.getByText("nome")).toBeTruthy();
    await show(said("call"), "whatsapp");
    expect(screen.getByRole("button", { name: "📞 Chamada perdida" })).toBeTruthy();
  });

  it("is sound for readers of every kind", async () => {
    for (const bubble of all) {
      const { container, unmount } = await show(bubble, "instagram");
      expect([bubble.kind, await serious(container)]).toEqual([bubble.kind, []]);
      unmount();
    }
  });
});

describe("a chat in the dress of its app", () => {
  it("shows quick replies under the newest message only", async () => {
    const { sent } = await open("messenger", all);
    const chips = await screen.findByRole("group", { name: "Respostas rápidas" });
    await userEvent.click(within(chips).getByRole("button", { name: "Sim, quero" }));
    await waitFor(() => expect(sent).toEqual([{ kind: "tap", bubble: "ch_messenger_b12", choice: "yes" }]));
  });

  it("drops them when somebody wrote after them", async () => {
    await open("messenger", [...all, { id: "z", chat: "c", dir: "mine", kind: "text", at: Date.now(), text: "pronto" }]);
    await screen.findByText("pronto");
    expect(screen.queryByRole("group", { name: "Respostas rápidas" })).toBeNull();
  });

  it("begins with Get Started", async () => {
    const { sent } = await open("messenger", [], { started: false });
    await userEvent.click(await screen.findByRole("button", { name: "Começar" }));
    await waitFor(() => expect(sent).toEqual([{ kind: "start" }]));
  });

  it("fills a form", async () => {
    const { sent } = await open("whatsapp", [said("flow")]);
    await userEvent.click(await screen.findByRole("button", { name: "Agendar" }));
    const sheet = within(screen.getByRole("dialog", { name: "Agendar" }));
    expect(sheet.getByRole("button", { name: "Enviar formulário" })).toHaveProperty("disabled", true);
    await userEvent.type(sheet.getByLabelText("Nome"), "Ana");
    await userEvent.click(sheet.getByRole("button", { name: "Enviar formulário" }));
    await waitFor(() => expect(sent).toEqual([{ kind: "form", bubble: "ch_messenger_b11", values: { name: "Ana" } }]));
  });

  it("changes the words of an own message", async () => {
    const { sent } = await open("instagram", [{ id: "own", chat: "c", dir: "mine", kind: "text", at: Date.now(), text: "oii" }]);
    await screen.findByText("oii");
    await userEvent.click(screen.getByRole("button", { name: "Ações da mensagem" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Editar" }));
    const field = screen.getByTestId<HTMLInputElement>("phone-input");
    expect(field.value).toBe("oii");
    await userEvent.clear(field);
    await userEvent.type(field, "oi{Enter}");
    await waitFor(() => expect(sent).toEqual([{ kind: "edit", bubble: "own", text: "oi" }]));
  });

  it("offers what the app can send, and nothing else", async () => {
    const { sent } = await open("instagram", all);
    await userEvent.click(await screen.findByRole("button", { name: "Anexar" }));
    expect(screen.queryByRole("menuitem", { name: "Minha localização" })).toBeNull();
    await userEvent.click(await screen.findByRole("menuitem", { name: "Mencionar no story" }));
    await waitFor(() => expect(sent).toEqual([{ kind: "story_mention" }]));
  });

  it("stops marketing messages on WhatsApp", async () => {
    const { sent } = await open("whatsapp", all);
    await userEvent.click(await screen.findByRole("button", { name: "Opções da conversa" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Parar mensagens de marketing" }));
    await waitFor(() => expect(sent).toEqual([{ kind: "preference", state: "stop" }]));
  });
});
