/** What was, what is, and what was taken back; as long as the page is open. */
export interface History<T> {
  readonly past: readonly T[];
  readonly present: T;
  readonly future: readonly T[];
  /** Changes of one group that follow closely are one step back: typing in a field, dragging a node. */
  readonly group: string;
  readonly atMs: number;
}

/** How long a pause ends a group. */
export const groupMs = 1500;

export function begin<T>(present: T): History<T> {
  return { past: [], present, future: [], group: "", atMs: 0 };
}

export function record<T>(history: History<T>, next: T, group = "", atMs = 0): History<T> {
  if (next === history.present) return history;
  const goesOn = group !== "" && group === history.group && atMs - history.atMs < groupMs && history.past.length > 0;
  return { past: goesOn ? history.past : [...history.past, history.present], present: next, future: [], group, atMs };
}

export function undo<T>(history: History<T>): History<T> {
  const before = history.past.at(-1);
  if (before === undefined) return history;
  return { past: history.past.slice(0, -1), present: before, future: [history.present, ...history.future], group: "", atMs: 0 };
}

export function redo<T>(history: History<T>): History<T> {
  const [next, ...future] = history.future;
  if (next === undefined) return history;
  return { past: [...history.past, history.present], present: next, future, group: "", atMs: 0 };
}
