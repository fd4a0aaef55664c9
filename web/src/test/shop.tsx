import { QueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { vi } from "vitest";
import { SignedProvider } from "@/api/session";
import type { Me, Permission } from "@/api/types";
import { openShop } from "./mock/shop";
import { draw } from "./render";

const everything: Permission[] = ["product.read", "product.write", "order.read", "order.write", "payment.manage"];

/** A page of the shop before the mock's shop; what was asked of it is kept in calls. */
export async function drawShop(node: ReactNode, { permissions = everything, language = "pt-BR" as "pt-BR" | "en" } = {}) {
  const shop = openShop();
  const calls: { method: string; path: string; body: Record<string, unknown>; key: string }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    const text = request.method === "GET" ? "" : await request.clone().text();
    const body = (text.startsWith("{") ? JSON.parse(text) : {}) as Record<string, unknown>;
    const path = url.pathname.replace("/api/v1", "");
    calls.push({ method: request.method, path, body, key: request.headers.get("Idempotency-Key") ?? "" });
    const said = path === "/session" ? { status: 200, value: me } : (shop.answer(request.method, path, url.searchParams, body) ?? { status: 404, value: { code: "not_found" } });
    return new Response(JSON.stringify(said.value), { status: said.status, headers: { "Content-Type": "application/json" } });
  });
  const me: Me = {
    user: { id: "usr_1", email: "bia@example.com", name: "Bia", locale: "pt-BR", operator: false, cost: false },
    session_id: "s",
    company: { id: "ten_1", name: "Aurora", slug: "aurora", line: "massivo", state: "active", locale: "pt-BR", timezone: "America/Sao_Paulo", created_ms: 1, version: 1, state_ms: 1, tax_id: "" },
    role: "admin",
    permissions,
    companies: [],
    features: { demo: false }, must_enrol: false,
  };
  const drawn = await draw(
    <SignedProvider initial={me} onRevoked={() => undefined}>
      {node}
    </SignedProvider>,
    { language, client: new QueryClient({ defaultOptions: { queries: { retry: false, staleTime: 10_000 } } }) },
  );
  return { ...drawn, shop, calls, asked: (method: string, path: string) => calls.filter((call) => call.method === method && call.path === path) };
}
