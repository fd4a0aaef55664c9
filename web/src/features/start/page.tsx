import { Badge, Button, Group, Paper, Progress, Skeleton, Stack, Text, ThemeIcon, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { Icon, type IconName } from "@/ui/icon";
import { ErrorState, PageBody, PageHeader } from "@/ui/state";
import { useStartHidden } from "@/ui/start-hidden";
import { botsQuery, channelsQuery, factorsQuery, invitationsQuery, isRehearsal, membersQuery, productsQuery, talksQuery } from "./queries";

type Name = "talk" | "channel" | "catalog" | "team" | "factor";

interface Item {
  name: Name;
  icon: IconName;
  /** undefined while it is looked up. */
  done: boolean | undefined;
  failed: boolean;
  action: ReactNode;
  /** Where else it leads. */
  more?: ReactNode;
}

/** From a fresh account to the first real conversation. What is done is read from the company itself, not ticked by hand. */
export default function StartPage() {
  const { t } = useTranslation(["start", "common"]);
  const { me } = useMe();
  const navigate = useNavigate();
  const { hidden, hide } = useStartHidden(me.user.id, me.company?.id ?? "");
  const { items, error, again } = useItems();
  const known = items.filter((item) => item.done !== undefined);
  const done = items.filter((item) => item.done === true).length;
  const complete = known.length === items.length && done === items.length;
  const first = items.find((item) => item.done === false)?.name;
  const leave = () => {
    hide(true);
    void navigate({ to: "/inbox" });
  };
  return (
    <PageBody>
      <PageHeader title={t("title", { name: me.user.name.split(" ")[0] ?? "" })} text={t(complete ? "textDone" : "text", { company: me.company?.name ?? "" })}>
        {hidden ? (
          <Button variant="default" onClick={() => hide(false)}>
            {t("keep")}
          </Button>
        ) : (
          <Button variant={complete ? "filled" : "default"} onClick={leave}>
            {t(complete ? "finish" : "dismiss")}
          </Button>
        )}
      </PageHeader>
      <Stack gap="xs" mb="lg">
        <Text size="sm" c="dimmed" role="status">
          {t("progress", { done, count: items.length })}
        </Text>
        <Progress value={items.length === 0 ? 0 : (done / items.length) * 100} aria-label={t("progressLabel")} size="md" radius="xl" />
      </Stack>
      {error !== null && known.length === 0 ? (
        <ErrorState error={error} retry={again} />
      ) : (
        <Stack component="ol" gap="sm" p={0} m={0} style={{ listStyle: "none" }}>
          {items.map((item) => (
            <Row key={item.name} item={item} next={item.name === first} />
          ))}
        </Stack>
      )}
    </PageBody>
  );
}

function Row({ item, next }: { item: Item; next: boolean }) {
  const { t } = useTranslation("start");
  const { done } = item;
  return (
    <Paper component="li" withBorder p="md" data-testid={`start-${item.name}`} data-done={done === true || undefined} style={next ? { borderColor: "var(--p-accent)" } : undefined}>
      <Group wrap="nowrap" align="flex-start" gap="md">
        <ThemeIcon size={40} radius="xl" variant="light" color={done === true ? "leaf" : next ? "plum" : "gray"}>
          <Icon name={done === true ? "check" : item.icon} size={21} />
        </ThemeIcon>
        <Group gap="md" justify="space-between" style={{ flex: 1, minWidth: 0 }}>
          <div style={{ flex: "1 1 260px", minWidth: 0 }}>
            <Group gap="xs">
              <Title order={2} size="h3">
                {t(`item.${item.name}.title`)}
              </Title>
              {done === undefined ? (
                !item.failed && <Skeleton height={18} width={64} />
              ) : (
                <Badge color={done ? "leaf" : "gray"}>{t(done ? "done" : "open")}</Badge>
              )}
            </Group>
            <Text c="dimmed" mt={2}>
              {t(item.failed ? "failed" : done === true ? `item.${item.name}.done` : `item.${item.name}.text`)}
            </Text>
            {item.more}
          </div>
          {done !== true && item.action}
        </Group>
      </Group>
    </Paper>
  );
}

function useItems(): { items: Item[]; error: Error | null; again: () => void } {
  const { t } = useTranslation("start");
  const { me, may } = useMe();
  const simulated = me.features.demo;
  // A company that was stopped may look at little: what nobody may do is not asked for.
  const mine: Record<Name, boolean> = { talk: may("inbox.read"), channel: may("channel.manage"), catalog: may("product.write"), team: may("member.manage"), factor: true };
  const talks = useQuery({ ...talksQuery, enabled: mine.talk });
  const bots = useQuery({ ...botsQuery, enabled: mine.talk });
  const channels = useQuery({ ...channelsQuery, enabled: mine.channel });
  const products = useQuery({ ...productsQuery, enabled: mine.catalog });
  const members = useQuery({ ...membersQuery, enabled: mine.team });
  const invitations = useQuery({ ...invitationsQuery, enabled: mine.team });
  const factors = useQuery(factorsQuery);
  // The bot that answers customers, before one that only waits.
  const bot = bots.data?.items.find((each) => each.accounts.length > 0) ?? bots.data?.items[0];
  const items: Item[] = [
    {
      name: "talk",
      icon: "bot",
      done: talks.data === undefined ? undefined : talks.data.items.length > 0,
      failed: talks.isError && talks.data === undefined,
      action: simulated ? (
        <Button component="a" href="/demo" target="_blank" rightSection={<Icon name="out" size={16} />}>
          {t("item.talk.phone")}
        </Button>
      ) : bot === undefined ? (
        <Button component={Link} to="/bots">
          {t("item.talk.bots")}
        </Button>
      ) : (
        <Button component={Link} to="/bots/$bot" params={{ bot: bot.id } as never}>
          {t("item.talk.try")}
        </Button>
      ),
      more: bot !== undefined && (
        <Text size="sm" mt={4}>
          <Link to="/bots/$bot" params={{ bot: bot.id }} style={{ color: "var(--p-accent)" }}>
            {t("item.talk.edit", { bot: bot.name })}
          </Link>
        </Text>
      ),
    },
    {
      name: "channel",
      icon: "channel",
      done: channels.data?.items.some((account) => account.state === "active" && !isRehearsal(account)),
      failed: channels.isError && channels.data === undefined,
      action: (
        <Button component={Link} to="/channels" variant="light">
          {t("item.channel.action")}
        </Button>
      ),
    },
    {
      name: "catalog",
      icon: "box",
      done: products.data === undefined ? undefined : products.data.items.length > 0,
      failed: products.isError && products.data === undefined,
      action: (
        <Group gap="xs">
          <Button component={Link} to="/products/new" variant="light">
            {t("item.catalog.action")}
          </Button>
          <Button component={Link} to="/products/import" variant="subtle">
            {t("item.catalog.import")}
          </Button>
        </Group>
      ),
    },
    {
      name: "team",
      icon: "team",
      done: members.data === undefined ? undefined : members.data.items.length > 1 || (invitations.data?.items.some((each) => each.state === "open") ?? false),
      failed: members.isError && members.data === undefined,
      action: (
        <Button component={Link} to="/team" variant="light">
          {t("item.team.action")}
        </Button>
      ),
    },
    {
      name: "factor",
      icon: "shield",
      done: factors.data === undefined ? undefined : factors.data.items.length > 0,
      failed: factors.isError && factors.data === undefined,
      action: (
        <Button component={Link} to="/preferences" variant="light">
          {t("item.factor.action")}
        </Button>
      ),
    },
  ];
  const all = [talks, channels, products, members, factors];
  return {
    items: items.filter((item) => mine[item.name]),
    error: all.find((each) => each.error !== null)?.error ?? null,
    again: () => void Promise.all(all.filter((each) => each.isEnabled).map((each) => each.refetch())),
  };
}
