import { createContext, useCallback, useContext } from "react";
import type { FlowNode } from "../contract";
import { setField } from "../document/change";
import { at, type Json } from "../document/path";
import { useEditor, useEditorState } from "../editor/context";

/** Where the fields of a form write: a node, or a place of the definition outside of nodes. */
export interface Target {
  /** Begins the name of a group of changes, so that typing in one field is one step back. */
  name: string;
  value: Json;
  put: (path: string, value: Json, typed?: boolean) => void;
  readOnly: boolean;
}

const TargetContext = createContext<Target | null>(null);
export const TargetProvider = TargetContext.Provider;

export function useTarget(): Target {
  const target = useContext(TargetContext);
  if (target === null) throw new Error("a field outside of a form");
  return target;
}

/** One place of the target: what it holds, and how it is changed. */
export function useField<T = unknown>(path: string): [T | undefined, (value: T | undefined, typed?: boolean) => void] {
  const { value, put } = useTarget();
  const set = useCallback((next: T | undefined, typed = false) => put(path, next, typed), [put, path]);
  return [at(value, path) as T | undefined, set];
}

export function useNodeTarget(node: FlowNode): Target {
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.readOnly);
  const put = useCallback(
    (path: string, value: Json, typed = false) => editor.apply((document) => setField(document, node.name, path, value), typed ? `${node.name}.${path}` : ""),
    [editor, node.name],
  );
  return { name: node.name, value: node, put, readOnly };
}

const LanguageContext = createContext<{ language: string; speak: (language: string) => void }>({ language: "pt-BR", speak: () => undefined });
export const LanguageProvider = LanguageContext.Provider;
export const useFormLanguage = () => useContext(LanguageContext);
