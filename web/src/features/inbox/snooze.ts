import { hourMs } from "@/ui/format";

export interface SnoozeTime {
  name: "hour" | "threeHours" | "tomorrow" | "monday";
  ms: number;
}

const morning = 9;

/** The usual times to be reminded, in the browser's zone; all lie ahead. */
export function snoozeTimes(now: number): SnoozeTime[] {
  const at = (days: number): number => {
    const date = new Date(now);
    date.setDate(date.getDate() + days);
    date.setHours(morning, 0, 0, 0);
    return date.getTime();
  };
  const weekday = new Date(now).getDay();
  const toMonday = ((8 - weekday) % 7) || 7;
  const times: SnoozeTime[] = [
    { name: "hour", ms: now + hourMs },
    { name: "threeHours", ms: now + 3 * hourMs },
    { name: "tomorrow", ms: at(1) },
  ];
  if (toMonday > 1) times.push({ name: "monday", ms: at(toMonday) });
  return times;
}
