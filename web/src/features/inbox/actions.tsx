import { ActionIcon, Button, Group, Menu, Modal, ScrollArea, Text, TextInput, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import type { Conversation } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { useCommands, type Command } from "@/ui/commands";
import { momentTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { useNow } from "@/ui/time";
import type { ListRow } from "./apply";
import type { PanelTab } from "./contact-panel";
import { applyConversation } from "./live";
import { botsQuery, membersQuery, rowKey } from "./queries";
import { snoozeTimes } from "./snooze";

/** The transitions that a person may ask for. What comes back is shown at once; colleagues see it by the stream. */
export function useTransition(row: ListRow | undefined) {
  const { t } = useTranslation(["inbox", "common"]);
  const { me } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const id = row?.id ?? "";
  return useMutation({
    mutationFn: (run: (id: string) => Promise<Conversation>) => run(id),
    onSuccess: (conversation) => applyConversation(client, me.user.id, conversation),
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.code === "conflict") void client.invalidateQueries({ queryKey: rowKey(id) });
      notify.bad(problem.code === "conflict" && problem.reason === "" ? t("movedOn") : say(problem));
    },
  });
}

interface Props {
  row: ListRow;
  compact: boolean;
  /** The part of the panel that is open; empty for none. */
  shown: PanelTab | "";
  onPanel: (tab: PanelTab) => void;
}

/** What can be done with a conversation: the likely step as a button, the others in a menu, all by keys. */
export function ConversationActions({ row, compact, shown, onPanel }: Props) {
  const { t } = useTranslation(["inbox", "common"]);
  const { me, may } = useMe();
  const transition = useTransition(row);
  const run = transition.mutate;
  const [asking, setAsking] = useState<"" | "assign" | "snooze" | "bot">("");
  const mine = row.owner_kind === "human" && row.owner_id === me.user.id;
  const resolved = row.state === "resolved";
  const mayReply = may("inbox.reply");
  const sells = may("order.read");
  const can = useMemo(
    () => ({
      take: mayReply && !mine && !resolved,
      resolve: mayReply && !resolved,
      reopen: mayReply && (resolved || row.state === "snoozed"),
      snooze: mayReply && (row.state === "open" || row.state === "queued"),
      assign: may("inbox.assign") && !resolved,
      release: mayReply && mine && !resolved,
      bot: mayReply && may("bot.read") && !resolved && row.owner_kind !== "bot",
      handBack: mayReply && row.bot_id !== "" && row.owner_kind !== "bot" && !resolved,
    }),
    [mayReply, mine, resolved, row.state, row.owner_kind, row.bot_id, may],
  );

  const commands = useMemo<Command[]>(() => {
    const group = t("commands.conversation");
    const all: (Command & { when: boolean })[] = [
      { id: "take", when: can.take, label: t("take"), group, keys: "t", icon: "take", run: () => run(api.conversations.take) },
      { id: "resolve", when: can.resolve, label: t("resolve"), group, keys: "e", icon: "check", run: () => run(api.conversations.resolve) },
      { id: "reopen", when: can.reopen, label: t("reopen"), group, keys: "u", icon: "reopen", run: () => run(api.conversations.reopen) },
      { id: "snooze", when: can.snooze, label: t("snooze"), group, keys: "s", icon: "snooze", run: () => setAsking("snooze") },
      { id: "assign", when: can.assign, label: t("assign"), group, keys: "a", icon: "assign", run: () => setAsking("assign") },
      { id: "release", when: can.release, label: t("release"), group, keys: "shift+t", icon: "back", run: () => run((id) => api.conversations.assign(id, "")) },
      { id: "bot", when: can.bot, label: t("chooseBot"), group, keys: "b", icon: "bot", run: () => setAsking("bot") },
      { id: "handBack", when: can.handBack, label: t("handBack"), group, keys: "shift+b", icon: "bot", run: () => run(api.conversations.handBack) },
      { id: "panel", when: true, label: t("togglePanel"), group, keys: "i", icon: "person", run: () => onPanel("contact") },
      { id: "shop", when: sells, label: t("shop.open"), group, keys: "o", icon: "cart", run: () => onPanel("shop") },
    ];
    return all.filter((command) => command.when);
  }, [can, run, t, onPanel, sells]);
  useCommands(commands);

  const primary = can.take ? "take" : can.resolve ? "resolve" : can.reopen ? "reopen" : "";
  const first = commands.find((command) => command.id === primary);
  return (
    <>
      <Group gap={4} wrap="nowrap">
        {first !== undefined && (
          <Tooltip label={`${first.label} (${first.keys?.toUpperCase() ?? ""})`}>
            {compact ? (
              <ActionIcon variant="light" color="plum" onClick={first.run} loading={transition.isPending} aria-label={first.label}>
                <Icon name={first.icon ?? "check"} />
              </ActionIcon>
            ) : (
              <Button onClick={first.run} loading={transition.isPending} leftSection={<Icon name={first.icon ?? "check"} size={17} />} variant={primary === "take" ? "filled" : "light"}>
                {first.label}
              </Button>
            )}
          </Tooltip>
        )}
        {primary === "take" && can.resolve && !compact && (
          <Tooltip label={`${t("resolve")} (E)`}>
            <ActionIcon onClick={() => run(api.conversations.resolve)} aria-label={t("resolve")}>
              <Icon name="check" />
            </ActionIcon>
          </Tooltip>
        )}
        <Tooltip label={`${t("togglePanel")} (I)`}>
          <ActionIcon onClick={() => onPanel("contact")} aria-label={t("togglePanel")} aria-pressed={shown === "contact"} variant={shown === "contact" ? "light" : "subtle"} color={shown === "contact" ? "plum" : "gray"}>
            <Icon name="person" />
          </ActionIcon>
        </Tooltip>
        {sells && (
          <Tooltip label={`${t("shop.open")} (O)`}>
            <ActionIcon onClick={() => onPanel("shop")} aria-label={t("shop.open")} aria-pressed={shown === "shop"} variant={shown === "shop" ? "light" : "subtle"} color={shown === "shop" ? "plum" : "gray"}>
              <Icon name="cart" />
            </ActionIcon>
          </Tooltip>
        )}
        <Menu position="bottom-end" width={250}>
          <Menu.Target>
            <ActionIcon aria-label={t("moreActions")}>
              <Icon name="more" />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            {commands
              .filter((command) => command.id !== "panel" && command.id !== "shop" && command.id !== primary)
              .map((command) => (
                <Menu.Item key={command.id} leftSection={command.icon && <Icon name={command.icon} size={17} />} rightSection={<Text size="xs" c="dimmed">{command.keys?.replace("shift+", "⇧ ").toUpperCase()}</Text>} onClick={command.run}>
                  {command.label}
                </Menu.Item>
              ))}
          </Menu.Dropdown>
        </Menu>
      </Group>
      <AssignModal opened={asking === "assign"} row={row} onClose={() => setAsking("")} onPick={(userId) => run((id) => api.conversations.assign(id, userId))} />
      <SnoozeModal opened={asking === "snooze"} onClose={() => setAsking("")} onPick={(until) => run((id) => api.conversations.snooze(id, until))} />
      <BotModal opened={asking === "bot"} onClose={() => setAsking("")} onPick={(botId) => run((id) => api.conversations.startBot(id, botId))} />
    </>
  );
}

function AssignModal({ opened, row, onClose, onPick }: { opened: boolean; row: ListRow; onClose: () => void; onPick: (userId: string) => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const { me } = useMe();
  const members = useQuery({ ...membersQuery, enabled: opened });
  const [text, setText] = useState("");
  const found = (members.data?.items ?? []).filter((member) => `${member.name} ${member.email}`.toLocaleLowerCase().includes(text.trim().toLocaleLowerCase()));
  const pick = (userId: string) => {
    onClose();
    setText("");
    onPick(userId);
  };
  return (
    <Modal opened={opened} onClose={onClose} title={t("assignTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <TextInput value={text} onChange={(event) => setText(event.currentTarget.value)} placeholder={t("findMember")} aria-label={t("findMember")} data-autofocus mb="sm" onKeyDown={(event) => {
        const only = found[0];
        if (event.key === "Enter" && only !== undefined) pick(only.user_id);
      }} />
      <ScrollArea.Autosize mah={320}>
        {row.owner_kind === "human" && (
          <Button fullWidth justify="flex-start" variant="subtle" color="gray" onClick={() => pick("")} leftSection={<Icon name="clock" size={18} />}>
            {t("backToQueue")}
          </Button>
        )}
        {found.map((member) => (
          <Button key={member.user_id} fullWidth justify="flex-start" h={46} variant={member.user_id === row.owner_id ? "light" : "subtle"} color="gray" onClick={() => pick(member.user_id)} leftSection={<Avatar name={member.name} seed={member.user_id} size={28} />}>
            {member.user_id === me.user.id ? t("memberYou", { name: member.name }) : member.name}
          </Button>
        ))}
      </ScrollArea.Autosize>
    </Modal>
  );
}

function SnoozeModal({ opened, onClose, onPick }: { opened: boolean; onClose: () => void; onPick: (untilMs: number) => void }) {
  const { t, i18n } = useTranslation(["inbox", "common"]);
  const [custom, setCustom] = useState("");
  const now = useNow();
  const at = custom === "" ? Number.NaN : new Date(custom).getTime();
  const pick = useCallback(
    (ms: number) => {
      onClose();
      onPick(ms);
    },
    [onClose, onPick],
  );
  return (
    <Modal opened={opened} onClose={onClose} title={t("snoozeTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      {snoozeTimes(now).map(({ name, ms }) => (
        <Button key={name} fullWidth justify="space-between" variant="subtle" color="gray" onClick={() => pick(ms)} rightSection={<Text size="sm" c="dimmed">{momentTime(ms, i18n.language)}</Text>} styles={{ section: { minWidth: 0 } }}>
          {t(`snoozeTime.${name}`)}
        </Button>
      ))}
      <Group align="flex-end" mt="md">
        <TextInput type="datetime-local" label={t("snoozeCustom")} value={custom} onChange={(event) => setCustom(event.currentTarget.value)} style={{ flex: 1 }} error={!Number.isNaN(at) && at <= now ? t("snoozePast") : undefined} />
        <Button disabled={Number.isNaN(at) || at <= now} onClick={() => pick(at)}>
          {t("snooze")}
        </Button>
      </Group>
    </Modal>
  );
}

function BotModal({ opened, onClose, onPick }: { opened: boolean; onClose: () => void; onPick: (botId: string) => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const bots = useQuery({ ...botsQuery, enabled: opened });
  const live = (bots.data?.items ?? []).filter((bot) => bot.state === "active" && bot.live_version_id);
  return (
    <Modal opened={opened} onClose={onClose} title={t("chooseBot")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Text size="sm" c="dimmed" mb="sm">
        {t("chooseBotText")}
      </Text>
      {bots.isSuccess && live.length === 0 && <Text>{t("noBots")}</Text>}
      {live.map((bot) => (
        <Button
          key={bot.id}
          fullWidth
          justify="flex-start"
          h={46}
          variant="subtle"
          color="gray"
          leftSection={<Icon name="bot" />}
          onClick={() => {
            onClose();
            onPick(bot.id);
          }}
        >
          {bot.name}
        </Button>
      ))}
    </Modal>
  );
}
