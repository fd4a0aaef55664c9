import { QueryClient } from "@tanstack/react-query";
import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Consents, Duplicate, Merge } from "@/api/contact";
import { SignedProvider } from "@/api/session";
import type { Contact } from "@/api/types";
import { me } from "@/test/mock/data";
import { draw } from "@/test/render";
import { channelsOf } from "./address";
import { ConsentCard } from "./consent";
import { MergeCard } from "./merge";

configure({ asyncUtilTimeout: 10_000 });
afterEach(() => vi.unstubAllGlobals());

const person = (fields: Partial<Contact>): Contact => ({
  id: "ctc_1", name: "Ana Souza", fields: {}, tags: [], blocked: false, created_ms: 1, updated_ms: 1, version: 1,
  addresses: [{ kind: "wa_id", value: "5581999991234", reachable: true, created_ms: 1 }], ...fields,
});

const insta = person({ id: "ctc_2", name: "ana.souza", addresses: [{ kind: "igsid", value: "1789", account_id: "cha_ig", reachable: true, created_ms: 1 }] });

/** Draws what is given before a server with these answers; every call is kept. */
async function before(node: React.ReactNode, answers: Record<string, unknown>) {
  const calls: { key: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const key = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    const text = request.method === "GET" ? "" : await request.clone().text();
    calls.push({ key, body: text === "" ? undefined : JSON.parse(text) });
    if (key === "GET /session") return Response.json(me);
    const body = answers[key];
    if (body instanceof Response) return body.clone();
    return body === undefined ? new Response(JSON.stringify({ code: "internal", status: 500 }), { status: 500 }) : Response.json(body);
  });
  const drawn = await draw(
    <SignedProvider initial={{ ...me, permissions: ["contact.read", "contact.write"] }} onRevoked={() => undefined}>
      {node}
    </SignedProvider>,
    { client: new QueryClient({ defaultOptions: { queries: { retry: false } } }) },
  );
  return { ...drawn, calls };
}

async function holds(container: HTMLElement) {
  const { violations } = await axe.run(container, { rules: { "color-contrast": { enabled: false } } });
  expect(violations.map((each) => each.id)).toEqual([]);
}

describe("who may be the same person", () => {
  const duplicates: { items: Duplicate[] } = { items: [{ contact: insta, reason: "met" }] };

  it("is joined after a question, and the dialog says who stays", async () => {
    const { container, calls } = await before(<MergeCard contact={person({})} />, {
      "GET /contacts/ctc_1/duplicates": duplicates,
      "GET /contacts/ctc_1/merges": { items: [] },
      "POST /contacts/ctc_1/merge": { contact: person({}), merge: {} },
    });
    await screen.findByText("A plataforma citou os dois");
    await holds(container);
    await userEvent.click(screen.getByRole("button", { name: "Unir com ana.souza" }));
    const dialog = await screen.findByRole("dialog");
    expect(within(dialog).getByText("Fica, com este nome")).not.toBeNull();
    expect(calls.some((call) => call.key.startsWith("POST"))).toBe(false);
    await userEvent.click(within(dialog).getByRole("button", { name: "Unir" }));
    await waitFor(() => expect(calls.find((call) => call.key === "POST /contacts/ctc_1/merge")?.body).toEqual({ other_id: "ctc_2" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
  });

  it("stays apart when the server says why not", async () => {
    await before(<MergeCard contact={person({})} />, {
      "GET /contacts/ctc_1/duplicates": duplicates,
      "GET /contacts/ctc_1/merges": { items: [] },
      "POST /contacts/ctc_1/merge": new Response(JSON.stringify({ code: "refused", reason: "both_open", detail: "end one first", status: 422 }), { status: 422, headers: { "Content-Type": "application/problem+json" } }),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Unir com ana.souza" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Unir" }));
    await screen.findByText(/conversa aberta no mesmo canal/);
    expect(screen.getByRole("dialog")).not.toBeNull();
  });

  it("can be parted again", async () => {
    const merge: Merge = { id: "mrg_1", contact_id: "ctc_1", other_id: "ctc_2", other_name: "ana.souza", actor_kind: "user", actor_id: "usr_1", at_ms: 1 };
    const { calls } = await before(<MergeCard contact={person({})} />, {
      "GET /contacts/ctc_1/duplicates": { items: [] },
      "GET /contacts/ctc_1/merges": { items: [merge, { ...merge, id: "mrg_0", other_name: "antes", undone_ms: 5 }] },
      "POST /contacts/ctc_1/merges/mrg_1/undo": person({}),
    });
    await userEvent.click(await screen.findByRole("button", { name: "Desfazer a união com ana.souza" }));
    await waitFor(() => expect(calls.some((call) => call.key === "POST /contacts/ctc_1/merges/mrg_1/undo")).toBe(true));
    expect(screen.queryByText("antes")).toBeNull();
  });
});

describe("what may be sent", () => {
  const stopped: Consents = {
    marketing: false, opt_in: false, states: [{ topic: "marketing", granted: false, source: "words", at_ms: 2 }],
    entries: [{ id: "cns_1", contact_id: "ctc_1", topic: "marketing", granted: false, source: "words", proof: "PARAR", at_ms: 2 }],
  };

  it("is said in a sentence, with the words behind it", async () => {
    const { container } = await before(<ConsentCard contactId="ctc_1" />, { "GET /contacts/ctc_1/consents": stopped });
    await screen.findByText(/pediu para parar/);
    expect(screen.getByText("“PARAR”")).not.toBeNull();
    await holds(container);
  });

  it("asks how one knows before a yes is noted down", async () => {
    const { calls } = await before(<ConsentCard contactId="ctc_1" />, {
      "GET /contacts/ctc_1/consents": { marketing: true, opt_in: false, states: [], entries: [] },
      "POST /contacts/ctc_1/consents": stopped,
    });
    await screen.findByText(/nunca pediu para parar/);
    await userEvent.click(screen.getByRole("button", { name: "Anotar" }));
    const dialog = await screen.findByRole("dialog");
    await userEvent.click(within(dialog).getByText("Aceita"));
    expect(within(dialog).getByRole("button", { name: "Salvar" }).hasAttribute("disabled")).toBe(true);
    await userEvent.type(within(dialog).getByRole("textbox"), "Ficha assinada");
    await userEvent.click(within(dialog).getByRole("button", { name: "Salvar" }));
    await waitFor(() => expect(calls.find((call) => call.key === "POST /contacts/ctc_1/consents")?.body).toEqual({ granted: true, proof: "Ficha assinada" }));
  });
});

describe("addresses", () => {
  it("tell the channels that a person was seen on, each once", () => {
    expect(channelsOf(person({ addresses: [...person({}).addresses, { kind: "bsuid", value: "BR.1", reachable: true, created_ms: 1 }, ...insta.addresses] }))).toEqual(["whatsapp", "instagram"]);
  });
});
