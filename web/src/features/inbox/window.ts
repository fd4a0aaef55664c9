import { spanText } from "@/ui/format";
import { useNow } from "@/ui/time";
import type { Conversation } from "@/api/types";

export interface Window {
  /** none: this channel has no window; soon: under two hours left; late: only what a person writes may still leave. */
  state: "none" | "open" | "soon" | "late" | "closed";
  left: string;
}

type Windowed = Pick<Conversation, "window_ends_ms"> & Partial<Pick<Conversation, "late_ends_ms">>;

const soonMs = 2 * 3600_000;

/** The reply window as the page shows it; the server decides again when a message is sent. */
export function windowOf(conversation: Windowed, now: number): Window {
  const ends = conversation.window_ends_ms;
  const late = conversation.late_ends_ms ?? 0;
  if (ends === 0) return { state: "none", left: "" };
  if (ends <= now) return late > now ? { state: "late", left: spanText(late - now) } : { state: "closed", left: "" };
  return { state: ends - now < soonMs ? "soon" : "open", left: spanText(ends - now) };
}

export function useWindow(conversation: Windowed): Window {
  return windowOf(conversation, useNow());
}
