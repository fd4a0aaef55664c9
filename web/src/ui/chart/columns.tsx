import { useState } from "react";
import { useElementSize } from "@mantine/hooks";
import { ChartTable } from "./table";
import { colourOf, marksOf, placeOf, shownLabels } from "./scale";
import classes from "./chart.module.css";

export interface Series {
  key: string;
  label: string;
}

export interface Column {
  key: string;
  /** Short, below the column. */
  label: string;
  /** In full, where there is room. */
  title?: string;
  /** By the key of the series; what is not named is nought. Values below nought are drawn as nought, and told. */
  values: Record<string, number>;
}

/** A number as the chart says it: short on the scale, in full beside the name of its series. */
export type Say = (value: number, short: boolean) => string;

const heightPx = 200;
const labelPx = 44;

/** Columns of stacked series. What is pointed at is told below them; a table says all of it to readers. */
export function StackedColumns({ title, corner, series, columns, say, height = heightPx }: { title: string; corner: string; series: Series[]; columns: Column[]; say: Say; height?: number }) {
  const [here, setHere] = useState<number | null>(null);
  const { ref, width } = useElementSize();
  const sum = (column: Column) => series.reduce((all, one) => all + Math.max(0, column.values[one.key] ?? 0), 0);
  const marks = marksOf(0, Math.max(0, ...columns.map(sum)));
  const shown = shownLabels(columns.length, width === 0 ? columns.length : Math.max(1, Math.floor(width / labelPx)));
  const at = here === null ? columns.at(-1) : columns[here];
  return (
    <figure className={classes.figure}>
      <div className={classes.plot} aria-hidden="true" style={{ ["--chart-height" as string]: `${height}px` }}>
        <Scale marks={marks} say={say} />
        <div className={classes.area} ref={ref}>
          {marks.map((mark) => (
            <div key={mark} className={classes.rule} style={{ bottom: `${placeOf(mark, marks)}%` }} />
          ))}
          <div className={classes.columns} onPointerLeave={() => setHere(null)}>
            {columns.map((column, i) => (
              <div key={column.key} className={classes.column} data-here={here === i || undefined} onPointerEnter={() => setHere(i)} onPointerDown={() => setHere(i)}>
                {series.map((one, place) => {
                  const value = Math.max(0, column.values[one.key] ?? 0);
                  return value === 0 ? null : <div key={one.key} className={classes.piece} style={{ height: `${placeOf(value, marks)}%`, background: colourOf(place) }} />;
                })}
              </div>
            ))}
          </div>
        </div>
        <div className={classes.labels}>
          {columns.map((column, i) => (
            <span key={column.key}>{shown.has(i) ? column.label : ""}</span>
          ))}
        </div>
      </div>
      {at !== undefined && (
        <figcaption className={classes.under} aria-hidden="true">
          <span className={classes.where}>{at.title ?? at.label}</span>
          {series.map((one, place) => (
            <span key={one.key} className={classes.key} style={{ ["--key" as string]: colourOf(place) }}>
              {one.label} <strong>{say(at.values[one.key] ?? 0, false)}</strong>
            </span>
          ))}
        </figcaption>
      )}
      <ChartTable title={title} corner={corner} heads={series.map((one) => one.label)} rows={columns.map((column) => ({ key: column.key, head: column.title ?? column.label, cells: series.map((one) => say(column.values[one.key] ?? 0, false)) }))} />
    </figure>
  );
}

/** The numbers beside a plot. */
export function Scale({ marks, say }: { marks: number[]; say: Say }) {
  const texts = marks.map((mark) => say(mark, true));
  return (
    <div className={classes.scale}>
      <span className={classes.widest}>{texts.reduce((a, b) => (b.length > a.length ? b : a), "")}</span>
      {marks.map((mark, i) => (
        <span key={mark} style={{ bottom: `${placeOf(mark, marks)}%` }}>
          {texts[i]}
        </span>
      ))}
    </div>
  );
}
