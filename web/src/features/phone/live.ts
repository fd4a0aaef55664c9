import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { phoneApi, type Bubble, type Chat } from "./api";
import { placeBubble, placeChat, type Thread } from "./state";

export const phonesKey = ["phone", "phones"] as const;
export const chatsKey = (phone: string) => ["phone", "chats", phone] as const;
export const threadKey = (chat: string) => ["phone", "thread", chat] as const;

/** Follows every phone. Gives the chats in which the business is typing right now. */
export function usePhoneEvents(): ReadonlySet<string> {
  const client = useQueryClient();
  const [typing, setTyping] = useState<ReadonlySet<string>>(new Set());
  useEffect(() => {
    const timers = new Map<string, ReturnType<typeof setTimeout>>();
    const source = new EventSource(phoneApi.eventsUrl);
    const on = <T>(type: string, then: (data: T) => void) =>
      source.addEventListener(type, (event: MessageEvent<string>) => {
        try {
          then(JSON.parse(event.data) as T);
        } catch (error) {
          console.error(error); // a broken line must not stop the others
        }
      });
    const stop = (chat: string) => {
      clearTimeout(timers.get(chat));
      timers.delete(chat);
      setTyping((all) => (all.has(chat) ? new Set([...all].filter((each) => each !== chat)) : all));
    };
    let broken = false;
    source.addEventListener("error", () => (broken = true));
    on("hello", () => {
      if (broken) void client.invalidateQueries({ queryKey: ["phone"] });
      broken = false;
    });
    on<{ chat: string; phone: string; bubble: Bubble }>("bubble", ({ chat, phone, bubble }) => {
      client.setQueryData<Thread>(threadKey(chat), (thread) => (thread === undefined ? thread : placeBubble(thread, bubble)));
      client.setQueryData<Chat[]>(chatsKey(phone), (chats) => {
        const known = chats?.find((each) => each.id === chat);
        if (chats === undefined || known === undefined) return chats;
        const newer = known.last === undefined || bubble.at >= known.last.at;
        return newer ? placeChat(chats, { ...known, last: bubble }) : chats;
      });
      if (bubble.dir === "theirs") stop(chat);
    });
    on<{ chat: Chat; phone: string }>("chat", ({ chat, phone }) => {
      client.setQueryData<Chat[]>(chatsKey(phone), (chats) => (chats === undefined ? chats : placeChat(chats, chat)));
    });
    on<{ chat: string; typing: boolean; until: number }>("typing", ({ chat, typing: now, until }) => {
      stop(chat);
      if (!now) return;
      timers.set(chat, setTimeout(() => stop(chat), Math.min(30_000, Math.max(500, until - Date.now()))));
      setTyping((all) => new Set([...all, chat]));
    });
    on("phones", () => void client.invalidateQueries({ queryKey: ["phone"] }));
    on("resync", () => void client.invalidateQueries({ queryKey: ["phone"] }));
    return () => {
      source.close();
      timers.forEach((timer) => clearTimeout(timer));
    };
  }, [client]);
  return typing;
}
