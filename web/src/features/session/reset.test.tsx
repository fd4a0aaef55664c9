import { configure, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw } from "@/test/render";
import ForgotPage from "./forgot";
import ResetPage from "./reset";

configure({ asyncUtilTimeout: 10_000 });

const calls: { path: string; body: unknown }[] = [];
let answers: Record<string, { status: number; body?: unknown }> = {};

beforeEach(() => {
  calls.length = 0;
  answers = {};
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    calls.push({ path, body: JSON.parse(await request.clone().text()) });
    const { status, body } = answers[path] ?? { status: 500 };
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" } });
  });
});
afterEach(() => {
  vi.unstubAllGlobals();
  location.hash = "";
});

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id);

describe("a forgotten password", () => {
  it("is asked for by e-mail, and the page says the same to everybody", async () => {
    answers["/password-reset"] = { status: 202 };
    const { container } = await draw(<ForgotPage />);
    expect(await serious(container)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Mandar o link" }));
    expect(screen.getByText("Informe um e-mail válido.")).not.toBeNull();
    expect(calls).toEqual([]);
    await userEvent.type(screen.getByLabelText("E-mail"), " bia@example.com ");
    await userEvent.click(screen.getByRole("button", { name: "Mandar o link" }));
    expect((await screen.findByRole("status")).textContent).toContain("Se bia@example.com tiver uma conta");
    expect(calls).toEqual([{ path: "/password-reset", body: { email: "bia@example.com" } }]);
    expect(await serious(container)).toEqual([]);
  });

  it("says when this installation sends no mail", async () => {
    answers["/password-reset"] = { status: 409, body: { title: "x", status: 409, detail: "x", code: "refused", reason: "mail_off" } };
    await draw(<ForgotPage />, { language: "en" });
    await userEvent.type(screen.getByLabelText("E-mail"), "bia@example.com");
    await userEvent.click(screen.getByRole("button", { name: "Send the link" }));
    expect((await screen.findByRole("alert")).textContent).toContain("sends no mail");
  });

  it("is replaced by the link", async () => {
    location.hash = "#tok_1";
    answers["/password-reset/open"] = { status: 200, body: { email: "bia@example.com" } };
    answers["/password-reset/accept"] = { status: 204 };
    const { container } = await draw(<ResetPage />);
    await screen.findByText(/Para a conta bia@example.com/);
    expect(await serious(container)).toEqual([]);
    await userEvent.type(screen.getByLabelText("Nova senha"), "uma senha comprida");
    await userEvent.type(screen.getByLabelText("Repita a nova senha"), "outra senha");
    await userEvent.click(screen.getByRole("button", { name: "Salvar a nova senha" }));
    expect(screen.getByText("As duas senhas não são iguais.")).not.toBeNull();
    await userEvent.clear(screen.getByLabelText("Repita a nova senha"));
    await userEvent.type(screen.getByLabelText("Repita a nova senha"), "uma senha comprida");
    await userEvent.click(screen.getByRole("button", { name: "Salvar a nova senha" }));
    expect((await screen.findByRole("link", { name: "Entrar" })).getAttribute("href")).toBe("/sign-in");
    expect(calls.at(-1)).toEqual({ path: "/password-reset/accept", body: { token: "tok_1", password: "uma senha comprida" } });
  });

  it("leads on when the link is too old", async () => {
    location.hash = "#old";
    answers["/password-reset/open"] = { status: 404, body: { title: "x", status: 404, detail: "x", code: "not_found", reason: "" } };
    await draw(<ResetPage />);
    expect((await screen.findByRole("link", { name: "Pedir outro link" })).getAttribute("href")).toBe("/forgot");
  });
});
