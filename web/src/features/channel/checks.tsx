import { Alert, Button, Group, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { ChannelAccount } from "@/api/types";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { CopyField } from "@/ui/state";

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

/** Asks the vendor whether the token works, and has our webhook registered there. */
export function Checks({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const say = useProblemText();
  const onSuccess = () => client.invalidateQueries({ queryKey: ["channels"] });
  const probe = useMutation({ mutationFn: () => api.channels.probe(account.id), onSuccess });
  const subscribe = useMutation({ mutationFn: () => api.channels.subscribe(account.id), onSuccess });
  const facts = Object.entries(probe.data?.facts ?? {});
  return (
    <Stack>
      <Group>
        <Button variant="light" onClick={() => probe.mutate()} loading={probe.isPending} leftSection={<Icon name="channel" size={17} />}>
          {t("test")}
        </Button>
        <Button variant="light" onClick={() => subscribe.mutate()} loading={subscribe.isPending} leftSection={<Icon name="link" size={17} />}>
          {t("register")}
        </Button>
      </Group>
      {probe.isError && <Alert color="brick">{say(probe.error)}</Alert>}
      {probe.data !== undefined && (
        <Alert color={probe.data.ok ? "leaf" : "brick"} icon={<Icon name={probe.data.ok ? "check" : "alert"} />} title={t(probe.data.ok ? "testGood" : "testBad")} role="status">
          <Text size="sm">{probe.data.ok ? [probe.data.name, probe.data.display, probe.data.external_id].filter(Boolean).join(" · ") : probe.data.problem}</Text>
          {facts.length > 0 && (
            <Table mt="xs" variant="vertical" withRowBorders={false}>
              <Table.Tbody>
                {facts.map(([name, value]) => (
                  <Table.Tr key={name}>
                    <Table.Th>{name}</Table.Th>
                    <Table.Td>{value}</Table.Td>
                  </Table.Tr>
                ))}
              </Table.Tbody>
            </Table>
          )}
        </Alert>
      )}
      {subscribe.isError && <Alert color="brick">{say(subscribe.error)}</Alert>}
      {subscribe.data !== undefined && (
        <Alert color={subscribe.data.ok ? "leaf" : "brick"} icon={<Icon name={subscribe.data.ok ? "check" : "alert"} />} role="status">
          {subscribe.data.ok ? t("registered") : subscribe.data.problem}
        </Alert>
      )}
    </Stack>
  );
}
