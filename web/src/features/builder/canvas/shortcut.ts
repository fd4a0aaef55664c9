/** Every key of the editor. Those marked "canvas" work while the canvas has the focus; "browser" ones are its own events. */
export interface Shortcut {
  action: Action;
  keys: string;
  by: "page" | "canvas" | "browser";
  /** Works while a field is written in: the fields write into the document, whose history is one. */
  whileTyping?: boolean;
  /** Changes the document. */
  writes?: boolean;
}

export type Action =
  | "next" | "previous" | "above" | "below" | "edit" | "rename" | "remove" | "clear"
  | "connect" | "add" | "note" | "start" | "undo" | "redo" | "copy" | "cut" | "paste" | "duplicate" | "all" | "save" | "find" | "fit" | "arrange" | "issue";

export const shortcuts: Shortcut[] = [
  { action: "next", keys: "right", by: "canvas" },
  { action: "previous", keys: "left", by: "canvas" },
  { action: "above", keys: "up", by: "canvas" },
  { action: "below", keys: "down", by: "canvas" },
  { action: "edit", keys: "enter", by: "canvas" },
  { action: "rename", keys: "f2", by: "canvas", writes: true },
  { action: "remove", keys: "delete", by: "canvas", writes: true },
  { action: "clear", keys: "escape", by: "canvas" },
  { action: "add", keys: "n", by: "page", writes: true },
  { action: "connect", keys: "c", by: "page", writes: true },
  { action: "start", keys: "s", by: "page", writes: true },
  { action: "note", keys: "shift+n", by: "page", writes: true },
  { action: "undo", keys: "mod+z", by: "page", whileTyping: true, writes: true },
  { action: "redo", keys: "mod+y", by: "page", whileTyping: true, writes: true },
  { action: "redo", keys: "mod+shift+z", by: "page", whileTyping: true, writes: true },
  { action: "copy", keys: "mod+c", by: "browser" },
  { action: "cut", keys: "mod+x", by: "browser", writes: true },
  { action: "paste", keys: "mod+v", by: "browser", writes: true },
  { action: "duplicate", keys: "mod+d", by: "page", writes: true },
  { action: "all", keys: "mod+a", by: "page" },
  { action: "save", keys: "mod+s", by: "page", whileTyping: true },
  { action: "find", keys: "mod+f", by: "page", whileTyping: true },
  { action: "issue", keys: "i", by: "page" },
  { action: "fit", keys: "f", by: "page" },
  { action: "arrange", keys: "shift+l", by: "page", writes: true },
];

/** What a key does on the canvas; Backspace is the Delete of small keyboards. */
export function onCanvas(key: string): Action | undefined {
  const name = key === "backspace" ? "delete" : key;
  return shortcuts.find((each) => each.by === "canvas" && each.keys === name)?.action;
}
