import { Modal, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { mediaUrl } from "@/api/client";
import type { Channel, Content, Message } from "@/api/types";
import { fileSize, phoneText } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { RichText } from "@/ui/rich-text";
import { JsonView } from "@/ui/json-view";
import classes from "./content.module.css";
import { SaidAbout, SaidBill, SaidCart, SaidProgress, SaidShelf } from "./shop/said";

/** What a message holds, each kind in its own form; a kind that we cannot draw says so and shows its bytes. */
export function MessageContent({ message, channel }: { message: Message; channel: Channel }) {
  const { content } = message;
  // Goods and bills stand below the words that present them, as the apps show them.
  const saidFirst = content.shelf !== undefined || content.bill !== undefined;
  return (
    <>
      {content.choice?.header && <strong className={classes.block}>{content.choice.header}</strong>}
      {content.about !== undefined && <SaidAbout content={content} />}
      {!saidFirst && <Special message={message} />}
      {content.text && content.kind !== "reaction" && content.kind !== "pick" && (
        <div className={classes.text} dir="auto">
          <RichText text={content.text} style={channel === "whatsapp" && message.direction !== "internal" ? "whatsapp" : "plain"} />
        </div>
      )}
      {saidFirst && <Special message={message} />}
      {content.choice !== undefined && <Options choice={content.choice} />}
    </>
  );
}

function Special({ message }: { message: Message }) {
  const { t } = useTranslation(["inbox", "common"]);
  const { content } = message;
  switch (content.kind) {
    case "image":
    case "sticker":
      return <Picture message={message} />;
    case "video":
    case "audio":
    case "document":
      return <MediaFile message={message} />;
    case "location":
      return <Location content={content} />;
    case "contacts":
      return (
        <ul className={classes.cards}>
          {content.contacts?.map((card, i) => (
            <li key={i}>
              <Icon name="person" size={18} />
              <span>
                <strong dir="auto">{card.name}</strong>
                {card.phones?.map((phone) => <span key={phone}>{phoneText(phone)}</span>)}
              </span>
            </li>
          ))}
        </ul>
      );
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
      return <Form form={content.form} />;
    case "template":
      return (
        <span className={classes.chip}>
          <Icon name="note" size={16} /> {t("templateNamed", { name: content.template?.name ?? "" })}
        </span>
      );
    case "welcome":
      return <em>{t("kind.welcome")}</em>;
    case "system":
      return content.text ? null : <em>{t("kind.system")}</em>;
    case "unsupported":
      return <Unsupported raw={content.raw} />;
    default:
      return null;
  }
}

function ready(content: Content): boolean {
  return content.media?.state === "ready" || (content.media?.state !== "failed" && !!content.media?.blob);
}

function Pending({ content }: { content: Content }) {
  const { t } = useTranslation(["inbox", "common"]);
  const failed = content.media?.state === "failed";
  return (
    <span className={classes.pending} data-kind={content.kind}>
      <Icon name={failed ? "alert" : "clock"} size={18} /> {failed ? t("mediaFailed") : t("mediaPending")}
    </span>
  );
}

function Picture({ message }: { message: Message }) {
  const { t } = useTranslation(["inbox", "common"]);
  const [open, setOpen] = useState(false);
  const { content } = message;
  if (!ready(content)) return <Pending content={content} />;
  const name = content.text || content.media?.name || t(content.kind === "sticker" ? "kind.sticker" : "kind.image");
  const picture = <img src={mediaUrl(message.id)} alt={name} loading="lazy" decoding="async" className={content.kind === "sticker" ? classes.sticker : classes.picture} />;
  if (content.kind === "sticker") return picture;
  return (
    <>
      <UnstyledButton onClick={() => setOpen(true)} className={classes.frame} aria-label={t("openImage", { name })}>
        {picture}
      </UnstyledButton>
      <Modal opened={open} onClose={() => setOpen(false)} size="auto" title={name} closeButtonProps={{ "aria-label": t("common:close") }}>
        <img src={mediaUrl(message.id)} alt={name} className={classes.large} />
      </Modal>
    </>
  );
}

function MediaFile({ message }: { message: Message }) {
  const { t, i18n } = useTranslation(["inbox", "common"]);
  const { content } = message;
  if (!ready(content)) return <Pending content={content} />;
  const url = mediaUrl(message.id);
  if (content.kind === "audio") {
    return <audio controls preload="metadata" src={url} className={classes.audio} aria-label={t(content.media?.voice ? "kind.voice" : "kind.audio")} />;
  }
  if (content.kind === "video") return <video controls preload="metadata" src={url} className={classes.picture} aria-label={t("kind.video")} />;
  const size = content.media?.size ?? 0;
  return (
    <a href={url} className={classes.file} target="_blank" rel="noopener">
      <Icon name="file" size={26} />
      <span>
        <strong>{content.media?.name || t("kind.document")}</strong>
        <span>{[content.media?.mime, size > 0 ? fileSize(size, i18n.language) : ""].filter(Boolean).join(" · ")}</span>
      </span>
    </a>
  );
}

function Location({ content }: { content: Content }) {
  const { t, i18n } = useTranslation(["inbox", "common"]);
  const place = content.location;
  if (place === undefined) return null;
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 5 });
  return (
    <span className={classes.file}>
      <Icon name="pin" size={26} />
      <span>
        <strong>{place.name || t("kind.location")}</strong>
        {place.address && <span>{place.address}</span>}
        <span>
          {number.format(place.latitude)}; {number.format(place.longitude)}
        </span>
      </span>
    </span>
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

function Form({ form }: { form: unknown }) {
  const { t } = useTranslation(["inbox", "common"]);
  const entries = typeof form === "object" && form !== null ? Object.entries(form) : [];
  return (
    <dl className={classes.form}>
      {entries.length === 0 && <dt>{t("kind.form")}</dt>}
      {entries.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function Unsupported({ raw }: { raw: unknown }) {
  const { t } = useTranslation(["inbox", "common"]);
  return (
    <div className={classes.block}>
      <em>{t("unsupported")}</em>
      {raw !== undefined && (
        <details>
          <summary>{t("showRaw")}</summary>
          <JsonView text={JSON.stringify(raw)} label={t("showRaw")} />
        </details>
      )}
    </div>
  );
}
