import { useCallback, useEffect, useRef, useState } from "react";
import { asProblem, type Problem } from "@/api/problem";
import { useWords, type Words } from "@/i18n/site";

/** What went wrong, in the visitor's words: by reason, then by code. */
export function problemText(words: Words, error: unknown): string {
  const problem = asProblem(error);
  const byCode = words.maybe(`problem.${problem.code}`, words.t("problem.internal"));
  return problem.reason === "" ? byCode : words.maybe(`problem.${problem.reason}`, byCode);
}

export interface Read<T> {
  data: T | undefined;
  error: Problem | undefined;
  again: () => void;
}

/** Reads once, and again when the key changes or somebody asks. What was read stays while it is read anew. */
export function useRead<T>(key: string, ask: () => Promise<T>): Read<T> {
  const [round, setRound] = useState(0);
  const [got, setGot] = useState<{ data?: T; error?: Problem }>({});
  const asked = useRef(ask);
  useEffect(() => {
    asked.current = ask;
  });
  useEffect(() => {
    let current = true;
    asked.current().then(
      (data) => current && setGot({ data }),
      (error: unknown) => current && setGot((old) => ({ ...old, error: asProblem(error) })),
    );
    return () => {
      current = false;
    };
  }, [key, round]);
  const again = useCallback(() => {
    setGot((old) => (old.data === undefined ? {} : { data: old.data }));
    setRound((n) => n + 1);
  }, []);
  return { data: got.data, error: got.error, again };
}

export interface Act {
  busy: boolean;
  /** What to say about the last failure, empty for none. */
  said: string;
  problem: Problem | undefined;
  run: (work: () => Promise<void>) => Promise<boolean>;
  clear: () => void;
}

/** One thing done at a press: a second press while it goes does nothing. */
export function useAct(): Act {
  const words = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Problem>();
  const going = useRef(false);
  const run = useCallback(async (work: () => Promise<void>) => {
    if (going.current) return false;
    going.current = true;
    setBusy(true);
    setProblem(undefined);
    try {
      await work();
      return true;
    } catch (error) {
      setProblem(asProblem(error));
      return false;
    } finally {
      going.current = false;
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(undefined), []);
  return { busy, problem, said: problem === undefined ? "" : problemText(words, problem), run, clear };
}
