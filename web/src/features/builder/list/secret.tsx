import { Button, Group, Modal, Paper, PasswordInput, Skeleton, Stack, Table, Text, TextInput, Code } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { builder, keys, type Secret } from "../contract";

/** Keys of outside services that bots use by name. A value goes in and never comes out. */
export default function SecretsPage() {
  const { t } = useTranslation("builder");
  const { may } = useMe();
  const write = may("bot.write");
  const [editing, setEditing] = useState<string | null>(null);
  const query = useQuery({ queryKey: keys.secrets, queryFn: builder.secrets, enabled: write });
  const add = write && (
    <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setEditing("")}>
      {t("secret.add")}
    </Button>
  );
  return (
    <PageBody>
      <Button component={Link} to="/bots" variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="back" size={16} />} mb="sm" ml={-8}>
        {t("list.title")}
      </Button>
      <PageHeader title={t("secret.title")} text={t("secret.text")}>
        {add}
      </PageHeader>
      {!write ? (
        <EmptyState icon="shield" title={t("secret.noRight")} />
      ) : query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={120} radius="lg" />
      ) : query.data?.items.length === 0 ? (
        <EmptyState icon="shield" title={t("secret.empty")} text={t("secret.emptyText")} action={add} />
      ) : (
        <Paper withBorder>
          <Table.ScrollContainer minWidth={480} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
            <Table verticalSpacing="sm" horizontalSpacing="lg" aria-label={t("secret.title")}>
              <Table.Thead>
                <Table.Tr>
                  <Table.Th>{t("secret.name")}</Table.Th>
                  <Table.Th>{t("secret.changed")}</Table.Th>
                  <Table.Th>
                    <span className="p-sr">{t("secret.actions")}</span>
                  </Table.Th>
                </Table.Tr>
              </Table.Thead>
              <Table.Tbody>
                {query.data?.items.map((secret) => (
                  <Row key={secret.name} secret={secret} onReplace={() => setEditing(secret.name)} />
                ))}
              </Table.Tbody>
            </Table>
          </Table.ScrollContainer>
        </Paper>
      )}
      {editing !== null && <Edit name={editing} onClose={() => setEditing(null)} />}
    </PageBody>
  );
}

function Row({ secret, onReplace }: { secret: Secret; onReplace: () => void }) {
  const { t } = useTranslation("builder");
  const client = useQueryClient();
  const say = useProblemText();
  const drop = useMutation({
    mutationFn: () => builder.dropSecret(secret.name),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.secrets }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Code>{`{{secret.${secret.name}}}`}</Code>
      </Table.Td>
      <Table.Td>
        <RelativeTime ms={secret.updated_ms} />
      </Table.Td>
      <Table.Td>
        <Group gap={4} justify="flex-end" wrap="nowrap">
          <Button variant="subtle" size="compact-sm" onClick={onReplace} aria-label={t("secret.replaceOne", { name: secret.name })}>
            {t("secret.replace")}
          </Button>
          <ConfirmButton label={t("secret.dropOne", { name: secret.name })} title={t("secret.dropOne", { name: secret.name })} text={t("secret.dropText")} action={t("secret.drop")} onConfirm={() => drop.mutate()} busy={drop.isPending}>
            {t("secret.drop")}
          </ConfirmButton>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

function Edit({ name, onClose }: { name: string; onClose: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const form = useForm({
    initialValues: { name, value: "" },
    validate: {
      // A name that is kept already was checked when it came.
      name: (value) => (name !== "" || /^[A-Z][A-Z0-9_]{0,39}$/.test(value) ? null : t("secret.nameRule")),
      value: (value) => (value === "" ? t("secret.valueNeeded") : null),
    },
  });
  const set = useMutation({
    mutationFn: (values: { name: string; value: string }) => builder.putSecret(values.name, values.value),
    onSuccess: () => {
      notify.good(t("common:saved"));
      onClose();
      return client.invalidateQueries({ queryKey: keys.secrets });
    },
    onError: (error) => form.setFieldError("value", say(error)),
  });
  return (
    <Modal opened onClose={onClose} title={name === "" ? t("secret.add") : t("secret.replaceOne", { name })} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={form.onSubmit((values) => set.mutate(values))} noValidate>
        <Stack>
          {name === "" && (
            <TextInput
              label={t("secret.name")}
              description={t("secret.nameText")}
              placeholder="TOKEN_ENTREGA"
              data-autofocus
              autoComplete="off"
              maxLength={40}
              {...form.getInputProps("name")}
              onChange={(event) => form.setFieldValue("name", event.currentTarget.value.toUpperCase().replace(/[^A-Z0-9_]/g, "_"))}
            />
          )}
          <PasswordInput label={t("secret.value")} description={t("secret.valueText")} autoComplete="off" data-autofocus={name !== "" || undefined} visibilityToggleButtonProps={{ "aria-label": t("secret.show") }} {...form.getInputProps("value")} />
          <Text size="xs" c="dimmed">
            {t("secret.useText", { example: "{{secret.TOKEN}}" })}
          </Text>
          <Button type="submit" loading={set.isPending}>
            {t("common:save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
