import { configure, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { client } from "@/api/client";
import { draw } from "@/test/render";
import { SecondStepForm } from "./second-step";
import { StepUpDialog } from "./step-up";

configure({ asyncUtilTimeout: 10_000 });

const calls: { path: string; body: unknown }[] = [];
let answers: Record<string, { status: number; body?: unknown }[]> = {};

beforeEach(() => {
  calls.length = 0;
  answers = {};
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace("/api/v1", "");
    const text = await request.clone().text();
    calls.push({ path, body: text === "" ? null : JSON.parse(text) });
    const list = answers[path] ?? [];
    const { status, body } = (list.length > 1 ? list.shift() : list[0]) ?? { status: 500 };
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

const no = (status: number, reason: string) => ({ status, body: { title: "x", status, detail: "x", code: status === 401 ? "unauthorized" : "forbidden", reason } });
const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id);
const step = { expires_ms: 1, methods: ["totp", "recovery"] };

describe("the second step of a sign-in", () => {
  it("takes the app's code, and says when it is wrong", async () => {
    answers["/session/factor"] = [no(401, "bad_code"), { status: 201, body: { user: { name: "Bia" } } }];
    const onIn = vi.fn();
    const { container } = await draw(<SecondStepForm step={step} onIn={onIn} onOver={vi.fn()} />);
    expect(await serious(container)).toEqual([]);
    await userEvent.type(screen.getByLabelText("Código de 6 números"), "12ab");
    await userEvent.click(screen.getByRole("button", { name: "Entrar" }));
    expect(screen.getByText("São 6 números.")).not.toBeNull();
    expect(calls).toEqual([]);
    await userEvent.clear(screen.getByLabelText("Código de 6 números"));
    await userEvent.type(screen.getByLabelText("Código de 6 números"), "123 456");
    await userEvent.click(screen.getByRole("button", { name: "Entrar" }));
    expect((await screen.findByRole("alert")).textContent).toContain("errado ou já foi usado");
    await userEvent.type(screen.getByLabelText("Código de 6 números"), "654321{Enter}");
    await vi.waitFor(() => expect(onIn).toHaveBeenCalledWith({ user: { name: "Bia" } }, expect.anything(), undefined, expect.anything()));
    expect(calls.map((each) => each.body)).toEqual([{ code: "123 456" }, { code: "654321" }]);
  });

  it("takes a recovery code instead, and leads back when it took too long", async () => {
    answers["/session/factor"] = [no(401, "challenge_over")];
    const onOver = vi.fn();
    await draw(<SecondStepForm step={step} onIn={vi.fn()} onOver={onOver} />, { language: "en" });
    await userEvent.click(screen.getByRole("button", { name: "Use a recovery code" }));
    await userEvent.type(screen.getByLabelText("Recovery code"), "ABCD-EFGH{Enter}");
    await userEvent.click(await screen.findByRole("button", { name: "Begin again" }));
    expect(onOver).toHaveBeenCalledOnce();
    expect(calls).toEqual([{ path: "/session/factor", body: { recovery: "ABCD-EFGH" } }]);
  });
});

describe("a call that wants a fresh proof", () => {
  const factors = (step_up: string[]) => [{ status: 200, body: { items: [], recovery_left: 0, required: false, passkeys: false, step_up } }];

  it("asks for it by itself and is made again, also two at once", async () => {
    answers["/factors/recovery-codes"] = [no(403, "step_up_required"), no(403, "step_up_required"), { status: 200, body: { recovery_codes: ["A"] } }];
    answers["/factors"] = factors(["password"]);
    answers["/session/step-up"] = [no(403, "wrong_password"), { status: 204 }];
    await draw(<StepUpDialog />);
    const both = Promise.all([client.POST("/factors/recovery-codes"), client.POST("/factors/recovery-codes")]);
    const password = await screen.findByLabelText("Senha");
    expect(await serious(document.body)).toEqual([]);
    await userEvent.type(password, "errada{Enter}");
    expect((await screen.findByRole("alert")).textContent).toContain("não confere");
    await userEvent.clear(password);
    await userEvent.type(password, "certa{Enter}");
    for (const { data } of await both) expect(data).toEqual({ recovery_codes: ["A"] });
    expect(calls.filter((each) => each.path === "/session/step-up")).toHaveLength(2);
    expect(calls.filter((each) => each.path === "/factors/recovery-codes")).toHaveLength(4);
  });

  it("stays refused when the person gives up", async () => {
    answers["/factors/recovery-codes"] = [no(403, "step_up_required")];
    answers["/factors"] = factors(["totp"]);
    await draw(<StepUpDialog />);
    const asked = client.POST("/factors/recovery-codes");
    await screen.findByLabelText("Código de 6 números");
    await userEvent.click(screen.getByRole("button", { name: "Cancelar" }));
    expect((await asked).response.status).toBe(403);
    expect(calls.filter((each) => each.path === "/factors/recovery-codes")).toHaveLength(1);
  });
});
