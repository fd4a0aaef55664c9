import { CopyButton, UnstyledButton } from "@mantine/core";
import { Fragment, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Content } from "@/api/types";
import { momentTime, phoneText, spanText, unturned } from "@/ui/format";
import { Icon, type IconName } from "@/ui/icon";
import { JsonView } from "@/ui/json-view";
import { RichText } from "@/ui/rich-text";
import classes from "./content.module.css";

/** The forms of what a message holds beyond words and files, one a kind. */

/** An address of the web that is safe to open; what else a stranger may have sent is shown as text. */
export function pageUrl(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { protocol } = new URL(url);
  return protocol === "https:" || protocol === "http:" ? url : undefined;
}

function Out({ url, children, label }: { url: string; children: ReactNode; label?: string }) {
  return (
    <a href={url} target="_blank" rel="noopener noreferrer nofollow" className={classes.open} aria-label={label}>
      <Icon name="link" size={14} /> {children}
    </a>
  );
}

function Line({ icon, children }: { icon: IconName; children: ReactNode }) {
  return (
    <span className={classes.chip}>
      <Icon name={icon} size={16} /> {children}
    </span>
  );
}

/** Picks a text by a word of the platform; a word that we do not know falls back. */
function useWord() {
  const { t, i18n } = useTranslation("thread");
  return (group: "share" | "call" | "request" | "advert" | "category" | "topic", word: string | undefined, fallback?: string): string => {
    const key = `${group}.${word ?? ""}`;
    if (word !== undefined && word !== "" && i18n.exists(`thread:${key}`)) return t(key as "share.other");
    return fallback ?? t(`${group}.other` as "share.other");
  };
}

/** A post, a reel or a story; its picture stands below. */
export function Shared({ content }: { content: Content }) {
  const { t } = useTranslation("thread");
  const word = useWord();
  const share = content.share;
  const url = pageUrl(share?.url);
  const story = share?.kind === "story" || share?.kind === "story_mention";
  const gone = story && content.media === undefined;
  return (
    <div className={classes.shared}>
      <Line icon="link">
        <strong>{word("share", share?.kind)}</strong>
      </Line>
      {share?.title && <bdi className={classes.block}>{share.title}</bdi>}
      {gone && <em className={classes.dim}>{t("storyGone")}</em>}
      {/* What a platform gives for a story is its file, not a page. */}
      {url !== undefined && !story && <Out url={url}>{t("openPost")}</Out>}
    </div>
  );
}

/** The story of ours that a message answers. */
export function StoryAnswered({ content }: { content: Content }) {
  const { t } = useTranslation("thread");
  const url = pageUrl(content.story?.url);
  return (
    <div className={classes.story}>
      <Icon name="reply" size={14} /> {t("storyReply")}
      {url !== undefined && <Out url={url}>{t("openPost")}</Out>}
    </div>
  );
}

export function Poll({ poll }: { poll: NonNullable<Content["poll"]> }) {
  const { t } = useTranslation("thread");
  return (
    <div className={classes.poll} role="group" aria-label={poll.closed ? t("pollClosed") : t("poll")}>
      <Line icon="list">{poll.closed ? t("pollClosed") : t("poll")}</Line>
      <strong className={classes.block} dir="auto">{poll.question}</strong>
      <ul>
        {poll.options.map((option, i) => (
          <li key={i} dir="auto" data-several={poll.several || undefined}>{option}</li>
        ))}
      </ul>
      {poll.several && <small className={classes.dim}>{t("pollSeveral")}</small>}
    </div>
  );
}

export function Call({ call }: { call: Content["call"] }) {
  const { t, i18n } = useTranslation("thread");
  const word = useWord();
  return (
    <span className={classes.chip} data-call={call?.state}>
      <Icon name="phone" size={17} />
      <span>
        <strong>{word("call", call?.state)}</strong>
        {call?.seconds ? ` · ${spanText(call.seconds * 1000)}` : ""}
        {call?.until_ms ? ` · ${t("callUntil", { when: momentTime(call.until_ms, i18n.language) })}` : ""}
      </span>
    </span>
  );
}

/** What the customer allowed or forbade, in one line. */
export function useConsentText(): (consent: Content["consent"]) => string {
  const { t } = useTranslation("thread");
  const word = useWord();
  return (consent) => t(consent?.granted ? "consent.granted" : "consent.refused", { topic: word("topic", consent?.topic, consent?.topic ?? "") });
}

export function Asked({ request }: { request: string }) {
  const word = useWord();
  const icon: IconName = request === "place" ? "pin" : request === "phone" ? "phone" : "person";
  return (
    <small className={classes.asked}>
      <Icon name={icon} size={14} /> {word("request", request)}
    </small>
  );
}

export function Buttons({ links }: { links: NonNullable<Content["links"]> }) {
  const { t } = useTranslation("thread");
  return (
    <ul className={classes.options}>
      {links.map((link, i) => {
        const url = pageUrl(link.url);
        return (
          <li key={i} title={link.url}>
            {url === undefined ? link.title : <Out url={url} label={t("openLink", { title: link.title })}>{link.title}</Out>}
          </li>
        );
      })}
    </ul>
  );
}

/** Cards side by side; the row scrolls, by keyboard too. */
export function Deck({ deck }: { deck: NonNullable<Content["deck"]> }) {
  const { t } = useTranslation("thread");
  return (
    <ul className={classes.deck} tabIndex={0} aria-label={t("deck", { count: deck.length })}>
      {deck.map((slide, i) => {
        const picture = pageUrl(slide.media?.url);
        return (
          <li key={i}>
            {picture !== undefined && <img src={picture} alt="" loading="lazy" referrerPolicy="no-referrer" />}
            {slide.title && <strong dir="auto">{slide.title}</strong>}
            {slide.text && <span dir="auto">{slide.text}</span>}
            {slide.options?.map((option) => <small key={option.id} className={classes.tap}>{option.title}</small>)}
            {slide.links !== undefined && <Buttons links={slide.links} />}
          </li>
        );
      })}
    </ul>
  );
}

/** A template as the customer sees it. */
export function SaidTemplate({ template }: { template: NonNullable<Content["template"]> }) {
  const { t } = useTranslation("thread");
  const shown = template.shown;
  return (
    <div className={classes.template}>
      <small className={classes.dim}>
        <Icon name="note" size={13} /> {t("template", { name: template.name })}
      </small>
      {shown?.header && <strong className={classes.block} dir="auto">{shown.header}</strong>}
      {shown !== undefined && (
        <div className={classes.text} dir="auto">
          <RichText text={shown.text} style="whatsapp" />
        </div>
      )}
      {shown?.footer && <small className={classes.footer}>{shown.footer}</small>}
      {(shown?.buttons?.length ?? 0) > 0 && (
        <ul className={classes.options} aria-label={t("templateButtons")}>
          {shown?.buttons?.map((button, i) => <li key={i}>{button}</li>)}
        </ul>
      )}
    </div>
  );
}

/** Marks of a filled form that say nothing to people. */
const silent = new Set(["flow_token"]);

function told(value: unknown): string {
  if (value === null || value === undefined) return "—";
  if (Array.isArray(value)) return value.map(told).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : String(value as string | number | boolean);
}

/** The answers of a form, as a table. */
export function FormAnswers({ form }: { form: unknown }) {
  const { t } = useTranslation("thread");
  const answers = typeof form === "object" && form !== null ? Object.entries(form).filter(([name]) => !silent.has(name)) : [];
  return (
    <table className={classes.answers}>
      <caption>{t("form")}</caption>
      <thead className="p-sr">
        <tr>
          <th scope="col">{t("formField")}</th>
          <th scope="col">{t("formAnswer")}</th>
        </tr>
      </thead>
      <tbody>
        {answers.map(([name, value]) => (
          <tr key={name}>
            <th scope="row">{name.replaceAll("_", " ")}</th>
            <td dir="auto">{told(value)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** People whose contacts were passed on, with what can be done with each number. */
export function Cards({ cards }: { cards: NonNullable<Content["contacts"]> }) {
  const { t } = useTranslation("thread");
  return (
    <ul className={classes.cards}>
      {cards.map((card, i) => (
        <li key={i}>
          <Icon name="person" size={20} />
          <span>
            <strong dir="auto">{unturned(card.name)}</strong>
            {card.own && <small className={classes.dim}>{t("ownNumber")}</small>}
            {card.phones?.map((phone) => {
              const number = phoneText(phone);
              return (
                <Fragment key={phone}>
                  <span className={classes.reach}>
                    <a href={`tel:${phone.replace(/[^+\d]/g, "")}`} aria-label={t("callNumber", { number })}>{number}</a>
                    <CopyButton value={phone}>
                      {({ copied, copy }) => (
                        <UnstyledButton onClick={copy} className={classes.copy} aria-label={t("copyNumber", { number })}>
                          <Icon name={copied ? "check" : "copy"} size={14} />
                        </UnstyledButton>
                      )}
                    </CopyButton>
                  </span>
                </Fragment>
              );
            })}
            {card.emails?.map((address) => (
              <a key={address} href={`mailto:${encodeURIComponent(address)}`} aria-label={t("writeTo", { address })}>{address}</a>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** A place, with a way into a map: nothing is fetched from a map's server before somebody asks. */
export function Place({ place }: { place: NonNullable<Content["location"]> }) {
  const { t, i18n } = useTranslation(["thread", "inbox"]);
  const number = new Intl.NumberFormat(i18n.language, { maximumFractionDigits: 5 });
  const map = `https://www.openstreetmap.org/?mlat=${place.latitude}&mlon=${place.longitude}#map=16/${place.latitude}/${place.longitude}`;
  return (
    <a href={map} className={classes.file} target="_blank" rel="noopener noreferrer" aria-label={[t("map"), place.name, place.address].filter(Boolean).join(": ")}>
      <Icon name="pin" size={26} />
      <span>
        <strong dir="auto">{place.name || t("inbox:kind.location")}</strong>
        {place.live_seconds ? <span>{t("live", { span: spanText(place.live_seconds * 1000) })}</span> : null}
        {place.address && <span dir="auto">{place.address}</span>}
        <span>
          {number.format(place.latitude)}; {number.format(place.longitude)}
        </span>
      </span>
    </a>
  );
}

/** What nobody can draw says what it is, and shows its bytes. */
export function Unsupported({ content }: { content: Content }) {
  const { t } = useTranslation(["thread", "inbox"]);
  const kind = content.share?.kind ?? "";
  return (
    <div className={classes.block}>
      <em>{kind === "" ? t("unsupported") : t("unsupportedNamed", { kind })}</em>
      {content.raw !== undefined && (
        <details>
          <summary>{t("inbox:showRaw")}</summary>
          <JsonView text={JSON.stringify(content.raw)} label={t("inbox:showRaw")} />
        </details>
      )}
    </div>
  );
}
