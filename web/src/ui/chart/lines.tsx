import { useState } from "react";
import { ChartTable } from "./table";
import { Scale, type Say } from "./columns";
import { colourOf, marksOf, placeOf } from "./scale";
import classes from "./chart.module.css";

export interface Point {
  key: string;
  /** In full: what is told of the point. */
  title: string;
}

export interface Line {
  key: string;
  label: string;
  /** One a point; null where nothing is known. */
  values: (number | null)[];
  dashed?: boolean;
  /** From below to above, one a point, where the value is likely to lie. */
  band?: ([number, number] | null)[];
}

/** Lines over time. What is pointed at is told below them; a table says all of it to readers. */
export function Lines({ title, corner, points, lines, say, height = 200 }: { title: string; corner: string; points: Point[]; lines: Line[]; say: Say; height?: number }) {
  const [here, setHere] = useState<number | null>(null);
  const known = lines.flatMap((line) => [...line.values, ...(line.band ?? []).flatMap((pair) => pair ?? [])]).filter((value) => value !== null);
  const marks = marksOf(Math.min(0, ...known), Math.max(0, ...known));
  const last = Math.max(1, points.length - 1);
  const at = here ?? points.length - 1;
  const point = points[at];
  const y = (value: number) => 100 - placeOf(value, marks);
  return (
    <figure className={classes.figure}>
      <div className={classes.plot} aria-hidden="true" style={{ ["--chart-height" as string]: `${height}px` }}>
        <Scale marks={marks} say={say} />
        <div
          className={classes.area}
          onPointerMove={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            setHere(Math.min(points.length - 1, Math.max(0, Math.round(((event.clientX - box.left) / Math.max(1, box.width)) * last))));
          }}
          onPointerLeave={() => setHere(null)}
        >
          {marks.map((mark) => (
            <div key={mark} className={classes.rule} style={{ bottom: `${placeOf(mark, marks)}%` }} />
          ))}
          <svg className={classes.svg} viewBox={`0 0 ${last} 100`} preserveAspectRatio="none">
            {lines.map((line, place) => (
              <g key={line.key}>
                {line.band !== undefined && <path className={classes.band} d={bandPath(line.band, y)} style={{ fill: colourOf(place) }} />}
                <path className={classes.line} data-dashed={line.dashed || undefined} d={linePath(line.values, y)} style={{ stroke: colourOf(place) }} />
              </g>
            ))}
          </svg>
          {here !== null && <div className={classes.cursor} style={{ left: `${(here / last) * 100}%` }} />}
        </div>
        <div className={classes.labels} data-ends>
          <span>{points[0]?.title}</span>
          <span>{points.length > 1 ? points.at(-1)?.title : ""}</span>
        </div>
      </div>
      {point !== undefined && (
        <figcaption className={classes.under} aria-hidden="true">
          <span className={classes.where}>{point.title}</span>
          {lines.map((line, place) => {
            const value = line.values[at] ?? null;
            return (
              <span key={line.key} className={classes.key} style={{ ["--key" as string]: colourOf(place) }}>
                {line.label} <strong>{value === null ? "–" : say(value, false)}</strong>
              </span>
            );
          })}
        </figcaption>
      )}
      <ChartTable
        title={title}
        corner={corner}
        heads={lines.map((line) => line.label)}
        rows={points.map((each, i) => ({
          key: each.key,
          head: each.title,
          cells: lines.map((line) => {
            const value = line.values[i] ?? null;
            return value === null ? "–" : say(value, false);
          }),
        }))}
      />
    </figure>
  );
}

/** A path through what is known: a gap parts it. */
export function linePath(values: (number | null)[], y: (value: number) => number): string {
  let drawing = false;
  return values
    .map((value, i) => {
      if (value === null) {
        drawing = false;
        return "";
      }
      const part = `${drawing ? "L" : "M"}${i} ${y(value).toFixed(2)}`;
      drawing = true;
      return part;
    })
    .join("");
}

function bandPath(band: ([number, number] | null)[], y: (value: number) => number): string {
  const known = band.map((pair, i) => ({ pair, i })).filter((each): each is { pair: [number, number]; i: number } => each.pair !== null);
  if (known.length === 0) return "";
  const above = known.map(({ pair, i }) => `${i} ${y(pair[1]).toFixed(2)}`);
  const below = known.map(({ pair, i }) => `${i} ${y(pair[0]).toFixed(2)}`).reverse();
  return `M${[...above, ...below].join("L")}Z`;
}
