import { configure, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw } from "@/test/render";
import { Enrol } from "./enrol";
import { RecoveryCodes } from "./recovery-codes";

configure({ asyncUtilTimeout: 10_000 });

let answers: Record<string, { status: number; body?: unknown }> = {};

beforeEach(() => {
  vi.stubGlobal("fetch", async (request: Request) => {
    const { status, body } = answers[new URL(request.url).pathname.replace("/api/v1", "")] ?? { status: 500 };
    return new Response(body === undefined ? null : JSON.stringify(body), { status, headers: { "Content-Type": status >= 400 ? "application/problem+json" : "application/json" } });
  });
});
afterEach(() => vi.unstubAllGlobals());

const serious = async (container: Element) => (await axe.run(container, { rules: { "color-contrast": { enabled: false } } })).violations.map((each) => each.id);

describe("setting up a second factor", () => {
  it("shows the key as picture and text, takes the first code, and gives the recovery codes once", async () => {
    answers = {
      "/factors/app": { status: 201, body: { key: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/x", qr: { size: 21, path: "M0 0h7v1H0z" } } },
      "/factors/app/confirm": { status: 200, body: { recovery_codes: ["AAAA-BBBB", "CCCC-DDDD"] } },
    };
    const done = vi.fn();
    const { container } = await draw(<Enrol passkeys={false} onDone={done} />);
    await userEvent.click(screen.getByRole("button", { name: "Usar um aplicativo de códigos" }));
    expect((await screen.findByLabelText<HTMLInputElement>("Chave para digitar")).value).toBe("JBSWY3DPEHPK3PXP");
    expect(screen.getByRole("img", { name: /Código QR/ })).not.toBeNull();
    expect(await serious(container)).toEqual([]);
    await userEvent.type(screen.getByLabelText("Código de 6 números"), "123456{Enter}");
    expect((await screen.findByLabelText("Códigos de recuperação")).textContent).toContain("CCCC-DDDD");
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Concluir" }).disabled).toBe(true);
    await userEvent.click(screen.getByRole("checkbox", { name: "Guardei os códigos" }));
    await userEvent.click(screen.getByRole("button", { name: "Concluir" }));
    expect(done).toHaveBeenCalledOnce();
  });

  it("ends at once where there are recovery codes already", async () => {
    answers = {
      "/factors/app": { status: 201, body: { key: "JBSWY3DPEHPK3PXP", uri: "otpauth://totp/x", qr: { size: 21, path: "M0 0h7v1H0z" } } },
      "/factors/app/confirm": { status: 200, body: { recovery_codes: [] } },
    };
    const done = vi.fn();
    await draw(<Enrol passkeys={false} only="app" onDone={done} />, { language: "en" });
    await userEvent.type(await screen.findByLabelText("Code of 6 digits"), "123456{Enter}");
    await vi.waitFor(() => expect(done).toHaveBeenCalledOnce());
  });

  it("says what failed, and tries again", async () => {
    answers = {};
    await draw(<Enrol passkeys={false} only="app" onDone={vi.fn()} />);
    expect(await screen.findByRole("button", { name: "Tentar de novo" })).not.toBeNull();
  });

  it("gives the codes as a file too", async () => {
    const { container } = await draw(<RecoveryCodes codes={["AAAA-BBBB"]} onKept={vi.fn()} />);
    expect(decodeURIComponent(screen.getByRole<HTMLAnchorElement>("link", { name: "Baixar" }).href)).toContain("AAAA-BBBB");
    expect(await serious(container)).toEqual([]);
  });
});
