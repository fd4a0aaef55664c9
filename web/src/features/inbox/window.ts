import { spanText } from "@/ui/format";
import { useNow } from "@/ui/time";
import type { Conversation } from "@/api/types";

export interface Window {
  /** none: this channel has no window; soon: under two hours left. */
  state: "none" | "open" | "soon" | "closed";
  left: string;
}

const soonMs = 2 * 3600_000;

/** The reply window as the page shows it; the server decides again when a message is sent. */
export function windowOf(conversation: Pick<Conversation, "window_ends_ms">, now: number): Window {
  const ends = conversation.window_ends_ms;
  if (ends === 0) return { state: "none", left: "" };
  if (ends <= now) return { state: "closed", left: "" };
  return { state: ends - now < soonMs ? "soon" : "open", left: spanText(ends - now) };
}

export function useWindow(conversation: Pick<Conversation, "window_ends_ms">): Window {
  return windowOf(conversation, useNow());
}
