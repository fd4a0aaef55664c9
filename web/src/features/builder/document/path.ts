/** Reads and writes a place inside a JSON value by its path ("options.0.next"); what is written leaves the rest as it was. */

export type Json = unknown;

const isIndex = (step: string) => /^\d+$/.test(step);

export function at(value: Json, path: string): Json {
  let here = value;
  for (const step of path.split(".")) {
    if (typeof here !== "object" || here === null) return undefined;
    here = (here as Record<string, Json>)[step];
  }
  return here;
}

/** A copy with the place changed; undefined takes the field away, and what it leaves empty above it. */
export function put<T>(value: T, path: string, next: Json): T {
  const [head = "", ...rest] = path.split(".");
  const below = rest.join(".");
  const whole: Json = value ?? (isIndex(head) ? [] : {});
  if (Array.isArray(whole)) {
    const copy = [...(whole as Json[])];
    const index = Number(head);
    if (rest.length === 0 && next === undefined) copy.splice(index, 1);
    else copy[index] = rest.length === 0 ? next : put(copy[index], below, next);
    return copy as T;
  }
  const copy: Record<string, Json> = { ...(whole as Record<string, Json>) };
  const placed = rest.length === 0 ? next : put(copy[head], below, next);
  if (placed === undefined || (next === undefined && isHollow(placed))) return Object.fromEntries(Object.entries(copy).filter(([name]) => name !== head)) as T;
  copy[head] = placed;
  return copy as T;
}

function isHollow(value: Json): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0;
}

/** The same list with one item at another place. */
export function reordered<T>(list: readonly T[], from: number, to: number): T[] {
  const copy = [...list];
  const [moved] = copy.splice(from, 1);
  if (moved !== undefined) copy.splice(Math.max(0, Math.min(copy.length, to)), 0, moved);
  return copy;
}
