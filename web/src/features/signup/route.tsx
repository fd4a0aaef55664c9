import { createContext, useCallback, useContext, useEffect, useMemo, useState, type AnchorHTMLAttributes, type MouseEvent, type ReactNode } from "react";

/** Where a visitor is. Six pages need no library: the address bar is the state, back and forward are the browser's. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

interface Router extends Place {
  go: (to: string, options?: { replace?: boolean }) => void;
}

const pages = /^\/(planos|termos|assinar(\/[a-z]+)?)$/;

/** Whether an address is one of the public pages; all others belong to the application. */
export const isPublic = (path: string) => pages.test(path);

const read = (): Place => ({ path: location.pathname.replace(/(.)\/$/, "$1"), query: new URLSearchParams(location.search) });

const RouterContext = createContext<Router | null>(null);

export function useRoute(): Router {
  const router = useContext(RouterContext);
  if (router === null) throw new Error("useRoute outside of a public page");
  return router;
}

export function RouteProvider({ children }: { children: ReactNode }) {
  const [place, setPlace] = useState(read);
  useEffect(() => {
    const moved = () => setPlace(read());
    window.addEventListener("popstate", moved);
    return () => window.removeEventListener("popstate", moved);
  }, []);
  const go = useCallback((to: string, { replace = false } = {}) => {
    const target = new URL(to, location.origin);
    if (!isPublic(target.pathname)) {
      location.assign(target);
      return;
    }
    const moves = target.pathname !== location.pathname || target.search !== location.search;
    if (moves) history[replace ? "replaceState" : "pushState"](null, "", target.pathname + target.search + target.hash);
    setPlace(read());
    if (moves && !replace) window.scrollTo(0, 0);
    if (target.hash !== "") document.getElementById(target.hash.slice(1))?.scrollIntoView();
  }, []);
  const router = useMemo(() => ({ ...place, go }), [place, go]);
  return <RouterContext.Provider value={router}>{children}</RouterContext.Provider>;
}

/** A link that stays within the page where it can, and is an ordinary one for everything else. */
export function Link({ href, onClick, ...rest }: AnchorHTMLAttributes<HTMLAnchorElement> & { href: string }) {
  const { go } = useRoute();
  const press = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    const own = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey && rest.target === undefined;
    if (event.defaultPrevented || !own || !isPublic(new URL(href, location.origin).pathname)) return;
    event.preventDefault();
    go(href);
  };
  return <a href={href} onClick={press} {...rest} />;
}
