const apple = typeof navigator !== "undefined" && /Mac|iPhone|iPad/.test(navigator.platform);

/** The name of a key press, in the form that Command.keys uses; empty for a modifier alone. */
export function keyOf(event: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "shiftKey">): string {
  if (["Shift", "Control", "Alt", "Meta", "AltGraph", "Dead"].includes(event.key)) return "";
  const parts: string[] = [];
  if (apple ? event.metaKey : event.ctrlKey) parts.push("mod");
  if (event.altKey) parts.push("alt");
  // For signs such as "?" the shift is part of the sign itself.
  if (event.shiftKey && /^([a-zA-Z]|[A-Z][a-z]+.*)$/.test(event.key)) parts.push("shift");
  parts.push(event.key.length === 1 ? event.key.toLowerCase() : event.key.toLowerCase().replace("arrow", ""));
  return parts.join("+");
}

/** True when the person is writing, so that a letter is a letter. */
export function typing(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement) return true;
  return target instanceof HTMLInputElement && !["checkbox", "radio", "button", "submit", "range", "color", "file"].includes(target.type);
}

/** Keys as they are printed on the keyboard of this machine. */
export function keyCaps(keys: string): string[] {
  return keys.split(" ").flatMap((chord, i) => [
    ...(i > 0 ? ["›"] : []),
    ...chord.split("+").map((part) => {
      if (part === "mod") return apple ? "⌘" : "Ctrl";
      if (part === "alt") return apple ? "⌥" : "Alt";
      if (part === "shift") return "⇧";
      if (part === "enter") return "↵";
      if (part === "escape") return "Esc";
      return part.length === 1 ? part.toUpperCase() : part;
    }),
  ]);
}
