import { ActionIcon, Alert, Button, FileButton, Group, Kbd, Loader, SegmentedControl, Text, Textarea, Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { forwardRef, useCallback, useEffect, useImperativeHandle, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { Message, Upload } from "@/api/types";
import { fileSize, unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import type { ListRow } from "./apply";
import classes from "./composer.module.css";
import { useInbox } from "./context";
import { useDraft } from "./draft";
import type { Entry } from "./outbox";
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

const maxBytes = 25 * 1024 * 1024;
const typingMs = 10_000;
const mostCharacters = 4096;

/** Where an attendant writes: a reply to the customer or a note among colleagues. */
export const Composer = forwardRef<ComposerHandle, Props>(function Composer({ row, quote, onUnquote, onTake, onReopen }, handle) {
  const { t, i18n } = useTranslation(["inbox", "common"]);
  const { me } = useMe();
  const { outbox } = useInbox();
  const say = useProblemText();
  const line = useMessageLine();
  const [text, setText] = useDraft(row.id);
  const [asNote, setAsNote] = useState(false);
  const [upload, setUpload] = useState<Upload | null>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  const openFile = useRef<HTMLButtonElement>(null);
  const window = useWindow(row);
  const closed = window.state === "closed";
  const resolved = row.state === "resolved";
  const note = asNote || closed || resolved;
  const theirs = row.owner_kind === "human" && row.owner_id !== me.user.id && row.state !== "resolved";

  const sendFile = useMutation({ mutationFn: api.media.upload, onSuccess: (done) => setUpload(done) });
  const pick = useCallback(
    (file: File | null) => {
      if (file === null) return;
      setAsNote(false);
      sendFile.mutate(file);
      field.current?.focus();
    },
    [sendFile],
  );
  const tooLarge = sendFile.variables !== undefined && sendFile.variables.size > maxBytes;

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
        if (entry.upload !== undefined) setUpload(entry.upload);
        field.current?.focus();
      },
    }),
    [setText, text],
  );

  const typing = useTyping(row.id);
  const said = text.trim();
  const over = [...said].length > mostCharacters;
  const ready = (said !== "" || (upload !== null && !note)) && !over && !sendFile.isPending;

  const send = useCallback(() => {
    if (!ready) return;
    outbox.add({
      key: crypto.randomUUID(),
      conversationId: row.id,
      kind: note ? "note" : "message",
      text: said,
      createdMs: Date.now(),
      ...(quote !== undefined && !note ? { quoteId: quote.id } : {}),
      ...(upload !== null && !note ? { upload } : {}),
    });
    setText("");
    if (!note) setUpload(null);
    if (!note) onUnquote();
    typing.stop();
    field.current?.focus();
  }, [ready, outbox, row.id, note, said, quote, upload, setText, onUnquote, typing]);

  return (
    <form
      className={classes.composer}
      data-note={note || undefined}
      aria-label={t("composer")}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        pick(event.dataTransfer.files[0] ?? null);
      }}
    >
      {resolved && (
        <Group className={classes.hint} gap="sm">
          <Text size="sm">{t("resolvedHint")}</Text>
          <Button size="compact-sm" variant="light" onClick={onReopen} leftSection={<Icon name="reopen" size={15} />}>
            {t("reopen")}
          </Button>
        </Group>
      )}
      {closed && !resolved && (
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
      {(sendFile.isPending || sendFile.isError || upload !== null) && !note && (
        <div className={classes.file} role="status">
          {sendFile.isPending ? <Loader size="xs" /> : <Icon name={sendFile.isError ? "alert" : upload?.kind === "image" ? "image" : "file"} size={18} />}
          <span className={classes.fileName}>
            {sendFile.isPending || sendFile.isError ? sendFile.variables?.name : upload?.name}
            {upload !== null && !sendFile.isPending && !sendFile.isError && <small> {fileSize(upload.size, i18n.language)}</small>}
            {sendFile.isError && <small> {tooLarge ? t("fileTooLarge") : say(sendFile.error)}</small>}
          </span>
          {sendFile.isError && !tooLarge && (
            <Button size="compact-xs" variant="light" onClick={() => sendFile.variables && sendFile.mutate(sendFile.variables)}>
              {t("common:tryAgain")}
            </Button>
          )}
          <ActionIcon
            size="sm"
            aria-label={t("removeFile")}
            onClick={() => {
              setUpload(null);
              sendFile.reset();
            }}
          >
            <Icon name="close" size={14} />
          </ActionIcon>
        </div>
      )}
      <div className={classes.line}>
        <FileButton onChange={pick} disabled={note}>
          {(props) => (
            <Tooltip label={t("attach")}>
              <ActionIcon {...props} ref={openFile} size="xl" disabled={note} aria-label={t("attach")}>
                <Icon name="attach" />
              </ActionIcon>
            </Tooltip>
          )}
        </FileButton>
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
            const touch = matchMedia("(pointer: coarse)").matches;
            if (event.key === "Enter" && !event.shiftKey && (!touch || event.ctrlKey || event.metaKey)) {
              event.preventDefault();
              send();
            }
          }}
          onPaste={(event) => {
            const file = event.clipboardData.files[0];
            if (file === undefined) return;
            event.preventDefault();
            pick(file);
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
        {window.state === "closed" ? t("windowClosed") : t("windowLeft", { span: window.left })}
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
