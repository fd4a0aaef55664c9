import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Channel, Message } from "@/api/types";
import { clockTime, exactTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { Ticks } from "@/ui/ticks";
import classes from "./bubble.module.css";
import { MessageContent } from "./content";
import type { Entry } from "./outbox";
import { useActivityText, useMessageLine } from "./words";

interface Props {
  message: Message;
  channel: Channel;
  /** The message before is of the same sender and near in time: no head. */
  joined: boolean;
  quoted: Message | undefined;
  onQuote?: ((message: Message) => void) | undefined;
  onSendAgain?: ((message: Message) => void) | undefined;
  sendingAgain?: boolean;
}

/** Who speaks decides side and colour: customer, bot, people, or a note among people. */
function voice(message: Message): "in" | "bot" | "out" | "note" {
  if (message.kind === "note") return "note";
  if (message.direction === "in") return "in";
  return message.sender_kind === "bot" ? "bot" : "out";
}

export const Bubble = memo(function Bubble({ message, channel, joined, quoted, onQuote, onSendAgain, sendingAgain }: Props) {
  const { t, i18n } = useTranslation("inbox");
  const line = useMessageLine();
  if (message.kind === "activity") return <ActivityLine message={message} />;
  const kind = voice(message);
  const time = clockTime(message.at_ms, i18n.language);
  const lost = message.status === "failed" || message.status === "unknown";
  const reactions = Object.values(message.reactions ?? {}).filter((emoji) => emoji !== "");
  const sender = message.direction === "in" ? t("customer") : message.sender_name || t(`sender.${message.sender_kind}`);
  return (
    <article className={classes.line} data-voice={kind} data-joined={joined || undefined} data-testid="message" data-status={message.status || undefined} aria-label={t("messageBy", { sender, time })}>
      <div className={classes.bubble} data-bare={message.kind === "sticker" || undefined}>
        {!joined && kind !== "in" && (
          <header className={classes.sender}>
            {kind === "bot" && <Icon name="bot" size={14} />}
            {kind === "note" && <Icon name="note" size={14} />}
            {kind === "note" ? (message.sender_name === "" ? t("noteBot") : t("noteBy", { name: message.sender_name })) : sender}
          </header>
        )}
        {message.deleted_ms > 0 ? (
          <em className={classes.gone}>{t("deleted")}</em>
        ) : (
          <>
            {message.quoted_id && (
              <blockquote className={classes.quote} dir="auto">{quoted === undefined ? t("quoteAway") : line(quoted)}</blockquote>
            )}
            <MessageContent message={message} channel={channel} />
          </>
        )}
        <footer className={classes.foot}>
          {message.edited_ms > 0 && message.deleted_ms === 0 && <span>{t("edited")}</span>}
          <Tooltip label={exactTime(message.at_ms, i18n.language)}>
            <time dateTime={new Date(message.at_ms).toISOString()}>{time}</time>
          </Tooltip>
          {message.direction === "out" && message.status !== "" && (
            <Ticks status={message.status} time={tickTime(message, i18n.language)} detail={message.error_text ?? ""} />
          )}
        </footer>
        {reactions.length > 0 && (
          <span className={classes.reactions} aria-label={t("reactions", { emojis: reactions.join(" ") })} role="img">
            {reactions.join("")}
          </span>
        )}
      </div>
      {onQuote !== undefined && kind !== "note" && message.deleted_ms === 0 && (
        <Tooltip label={t("quote")}>
          <ActionIcon className={classes.tool} size="md" onClick={() => onQuote(message)} aria-label={t("quote")}>
            <Icon name="reply" size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {lost && message.direction === "out" && (
        <div className={classes.trouble} role="note">
          <Icon name="alert" size={15} />
          <span>
            {message.status === "unknown" ? t("unknownWhy") : (message.error_text || t("failedWhy"))}
            {message.error_code ? ` (${message.error_code})` : ""}
          </span>
          {onSendAgain !== undefined && (
            <Button size="compact-xs" variant="light" color="brick" loading={sendingAgain ?? false} onClick={() => onSendAgain(message)} leftSection={<Icon name="retry" size={13} />}>
              {t("sendAgain")}
            </Button>
          )}
        </div>
      )}
    </article>
  );
});

function tickTime(message: Message, language: string): string {
  const ms = message.read_ms || message.delivered_ms || message.sent_ms;
  return ms > 0 ? clockTime(ms, language) : "";
}

/** What happened, between the messages. */
function ActivityLine({ message }: { message: Message }) {
  const { i18n } = useTranslation();
  const text = useActivityText();
  return (
    <p className={classes.activity} data-testid="activity">
      {text(message)}
      <Tooltip label={exactTime(message.at_ms, i18n.language)}>
        <time dateTime={new Date(message.at_ms).toISOString()}> · {clockTime(message.at_ms, i18n.language)}</time>
      </Tooltip>
    </p>
  );
}

interface PendingProps {
  entry: Entry;
  why: string;
  onAgain: () => void;
  onEdit: () => void;
}

/** A message that is still in this browser. */
export function PendingBubble({ entry, why, onAgain, onEdit }: PendingProps) {
  const { t, i18n } = useTranslation("inbox");
  const failed = entry.state === "failed";
  return (
    <article className={classes.line} data-voice={entry.kind === "note" ? "note" : "out"} data-pending data-testid="pending">
      <div className={classes.bubble}>
        {entry.upload !== undefined && (
          <span className={classes.attached}>
            <Icon name={entry.upload.kind === "image" ? "image" : "file"} size={16} /> {entry.upload.name}
          </span>
        )}
        {entry.text !== "" && <div className={classes.plain} dir="auto">{entry.text}</div>}
        <footer className={classes.foot}>
          <time dateTime={new Date(entry.createdMs).toISOString()}>{clockTime(entry.createdMs, i18n.language)}</time>
          <Ticks status={failed ? "failed" : "waiting"} />
        </footer>
      </div>
      {failed && (
        <div className={classes.trouble} role="alert">
          <Icon name="alert" size={15} />
          <span>{why}</span>
          <Button size="compact-xs" variant="light" color="brick" onClick={onAgain} leftSection={<Icon name="retry" size={13} />}>
            {t("sendAgain")}
          </Button>
          <Button size="compact-xs" variant="subtle" color="gray" onClick={onEdit}>
            {t("editAgain")}
          </Button>
        </div>
      )}
    </article>
  );
}
