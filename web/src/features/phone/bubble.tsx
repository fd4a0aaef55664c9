import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { memo, useState } from "react";
import { useTranslation } from "react-i18next";
import { clockTime, fileSize, playTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { RichText } from "@/ui/rich-text";
import type { App, Bubble, Choice, Media, Product, Sending } from "./api";
import classes from "./bubble.module.css";
import { BubbleGoods, GoodsButton, GoodsPicture, GoodsWords, SentGoods, type Door } from "./goods";
import { FilledForm, PollCard, ShareCard, StoryCard } from "./extra";
import { ownPath, pixIn } from "./own";
import { Copy, Pay, PaymentCard, PixButtons } from "./pay";
import shop from "./shop.module.css";
import { PhoneTick } from "./tick";

interface Props {
  bubble: Bubble;
  app: App;
  onSend: (sending: Sending) => void;
  onList: (bubble: Bubble) => void;
  onReply: (bubble: Bubble) => void;
  onDoor: (door: Door) => void;
  onWire: (bubble: Bubble) => void;
  onEdit?: ((bubble: Bubble) => void) | undefined;
}

const noted: Record<string, "note.missed" | "note.ended" | "note.ringing" | "note.stop" | "note.resume"> = { missed: "note.missed", ended: "note.ended", ringing: "note.ringing", stop: "note.stop", resume: "note.resume" };

const emojis = ["👍", "❤️", "😂", "😮", "😢", "🙏"];

/** One message as the customer's app draws it. A press on it shows what went over the wire. */
export const PhoneBubble = memo(function PhoneBubble({ bubble, app, onSend, onList, onReply, onDoor, onWire, onEdit }: Props) {
  const { t, i18n } = useTranslation("phone");
  if (["callback", "system", "call", "preference"].includes(bubble.kind)) {
    const about = bubble.kind === "callback" || bubble.kind === "system" ? undefined : noted[bubble.text ?? ""];
    return (
      <button type="button" className={classes.note} onClick={() => onWire(bubble)}>
        {about === undefined ? bubble.text || bubble.notice || t("kind.other") : t(about)}
      </button>
    );
  }
  const reactions = bubble.reactions ?? [];
  const own = reactions.find((each) => each.dir === "mine")?.emoji;
  return (
    <div className={classes.line} data-dir={bubble.dir} data-app={app} data-testid="bubble">
      <div className={classes.stack}>
        <div className={classes.bubble} data-bare={bubble.kind === "sticker" || undefined} onClick={(event) => pressed(event.target) && onWire(bubble)}>
          {bubble.deleted ? (
            <em className={classes.dim}>{t("deleted")}</em>
          ) : (
            <>
              {bubble.reply_to !== undefined && <blockquote className={classes.quote} dir="auto">{bubble.reply_to.text || t("kind.other")}</blockquote>}
              {bubble.header?.media !== undefined && <MediaView media={bubble.header.media} kind="image" />}
              {bubble.header?.text && <strong className={classes.header}>{bubble.header.text}</strong>}
              <Body bubble={bubble} app={app} onSend={onSend} />
              {bubble.footer && <small className={classes.footer}>{bubble.footer}</small>}
            </>
          )}
          <span className={classes.foot}>
            {bubble.edited && !bubble.deleted && <span>{t("edited")}</span>}
            <time dateTime={new Date(bubble.at).toISOString()}>{clockTime(bubble.at, i18n.language)}</time>
            {bubble.dir === "mine" && bubble.tick !== undefined && <PhoneTick tick={bubble.tick} />}
            <button type="button" className={classes.wire} onClick={() => onWire(bubble)} aria-label={t("see")}>
              {"</>"}
            </button>
          </span>
          {reactions.length > 0 && (
            <span className={classes.reactions} aria-hidden="true">
              {reactions.map((each, i) => (
                <span key={i}>{each.emoji}</span>
              ))}
            </span>
          )}
        </div>
        {bubble.error !== undefined && <small className={classes.error}>{bubble.error.message}</small>}
        {bubble.rows !== undefined && <Buttons rows={bubble.rows} bubble={bubble} app={app} onSend={onSend} onForm={onList} />}
        <GoodsButton bubble={bubble} className={classes.option} onDoor={onDoor} />
        <ToPay bubble={bubble} />
        {bubble.list !== undefined && (
          <button type="button" className={classes.option} onClick={() => onList(bubble)} aria-label={t("openList", { name: bubble.list.button })}>
            <Icon name="list" size={16} /> {bubble.list.button}
          </button>
        )}
        {bubble.cards !== undefined && (
          <div className={classes.cards}>
            {bubble.cards.map((card, i) => (
              <div key={i} className={classes.card}>
                {card.header?.media !== undefined && <MediaView media={card.header.media} kind="image" />}
                {card.title && <strong dir="auto">{card.title}</strong>}
                {card.text && <p>{card.text}</p>}
                {card.product !== undefined && <CarouselGoods product={card.product} catalog={bubble.catalog_id ?? ""} onDoor={onDoor} />}
                {card.rows !== undefined && <Buttons rows={card.rows} bubble={bubble} app={app} onSend={onSend} onForm={onList} />}
              </div>
            ))}
          </div>
        )}
      </div>
      {!bubble.deleted && (
        <Menu position={bubble.dir === "mine" ? "left" : "right"} width={210} withinPortal>
          <Menu.Target>
            <ActionIcon className={classes.tool} size="md" aria-label={t("bubbleActions")}>
              <Icon name="smile" size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <div className={classes.emojis}>
              {emojis.map((emoji) => (
                <Tooltip key={emoji} label={t("react", { emoji })}>
                  <Menu.Item className={classes.emoji} data-chosen={own === emoji || undefined} onClick={() => onSend({ kind: "reaction", bubble: bubble.id, emoji: own === emoji ? "" : emoji })} aria-label={t("react", { emoji })}>
                    {emoji}
                  </Menu.Item>
                </Tooltip>
              ))}
            </div>
            <Menu.Item leftSection={<Icon name="reply" size={16} />} onClick={() => onReply(bubble)}>
              {t("reply")}
            </Menu.Item>
            {bubble.dir === "mine" && bubble.kind === "text" && onEdit !== undefined && (
              <Menu.Item leftSection={<Icon name="note" size={16} />} onClick={() => onEdit(bubble)}>
                {t("edit")}
              </Menu.Item>
            )}
            {bubble.dir === "mine" && (app === "whatsapp" || app === "instagram") && (
              <Menu.Item leftSection={<Icon name="close" size={16} />} onClick={() => onSend({ kind: "revoke", bubble: bubble.id })}>
                {t(app === "instagram" ? "unsend" : "revoke")}
              </Menu.Item>
            )}
            <Menu.Item leftSection={<Icon name="link" size={16} />} onClick={() => onWire(bubble)}>
              {t("see")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
      )}
    </div>
  );
});

/** A product among others, side by side. */
function CarouselGoods({ product, catalog, onDoor }: { product: Product; catalog: string; onDoor: (door: Door) => void }) {
  const { t } = useTranslation("phone");
  return (
    <>
      <GoodsPicture product={product} className={shop.large} />
      <GoodsWords product={{ ...product, description: "" }} />
      {!product.gone && (
        <button type="button" className={classes.option} onClick={() => onDoor({ to: "item", catalog, product })} aria-label={`${t("shop.view")}: ${product.name ?? product.id}`}>
          {t("shop.view")}
        </button>
      )}
    </>
  );
}

/** What a bill asks for can be paid from here; so can a Pix code that stands in a text, as in the real apps. */
function ToPay({ bubble }: { bubble: Bubble }) {
  const { t } = useTranslation("phone");
  if (bubble.dir === "mine" || bubble.deleted) return null;
  const over = bubble.payment !== undefined && !["", "pending"].includes(bubble.payment.status);
  const { pix_code: bill = "", boleto = "", link = "" } = bubble.kind === "order_details" && !over ? (bubble.payment ?? {}) : {};
  const code = bill !== "" ? bill : pixIn(bubble.text ?? "");
  // A Telegram bot brings its own button to copy.
  const own = bubble.rows?.flat().some((choice) => choice.kind === "copy" && choice.value === code);
  return (
    <>
      {code !== "" && (own ? <Pay code={code} /> : <PixButtons code={code} />)}
      {link !== "" && (
        <a className={classes.option} href={link} target="_blank" rel="noopener noreferrer">
          <Icon name="link" size={15} /> {t("bill.link")}
        </a>
      )}
      {boleto !== "" && <Copy value={boleto} text={t("bill.copyBoleto")} />}
    </>
  );
}

/** A press on something that acts by itself is not a press on the bubble. */
function pressed(target: EventTarget): boolean {
  return target instanceof Element && target.closest("a, button, audio, video, summary") === null;
}

function Body({ bubble, app, onSend }: { bubble: Bubble; app: App; onSend: (sending: Sending) => void }) {
  const { t } = useTranslation("phone");
  const several = (bubble.images?.length ?? 0) > 1;
  return (
    <>
      {bubble.story !== undefined && <StoryCard bubble={bubble}>{bubble.story.media !== undefined && <MediaView media={bubble.story.media} kind="image" />}</StoryCard>}
      {bubble.share !== undefined && <ShareCard share={bubble.share} />}
      {bubble.poll !== undefined && <PollCard bubble={bubble} poll={bubble.poll} onVote={(picks) => onSend({ kind: "vote", bubble: bubble.id, picks })} />}
      {bubble.form !== undefined && <FilledForm fields={bubble.form.fields} />}
      {several && (
        <span className={classes.grid}>
          {bubble.images?.map((image, i) => <MediaView key={i} media={image} kind="image" />)}
        </span>
      )}
      {bubble.media !== undefined && !several && <MediaView media={bubble.media} kind={bubble.kind} />}
      {bubble.location !== undefined && (
        <span className={classes.place}>
          <span className={classes.map} aria-hidden="true">
            <Icon name="pin" size={30} />
          </span>
          <strong>{bubble.location.name || t("kind.location")}</strong>
          {bubble.location.live !== undefined && <em>{t("live", { count: Math.round(bubble.location.live / 60) })}</em>}
          <span>{bubble.location.address || `${bubble.location.latitude.toFixed(4)}, ${bubble.location.longitude.toFixed(4)}`}</span>
        </span>
      )}
      {bubble.contacts?.map((contact, i) => (
        <span key={i} className={classes.file}>
          <Icon name="person" size={24} />
          <span>
            <strong dir="auto">{contact.name}</strong>
            <span>{contact.phone}</span>
          </span>
        </span>
      ))}
      <SentGoods bubble={bubble} />
      <BubbleGoods bubble={bubble} />
      <PaymentCard bubble={bubble} />
      {bubble.text !== undefined && bubble.text !== "" && (
        <span className={bubble.kind === "sticker" ? classes.big : classes.text}>
          <RichText text={bubble.text} style={app === "whatsapp" ? "whatsapp" : "plain"} entities={bubble.entities} />
        </span>
      )}
    </>
  );
}

function MediaView({ media, kind }: { media: Media; kind: string }) {
  const { t, i18n } = useTranslation("phone");
  const [broken, setBroken] = useState(false);
  const source = ownPath(media.url);
  if (source === "" || broken) return <span className={classes.file}>{media.name || media.mime || t("kind.other")}</span>;
  const name = media.name || t("kind.image");
  if (kind === "image" || kind === "sticker" || media.mime.startsWith("image/")) {
    return <img src={source} alt={name} className={kind === "sticker" ? classes.sticker : classes.picture} loading="lazy" onError={() => setBroken(true)} />;
  }
  if (media.mime.startsWith("video/")) return <video src={source} controls preload="metadata" className={media.round ? classes.round : classes.picture} aria-label={t("kind.video")} />;
  if (media.mime.startsWith("audio/") || kind === "voice" || kind === "audio") {
    return (
      <span className={classes.voice}>
        {(media.voice || kind === "voice") && <Icon name="mic" size={18} />}
        <audio src={source} controls preload="metadata" aria-label={t(media.voice || kind === "voice" ? "kind.voice" : "kind.audio")} />
        {media.seconds !== undefined && <span>{playTime(media.seconds)}</span>}
      </span>
    );
  }
  return (
    <a className={classes.file} href={source} target="_blank" rel="noopener">
      <Icon name="file" size={24} />
      <span>
        <strong>{media.name || t("kind.document")}</strong>
        {media.size !== undefined && <span>{fileSize(media.size, i18n.language)}</span>}
      </span>
    </a>
  );
}

interface ButtonsProps {
  rows: Choice[][];
  bubble: Bubble;
  app: App;
  onSend: (sending: Sending) => void;
  onForm: (bubble: Bubble) => void;
}

function Buttons({ rows, bubble, app, onSend, onForm }: ButtonsProps) {
  return (
    <div className={classes.rows} data-app={app}>
      {rows.map((row, i) => (
        <div key={i} className={classes.row}>
          {row.map((choice) => (
            <ChoiceButton key={choice.id} choice={choice} bubble={bubble} onSend={onSend} onForm={onForm} />
          ))}
        </div>
      ))}
    </div>
  );
}

function ChoiceButton({ choice, bubble, onSend, onForm }: Omit<ButtonsProps, "rows" | "app"> & { choice: Choice }) {
  if (choice.kind === "phone" && choice.value !== undefined) {
    return (
      <a className={classes.option} href={`tel:${choice.value}`}>
        <Icon name="phone" size={15} /> {choice.text}
      </a>
    );
  }
  if (choice.kind === "flow") {
    return (
      <button type="button" className={classes.option} onClick={() => onForm(bubble)}>
        {choice.text}
      </button>
    );
  }
  if (choice.kind === "url" && choice.value !== undefined && /^https?:\/\//.test(choice.value)) {
    return (
      <a className={classes.option} href={choice.value} target="_blank" rel="noopener noreferrer">
        <Icon name="link" size={15} /> {choice.text}
      </a>
    );
  }
  if (choice.kind === "copy" && choice.value !== undefined) {
    return (
      <>
        <Copy value={choice.value} text={choice.text} />
        {pixIn(choice.value) !== "" && pixIn(bubble.text ?? "") === "" && <Pay code={choice.value} />}
      </>
    );
  }
  const answers = ["reply", "contact", "location"].includes(choice.kind);
  return (
    <button type="button" className={classes.option} disabled={!answers} data-chosen={choice.chosen || undefined} onClick={() => onSend({ kind: "tap", bubble: bubble.id, choice: choice.id })}>
      {choice.text}
    </button>
  );
}
