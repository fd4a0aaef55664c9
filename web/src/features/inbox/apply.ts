/**
 * How live events change what is on the page. Pure functions over the caches: every row and message carries a version
 * that grows, so an event that comes late or twice loses.
 */
import type { InfiniteData } from "@tanstack/react-query";
import type { Conversation, Message, Page, Row, Thread, View } from "@/api/types";

/** A row of the list. counted is the last inbound message that unread has counted. */
export interface ListRow extends Row {
  counted?: number;
}

export type ListData = InfiniteData<Page<ListRow>, unknown>;
export type ThreadData = InfiniteData<Thread, unknown>;

/** Whether a conversation belongs to a view, as the server decides it. */
export function fits(conversation: Conversation, view: View, userId: string): boolean {
  switch (view) {
    case "all":
      return true;
    case "mine":
      return conversation.owner_kind === "human" && conversation.owner_id === userId && conversation.state !== "resolved";
    case "queue":
      return conversation.state === "queued";
    default:
      return conversation.state === view;
  }
}

/** The newer of a row and what an event says of it. */
export function mergeRow(row: ListRow | undefined, conversation: Conversation): ListRow {
  if (row === undefined) return { ...conversation, unread: 0, counted: conversation.last_in_seq };
  if (conversation.version <= row.version) return row;
  return { ...row, ...conversation, unread: row.unread, counted: row.counted ?? row.last_in_seq };
}

/** What counts as unread: words of the platform about the customer wake nobody. */
export function counts(message: Message): boolean {
  return message.direction === "in" && message.kind !== "system" && message.kind !== "consent";
}

/** Counts an inbound message once, in whatever order its events come. */
export function countUnread(row: ListRow, message: Message): ListRow {
  if (!counts(message)) return row;
  const counted = row.counted ?? row.last_in_seq;
  if (message.seq <= counted) return row;
  return { ...row, counted: message.seq, unread: row.unread + 1 };
}

/**
 * Newest first, but in the queue whoever has waited longest; the id decides between equals, as it does on the server.
 */
function before(a: Row, b: Row, view: View): boolean {
  if (view === "queue") {
    const [waitA, waitB] = [a.waiting_since_ms || Number.MAX_SAFE_INTEGER, b.waiting_since_ms || Number.MAX_SAFE_INTEGER];
    return waitA !== waitB ? waitA < waitB : a.id < b.id;
  }
  return a.last_ms !== b.last_ms ? a.last_ms > b.last_ms : a.id > b.id;
}

export function findRow(data: ListData | undefined, id: string): ListRow | undefined {
  for (const page of data?.pages ?? []) {
    const row = page.items.find((item) => item.id === id);
    if (row !== undefined) return row;
  }
  return undefined;
}

/**
 * Puts a row where it belongs in a list, or takes it out when it left the view. A row that would stand behind the last
 * one loaded is left to paging.
 */
export function placeRow(data: ListData, row: ListRow, belongs: boolean, view: View = "all"): ListData {
  const known = findRow(data, row.id);
  if (known === row && belongs) return data;
  if (known === undefined && !belongs) return data;
  const pages = data.pages.map((page) =>
    page.items.some((item) => item.id === row.id) ? { ...page, items: page.items.filter((item) => item.id !== row.id) } : page,
  );
  if (!belongs) return { ...data, pages };
  for (const [i, page] of pages.entries()) {
    const at = page.items.findIndex((item) => before(row, item, view));
    if (at >= 0) {
      pages[i] = { ...page, items: page.items.toSpliced(at, 0, row) };
      return { ...data, pages };
    }
  }
  const last = pages.at(-1);
  if (last === undefined) return data;
  if (last.next === undefined) pages[pages.length - 1] = { ...last, items: [...last.items, row] };
  return { ...data, pages };
}

/** Rows read from the server, but never older than what an event has told meanwhile. */
export function freshPage(page: Page<ListRow>, known: ListData | undefined): Page<ListRow> {
  if (known === undefined) return page;
  const items = page.items.map((row) => {
    const mine = findRow(known, row.id);
    return mine !== undefined && mine.version > row.version ? mine : row;
  });
  return { ...page, items };
}

/** What I read, here or in another tab. */
export function readUpTo(row: ListRow, seq: number): ListRow {
  return row.unread === 0 || seq < (row.counted ?? row.last_in_seq) ? row : { ...row, unread: 0 };
}

/** All messages of a thread that are loaded, oldest first. pages[0] is the newest page. */
export function flatten(data: ThreadData | undefined): Message[] {
  if (data === undefined) return [];
  return data.pages.toReversed().flatMap((page) => page.items);
}

export function newestSeq(data: ThreadData | undefined): number {
  return data?.pages[0]?.items.at(-1)?.seq ?? 0;
}

/** Applies a message to a loaded thread. gap says that messages between are missing and must be fetched. */
export function placeMessage(data: ThreadData, message: Message): { data: ThreadData; gap: boolean } {
  for (const [i, page] of data.pages.entries()) {
    const at = page.items.findIndex((item) => item.id === message.id);
    const known = page.items[at];
    if (known === undefined) continue;
    if (known.version >= message.version) return { data, gap: false };
    // Events do not tell prices: what a thread told stays.
    const priced = message.bill === undefined && known.bill !== undefined ? { ...message, bill: known.bill } : message;
    return { data: withPage(data, i, { ...page, items: page.items.with(at, priced) }), gap: false };
  }
  const first = data.pages[0];
  if (first === undefined) return { data, gap: false };
  const newest = first.items.at(-1)?.seq ?? 0;
  if (message.seq > newest) {
    // The first message that a page shows may have any number: the thread may begin there.
    const gap = first.items.length > 0 && message.seq > newest + 1;
    return { data: withPage(data, 0, { ...first, items: [...first.items, message] }), gap };
  }
  for (const [i, page] of data.pages.entries()) {
    const at = page.items.findIndex((item) => item.seq > message.seq);
    const start = page.items[0];
    if (start === undefined) continue;
    if (at > 0 || (at === 0 && i === data.pages.length - 1 && !page.more)) {
      return { data: withPage(data, i, { ...page, items: page.items.toSpliced(at, 0, message) }), gap: false };
    }
  }
  return { data, gap: false };
}

export function placeMessages(data: ThreadData, messages: Message[]): ThreadData {
  return messages.reduce((all, message) => {
    // A gap is being filled: insert between what stands there already.
    const first = all.pages[0];
    if (first !== undefined && !first.items.some((item) => item.id === message.id)) {
      const start = first.items[0];
      if (start === undefined || message.seq > start.seq) {
        const at = first.items.findIndex((item) => item.seq > message.seq);
        const items = at < 0 ? [...first.items, message] : first.items.toSpliced(at, 0, message);
        return withPage(all, 0, { ...first, items });
      }
    }
    return placeMessage(all, message).data;
  }, data);
}

function withPage(data: ThreadData, index: number, page: Thread): ThreadData {
  return { ...data, pages: data.pages.with(index, page) };
}

/** A page of a thread from the server, keeping what events told meanwhile: newer versions, and what came behind its end. */
export function freshThread(page: Thread, known: ThreadData | undefined, newest: boolean): Thread {
  if (known === undefined) return page;
  const mine = new Map(flatten(known).map((message) => [message.id, message]));
  const items = page.items.map((message) => {
    const kept = mine.get(message.id);
    return kept !== undefined && kept.version > message.version ? kept : message;
  });
  if (newest) {
    // The map is in the order of the thread; only what joins without a gap is kept.
    for (const message of mine.values()) if (message.seq === (items.at(-1)?.seq ?? 0) + 1) items.push(message);
  }
  return { ...page, items };
}
