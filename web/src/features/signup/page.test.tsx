import { act, render, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { loadTexts, WordsProvider } from "@/i18n/site";
import type { Language } from "@/i18n/language";
import { emptyJourney, fullJourney, serve, type Answer, type Call } from "@/test/signup";
import type { Journey } from "./contract";
import { Site } from "./site";
import { withFirstSteps } from "./activate";

async function open(address: string, answer: (call: Call) => Answer | Promise<Answer> = () => undefined, language: Language = "pt-BR") {
  history.replaceState(null, "", address);
  const calls = serve(answer);
  const first = await loadTexts(language);
  const drawn = render(
    <WordsProvider first={first}>
      <Site />
    </WordsProvider>,
  );
  return { ...drawn, calls, asked: (method: string, path: string) => calls.filter((call) => call.method === method && call.path === path) };
}

/** A server with one purchase that changes as it is told to. */
function shopOf(journey: Journey | null, more: (call: Call, current: Journey | null) => Answer = () => undefined) {
  const state = { journey };
  const answer = (call: Call): Answer => {
    const own = more(call, state.journey);
    if (own !== undefined) {
      if (own.status < 300 && own.body !== undefined && "problems" in (own.body as object)) state.journey = own.body as Journey;
      return own;
    }
    if (call.path === "/signup" && call.method === "GET" && state.journey !== null) return { status: 200, body: state.journey };
    if (call.path === "/signup" && call.method === "PATCH" && state.journey !== null) {
      const { name, email, phone, version_id, interval, coupon, trade, sample_catalog, second_contract, ...company } = call.body;
      const old = state.journey;
      const told = (value: unknown, otherwise: string) => (typeof value === "string" ? value : otherwise);
      state.journey = {
        ...old,
        interval: told(interval, old.interval),
        second_contract: typeof second_contract === "boolean" ? second_contract : old.second_contract,
        person: { ...old.person, name: told(name, old.person.name), email: told(email, old.person.email), phone: told(phone, old.person.phone), email_proven: old.person.email_proven && told(email, old.person.email) === old.person.email },
        company: { ...old.company, ...company },
        ...(old.quote === undefined ? {} : { quote: { ...old.quote, coupon: told(coupon, old.quote.coupon) } }),
        missing: old.missing.filter((field) => !(field in call.body)),
      };
      return { status: 200, body: state.journey };
    }
    if (call.path === "/signup" && call.method === "POST") {
      state.journey = emptyJourney();
      return { status: 201, body: state.journey };
    }
    return undefined;
  };
  return { state, answer };
}

const refused = (reason: string, status = 409): Answer => ({ status, body: { status, code: status === 429 ? "rate_limited" : "refused", reason, title: "x", detail: "x" } });
const flaws = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id);
const assign = vi.fn();
/** A text as it reads, without the blanks that may not break. */
const plain = (element: Element) => (element.textContent ?? "").replace(/\u00a0/g, " ");

beforeEach(() => {
  sessionStorage.clear();
  localStorage.clear();
  assign.mockClear();
  // jsdom goes nowhere: leaving the page is only seen.
  const real = window.location;
  vi.stubGlobal("location", new Proxy({} as Location, { get: (_, name) => (name === "assign" ? assign : Reflect.get(real, name, real)) }));
});
afterEach(() => {
  vi.unstubAllGlobals();
  history.replaceState(null, "", "/");
});

describe("the page of prices", () => {
  it("tells prices, limits, trial and saving, and leads on with what was chosen", async () => {
    const { container } = await open("/planos?cupom=bemvindo");
    const card = (await screen.findByRole("heading", { name: "Essencial" })).closest("li") as HTMLElement;
    expect(plain(card)).toContain("R$ 149,00");
    expect(card.textContent).toContain("14 dias grátis, sem forma de pagamento");
    expect(card.textContent).toContain("500 conversas por mês");
    expect(within(card).getByRole("link").getAttribute("href")).toBe("/assinar?plano=essencial&ciclo=mensal&cupom=bemvindo");
    expect(screen.getByText(/Pague com cartão de crédito ou Pix/)).not.toBeNull();
    expect(screen.getByText("+ R$ 0,25 por excedente")).not.toBeNull();
    await userEvent.click(screen.getByRole("radio", { name: /Anual/ }));
    expect(plain(card)).toContain("R$ 1.490,00");
    expect(plain(card)).toContain("Você economiza R$ 298,00 (16%)");
    expect(location.search).toContain("ciclo=anual");
    expect(document.title).toBe("Prosa: planos e preços");
    expect(await flaws(container)).toEqual([]);
  });

  it("speaks the other language at a press and remembers it", async () => {
    await open("/planos");
    await screen.findByRole("heading", { name: "Essencial" });
    await userEvent.click(screen.getByRole("button", { name: "EN" }));
    expect(await screen.findByRole("heading", { name: "Choose your plan" })).not.toBeNull();
    expect(document.documentElement.lang).toBe("en");
    expect(localStorage.getItem("prosa-language")).toBe("en");
  });

  it.each([
    [{ open: false, currency: "BRL", methods: [], items: [] }, "As assinaturas por aqui estão fechadas"],
    [{ open: true, currency: "BRL", methods: [], items: [] }, "Nenhum plano à venda no momento"],
  ])("says when nothing can be bought: %#", async (body, said) => {
    await open("/planos", ({ path }) => (path === "/plans" ? { status: 200, body } : undefined));
    expect(await screen.findByText(said)).not.toBeNull();
  });

  it("says when the server is away, and asks again", async () => {
    let away = true;
    await open("/planos", ({ path }) => (path === "/plans" && away ? { status: 503, body: { code: "unavailable" } } : undefined));
    await screen.findByText(/indisponível/);
    away = false;
    await userEvent.click(screen.getByRole("button", { name: "Tentar de novo" }));
    expect(await screen.findByRole("heading", { name: "Escala" })).not.toBeNull();
  });
});

describe("filling in a purchase", () => {
  it("begins with the plan of the link, saves as typed, and shows the number back", async () => {
    const { state, answer } = shopOf(null);
    const { container, asked } = await open("/assinar?plano=escala&ciclo=anual&cupom=bemvindo", answer);
    await screen.findByRole("heading", { name: "Quem está contratando" });
    expect(asked("POST", "/signup").map((call) => call.body)).toEqual([{ version_id: "plv_big", interval: "year", locale: "pt-BR", coupon: "bemvindo" }]);
    await waitFor(() => expect(location.search).toBe("?passo=empresa"));
    await userEvent.type(screen.getByLabelText("CNPJ"), "12abc34501de35");
    expect((screen.getByLabelText("CNPJ") as HTMLInputElement).value).toBe("12.ABC.345/01DE-35");
    expect(screen.getByText("Confira: este é o número certo?")).not.toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Sim, está certo" }));
    expect(screen.getByText("Número conferido por você")).not.toBeNull();
    await waitFor(() => expect(state.journey?.company.tax_id_confirmed).toBe(true));
    await waitFor(() => expect(screen.getByTestId("saved").textContent).toContain("Salvo"));
    // Another number asks again.
    await userEvent.type(screen.getByLabelText("CNPJ"), "{Backspace}6");
    expect(screen.queryByText("Número conferido por você")).toBeNull();
    expect(await flaws(container)).toEqual([]);
  });

  it("tells what is missing beside each field, and goes there", async () => {
    const { answer } = shopOf(emptyJourney());
    await open("/assinar", answer);
    await userEvent.click(await screen.findByRole("button", { name: "Continuar" }));
    expect((await screen.findAllByText("Preencha este campo.")).length).toBe(5);
    await waitFor(() => expect(document.activeElement?.id).toBe("f-name"));
  });

  it("leads back from a step that is not open yet", async () => {
    const { answer } = shopOf(emptyJourney());
    await open("/assinar?passo=revisao", answer);
    await screen.findByRole("heading", { name: "Quem está contratando" });
    await waitFor(() => expect(location.search).toBe("?passo=empresa"));
  });

  it("keeps what is typed without a network and says so", async () => {
    let away = false;
    const { state, answer } = shopOf(emptyJourney());
    await open("/assinar", (call) => {
      if (away && call.method === "PATCH") throw new TypeError("Failed to fetch");
      return answer(call);
    });
    await screen.findByLabelText("Seu nome");
    away = true;
    await userEvent.type(screen.getByLabelText("Seu nome"), "Marta");
    await waitFor(() => expect(screen.getByTestId("saved").textContent).toContain("guardado neste aparelho"));
    expect(localStorage.getItem("prosa-signup-acq_1")).toContain("Marta");
    away = false;
    act(() => void window.dispatchEvent(new Event("online")));
    await waitFor(() => expect(state.journey?.person.name).toBe("Marta"));
    await waitFor(() => expect(screen.getByTestId("saved").textContent).toContain("Salvo"));
    expect((screen.getByLabelText("Seu nome") as HTMLInputElement).value).toBe("Marta");
  });

  it("shows what another tab changed, and keeps what is only typed here", async () => {
    const { state, answer } = shopOf(emptyJourney());
    let away = false;
    await open("/assinar", (call) => {
      if (away && call.method === "PATCH") throw new TypeError("Failed to fetch");
      return answer(call);
    });
    const box = (label: string) => screen.getByLabelText<HTMLInputElement>(label);
    await userEvent.type(await screen.findByLabelText("Seu nome"), "Marta");
    await waitFor(() => expect(state.journey?.person.name).toBe("Marta"));
    away = true;
    await userEvent.type(box("Razão social"), "Padaria");
    if (state.journey) state.journey = { ...state.journey, person: { ...state.journey.person, name: "Ana" } };
    act(() => void window.dispatchEvent(new Event("online")));
    await waitFor(() => expect(box("Seu nome").value).toBe("Ana"));
    expect(box("Razão social").value).toBe("Padaria");
  });

  it("offers the door or a second contract to a company that is here already", async () => {
    const known = fullJourney({ problems: [{ field: "tax_id", code: "company_exists", message: "", warning: false }] });
    const { asked } = await open("/assinar", shopOf(known).answer);
    expect((await screen.findByRole("link", { name: "Entrar na conta" })).getAttribute("href")).toBe("/sign-in");
    await userEvent.click(screen.getByRole("button", { name: "Fazer um segundo contrato" }));
    await waitFor(() => expect(asked("PATCH", "/signup").at(-1)?.body).toEqual({ second_contract: true }));
  });

  it("proves the e-mail by a pasted code, says why one is wrong, and lets the address change", async () => {
    const unproven = fullJourney({ person: { ...fullJourney().person, email_proven: false }, missing: ["email_proof", "terms"] });
    const { state, answer } = shopOf(unproven, (call, current) => {
      if (call.path === "/signup/code") return { status: 204 };
      if (call.path === "/signup/proof" && call.body.code === "ABCD2345" && current !== null) return { status: 200, body: { ...current, person: { ...current.person, email_proven: true }, missing: ["terms"] } };
      if (call.path === "/signup/proof") return refused("bad_code");
      return undefined;
    });
    const { asked } = await open("/assinar", answer);
    const box = await screen.findByLabelText("Código do e-mail");
    await waitFor(() => expect(asked("POST", "/signup/code").length).toBe(1));
    expect(screen.getByRole("button", { name: /^Mandar outro em/ }).hasAttribute("disabled")).toBe(true);
    await userEvent.type(box, "zzzzzzzz");
    await screen.findByText("O código não confere. Veja se é o do último e-mail.");
    await userEvent.click(screen.getByRole("button", { name: "Trocar o e-mail" }));
    await userEvent.clear(screen.getByLabelText("Novo e-mail"));
    await userEvent.type(screen.getByLabelText("Novo e-mail"), "nova@sol.com.br");
    await userEvent.click(screen.getByRole("button", { name: "Usar este e-mail" }));
    await screen.findByText(/para nova@sol.com.br/);
    await waitFor(() => expect(asked("POST", "/signup/code").length).toBe(2));
    expect(state.journey?.company.legal_name).toBe("Sol Padaria Ltda");
    await userEvent.click(screen.getByLabelText("Código do e-mail"));
    await userEvent.paste(" abcd-2345 ");
    await screen.findByRole("heading", { name: "Revise e conclua" });
  });

  it("takes the terms, then leads to the payment of the chosen way", async () => {
    const opening = { provider: "stripe", url: "", state: "asked" as const, method: "pix", pix_code: "", boleto_line: "", boleto_url: "", due_ms: 0, expires_ms: 0, problem: "" };
    const { state, answer } = shopOf(fullJourney(), (call, current) => {
      if (current === null) return undefined;
      if (call.path === "/signup/terms") return { status: 200, body: { ...current, terms: { version: "2026-11", hash: "abc", accepted_ms: 1 }, missing: [], next: "payment" } };
      if (call.path === "/signup/checkout") return { status: 200, body: { ...current, state: "checkout", checkout: opening } };
      return undefined;
    });
    const { container, asked } = await open("/assinar", answer);
    const pay = await screen.findByRole("button", { name: "Ir para o pagamento" });
    await screen.findByText(/Li e aceito/);
    await userEvent.click(pay);
    expect(await screen.findByText("Leia e aceite os termos para continuar.")).not.toBeNull();
    expect(asked("POST", "/signup/checkout")).toEqual([]);
    await userEvent.click(screen.getByLabelText(/Li e aceito/));
    await screen.findByText(/Termos aceitos em/);
    await userEvent.click(screen.getByRole("radio", { name: /^Pix/ }));
    expect(await flaws(container)).toEqual([]);
    await userEvent.click(pay);
    await screen.findByRole("heading", { name: "Preparando a página de pagamento" });
    expect(asked("POST", "/signup/checkout").map((call) => call.body)).toEqual([{ method: "pix" }]);
    // The vendor's page is ready: who asked to pay is led there.
    if (state.journey !== null) state.journey = { ...state.journey, checkout: { ...opening, url: "https://pay.example/1", state: "open" } };
    await waitFor(() => expect(assign).toHaveBeenCalledWith("https://pay.example/1"));
  });

  it("says when a coupon ran out between the page and the payment, and takes it off", async () => {
    const accepted = fullJourney({ terms: { version: "2026-11", hash: "abc", accepted_ms: 1 }, missing: [], next: "payment" });
    if (accepted.quote !== undefined) accepted.quote.coupon = "BEMVINDO";
    const { asked } = await open("/assinar", shopOf(accepted, (call) => (call.path === "/signup/checkout" ? refused("coupon_exhausted") : undefined)).answer);
    await userEvent.click(await screen.findByRole("button", { name: "Ir para o pagamento" }));
    await screen.findByText(/Este cupom acabou de se esgotar/);
    await userEvent.click(screen.getByRole("button", { name: "Remover o cupom BEMVINDO" }));
    await waitFor(() => expect(asked("PATCH", "/signup").at(-1)?.body).toEqual({ coupon: "" }));
  });

  it("says when the purchase was ended elsewhere", async () => {
    const { state, answer } = shopOf(emptyJourney());
    await open("/assinar", answer);
    await screen.findByLabelText("Seu nome");
    state.journey = null;
    await userEvent.type(screen.getByLabelText("Seu nome"), "M");
    expect(await screen.findByRole("heading", { name: "Esta compra não está mais aberta" })).not.toBeNull();
  });
});

describe("waiting for the payment", () => {
  const checkout = { provider: "stripe", url: "https://pay.example/1", state: "pending" as const, method: "", pix_code: "", boleto_line: "", boleto_url: "", due_ms: 0, expires_ms: 0, problem: "" };
  const waiting = (change: Partial<Journey>) => shopOf(fullJourney({ state: "checkout", next: "payment", checkout, ...change })).answer;

  it.each<[string, Partial<Journey>, string, string]>([
    ["an open page", { checkout: { ...checkout, state: "open" } }, "Falta concluir o pagamento", "Abrir a página de pagamento"],
    ["a Pix", { checkout: { ...checkout, pix_code: "000201", due_ms: 1_800_000_000_000 } }, "Pague com Pix", "Copiar código Pix"],
    ["a boleto", { checkout: { ...checkout, boleto_line: "34191", boleto_url: "https://pay.example/b" } }, "Pague o boleto", "Copiar linha digitável"],
    ["a refusal", { checkout: { ...checkout, state: "failed", problem: "declined" } }, "O pagamento não foi aprovado", "Tentar de novo"],
    ["a page that ran out", { state: "expired" }, "O prazo do pagamento acabou", "Tentar de novo"],
    ["a purchase given up", { state: "canceled", next: "plan" }, "Esta compra foi cancelada", "Tentar de novo"],
    ["a form", { state: "draft" }, "Sua compra ainda não foi concluída", "Continuar a compra"],
    ["a ready account", { state: "active", next: "activate", activation_ready: true }, "Sua conta está pronta", "Ativar minha conta"],
    ["an active account", { state: "active", next: "done" }, "Conta ativada", "Entrar"],
  ])("shows %s and the way on", async (_, change, heading, way) => {
    const { container } = await open("/assinar/retorno", waiting(change));
    expect(await screen.findByRole("heading", { name: heading })).not.toBeNull();
    const main = within(screen.getByRole("main"));
    expect(main.queryByRole("link", { name: way }) ?? main.queryByRole("button", { name: way })).not.toBeNull();
    expect(await flaws(container)).toEqual([]);
  });

  it("tries again, and gives up only when asked twice", async () => {
    const { asked } = await open("/assinar/retorno", (call) => {
      const declined = fullJourney({ state: "checkout", next: "payment", checkout: { ...checkout, state: "failed", problem: "declined" } });
      if (call.path === "/signup/again") return { status: 200, body: { ...declined, checkout: { ...checkout, url: "", state: "asked" } } };
      return shopOf(declined).answer(call);
    });
    await userEvent.click(await screen.findByRole("button", { name: "Desistir da compra" }));
    expect(asked("POST", "/signup/cancel")).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Não, continuar" }));
    await userEvent.click(screen.getByRole("button", { name: "Tentar de novo" }));
    await screen.findByRole("heading", { name: "Preparando a página de pagamento" });
    expect(asked("POST", "/signup/again").length).toBe(1);
  });

  it("shows what is being prepared, and says that stuck work is known", async () => {
    const steps = (["payment", "company", "bots", "catalog", "letter", "activation"] as const).map((name, at) => ({ name, state: at < 2 ? ("done" as const) : at === 2 ? ("trouble" as const) : ("waiting" as const), at_ms: 0 }));
    await open("/assinar/retorno", waiting({ state: "paid", next: "waiting", contract_no: "CTR-000123", steps, terms: { version: "1", hash: "h", accepted_ms: 1 } }));
    await screen.findByRole("heading", { name: "Está demorando mais que o normal" });
    expect(screen.getByText("Contrato CTR-000123")).not.toBeNull();
    expect(screen.getAllByRole("listitem").map((item) => item.textContent)).toEqual(["Pagamentopronto", "Sua contapronto", "Primeiros botsdemorando", "E-mail de boas-vindasa seguir"]);
    expect(screen.getByRole("link", { name: "Contrato em PDF" }).getAttribute("href")).toBe("/api/v1/signup/contract.pdf");
  });

  it("sends the letter again, says when that is too often, and opens the invitation towards the first steps", async () => {
    let often = false;
    const ready = waiting({ state: "active", next: "activate", activation_ready: true });
    await open("/assinar/retorno", (call) => {
      if (call.path === "/signup/activation/letter") return often ? refused("too_many_letters", 429) : { status: 204 };
      if (call.path === "/signup/activation") return { status: 200, body: { url: "http://localhost:3000/invitation#tok" } };
      return ready(call);
    });
    await userEvent.click(await screen.findByRole("button", { name: "Reenviar o e-mail" }));
    await screen.findByText("E-mail enviado para marta@sol.com.br.");
    often = true;
    await userEvent.click(screen.getByRole("button", { name: "Reenviar o e-mail" }));
    await screen.findByText(/Já mandamos vários e-mails/);
    await userEvent.click(screen.getByRole("link", { name: "Ativar minha conta" }));
    await waitFor(() => expect(assign).toHaveBeenCalledWith("http://localhost:3000/invitation?to=%2Fcomecar#tok&name=Marta+Lima"));
    expect(withFirstSteps("http://localhost/invitation?to=%2Fbots#t")).toBe("http://localhost/invitation?to=%2Fbots#t");
  });

  it("leads on who has no purchase in this browser", async () => {
    await open("/assinar/retorno");
    expect((await screen.findByRole("heading", { name: "Nenhuma compra neste navegador" })).tagName).toBe("H1");
    expect(within(screen.getByRole("main")).getByRole("link", { name: "Continuar uma compra" }).getAttribute("href")).toBe("/assinar/continuar");
  });
});

describe("coming back", () => {
  it("opens the purchase of a link, and asks for another when it is too old", async () => {
    const { answer } = shopOf(null, (call) => (call.path === "/signup/open" ? (call.body.token === "good" ? { status: 200, body: emptyJourney() } : refused("no_journey", 404)) : undefined));
    const { unmount } = await open("/assinar/continuar#good", answer);
    await screen.findByRole("heading", { name: "Quem está contratando" });
    unmount();
    await open("/assinar/continuar#old", (call) => (call.path === "/signup/open" ? { status: 404, body: { code: "not_found", reason: "no_journey" } } : call.path === "/signup/resume" ? { status: 204 } : undefined));
    await screen.findByText("Este link não vale mais");
    await userEvent.type(screen.getByLabelText("E-mail"), "marta@sol.com.br");
    await userEvent.click(screen.getByRole("button", { name: "Mandar o link" }));
    await screen.findByText(/Se houver uma compra em andamento com marta@sol.com.br/);
  });

  it("shows the terms as a page, never as HTML", async () => {
    const { container } = await open("/termos", (call) => (call.path === "/terms" ? { status: 200, body: { version: "1", hash: "h", title: "Termos", markdown: "# Termos\n\n<b>oi</b> **forte** [site](https://prosa.example) [mau](javascript:alert(1))\n\n1. um\n2. dois" } } : undefined));
    await screen.findByRole("heading", { level: 1, name: "Termos" });
    expect(container.querySelector("b")).toBeNull();
    expect(screen.getByText("forte").tagName).toBe("STRONG");
    expect([...container.querySelectorAll("article a")].map((link) => link.getAttribute("href"))).toEqual(["https://prosa.example"]);
    expect(screen.getAllByRole("listitem").length).toBe(2);
  });
});
