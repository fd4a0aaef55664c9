import { Accordion, Alert, Badge, Button, Group, Paper, Select, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { ChannelAccount, Exchange } from "@/api/types";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { Icon } from "@/ui/icon";
import { JsonView } from "@/ui/json-view";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Disconnect, TestMessage, TokenForm } from "./care";
import { HealthPanel, useHealth } from "./health";
import { lampOf } from "./queries";
import { Setup } from "./setup";

/** One connection: health, settings, the proof that it works, and what the vendor said and was told. */
export default function ChannelPage() {
  const { t } = useTranslation(["channel", "common"]);
  const { channel = "" } = useParams({ strict: false });
  const { may } = useMe();
  const navigate = useNavigate();
  const manage = may("channel.manage");
  const [done, setDone] = useState("");
  const query = useQuery({
    queryKey: ["channels", channel],
    queryFn: () => api.channels.get(channel),
    // While somebody waits for the first message, each second is long.
    refetchInterval: ({ state }) => (state.data?.state === "active" && state.data.last_webhook_ms === 0 ? 3_000 : 20_000),
  });
  const fresh = query.data !== undefined && (query.data.state === "draft" || (query.data.state === "active" && query.data.last_webhook_ms === 0));
  // Who began the set-up sees its last steps turn green before the page changes.
  const [began, setBegan] = useState(false);
  if (fresh && !began) setBegan(true);
  const setup = manage && began && done !== channel && (query.data?.state === "draft" || query.data?.state === "active");
  const health = useHealth(setup || query.data?.state === "draft" ? undefined : query.data);
  return (
    <PageBody>
      <Button component={Link} to="/channels" variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="back" size={16} />} mb="sm" ml={-8}>
        {t("title")}
      </Button>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Skeleton height={220} radius="lg" />
      ) : (
        <>
          <PageHeader title={query.data.name} text={[channelNames[query.data.channel], query.data.display, query.data.external_id].filter(Boolean).join(" · ")}>
            <Badge size="lg" color={lampOf(query.data)} leftSection={<ChannelMark channel={query.data.channel} silent />}>
              {t(`state.${query.data.state}`)}
            </Badge>
          </PageHeader>
          <Stack gap="lg">
            {query.data.state === "stopped" && (
              <Alert color="brick" icon={<Icon name="alert" />} title={t("stoppedTitle")}>
                {query.data.stopped_why}
              </Alert>
            )}
            {setup && <Setup account={query.data} onDone={() => setDone(channel)} />}
            {!setup && query.data.state !== "draft" && <HealthPanel account={query.data} />}
            {manage && !setup && query.data.state !== "draft" && (
              <>
                <TokenForm account={query.data} waiting={health.data?.waiting ?? 0} />
                {query.data.state === "active" && (
                  <Paper withBorder p="lg" component="section">
                    <Title order={2} mb="sm">
                      {t("step.test")}
                    </Title>
                    <TestMessage account={query.data} />
                  </Paper>
                )}
              </>
            )}
            {manage && !setup && query.data.state !== "draft" && <Settings key={query.data.version} account={query.data} />}
            {manage && query.data.state !== "disabled" && (
              <Group justify="flex-end">
                <Disconnect account={query.data} onGone={() => void navigate({ to: "/channels" })} />
              </Group>
            )}
            {may("channel.log") && <Log id={query.data.id} />}
          </Stack>
        </>
      )}
    </PageBody>
  );
}

function Settings({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation(["channel", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const bots = useQuery({ queryKey: ["bots"], queryFn: api.bots.list });
  const flavour = account.channel === "instagram" ? (account.settings.flavour === "login" ? "login" : "page") : undefined;
  const guide = useQuery({ queryKey: ["channel-guide", account.channel, flavour], queryFn: () => api.channels.guide(account.channel, flavour), staleTime: Infinity });
  const names = (guide.data?.values ?? []).filter((value) => value.startsWith("settings.")).map((value) => value.slice(9));
  const form = useForm({
    initialValues: { name: account.name, bot_id: account.bot_id ?? "", settings: { ...account.settings } as Record<string, string> },
    validate: { name: (value) => (value.trim() === "" ? t("needed") : null) },
  });
  const kept = (next: ChannelAccount) => {
    client.setQueryData(["channels", account.id], next);
    void client.invalidateQueries({ queryKey: ["channels"], exact: true });
  };
  const save = useMutation({
    mutationFn: (values: typeof form.values) => api.channels.change(account.id, { name: values.name.trim(), bot_id: values.bot_id, settings: Object.fromEntries(names.map((name) => [name, (values.settings[name] ?? "").trim()])), version: account.version }),
    onSuccess: (next) => {
      kept(next);
      notify.good(t("common:saved"));
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} mb="sm">
        {t("settings")}
      </Title>
      <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
        <Stack>
          <TextInput label={t("name")} maxLength={80} {...form.getInputProps("name")} />
          {names.map((name) => (
            <TextInput
              key={name}
              label={t(`value.${name as "waba_id"}`)}
              description={t(`valueText.${name as "waba_id"}`)}
              inputMode="numeric"
              autoComplete="off"
              value={form.values.settings[name] ?? ""}
              onChange={(event) => form.setFieldValue(`settings.${name}`, event.currentTarget.value)}
            />
          ))}
          <Select label={t("firstBot")} description={t("firstBotText")} placeholder={t("noBot")} clearable clearButtonProps={{ "aria-label": t("noBot") }} data={(bots.data?.items ?? []).map((bot) => ({ value: bot.id, label: bot.name }))} {...form.getInputProps("bot_id")} onChange={(value) => form.setFieldValue("bot_id", value ?? "")} />
          <Group justify="space-between">
            <Button type="submit" loading={save.isPending}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

function Log({ id }: { id: string }) {
  const { t } = useTranslation(["channel", "common"]);
  const query = useInfiniteQuery({
    queryKey: ["exchanges", id],
    queryFn: ({ pageParam }) => api.channels.exchanges(id, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Paper withBorder p="lg" component="section">
      <Group justify="space-between" mb="xs">
        <Title order={2}>{t("log")}</Title>
        <Button variant="subtle" size="compact-sm" onClick={() => void query.refetch()} loading={query.isRefetching} leftSection={<Icon name="retry" size={15} />}>
          {t("common:refresh")}
        </Button>
      </Group>
      <Text size="sm" c="dimmed" mb="sm">
        {t("logText")}
      </Text>
      {query.isError && rows.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={120} />
      ) : rows.length === 0 ? (
        <EmptyState icon="list" title={t("logEmpty")} />
      ) : (
        <Accordion variant="separated" order={3}>
          {rows.map((row) => (
            <ExchangeRow key={row.id} row={row} />
          ))}
        </Accordion>
      )}
      {query.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("common:more")}
        </Button>
      )}
    </Paper>
  );
}

function ExchangeRow({ row }: { row: Exchange }) {
  const { t } = useTranslation(["channel", "common"]);
  const good = !row.problem && row.status >= 200 && row.status < 300;
  return (
    <Accordion.Item value={row.id}>
      <Accordion.Control>
        <Group gap="sm" wrap="nowrap" pr="sm">
          <Badge color={good ? "leaf" : "brick"} miw={44}>
            {row.status === 0 ? "—" : row.status}
          </Badge>
          <Text size="sm" ff="monospace" truncate style={{ flex: 1 }}>
            {row.outgoing ? "→" : "←"} {row.method} {row.path}
          </Text>
          <Text size="xs" c="dimmed" style={{ whiteSpace: "nowrap" }}>
            {row.took_ms} ms · <RelativeTime ms={row.at_ms} />
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>
        <Stack gap="xs">
          {row.problem && <Alert color="brick">{row.problem}</Alert>}
          <Text size="sm" fw={600}>
            {t("request")}
          </Text>
          <JsonView text={row.request} label={t("request")} />
          <Text size="sm" fw={600}>
            {t("response")}
          </Text>
          <JsonView text={row.response} label={t("response")} />
        </Stack>
      </Accordion.Panel>
    </Accordion.Item>
  );
}
