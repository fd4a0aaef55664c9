import { createContext, useCallback, useContext, useEffect, useMemo, useRef, useSyncExternalStore, type ReactNode } from "react";
import type { IconName } from "./icon";
import { keyOf, typing } from "./keys";

/** Something a person may do here: by the palette, by its keys, and listed in the help. */
export interface Command {
  id: string;
  label: string;
  group: string;
  icon?: IconName;
  /** "r", "shift+e", "mod+k" or a sequence such as "g i". mod is Ctrl, or Command on a Mac. */
  keys?: string;
  /** The keys work while a text field has the focus; only for combinations with mod. */
  whileTyping?: boolean;
  /** The page or the browser itself acts on the keys; they are listed here only. */
  native?: boolean;
  run: () => void;
}

const sequenceMs = 900;

class Registry {
  private readonly sets = new Map<symbol, Command[]>();
  private readonly watchers = new Set<() => void>();
  private all: Command[] = [];

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  };
  readonly read = (): Command[] => this.all;

  set(owner: symbol, commands: Command[] | null): void {
    if (commands === null) this.sets.delete(owner);
    else this.sets.set(owner, commands);
    this.all = [...this.sets.values()].flat();
    for (const watcher of this.watchers) watcher();
  }
}

const RegistryContext = createContext<Registry | null>(null);

/** Collects the commands of what is on the page and listens to the keyboard for them. */
export function CommandProvider({ children }: { children: ReactNode }) {
  const registry = useMemo(() => new Registry(), []);
  const began = useRef({ key: "", at: 0 });
  const inDialog = useRef(false);
  const onKey = useCallback(
    (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing) return;
      const key = keyOf(event);
      if (key === "") return;
      const sequence = event.timeStamp - began.current.at < sequenceMs ? `${began.current.key} ${key}` : key;
      const inField = typing(event.target);
      const open = inDialog.current;
      const fits = (command: Command) =>
        command.native !== true && (command.keys === sequence || command.keys === key) && (!inField || command.whileTyping === true) && (!open || command.whileTyping === true);
      const commands = registry.read();
      // A sequence that was begun wins over the single key that ends it.
      const hit = commands.find((command) => command.keys === sequence && fits(command)) ?? commands.find(fits);
      began.current = hit === undefined && !inField ? { key, at: event.timeStamp } : { key: "", at: 0 };
      if (hit === undefined) return;
      event.preventDefault();
      hit.run();
    },
    [registry],
  );
  useEffect(() => {
    // Looked at before anybody else handles the key: the Escape that closes a dialog must not also leave the page.
    const look = () => {
      inDialog.current = document.querySelector("[role=dialog][aria-modal=true], [role=menu]") !== null;
    };
    window.addEventListener("keydown", look, { capture: true });
    window.addEventListener("keydown", onKey);
    return () => {
      window.removeEventListener("keydown", look, { capture: true });
      window.removeEventListener("keydown", onKey);
    };
  }, [onKey]);
  return <RegistryContext.Provider value={registry}>{children}</RegistryContext.Provider>;
}

function useRegistry(): Registry {
  const registry = useContext(RegistryContext);
  if (registry === null) throw new Error("commands outside of CommandProvider");
  return registry;
}

/** Offers commands while the component is shown. Pass a memoised list. */
export function useCommands(commands: Command[]): void {
  const registry = useRegistry();
  const owner = useRef(Symbol("commands"));
  useEffect(() => {
    const id = owner.current;
    registry.set(id, commands);
    return () => registry.set(id, null);
  }, [registry, commands]);
}

export function useCommandList(): Command[] {
  const registry = useRegistry();
  return useSyncExternalStore(registry.watch, registry.read);
}
