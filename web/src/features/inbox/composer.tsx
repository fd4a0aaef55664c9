import { ActionIcon, Alert, Button, FileButton, Group, Kbd, SegmentedControl, Text, Textarea, Tooltip } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { forwardRef, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { Message, Upload } from "@/api/types";
import { unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import type { ListRow } from "./apply";
import { useFiles } from "./composer-files";
import { DropZone } from "./composer-drop";
import { Tray } from "./composer-tray";
import classes from "./composer.module.css";
import { useInbox } from "./context";
import { useDraft } from "./draft";
import type { Entry } from "./outbox";
import { VoiceNote } from "./voice-note";
import { useWindow } from "./window";
import { useMessageLine } from "./words";

export interface ComposerHandle {
  focus: () => void;
  toNote: () => void;
  attach: () => void;
  restore: (entry: Entry) => void;
}

interface Props {
  row: ListRow;
  quote: Message | undefined;
  onUnquote: () => void;
  onTake: () => void;
  onReopen: () => void;
}

const typingMs = 10_000;
const mostCharacters = 4096;

/** Where an attendant writes: a reply to the customer or a note among colleagues. */
export const Composer = forwardRef<ComposerHandle, Props>(function Composer({ row, quote, onUnquote, onTake, onReopen }, handle) {
  const { t } = useTranslation(["inbox", "common", "media"]);
  const { me } = useMe();
  const { outbox } = useInbox();
  const line = useMessageLine();
  const [text, setText] = useDraft(row.id);
  const [asNote, setAsNote] = useState(false);
  const files = useFiles(row.channel);
  const [talking, setTalking] = useState(false);
  const form = useRef<HTMLFormElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const openFile = useRef<HTMLButtonElement>(null);
  const window = useWindow(row);
  const closed = window.state === "closed";
  const resolved = row.state === "resolved";
  const note = asNote || closed || resolved;
  const touch = useMediaQuery("(pointer: coarse)") ?? false;
  const theirs = row.owner_kind === "human" && row.owner_id !== me.user.id && row.state !== "resolved";

  const { add, adopt } = files;
  const pick = useCallback(
    (chosen: Iterable<File>) => {
      const list = [...chosen];
      if (list.length === 0) return;
      setAsNote(false);
      add(list);
      field.current?.focus();
    },
    [add],
  );

  useImperativeHandle(
    handle,
    () => ({
      focus: () => {
        setAsNote(false);
        field.current?.focus();
      },
      toNote: () => {
        setAsNote(true);
        field.current?.focus();
      },
      attach: () => openFile.current?.click(),
      restore: (entry) => {
        setText(text === "" ? entry.text : `${entry.text}\n${text}`);
        setAsNote(entry.kind === "note");
        if (entry.upload !== undefined) adopt(entry.upload);
        field.current?.focus();
      },
    }),
    [setText, text, adopt],
  );

  const typing = useTyping(row.id);
  const said = text.trim();
  const over = [...said].length > mostCharacters;
  const ready = (said !== "" || (!note && files.ready.length > 0)) && !over && (note || !files.busy);

  const post = useCallback(
    (kind: Entry["kind"], words: string, more: Pick<Entry, "quoteId" | "upload" | "voice">) =>
      outbox.add({ key: crypto.randomUUID(), conversationId: row.id, kind, text: words, createdMs: Date.now(), ...more }),
    [outbox, row.id],
  );

  const send = useCallback(() => {
    if (!ready) return;
    const answers = quote !== undefined && !note ? { quoteId: quote.id } : {};
    const attached = note ? [] : files.ready;
    // Each file is a message; the words and what they answer go with the first.
    if (attached.length === 0) post(note ? "note" : "message", said, answers);
    else attached.forEach((upload, n) => post("message", n === 0 ? said : "", { upload, ...(n === 0 ? answers : {}) }));
    setText("");
    if (!note) {
      files.sent();
      onUnquote();
    }
    typing.stop();
    field.current?.focus();
  }, [ready, quote, note, post, said, setText, files, onUnquote, typing]);

  const sendVoice = useCallback(
    (upload: Upload) => {
      post("message", "", { upload, voice: true, ...(quote !== undefined ? { quoteId: quote.id } : {}) });
      onUnquote();
      setTalking(false);
    },
    [post, quote, onUnquote],
  );
  const endTalk = useCallback(() => {
    setTalking(false);
    field.current?.focus();
  }, []);

  return (
    <form
      ref={form}
      className={classes.composer}
      data-note={note || undefined}
      aria-label={t("composer")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      {!closed && !resolved && <DropZone within={form} onFiles={pick} />}
      {resolved && (
        <Group className={classes.hint} gap="sm">
          <Text size="sm">{t("resolvedHint")}</Text>
          <Button size="compact-sm" variant="light" onClick={onReopen} leftSection={<Icon name="reopen" size={15} />}>
            {t("reopen")}
          </Button>
        </Group>
      )}
      {closed && !resolved && row.channel === "whatsapp" && (
        <Alert color="honey" variant="light" icon={<Icon name="clock" />} className={classes.alert} title={t("windowClosed")}>
          {t("windowClosedWhy")}
        </Alert>
      )}
      {theirs && !note && (
        <Group className={classes.hint} gap="sm">
          <Text size="sm">{t("theirsHint", { name: row.owner_name })}</Text>
          <Button size="compact-sm" variant="light" onClick={onTake} leftSection={<Icon name="take" size={15} />}>
            {t("take")}
          </Button>
        </Group>
      )}
      {row.owner_kind === "bot" && !note && <Text className={classes.hint} size="sm">{t("botHint")}</Text>}
      {quote !== undefined && !note && (
        <div className={classes.quote}>
          <span dir="auto">{line(quote)}</span>
          <ActionIcon size="sm" onClick={onUnquote} aria-label={t("unquote")}>
            <Icon name="close" size={14} />
          </ActionIcon>
        </div>
      )}
      {!note && <Tray files={files} channel={row.channel} />}
      {talking && !note && <VoiceNote form={files.voice} onSend={sendVoice} onClose={endTalk} />}
      <div className={classes.line} hidden={talking && !note}>
        <FileButton onChange={pick} multiple disabled={note}>
          {(props) => (
            <Tooltip label={t("attach")}>
              <ActionIcon {...props} ref={openFile} size="xl" disabled={note} aria-label={t("attach")}>
                <Icon name="attach" />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
        {touch && (
          <FileButton onChange={(file) => file !== null && pick([file])} accept="image/*,video/*" capture="environment" disabled={note}>
            {(props) => (
              <ActionIcon {...props} size="xl" disabled={note} aria-label={t("media:camera")}>
                <Icon name="camera" />
              </ActionIcon>
            )}
          </FileButton>
        )}
        <Textarea
          ref={field}
          className={classes.field}
          value={text}
          onChange={(event) => {
            setText(event.currentTarget.value);
            if (!note) typing.touch();
          }}
          onKeyDown={(event) => {
            if (event.nativeEvent.isComposing) return;
            if (event.key === "Escape") event.currentTarget.blur();
            // On a touch keyboard Enter makes a line; there the button sends.
            if (event.key === "Enter" && !event.shiftKey && (!touch || event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              send();
            }
          }}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return;
            event.preventDefault();
            pick(event.clipboardData.files);
          }}
          onBlur={typing.stop}
          autosize
          minRows={1}
          maxRows={8}
          placeholder={note ? t("notePlaceholder") : t("replyPlaceholder", { name: unturned(row.contact_name) })}
          aria-label={note ? t("noteField") : t("replyField")}
          error={over ? t("tooLong", { most: mostCharacters }) : undefined}
          data-testid="composer"
        />
        {!note && said === "" && files.list.length === 0 && (
          <Tooltip label={t("media:record")}>
            <ActionIcon size="xl" onClick={() => setTalking(true)} aria-label={t("media:record")} data-testid="record">
              <Icon name="mic" />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={note ? t("saveNote") : t("send")}>
          <ActionIcon type="submit" size="xl" variant="filled" color={note ? "honey" : "plum"} disabled={!ready} aria-label={note ? t("saveNote") : t("send")} data-testid="send">
            <Icon name={note ? "note" : "send"} />
          </ActionIcon>
        </Tooltip>
      </div>
      <div className={classes.below}>
        <SegmentedControl
          className={classes.mode}
          size="xs"
          value={note ? "note" : "reply"}
          onChange={(value) => {
            setAsNote(value === "note");
            field.current?.focus();
          }}
          disabled={closed || resolved}
          data={[
            { value: "reply", label: t("reply") },
            { value: "note", label: t("note") },
          ]}
          role="radiogroup"
          aria-label={t("mode")}
        />
        <WindowText row={row} />
        <Text className={classes.keys} size="xs" c="dimmed">
          <Kbd size="xs">Enter</Kbd> {t("toSend")} · <Kbd size="xs">⇧ Enter</Kbd> {t("toBreak")}
        </Text>
      </div>
    </form>
  );
});

/** How long the platform still lets us write freely. */
function WindowText({ row }: { row: ListRow }) {
  const { t } = useTranslation(["inbox", "common"]);
  const window = useWindow(row);
  if (window.state === "none") return null;
  return (
    <Tooltip label={t("windowHint")} multiline maw={300}>
      <span className={classes.window} data-state={window.state} tabIndex={0}>
        <Icon name="clock" size={14} />
        {window.state === "closed" ? t(row.channel === "whatsapp" ? "windowClosed" : "windowOver") : t("windowLeft", { span: window.left })}
      </span>
    </Tooltip>
  );
}

/** Tells colleagues that somebody is writing, at most each 10 s. */
function useTyping(conversationId: string): { touch: () => void; stop: () => void } {
  const at = useRef(0);
  const stop = useCallback(() => {
    if (at.current === 0) return;
    at.current = 0;
    api.conversations.typing(conversationId, false).catch(() => undefined); // it expires by itself
  }, [conversationId]);
  const touch = useCallback(() => {
    if (Date.now() - at.current < typingMs) return;
    at.current = Date.now();
    api.conversations.typing(conversationId, true).catch(() => undefined); // only a courtesy
  }, [conversationId]);
  useEffect(() => stop, [stop]);
  return { touch, stop };
}
