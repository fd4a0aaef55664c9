import { MantineProvider } from "@mantine/core";
import { fireEvent, render, screen, within } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { StackedColumns } from "./columns";
import { Lines, linePath } from "./lines";
import { colourOf, marksOf, placeOf, shownLabels } from "./scale";

const say = (value: number, short: boolean) => (short ? `~${value}` : `R$ ${value}`);

describe("a scale", () => {
  it.each([
    [0, 0, [0, 1]],
    [0, 10, [0, 5, 10]],
    [0, 37, [0, 10, 20, 30, 40]],
    [-3, 9, [-5, 0, 5, 10]],
    [0, 0.03, [0, 0.01, 0.02, 0.03]],
    [0, 1_234_567, [0, 500_000, 1_000_000, 1_500_000]],
  ])("from %d to %d has round marks", (least, most, want) => {
    const marks = marksOf(least, most);
    expect(marks.map((mark) => Number(mark.toPrecision(6)))).toEqual(want);
    expect(placeOf(marks[0] ?? NaN, marks)).toBe(0);
    expect(placeOf(marks.at(-1) ?? NaN, marks)).toBeCloseTo(100);
  });

  it("shows the last label and as many others as fit", () => {
    expect([...shownLabels(12, 4)]).toEqual([11, 8, 5, 2]);
    expect(shownLabels(3, 9).size).toBe(3);
  });

  it("has a colour for each of six, and a quiet one", () => {
    expect(new Set([0, 1, 2, 3, 4, 5, 6, 7].map(colourOf)).size).toBe(7);
  });
});

describe("columns", () => {
  const draw = () =>
    render(
      <MantineProvider>
        <StackedColumns
          title="Costs"
          corner="Month"
          series={[
            { key: "a", label: "Massivo" },
            { key: "b", label: "Enterprise" },
          ]}
          columns={[
            { key: "1", label: "Oct", title: "October", values: { a: 1, b: 2 } },
            { key: "2", label: "Nov", title: "November", values: { a: 3, b: -1 } },
          ]}
          say={say}
        />
      </MantineProvider>,
    );

  it("say everything in a table, also what is below nought", () => {
    draw();
    const rows = within(screen.getByRole("table", { name: "Costs" })).getAllByRole("row");
    expect(rows.map((row) => row.textContent)).toEqual(["MonthMassivoEnterprise", "OctoberR$ 1R$ 2", "NovemberR$ 3R$ -1"]);
  });

  it("tell the last, and then what is pointed at", () => {
    const { container } = draw();
    const told = () => container.querySelector("figcaption")?.textContent;
    expect(told()).toContain("November");
    const first = container.querySelectorAll("[class*=column]:not([class*=columns])")[0];
    if (first === undefined) throw new Error("no column");
    fireEvent.pointerEnter(first);
    expect(told()).toBe("OctoberMassivo R$ 1Enterprise R$ 2");
  });
});

describe("lines", () => {
  it("are parted by what is not known", () => {
    expect(linePath([1, 2, null, 4], (value) => value)).toBe("M0 1.00L1 2.00M3 4.00");
    expect(linePath([], (value) => value)).toBe("");
  });

  it("say everything in a table", () => {
    render(
      <MantineProvider>
        <Lines
          title="Forecast"
          corner="Day"
          points={[
            { key: "1", title: "1 Nov" },
            { key: "2", title: "2 Nov" },
          ]}
          lines={[
            { key: "real", label: "Spent", values: [5, null] },
            { key: "soon", label: "Expected", values: [null, 6], dashed: true, band: [null, [4, 8]] },
          ]}
          say={say}
        />
      </MantineProvider>,
    );
    const rows = within(screen.getByRole("table", { name: "Forecast" })).getAllByRole("row");
    expect(rows.map((row) => row.textContent)).toEqual(["DaySpentExpected", "1 NovR$ 5–", "2 Nov–R$ 6"]);
  });
});
