import { QueryClient } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignedProvider } from "@/api/session";
import type { Me } from "@/api/types";
import type { Language } from "@/i18n";
import { draw } from "@/test/render";
import { message, row } from "@/test/sample";
import { Bubble } from "./bubble";
import { Composer } from "./composer";
import { InboxProvider } from "./context";
import { InboxRow } from "./row";
import { snoozeTimes } from "./snooze";
import { windowOf } from "./window";

const me: Me = {
  user: { id: "usr_1", email: "bia@example.com", name: "Bia", locale: "pt-BR", operator: false, cost: false },
  session_id: "s",
  role: "attendant",
  permissions: ["inbox.read", "inbox.reply"],
  companies: [],
  features: { demo: false }, must_enrol: false,
};

describe("InboxRow", () => {
  it("says who, what, where it stands and how much is unread", async () => {
    await draw(<InboxRow row={row({ state: "queued", owner_kind: "none", unread: 3, preview: "Tem pão?", waiting_since_ms: Date.now() - 120_000 })} chosen={false} mine={false} />);
    const link = screen.getByRole("link");
    expect(link.textContent).toContain("Ana Souza");
    expect(link.textContent).toContain("Tem pão?");
    expect(link.textContent).toContain("WhatsApp");
    expect(link.textContent).toContain("Na fila");
    expect(link.textContent).toContain("espera há 2 min");
    expect(link.textContent).toContain("3 mensagens não lidas");
  });

  it("names a photo without a caption and tells the chosen row", async () => {
    await draw(<InboxRow row={row({ preview: "", preview_kind: "image" })} chosen mine />, { language: "en" });
    const link = screen.getByRole("link");
    expect(link.textContent).toContain("Photo");
    expect(link.textContent).toContain("You");
    expect(link.getAttribute("aria-current")).toBe("true");
  });
});

describe("the preview in a row", () => {
  it.each<[Language, string, string, string]>([
    ["en", "location", "📍 Localização", "📍 Location"],
    ["pt-BR", "location", "📍 Location", "📍 Localização"],
    ["en", "location", "📍 Padaria Sol", "📍 Location: Padaria Sol"],
    ["en", "image", "📷 o bolo", "📷 Photo: o bolo"],
    ["en", "audio", "🎤 Mensagem de voz", "🎤 Voice message"],
    ["en", "audio", "🎵 Áudio", "🎵 Audio"],
    ["en", "sticker", "🩷 Figurinha", "🩷 Sticker"],
    ["en", "document", "📄 nota.pdf", "📄 Document: nota.pdf"],
    ["en", "contacts", "👤 Ana", "👤 Contact: Ana"],
    ["en", "order", "🛒 Carrinho", "🛒 Order"],
    ["en", "unsupported", "❔ Mensagem de um tipo não suportado", "Unsupported message"],
    ["en", "reaction", "Reagiu com 👍", "Reacted with 👍"],
    ["en", "reaction", "Removeu uma reação", "Took the reaction back"],
    ["en", "system", "⚙️ Mudança na conta", "Notice of the app"],
    ["en", "text", "📷 Foto", "📷 Foto"],
    ["en", "pick", "Documento", "Documento"],
  ])("in %s, %s “%s” reads “%s”", async (language, kind, stored, shown) => {
    await draw(<InboxRow row={row({ preview: stored, preview_kind: kind, preview_by: "in" })} chosen={false} mine={false} />, { language });
    expect(screen.getByTestId("preview").textContent).toBe(shown);
  });

  it("keeps what a stranger wrote in a direction of its own", async () => {
    await draw(<InboxRow row={row({ contact_name: "\u202Eana", preview: "\u202Eoi" })} chosen={false} mine={false} />);
    expect(screen.getByText("\u202Eana").tagName).toBe("BDI");
    expect(screen.getByText("\u202Eoi").tagName).toBe("BDI");
  });
});

describe("Bubble", () => {
  it("says why a message failed and offers to send it again", async () => {
    const again = vi.fn();
    const failed = message({ direction: "out", sender_kind: "user", status: "failed", error_text: "Número inválido", error_code: "131026" });
    await draw(<Bubble message={failed} channel="whatsapp" joined={false} quoted={undefined} onSendAgain={again} />);
    expect(screen.getByText(/Número inválido \(131026\)/)).toBeTruthy();
    await userEvent.click(screen.getByRole("button", { name: "Enviar de novo" }));
    expect(again).toHaveBeenCalledWith(failed);
  });

  it("never repeats a doubtful message by itself, but says what is not known", async () => {
    await draw(<Bubble message={message({ direction: "out", sender_kind: "user", status: "unknown" })} channel="telegram" joined={false} quoted={undefined} onSendAgain={() => undefined} />);
    expect(screen.getByText(/pode ou não ter chegado/)).toBeTruthy();
    expect(screen.getByRole("button", { name: "Enviar de novo" })).toBeTruthy();
  });

  it("hides what was deleted and keeps an unknown kind with its bytes", async () => {
    await draw(
      <>
        <Bubble message={message({ deleted_ms: 5, content: { kind: "text", text: "segredo" } })} channel="whatsapp" joined={false} quoted={undefined} />
        <Bubble message={message({ kind: "unsupported", content: { kind: "unsupported", raw: { type: "poll" } } })} channel="whatsapp" joined={false} quoted={undefined} />
      </>,
    );
    expect(screen.getByText("segredo").closest("details")?.open).toBe(false);
    expect(screen.getByText("Mensagem apagada")).toBeTruthy();
    expect(screen.getByText("Ver o conteúdo recebido")).toBeTruthy();
  });

  it("tells what happened in a sentence, also for an act without words", async () => {
    const act = (what: string, facts = {}) => message({ direction: "internal", kind: "activity", content: { kind: "activity", activity: { what, name: "Bia", facts } } });
    await draw(
      <>
        <Bubble message={act("assigned", { to_name: "Caio" })} channel="whatsapp" joined={false} quoted={undefined} />
        <Bubble message={act("bot_handoff", { reason: "asked" })} channel="whatsapp" joined={false} quoted={undefined} />
        <Bubble message={act("brand_new")} channel="whatsapp" joined={false} quoted={undefined} />
      </>,
    );
    expect(screen.getByText(/Bia atribuiu a conversa a Caio/)).toBeTruthy();
    expect(screen.getByText(/O bot pediu uma pessoa · o cliente pediu/)).toBeTruthy();
    expect(screen.getByText(/Bia: brand_new/)).toBeTruthy();
  });
});

describe("Composer", () => {
  let calls: { url: string; method: string; key: string | null; body: unknown }[] = [];
  let answers: (() => Response)[] = [];

  beforeEach(() => {
    calls = [];
    answers = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      const url = new URL(request.url).pathname;
      if (/draft|typing|session/.test(url)) return Response.json({ text: "", updated_ms: 0 });
      calls.push({ url, method: request.method, key: request.headers.get("Idempotency-Key"), body: await request.json() });
      return answers.shift()?.() ?? Response.json(message({ seq: 2 }), { status: 201 });
    });
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    localStorage.clear();
  });

  const show = (fields = {}) =>
    draw(
      <SignedProvider initial={me} onRevoked={() => undefined}>
        <InboxProvider>
          <Composer row={row(fields)} quote={undefined} onUnquote={() => undefined} onTake={() => undefined} onReopen={() => undefined} />
        </InboxProvider>
      </SignedProvider>,
      { client: new QueryClient({ defaultOptions: { queries: { enabled: false } } }) },
    );

  it("sends on Enter with a key, empties itself, and breaks the line on Shift Enter", async () => {
    await show();
    const field = await screen.findByRole("textbox", { name: "Resposta ao cliente" });
    await userEvent.type(field, "Oi{Shift>}{Enter}{/Shift}tudo?{Enter}");
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]).toMatchObject({ url: "/api/v1/conversations/cnv_1/messages", method: "POST", body: { text: "Oi\ntudo?" } });
    expect(calls[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    expect((field as HTMLTextAreaElement).value).toBe("");
  });

  it("sends nothing when nothing is written", async () => {
    await show();
    await userEvent.type(await screen.findByRole("textbox"), "   {Enter}");
    expect(calls).toHaveLength(0);
    expect((screen.getByRole("button", { name: "Enviar" }) as HTMLButtonElement).disabled).toBe(true);
  });

  it("allows only notes when the window has closed, and says why", async () => {
    await show({ window_ends_ms: Date.now() - 1000 });
    expect(await screen.findAllByText("Janela de 24 horas fechada")).not.toHaveLength(0);
    await userEvent.type(screen.getByRole("textbox", { name: /Nota interna/ }), "ok{Enter}");
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]?.url).toBe("/api/v1/conversations/cnv_1/notes");
  });

  it("asks for a reply without the controls of a name", async () => {
    await show({ contact_name: "\u202EAna\u2066 Souza" });
    expect((await screen.findByRole("textbox", { name: "Resposta ao cliente" })).getAttribute("placeholder")).toBe("Escreva para Ana Souza");
  });

  it("tells who has the conversation and offers to take it", async () => {
    await show({ owner_id: "usr_2", owner_name: "Caio" });
    expect(await screen.findByText("Caio está atendendo esta conversa.")).toBeTruthy();
    expect(screen.getByRole("button", { name: "Assumir" })).toBeTruthy();
  });
});

describe("windowOf", () => {
  const now = 1_000_000_000;
  it.each([
    [0, "none"],
    [now - 1, "closed"],
    [now, "closed"],
    [now + 3600_000, "soon"],
    [now + 20 * 3600_000, "open"],
  ])("ends at %i: %s", (ends, state) => expect(windowOf({ window_ends_ms: ends }, now).state).toBe(state));
});

describe("snoozeTimes", () => {
  it("lie ahead on every day of the week, and Monday is never named twice", () => {
    for (let day = 15; day < 22; day++) {
      const now = new Date(2026, 10, day, 15, 0).getTime();
      const times = snoozeTimes(now);
      for (const { ms } of times) expect(ms).toBeGreaterThan(now);
      const monday = times.find((each) => each.name === "monday");
      if (monday !== undefined) expect(new Date(monday.ms).getDay()).toBe(1);
      expect(new Set(times.map((each) => each.ms)).size).toBe(times.length);
    }
  });
});
