import { Button, Tooltip, UnstyledButton } from "@mantine/core";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { mediaUrl, thumbUrl } from "@/api/client";
import type { Ability } from "@/api/thread";
import type { Channel, Message } from "@/api/types";
import { clockTime, exactTime, unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { MediaView } from "@/ui/media/view";
import { Ticks } from "@/ui/ticks";
import classes from "./bubble.module.css";
import { alters } from "./arrange";
import { MessageContent } from "./content";
import albumClasses from "./content.module.css";
import { useConsentText } from "./kinds";
import { MessageTools } from "./mend";
import type { Entry } from "./outbox";
import { useActivityText, useMessageLine } from "./words";

interface Props {
  message: Message;
  channel: Channel;
  /** The message before is of the same sender and near in time: no head. */
  joined: boolean;
  quoted: Message | undefined;
  /** All files of an album that this message begins; absent for anything else. */
  parts?: readonly Message[] | undefined;
  ability?: Ability | undefined;
  /** The person wrote it, or oversees who did. */
  own?: boolean;
  now?: number;
  /** Shows the message that this one answers. */
  onJump?: ((messageId: string) => void) | undefined;
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

export const Bubble = memo(function Bubble({ message, channel, joined, quoted, parts, ability, own = false, now = 0, onJump, onQuote, onSendAgain, sendingAgain }: Props) {
  const { t, i18n } = useTranslation(["inbox", "thread"]);
  const line = useMessageLine();
  if (message.kind === "activity") return <ActivityLine message={message} />;
  if (message.kind === "consent" || (message.kind === "system" && message.content.activity !== undefined)) return <QuietLine message={message} />;
  if (alters(message)) return <LostMending message={message} onSendAgain={onSendAgain} sendingAgain={sendingAgain} />;
  const kind = voice(message);
  const time = clockTime(message.at_ms, i18n.language);
  const lost = message.status === "failed" || message.status === "unknown";
  const reactions = Object.entries(message.reactions ?? {}).filter(([, emoji]) => emoji !== "");
  const elsewhere = message.direction === "out" && message.sender_kind === "user" && message.sender_id === "";
  const sender = message.direction === "in" ? t("customer") : elsewhere ? t(`thread:from.${channel}`) : message.sender_name || t(`sender.${message.sender_kind}`);
  // A refusal of our own is said in the reader's language; a platform's error in its own words, with its code.
  const reason = `problem:reason.${message.error_code ?? ""}`;
  const why = message.error_code && i18n.exists(reason) ? i18n.t(reason as "problem:code.internal") : "";
  const deleted = message.deleted_ms > 0;
  const quote = quoted === undefined ? message.content.excerpt || t("quoteAway") : message.content.excerpt || line(quoted);
  return (
    <article className={classes.line} data-voice={kind} data-joined={joined || undefined} data-testid="message" data-status={message.status || undefined} data-message={message.id} tabIndex={-1} aria-label={t("messageBy", { sender, time })}>
      <div className={classes.bubble} data-bare={message.kind === "sticker" || undefined}>
        {!joined && kind !== "in" && (
          <header className={classes.sender}>
            {kind === "bot" && <Icon name="bot" size={14} />}
            {kind === "note" && <Icon name="note" size={14} />}
            {elsewhere && <Icon name="phone" size={14} />}
            {kind === "note" ? (message.sender_name === "" ? t("noteBot") : t("noteBy", { name: message.sender_name })) : sender}
          </header>
        )}
        {deleted ? (
          <>
            <em className={classes.gone}>{message.direction === "in" ? t("deleted") : t("thread:deletedBy.out")}</em>
            <details className={classes.former}>
              <summary>{t("thread:showDeleted")}</summary>
              <MessageContent message={message} channel={channel} />
            </details>
          </>
        ) : (
          <>
            {(message.quoted_id || message.content.excerpt) &&
              (quoted !== undefined && onJump !== undefined ? (
                <UnstyledButton className={classes.quote} dir="auto" onClick={() => onJump(quoted.id)} aria-label={t("thread:toQuoted", { text: quote })}>
                  {quote}
                </UnstyledButton>
              ) : (
                <blockquote className={classes.quote} dir="auto">{quote}</blockquote>
              ))}
            {parts !== undefined && parts.length > 1 ? <Album parts={parts} channel={channel} /> : <MessageContent message={message} channel={channel} />}
          </>
        )}
        {(message.former?.length ?? 0) > 0 && (
          <details className={classes.former}>
            <summary>{t("thread:former")}</summary>
            <ol>
              {message.former?.map((words, i) => (
                <li key={i}>
                  <time dateTime={new Date(words.at_ms).toISOString()}>{exactTime(words.at_ms, i18n.language)}</time> <span dir="auto">{words.text}</span>
                </li>
              ))}
            </ol>
          </details>
        )}
        <footer className={classes.foot}>
          <BillMark message={message} />
          {message.edited_ms > 0 && !deleted && <span>{t("edited")}</span>}
          <Tooltip label={exactTime(message.at_ms, i18n.language)}>
            <time dateTime={new Date(message.at_ms).toISOString()}>{time}</time>
          </Tooltip>
          {message.direction === "out" && message.status !== "" && (
            <Ticks status={message.status} time={tickTime(message, i18n.language)} detail={message.error_text ?? ""} />
          )}
        </footer>
        {reactions.length > 0 && (
          <Tooltip
            multiline
            label={reactions.map(([who, emoji]) => (
              <div key={who}>{t(who === "company" ? "thread:reactedBy.company" : "thread:reactedBy.customer", { emoji })}</div>
            ))}
          >
            <span className={classes.reactions} aria-label={t("reactions", { emojis: reactions.map(([, emoji]) => emoji).join(" ") })} role="img" tabIndex={0}>
              {reactions.map(([, emoji]) => emoji).join("")}
            </span>
          </Tooltip>
        )}
      </div>
      {onQuote !== undefined && ability !== undefined && kind !== "note" && !deleted && <MessageTools message={message} ability={ability} own={own} now={now} onQuote={onQuote} />}
      {lost && message.direction === "out" && (
        <div className={classes.trouble} role="note">
          <Icon name="alert" size={15} />
          <span>
            {message.status === "unknown" ? t("unknownWhy") : why || message.error_text || t("failedWhy")}
            {message.error_code && why === "" ? ` (${message.error_code})` : ""}
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
  const ms = message.played_ms || message.read_ms || message.delivered_ms || message.sent_ms;
  return ms > 0 ? clockTime(ms, language) : "";
}

/** Files that were sent together, side by side, and the words of whichever has some. */
function Album({ parts, channel }: { parts: readonly Message[]; channel: Channel }) {
  const { t } = useTranslation("thread");
  return (
    <>
      <div className={albumClasses.album} data-count={Math.min(parts.length, 4)} role="group" aria-label={t("album", { count: parts.length })}>
        {parts.map(
          (part) =>
            part.content.media !== undefined && (
              <div key={part.id} data-testid="album-part">
                <MediaView kind={part.kind === "video" ? "video" : "image"} media={part.content.media} src={mediaUrl(part.id)} thumb={thumbUrl(part.id)} caption={part.content.text} own={part.direction === "out"} />
              </div>
            ),
        )}
      </div>
      {parts.map(
        (part) =>
          part.content.text && (
            <MessageContent key={part.id} message={{ ...part, kind: "text", content: { kind: "text", text: part.content.text } }} channel={channel} />
          ),
      )}
    </>
  );
}

/** What the platform bills for it, once it has said so. */
function BillMark({ message }: { message: Message }) {
  const { t, i18n } = useTranslation("thread");
  const bill = message.bill;
  if (bill === undefined) return null;
  const category = i18n.exists(`thread:category.${bill.category}`) ? t(`category.${bill.category}` as "category.service") : bill.category;
  const label = bill.billable > 0 ? t("bill", { category, count: bill.billable }) : t("billFree", { category });
  return (
    <Tooltip label={label}>
      <span className={classes.bill} role="img" aria-label={label} tabIndex={0}>
        {bill.billable > 0 ? "$".repeat(Math.min(bill.billable, 3)) : "○"}
      </span>
    </Tooltip>
  );
}

/** A reaction, an edit or a deletion of ours that did not arrive: the others are seen where they belong. */
function LostMending({ message, onSendAgain, sendingAgain }: { message: Message; onSendAgain: Props["onSendAgain"]; sendingAgain: boolean | undefined }) {
  const { t } = useTranslation(["thread", "inbox"]);
  const kind = message.kind === "edit" || message.kind === "revoke" ? message.kind : "reaction";
  return (
    <p className={classes.activity} data-testid="lost-mending" role="note">
      <Icon name="alert" size={14} /> {t(`mendFailed.${kind}`, { emoji: message.content.text ?? "" })}
      {message.error_text ? `: ${message.error_text}` : ""}{" "}
      {onSendAgain !== undefined && (
        <Button size="compact-xs" variant="light" color="brick" loading={sendingAgain ?? false} onClick={() => onSendAgain(message)}>
          {t("inbox:sendAgain")}
        </Button>
      )}
    </p>
  );
}

/** What the app or the customer changed, between the messages. */
function QuietLine({ message }: { message: Message }) {
  const { t, i18n } = useTranslation("thread");
  const consent = useConsentText();
  const facts = message.content.activity?.facts ?? {};
  const text =
    message.kind === "consent" ? consent(message.content.consent) : message.content.text || t("changedNumber", { from: unturned(facts.from ?? ""), to: unturned(facts.to ?? "") });
  return (
    <p className={classes.activity} data-testid="quiet-line">
      {text}
      <Tooltip label={exactTime(message.at_ms, i18n.language)}>
        <time dateTime={new Date(message.at_ms).toISOString()}> · {clockTime(message.at_ms, i18n.language)}</time>
      </Tooltip>
    </p>
  );
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
