import { Badge, Group, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { ConfirmButton } from "@/ui/confirm";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { deviceOf } from "./device";
import { Section } from "./section";

/** Where the person is signed in, and the way out of each. */
export function Sessions() {
  const { t } = useTranslation(["preference", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const sessions = useQuery({ queryKey: ["sessions"], queryFn: api.session.list });
  const after = { onSuccess: () => client.invalidateQueries({ queryKey: ["sessions"] }), onError: (error: unknown) => notify.bad(say(error)) };
  const end = useMutation({ mutationFn: api.session.end, ...after });
  const others = useMutation({ mutationFn: api.session.endOthers, ...after });
  const everywhere = useMutation({
    mutationFn: api.session.signOutEverywhere,
    onSuccess: () => location.assign("/sign-in"),
    onError: (error) => notify.bad(say(error)),
  });
  const items = sessions.data?.items ?? [];
  return (
    <Section title={t("sessions")}>
      {sessions.isError ? (
        <ErrorState error={sessions.error} retry={() => void sessions.refetch()} />
      ) : (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table aria-label={t("sessions")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("device")}</Table.Th>
                <Table.Th>{t("address")}</Table.Th>
                <Table.Th>{t("proof")}</Table.Th>
                <Table.Th>{t("seen")}</Table.Th>
                <Table.Th>
                  <span className="p-sr">{t("signOut")}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {items.map((session) => (
                <Table.Tr key={session.id}>
                  <Table.Td>
                    {deviceOf(session.agent)} {session.current && <Badge color="leaf">{t("thisOne")}</Badge>}
                  </Table.Td>
                  <Table.Td>{session.ip}</Table.Td>
                  <Table.Td>{t(`proofs.${session.proof}`)}</Table.Td>
                  <Table.Td>
                    <RelativeTime ms={session.seen_ms} />
                  </Table.Td>
                  <Table.Td>
                    {!session.current && (
                      <ConfirmButton
                        label={t("endNamed", { device: deviceOf(session.agent) })}
                        title={t("end")}
                        text={t("endText", { device: deviceOf(session.agent), address: session.ip })}
                        action={t("end")}
                        busy={end.isPending && end.variables === session.id}
                        onConfirm={() => end.mutate(session.id)}
                      >
                        {t("end")}
                      </ConfirmButton>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      <Group gap="xs" mt="sm">
        {items.length > 1 && (
          <ConfirmButton label={t("endOthers")} title={t("endOthers")} text={t("endOthersText")} action={t("endOthers")} onConfirm={() => others.mutate()} busy={others.isPending} />
        )}
        <ConfirmButton label={t("signOutEverywhere")} title={t("signOutEverywhere")} text={t("signOutEverywhereText")} action={t("signOut")} onConfirm={() => everywhere.mutate()} busy={everywhere.isPending} />
      </Group>
      <Text size="sm" c="dimmed" mt="xs">
        {t("sessionsText")}
      </Text>
    </Section>
  );
}
