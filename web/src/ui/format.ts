/** Times, sizes and numbers as people of each language write them. Pure: now and language come in. */

const cache = new Map<string, Intl.DateTimeFormat | Intl.RelativeTimeFormat | Intl.NumberFormat>();

function dates(language: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `d${language}${JSON.stringify(options)}`;
  const kept = cache.get(key);
  if (kept instanceof Intl.DateTimeFormat) return kept;
  const made = new Intl.DateTimeFormat(language, options);
  cache.set(key, made);
  return made;
}

function relatives(language: string): Intl.RelativeTimeFormat {
  const kept = cache.get(`r${language}`);
  if (kept instanceof Intl.RelativeTimeFormat) return kept;
  const made = new Intl.RelativeTimeFormat(language, { numeric: "auto", style: "short" });
  cache.set(`r${language}`, made);
  return made;
}

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;
export const dayMs = 24 * hourMs;

/** Midnight of the day of ms, in the browser's zone. */
export function startOfDay(ms: number): number {
  const date = new Date(ms);
  date.setHours(0, 0, 0, 0);
  return date.getTime();
}

/** Whole calendar days between two moments; a day of 23 or 25 hours counts as one. */
export function daysApart(earlier: number, later: number): number {
  return Math.round((startOfDay(later) - startOfDay(earlier)) / dayMs);
}

export function clockTime(ms: number, language: string): string {
  return dates(language, { hour: "2-digit", minute: "2-digit" }).format(ms);
}

export function exactTime(ms: number, language: string): string {
  return dates(language, { dateStyle: "full", timeStyle: "medium" }).format(ms);
}

/** A moment to agree on: "seg., 23 de nov., 09:00". */
export function momentTime(ms: number, language: string): string {
  return dates(language, { weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" }).format(ms);
}

/** "07/12/2026", "Dec 7, 2026": the month is a word where a number could be read as the day. */
export function shortDate(ms: number, language: string): string {
  return dates(language, language.startsWith("pt") ? { day: "2-digit", month: "2-digit", year: "numeric" } : { day: "numeric", month: "short", year: "numeric" }).format(ms);
}

/** "há 5 min", "yesterday", then the date. */
export function relativeTime(ms: number, now: number, language: string): string {
  const away = ms - now;
  const size = Math.abs(away);
  if (size < minuteMs) return relatives(language).format(0, "second");
  if (size < hourMs) return relatives(language).format(Math.round(away / minuteMs), "minute");
  const days = daysApart(now, ms);
  if (days === 0 || size < 12 * hourMs) return relatives(language).format(Math.round(away / hourMs), "hour");
  if (Math.abs(days) < 7) return relatives(language).format(days, "day");
  return shortDate(ms, language);
}

/** For rows of a list: the clock today, the weekday this week, else the date. */
export function listTime(ms: number, now: number, language: string): string {
  const days = daysApart(ms, now);
  if (days <= 0) return clockTime(ms, language);
  if (days === 1) return relatives(language).format(-1, "day");
  if (days < 7) return dates(language, { weekday: "short" }).format(ms);
  return dates(language, { day: "2-digit", month: "2-digit", year: "2-digit" }).format(ms);
}

/** Heading between the days of a thread. */
export function dayLabel(ms: number, now: number, language: string): string {
  const days = daysApart(ms, now);
  if (days === 0 || days === 1) return capital(relatives(language).format(-days, "day"), language);
  if (days > 0 && days < 7) return capital(dates(language, { weekday: "long" }).format(ms), language);
  return dates(language, { dateStyle: "long" }).format(ms);
}

function capital(text: string, language: string): string {
  return text.charAt(0).toLocaleUpperCase(language) + text.slice(1);
}

/** A span such as a countdown: "23 h 59 min", "4 min". At least a minute, since below that it is as good as over. */
export function spanText(ms: number): string {
  const minutes = Math.max(1, Math.floor(ms / minuteMs));
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  const rest = minutes % 60;
  if (hours < 48) return rest === 0 ? `${hours} h` : `${hours} h ${rest} min`;
  return `${Math.floor(hours / 24)} d`;
}

/** Seconds as a player shows them: 1:05. */
export function playTime(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}

export function fileSize(bytes: number, language: string): string {
  const units = ["B", "kB", "MB", "GB"];
  let value = bytes;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 100 ? 0 : 1;
  return `${new Intl.NumberFormat(language, { maximumFractionDigits: digits }).format(value)} ${units[unit]}`;
}

/** Brazilian and other numbers in a readable form; anything unknown comes back as it is. */
export function phoneText(digits: string): string {
  const plain = digits.replace(/\D/g, "");
  const brazil = /^55(\d{2})(\d{4,5})(\d{4})$/.exec(plain);
  if (brazil !== null) return `+55 ${brazil[1]} ${brazil[2]}-${brazil[3]}`;
  return plain.length >= 8 && plain === digits.replace(/^\+/, "") ? `+${plain}` : digits;
}

/** The controls of direction (Unicode UAX #9): embeddings, overrides and isolates. */
const turns = /[\u202A-\u202E\u2066-\u2069]/g;

/** A name that a stranger chose, safe within a sentence of ours: it cannot turn the words around it. */
export function unturned(name: string): string {
  return name.replace(turns, "");
}
