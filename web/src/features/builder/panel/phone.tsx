import { ActionIcon, Menu } from "@mantine/core";
import { useEffect, useRef, useState, type FormEvent, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "@/api/types";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { clockTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { RichText } from "@/ui/rich-text";
import type { Shown, Spoken } from "../contract";
import classes from "./phone.module.css";
import type { Moment, Move } from "./simulation";

interface Props {
  channel: Channel;
  name: string;
  moments: Moment[];
  busy: boolean;
  onMove: (move: Move) => void;
  /** Stands in the bar beside the name of the app. */
  tools?: ReactNode;
}

/** A customer's phone with one conversation, as the app of a channel draws it. */
export function Phone({ channel, name, moments, busy, onMove, tools }: Props) {
  const { t, i18n } = useTranslation("builder");
  const [text, setText] = useState("");
  const [list, setList] = useState<Shown | null>(null);
  const thread = useRef<HTMLDivElement>(null);
  const length = moments.length;
  useEffect(() => {
    // Only the thread moves: scrolling the end into view would move the whole page with it.
    thread.current?.scrollTo({ top: thread.current.scrollHeight });
  }, [length, busy]);
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() === "" || busy) return;
    onMove({ kind: "text", text: text.trim() });
    setText("");
  };
  const pick = (option: { id: string; title: string }) => {
    setList(null);
    if (!busy) onMove({ kind: "pick", id: option.id, title: option.title });
  };
  const quick = shownOn(moments.at(-1)?.got.messages.at(-1), channel);
  return (
    <section className={classes.phone} data-app={channel} aria-label={t("simulate.phoneOf", { channel: channelNames[channel] })}>
      <header className={classes.bar}>
        <ChannelMark channel={channel} size={24} silent />
        <strong>{name}</strong>
        {tools}
      </header>
      <div ref={thread} className={classes.thread} role="log" aria-label={t("simulate.thread", { channel: channelNames[channel] })} tabIndex={0}>
        {length === 0 && !busy && <p className={classes.hint}>{t("simulate.hint")}</p>}
        {moments.map((moment, i) => (
          <div key={i} className={classes.turn}>
            <Mine moment={moment} />
            {moment.got.messages.map((message, k) => (
              <Theirs key={k} message={message} channel={channel} at={clockTime(moment.nowMs, i18n.language)} onPick={pick} onList={setList} onMove={(move) => !busy && onMove(move)} />
            ))}
            {moment.got.status === "handed_off" && <p className={classes.event}>{t("simulate.toPerson")}</p>}
            {moment.got.status === "ended" && <p className={classes.event}>{t("simulate.ended")}</p>}
          </div>
        ))}
        {busy && (
          <span className={classes.dots} role="status" aria-label={t("simulate.answering")}>
            <span />
            <span />
            <span />
          </span>
        )}
      </div>
      {quick?.shape === "quick_replies" && (
        <div className={classes.quick}>
          {quick.options.map((option) => (
            <button key={option.id} type="button" onClick={() => pick(option)}>
              {option.title}
            </button>
          ))}
        </div>
      )}
      <form className={classes.writer} onSubmit={send}>
        <Menu position="top-start" width={200} withinPortal>
          <Menu.Target>
            <ActionIcon aria-label={t("simulate.attach")} className={classes.tool}>
              <Icon name="plus" size={19} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {(["image", "audio", "document"] as const).map((media) => (
              <Menu.Item key={media} leftSection={<Icon name={media === "image" ? "image" : media === "audio" ? "mic" : "file"} size={17} />} onClick={() => onMove({ kind: "media", media })}>
                {t(`simulate.send.${media}`)}
              </Menu.Item>
            ))}
            <Menu.Item leftSection={<Icon name="pin" size={17} />} onClick={() => onMove({ kind: "location" })}>
              {t("simulate.send.location")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="person" size={17} />} onClick={() => onMove({ kind: "contact" })}>
              {t("simulate.send.contact")}
            </Menu.Item>
          </Menu.Dropdown>
        </Menu>
        <input className={classes.input} value={text} onChange={(event) => setText(event.currentTarget.value)} placeholder={t("simulate.placeholder")} aria-label={t("simulate.message", { channel: channelNames[channel] })} maxLength={4000} />
        <ActionIcon type="submit" className={classes.sendButton} radius="xl" disabled={text.trim() === ""} aria-label={t("simulate.sendNow", { channel: channelNames[channel] })}>
          <Icon name="send" size={18} />
        </ActionIcon>
      </form>
      {list !== null && (
        <div className={classes.shade} onClick={() => setList(null)}>
          <div className={classes.sheet} role="dialog" aria-modal="true" aria-label={list.button} onClick={(event) => event.stopPropagation()} onKeyDown={(event) => event.key === "Escape" && setList(null)}>
            <header>
              <strong>{list.button}</strong>
              <ActionIcon onClick={() => setList(null)} aria-label={t("simulate.closeList")} autoFocus>
                <Icon name="close" size={17} />
              </ActionIcon>
            </header>
            {list.options.map((option) => (
              <button key={option.id} type="button" onClick={() => pick(option)}>
                <span>{option.title}</span>
                {option.description && <small>{option.description}</small>}
              </button>
            ))}
          </div>
        </div>
      )}
    </section>
  );
}

function shownOn(message: Spoken | undefined, channel: Channel): Shown | undefined {
  return message?.shown.find((each) => each.channel === channel);
}

function Mine({ moment: { move, input } }: { moment: Moment }) {
  const { t } = useTranslation("builder");
  if (move.kind === "time") return <p className={classes.event}>{t("simulate.timePassed")}</p>;
  if (move.kind === "start") return <p className={classes.event}>{t("simulate.started")}</p>;
  if (move.kind === "answer") return <p className={classes.event}>{t("simulate.webAnswered", { status: move.status > 0 ? move.status : t("simulate.noAnswer") })}</p>;
  const content = input.kind === "message" ? input.content : undefined;
  return (
    <div className={classes.bubble} data-dir="mine">
      {content?.media !== undefined && (
        <span className={classes.file}>
          <Icon name={content.kind === "image" ? "image" : content.kind === "audio" ? "mic" : "file"} size={20} /> {content.media.name ?? t("simulate.send.audio")}
        </span>
      )}
      {content?.location !== undefined && (
        <span className={classes.file}>
          <Icon name="pin" size={20} /> {content.location.name}
        </span>
      )}
      {content?.contacts?.map((card, i) => (
        <span key={i} className={classes.file}>
          <Icon name="person" size={20} /> {card.name}
        </span>
      ))}
      {content?.form !== undefined && (
        <span className={classes.file}>
          <Icon name="check" size={20} /> {t("simulate.formSent")}
        </span>
      )}
      {content?.text ?? content?.pick?.title}
    </div>
  );
}

function Theirs({ message, channel, at, onPick, onList, onMove }: { message: Spoken; channel: Channel; at: string; onPick: (option: { id: string; title: string }) => void; onList: (list: Shown) => void; onMove: (move: Move) => void }) {
  const { t } = useTranslation("builder");
  const shown = shownOn(message, channel);
  const { content } = message;
  const text = content.poll?.question ?? shown?.text ?? content.text ?? "";
  const style = channel === "whatsapp" ? "whatsapp" : "plain";
  return (
    <>
      {shown?.before.map((part, i) => (
        <div key={i} className={classes.bubble} data-dir="theirs">
          <RichText text={part} style={style} />
        </div>
      ))}
      <div className={classes.said}>
        <div className={classes.bubble} data-dir="theirs">
          {content.media !== undefined && (
            <span className={classes.file}>
              <Icon name={content.kind === "image" ? "image" : content.kind === "audio" ? "mic" : content.kind === "video" ? "play" : "file"} size={20} /> {content.media.name ?? content.kind}
            </span>
          )}
          {content.location !== undefined && (
            <span className={classes.file}>
              <Icon name="pin" size={20} /> {content.location.name ?? content.location.address}
            </span>
          )}
          {content.contacts?.map((card, i) => (
            <span key={i} className={classes.file}>
              <Icon name="person" size={20} /> {card.name}
            </span>
          ))}
          {content.album !== undefined && (
            <span className={classes.file}>
              <Icon name="image" size={20} /> {t("simulate.album", { count: content.album?.length ?? 0 })}
            </span>
          )}
          {shown?.header && <strong className={classes.header}>{shown.header}</strong>}
          <RichText text={text} style={style} />
          {shown?.footer && <small className={classes.footer}>{shown.footer}</small>}
          <time className={classes.time}>{at}</time>
        </div>
        <Beside content={content} onPick={onPick} onMove={onMove} />
        {shown?.shape === "list" && (
          <button type="button" className={classes.option} onClick={() => onList(shown)}>
            <Icon name="list" size={16} /> {shown.button}
          </button>
        )}
        {(shown?.shape === "buttons" || shown?.shape === "keyboard") &&
          shown.options.map((option) => (
            <button key={option.id} type="button" className={classes.option} onClick={() => onPick(option)}>
              {option.title}
            </button>
          ))}
      </div>
    </>
  );
}

/** What stands under a message: pages to open, cards, a poll, a form, the app's own button. */
function Beside({ content, onPick, onMove }: { content: Spoken["content"]; onPick: (option: { id: string; title: string }) => void; onMove: (move: Move) => void }) {
  const { t } = useTranslation("builder");
  const [answers, setAnswers] = useState<string | null>(null);
  const read = answers === null ? null : asObject(answers);
  return (
    <>
      <Doors links={content.links} />
      {content.deck?.map((card, i) => (
        <div key={i} className={classes.slide}>
          {card.media !== undefined && <Icon name={card.media.mime?.startsWith("video/") ? "play" : "image"} size={22} />}
          <strong>{card.title}</strong>
          {card.text && <span>{card.text}</span>}
          {card.options?.map((option) => (
            <button key={option.id} type="button" className={classes.option} onClick={() => onPick(option)}>
              {option.title}
            </button>
          ))}
          <Doors links={card.links} />
        </div>
      ))}
      {content.poll?.options?.map((option, i) => (
        <button key={i} type="button" className={classes.option} onClick={() => onPick({ id: `poll:1:${i}`, title: String(i + 1) })}>
          {option}
        </button>
      ))}
      {content.request === "place" && (
        <button type="button" className={classes.option} onClick={() => onMove({ kind: "location" })}>
          <Icon name="pin" size={15} /> {t("simulate.askPlace")}
        </button>
      )}
      {content.request === "phone" && (
        <button type="button" className={classes.option} onClick={() => onMove({ kind: "contact" })}>
          <Icon name="person" size={15} /> {t("simulate.askContact")}
        </button>
      )}
      {content.form_ask !== undefined && answers === null && (
        <button type="button" className={classes.option} onClick={() => setAnswers("{}")}>
          {content.form_ask.button}
        </button>
      )}
      {answers !== null && (
        <form
          className={classes.slide}
          onSubmit={(event) => {
            event.preventDefault();
            if (read === null) return;
            setAnswers(null);
            onMove({ kind: "form", answers: read });
          }}
        >
          <textarea rows={4} value={answers} aria-label={t("simulate.formAnswers")} onChange={(event) => setAnswers(event.currentTarget.value)} />
          <button type="submit" className={classes.option} disabled={read === null}>
            {t("simulate.sendForm")}
          </button>
        </form>
      )}
    </>
  );
}

function Doors({ links }: { links: Spoken["content"]["links"] }) {
  return links?.map((link, i) => (
    <span key={i} className={classes.option}>
      <Icon name="link" size={15} /> {link.title}
    </span>
  ));
}

function asObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
