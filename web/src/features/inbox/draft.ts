import { useCallback, useEffect, useRef, useState } from "react";
import { api } from "@/api";

const saveMs = 1500;
const name = (conversationId: string) => `prosa-draft.${conversationId}`;

function kept(conversationId: string): string {
  try {
    return localStorage.getItem(name(conversationId)) ?? "";
  } catch {
    return ""; // storage is blocked
  }
}

function keep(conversationId: string, text: string): void {
  try {
    if (text === "") localStorage.removeItem(name(conversationId));
    else localStorage.setItem(name(conversationId), text);
  } catch {
    // full or blocked: the server's copy remains
  }
}

/** The unsent text of a conversation: at once in this browser, a moment later on the server, for the next device. */
export function useDraft(conversationId: string): [string, (text: string) => void] {
  const [text, setText] = useState(() => kept(conversationId));
  const touched = useRef(text !== "");
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const unsaved = useRef<string | null>(null);

  const save = useCallback(() => {
    clearTimeout(timer.current);
    const value = unsaved.current;
    if (value === null) return;
    unsaved.current = null;
    // A draft that the server did not take is still in this browser.
    api.conversations.saveDraft(conversationId, value).catch(() => undefined);
  }, [conversationId]);

  useEffect(() => {
    let live = true;
    if (!touched.current) {
      api.conversations.draft(conversationId).then(
        (draft) => {
          if (live && !touched.current && draft.text !== "") setText(draft.text);
        },
        () => undefined, // none, or no network: an empty field is right
      );
    }
    window.addEventListener("pagehide", save);
    return () => {
      live = false;
      window.removeEventListener("pagehide", save);
      save();
    };
  }, [conversationId, save]);

  const change = useCallback(
    (value: string) => {
      touched.current = true;
      setText(value);
      keep(conversationId, value);
      unsaved.current = value;
      clearTimeout(timer.current);
      timer.current = setTimeout(save, value === "" ? 0 : saveMs);
    },
    [conversationId, save],
  );
  return [text, change];
}
