/** Days as a date field holds them, at the browser's place. */

/** "2026-11-23"; empty for never. */
export function dayText(ms: number): string {
  return ms === 0 ? "" : new Date(ms - new Date(ms).getTimezoneOffset() * 60_000).toISOString().slice(0, 10);
}

/** The first moment of the day that was written; 0 for none. */
export function dayStart(text: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts === null ? 0 : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3])).getTime();
}

/** The last moment of that day: what holds until a day holds on it too. 0 for none. */
export function dayEnd(text: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  return parts === null ? 0 : new Date(Number(parts[1]), Number(parts[2]) - 1, Number(parts[3]) + 1).getTime() - 1;
}
