import { Alert, Button, Group, PasswordInput, Paper, Radio, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { ChannelAccount } from "@/api/types";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { Refusal } from "./checks";

type Discard = "none" | "old" | "all";

function useKept(account: ChannelAccount) {
  const client = useQueryClient();
  return (next?: ChannelAccount) => {
    if (next !== undefined) client.setQueryData(["channels", account.id], next);
    void client.invalidateQueries({ queryKey: ["channels"] });
  };
}

/** Sends a text to one's own phone, past the queue: what the platform says comes back at once. */
export function TestMessage({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  const [to, setTo] = useState("");
  const test = useMutation({ mutationFn: () => api.channels.test(account.id, to) });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        test.mutate();
      }}
    >
      <Stack gap="sm">
        <Group align="flex-end" gap="sm">
          <TextInput label={t(`testTo.${account.channel}`)} description={t("testToText")} value={to} onChange={(event) => setTo(event.currentTarget.value)} style={{ flex: "1 1 240px" }} />
          <Button type="submit" variant="light" loading={test.isPending} disabled={to.trim() === ""} leftSection={<Icon name="send" size={16} />}>
            {t("sendTest")}
          </Button>
        </Group>
        {test.isError && <Refusal error={test.error} />}
        {test.data !== undefined && (
          <Alert color={test.data.ok ? "leaf" : "brick"} icon={<Icon name={test.data.ok ? "check" : "alert"} />} role="status">
            {test.data.ok ? t("testSent") : test.data.problem}
          </Alert>
        )}
      </Stack>
    </form>
  );
}

/** What becomes of the queue that was kept. */
function Waiting({ count, value, onChange }: { count: number; value: Discard; onChange: (value: Discard) => void }) {
  const { t } = useTranslation("channel");
  if (count === 0) return null;
  return (
    <Radio.Group label={t("queueKept", { count })} value={value} onChange={(next) => onChange(next as Discard)}>
      <Stack gap={6} mt={6}>
        {(["none", "old", "all"] as const).map((each) => (
          <Radio key={each} value={each} label={t(`discard.${each}`)} />
        ))}
      </Stack>
    </Radio.Group>
  );
}

/** A new token, proven before it takes the place of the old one; also the way back for a channel that was stopped. */
export function TokenForm({ account, waiting }: { account: ChannelAccount; waiting: number }) {
  const { t } = useTranslation(["channel", "common"]);
  const kept = useKept(account);
  const [token, setToken] = useState("");
  const [secret, setSecret] = useState("");
  const [discard, setDiscard] = useState<Discard>("none");
  const away = account.state !== "active";
  const rotate = useMutation({
    mutationFn: () => {
      const fresh = { ...(token.trim() === "" ? {} : { token: token.trim() }), ...(secret.trim() === "" ? {} : { app_secret: secret.trim() }) };
      return Object.keys(fresh).length === 0 ? api.channels.connect(account.id, discard) : api.channels.rotate(account.id, { ...fresh, discard });
    },
    onSuccess: (next) => {
      setToken("");
      setSecret("");
      kept(next);
      notify.good(t(away ? "reconnected" : "rotated"));
    },
  });
  return (
    <Paper withBorder p="lg" component="section">
      <Title order={2} mb={4}>
        {t(away ? "reconnect" : "tokenTitle")}
      </Title>
      <Text size="sm" c="dimmed" mb="sm">
        {t(away ? "reconnectText" : "tokenTitleText")}
      </Text>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          rotate.mutate();
        }}
      >
        <Stack>
          {rotate.isError && <Refusal error={rotate.error} />}
          <PasswordInput label={t("newToken")} description={t("keepText")} autoComplete="off" value={token} onChange={(event) => setToken(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showToken") }} />
          {account.channel !== "telegram" && (
            <PasswordInput label={t("newSecret")} description={t("secretGrace")} autoComplete="off" value={secret} onChange={(event) => setSecret(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("showToken") }} />
          )}
          {away && <Waiting count={waiting} value={discard} onChange={setDiscard} />}
          <Group>
            <Button type="submit" loading={rotate.isPending} disabled={!away && token.trim() === "" && secret.trim() === ""}>
              {t(away ? "reconnect" : "rotate")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

/** Takes the channel away from its platform; a draft is removed. */
export function Disconnect({ account, onGone }: { account: ChannelAccount; onGone: () => void }) {
  const { t } = useTranslation("channel");
  const say = useProblemText();
  const kept = useKept(account);
  const draft = account.state === "draft";
  const disconnect = useMutation({
    mutationFn: () => api.channels.disconnect(account.id),
    onSuccess: (result) => {
      if (result.problem) notify.bad(t("disconnectProblem", { problem: result.problem }));
      else notify.good(t(draft ? "removed" : "disconnected"));
      if (draft) onGone();
      kept();
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <ConfirmButton
      label={t(draft ? "remove" : "disconnect")}
      title={t(draft ? "remove" : "disconnect")}
      text={t(draft ? "removeText" : "disconnectText")}
      action={t(draft ? "remove" : "disconnect")}
      onConfirm={() => disconnect.mutate()}
      busy={disconnect.isPending}
    />
  );
}
