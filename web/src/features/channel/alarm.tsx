import { Alert, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { spoken } from "@/i18n";
import type { ChannelAlarm } from "@/api/types";
import { exactTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { RelativeTime } from "@/ui/time";

/** What is wrong, since when, in the platform's words where there are any, and what to do. */
export function Alarms({ alarms }: { alarms: ChannelAlarm[] }) {
  const { t } = useTranslation("channel");
  return (
    <Stack gap="sm">
      {alarms.map((alarm) => (
        <Alert key={alarm.kind} color={alarm.grade === "bad" ? "brick" : "honey"} icon={<Icon name="alert" />} title={t(`alarm.${alarm.kind as "stopped"}.title`)}>
          <Text size="sm">{t(`alarm.${alarm.kind as "stopped"}.todo`)}</Text>
          {alarm.facts.why && (
            <Text size="sm" mt={4}>
              {t("platformSays")}: {alarm.facts.why}
            </Text>
          )}
          {alarm.facts.missing && (
            <Text size="sm" mt={4}>
              {t("missing")}: {alarm.facts.missing}
            </Text>
          )}
          {(alarm.facts.expires_ms ?? alarm.facts.until_ms) !== undefined && (
            <Text size="sm" mt={4}>
              {t("until")}: {exactTime(Number(alarm.facts.expires_ms ?? alarm.facts.until_ms), spoken())}
            </Text>
          )}
          <Text size="xs" c="dimmed" mt={4}>
            {t("since")} <RelativeTime ms={alarm.raised_ms} />
          </Text>
        </Alert>
      ))}
    </Stack>
  );
}
