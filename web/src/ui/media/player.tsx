import { ActionIcon, Loader, UnstyledButton } from "@mantine/core";
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import classes from "./media.module.css";
import { rememberPlayed, wasPlayed } from "./played";
import { loadSound, type Sound } from "./sound";
import { bars, clock } from "./wave";

interface Props {
  src: string;
  mime?: string | undefined;
  /** Seconds, as far as known before it is loaded. */
  seconds?: number | undefined;
  /** Marks a recorded note, in words and by a dot until it was listened to. */
  voice?: boolean | undefined;
  /** Marks one that the person need not listen to: their own. */
  own?: boolean | undefined;
  onPlayed?: (() => void) | undefined;
}

const speeds = [1, 1.5, 2] as const;
const stepSeconds = 5;

/** One sound at a time: who starts stops the other. */
const sounding: { stop: (() => void) | null } = { stop: null };

/** A sound with its shape, its time and its speed. It is fetched when it comes into view, since notes are small. */
export function Player({ src, mime = "", seconds = 0, voice = false, own = false, onPlayed }: Props) {
  const { t } = useTranslation("media");
  const audio = useRef<HTMLAudioElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const [sound, setSound] = useState<Sound | null>(null);
  const [state, setState] = useState<"still" | "loading" | "playing" | "failed">("still");
  const [at, setAt] = useState(0);
  const [speed, setSpeed] = useState<(typeof speeds)[number]>(1);
  const [fresh, setFresh] = useState(() => voice && !own && !wasPlayed(src));
  const wanted = useRef<Promise<Sound> | null>(null);
  const length = seconds || sound?.seconds || 0;

  const load = useCallback(() => {
    wanted.current ??= loadSound(src, mime).then((loaded) => {
      setSound(loaded);
      return loaded;
    });
    return wanted.current;
  }, [src, mime]);

  useEffect(() => {
    const box = frame.current;
    if (box === null || !voice) return;
    const observer = new IntersectionObserver((entries) => {
      if (!entries.some((entry) => entry.isIntersecting)) return;
      observer.disconnect();
      load().catch(() => {
        wanted.current = null; // tried again when somebody wants to hear it
      });
    });
    observer.observe(box);
    return () => observer.disconnect();
  }, [voice, load]);

  const url = sound?.url;
  useEffect(() => () => void (url?.startsWith("blob:") && URL.revokeObjectURL(url)), [url]);
  useEffect(() => {
    const element = audio.current;
    return () => element?.pause();
  }, []);

  const play = useCallback(async () => {
    const element = audio.current;
    if (element === null) return;
    setState("loading");
    try {
      const loaded = await load();
      if (element.getAttribute("src") !== loaded.url) element.src = loaded.url;
      element.playbackRate = speed;
      sounding.stop?.();
      sounding.stop = () => element.pause();
      await element.play();
    } catch {
      wanted.current = null;
      setState("failed");
    }
  }, [load, speed]);

  const toggle = () => (state === "playing" ? audio.current?.pause() : void play());

  const seek = useCallback(
    (to: number) => {
      const element = audio.current;
      const place = Math.max(0, Math.min(length, to));
      if (element !== null && element.readyState > 0) element.currentTime = place;
      setAt(place);
    },
    [length],
  );
  const onKey = (event: KeyboardEvent) => {
    const to = { ArrowRight: at + stepSeconds, ArrowUp: at + stepSeconds, ArrowLeft: at - stepSeconds, ArrowDown: at - stepSeconds, Home: 0, End: length }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation(); // the arrows also walk through the list
    seek(to);
  };
  const onPoint = (event: PointerEvent<HTMLDivElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    if (box.width > 0) seek(((event.clientX - box.left) / box.width) * length);
  };

  const next = speeds[(speeds.indexOf(speed) + 1) % speeds.length] ?? 1;
  const peaks = sound !== null && sound.peaks.length > 0 ? sound.peaks : Array.from({ length: bars }, () => 0);
  const label = t(voice ? "voice" : "audio");
  return (
    <div className={classes.player} ref={frame} role="group" aria-label={label} data-voice={voice || undefined}>
      <ActionIcon variant="filled" radius="xl" size="lg" onClick={toggle} aria-label={state === "playing" ? t("pause") : t("play")} data-testid="play">
        {state === "loading" ? <Loader size={16} color="currentColor" /> : <Icon name={state === "playing" ? "pause" : "play"} size={18} />}
      </ActionIcon>
      <div className={classes.track}>
        <div
          className={classes.wave}
          role="slider"
          tabIndex={0}
          aria-label={t("position")}
          aria-valuemin={0}
          aria-valuemax={Math.round(length)}
          aria-valuenow={Math.round(at)}
          aria-valuetext={t("positionOf", { at: clock(at), length: clock(length) })}
          onKeyDown={onKey}
          onPointerDown={onPoint}
        >
          {peaks.map((peak, n) => (
            <span key={n} style={{ height: `${Math.round(12 + peak * 88)}%` }} data-done={(length > 0 && n / bars < at / length) || undefined} />
          ))}
        </div>
        <span className={classes.time}>
          {fresh && <span className={classes.fresh} role="img" aria-label={t("unplayed")} />}
          <span>{state === "failed" ? t("playFailed") : at > 0 ? `${clock(at)} / ${clock(length)}` : clock(length)}</span>
        </span>
      </div>
      <UnstyledButton
        className={classes.speed}
        onClick={() => {
          setSpeed(next);
          if (audio.current !== null) audio.current.playbackRate = next;
        }}
        aria-label={t("speed", { speed })}
      >
        {speed}×
      </UnstyledButton>
      <audio
        ref={audio}
        preload="none"
        onPlay={() => {
          setState("playing");
          if (at > 0 && audio.current !== null && audio.current.currentTime === 0) audio.current.currentTime = at;
        }}
        onPause={() => setState("still")}
        onTimeUpdate={(event) => setAt(event.currentTarget.currentTime)}
        onEnded={() => {
          setState("still");
          setAt(0);
          if (fresh) rememberPlayed(src);
          setFresh(false);
          onPlayed?.();
        }}
      />
    </div>
  );
}
