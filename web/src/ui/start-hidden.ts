import { useCallback, useSyncExternalStore } from "react";

/** Whether a person has put the first steps of a company away, in this browser. The page and the navigation both ask. */

const watchers = new Set<() => void>();
const keyOf = (user: string, company: string) => `prosa-start-${user}-${company}`;

function read(key: string): boolean {
  try {
    return localStorage.getItem(key) === "hidden";
  } catch {
    return false; // storage may be blocked: the steps stay in sight
  }
}

export function useStartHidden(user: string, company: string): { hidden: boolean; hide: (away: boolean) => void } {
  const key = keyOf(user, company);
  const hidden = useSyncExternalStore(
    useCallback((changed: () => void) => {
      watchers.add(changed);
      return () => watchers.delete(changed);
    }, []),
    () => read(key),
  );
  const hide = useCallback(
    (away: boolean) => {
      try {
        if (away) localStorage.setItem(key, "hidden");
        else localStorage.removeItem(key);
      } catch {
        // nothing to remember it in
      }
      for (const each of watchers) each();
    },
    [key],
  );
  return { hidden, hide };
}
