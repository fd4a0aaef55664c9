import { Alert, Badge, Button, Checkbox, Group, List, Paper, PasswordInput, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { payAccounts, type PayAccount, type PayAccountBody } from "@/api/pay-account";
import { asProblem } from "@/api/problem";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CopyField, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";

const key = ["payments", "account"];
const methods = ["pix", "link", "boleto"] as const;

/** The company's own account at Mercado Pago: connected in two steps, since the vendor gives its secret for an address that is known only after the first. */
export function MercadoPago() {
  const query = useQuery({ queryKey: key, queryFn: payAccounts.get });
  if (query.isError && query.data === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton height={240} radius="lg" />;
  return <AccountForm key={query.data?.version ?? 0} account={query.data} />;
}

export function AccountForm({ account }: { account: PayAccount | null }) {
  const { t } = useTranslation(["order", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [draft, setDraft] = useState({ token: "", secret: "", email: account?.payer_email ?? "", methods: account?.methods ?? ["pix"] });
  const [tried, setTried] = useState(false);
  const settled = async (saved: PayAccount | null) => {
    client.setQueryData(key, saved);
    await client.invalidateQueries({ queryKey: ["payments", "choices"] });
  };
  const test = useMutation({ mutationFn: payAccounts.test, onSuccess: settled });
  const save = useMutation({
    mutationFn: payAccounts.save,
    onSuccess: async (saved) => {
      notify.good(t("common:saved"));
      await settled(saved);
      test.mutate(); // who typed a token wants to know whether it works
    },
  });
  const remove = useMutation({ mutationFn: payAccounts.remove, onSuccess: () => settled(null) });
  const field = save.isError ? asProblem(save.error).field : "";
  const wrong = {
    token: (account === null && draft.token.trim() === "") || field === "access_token" ? t("mp.tokenNeeded") : undefined,
    secret: field === "webhook_secret" ? t("mp.secretUnread") : undefined,
    email: !/^\S+@\S+\.\S+$/.test(draft.email.trim()) || field === "payer_email" ? t("mp.emailNeeded") : undefined,
    methods: draft.methods.length === 0 ? t("mp.methodNeeded") : undefined,
  };
  const submit = () => {
    setTried(true);
    if ((account === null && draft.token.trim() === "") || !/^\S+@\S+\.\S+$/.test(draft.email.trim()) || wrong.methods !== undefined) return;
    const body: PayAccountBody = {
      payer_email: draft.email.trim(),
      methods: draft.methods,
      version: account?.version ?? 0,
      ...(draft.token.trim() === "" ? {} : { access_token: draft.token.trim() }),
      ...(draft.secret.trim() === "" ? {} : { webhook_secret: draft.secret.trim() }),
    };
    save.mutate(body);
  };
  return (
    <Paper withBorder p="lg" component="section" aria-label={t("mp.title")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <Group justify="space-between" mb={4}>
          <Title order={2} size="h3">
            {t("mp.title")}
          </Title>
          {account !== null && <State account={account} />}
        </Group>
        <Text size="sm" c="dimmed" mb="lg">
          {t("mp.text")}
        </Text>
        <Stack gap="lg">
          <Stack gap="sm">
            <Title order={3} size="h4">
              {t("mp.step1")}
            </Title>
            <List type="ordered" size="sm" spacing={4}>
              <List.Item>{t("mp.open")}</List.Item>
              <List.Item>{t("mp.credentials")}</List.Item>
            </List>
            <PasswordInput
              label={t("mp.token")}
              description={account === null ? undefined : t("mp.kept")}
              placeholder="APP_USR-…"
              autoComplete="off"
              maxLength={500}
              value={draft.token}
              error={tried ? wrong.token : undefined}
              onChange={(event) => setDraft({ ...draft, token: event.currentTarget.value })}
            />
            <TextInput
              type="email"
              label={t("mp.email")}
              description={t("mp.emailText")}
              maxLength={250}
              value={draft.email}
              error={tried ? wrong.email : undefined}
              onChange={(event) => setDraft({ ...draft, email: event.currentTarget.value })}
            />
            <Checkbox.Group label={t("mp.methods")} value={draft.methods} error={tried ? wrong.methods : undefined} onChange={(value) => setDraft({ ...draft, methods: value as typeof draft.methods })}>
              <Stack gap={6} mt={6}>
                {methods.map((each) => (
                  <Checkbox key={each} value={each} label={t(`mp.method.${each}`)} />
                ))}
              </Stack>
            </Checkbox.Group>
          </Stack>
          {account !== null && (
            <Stack gap="sm">
              <Title order={3} size="h4">
                {t("mp.step2")}
              </Title>
              <List type="ordered" size="sm" spacing={4}>
                <List.Item>{t("mp.hooks")}</List.Item>
                <List.Item>{t("mp.topics")}</List.Item>
                <List.Item>{t("mp.copySecret")}</List.Item>
              </List>
              <CopyField label={t("mp.hookUrl")} value={account.webhook_url} />
              <PasswordInput
                label={t("mp.secret")}
                description={t(account.signed ? "mp.kept" : "mp.secretText")}
                autoComplete="off"
                maxLength={500}
                value={draft.secret}
                error={wrong.secret}
                onChange={(event) => setDraft({ ...draft, secret: event.currentTarget.value })}
              />
            </Stack>
          )}
          {account !== null && <Tested account={account} />}
          {(save.isError || test.isError || remove.isError) && <Alert color="brick">{say(save.error ?? test.error ?? remove.error)}</Alert>}
          <Group justify="space-between">
            {account === null ? (
              <span />
            ) : (
              <Group gap="xs">
                <Button variant="light" loading={test.isPending} onClick={() => test.mutate()} leftSection={<Icon name="check" size={17} />}>
                  {t("mp.test")}
                </Button>
                <ConfirmButton label={t("mp.remove")} title={t("mp.remove")} text={t("mp.removeText")} action={t("mp.remove")} busy={remove.isPending} onConfirm={() => remove.mutate()} />
              </Group>
            )}
            <Button type="submit" loading={save.isPending}>
              {t(account === null ? "mp.connect" : "common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Paper>
  );
}

function State({ account }: { account: PayAccount }) {
  const { t } = useTranslation("order");
  if (account.problem !== "") return <Badge color="brick">{t("mp.broken")}</Badge>;
  if (account.tested_ms === 0) return <Badge color="gray">{t("mp.untested")}</Badge>;
  return <Badge color={account.signed ? "leaf" : "honey"}>{t(account.signed ? "mp.ready" : "mp.half")}</Badge>;
}

/** What the last test said, in plain words; the vendor's own sentence stands below. */
function Tested({ account }: { account: PayAccount }) {
  const { t } = useTranslation("order");
  if (account.tested_ms === 0) return null;
  if (account.problem !== "")
    return (
      <Alert color="brick" icon={<Icon name="alert" />} title={t("mp.refused")} role="status">
        {t("mp.refusedText")}
        <Text size="xs" c="dimmed" mt={6}>
          {account.problem}
        </Text>
      </Alert>
    );
  return (
    <Alert color={account.signed ? "leaf" : "honey"} icon={<Icon name="check" />} title={t("mp.works")} role="status">
      {t(account.signed ? "mp.worksText" : "mp.halfText")} <RelativeTime ms={account.tested_ms} />
    </Alert>
  );
}
