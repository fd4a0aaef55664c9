import { useNavigate, useSearch } from "@tanstack/react-router";
import i18next from "i18next";
import { spoken } from "@/i18n";
import type { CostFind } from "@/api/cost";
import { useNow } from "@/ui/time";

/** What the pages of costs are about; it stands in the address, so that a page can be sent to somebody. */
export interface Find {
  /** yyyymm. */
  month: number;
  line: string;
  environment: string;
  currency: string;
  cost: "billed" | "effective";
}

export type Field = keyof Find;

export const lines = ["massivo", "enterprise", "shared"] as const;
export const environments = ["dev", "homolog", "prod", "shared"] as const;

/** The month of a moment, in UTC as bills are. */
export function monthOf(ms: number): number {
  const date = new Date(ms);
  return date.getUTCFullYear() * 100 + date.getUTCMonth() + 1;
}

/** So many months later, or earlier below nought. */
export function monthLater(month: number, by: number): number {
  const count = Math.floor(month / 100) * 12 + (month % 100) - 1 + by;
  return Math.floor(count / 12) * 100 + (count % 12) + 1;
}

/** The months of a span, the first and the last included. */
export function monthsBetween(from: number, to: number): number[] {
  const months: number[] = [];
  for (let month = from; month <= to; month = monthLater(month, 1)) months.push(month);
  return months;
}

const startOf = (month: number) => Date.UTC(Math.floor(month / 100), (month % 100) - 1, 1);

/** "nov. de 26" below a column, "novembro de 2026" in a sentence. */
export function monthText(month: number, long = false): string {
  return new Intl.DateTimeFormat(spoken(), { month: long ? "long" : "short", year: long ? "numeric" : "2-digit", timeZone: "UTC" }).format(startOf(month));
}

/** A day since 1970 as "22/11". */
export function dayText(day: number): string {
  return new Intl.DateTimeFormat(spoken(), { day: "2-digit", month: spoken() === "en" ? "short" : "2-digit", timeZone: "UTC" }).format(day * 86_400_000);
}

/** A date as text ("2026-11-22") in the reader's form. */
export function dateText(date: string): string {
  const ms = Date.parse(date);
  return Number.isNaN(ms) ? date : new Intl.DateTimeFormat(spoken(), { dateStyle: "medium", timeZone: "UTC" }).format(ms);
}

const isMonth = (text: string | undefined) => text !== undefined && /^\d{4}(0[1-9]|1[0-2])$/.test(text);

/** What the address says, with what it leaves out. */
export function readFind(search: Partial<Record<Field, string>>, now: number): Find {
  return {
    month: isMonth(search.month) ? Number(search.month) : monthOf(now),
    line: search.line ?? "",
    environment: search.environment ?? "",
    currency: search.currency ?? "",
    cost: search.cost === "billed" ? "billed" : "effective",
  };
}

export function useFind(): { find: Find; choose: (field: Field, value: string) => void } {
  const search: Partial<Record<Field, string>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const now = useNow();
  return {
    find: readFind(search, now),
    choose: (field, value) =>
      void navigate({ to: ".", search: (old: Record<string, unknown>) => Object.fromEntries(Object.entries({ ...old, [field]: value }).filter(([, each]) => each !== "")) as never, replace: true }),
  };
}

/** What narrows, as the API is asked. */
export function asked(find: Find, fields: Partial<CostFind> = {}): CostFind {
  const query: CostFind = { cost: find.cost, ...fields };
  if (find.line !== "") query.line = find.line;
  if (find.environment !== "") query.environment = find.environment;
  return query;
}

/** The currencies of a list, those with the most rows first; the chosen one, or the first of them where it has no row: it may have been chosen in another room. */
export function currencyOf(rows: { currency: string }[], chosen: string): { currency: string; all: string[] } {
  const counts = new Map<string, number>();
  for (const row of rows) counts.set(row.currency, (counts.get(row.currency) ?? 0) + 1);
  const all = [...counts].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([currency]) => currency);
  return { currency: all.includes(chosen) ? chosen : (all[0] ?? "BRL"), all };
}

/** "massivo · produção"; accounts that nobody mapped have no name. */
export function placeText(line: string, environment: string): string {
  const t = i18next.getFixedT(null, "cost");
  if (line === "" && environment === "") return t("unmapped");
  if (line === "shared") return t("line.shared");
  const known = (lines as readonly string[]).includes(line) ? t(`line.${line as "massivo"}`) : line;
  const where = (environments as readonly string[]).includes(environment) ? t(`environment.${environment as "dev"}`) : environment;
  return [known, where].filter((word) => word !== "").join(" · ");
}

/** Basis points as "12,5 %". */
export function shareText(bp: number): string {
  return new Intl.NumberFormat(spoken(), { style: "percent", maximumFractionDigits: 1 }).format(bp / 10_000);
}
