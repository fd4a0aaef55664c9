import { useQueryClient } from "@tanstack/react-query";
import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useState, useSyncExternalStore, type ReactNode } from "react";
import { api } from "@/api";
import { useMe } from "@/api/session";
import { applyMessage, useInboxEvents, type Typist } from "./live";
import { Outbox, type Entry } from "./outbox";

interface Inbox {
  outbox: Outbox;
  /** Colleagues who are writing right now, anywhere in the company. */
  typists: Typist[];
}

const InboxContext = createContext<Inbox | null>(null);

function send(entry: Entry) {
  if (entry.kind === "note") return api.conversations.note(entry.conversationId, entry.key, entry.text);
  return api.conversations.reply(entry.conversationId, entry.key, {
    ...(entry.text === "" ? {} : { text: entry.text }),
    ...(entry.upload === undefined ? {} : { media: { upload: entry.upload.id, ...(entry.voice ? { voice: true } : {}) } }),
    ...(entry.quoteId === undefined ? {} : { quote_id: entry.quoteId }),
  });
}

/** The server forgets that somebody types after 15 s; so do we. */
const typingMs = 15_000;

export function InboxProvider({ children }: { children: ReactNode }) {
  const { me } = useMe();
  const client = useQueryClient();
  const userId = me.user.id;
  const [outbox, setOutbox] = useState<Outbox | null>(null);
  useEffect(() => {
    const opened = new Outbox(userId, send, (_entry, message) => applyMessage(client, message));
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the outbox runs as long as the effect, not as a render
    setOutbox(opened);
    return () => opened.stop();
  }, [userId, client]);

  const [typists, setTypists] = useState<Typist[]>([]);
  const timers = useRef(new Map<string, ReturnType<typeof setTimeout>>());
  useEffect(() => {
    const running = timers.current;
    return () => running.forEach((timer) => clearTimeout(timer));
  }, []);
  const onTyping = useCallback((typist: Typist, typing: boolean) => {
    const id = `${typist.conversationId} ${typist.userId}`;
    const others = (all: Typist[]) => all.filter((each) => `${each.conversationId} ${each.userId}` !== id);
    clearTimeout(timers.current.get(id));
    timers.current.delete(id);
    if (typing) timers.current.set(id, setTimeout(() => setTypists(others), typingMs));
    setTypists((all) => (typing ? [...others(all), typist] : others(all)));
  }, []);
  const onConfirmed = useCallback((key: string) => outbox?.confirmed(key), [outbox]);
  useInboxEvents({ onConfirmed, onTyping });

  const value = useMemo(() => (outbox === null ? null : { outbox, typists }), [outbox, typists]);
  if (value === null) return null;
  return <InboxContext.Provider value={value}>{children}</InboxContext.Provider>;
}

export function useInbox(): Inbox {
  const inbox = useContext(InboxContext);
  if (inbox === null) throw new Error("useInbox outside of InboxProvider");
  return inbox;
}

/** What this conversation still has in the outbox. */
export function useEntries(conversationId: string): Entry[] {
  const { outbox } = useInbox();
  const all = useSyncExternalStore(outbox.watch, outbox.read);
  return useMemo(() => all.filter((entry) => entry.conversationId === conversationId), [all, conversationId]);
}
