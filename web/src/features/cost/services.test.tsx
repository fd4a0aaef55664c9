import { screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import { barrierFree, operatorPage } from "@/test/operator";
import { ServicesView } from "./services";

afterEach(() => vi.unstubAllGlobals());

describe("services of bills that have come so far and so far", () => {
  it("say where they are held against fewer days than the column's head", async () => {
    const service = (name: string, days: number) => ({ category: "Compute", service: name, currency: "USD", cost: "30", before: "20", change: "10", change_bp: 5000, days });
    const { container } = await operatorPage(<ServicesView find={{ month: 202611, line: "", environment: "", currency: "", cost: "effective" }} choose={() => undefined} />, {
      "GET /operator/costs/services": { items: [service("Atlas", 10), service("Fargate", 22)] },
      "GET /operator/costs/idle": { items: [] },
      "GET /operator/costs/resources": { items: [] },
    });
    expect((await screen.findByText("Atlas")).closest("tr")?.textContent).toContain("Mês anterior, primeiros 10 dias");
    expect(screen.getByText("Fargate").closest("tr")?.textContent).not.toContain("primeiros");
    expect(screen.getByRole("columnheader", { name: "Mês anterior, primeiros 22 dias" })).toBeTruthy();
    await barrierFree(container);
  });
});
