import { Badge, Group, Paper, SimpleGrid, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import type { ChannelAccount, ChannelHealth } from "@/api/types";
import { exactTime } from "@/ui/format";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Alarms } from "./alarm";
import { Week } from "./chart";
import { CheckButton, HookFields, Points, SubscribeButton } from "./checks";
import { healthKey } from "./queries";
import type { TFunction } from "i18next";
import type { ReactNode } from "react";

export function useHealth(account: ChannelAccount | undefined) {
  return useQuery({ queryKey: healthKey(account?.id ?? ""), queryFn: () => api.channels.health(account?.id ?? ""), refetchInterval: 20_000, enabled: account !== undefined });
}

/** Everything known of a connection, the troubles first. */
export function HealthPanel({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation(["channel", "common"]);
  const { may } = useMe();
  const query = useHealth(account);
  const health = query.data;
  if (query.isError && health === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (health === undefined) return <Skeleton height={320} radius="lg" aria-label={t("loading")} />;
  return (
    <>
      {health.alarms.length > 0 && <Alarms alarms={health.alarms} />}
      <Paper withBorder p="lg" component="section">
        <Title order={2} mb="sm">
          {t("health")}
        </Title>
        <Facts account={account} health={health} />
        <Title order={3} mt="lg" mb="xs">
          {t("chart.title")}
        </Title>
        <Week hours={health.hours} />
      </Paper>
      {health.pauses.length > 0 && <Pauses pauses={health.pauses} />}
      <Paper withBorder p="lg" component="section">
        <Group justify="space-between" mb="sm" align="flex-start">
          <div>
            <Title order={2}>{t("checkTitle")}</Title>
            <Text size="sm" c="dimmed">
              {health.checked_ms === 0 ? t("neverChecked") : t("checked")} {health.checked_ms > 0 && <RelativeTime ms={health.checked_ms} />}
            </Text>
            {health.check_problem && <Text size="sm">{health.check_problem}</Text>}
          </div>
        </Group>
        <Stack>
          {health.findings.length > 0 && <Points points={health.findings} />}
          {may("channel.manage") && (
            <>
              <Group align="flex-start">
                <CheckButton account={account} />
                <SubscribeButton account={account} />
              </Group>
              <HookFields account={account} />
            </>
          )}
        </Stack>
      </Paper>
      {health.news.length > 0 && <News news={health.news} />}
    </>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text component="dt" size="xs" c="dimmed">
        {name}
      </Text>
      <Text component="dd" size="sm" m={0}>
        {children}
      </Text>
    </div>
  );
}

function Facts({ account, health }: { account: ChannelAccount; health: ChannelHealth }) {
  const { t } = useTranslation("channel");
  return (
    <SimpleGrid component="dl" cols={{ base: 1, xs: 2, sm: 3 }} m={0}>
      <Fact name={t("lastWebhook")}>{health.last_webhook_ms === 0 ? t("noneYet") : <RelativeTime ms={health.last_webhook_ms} />}</Fact>
      <Fact name={t("lastSent")}>{health.last_sent_ms === 0 ? t("noneYet") : <RelativeTime ms={health.last_sent_ms} />}</Fact>
      <Fact name={t("usualGap")}>{health.usual_gap_ms === 0 ? t("notKnown") : t("minutes", { count: Math.max(1, Math.round(health.usual_gap_ms / 60_000)) })}</Fact>
      {health.failed_ms > 0 && (
        <Fact name={t("lastFailed")}>
          <RelativeTime ms={health.failed_ms} /> · {health.failed_text || health.failed_code}
        </Fact>
      )}
      <Fact name={t("waitingCount")}>
        {health.waiting}
        {health.waiting_since_ms > 0 && (
          <>
            {" "}
            · <RelativeTime ms={health.waiting_since_ms} />
          </>
        )}
      </Fact>
      {account.channel === "whatsapp" && (
        <Fact name={t("quality")}>
          <Badge color={qualityColour(health.quality)}>{t(`qualities.${qualityName(health.quality)}`)}</Badge>
        </Fact>
      )}
      {health.limit && <Fact name={t("limit")}>{limitText(health.limit, t)}</Fact>}
      {health.restricted && (
        <Fact name={t("restricted")}>
          {health.restricted}
          {(health.restricted_until_ms ?? 0) > 0 && ` · ${exactTime(health.restricted_until_ms ?? 0, spoken())}`}
        </Fact>
      )}
      {account.channel !== "telegram" && <Fact name={t("tokenEnds")}>{health.token_ends_ms === 0 ? t("neverEnds") : exactTime(health.token_ends_ms, spoken())}</Fact>}
      {health.renewed_ms > 0 && (
        <Fact name={t("renewed")}>
          <RelativeTime ms={health.renewed_ms} />
        </Fact>
      )}
    </SimpleGrid>
  );
}

type Quality = "green" | "yellow" | "red" | "unknown";

export function qualityName(quality: string | undefined): Quality {
  const name = (quality ?? "").toLowerCase();
  if (name === "high") return "green";
  if (name === "medium") return "yellow";
  if (name === "low") return "red";
  return name === "green" || name === "yellow" || name === "red" ? name : "unknown";
}

/** A tier of WhatsApp's, as the number of customers that it means; anything else as it came. */
export function limitText(limit: string, t: TFunction<"channel">): string {
  if (/UNLIMITED$/.test(limit)) return t("unlimited");
  const tier = /^TIER_(\d+)(K?)$/.exec(limit);
  if (tier === null) return limit;
  const count = Number(tier[1]) * (tier[2] === "K" ? 1000 : 1);
  return t("limitPeople", { count, number: count.toLocaleString(spoken()) });
}

function qualityColour(quality: string | undefined): string {
  return { green: "leaf", yellow: "honey", red: "brick", unknown: "gray" }[qualityName(quality)];
}

function Pauses({ pauses }: { pauses: ChannelHealth["pauses"] }) {
  const { t } = useTranslation("channel");
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} mb={4}>
        {t("pauses")}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t("pausesText")}
      </Text>
      <Stack gap="xs">
        {pauses.map((pause) => (
          <div key={pause.level + pause.subject}>
            <Text size="sm" fw={600}>
              {t(`level.${pause.level}`)} · {t("until")} {exactTime(pause.until_ms, spoken())}
            </Text>
            <Text size="sm" c="dimmed">
              {pause.reason} ({pause.code})
            </Text>
          </div>
        ))}
      </Stack>
    </Paper>
  );
}

function News({ news }: { news: ChannelHealth["news"] }) {
  const { t } = useTranslation("channel");
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} mb="sm">
        {t("news")}
      </Title>
      <Stack gap="xs" component="ul" style={{ listStyle: "none", margin: 0, padding: 0 }}>
        {news.map((one) => (
          <li key={one.id}>
            <Text size="sm">
              <strong>{t(`newsKind.${one.kind as "quality"}`)}</strong> {[one.status, one.quality === undefined || one.quality === "" ? "" : t(`qualities.${qualityName(one.quality)}`), one.limit === undefined ? "" : limitText(one.limit, t), one.reason].filter(Boolean).join(" · ")}
            </Text>
            <Text size="xs" c="dimmed">
              <RelativeTime ms={one.at_ms} />
            </Text>
          </li>
        ))}
      </Stack>
    </Paper>
  );
}
