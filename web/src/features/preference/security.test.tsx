import { configure, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw } from "@/test/render";
import { deviceOf } from "./device";
import { Factors } from "./factor";
import { Sessions } from "./session";

configure({ asyncUtilTimeout: 10_000 });

const calls: string[] = [];
let answers: Record<string, { status: number; body?: unknown }> = {};

beforeEach(() => {
  calls.length = 0;
  vi.stubGlobal("fetch", async (request: Request) => {
    const key = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    calls.push(key);
    const { status, body } = answers[key] ?? { status: 500 };
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id);
const app = { id: "fac_1", kind: "totp", name: "Telefone", created_ms: 1, used_ms: Date.now() };
const known = (over: object) => ({ status: 200, body: { items: [app], recovery_left: 2, required: false, passkeys: false, step_up: ["totp"], ...over } });

describe("the second factors of a person", () => {
  it("are renamed and removed, and few codes are told", async () => {
    answers = { "GET /factors": known({}), "PATCH /factors/fac_1": { status: 204 }, "DELETE /factors/fac_1": { status: 204 } };
    const { container } = await draw(<Factors />);
    await screen.findByText("Telefone");
    expect(screen.getByText("poucos")).not.toBeNull();
    expect(await serious(container)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Renomear Telefone" }));
    await userEvent.type(screen.getByRole("textbox", { name: "Nome" }), " novo{Enter}");
    await vi.waitFor(() => expect(calls).toContain("PATCH /factors/fac_1"));
    await userEvent.click(await screen.findByRole("button", { name: "Remover Telefone" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Remover" }));
    await vi.waitFor(() => expect(calls).toContain("DELETE /factors/fac_1"));
  });

  it("the last one stays where it is demanded", async () => {
    answers = { "GET /factors": known({ required: true }) };
    await draw(<Factors />, { language: "en" });
    await screen.findByText("Telefone");
    expect(screen.queryByRole("button", { name: "Remove Telefone" })).toBeNull();
  });

  it("says when they can't be read", async () => {
    answers = {};
    await draw(<Factors />);
    expect(await screen.findByRole("button", { name: "Tentar de novo" })).not.toBeNull();
  });
});

describe("where one is signed in", () => {
  it("shows each session and ends one", async () => {
    const session = (id: string, current: boolean) => ({ id, current, agent: "Mozilla/5.0 (X11; Linux) Chrome/130 Safari/537", ip: "203.0.113.7", proof: "totp", proved_ms: 1, created_ms: 1, seen_ms: Date.now(), expires_ms: 9 });
    answers = { "GET /sessions": { status: 200, body: { items: [session("ses_1", true), session("ses_2", false)] } }, "DELETE /sessions/ses_2": { status: 204 } };
    const { container } = await draw(<Sessions />);
    expect(await screen.findAllByText("senha e código")).toHaveLength(2);
    expect(await serious(container)).toEqual([]);
    await userEvent.click(screen.getByRole("button", { name: "Encerrar a sessão em Chrome · Linux" }));
    await userEvent.click(within(await screen.findByRole("dialog")).getByRole("button", { name: "Encerrar" }));
    await vi.waitFor(() => expect(calls).toContain("DELETE /sessions/ses_2"));
  });

  it("tells devices apart", () => {
    expect(deviceOf("Mozilla/5.0 (iPhone) Safari/604")).toBe("Safari · iOS");
    expect(deviceOf("curl/8")).toBe("curl/8");
  });
});
