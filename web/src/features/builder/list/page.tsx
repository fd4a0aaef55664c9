import { ActionIcon, Anchor, Badge, Button, Group, Menu, Modal, Paper, SegmentedControl, SimpleGrid, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { ChannelMark } from "@/ui/channel-mark";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { builder, keys, type Bot } from "../contract";
import { Bind } from "./bind";
import { Create } from "./create";
import classes from "./list.module.css";

const botsQuery = { queryKey: keys.bots, queryFn: builder.list, refetchInterval: 30_000 };
const archivedQuery = { queryKey: keys.archived, queryFn: builder.archived };

/** The company's bots: which are live, on which channels they answer, and who talks to them now. */
export default function BotsPage() {
  const { t } = useTranslation("builder");
  const { may } = useMe();
  const write = may("bot.write");
  const [creating, setCreating] = useState(false);
  const [shown, setShown] = useState<"active" | "archived">("active");
  const active = useQuery(botsQuery);
  const away = useQuery(archivedQuery);
  // A list that could not be read is still offered: there its failure is told, and it can be asked for again.
  const archived = away.isError || (away.data?.items.length ?? 0) > 0;
  const query = shown === "archived" && archived ? away : active;
  const bots = query.data?.items ?? [];
  const add = write && (
    <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setCreating(true)}>
      {t("list.create")}
    </Button>
  );
  return (
    <PageBody wide>
      <PageHeader title={t("list.title")} text={t("list.text")}>
        {write && (
          <Button component={Link} to="/bots/secrets" variant="default" leftSection={<Icon name="shield" size={17} />}>
            {t("secret.title")}
          </Button>
        )}
        {add}
      </PageHeader>
      {archived && (
        <SegmentedControl
          mb="md"
          size="xs"
          value={query === away ? "archived" : "active"}
          onChange={(value) => setShown(value as typeof shown)}
          aria-label={t("list.which")}
          data={[
            { value: "active", label: t("list.inUse") },
            { value: "archived", label: t("list.archived") },
          ]}
        />
      )}
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          <Skeleton height={190} radius="lg" />
          <Skeleton height={190} radius="lg" />
        </SimpleGrid>
      ) : bots.length === 0 ? (
        <EmptyState icon="bot" title={t("list.empty")} text={t("list.emptyText")} action={add} />
      ) : (
        <SimpleGrid cols={{ base: 1, sm: 2 }}>
          {bots.map((bot) => (
            <Card key={bot.id} bot={bot} write={write} />
          ))}
        </SimpleGrid>
      )}
      <Create opened={creating} onClose={() => setCreating(false)} />
    </PageBody>
  );
}

function Card({ bot, write }: { bot: Bot; write: boolean }) {
  const { t } = useTranslation("builder");
  const [asked, setAsked] = useState<"" | "rename" | "bind">("");
  const archived = bot.state === "archived";
  return (
    <Paper withBorder p="lg" component="article" aria-label={bot.name} className={classes.card}>
      <Group justify="space-between" wrap="nowrap" align="flex-start" gap="xs">
        <Group gap="sm" wrap="nowrap" miw={0}>
          <span className={classes.face} aria-hidden="true">
            <Icon name="bot" size={24} />
          </span>
          <div className={classes.name}>
            <Title order={2} size="h3">
              {archived ? (
                bot.name
              ) : (
                <Anchor component={Link} to={`/bots/${bot.id}`} inherit c="inherit">
                  {bot.name}
                </Anchor>
              )}
            </Title>
            <Text size="sm" c="dimmed">
              {bot.live_number === 0 ? t("list.neverLive") : t("list.sessions", { count: bot.sessions_live })}
            </Text>
          </div>
        </Group>
        {write && <Actions bot={bot} onRename={() => setAsked("rename")} onBind={() => setAsked("bind")} />}
      </Group>
      <Group gap={6} mt="md">
        {archived ? <Badge color="gray">{t("list.state.archived")}</Badge> : bot.live_number > 0 ? <Badge color="leaf">{t("list.live", { number: bot.live_number })}</Badge> : <Badge color="gray">{t("list.draftOnly")}</Badge>}
        {!archived && bot.live_number > 0 && bot.draft_differs && <Badge color="honey">{t("list.differs")}</Badge>}
      </Group>
      <div className={classes.channels}>
        {bot.accounts.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("list.noChannel")}
          </Text>
        ) : (
          bot.accounts.map((account) => (
            <span key={account.id} className={classes.channel}>
              <ChannelMark channel={account.channel} size={18} />
              {account.name}
            </span>
          ))
        )}
      </div>
      {!archived && (
        <Group gap="xs" mt="auto">
          <Button component={Link} to={`/bots/${bot.id}`} variant="light" size="compact-md">
            {t("list.open")}
          </Button>
          {write && (
            <Button variant="subtle" color="gray" size="compact-md" onClick={() => setAsked("bind")}>
              {t("list.bind")}
            </Button>
          )}
        </Group>
      )}
      <Rename bot={bot} opened={asked === "rename"} onClose={() => setAsked("")} />
      <Bind bot={bot} opened={asked === "bind"} onClose={() => setAsked("")} />
    </Paper>
  );
}

function Actions({ bot, onRename, onBind }: { bot: Bot; onRename: () => void; onBind: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const client = useQueryClient();
  const navigate = useNavigate();
  const say = useProblemText();
  const [asking, setAsking] = useState(false);
  const onError = (error: unknown) => notify.bad(say(error));
  const done = () => Promise.all([client.invalidateQueries({ queryKey: keys.bots, exact: true }), client.invalidateQueries({ queryKey: keys.archived })]);
  const duplicate = useMutation({
    mutationFn: async () => {
      const { definition, layout, tests } = await builder.export(bot.id);
      return builder.create({ name: t("list.copyOf", { name: bot.name }), definition, layout, tests });
    },
    onSuccess: async (made) => {
      await done();
      void navigate({ to: "/bots/$bot", params: { bot: made.id } });
    },
    onError,
  });
  const download = useMutation({ mutationFn: () => builder.export(bot.id), onSuccess: (file) => save(`${bot.key}.flow.json`, file), onError });
  const state = useMutation({
    mutationFn: () => builder.change(bot.id, { state: bot.state === "active" ? "archived" : "active", version: bot.version }),
    onSuccess: () => {
      notify.good(t(bot.state === "active" ? "list.archivedNow" : "list.backNow", { name: bot.name }));
      return done();
    },
    onError,
  });
  return (
    <>
      <Menu position="bottom-end" width={220}>
        <Menu.Target>
          <ActionIcon aria-label={t("list.actions", { name: bot.name })} loading={duplicate.isPending || download.isPending || state.isPending}>
            <Icon name="more" />
          </ActionIcon>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Item leftSection={<Icon name="note" size={17} />} onClick={onRename}>
            {t("list.rename")}
          </Menu.Item>
          {bot.state === "active" && (
            <Menu.Item leftSection={<Icon name="channel" size={17} />} onClick={onBind}>
              {t("list.bind")}
            </Menu.Item>
          )}
          <Menu.Item leftSection={<Icon name="copy" size={17} />} onClick={() => duplicate.mutate()}>
            {t("list.duplicate")}
          </Menu.Item>
          <Menu.Item leftSection={<Icon name="down" size={17} />} onClick={() => download.mutate()}>
            {t("list.export")}
          </Menu.Item>
          <Menu.Divider />
          <Menu.Item leftSection={<Icon name="box" size={17} />} onClick={() => (bot.state === "active" ? setAsking(true) : state.mutate())}>
            {t(bot.state === "active" ? "list.archive" : "list.unarchive")}
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <Modal opened={asking} onClose={() => setAsking(false)} title={t("list.archiveOne", { name: bot.name })} closeButtonProps={{ "aria-label": t("common:close") }}>
        <Text mb="lg">{t("list.archiveText")}</Text>
        <Group justify="flex-end">
          <Button variant="default" onClick={() => setAsking(false)} data-autofocus>
            {t("common:cancel")}
          </Button>
          <Button
            color="brick"
            onClick={() => {
              setAsking(false);
              state.mutate();
            }}
          >
            {t("list.archive")}
          </Button>
        </Group>
      </Modal>
    </>
  );
}

/** Hands a value to the person as a file. */
function save(name: string, value: unknown): void {
  const url = URL.createObjectURL(new Blob([`${JSON.stringify(value, null, 2)}\n`], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

function Rename({ bot, opened, onClose }: { bot: Bot; opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const form = useForm({ initialValues: { name: bot.name }, validate: { name: (value) => (value.trim() === "" ? t("list.nameNeeded") : null) } });
  const rename = useMutation({
    mutationFn: (values: { name: string }) => builder.change(bot.id, { name: values.name.trim(), version: bot.version }),
    onSuccess: () => {
      onClose();
      return Promise.all([client.invalidateQueries({ queryKey: keys.bots }), client.invalidateQueries({ queryKey: keys.archived })]);
    },
    onError: (error) => form.setFieldError("name", say(error)),
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("list.rename")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={form.onSubmit((values) => rename.mutate(values))} noValidate>
        <Stack>
          <TextInput label={t("list.name")} data-autofocus maxLength={80} {...form.getInputProps("name")} />
          <Button type="submit" loading={rename.isPending}>
            {t("common:save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
