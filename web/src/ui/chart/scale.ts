/** A scale whose marks are round numbers: 1, 2 or 5 times a power of ten, from nought (or below it) to above the most. */
export function marksOf(least: number, most: number, wanted = 4): number[] {
  const low = Math.min(0, least);
  const high = Math.max(0, most);
  if (low === high) return [0, 1];
  const rough = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough * 0.999) ?? 10 * power;
  const first = Math.floor(low / step + 1e-9);
  const last = Math.ceil(high / step - 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
}

/** Where a value lies between the first and the last mark, in percent from below. */
export function placeOf(value: number, marks: number[]): number {
  const low = marks[0] ?? 0;
  const high = marks.at(-1) ?? 1;
  return ((value - low) / (high - low)) * 100;
}

/** Which labels are shown when only so many fit: the last always, the others at equal distances. */
export function shownLabels(count: number, most: number): Set<number> {
  const every = Math.max(1, Math.ceil(count / most));
  const shown = new Set<number>();
  for (let i = count - 1; i >= 0; i -= every) shown.add(i);
  return shown;
}

/** The colour of a series by its place; those behind the sixth share the quiet one. */
export function colourOf(place: number): string {
  return `var(--p-series-${place >= 0 && place < 6 ? place + 1 : 0})`;
}
