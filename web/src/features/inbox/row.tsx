import { memo } from "react";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/ui/avatar";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { spanText } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { RelativeTime, useNow } from "@/ui/time";
import type { ListRow } from "./apply";
import classes from "./row.module.css";
import { usePreview } from "./words";

interface Props {
  row: ListRow;
  chosen: boolean;
  mine: boolean;
}

/** One conversation of the list. Its height is fixed, so that the virtual list never jumps. */
export const InboxRow = memo(function InboxRow({ row, chosen, mine }: Props) {
  const { t } = useTranslation("inbox");
  const { lead, said } = usePreview()(row);
  const now = useNow();
  const unread = row.unread > 0;
  const waits = row.waiting_since_ms > 0 && (row.state === "queued" || row.state === "open");
  return (
    <Link
      to="/inbox/$conversation"
      params={{ conversation: row.id }}
      search={(search) => search}
      className={classes.row}
      data-chosen={chosen || undefined}
      data-unread={unread || undefined}
      aria-current={chosen ? "true" : undefined}
      data-testid="inbox-row"
    >
      <span className={classes.face}>
        <Avatar name={row.contact_name} seed={row.contact_id} />
        <span className={classes.mark}>
          <ChannelMark channel={row.channel} size={17} silent />
        </span>
      </span>
      <span className={classes.body}>
        <span className={classes.line}>
          <span className={classes.name}><bdi>{row.contact_name || t("nameless")}</bdi></span>
          <span className={classes.time}>
            <RelativeTime ms={row.last_ms} short />
          </span>
        </span>
        <span className={classes.line}>
          <span className={classes.preview} data-testid="preview">
            {lead}
            {lead !== "" && said !== "" && " "}
            <bdi>{said}</bdi>
          </span>
          {unread && (
            <span className={classes.badge}>
              {row.unread > 99 ? "99+" : row.unread}
              <span className="p-sr"> {t("unread", { count: row.unread })}</span>
            </span>
          )}
        </span>
        <span className={classes.facts}>
          <span className="p-sr">{channelNames[row.channel]}, </span>
          <span className={classes.state} data-state={row.state}>
            {row.state === "bot" && <Icon name="bot" size={13} />}
            {row.state === "snoozed" && <Icon name="snooze" size={13} />}
            {row.state === "resolved" && <Icon name="check" size={13} />}
            {row.state === "open" && <Icon name="person" size={13} />}
            {row.state === "open" ? (mine ? t("you") : row.owner_name) : t(`state.${row.state}`)}
          </span>
          {waits && (
            <span className={classes.waits}>
              <Icon name="clock" size={13} />
              {t("waits", { span: spanText(now - row.waiting_since_ms) })}
            </span>
          )}
        </span>
      </span>
    </Link>
  );
});
