import { useTranslation } from "react-i18next";
import { mediaUrl, thumbUrl } from "@/api/client";
import type { Channel, Content, Message } from "@/api/types";
import { Icon } from "@/ui/icon";
import { MediaView } from "@/ui/media/view";
import { RichText } from "@/ui/rich-text";
import classes from "./content.module.css";
import { Asked, Buttons, Call, Cards, Deck, FormAnswers, Place, Poll, SaidTemplate, Shared, StoryAnswered, Unsupported, useConsentText } from "./kinds";
import { SaidAbout, SaidBill, SaidCart, SaidProgress, SaidShelf } from "./shop/said";

/** Kinds whose words are drawn by their own form. */
const spoken: ReadonlySet<string> = new Set(["reaction", "pick", "template", "activity"]);

/** What a message holds, each kind in its own form; a kind that we cannot draw says so and shows its bytes. */
export function MessageContent({ message, channel }: { message: Message; channel: Channel }) {
  const { content } = message;
  // Goods and bills stand below the words that present them, as the apps show them.
  const saidFirst = content.shelf !== undefined || content.bill !== undefined || content.deck !== undefined;
  return (
    <>
      {content.forwarded && <Passed how={content.forwarded} />}
      {content.story !== undefined && <StoryAnswered content={content} />}
      {content.choice?.header && <strong className={classes.block}>{content.choice.header}</strong>}
      {content.about !== undefined && <SaidAbout content={content} />}
      {!saidFirst && <Special message={message} />}
      {content.text && !spoken.has(content.kind) && (
        <div className={classes.text} dir="auto">
          <RichText text={content.text} style={channel === "whatsapp" && message.direction !== "internal" ? "whatsapp" : "plain"} />
        </div>
      )}
      {saidFirst && <Special message={message} />}
      {content.choice !== undefined && <Options choice={content.choice} />}
      {content.links !== undefined && content.links.length > 0 && <Buttons links={content.links} />}
      {content.request && <Asked request={content.request} />}
    </>
  );
}

/** Words that were another's. */
function Passed({ how }: { how: string }) {
  const { t } = useTranslation("thread");
  return (
    <small className={classes.passed}>
      <Icon name="right" size={13} /> {how === "often" ? t("forwardedOften") : t("forwarded")}
    </small>
  );
}

function Special({ message }: { message: Message }) {
  const { t } = useTranslation(["inbox", "thread"]);
  const consent = useConsentText();
  const { content } = message;
  switch (content.kind) {
    case "image":
    case "sticker":
    case "video":
    case "audio":
    case "document":
      return <File message={message} kind={content.kind} />;
    case "location":
      return content.location === undefined ? null : <Place place={content.location} />;
    case "contacts":
      return <Cards cards={content.contacts ?? []} />;
    case "pick":
      return (
        <span className={classes.pick}>
          <Icon name="check" size={16} />
          <span className="p-sr">{t("picked")} </span>
          <bdi>{content.pick?.title || content.text || content.pick?.id}</bdi>
        </span>
      );
    case "reaction":
      return <span>{content.text ? t("reacted", { emoji: content.text }) : t("unreacted")}</span>;
    case "order":
      return <SaidCart content={content} />;
    case "product":
    case "products":
    case "catalog":
      return <SaidShelf content={content} />;
    case "bill":
      return <SaidBill content={content} />;
    case "order_status":
      return <SaidProgress content={content} />;
    case "form":
      return <FormAnswers form={content.form} />;
    case "form_ask":
      return (
        <span className={classes.chip}>
          <Icon name="list" size={16} /> {t("thread:formAsk", { button: content.form_ask?.button ?? "" })}
        </span>
      );
    case "template":
      return content.template === undefined ? null : <TemplateWithFile message={message} />;
    case "share":
      return (
        <>
          <Shared content={content} />
          {content.media !== undefined && <File message={message} kind={fileKind(content.media.mime)} />}
        </>
      );
    case "poll":
      return content.poll === undefined ? null : <Poll poll={content.poll} />;
    case "call":
      return <Call call={content.call} />;
    case "consent":
      return <em>{consent(content.consent)}</em>;
    case "deck":
      return <Deck deck={content.deck ?? []} />;
    case "album":
      return <Files message={message} />;
    case "welcome":
      return <em>{t("kind.welcome")}</em>;
    case "system":
      return content.text ? null : <em>{t("kind.system")}</em>;
    case "unsupported":
      return <Unsupported content={content} />;
    default:
      return null;
  }
}

/** What a shared file is, by its type. */
function fileKind(mime: string | undefined): "image" | "video" | "audio" | "document" {
  const family = mime?.split("/")[0];
  return family === "video" || family === "audio" ? family : family === "application" || family === "text" ? "document" : "image";
}

function File({ message, kind }: { message: Message; kind: "image" | "sticker" | "video" | "audio" | "document" }) {
  const { content } = message;
  // A sticker of the app itself (thumbs-up, heart) is an emoji without a file.
  if (content.media === undefined) return kind === "sticker" ? null : <Missing content={content} />;
  return <MediaView kind={kind} media={content.media} src={mediaUrl(message.id)} thumb={thumbUrl(message.id)} caption={content.text} own={message.direction === "out"} />;
}

function Missing({ content }: { content: Content }) {
  const { t } = useTranslation(["inbox", "thread"]);
  const story = content.share?.kind === "story" || content.share?.kind === "story_mention";
  return <em className={classes.dim}>{story ? t("thread:storyGone") : t("mediaFailed")}</em>;
}

function TemplateWithFile({ message }: { message: Message }) {
  const template = message.content.template;
  if (template === undefined) return null;
  return (
    <>
      {template.header?.blob && (
        <MediaView kind={fileKind(template.header.mime)} media={template.header} src={mediaUrl(message.id)} thumb={thumbUrl(message.id)} caption={template.header.name} own />
      )}
      <SaidTemplate template={template} />
    </>
  );
}

/** Several files of one message. */
function Files({ message }: { message: Message }) {
  const files = message.content.album ?? [];
  return (
    <div className={classes.album} data-count={Math.min(files.length, 4)}>
      {files.map((media, i) => (
        <MediaView key={i} kind={fileKind(media.mime)} media={media} src={mediaUrl(message.id, i)} thumb={thumbUrl(message.id, i)} caption={media.name} own={message.direction === "out"} />
      ))}
    </div>
  );
}

function Options({ choice }: { choice: NonNullable<Content["choice"]> }) {
  return (
    <>
      <ul className={classes.options}>
        {choice.options.map((option) => (
          <li key={option.id} title={option.description}>
            {option.title}
          </li>
        ))}
      </ul>
      {choice.footer && <small className={classes.footer}>{choice.footer}</small>}
    </>
  );
}
