import { fireEvent, screen, waitFor } from "@testing-library/react";
import { useState } from "react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { PlacedEntry } from "@/api/operator";
import { barrierFree, operatorPage } from "@/test/operator";
import AuditPage, { AuditView } from "./audit";

afterEach(() => vi.unstubAllGlobals());

/** The page with what it looks for, which in the product the address holds. */
function Searching() {
  const [find, setFind] = useState({});
  return <AuditView find={find} choose={(field, value) => setFind((old) => ({ ...old, [field]: value }))} />;
}

const entry = (fields: Partial<PlacedEntry> = {}): PlacedEntry => ({
  id: "aud_1", at_ms: 1, actor_kind: "operator", actor_id: "usr_op", actor_name: "Olga", action: "company.state_changed", target: "ten_1", facts: { reason: "pagou" }, ip: "10.0.0.1", company_id: "ten_1", ...fields,
});

describe("the log of everything", () => {
  it("tells who did what where, in words where there are some", async () => {
    const { container } = await operatorPage(<AuditPage />, { "GET /operator/audit": { items: [entry(), entry({ id: "aud_2", company_id: "", actor_id: "", actor_name: "", actor_kind: "system", action: "thing.unheard_of", facts: {}, target: "thg_1" })] } });
    expect(await screen.findByText("Mudou a situação da empresa")).toBeTruthy();
    expect(screen.getByRole("link", { name: "ten_1" }).getAttribute("href")).toBe("/operator/companies/ten_1");
    expect(screen.getByRole("link", { name: "Olga" }).getAttribute("href")).toContain("actor=usr_op");
    expect(screen.getByText("motivo: pagou")).toBeTruthy();
    expect(screen.getByText("thing.unheard_of")).toBeTruthy();
    expect(screen.getByText("Sistema")).toBeTruthy();
    expect(screen.getByText("Plataforma")).toBeTruthy();
    await barrierFree(container);
  });

  it("asks the server for what was chosen", async () => {
    const { calls, user } = await operatorPage(<Searching />, { "GET /operator/audit": { items: [] } });
    expect(await screen.findByText("Nada registrado ainda")).toBeTruthy();
    await user.type(screen.getByRole("searchbox", { name: "Id da empresa" }), "ten_9");
    await waitFor(() => expect(calls.some((each) => each.search.includes("company=ten_9"))).toBe(true));
    expect(await screen.findByText("Nada encontrado")).toBeTruthy();
    fireEvent.change(screen.getByLabelText("Até"), { target: { value: "2026-11-23" } });
    const end = new Date(2026, 10, 24).getTime() - 1;
    await waitFor(() => expect(calls.some((each) => each.search.includes("company=ten_9") && each.search.includes(`to_ms=${end}`))).toBe(true));
  });

  it("says that the server is away", async () => {
    await operatorPage(<AuditPage />, { "GET /operator/audit": "down" });
    expect(await screen.findByRole("button", { name: "Tentar de novo" })).toBeTruthy();
  });
});
