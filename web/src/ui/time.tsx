import { Tooltip } from "@mantine/core";
import { useSyncExternalStore } from "react";
import { useTranslation } from "react-i18next";
import { exactTime, listTime, relativeTime } from "./format";

/** One clock for every relative time on the page: they all move at once, and nothing ticks while the page is hidden. */
class Clock {
  private now = Date.now();
  private readonly watchers = new Set<() => void>();
  private timer: ReturnType<typeof setInterval> | undefined;

  constructor(private readonly everyMs: number) {}

  readonly watch = (watcher: () => void): (() => void) => {
    this.watchers.add(watcher);
    this.timer ??= setInterval(() => {
      if (document.hidden) return;
      this.now = Date.now();
      for (const each of this.watchers) each();
    }, this.everyMs);
    return () => {
      this.watchers.delete(watcher);
      if (this.watchers.size === 0) {
        clearInterval(this.timer);
        this.timer = undefined;
      }
    };
  };

  readonly read = (): number => {
    if (this.timer === undefined) this.now = Date.now();
    return this.now;
  };
}

const slow = new Clock(15_000);

/** The time now, renewed each 15 s. */
export function useNow(): number {
  return useSyncExternalStore(slow.watch, slow.read);
}

/** A moment in words ("há 5 min"), its exact time on hover and focus. */
export function RelativeTime({ ms, short = false }: { ms: number; short?: boolean }) {
  const now = useNow();
  const { i18n, t } = useTranslation("common");
  if (ms === 0) return <span>{t("never")}</span>;
  const text = short ? listTime(ms, now, i18n.language) : relativeTime(ms, now, i18n.language);
  return (
    <Tooltip label={exactTime(ms, i18n.language)}>
      <time dateTime={new Date(ms).toISOString()}>{text}</time>
    </Tooltip>
  );
}
