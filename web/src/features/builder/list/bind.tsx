import { Alert, Badge, Button, Group, Modal, Skeleton, Stack, Switch, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { ChannelAccount } from "@/api/types";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { builder, keys, type Bot } from "../contract";

/** On which of the company's channels this bot answers first. A channel has one such bot: the last chosen wins. */
export function Bind({ bot, opened, onClose }: { bot: Bot; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const query = useQuery({ queryKey: ["channels"], queryFn: api.channels.list, enabled: opened });
  const bots = useQuery({ queryKey: keys.bots, queryFn: builder.list, enabled: opened });
  const names = new Map((bots.data?.items ?? []).map((each) => [each.id, each.name]));
  return (
    <Modal opened={opened} onClose={onClose} title={t("list.bindOne", { name: bot.name })} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Stack gap="sm">
        <Text size="sm" c="dimmed">
          {t("list.bindText")}
        </Text>
        {bot.live_number === 0 && <Alert color="honey">{t("list.bindUnpublished")}</Alert>}
        {query.isError && query.data === undefined ? (
          <ErrorState error={query.error} retry={() => void query.refetch()} />
        ) : query.isPending ? (
          <Skeleton height={70} />
        ) : query.data?.items.length === 0 ? (
          <EmptyState icon="channel" title={t("list.noChannels")} text={t("list.noChannelsText")} />
        ) : (
          query.data?.items.map((account) => <Line key={account.id} bot={bot} account={account} other={account.bot_id !== bot.id ? names.get(account.bot_id ?? "") : undefined} />)
        )}
        <Group justify="space-between">
          <Button component={Link} to="/channels" variant="subtle" color="gray" size="compact-sm">
            {t("list.toChannels")}
          </Button>
          <Button onClick={onClose}>{t("common:done")}</Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function Line({ bot, account, other }: { bot: Bot; account: ChannelAccount; other: string | undefined }) {
  const { t } = useTranslation("builder");
  const client = useQueryClient();
  const say = useProblemText();
  const here = account.bot_id === bot.id;
  const change = useMutation({
    mutationFn: (on: boolean) => (on ? builder.bind(bot.id, account.id) : builder.unbind(bot.id, account.id)),
    onSuccess: () => Promise.all([client.invalidateQueries({ queryKey: ["channels"] }), client.invalidateQueries({ queryKey: keys.bots })]),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Group justify="space-between" wrap="nowrap">
      <Group gap="sm" wrap="nowrap" miw={0}>
        <ChannelMark channel={account.channel} size={28} silent />
        <div style={{ minWidth: 0 }}>
          <Text fw={550} truncate>
            {account.name}
          </Text>
          <Text size="xs" c="dimmed" truncate>
            {[channelNames[account.channel], account.display].filter(Boolean).join(" · ")}
          </Text>
          {other !== undefined && (
            <Badge mt={3} color="honey">
              {t("list.otherAnswers", { name: other })}
            </Badge>
          )}
        </div>
      </Group>
      <Switch checked={change.isPending ? change.variables : here} onChange={(event) => change.mutate(event.currentTarget.checked)} disabled={change.isPending} aria-label={t("list.bindOn", { name: account.name })} />
    </Group>
  );
}
