import { Alert, Badge, Button, Group, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import type { ChannelAccount } from "@/api/types";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { Icon } from "@/ui/icon";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { channelsQuery, lampOf } from "./queries";
import { Wizard } from "./wizard";

/** The numbers and bots by which customers reach the company, and whether each is alive. */
export default function ChannelsPage() {
  const { t } = useTranslation("channel");
  const { may } = useMe();
  const [adding, setAdding] = useState(false);
  const query = useQuery(channelsQuery);
  const add = may("channel.manage") && (
    <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setAdding(true)}>
      {t("add")}
    </Button>
  );
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        {add}
      </PageHeader>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Skeleton height={188} radius="lg" />
          <Skeleton height={188} radius="lg" />
        </SimpleGrid>
      ) : query.data?.items.length === 0 ? (
        <EmptyState icon="channel" title={t("empty")} text={t("emptyText")} action={add} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>{query.data?.items.map((account) => <Card key={account.id} account={account} />)}</SimpleGrid>
      )}
      <Wizard opened={adding} onClose={() => setAdding(false)} />
    </PageBody>
  );
}

function Card({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  return (
    <Paper withBorder p="lg" component="article" aria-label={account.name}>
      <Group justify="space-between" wrap="nowrap" align="flex-start">
        <Group gap="sm" wrap="nowrap">
          <ChannelMark channel={account.channel} size={36} silent />
          <div style={{ minWidth: 0 }}>
            <Title order={2} size="h3">
              {account.name}
            </Title>
            <Text size="sm" c="dimmed">
              {[channelNames[account.channel], account.display].filter(Boolean).join(" · ")}
            </Text>
          </div>
        </Group>
        <Badge color={lampOf(account)} style={{ flexShrink: 0 }}>
          {account.state === "active" && account.alarms.length > 0 ? t("alarmCount", { count: account.alarms.length }) : t(`state.${account.state}`)}
        </Badge>
      </Group>
      {account.state === "stopped" && account.stopped_why && (
        <Alert color="brick" mt="sm" icon={<Icon name="alert" />}>
          {account.stopped_why}
        </Alert>
      )}
      {account.state === "active" && account.alarms.length > 0 && (
        <Alert color={lampOf(account)} mt="sm" icon={<Icon name="alert" />}>
          {account.alarms.map((alarm) => t(`alarm.${alarm.kind as "stopped"}.title`)).join(" · ")}
        </Alert>
      )}
      <Stack gap={2} my="md">
        {account.state === "draft" ? <Text size="sm">{t("draftCard")}</Text> : <Health account={account} />}
      </Stack>
      <Button component={Link} to={`/channels/${account.id}`} variant="light" size="compact-md">
        {t(account.state === "draft" ? "goOn" : "open")}
      </Button>
    </Paper>
  );
}

function Health({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  return (
    <>
      <Text size="sm">
        {t("lastWebhook")}: {account.last_webhook_ms === 0 ? <strong>{t("noneYet")}</strong> : <RelativeTime ms={account.last_webhook_ms} />}
      </Text>
      <Text size="sm">
        {t("lastSent")}: {account.last_sent_ms === 0 ? t("noneYet") : <RelativeTime ms={account.last_sent_ms} />}
      </Text>
    </>
  );
}
