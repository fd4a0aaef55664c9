import { screen } from "@testing-library/react";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { CostImport } from "@/api/cost";
import { barrierFree, operatorPage } from "@/test/operator";
import { QualityView } from "./quality";

afterEach(() => vi.unstubAllGlobals());

const bill = (no: number, source: string, twins: CostImport["twins"]): CostImport => ({ no, source, period: 202610, state: "current", rows: 1, totals: [], version: "1.2", late: false, actor: "", files: [], finished_ms: 1, started_ms: 1, from_ms: 0, to_ms: 1, replaces: 0, set: `${source}.csv`, payers: ["111"], set_hash: "", ...(twins && { twins }) });
const twin = (no: number, source: string) => ({ no, source, set: `${source}.csv`, payers: ["111", "222"] });

describe("bills that may count twice", () => {
  it("are named once for each two, also when one is of another month", async () => {
    const imports = [bill(1, "a", [twin(2, "b")]), bill(2, "b", [twin(1, "a")]), bill(5, "c", [twin(4, "weekly")])];
    const { container } = await operatorPage(<QualityView find={{ month: 202610, line: "", environment: "", currency: "", cost: "effective" }} choose={() => undefined} />, {
      "GET /operator/costs/quality": { month: 202610, shares: [], odd: [], clashes: [], strays: [], missing: [], unbilled: [], displaced: [], invoices: [], sources: [], imports },
      "GET /operator/costs/imports": { items: [] },
      "GET /operator/costs/meters": { items: [] },
    });
    expect(await screen.findByText("a (a.csv) e b (b.csv) cobram 111, 222 nos mesmos dias: o que está nas duas conta duas vezes.")).toBeTruthy();
    expect(screen.getByText(/^c \(c\.csv\) e weekly/)).toBeTruthy();
    expect(screen.getAllByText(/conta duas vezes/)).toHaveLength(2);
    await barrierFree(container);
  });
});
