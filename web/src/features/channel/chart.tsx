import { useTranslation } from "react-i18next";
import { spoken } from "@/i18n";
import type { ChannelHealth } from "@/api/types";
import { useNow } from "@/ui/time";
import classes from "./channel.module.css";

const hourMs = 3_600_000;
const slots = 56;
const slotMs = 3 * hourMs;

interface Slot {
  at: number;
  heard: number;
  sent: number;
  failed: number;
}

/** The last week in slots of three hours, oldest first. */
export function slotsOf(hours: ChannelHealth["hours"], now: number): Slot[] {
  const end = now - (now % hourMs) + hourMs;
  const list: Slot[] = Array.from({ length: slots }, (_, i) => ({ at: end - (slots - i) * slotMs, heard: 0, sent: 0, failed: 0 }));
  for (const hour of hours) {
    const slot = list[slots - Math.ceil((end - hour.at_ms) / slotMs)];
    if (slot === undefined) continue;
    slot.heard += hour.heard;
    slot.sent += hour.sent;
    slot.failed += hour.failed;
  }
  return list;
}

/** What came in (above the line) and went out (below it) in the last week; a table says the same to readers. */
export function Week({ hours }: { hours: ChannelHealth["hours"] }) {
  const { t } = useTranslation("channel");
  const now = useNow();
  const list = slotsOf(hours, now);
  const most = Math.max(1, ...list.map((slot) => Math.max(slot.heard, slot.sent + slot.failed)));
  const height = (count: number) => (count === 0 ? 0 : Math.max(1.5, (count / most) * 38));
  const days = new Map<string, Slot>();
  for (const slot of list) {
    const day = new Intl.DateTimeFormat(spoken(), { weekday: "short", day: "2-digit", month: "2-digit" }).format(slot.at);
    const sum = days.get(day) ?? { at: slot.at, heard: 0, sent: 0, failed: 0 };
    days.set(day, { at: sum.at, heard: sum.heard + slot.heard, sent: sum.sent + slot.sent, failed: sum.failed + slot.failed });
  }
  return (
    <figure className={classes.chart}>
      <svg viewBox={`0 0 ${slots * 6} 84`} preserveAspectRatio="none" aria-hidden="true">
        {list.map((slot, i) => (
          <g key={slot.at} transform={`translate(${i * 6} 0)`}>
            <rect className={classes.heard} x="0.5" width="5" rx="1" y={41 - height(slot.heard)} height={height(slot.heard)} />
            <rect className={classes.sent} x="0.5" width="5" rx="1" y="43" height={height(slot.sent + slot.failed)} />
            {slot.failed > 0 && <rect className={classes.failed} x="0.5" width="5" rx="1" y={43 + height(slot.sent + slot.failed) - height(slot.failed)} height={height(slot.failed)} />}
          </g>
        ))}
        <line x1="0" x2={slots * 6} y1="42" y2="42" className={classes.axis} />
      </svg>
      <figcaption className={classes.legend}>
        <span data-kind="heard">{t("chart.heard", { count: list.reduce((sum, slot) => sum + slot.heard, 0) })}</span>
        <span data-kind="sent">{t("chart.sent", { count: list.reduce((sum, slot) => sum + slot.sent, 0) })}</span>
        <span data-kind="failed">{t("chart.failed", { count: list.reduce((sum, slot) => sum + slot.failed, 0) })}</span>
      </figcaption>
      <div className="p-sr">
        <table>
          <caption>{t("chart.title")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("chart.day")}</th>
              <th scope="col">{t("chart.heardName")}</th>
              <th scope="col">{t("chart.sentName")}</th>
              <th scope="col">{t("chart.failedName")}</th>
            </tr>
          </thead>
          <tbody>
            {[...days].map(([day, sum]) => (
              <tr key={day}>
                <th scope="row">{day}</th>
                <td>{sum.heard}</td>
                <td>{sum.sent}</td>
                <td>{sum.failed}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
