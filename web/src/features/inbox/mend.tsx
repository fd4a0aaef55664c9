import { ActionIcon, Button, Group, Menu, Modal, Popover, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { mending, type Ability } from "@/api/thread";
import type { Channel, Message } from "@/api/types";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import classes from "./bubble.module.css";
import { applyMessage } from "./live";

/** What may be done on a channel; undefined while it is not known. */
export function useAbility(channel: Channel): Ability | undefined {
  const query = useQuery({ queryKey: ["abilities"], queryFn: mending.abilities, staleTime: Infinity });
  return query.data?.items.find((each) => each.channel === channel);
}

/** One wish about a message: it keeps its key until it is known what became of it. */
function useMend(run: (key: string) => Promise<Message>, onDone?: () => void) {
  const client = useQueryClient();
  const say = useProblemText();
  return useMutation({
    mutationFn: run,
    onSuccess: (message) => {
      applyMessage(client, message);
      onDone?.();
    },
    onError: (error) => notify.bad(say(error)),
    retry: (count, error) => count < 2 && (error as { passing?: boolean }).passing === true,
  });
}

interface Props {
  message: Message;
  ability: Ability;
  /** Whether the person wrote it or oversees who did. */
  own: boolean;
  now: number;
  onQuote: (message: Message) => void;
}

const seen: ReadonlySet<string> = new Set(["accepted", "sent", "delivered", "read", "played"]);

/** What can be done to a message, beside its bubble: shown on hover, by keyboard, and always where nothing hovers. */
export function MessageTools({ message, ability, own, now, onQuote }: Props) {
  const { t } = useTranslation(["thread", "inbox"]);
  const [doing, setDoing] = useState<"" | "edit" | "withdraw">("");
  const there = message.direction === "in" || seen.has(message.status);
  const text = message.content.text ?? "";
  const mayEdit = own && there && ability.edit && message.direction === "out" && (message.kind === "text" || message.content.media !== undefined);
  const young = ability.withdraw_ms === 0 || now - (message.sent_ms || message.at_ms) < ability.withdraw_ms;
  const mayWithdraw = own && there && ability.withdraw && message.direction === "out" && young;
  return (
    <span className={classes.tools}>
      {ability.quote && there && (
        <Tooltip label={t("inbox:quote")}>
          <ActionIcon className={classes.tool} size="md" onClick={() => onQuote(message)} aria-label={t("inbox:quote")}>
            <Icon name="reply" size={16} />
          </ActionIcon>
        </Tooltip>
      )}
      {ability.react && there && <React message={message} emojis={ability.emojis} />}
      {(mayEdit || mayWithdraw || text !== "") && (
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <ActionIcon className={classes.tool} size="md" aria-label={t("more")}>
              <Icon name="more" size={16} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {text !== "" && (
              <Menu.Item leftSection={<Icon name="copy" size={15} />} onClick={() => void navigator.clipboard.writeText(text).then(() => notify.good(t("copied")))}>
                {t("copy")}
              </Menu.Item>
            )}
            {mayEdit && (
              <Menu.Item leftSection={<Icon name="note" size={15} />} onClick={() => setDoing("edit")}>
                {t("edit")}
              </Menu.Item>
            )}
            {mayWithdraw && (
              <Menu.Item color="brick" leftSection={<Icon name="close" size={15} />} onClick={() => setDoing("withdraw")}>
                {t("withdraw")}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {doing === "edit" && <EditMessage message={message} onClose={() => setDoing("")} />}
      {doing === "withdraw" && <WithdrawMessage message={message} onClose={() => setDoing("")} />}
    </span>
  );
}

/** Quick reactions, any other emoji, and the way back. */
function React({ message, emojis }: { message: Message; emojis: readonly string[] }) {
  const { t } = useTranslation("thread");
  const [open, setOpen] = useState(false);
  const [other, setOther] = useState("");
  const chosen = useRef("");
  const mend = useMend((key) => mending.react(message.id, key, chosen.current), () => setOpen(false));
  const now = message.reactions?.company ?? "";
  const react = (emoji: string) => {
    chosen.current = emoji;
    mend.mutate(crypto.randomUUID());
  };
  return (
    <Popover opened={open} onChange={setOpen} trapFocus withinPortal shadow="md" position="top">
      <Popover.Target>
        <Tooltip label={t("react")}>
          <ActionIcon className={classes.tool} size="md" onClick={() => setOpen((is) => !is)} aria-label={t("react")} aria-haspopup="dialog" aria-expanded={open}>
            <Icon name="smile" size={16} />
          </ActionIcon>
        </Tooltip>
      </Popover.Target>
      <Popover.Dropdown p={6} aria-label={t("react")}>
        <Group gap={2} wrap="wrap" maw={300}>
          {emojis.map((emoji) => (
            <ActionIcon key={emoji} size="lg" variant={now === emoji ? "light" : "subtle"} aria-label={t("reactWith", { emoji })} aria-pressed={now === emoji} disabled={mend.isPending} onClick={() => react(now === emoji ? "" : emoji)}>
              <span aria-hidden style={{ fontSize: 20 }}>{emoji}</span>
            </ActionIcon>
          ))}
        </Group>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (other.trim() !== "") react(other.trim());
          }}
        >
          <TextInput mt={4} size="xs" value={other} maxLength={32} onChange={(event) => setOther(event.currentTarget.value)} label={t("reactOther")} />
        </form>
        {now !== "" && (
          <Button mt={6} size="compact-sm" variant="subtle" color="gray" fullWidth onClick={() => react("")} loading={mend.isPending}>
            {t("unreact")}
          </Button>
        )}
      </Popover.Dropdown>
    </Popover>
  );
}

function EditMessage({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation(["thread", "common"]);
  const [text, setText] = useState(message.content.text ?? "");
  const said = text.trim();
  // The same key for each attempt of one text.
  const [wish, setWish] = useState({ said: "", key: "" });
  const mend = useMend((key) => mending.edit(message.id, key, said), onClose);
  const same = said === "" || said === (message.content.text ?? "").trim();
  return (
    <Modal opened onClose={onClose} title={t("editTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (same) return;
          const key = wish.said === said ? wish.key : crypto.randomUUID();
          setWish({ said, key });
          mend.mutate(key);
        }}
      >
        <Textarea label={t("editField")} description={t("editText")} autosize minRows={2} maxRows={10} maxLength={4096} value={text} onChange={(event) => setText(event.currentTarget.value)} data-autofocus />
        <Group justify="flex-end" mt="md">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button type="submit" disabled={same} loading={mend.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      </form>
    </Modal>
  );
}

function WithdrawMessage({ message, onClose }: { message: Message; onClose: () => void }) {
  const { t } = useTranslation(["thread", "common"]);
  const [key] = useState(() => crypto.randomUUID());
  const mend = useMend((each) => mending.withdraw(message.id, each), onClose);
  return (
    <Modal opened onClose={onClose} title={t("withdrawTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Text mb="lg">{t("withdrawText")}</Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} data-autofocus>
          {t("common:cancel")}
        </Button>
        <Button color="brick" onClick={() => mend.mutate(key)} loading={mend.isPending}>
          {t("withdraw")}
        </Button>
      </Group>
    </Modal>
  );
}
