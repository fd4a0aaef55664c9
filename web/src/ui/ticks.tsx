import { Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { MessageStatus } from "@/api/types";
import classes from "./ticks.module.css";

/** What the ticks show: the states of an outbound message, and "waiting" for one that is still in this browser. */
export type Tick = Exclude<MessageStatus, ""> | "waiting";

const drawings: Record<Tick, string> = {
  waiting: "M9 15.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM9 7v3.200l2 1.300",
  queued: "M9 15.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM9 7v3.200l2 1.300",
  sending: "M9 15.500a5.500 5.500 0 1 0 0-11 5.500 5.500 0 0 0 0 11ZM9 7v3.200l2 1.300",
  accepted: "m5 10.500 3 3 6-7",
  sent: "m5 10.500 3 3 6-7",
  delivered: "m2 10.500 3 3 6-7m-2.500 6 1 1 6-7",
  read: "m2 10.500 3 3 6-7m-2.500 6 1 1 6-7",
  played: "m2 10.500 3 3 6-7m-2.500 6 1 1 6-7",
  failed: "M9 16a6 6 0 1 0 0-12 6 6 0 0 0 0 12Zm0-9v3.500m0 2.300v.010",
  unknown: "M9 16a6 6 0 1 0 0-12 6 6 0 0 0 0 12ZM7.500 8.500a1.500 1.500 0 1 1 2.200 1.300c-.5.300-.7.600-.7 1.200m0 2v.010",
};

/** Where an outbound message stands, by shape and by word: never by colour alone. */
export function Ticks({ status, detail, time }: { status: Tick; detail?: string; time?: string }) {
  const { t } = useTranslation("common");
  const word = t(`tick.${status}`);
  const label = [word, time, detail].filter(Boolean).join(" · ");
  return (
    <Tooltip label={label} multiline maw={280}>
      <svg className={classes.tick} data-status={status} width="18" height="18" viewBox="0 0 18 20" role="img" aria-label={label}>
        <path d={drawings[status]} />
      </svg>
    </Tooltip>
  );
}
