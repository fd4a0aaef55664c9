import { useEffect, useRef, useState, useSyncExternalStore } from "react";
import { useBlocker } from "@tanstack/react-router";
import { builder, type Checked, type Definition, type Draft } from "../contract";
import { apart } from "../document/arrange";
import type { Document } from "../document/change";
import { merged, quickCheck, type Say } from "../document/check";
import type { Editor } from "../document/editor";
import { Saver, type SaveState } from "../document/saver";

export const documentOf = (draft: Draft): Document => 
  apart({ definition: draft.definition, layout: draft.layout.nodes === undefined ? { ...draft.layout, nodes: {} } : draft.layout, tests: draft.tests });

const keptName = (bot: string) => `prosa-bot-draft.${bot}`;

export interface Kept {
  revision: number;
  document: Document;
}

/** A copy that did not reach the server before the page was left; null for none. */
export function keptOf(bot: string): Kept | null {
  try {
    const text = localStorage.getItem(keptName(bot));
    const value = text === null ? null : (JSON.parse(text) as Kept);
    return value !== null && typeof value.revision === "number" && Array.isArray(value.document?.definition?.nodes) ? value : null;
  } catch {
    return null; // storage is blocked, or holds something else
  }
}

export function keep(bot: string, copy: Kept | null): void {
  try {
    if (copy === null) localStorage.removeItem(keptName(bot));
    else localStorage.setItem(keptName(bot), JSON.stringify(copy));
  } catch {
    // full or blocked: the server's copy remains
  }
}

/** Saves the editor's document as it changes; keeps the page from being left with work that is nowhere else. */
export function useSaving(editor: Editor, draft: Draft): { saver: Saver; state: SaveState } {
  const [saver] = useState(() => new Saver({ put: (body) => builder.saveDraft(draft.bot_id, body), get: () => builder.draft(draft.bot_id), keep: (copy) => keep(draft.bot_id, copy) }, draft, editor.document));
  const state = useSyncExternalStore(saver.watch, saver.read);
  useEffect(() => {
    const stop = editor.watch(() => saver.want(editor.document));
    const leave = (event: BeforeUnloadEvent) => {
      if (!saver.dirty) return;
      void saver.flush().catch(() => undefined);
      event.preventDefault();
    };
    window.addEventListener("beforeunload", leave);
    return () => {
      stop();
      window.removeEventListener("beforeunload", leave);
      saver.stop();
    };
  }, [editor, saver]);
  return { saver, state };
}

/** Holds a way out of the page back while the draft is on its way, and asks where it does not arrive. */
export function useLeaving(saver: Saver): { status: string; proceed?: () => void; reset?: () => void } {
  const blocker = useBlocker({
    shouldBlockFn: async () => {
      if (!saver.dirty) return false;
      try {
        await saver.flush();
        return false;
      } catch {
        return true;
      }
    },
    withResolver: true,
    enableBeforeUnload: false,
  });
  return blocker as { status: string; proceed?: () => void; reset?: () => void };
}

const checkMs = 500;

/** Checks the flow as it is written: at once what the page sees itself, a moment later what the server proves. */
export function useChecking(editor: Editor, botId: string, say: Say): void {
  const checked = useRef<{ definition: Definition; issues: Checked["issues"] } | null>(null);
  useEffect(() => {
    let definition: Definition | null = null;
    let timer: ReturnType<typeof setTimeout> | undefined;
    let live = true;
    const show = () => {
      const now = editor.document.definition;
      const fresh = checked.current?.definition === now;
      editor.set({ issues: merged(now, fresh ? [] : quickCheck(now, say), checked.current), ...(fresh ? {} : { proved: false }) });
    };
    const ask = async (asked: Definition) => {
      try {
        const answer = await builder.check({ definition: asked, bot_id: botId });
        if (!live || editor.document.definition !== asked) return;
        checked.current = { definition: asked, issues: answer.issues ?? [] };
        editor.set({ graph: answer.graph, proved: answer.ok });
        show();
      } catch {
        // No network, or a text that the server can't read at all: what the page sees itself stands.
      }
    };
    const changed = () => {
      const now = editor.document.definition;
      if (now === definition) return;
      definition = now;
      clearTimeout(timer);
      timer = setTimeout(() => void ask(now), checkMs);
      show();
    };
    const stop = editor.watch(changed);
    changed();
    return () => {
      live = false;
      stop();
      clearTimeout(timer);
    };
  }, [editor, botId, say]);
}

/** A file of the draft, for the drawer at home. */
export function downloadDraft(name: string, document: Document): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(document, null, 2)], { type: "application/json" }));
  const link = Object.assign(window.document.createElement("a"), { href: url, download: `${name.replace(/[^\p{L}\p{N}]+/gu, "-").toLowerCase()}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
