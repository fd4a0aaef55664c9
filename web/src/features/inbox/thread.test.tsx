import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Ability } from "@/api/thread";
import type { Content, Message } from "@/api/types";
import { draw } from "@/test/render";
import { message, row } from "@/test/sample";
import { alters, arrange } from "./arrange";
import { counts } from "./apply";
import { Banners } from "./banner";
import { Bubble } from "./bubble";
import { pageUrl } from "./kinds";
import { windowOf } from "./window";

const ability: Ability = {
  channel: "telegram",
  kinds: ["text"],
  text: { max: 4096, unit: "utf16" },
  caption: { max: 1024, unit: "utf16" },
  links: 3,
  react: true,
  emojis: ["👍", "🔥"],
  quote: true,
  edit: true,
  withdraw: true,
  withdraw_ms: 48 * 3600_000,
  templates: false,
  read: false,
};

const held = (content: Content, fields: Partial<Message> = {}) => message({ kind: content.kind, content, ...fields });
const show = (content: Content, fields: Partial<Message> = {}) => draw(<Bubble message={held(content, fields)} channel="whatsapp" joined={false} quoted={undefined} />);

describe("arrange", () => {
  const photo = (seq: number, album: string, fields: Partial<Message> = {}) => message({ seq, kind: "image", content: { kind: "image", media: { album, state: "ready", blob: "b" } }, ...fields });

  it("puts files of one album together and nothing else", () => {
    const units = arrange([photo(1, "a"), photo(2, "a"), photo(3, "b"), message({ seq: 4 }), photo(5, "b"), photo(6, "b", { reactions: { customer: "👍" } })]);
    expect(units.map((unit) => unit.parts.map((part) => part.seq))).toEqual([[1, 2], [3], [4], [5], [6]]);
  });

  it("leaves out what only changes other messages, unless it failed", () => {
    const reaction = (seq: number, status: Message["status"]) => message({ seq, direction: "out", kind: "reaction", status, content: { kind: "reaction", text: "👍" } });
    const all = [message({ seq: 1 }), reaction(2, "sent"), reaction(3, "failed"), message({ seq: 4, kind: "reaction", content: { kind: "reaction", text: "👍" } })];
    expect(arrange(all).map((unit) => unit.message.seq)).toEqual([1, 3, 4]);
    expect(alters(all[3] as Message)).toBe(false);
  });
});

describe("what counts as unread", () => {
  it("is what the customer said", () => {
    expect([message(), message({ kind: "system" }), message({ kind: "consent" }), message({ direction: "out" })].map(counts)).toEqual([true, false, false, false]);
  });
});

describe("a bubble of each kind", () => {
  it.each<[string, Content, string[]]>([
    ["a shared post", { kind: "share", share: { kind: "post", title: "Bolo", url: "https://a.example/p" } }, ["Compartilhou uma publicação", "Bolo", "Ver na plataforma"]],
    ["a mention whose story is gone", { kind: "share", share: { kind: "story_mention" } }, ["Mencionou você em um story", "O story expirou ou foi apagado"]],
    ["an answer to a story", { kind: "text", text: "lindo", story: { kind: "story" } }, ["Respondeu ao seu story", "lindo"]],
    ["a poll", { kind: "poll", poll: { question: "Qual?", options: ["Um", "Dois"], several: true } }, ["Enquete", "Qual?", "Dois", "Permite mais de uma resposta"]],
    ["a missed call", { kind: "call", call: { state: "missed" } }, ["Chamada perdida"]],
    ["a call of a state of tomorrow", { kind: "call", call: { state: "queued" } }, ["Chamada"]],
    ["consent", { kind: "consent", consent: { topic: "marketing", granted: false } }, ["O cliente parou de receber mensagens: marketing"]],
    ["buttons to pages", { kind: "link", text: "Veja", links: [{ title: "Loja", url: "https://loja.example" }] }, ["Veja", "Loja"]],
    ["a request", { kind: "request", text: "Onde?", request: "place" }, ["Onde?", "Pediu a localização"]],
    ["a deck", { kind: "deck", deck: [{ title: "Camisa", text: "R$ 50", options: [{ id: "1", title: "Quero" }] }] }, ["Camisa", "R$ 50", "Quero"]],
    ["a template", { kind: "template", text: "Olá, Ana", template: { name: "oi", language: "pt_BR", shown: { text: "Olá, Ana", footer: "Loja", buttons: ["Sim"] } } }, ["Modelo oi", "Olá, Ana", "Loja", "Sim"]],
    ["answers of a form", { kind: "form", form: { nome_completo: "Ana", flow_token: "x", itens: ["a", "b"] } }, ["Respostas do formulário", "nome completo", "Ana", "a, b"]],
    ["a contact", { kind: "contacts", contacts: [{ name: "Bia", phones: ["+5511988887777"], emails: ["b@example.com"], own: true }] }, ["Bia", "b@example.com", "Número próprio, confirmado pelo aplicativo"]],
    ["a moving place", { kind: "location", location: { latitude: -23.5, longitude: -46.6, live_seconds: 3600, name: "Sé" } }, ["Sé"]],
    ["forwarded words", { kind: "text", text: "corrente", forwarded: "often" }, ["Encaminhada muitas vezes", "corrente"]],
    ["what nobody knows", { kind: "unsupported", share: { kind: "checklist" } }, ["O aplicativo enviou “checklist”, que não pode ser mostrado aqui."]],
  ])("shows %s", async (_, content, texts) => {
    await show(content);
    for (const text of texts) expect(document.body.textContent).toContain(text);
  });

  it("opens places in a map and calls numbers", async () => {
    await show({ kind: "location", location: { latitude: 1.5, longitude: 2.5 } });
    expect(screen.getByRole("link", { name: /Abrir no mapa/ }).getAttribute("href")).toContain("mlat=1.5&mlon=2.5");
  });

  it("never makes a link of what is no page", async () => {
    expect([pageUrl("javascript:alert(1)"), pageUrl("data:text/html,x"), pageUrl("x"), pageUrl(undefined), pageUrl("https://a.example/")]).toEqual([undefined, undefined, undefined, undefined, "https://a.example/"]);
    await show({ kind: "link", text: "x", links: [{ title: "Clique", url: "javascript:alert(1)" }] });
    expect(screen.queryByRole("link")).toBeNull();
    expect(screen.getByText("Clique")).toBeTruthy();
  });

  it("shows the files of an album in one bubble, each caption below", async () => {
    const parts = [1, 2, 3].map((seq) =>
      message({ seq, kind: "image", content: { kind: "image", ...(seq === 2 ? { text: "a festa" } : {}), media: { album: "a", state: "ready", blob: "b", mime: "image/jpeg" } } }),
    );
    await draw(<Bubble message={parts[0] as Message} parts={parts} channel="whatsapp" joined={false} quoted={undefined} />);
    expect(within(screen.getByRole("group", { name: "Álbum com 3 arquivos" })).getAllByTestId("album-part")).toHaveLength(3);
    expect(screen.getByText("a festa")).toBeTruthy();
  });

  it("keeps what was said before an edit, and what a deleted message said, one step away", async () => {
    await show({ kind: "text", text: "certo" }, { edited_ms: 3000, former: [{ at_ms: 1000, text: "errado" }] });
    expect(screen.getByText("editada")).toBeTruthy();
    expect(screen.getByText("errado").closest("details")?.open).toBe(false);
  });

  it("says where a message of ours came from that nobody wrote here, and what it cost", async () => {
    await show({ kind: "text", text: "oi" }, { direction: "out", sender_kind: "user", sender_id: "", status: "read", bill: { billable: 1, free: 0, category: "utility", model: "PMP" } });
    expect(screen.getByText("Pelo aplicativo do celular")).toBeTruthy();
    expect(screen.getByLabelText("Utilidade: 1 cobrada(s)")).toBeTruthy();
  });

  it("jumps to the quoted message", async () => {
    const jump = vi.fn();
    await draw(<Bubble message={message({ seq: 2, quoted_id: "msg_1" })} channel="whatsapp" joined={false} quoted={message({ content: { kind: "text", text: "antes" } })} onJump={jump} />);
    await userEvent.click(screen.getByRole("button", { name: "Ir para a mensagem citada: antes" }));
    expect(jump).toHaveBeenCalledWith("msg_1");
  });

  it("says that a reaction of ours did not arrive", async () => {
    await show({ kind: "reaction", text: "👍" }, { direction: "out", sender_kind: "user", status: "failed", error_text: "fora do prazo" });
    expect(screen.getByTestId("lost-mending").textContent).toContain("A reação 👍 não chegou: fora do prazo");
  });
});

describe("what can be done to a message", () => {
  let calls: { url: string; body: unknown; key: string | null }[] = [];
  beforeEach(() => {
    calls = [];
    vi.stubGlobal("fetch", async (request: Request) => {
      const text = await request.text();
      calls.push({ url: new URL(request.url).pathname, body: text === "" ? undefined : JSON.parse(text), key: request.headers.get("Idempotency-Key") });
      return Response.json(message({ seq: 9 }), { status: 201 });
    });
  });
  afterEach(() => vi.unstubAllGlobals());

  const ours = message({ direction: "out", sender_kind: "user", sender_id: "usr_1", status: "sent", sent_ms: 1000, content: { kind: "text", text: "olla" } });
  const draws = (fields: Partial<Message> = {}, own = true, now = 2000) =>
    draw(<Bubble message={{ ...ours, ...fields }} channel="telegram" joined={false} quoted={undefined} ability={ability} own={own} now={now} onQuote={() => undefined} />);

  it("reacts, and takes the same reaction back", async () => {
    await draws({ reactions: { company: "🔥" } });
    await userEvent.click(screen.getByRole("button", { name: "Reagir" }));
    await userEvent.click(await screen.findByRole("button", { name: "Reagir com 👍" }));
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]).toMatchObject({ url: "/api/v1/messages/msg_1/react", body: { emoji: "👍" } });
    expect(calls[0]?.key).toMatch(/^[0-9a-f-]{36}$/);
    await userEvent.click(screen.getByRole("button", { name: "Reagir" }));
    await userEvent.click(await screen.findByRole("button", { name: "Reagir com 🔥" }));
    await waitFor(() => expect(calls).toHaveLength(2));
    expect(calls[1]?.body).toEqual({ emoji: "" });
  });

  it("edits one's own words", async () => {
    await draws();
    await userEvent.click(screen.getByRole("button", { name: "Mais ações desta mensagem" }));
    await userEvent.click(await screen.findByRole("menuitem", { name: "Editar" }));
    const field = await screen.findByRole("textbox", { name: "Novo texto" });
    await userEvent.clear(field);
    await userEvent.type(field, "olá");
    await userEvent.click(screen.getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(calls).toHaveLength(1));
    expect(calls[0]).toMatchObject({ url: "/api/v1/messages/msg_1/edit", body: { text: "olá" } });
  });

  it.each<[string, Partial<Message>, boolean, number]>([
    ["another's", {}, false, 2000],
    ["what has not left", { status: "queued" }, true, 2000],
  ])("offers no change of %s message", async (_, fields, own, now) => {
    await draws(fields, own, now);
    await userEvent.click(screen.getByRole("button", { name: "Mais ações desta mensagem" }));
    expect(await screen.findByRole("menuitem", { name: "Copiar texto" })).toBeTruthy();
    expect(screen.queryByRole("menuitem", { name: "Editar" })).toBeNull();
    expect(screen.queryByRole("menuitem", { name: "Apagar para todos" })).toBeNull();
  });

  it("offers no deletion of what is too old", async () => {
    await draws({}, true, 1000 + 49 * 3600_000);
    await userEvent.click(screen.getByRole("button", { name: "Mais ações desta mensagem" }));
    expect(await screen.findByRole("menuitem", { name: "Editar" })).toBeTruthy();
    expect(screen.queryByRole("menuitem", { name: "Apagar para todos" })).toBeNull();
  });
});

describe("what stands above a thread", () => {
  it("shows the advert that the customer came by, and until when it is free", async () => {
    await draw(<Banners row={row({ free_until_ms: Date.now() + 3600_000, referral: { source_type: "ad", headline: "Bolo em dobro", body: "Só hoje", source_url: "https://fb.example/1", image_url: "javascript:x" } })} />);
    const advert = screen.getByTestId("advert");
    expect(advert.textContent).toContain("Veio de um anúncio");
    expect(advert.textContent).toContain("Bolo em dobro");
    expect(advert.textContent).toContain("Grátis até");
    expect(within(advert).getByRole("link", { name: "Abrir o anúncio" }).getAttribute("href")).toBe("https://fb.example/1");
    expect(advert.querySelector("img")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Ocultar" }));
    expect(screen.queryByTestId("advert")).toBeNull();
  });

  it("says that another app has the conversation", async () => {
    await draw(<Banners row={row({ control: { held: true, at_ms: 1, holder: "123" } })} />);
    expect(screen.getByText("Outro aplicativo está respondendo esta conversa")).toBeTruthy();
    expect(screen.getByText("Aplicativo 123")).toBeTruthy();
  });
});

describe("the window after its end", () => {
  it.each([
    [1000, 0, 500, "open"],
    [1000, 9000, 5000, "late"],
    [1000, 9000, 9000, "closed"],
    [1000, 0, 5000, "closed"],
  ])("that ended at %i, for people at %i, is at %i", (ends, late, now, state) => {
    expect(windowOf({ window_ends_ms: ends + 10 * 3600_000, late_ends_ms: late === 0 ? 0 : late + 10 * 3600_000 }, now + (state === "open" ? 0 : 10 * 3600_000)).state).toBe(state);
  });
});
