import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useReducer, useRef } from "react";
import { files as calls, uploadFile } from "@/api/media";
import type { Channel, Upload } from "@/api/types";
import { checkFile, kindOf, limitsOf, mostFiles, voiceFormOf, type Verdict } from "./composer-check";
import { posterOf, shrinkPicture } from "./composer-picture";
import type { VoiceForm } from "./voice-recorder";

/** A file that somebody chose for the reply. */
export interface Chosen {
  id: string;
  name: string;
  size: number;
  type: string;
  /** What will travel; absent for one that came back with a failed message. */
  file?: File;
  /** An object address of a picture, for the tray. */
  preview?: string;
  state: "waiting" | "sending" | "ready" | "failed" | "refused";
  progress: number;
  upload?: Upload;
  error?: unknown;
  verdict?: Verdict;
  /** Made smaller: its size in bytes before. */
  was?: number;
}

type Action = { type: "add"; chosen: Chosen[] } | { type: "change"; id: string; to: Partial<Chosen> } | { type: "remove"; ids: string[] };

export function reduceFiles(list: Chosen[], action: Action): Chosen[] {
  switch (action.type) {
    case "add":
      return [...list, ...action.chosen];
    case "change":
      return list.map((each) => (each.id === action.id ? { ...each, ...action.to } : each));
    case "remove":
      return list.filter((each) => !action.ids.includes(each.id));
  }
}

/** How many files travel at the same time. */
const atOnce = 2;

/** Which files may begin to travel now. */
export function due(list: Chosen[]): Chosen[] {
  const busy = list.filter((each) => each.state === "sending").length;
  return list.filter((each) => each.state === "waiting").slice(0, Math.max(0, atOnce - busy));
}

export interface Files {
  list: Chosen[];
  /** Some are on their way. */
  busy: boolean;
  /** Uploaded, in the order in which they were chosen. */
  ready: Upload[];
  add: (files: Iterable<File>) => void;
  adopt: (upload: Upload) => void;
  again: (id: string) => void;
  remove: (id: string) => void;
  /** Forgets those that were sent. */
  sent: () => void;
  /** More were chosen than go at once. */
  tooMany: boolean;
  /** How a recording is written for the channel. */
  voice: VoiceForm;
}

/** The files of a reply: checked against what the channel takes, sent to the server with progress, each on its own. */
export function useFiles(channel: Channel): Files {
  const limits = useQuery({ queryKey: ["media-limits"], queryFn: () => calls.limits(), staleTime: Infinity, retry: 1 });
  const bounds = limitsOf(limits.data?.items, channel);
  const [list, dispatch] = useReducer(reduceFiles, []);
  const [tooMany, setTooMany] = useReducer((_: boolean, to: boolean) => to, false);
  const running = useRef(new Map<string, AbortController>());
  const previews = useRef(new Set<string>());

  const add = useCallback(
    (files: Iterable<File>) => {
      const all = [...files];
      const room = Math.max(0, mostFiles - list.length);
      setTooMany(all.length > room);
      dispatch({
        type: "add",
        chosen: all.slice(0, room).map((file) => {
          const verdict = checkFile(file, bounds);
          const preview = file.type.startsWith("image/") ? URL.createObjectURL(file) : undefined;
          if (preview !== undefined) previews.current.add(preview);
          return {
            id: crypto.randomUUID(),
            name: file.name || "file",
            size: file.size,
            type: file.type,
            file,
            ...(preview === undefined ? {} : { preview }),
            state: verdict.do === "refuse" ? "refused" : "waiting",
            progress: 0,
            verdict,
          };
        }),
      });
    },
    [bounds, list.length],
  );

  const adopt = useCallback(
    (upload: Upload) =>
      dispatch({ type: "add", chosen: [{ id: upload.id, name: upload.name, size: upload.size, type: upload.mime, state: "ready", progress: 1, upload }] }),
    [],
  );

  const begin = useCallback(async (chosen: Chosen) => {
    const change = (to: Partial<Chosen>) => dispatch({ type: "change", id: chosen.id, to });
    let file = chosen.file;
    if (file === undefined) return;
    const control = new AbortController();
    running.current.set(chosen.id, control);
    change({ state: "sending", progress: 0, error: undefined });
    try {
      if (chosen.verdict?.do === "shrink") {
        const small = await shrinkPicture(file, chosen.verdict.max);
        if (small === null) return change({ state: "refused", verdict: { do: "refuse", why: "tooLarge", max: chosen.verdict.max } });
        change({ was: file.size, size: small.size, name: small.name, file: small, verdict: { do: "send" } });
        file = small;
      }
      const poster = kindOf(file.type) === "video" ? await posterOf(file) : undefined;
      const upload = await uploadFile(file, { poster, signal: control.signal, onProgress: (progress) => change({ progress }) });
      change({ state: "ready", progress: 1, upload });
    } catch (error) {
      if (!control.signal.aborted) change({ state: "failed", error });
    } finally {
      running.current.delete(chosen.id);
    }
  }, []);

  useEffect(() => {
    for (const next of due(list)) if (!running.current.has(next.id)) void begin(next);
  }, [list, begin]);

  useEffect(() => {
    const control = running.current;
    const urls = previews.current;
    return () => {
      control.forEach((each) => each.abort());
      urls.forEach((url) => URL.revokeObjectURL(url));
    };
  }, []);

  const drop = useCallback((gone: Chosen[]) => {
    for (const each of gone) {
      running.current.get(each.id)?.abort();
      if (each.preview !== undefined && previews.current.delete(each.preview)) URL.revokeObjectURL(each.preview);
    }
    setTooMany(false);
    dispatch({ type: "remove", ids: gone.map((each) => each.id) });
  }, []);

  return useMemo(
    () => ({
      list,
      tooMany,
      voice: voiceFormOf(bounds),
      busy: list.some((each) => each.state === "waiting" || each.state === "sending"),
      ready: list.flatMap((each) => (each.state === "ready" && each.upload !== undefined ? [each.upload] : [])),
      add,
      adopt,
      again: (id) => dispatch({ type: "change", id, to: { state: "waiting", progress: 0 } }),
      remove: (id) => drop(list.filter((each) => each.id === id)),
      sent: () => drop(list.filter((each) => each.state === "ready")),
    }),
    [list, tooMany, bounds, add, adopt, drop],
  );
}
