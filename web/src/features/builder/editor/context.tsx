import { createContext, useContext, useSyncExternalStore } from "react";
import type { Editor, EditorState } from "../document/editor";

export interface Opened {
  editor: Editor;
  botId: string;
  botName: string;
}

const OpenedContext = createContext<Opened | null>(null);
export const OpenedProvider = OpenedContext.Provider;

export function useOpened(): Opened {
  const opened = useContext(OpenedContext);
  if (opened === null) throw new Error("a part of the editor outside of it");
  return opened;
}

export function useEditor(): Editor {
  return useOpened().editor;
}

/** A part of the editor's state; what the selector gives must be the same object while nothing changed. */
export function useEditorState<T>(select: (state: EditorState) => T): T {
  const editor = useEditor();
  return useSyncExternalStore(editor.watch, () => select(editor.read()));
}

export const useDocument = () => useEditorState((state) => state.document);

/** The flow's languages; the first is that of bare texts. */
export function useLanguages(): { first: string; all: string[] } {
  const all = useEditorState((state) => state.document.definition.languages);
  return { first: all[0] ?? "pt-BR", all: all.length === 0 ? ["pt-BR"] : all };
}
