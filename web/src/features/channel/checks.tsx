import { Alert, Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import type { ChannelAccount, CheckPoint } from "@/api/types";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { CopyField } from "@/ui/state";
import classes from "./channel.module.css";
import { healthKey } from "./queries";

/** What has to be typed into the vendor's console. Telegram is told by us. */
export function HookFields({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  return (
    <Stack>
      <CopyField label={t("webhookUrl")} value={account.webhook_url ?? ""} description={t(account.channel === "telegram" ? "webhookTelegram" : "webhookMeta")} />
      {account.verify_token !== undefined && account.verify_token !== "" && <CopyField label={t("verifyToken")} value={account.verify_token} description={t("verifyTokenText")} />}
    </Stack>
  );
}

const colours: Record<string, string> = { ok: "leaf", warn: "honey", bad: "brick", unknown: "gray" };

/** One of our own fields by the name that it has on the page; what the vendor names stays as it is. */
function useValueText() {
  const { t, i18n } = useTranslation("channel");
  return (name: string) => (i18n.exists(`channel:value.${name}`) ? t(`value.${name as "token"}`) : name);
}

/** Why the vendor said no: our sentence, and its own words where it gave any. */
export function Refusal({ error }: { error: unknown }) {
  const { t } = useTranslation("channel");
  const say = useProblemText();
  const valueText = useValueText();
  const problem = asProblem(error);
  const field = problem.code === "invalid" ? (problem.field.split(".").pop() ?? "") : "";
  // The vendors' own codes are numbers.
  const platform = problem.reason === "platform_refused" || /^\d/.test(problem.reason);
  return (
    <Alert color="brick" icon={<Icon name="alert" />} role="alert">
      <Text size="sm">{platform ? t("refusedText") : field === "" ? say(problem) : `${t("missing")}: ${valueText(field)}`}</Text>
      {platform && (
        <Text size="sm" mt={4} className={classes.found}>
          {t("platformSays")}: {problem.message}
        </Text>
      )}
    </Alert>
  );
}

/** What a check found, point by point, each bad one with what to do. */
export function Points({ points }: { points: CheckPoint[] }) {
  const { t } = useTranslation("channel");
  const valueText = useValueText();
  return (
    <Stack gap="xs" component="ul" style={{ listStyle: "none", margin: 0, padding: 0 }}>
      {points.map((point) => (
        <li key={point.point}>
          <Group gap="sm" wrap="nowrap" align="flex-start">
            <Badge color={colours[point.state] ?? "gray"} style={{ flexShrink: 0 }}>
              {t(`pointState.${point.state as "ok"}`)}
            </Badge>
            <div className={classes.found}>
              <Text size="sm" fw={600}>
                {t(`point.${point.point as "token"}.title`)}
              </Text>
              {(point.state === "bad" || point.state === "warn") && <Text size="sm">{t(`point.${point.point as "token"}.todo`)}</Text>}
              {point.text && (
                <Text size="sm" c="dimmed">
                  {t("platformSays")}: {point.text}
                </Text>
              )}
              {point.facts?.missing && (
                <Text size="sm" c="dimmed">
                  {t("missing")}: {point.facts.missing.split(/,\s*/).map(valueText).join(", ")}
                </Text>
              )}
            </div>
          </Group>
        </li>
      ))}
    </Stack>
  );
}

/** Asks the vendor about the connection now. */
export function CheckButton({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const check = useMutation({
    mutationFn: () => api.channels.check(account.id),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: healthKey(account.id) });
      void client.invalidateQueries({ queryKey: ["channels"], exact: true });
    },
  });
  return (
    <div className={classes.act}>
      <Button variant="light" onClick={() => check.mutate()} loading={check.isPending} leftSection={<Icon name="channel" size={17} />}>
        {t("test")}
      </Button>
      {check.isError && <Refusal error={check.error} />}
      {check.data !== undefined && (
        <Alert color={check.data.ok ? "leaf" : "brick"} icon={<Icon name={check.data.ok ? "check" : "alert"} />} role="status" title={t(check.data.ok ? "testGood" : "testBad")}>
          {check.data.problem}
        </Alert>
      )}
    </div>
  );
}

/** Has our webhook registered at the vendor. */
export function SubscribeButton({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const subscribe = useMutation({
    // After what was typed in the fields beside it.
    scope: { id: `channel-values-${account.id}` },
    mutationFn: async () => {
      const done = await api.channels.subscribe(account.id);
      // What was found before is no longer so; a vendor that is slow to say it spoils nothing.
      if (done.ok) await api.channels.check(account.id).catch(() => undefined);
      return done;
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["channels", account.id] }),
  });
  // Without the app's id nobody could tell the app our address.
  const half = (account.channel === "messenger" || account.channel === "instagram") && (account.settings.app_id ?? "") === "";
  return (
    <div className={classes.act}>
      <Button variant="light" onClick={() => subscribe.mutate()} loading={subscribe.isPending} leftSection={<Icon name="link" size={17} />}>
        {t("register")}
      </Button>
      {subscribe.isError && <Refusal error={subscribe.error} />}
      {subscribe.data !== undefined && (
        <Alert color={subscribe.data.ok ? "leaf" : "brick"} icon={<Icon name={subscribe.data.ok ? "check" : "alert"} />} role="status">
          {subscribe.data.ok ? t(half ? "registeredHalf" : "registered") : subscribe.data.problem}
        </Alert>
      )}
    </div>
  );
}
