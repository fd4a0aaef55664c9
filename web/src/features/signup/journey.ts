import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { signup } from "./api";
import { fieldsOf, type Field, type Fields, type Journey, type Patch } from "./contract";
import { Saver, storageShelf, type SaveState } from "./saver";

/** Tells the other tabs of this browser that the purchase changed. */
class Tabs {
  private readonly channel = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("prosa-signup");

  constructor(onNews: () => void) {
    if (this.channel !== null) this.channel.onmessage = onNews;
  }
  tell(): void {
    this.channel?.postMessage("changed");
  }
  close(): void {
    this.channel?.close();
  }
}

/** How long what was read counts as fresh when the tab is looked at again. */
const freshMs = 4000;

export interface Purchase {
  /** undefined while it is read, null when this browser has none. */
  journey: Journey | null | undefined;
  error: Problem | undefined;
  reload: () => Promise<void>;
  /** Takes an answer of the server as the newest truth. */
  heard: (journey: Journey) => void;
  lost: boolean;
}

/** The purchase of this browser, kept true over tabs and naps. */
export function usePurchase(): Purchase {
  const [journey, setJourney] = useState<Journey | null>();
  const [error, setError] = useState<Problem>();
  const [lost, setLost] = useState(false);
  const tabs = useRef<Tabs | null>(null);
  const had = useRef(false);
  const readMs = useRef(0);

  const reload = useCallback(async () => {
    readMs.current = Date.now();
    try {
      const got = await signup.get();
      had.current = true;
      setLost(false);
      setError(undefined);
      setJourney(got);
    } catch (failure) {
      const problem = asProblem(failure);
      if (problem.code === "not_found") {
        if (had.current) setLost(true);
        setJourney(null);
      } else {
        setError(problem);
      }
    }
  }, []);

  useEffect(() => {
    const opened = new Tabs(() => void reload());
    tabs.current = opened;
    const looked = () => {
      if (document.visibilityState === "visible" && Date.now() - readMs.current > freshMs) void reload();
    };
    const online = () => void reload();
    document.addEventListener("visibilitychange", looked);
    window.addEventListener("online", online);
    // eslint-disable-next-line react-hooks/set-state-in-effect -- the answer comes later, not within the effect
    void reload();
    return () => {
      opened.close();
      tabs.current = null;
      document.removeEventListener("visibilitychange", looked);
      window.removeEventListener("online", online);
    };
  }, [reload]);

  const heard = useCallback((next: Journey) => {
    had.current = true;
    readMs.current = Date.now();
    setLost(false);
    setError(undefined);
    setJourney(next);
    tabs.current?.tell();
  }, []);

  return useMemo(() => ({ journey, error, reload, heard, lost }), [journey, error, reload, heard, lost]);
}

export interface Form {
  values: Fields;
  edit: (patch: Patch) => void;
  /** Sends what waits; whether the server has all of it. */
  flush: () => Promise<boolean>;
  nudge: () => void;
  state: SaveState;
  /** Fields that the server has not confirmed. */
  dirty: ReadonlySet<Field>;
  /** The newest journey, also between two renders. */
  latest: () => Journey;
}

/** The values of a patch that stand in another one as well. */
const only = (patch: Patch, kept: Patch): Patch => Object.fromEntries(Object.entries(patch).filter(([field]) => field in kept)) as Patch;

/** The form over a journey: what was typed here wins over what the server says, until the server has it. */
export function useForm(journey: Journey, { heard, reload }: Pick<Purchase, "heard" | "reload">): Form {
  const [local, setLocal] = useState<Patch>({});
  const [{ state, dirty }, setStatus] = useState<{ state: SaveState; dirty: ReadonlySet<Field> }>({ state: "saved", dirty: new Set() });
  const saver = useRef<Saver | null>(null);
  const newest = useRef(journey);
  useEffect(() => {
    if (newest.current === journey) return;
    newest.current = journey;
    // News that no edit of ours brought, such as another tab's: only what the server has not got still wins over it.
    setLocal((old) => only(old, saver.current?.unsaved ?? {}));
  }, [journey]);

  const id = journey.id;
  useEffect(() => {
    const made: Saver = new Saver({
      send: signup.save,
      heard: (next) => {
        newest.current = next;
        heard(next);
      },
      changed: (now) => setStatus({ state: now, dirty: new Set(Object.keys(made.unsaved) as Field[]) }),
      lost: () => void reload(),
      shelf: storageShelf(id),
    });
    saver.current = made;
    setLocal(made.unsaved);
    setStatus({ state: made.state, dirty: new Set(Object.keys(made.unsaved) as Field[]) });
    const online = () => made.nudge();
    const leaving = () => {
      if (document.visibilityState === "hidden") void made.flush();
    };
    window.addEventListener("online", online);
    document.addEventListener("visibilitychange", leaving);
    return () => {
      window.removeEventListener("online", online);
      document.removeEventListener("visibilitychange", leaving);
      void made.flush().finally(() => made.stop());
      saver.current = null;
    };
  }, [id, heard, reload]);

  const edit = useCallback((patch: Patch) => {
    setLocal((old) => ({ ...old, ...patch }));
    saver.current?.edit(patch);
  }, []);
  const flush = useCallback(async () => (await saver.current?.flush()) ?? true, []);
  const nudge = useCallback(() => saver.current?.nudge(), []);
  const latest = useCallback(() => newest.current, []);
  const values = useMemo(() => ({ ...fieldsOf(journey), ...local }), [journey, local]);
  return { values, edit, flush, nudge, state, dirty, latest };
}
