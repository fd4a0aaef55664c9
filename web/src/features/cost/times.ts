import type { TFunction } from "i18next";
import type { Environment } from "@/api/cost";

type Times = Environment["times"];

/** The hours of a schedule in the reader's language: days, clock, zone, and what else keeps it off. */
export function timesText(times: Times, t: TFunction<["cost", "common"]>, language: string): string {
  if (times.kind !== "office") return t(times.kind === "always" ? "times.always" : "times.onDemand");
  const windows = times.windows.map((window) => `${daysText(window.days, language)} ${clock(window.from_minute)}–${clock(window.to_minute)}`);
  const off = t(times.holidays_off ? (times.optional_off ? "times.bothOff" : "times.holidaysOff") : times.optional_off ? "times.optionalOff" : "times.noneOff");
  return `${windows.join("; ")} (${times.zone}). ${off}`;
}

const clock = (minute: number): string => `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;

/** Days of the week, 0 for Sunday: a run of three or more by its ends, others one by one, from Monday on. */
function daysText(days: number[], language: string): string {
  const name = new Intl.DateTimeFormat(language, { weekday: "short", timeZone: "UTC" });
  const said = (day: number): string => name.format(Date.UTC(2026, 10, 1 + day)); // the first of November 2026 was a Sunday
  const week = [1, 2, 3, 4, 5, 6, 0].filter((day) => days.includes(day));
  const first = week.at(0);
  const last = week.at(-1);
  if (first === undefined || last === undefined) return "";
  const place = (day: number): number => (day + 6) % 7;
  return week.length > 2 && place(last) - place(first) === week.length - 1 ? `${said(first)}–${said(last)}` : week.map(said).join(", ");
}
