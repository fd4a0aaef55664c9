import { QueryClient } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignedProvider } from "@/api/session";
import { me } from "@/test/mock/data";
import { draw } from "@/test/render";
import StartPage from "./page";

let answers: Record<string, unknown> = {};

beforeEach(() => {
  localStorage.clear();
  answers = {
    "/conversations": { items: [] },
    "/bots": { items: [{ id: "bot_wait", name: "Pesquisa", accounts: [] }, { id: "bot_talk", name: "Recepção", accounts: [{ id: "cha_1", name: "x", channel: "whatsapp" }] }] },
    "/channels": { items: [{ id: "cha_1", state: "active", settings: { rehearsal: "true" } }] },
    "/products": { items: [] },
    "/members": { items: [{ user_id: me.user.id }] },
    "/invitations": { items: [{ id: "inv_1", email: me.user.email, state: "accepted" }] },
    "/factors": { items: [] },
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    if (path === "/session") return Response.json(me);
    const body = answers[path];
    return body === undefined ? new Response(JSON.stringify({ code: "internal", status: 500 }), { status: 500 }) : Response.json(body);
  });
});
afterEach(() => vi.unstubAllGlobals());

async function open() {
  return draw(
    // Without the inbox no stream of live updates is opened.
    <SignedProvider initial={{ ...me, features: { demo: true } }} onRevoked={() => undefined}>
      <StartPage />
    </SignedProvider>,
    { client: new QueryClient({ defaultOptions: { queries: { retry: false } } }) },
  );
}

const done = (name: string) => screen.getByTestId(`start-${name}`).getAttribute("data-done");

describe("the first steps", () => {
  it("begin with nothing done: a number to try with is no channel, and the first admin is no team", async () => {
    const { container } = await open();
    await screen.findByText("0 de 5 passos feitos");
    await waitFor(() => expect(screen.getAllByText("A fazer").length).toBe(5));
    expect(screen.getByRole("link", { name: "Abrir o celular simulado" }).getAttribute("href")).toBe("/demo");
    expect(screen.getByText("Ver e mudar o bot Recepção")).not.toBeNull();
    const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
    expect(violations.map((each) => each.id)).toEqual([]);
  });

  it("are done when the company shows it", async () => {
    answers["/conversations"] = { items: [{ id: "cnv_1" }] };
    answers["/channels"] = { items: [{ id: "cha_2", state: "active", settings: {} }] };
    answers["/products"] = { items: [{ id: "prd_1" }] };
    answers["/invitations"] = { items: [{ id: "inv_2", email: "joao@sol.com.br", state: "open" }] };
    answers["/factors"] = { items: [{ id: "fac_1" }] };
    await open();
    await screen.findByText("5 de 5 passos feitos");
    expect(["talk", "channel", "catalog", "team", "factor"].map(done)).toEqual(["true", "true", "true", "true", "true"]);
    expect(screen.getByRole("button", { name: "Ir para as conversas" })).not.toBeNull();
  });

  it("say what could not be looked up, and show the rest", async () => {
    delete answers["/factors"];
    await open();
    await screen.findByText("Não foi possível conferir agora. Tentamos de novo em instantes.");
    expect(screen.getAllByText("A fazer").length).toBe(4);
  });

  it("are put away, and kept again", async () => {
    const first = await open();
    await userEvent.click(await screen.findByRole("button", { name: "Deixar para depois" }));
    expect(localStorage.getItem(`prosa-start-${me.user.id}-${me.company?.id ?? ""}`)).toBe("hidden");
    first.unmount();
    await open();
    await userEvent.click(await screen.findByRole("button", { name: "Manter no menu" }));
    expect(localStorage.length).toBe(0);
  });
});
