import { ActionIcon, FileButton, Loader, Menu, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/ui/avatar";
import { clockTime, dayLabel, startOfDay } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useNow } from "@/ui/time";
import { asProblem } from "@/api/problem";
import { phoneApi, type Bubble, type Chat, type Choice, type Product, type Sending } from "./api";
import { PhoneBubble } from "./bubble";
import { countOf, usePhoneCart } from "./cart";
import { Deeds, here } from "./deed";
import { FormSheet, QuickReplies } from "./extra";
import { GoodsPicture, type Door } from "./goods";
import classes from "./phone.module.css";
import { Sheet } from "./sheet";
import { ShopSheet } from "./shop";
import { drawn, placeBubble, placeOlder, type Thread } from "./state";
import { threadKey } from "./live";

interface Props {
  chat: Chat;
  typing: boolean;
  onBack: () => void;
  onWire: (bubble: Bubble) => void;
}

/** One chat in the dress of its app. */
export function ChatView({ chat, typing, onBack, onWire }: Props) {
  const { t, i18n } = useTranslation("phone");
  const client = useQueryClient();
  const now = useNow();
  const [list, setList] = useState<Bubble | null>(null);
  const [reply, setReply] = useState<Bubble | null>(null);
  const [editing, setEditing] = useState<Bubble | null>(null);
  const [door, setDoor] = useState<Door | null>(null);
  const [about, setAbout] = useState<{ catalog: string; product: Product } | null>(null);
  const cart = usePhoneCart(chat.id);
  const query = useQuery({ queryKey: threadKey(chat.id), queryFn: (): Promise<Thread> => phoneApi.messages(chat.id), staleTime: Number.POSITIVE_INFINITY });
  const bubbles = drawn(query.data?.bubbles ?? []);

  const failed = useCallback((error: unknown) => notify.bad(`${t("failedSend")} ${asProblem(error).message}`), [t]);
  const took = useCallback(
    (answer: { bubble?: Bubble }) => {
      const { bubble } = answer;
      if (bubble === undefined) return;
      client.setQueryData<Thread>(threadKey(chat.id), (thread) => (thread === undefined || thread.bubbles.some((each) => each.id === bubble.id) ? thread : placeBubble(thread, bubble)));
    },
    [client, chat.id],
  );
  const send = useMutation({ mutationFn: (sending: Sending) => phoneApi.send(chat.id, sending), onSuccess: took, onError: failed });
  const sendFile = useMutation({ mutationFn: ({ file, as }: { file: File; as?: "video_note" | undefined }) => phoneApi.sendFile(chat.id, file, as), onSuccess: took, onError: failed });
  const older = useMutation({
    mutationFn: () => phoneApi.messages(chat.id, query.data?.bubbles[0]?.id),
    onSuccess: (page) => client.setQueryData<Thread>(threadKey(chat.id), (thread) => (thread === undefined ? page : placeOlder(thread, page))),
  });
  const block = useMutation({ mutationFn: () => phoneApi.block(chat.id, !chat.blocked), onError: failed });
  const { mutate } = send;

  // The chat is open in front of the person: what the business wrote is read.
  const lastTheirs = bubbles.findLast((bubble) => bubble.dir === "theirs")?.id;
  useEffect(() => {
    if (chat.unread === 0 && lastTheirs === undefined) return;
    const read = () => {
      if (!document.hidden && chat.unread > 0) phoneApi.read(chat.id).catch(() => undefined); // told again with the next message
    };
    const timer = setTimeout(read, 700);
    document.addEventListener("visibilitychange", read);
    return () => {
      clearTimeout(timer);
      document.removeEventListener("visibilitychange", read);
    };
  }, [chat.id, chat.unread, lastTheirs]);

  return (
    <div className={classes.chat} data-app={chat.channel}>
      <header className={classes.bar}>
        <ActionIcon variant="transparent" className={classes.barIcon} onClick={onBack} aria-label={t("backToChats")}>
          <Icon name="back" />
        </ActionIcon>
        <Avatar name={chat.business.name} seed={chat.business.id} size={36} />
        <span className={classes.barText}>
          <strong>{chat.business.name}</strong>
          <span role="status">{typing || chat.typing ? t("typing") : t(roles[chat.channel])}</span>
        </span>
        {chat.cart && cart.pieces.length > 0 && (
          <ActionIcon variant="transparent" className={classes.barIcon} onClick={() => setDoor({ to: "cart" })} aria-label={t("shop.openCart", { count: countOf(cart.pieces) })}>
            <Icon name="cart" />
          </ActionIcon>
        )}
        {chat.catalog_id && (
          <ActionIcon variant="transparent" className={classes.barIcon} onClick={() => setDoor({ to: "catalog" })} aria-label={t("shop.viewCatalog")}>
            <Icon name="box" />
          </ActionIcon>
        )}
        <Menu position="bottom-end" width={240}>
          <Menu.Target>
            <ActionIcon variant="transparent" className={classes.barIcon} aria-label={t("chatMenu")}>
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {chat.window_until !== undefined && <Menu.Label>{chat.window_until > now ? t("windowUntil", { time: clockTime(chat.window_until, i18n.language) }) : t("windowClosed")}</Menu.Label>}
            {chat.channel === "whatsapp" && (
              <>
                <Menu.Item onClick={() => mutate({ kind: "preference", state: "stop" })}>{t("stopMarketing")}</Menu.Item>
                <Menu.Item onClick={() => mutate({ kind: "preference", state: "resume" })}>{t("resumeMarketing")}</Menu.Item>
                <Menu.Item onClick={() => mutate({ kind: "change_number", phone: freshNumber() })}>{t("changeNumber")}</Menu.Item>
              </>
            )}
            <Menu.Item onClick={() => block.mutate()}>{chat.blocked ? t("unblock") : t("block")}</Menu.Item>
          </Menu.Dropdown>
        </Menu>
      </header>

      <div className={classes.scroller} role="log" aria-label={t("messages")} tabIndex={0}>
        <div className={classes.column}>
          {query.isPending && <Loader size="sm" mx="auto" my="lg" display="block" />}
          {query.data?.more && (
            <button type="button" className={classes.older} onClick={() => older.mutate()} disabled={older.isPending}>
              {t("older")}
            </button>
          )}
          {bubbles.map((bubble, i) => {
            const last = bubbles[i - 1];
            const newDay = last === undefined || startOfDay(last.at) !== startOfDay(bubble.at);
            return (
              <div key={bubble.id}>
                {newDay && (
                  <div className={classes.day}>
                    <span>{dayLabel(bubble.at, now, i18n.language)}</span>
                  </div>
                )}
                <PhoneBubble bubble={bubble} app={chat.channel} onSend={mutate} onList={setList} onReply={setReply} onDoor={setDoor} onWire={onWire} onEdit={setEditing} />
              </div>
            );
          })}
          {query.isSuccess && bubbles.length === 0 && (
            <div className={classes.hello}>
              <strong>{chat.started ? t("sayHi") : t(chat.channel === "messenger" ? "getStartedFirst" : "startFirst")}</strong>
              {(chat.started ? (["hello", "buy", "hours", "person"] as const) : []).map((hint) => (
                <button type="button" key={hint} onClick={() => mutate({ kind: "text", text: t(`hints.${hint}`) })}>
                  {t(`hints.${hint}`)}
                </button>
              ))}
            </div>
          )}
          {(typing || chat.typing) && (
            <div className={classes.dots} aria-hidden="true">
              <span />
              <span />
              <span />
            </div>
          )}
        </div>
      </div>

      {!chat.started ? (
        <button type="button" className={classes.start} onClick={() => mutate({ kind: "start" })}>
          {t(chat.channel === "messenger" ? "getStarted" : "start")}
        </button>
      ) : (
        <>
          <QuickReplies bubble={bubbles.at(-1)} onSend={mutate} />
          <Writer key={editing?.id ?? ""} chat={chat} reply={reply} onUnreply={() => setReply(null)} editing={editing} onUnedit={() => setEditing(null)} about={about} onUnask={() => setAbout(null)} onSend={mutate} onFile={(file, as) => sendFile.mutate({ file, as })} />
        </>
      )}
      {door !== null && <ShopSheet chat={chat} door={door} cart={cart} onDoor={setDoor} onSend={mutate} onAsk={(catalog, product) => setAbout({ catalog, product })} onClose={() => setDoor(null)} />}
      {list !== null && list.list === undefined && (
        <FormSheet
          bubble={list}
          onClose={() => setList(null)}
          onSend={(values) => {
            mutate({ kind: "form", bubble: list.id, values });
            setList(null);
          }}
        />
      )}
      {list?.list !== undefined && (
        <ListSheet
          bubble={list}
          onClose={() => setList(null)}
          onPick={(choice) => {
            mutate({ kind: "tap", bubble: list.id, choice: choice.id });
            setList(null);
          }}
        />
      )}
    </div>
  );
}

/** What stands under a business's name. */
const roles = { whatsapp: "business", telegram: "bot", messenger: "page", instagram: "instagram" } as const;

/** A Brazilian number that nobody of the demo has. */
const freshNumber = () => `+55119${String(10_000_000 + Math.floor(Math.random() * 89_999_999))}`;

interface WriterProps {
  chat: Chat;
  reply: Bubble | null;
  onUnreply: () => void;
  /** An own message whose words are being changed. */
  editing: Bubble | null;
  onUnedit: () => void;
  /** The product that the next text asks about. */
  about: { catalog: string; product: Product } | null;
  onUnask: () => void;
  onSend: (sending: Sending) => void;
  onFile: (file: File, as?: "video_note") => void;
}

function Writer({ chat, reply, onUnreply, editing, onUnedit, about, onUnask, onSend, onFile }: WriterProps) {
  const { t } = useTranslation("phone");
  const [text, setText] = useState(editing?.text ?? "");
  const [asNote, setAsNote] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const openFile = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (about !== null || editing !== null) field.current?.focus();
  }, [about, editing]);
  const ready = text.trim() !== "";
  const submit = () => {
    if (!ready) return;
    if (editing !== null) {
      onSend({ kind: "edit", bubble: editing.id, text: text.trim() });
      onUnedit();
      return;
    }
    onSend({ kind: "text", text: text.trim(), ...(reply === null ? {} : { reply_to: reply.id }), ...(about === null ? {} : { product: { catalog_id: about.catalog, product_retailer_id: about.product.id } }) });
    setText("");
    onUnask();
    onUnreply();
    field.current?.focus();
  };
  const press = (choice: Choice) => {
    if (choice.kind === "location") onSend(here);
    else if (choice.kind === "contact") onSend({ kind: "contact", name: "", phone: "" });
    else onSend({ kind: "key", text: choice.text });
  };
  return (
    <div className={classes.writer}>
      {about !== null && (
        <div className={classes.replying}>
          <GoodsPicture product={about.product} />
          <span>{about.product.name || about.product.id}</span>
          <ActionIcon size="sm" onClick={onUnask} aria-label={t("shop.unask")}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </div>
      )}
      {editing !== null && (
        <div className={classes.replying}>
          <span>{t("editing")}</span>
          <ActionIcon size="sm" onClick={onUnedit} aria-label={t("unedit")}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </div>
      )}
      {reply !== null && (
        <div className={classes.replying}>
          <span>{reply.text || t("kind.other")}</span>
          <ActionIcon size="sm" onClick={onUnreply} aria-label={t("reply")}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </div>
      )}
      <form
        className={classes.writeLine}
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Menu position="top-start" width={220}>
          <Menu.Target>
            <ActionIcon size="lg" className={classes.plus} aria-label={t("menu")}>
              <Icon name="plus" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Deeds
              app={chat.channel}
              onFile={() => {
                setAsNote(false);
                openFile.current?.click();
              }}
              onNote={() => {
                setAsNote(true);
                openFile.current?.click();
              }}
              onSend={onSend}
            />
          </Menu.Dropdown>
        </Menu>
        <FileButton onChange={(file) => file !== null && onFile(file, asNote ? "video_note" : undefined)}>{(props) => <button type="button" {...props} ref={openFile} hidden aria-hidden="true" tabIndex={-1} />}</FileButton>
        <input ref={field} className={classes.input} value={text} onChange={(event) => setText(event.target.value)} placeholder={chat.keyboard?.placeholder || t("write")} aria-label={t("write")} autoComplete="off" data-testid="phone-input" />
        <Tooltip label={t("send")}>
          <ActionIcon type="submit" size="lg" radius="xl" variant="filled" className={classes.sendButton} disabled={!ready} aria-label={t("send")} data-testid="phone-send">
            <Icon name="send" size={18} />
          </ActionIcon>
        </Tooltip>
      </form>
      {chat.keyboard !== undefined && (
        <div className={classes.keyboard}>
          {chat.keyboard.rows.map((row, i) => (
            <div key={i}>
              {row.map((choice) => (
                <button type="button" key={choice.id + choice.text} onClick={() => press(choice)}>
                  {choice.text}
                </button>
              ))}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}

/** WhatsApp's list: a sheet from below, one row chosen, then sent. */
function ListSheet({ bubble, onClose, onPick }: { bubble: Bubble; onClose: () => void; onPick: (choice: Choice) => void }) {
  const { t } = useTranslation("phone");
  const [chosen, setChosen] = useState<Choice | null>(null);
  const list = bubble.list;
  if (list === undefined) return null;
  return (
    <Sheet title={list.button} onClose={onClose}>
      <div className={classes.options} role="radiogroup" aria-label={list.button}>
        {list.sections.map((section, i) => (
          <div key={i}>
            {section.title && <h4>{section.title}</h4>}
            {section.rows.map((choice) => (
              <label key={choice.id} className={classes.pick}>
                <span>
                  {choice.text}
                  {choice.description && <small>{choice.description}</small>}
                </span>
                <input type="radio" name="choice" checked={chosen?.id === choice.id} onChange={() => setChosen(choice)} />
              </label>
            ))}
          </div>
        ))}
      </div>
      <button type="button" className={classes.sendChoice} disabled={chosen === null} onClick={() => chosen !== null && onPick(chosen)}>
        {t("sendChoice")}
      </button>
    </Sheet>
  );
}
