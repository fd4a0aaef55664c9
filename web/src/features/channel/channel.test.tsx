import { QueryClient } from "@tanstack/react-query";
import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { afterEach, expect, test, vi } from "vitest";
import type { ChannelAccount, ChannelGuide, ChannelHealth, Me } from "@/api/types";
import { SignedProvider } from "@/api/session";
import { barrierFree } from "@/test/operator";
import { draw } from "@/test/render";
import type { ReactNode } from "react";
import ChannelBanner from "./banner";
import { TokenForm } from "./care";
import { slotsOf } from "./chart";
import { HealthPanel, qualityName } from "./health";
import { Setup } from "./setup";

afterEach(() => vi.unstubAllGlobals());

const account = (fields: Partial<ChannelAccount> = {}): ChannelAccount => ({
  id: "cha_1", channel: "whatsapp", name: "Loja", external_id: "", display: "", settings: {}, credentials: ["verify_token"], state: "draft", last_webhook_ms: 0, last_sent_ms: 0, created_ms: 1, version: 1, alarms: [],
  webhook_url: "https://prosa.example.com/webhooks/whatsapp/abc", verify_token: "vt-123", ...fields,
});

const guide: ChannelGuide = { channel: "whatsapp", links: { app: "https://apps.example.com" }, permissions: ["whatsapp_business_messaging"], fields: ["messages", "calls"], object: "whatsapp_business_account", values: ["external_id", "credentials.token", "credentials.app_secret", "settings.waba_id"] };

const health = (fields: Partial<ChannelHealth> = {}): ChannelHealth => ({
  state: "active", last_webhook_ms: 1, last_sent_ms: 1, failed_ms: 0, token_ends_ms: 0, renewed_ms: 0, findings: [], checked_ms: 0, alarms: [], pauses: [], waiting: 0, waiting_since_ms: 0, usual_gap_ms: 0, hours: [], news: [], ...fields,
});

const me = { user: { id: "usr_1", email: "a@example.com", name: "Ana", locale: "pt-BR", operator: false }, session_id: "s", company: { id: "ten_1", name: "Aurora" }, role: "admin", permissions: ["channel.read", "channel.manage"], companies: [], features: { demo: false }, must_enrol: false } as unknown as Me;

async function show(node: ReactNode, answers: Record<string, unknown>, language: "pt-BR" | "en" = "pt-BR") {
  const calls: { call: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const call = `${request.method} ${new URL(request.url).pathname.replace("/api/v1", "")}`;
    const text = request.method === "GET" ? "" : await request.clone().text();
    calls.push({ call, body: text === "" ? undefined : JSON.parse(text) });
    const answer = call === "GET /session" ? me : answers[call];
    if (answer === "down") throw new TypeError("no network");
    const refused = typeof answer === "object" && answer !== null && "code" in answer;
    return new Response(JSON.stringify(answer ?? { code: "not_found" }), { status: answer === undefined ? 404 : refused ? 409 : 200, headers: { "Content-Type": answer === undefined || refused ? "application/problem+json" : "application/json" } });
  });
  const drawn = await draw(<SignedProvider initial={me} onRevoked={() => undefined}>{node}</SignedProvider>, { language, client: new QueryClient({ defaultOptions: { queries: { retry: false } } }) });
  return { ...drawn, calls, user: userEvent.setup() };
}

test("a draft is filled in, checked by its platform and proven", async () => {
  const saved = account({ external_id: "109", credentials: ["token", "verify_token"] });
  const { user, calls, container } = await show(<Setup account={account({ external_id: "109" })} onDone={() => undefined} />, {
    "GET /channel-guides/whatsapp": guide, "GET /bots": { items: [] }, "PATCH /channels/cha_1": saved,
    "POST /channels/cha_1/check": { ok: false, findings: [{ point: "token", state: "bad", text: "expired" }] },
    "POST /channels/cha_1/connect": { code: "refused", reason: "another_account", field: "credentials.token", detail: "the token is of another number" },
  });
  await screen.findByText("Cole os dados aqui");
  expect(screen.getByDisplayValue("vt-123")).toBeTruthy();
  expect(screen.getByText("calls")).toBeTruthy();
  await user.type(screen.getByLabelText("Token de acesso"), "secret-token");
  await user.tab();
  await screen.findByText(/Gere um token novo na plataforma/);
  expect(calls.find((each) => each.call === "PATCH /channels/cha_1")?.body).toEqual({ credentials: { token: "secret-token" } });
  await user.click(screen.getByRole("button", { name: "Conectar" }));
  await waitFor(() => expect(calls.some((each) => each.call === "POST /channels/cha_1/connect")).toBe(true));
  await barrierFree(container);
});

test("a proven account waits for its first message and shows it", async () => {
  const answers = { "GET /channel-guides/whatsapp": guide, "GET /bots": { items: [] } };
  const { unmount } = await show(<Setup account={account({ state: "active", external_id: "109" })} onDone={() => undefined} />, answers);
  await screen.findByText(/Esperando a sua primeira mensagem/);
  unmount();
  await show(<Setup account={account({ state: "active", external_id: "109", last_webhook_ms: Date.now() })} onDone={() => undefined} />, answers);
  await screen.findByText(/Mensagem recebida/);
});

test("the health of a channel says what is wrong and what to do", async () => {
  const now = Date.now();
  const { container } = await show(<HealthPanel account={account({ state: "active" })} />, {
    "GET /channels/cha_1/health": health({
      quality: "YELLOW", hours: [{ at_ms: now - 7_200_000, heard: 4, sent: 3, failed: 1 }],
      alarms: [{ kind: "webhook", grade: "bad", facts: { why: "not subscribed", missing: "messages" }, raised_ms: now }],
      pauses: [{ level: "campaigns", subject: "cha_1", code: "131048", reason: "spam", since_ms: now, until_ms: now + 60_000, strikes: 1 }],
      findings: [{ point: "subscription", state: "bad", text: "missing" }, { point: "token", state: "ok" }],
      news: [{ id: "nws_1", kind: "quality", at_ms: now, quality: "yellow" }],
    }),
  });
  await screen.findByText("O webhook não está registrado");
  expect(screen.getByText(/not subscribed/)).toBeTruthy();
  expect(screen.getByText(/131048/)).toBeTruthy();
  // Among the facts, and in what the platform said: never its own word.
  expect(screen.getAllByText(/Média/)).toHaveLength(2);
  expect(screen.queryByText(/yellow/i)).toBeNull();
  expect(screen.getByText("4 recebidas")).toBeTruthy();
  await barrierFree(container);
});

test("health that cannot be read is said, with a way out", async () => {
  await show(<HealthPanel account={account({ state: "active" })} />, { "GET /channels/cha_1/health": "down" });
  await screen.findByRole("button", { name: /Tentar de novo/ });
});

test("a stopped channel comes back with its queue, as the person wants", async () => {
  const { user, calls } = await show(<TokenForm account={account({ state: "stopped" })} waiting={3} />, { "POST /channels/cha_1/connect": account({ state: "active" }) }, "en");
  await user.click(screen.getByLabelText("Discard those older than a day and send the others"));
  await user.click(screen.getByRole("button", { name: "Reconnect" }));
  await waitFor(() => expect(calls.find((each) => each.call === "POST /channels/cha_1/connect")?.body).toEqual({ discard: "old" }));
});

test("the banner names the channel in trouble, and only what is bad", async () => {
  const bad = account({ state: "stopped", alarms: [{ kind: "stopped", grade: "bad", facts: {}, raised_ms: 1 }] });
  const { unmount, container } = await show(<ChannelBanner />, { "GET /channels": { items: [account({ state: "active", alarms: [{ kind: "quality", grade: "warn", facts: {}, raised_ms: 1 }] }), bad] } });
  await screen.findByText(/Loja: A plataforma recusou a conexão/);
  await barrierFree(container);
  unmount();
  await show(<ChannelBanner />, { "GET /channels": { items: [account({ state: "active" })] } });
  expect(screen.queryByTestId("channel-banner")).toBeNull();
});

test("hours fall into their slots", () => {
  const now = 1_700_000_000_000;
  const hour = now - (now % 3_600_000);
  const list = slotsOf([{ at_ms: hour, heard: 1, sent: 0, failed: 0 }, { at_ms: hour - 167 * 3_600_000, heard: 2, sent: 0, failed: 0 }, { at_ms: hour - 168 * 3_600_000, heard: 9, sent: 0, failed: 0 }], now);
  expect(list.length).toBe(56);
  expect(list.at(-1)?.heard).toBe(1);
  expect(list[0]?.heard).toBe(2);
});

test("qualities have one name each", () => {
  expect(["GREEN", "high", "MEDIUM", "low", "", undefined].map(qualityName)).toEqual(["green", "green", "yellow", "red", "unknown", "unknown"]);
});
