/** What the phones show, and how the simulators' events change it. Pure. */
import type { Bubble, Chat } from "./api";

export interface Thread {
  bubbles: Bubble[];
  more: boolean;
}

/** A new bubble, or a new state of one that is known. */
export function placeBubble(thread: Thread, bubble: Bubble): Thread {
  const at = thread.bubbles.findIndex((each) => each.id === bubble.id);
  if (at >= 0) return { ...thread, bubbles: thread.bubbles.with(at, bubble) };
  const behind = thread.bubbles.findLastIndex((each) => each.at <= bubble.at);
  return { ...thread, bubbles: thread.bubbles.toSpliced(behind + 1, 0, bubble) };
}

/** Older bubbles in front; one that an event told meanwhile stays as it is. */
export function placeOlder(thread: Thread, older: Thread): Thread {
  const known = new Set(thread.bubbles.map((bubble) => bubble.id));
  return { bubbles: [...older.bubbles.filter((bubble) => !known.has(bubble.id)), ...thread.bubbles], more: older.more };
}

/** The chats of a phone, the one that spoke last first. */
export function placeChat(chats: Chat[], chat: Chat): Chat[] {
  const rest = chats.filter((each) => each.id !== chat.id);
  return [...rest, chat].sort((a, b) => (b.last?.at ?? 0) - (a.last?.at ?? 0));
}

/** Bubbles that are drawn: the press of an inline button is a note, a reaction hangs at its bubble. A bill shows how far its order is. */
export function drawn(bubbles: Bubble[]): Bubble[] {
  const far = new Map(bubbles.flatMap((bubble) => (bubble.kind === "order_status" && bubble.payment?.status ? [[bubble.payment.reference, bubble.payment.status]] : [])));
  return bubbles
    .filter((bubble) => !["reaction", "edit", "revoke"].includes(bubble.kind))
    .map((bubble) => {
      const status = bubble.kind === "order_details" && bubble.payment !== undefined ? far.get(bubble.payment.reference) : undefined;
      return status === undefined || bubble.payment === undefined ? bubble : { ...bubble, payment: { ...bubble.payment, status } };
    });
}
