import { useQuery, useQueryClient } from "@tanstack/react-query";
import { createContext, useContext, useEffect, useMemo, useState, useSyncExternalStore, type ReactNode } from "react";
import { api } from ".";
import { eventsUrl } from "./client";
import { Live, type LiveEvent, type LiveState } from "./live";
import type { Me, Permission } from "./types";

export const sessionKey = ["session"] as const;

export const sessionQuery = {
  queryKey: sessionKey,
  queryFn: api.session.get,
  staleTime: 60_000,
  retry: false,
  // A company that stands still works again in a moment.
  refetchInterval: (query: { state: { data?: Me } }) => (query.state.data?.standing === undefined ? false : 5_000),
} as const;

interface Signed {
  me: Me;
  may: (permission: Permission) => boolean;
}

const SignedContext = createContext<Signed | null>(null);
const LiveContext = createContext<Live | null>(null);

/** Who is signed in; for pages behind the door. */
export function useMe(): Signed {
  const signed = useContext(SignedContext);
  if (signed === null) throw new Error("useMe outside of a signed-in page");
  return signed;
}

/** Tells the pages below who is signed in and keeps their stream of live updates open. */
export function SignedProvider({ initial, onRevoked, children }: { initial: Me; onRevoked: () => void; children: ReactNode }) {
  const { data } = useQuery({ ...sessionQuery, initialData: initial });
  const me = data ?? initial;
  const signed = useMemo<Signed>(
    () => ({ me, may: (permission) => (permission === "platform.operate" ? me.user.operator : me.permissions.includes(permission)) }),
    [me],
  );
  const live = useOpenLive(me, onRevoked);
  return (
    <SignedContext.Provider value={signed}>
      <LiveContext.Provider value={live}>{children}</LiveContext.Provider>
    </SignedContext.Provider>
  );
}

function useOpenLive(me: Me, onRevoked: () => void): Live | null {
  const scope = me.company === undefined || !me.permissions.includes("inbox.read") ? "" : `${me.user.id}.${me.company.id}`;
  const [live, setLive] = useState<Live | null>(null);
  const client = useQueryClient();
  useEffect(() => {
    if (scope === "") return;
    const opened = new Live(eventsUrl, scope);
    // A resync says that our picture may be wrong anywhere: all that is shown is read again.
    const stop = opened.listen((event) => {
      if (event.type === "resync") void client.invalidateQueries();
      if (event.type === "revoked") onRevoked();
    });
    // eslint-disable-next-line react-hooks/set-state-in-effect -- a connection lives as long as the effect, not as a render
    setLive(opened);
    return () => {
      stop();
      opened.close();
      setLive(null);
    };
  }, [scope, client, onRevoked]);
  return live;
}

export function useLiveState(): LiveState {
  const live = useContext(LiveContext);
  return useSyncExternalStore(
    (changed) => live?.watch(changed) ?? (() => undefined),
    () => live?.state ?? "connecting",
  );
}

/** Calls the handler for each live event while the component is shown. The handler must be stable. */
export function useLiveEvents(handler: (event: LiveEvent) => void): void {
  const live = useContext(LiveContext);
  useEffect(() => live?.listen(handler), [live, handler]);
}
