import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef } from "react";
import type { LiveEvent } from "@/api/live";
import { useLiveEvents, useMe } from "@/api/session";
import type { Contact, Conversation, Message, Row } from "@/api/types";
import { countUnread, findRow, fits, mergeRow, newestSeq, placeMessage, placeRow, readUpTo, type ListData, type ListRow, type ThreadData } from "./apply";
import { contactKey, countsKey, fillGap, rowKey, threadKey, type ListFilter } from "./queries";

/** Applies a conversation to every list and to the open one. */
export function applyConversation(client: QueryClient, userId: string, conversation: Conversation, message?: Message): void {
  const step = (row: ListRow | undefined) => {
    const merged = mergeRow(row, conversation);
    // A row that we never saw counts its own message as the first unread one.
    const base = row === undefined && message !== undefined ? { ...merged, counted: message.seq - 1 } : merged;
    return message === undefined ? merged : countUnread(base, message);
  };
  for (const [key, data] of client.getQueriesData<ListData>({ queryKey: ["conversations"] })) {
    if (data === undefined) continue;
    const filter = key[1] as ListFilter;
    if (filter.q !== "") continue; // what a search finds is decided by the server
    const known = findRow(data, conversation.id);
    const row = step(known ?? knownElsewhere(client, conversation.id));
    const belongs = fits(row, filter.view, userId) && (filter.channel === "" || filter.channel === row.channel);
    client.setQueryData<ListData>(key, placeRow(data, row, belongs, filter.view));
  }
  client.setQueryData<ListRow>(rowKey(conversation.id), (row) => (row === undefined ? row : step(row)));
}

/** The unread count of a row that enters a view, when another view has it. */
function knownElsewhere(client: QueryClient, id: string): ListRow | undefined {
  const own = client.getQueryData<Row>(rowKey(id));
  if (own !== undefined) return own;
  for (const [, data] of client.getQueriesData<ListData>({ queryKey: ["conversations"] })) {
    const row = findRow(data, id);
    if (row !== undefined) return row;
  }
  return undefined;
}

export function applyMessage(client: QueryClient, message: Message): void {
  const key = threadKey(message.conversation_id);
  const data = client.getQueryData<ThreadData>(key);
  if (data === undefined) return;
  const newest = newestSeq(data);
  const placed = placeMessage(data, message);
  client.setQueryData<ThreadData>(key, placed.data);
  if (placed.gap) void fillGap(client, message.conversation_id, newest).catch(() => client.invalidateQueries({ queryKey: key }));
}

export function applyRead(client: QueryClient, id: string, seq: number): void {
  for (const [key, data] of client.getQueriesData<ListData>({ queryKey: ["conversations"] })) {
    const row = findRow(data, id);
    if (data === undefined || row === undefined) continue;
    const read = readUpTo(row, seq);
    if (read === row) continue;
    const pages = data.pages.map((page) => ({ ...page, items: page.items.map((item) => (item.id === id ? read : item)) }));
    client.setQueryData<ListData>(key, { ...data, pages });
  }
  client.setQueryData<ListRow>(rowKey(id), (row) => (row === undefined ? row : readUpTo(row, seq)));
}

export interface Typist {
  conversationId: string;
  userId: string;
  name: string;
}

interface Hooks {
  onConfirmed: (key: string) => void;
  onTyping: (typist: Typist, typing: boolean) => void;
}

/** Keeps the inbox's caches in step with the stream. Counts are asked for at most each two seconds. */
export function useInboxEvents({ onConfirmed, onTyping }: Hooks): void {
  const client = useQueryClient();
  const { me } = useMe();
  const userId = me.user.id;
  const pending = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const recount = useCallback(() => {
    pending.current ??= setTimeout(() => {
      pending.current = undefined;
      void client.invalidateQueries({ queryKey: countsKey });
    }, 2000);
  }, [client]);
  useEffect(() => () => clearTimeout(pending.current), []);
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.type !== "event") return;
        const { envelope } = event;
        if (envelope.tenant_id !== "" && envelope.tenant_id !== me.company?.id) return;
        switch (envelope.type) {
          case "message.created":
          case "message.updated": {
            const { message, conversation } = envelope.data as { message?: Message; conversation?: Conversation };
            if (message !== undefined) {
              if (message.client_key) onConfirmed(message.client_key);
              applyMessage(client, message);
            }
            if (conversation !== undefined) applyConversation(client, userId, conversation, envelope.type === "message.created" ? message : undefined);
            recount();
            return;
          }
          case "conversation.created":
          case "conversation.updated": {
            const { conversation } = envelope.data as { conversation: Conversation };
            applyConversation(client, userId, conversation);
            recount();
            return;
          }
          case "conversation.read": {
            const read = envelope.data as { conversation_id: string; user_id: string; seq: number };
            if (read.user_id === userId) applyRead(client, read.conversation_id, read.seq);
            recount();
            return;
          }
          case "conversation.typing": {
            const typing = envelope.data as { conversation_id: string; user_id: string; user_name: string; typing: boolean };
            if (typing.user_id !== userId) {
              onTyping({ conversationId: typing.conversation_id, userId: typing.user_id, name: typing.user_name }, typing.typing);
            }
            return;
          }
          case "contact.updated": {
            const { contact } = envelope.data as { contact?: Contact };
            if (contact === undefined) return;
            client.setQueryData<Contact>(contactKey(contact.id), (known) =>
              known !== undefined && known.version >= contact.version ? known : contact,
            );
            return;
          }
          case "counts.changed":
            void client.invalidateQueries({ queryKey: countsKey });
            return;
          case "member.updated":
            void client.invalidateQueries({ queryKey: ["members"] });
            return;
          case "bot.updated":
            void client.invalidateQueries({ queryKey: ["bots"] });
            return;
          case "channel.updated":
            void client.invalidateQueries({ queryKey: ["channels"] });
            return;
          case "quarantine.added":
            void client.invalidateQueries({ queryKey: ["quarantine"] });
            return;
        }
      },
      [client, userId, me.company?.id, onConfirmed, onTyping, recount],
    ),
  );
}
