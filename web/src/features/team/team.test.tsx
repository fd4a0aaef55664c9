import { configure, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { SignedProvider } from "@/api/session";
import type { Me, Member, Role } from "@/api/types";
import { draw } from "@/test/render";
import TeamPage from "./page";

configure({ asyncUtilTimeout: 10_000 });

const member = (user_id: string, name: string, role: Role): Member => ({ user_id, name, email: `${user_id}@example.com`, role, state: "active", created_ms: 1, version: 1 });
const ana = { user: { id: "usr_ana", name: "Ana", email: "ana@example.com", locale: "pt-BR", operator: false, cost: false }, session_id: "ses_1", role: "admin", permissions: ["member.manage"], companies: [], features: { demo: false }, must_enrol: false } as Me;

const calls: string[] = [];
let answers: Record<string, { status: number; body?: unknown }> = {};

beforeEach(() => {
  calls.length = 0;
  answers = {
    "GET /session": { status: 200, body: ana },
    "GET /members": { status: 200, body: { items: [member("usr_ana", "Ana", "admin"), member("usr_caio", "Caio", "admin"), member("usr_bia", "Bia", "attendant")] } },
    "GET /invitations": { status: 200, body: { items: [] } },
    "POST /members/usr_bia/factors/reset": { status: 204 },
    "POST /members/usr_bia/sessions/end": { status: 204 },
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const key = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    calls.push(key);
    const { status, body } = answers[key] ?? { status: 500 };
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

const page = (me: Me = ana) => (
  <SignedProvider initial={me} onRevoked={() => undefined}>
    <TeamPage />
  </SignedProvider>
);

async function confirm(button: string, action: string) {
  await userEvent.click(await screen.findByRole("button", { name: button }));
  const dialog = await screen.findByRole("dialog");
  await userEvent.click(within(dialog).getByRole("button", { name: action }));
}

describe("what an admin does for a member", () => {
  it("ends their sessions and removes the second factor, each after a question", async () => {
    const { container } = await draw(page());
    await userEvent.click(await screen.findByRole("button", { name: "Remover verificação de Bia" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Cancelar" }));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    expect(calls.filter((each) => each.startsWith("POST"))).toEqual([]);
    expect((await axe.run(container, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id)).toEqual([]);
    await confirm("Remover verificação de Bia", "Remover verificação");
    await vi.waitFor(() => expect(calls).toContain("POST /members/usr_bia/factors/reset"));
    await waitFor(() => expect(screen.queryByRole("dialog")).toBeNull());
    await confirm("Encerrar sessões de Bia", "Encerrar sessões");
    await vi.waitFor(() => expect(calls).toContain("POST /members/usr_bia/sessions/end"));
  });

  it("is not offered for oneself, nor an admin's factor, nor to who manages nobody", async () => {
    const { unmount } = await draw(page(), { language: "en" });
    await screen.findByRole("button", { name: "End sessions of Caio" });
    expect(screen.queryByRole("button", { name: "Remove second factor of Caio" })).toBeNull();
    expect(screen.queryByRole("button", { name: "End sessions of Ana" })).toBeNull();
    expect(screen.queryByRole("button", { name: "Remove second factor of Ana" })).toBeNull();
    unmount();
    const sara = { ...ana, role: "supervisor", permissions: [] } as Me;
    answers["GET /session"] = { status: 200, body: sara };
    await draw(page(sara), { language: "en" });
    await screen.findByText("Bia");
    expect(screen.queryByRole("button", { name: /Bia/ })).toBeNull();
  });
});
