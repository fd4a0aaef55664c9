import type { Message } from "@/api/types";

/** A place in the thread: one message, or the files of an album. */
export interface Unit {
  /** The first message: its place, sender and time stand for all. */
  message: Message;
  /** All of an album, in order; one for anything else. */
  parts: Message[];
}

/** Ours about another message: it is seen there, and stands by itself only when it failed. */
export function alters(message: Message): boolean {
  return message.direction === "out" && (message.kind === "reaction" || message.kind === "edit" || message.kind === "revoke");
}

const lost = (message: Message) => message.status === "failed" || message.status === "unknown";

/** The thread as it is shown: what only changes others is left out, files that were sent together stand together. */
export function arrange(messages: readonly Message[]): Unit[] {
  const units: Unit[] = [];
  for (const message of messages) {
    if (alters(message) && !lost(message)) continue;
    const last = units.at(-1);
    if (last !== undefined && joins(last, message)) {
      last.parts.push(message);
      continue;
    }
    units.push({ message, parts: [message] });
  }
  return units;
}

/** Pictures and films only: what is saved or heard is easier found by itself. */
const gathers: ReadonlySet<string> = new Set(["image", "video"]);

function joins(unit: Unit, message: Message): boolean {
  const album = message.content.media?.album;
  const head = unit.message;
  return (
    album !== undefined && album !== "" && gathers.has(message.kind) && gathers.has(head.kind) && head.content.media?.album === album &&
    head.direction === message.direction && head.sender_id === message.sender_id && message.deleted_ms === 0 && head.deleted_ms === 0 &&
    // What is quoted or has a reaction is a message of its own to people.
    !message.quoted_id && Object.keys(message.reactions ?? {}).length === 0 && !lost(message) && !lost(head)
  );
}
