import { ActionIcon, Badge, Button, Group, Modal, Select, Skeleton, Stack, Table, Text, TextInput, Title, Tooltip } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { Invitation, InvitationView, MailStatus, Member, Role } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CopyField, EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";

const roles: Role[] = ["attendant", "supervisor", "admin"];

/** Who works here, what each may do, and who was asked to come. */
export default function TeamPage() {
  const { t } = useTranslation(["team", "common"]);
  const { may } = useMe();
  const manage = may("member.manage");
  const [inviting, setInviting] = useState(false);
  const members = useQuery({ queryKey: ["members"], queryFn: api.members.list });
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        {manage && (
          <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setInviting(true)}>
            {t("invite")}
          </Button>
        )}
      </PageHeader>
      {members.isError ? (
        <ErrorState error={members.error} retry={() => void members.refetch()} />
      ) : (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm" aria-label={t("title")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("name")}</Table.Th>
                <Table.Th>{t("role")}</Table.Th>
                <Table.Th>{t("since")}</Table.Th>
                {manage && (
                  <Table.Th>
                    <span className="p-sr">{t("actions")}</span>
                  </Table.Th>
                )}
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {members.isPending
                ? [0, 1, 2].map((i) => (
                    <Table.Tr key={i}>
                      <Table.Td colSpan={4}>
                        <Skeleton height={34} />
                      </Table.Td>
                    </Table.Tr>
                  ))
                : members.data.items.map((member) => <MemberRow key={member.user_id} member={member} manage={manage} />)}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {manage && <Invitations />}
      <InviteModal opened={inviting} onClose={() => setInviting(false)} />
    </PageBody>
  );
}

function MemberRow({ member, manage }: { member: Member; manage: boolean }) {
  const { t } = useTranslation(["team", "common"]);
  const { me } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const done = () => client.invalidateQueries({ queryKey: ["members"] });
  const onError = (error: unknown) => notify.bad(say(error));
  const role = useMutation({ mutationFn: (next: Role) => api.members.role(member.user_id, next), onSuccess: done, onError });
  const remove = useMutation({ mutationFn: () => api.members.remove(member.user_id), onSuccess: done, onError });
  const { name } = member;
  const reset = useMutation({ mutationFn: () => api.members.resetFactors(member.user_id), onSuccess: () => notify.good(t("factorsRemoved", { name })), onError });
  const end = useMutation({ mutationFn: () => api.members.endSessions(member.user_id), onSuccess: () => notify.good(t("sessionsEnded", { name })), onError });
  const other = member.user_id !== me.user.id;
  return (
    <Table.Tr>
      <Table.Td>
        <Group gap="sm" wrap="nowrap">
          <Avatar name={member.name} seed={member.user_id} size={34} />
          <div>
            <Text fw={550} component="div">
              {member.name} {member.user_id === me.user.id && <Badge>{t("you")}</Badge>}
            </Text>
            <Text size="xs" c="dimmed">
              {member.email}
            </Text>
          </div>
        </Group>
      </Table.Td>
      <Table.Td>
        {manage ? (
          <Select
            size="xs"
            w={150}
            value={role.isPending ? role.variables : member.role}
            onChange={(value) => value !== null && value !== member.role && role.mutate(value as Role)}
            data={roles.map((each) => ({ value: each, label: t(`common:role.${each}`) }))}
            allowDeselect={false}
            aria-label={t("roleOf", { name: member.name })}
          />
        ) : (
          t(`common:role.${member.role}`)
        )}
      </Table.Td>
      <Table.Td>
        <RelativeTime ms={member.created_ms} />
      </Table.Td>
      {manage && (
        <Table.Td ta="right">
          <Group gap={4} justify="flex-end" wrap="nowrap">
            {other && (
              <ConfirmButton label={t("endSessionsOf", { name })} title={t("endSessionsOf", { name })} text={t("endSessionsText")} action={t("endSessions")} onConfirm={() => end.mutate()} busy={end.isPending}>
                {t("endSessions")}
              </ConfirmButton>
            )}
            {/* Of an admin only an operator decides. */}
            {other && member.role !== "admin" && (
              <ConfirmButton label={t("resetFactorsOf", { name })} title={t("resetFactorsOf", { name })} text={t("resetFactorsText")} action={t("resetFactors")} onConfirm={() => reset.mutate()} busy={reset.isPending}>
                {t("resetFactors")}
              </ConfirmButton>
            )}
            <ConfirmButton label={t("removeOne", { name })} title={t("removeOne", { name })} text={t("removeText")} action={t("remove")} onConfirm={() => remove.mutate()} busy={remove.isPending}>
              {t("remove")}
            </ConfirmButton>
          </Group>
        </Table.Td>
      )}
    </Table.Tr>
  );
}

const colours: Record<Invitation["state"], string> = { open: "plum", accepted: "leaf", revoked: "gray", expired: "honey" };

function Invitations() {
  const { t } = useTranslation(["team", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const query = useQuery({
    queryKey: ["invitations"],
    queryFn: api.invitations.list,
    // A mail is on its way for seconds; nobody should have to reload to see it arrive.
    refetchInterval: ({ state }) => (state.data?.items.some((each) => underWay(each.letter?.state)) ? 4000 : false),
  });
  const revoke = useMutation({
    mutationFn: api.invitations.revoke,
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations"] }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <section style={{ marginTop: 36 }}>
      <Title order={2} mb="sm">
        {t("invitations")}
      </Title>
      {query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data?.items.length === 0 ? (
        <EmptyState icon="link" title={t("noInvitations")} text={t("noInvitationsText")} />
      ) : (
        <Table.ScrollContainer minWidth={560} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="xs" aria-label={t("invitations")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("email")}</Table.Th>
                <Table.Th>{t("role")}</Table.Th>
                <Table.Th>{t("state")}</Table.Th>
                <Table.Th>{t("mail")}</Table.Th>
                <Table.Th>{t("expires")}</Table.Th>
                <Table.Th>
                  <span className="p-sr">{t("actions")}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {(query.data?.items ?? []).map((invitation) => (
                <Table.Tr key={invitation.id}>
                  <Table.Td>{invitation.email}</Table.Td>
                  <Table.Td>{t(`common:role.${invitation.role}`)}</Table.Td>
                  <Table.Td>
                    <Badge color={colours[invitation.state]}>{t(`invitationState.${invitation.state}`)}</Badge>
                  </Table.Td>
                  <Table.Td>
                    <InvitationMail invitation={invitation} />
                  </Table.Td>
                  <Table.Td>
                    <RelativeTime ms={invitation.expires_ms} />
                  </Table.Td>
                  <Table.Td ta="right">
                    {invitation.state === "open" && (
                      <Tooltip label={t("revoke")}>
                        <ActionIcon onClick={() => revoke.mutate(invitation.id)} loading={revoke.isPending && revoke.variables === invitation.id} aria-label={t("revokeOf", { email: invitation.email })}>
                          <Icon name="close" size={17} />
                        </ActionIcon>
                      </Tooltip>
                    )}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
    </section>
  );
}

const mailColours: Record<MailStatus["state"], string> = { queued: "gray", sending: "gray", unknown: "honey", accepted: "plum", delivered: "leaf", bounced: "brick", dropped: "brick", failed: "brick" };

function underWay(state: MailStatus["state"] | undefined) {
  return state === "queued" || state === "sending";
}

/** How far the mail of an invitation is, and once more when it did not arrive. */
function InvitationMail({ invitation }: { invitation: InvitationView }) {
  const { t, i18n } = useTranslation("team");
  const client = useQueryClient();
  const say = useProblemText();
  const again = useMutation({
    mutationFn: () => api.invitations.mail(invitation.id),
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations"] }),
    onError: (error) => notify.bad(say(error)),
  });
  const { letter } = invitation;
  if (letter === undefined) return <Text c="dimmed">{t("notMailed")}</Text>;
  const reason = `team:mailReason.${letter.reason}`;
  return (
    <div>
      <Badge color={mailColours[letter.state]}>{t(`mailState.${letter.state}`)}</Badge>
      {letter.reason !== "" && i18n.exists(reason) && (
        <Text size="xs" c="dimmed" maw={220}>
          {i18n.t(reason as "team:mailReason.expired")}
        </Text>
      )}
      {letter.again && invitation.state === "open" && (
        <Button size="compact-xs" variant="subtle" onClick={() => again.mutate()} loading={again.isPending} aria-label={t("mailAgainTo", { email: invitation.email })}>
          {t("mailAgain")}
        </Button>
      )}
    </div>
  );
}

function InviteModal({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["team", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const form = useForm({
    initialValues: { email: "", role: "attendant" as Role },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")) },
  });
  const invite = useMutation({
    mutationFn: (values: { email: string; role: Role }) => api.invitations.create({ email: values.email.trim(), role: values.role }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["invitations"] }),
    onError: (error) => form.setFieldError("email", say(error)),
  });
  const close = () => {
    onClose();
    form.reset();
    invite.reset();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("invite")} closeButtonProps={{ "aria-label": t("common:close") }}>
      {invite.data === undefined ? (
        <form onSubmit={form.onSubmit((values) => invite.mutate(values))} noValidate>
          <Stack>
            <TextInput label={t("email")} type="email" data-autofocus {...form.getInputProps("email")} />
            <Select label={t("role")} description={t(`roleText.${form.values.role}`)} data={roles.map((role) => ({ value: role, label: t(`common:role.${role}`) }))} allowDeselect={false} {...form.getInputProps("role")} />
            <Button type="submit" loading={invite.isPending}>
              {t("sendInvite")}
            </Button>
          </Stack>
        </form>
      ) : (
        <Stack>
          {invite.data.mailed && <Text role="status">{t("mailed", { email: invite.data.invitation.email })}</Text>}
          <CopyField label={t("link")} value={invite.data.link} description={t(invite.data.mailed ? "linkMailedText" : "linkText", { email: invite.data.invitation.email })} />
          <Button onClick={close}>{t("common:done")}</Button>
        </Stack>
      )}
    </Modal>
  );
}
