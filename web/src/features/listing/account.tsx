import { Alert, Button, Divider, Group, Modal, Radio, Skeleton, Stack, Switch, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { listing, type CatalogAccount, type CatalogConnection } from "@/api/listing";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { accountsQuery, keys } from "./queries";

/** Which number shows which catalog, and what its customers see of it. */
export function Accounts({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["listing", "common"]);
  const accounts = useQuery({ ...accountsQuery, enabled: opened });
  return (
    <Modal opened={opened} onClose={onClose} size="lg" title={t("settings")} closeButtonProps={{ "aria-label": t("common:close") }}>
      {accounts.isError ? (
        <ErrorState error={accounts.error} retry={() => void accounts.refetch()} />
      ) : accounts.isPending ? (
        <Skeleton height={120} radius="lg" />
      ) : accounts.data.items.length === 0 ? (
        <Text>{t("noNumber")}</Text>
      ) : (
        <Stack gap="lg">
          {accounts.data.items.map((account, i) => (
            <section key={account.account_id} aria-label={account.name}>
              {i > 0 && <Divider mb="lg" />}
              <Title order={3} size="h4">
                {account.name}
              </Title>
              <Text size="sm" c="dimmed" mb="sm">
                {account.display}
              </Text>
              {account.connection === undefined ? <Connect account={account} /> : <Connected account={account} connection={account.connection} />}
            </section>
          ))}
        </Stack>
      )}
    </Modal>
  );
}

function useFresh() {
  const client = useQueryClient();
  return () => void client.invalidateQueries({ queryKey: keys.all });
}

function Connected({ account, connection }: { account: CatalogAccount; connection: CatalogConnection }) {
  const { t } = useTranslation("listing");
  const say = useProblemText();
  const fresh = useFresh();
  const on = { onSuccess: fresh, onError: (error: unknown) => notify.bad(say(error)) };
  const save = useMutation({ mutationFn: (settings: { cart_enabled: boolean; catalog_visible: boolean }) => listing.settings(account.account_id, settings), ...on });
  const test = useMutation({
    mutationFn: () => listing.test(account.account_id),
    ...on,
    onSuccess: (found) => {
      fresh();
      if (found.problem === "") notify.good(t("testGood"));
    },
  });
  const leave = useMutation({ mutationFn: () => listing.disconnect(account.account_id), ...on });
  const { cart_enabled, catalog_visible } = save.isPending ? save.variables : connection;
  return (
    <Stack gap="sm">
      <Text>{t("shows", { name: connection.catalog_name })}</Text>
      {connection.problem !== "" && (
        <Alert color="brick" icon={<Icon name="alert" size={20} />} title={t(`trouble.${connection.problem}`, { defaultValue: t("trouble.catalog_refused") })}>
          {t(`troubleText.${connection.problem}`, { defaultValue: t("troubleText.catalog_refused") })}
          {connection.text !== "" && (
            <Text size="sm" mt={6}>
              {t("metaSays")} <q lang="en">{connection.text}</q>
            </Text>
          )}
        </Alert>
      )}
      <Switch checked={catalog_visible} disabled={save.isPending} label={t("catalogVisible")} description={t("catalogVisibleText")} onChange={(event) => save.mutate({ cart_enabled, catalog_visible: event.currentTarget.checked })} />
      <Switch checked={cart_enabled} disabled={save.isPending} label={t("cartEnabled")} description={t("cartEnabledText")} onChange={(event) => save.mutate({ cart_enabled: event.currentTarget.checked, catalog_visible })} />
      <Group justify="space-between">
        <Button variant="default" loading={test.isPending} leftSection={<Icon name="check" size={16} />} onClick={() => test.mutate()}>
          {t("test")}
        </Button>
        <ConfirmButton label={t("disconnect")} title={t("disconnectTitle")} text={t("disconnectText")} action={t("disconnect")} busy={leave.isPending} onConfirm={() => leave.mutate()} />
      </Group>
    </Stack>
  );
}

/** Chooses a catalog of the business, or makes one. */
function Connect({ account }: { account: CatalogAccount }) {
  const { t } = useTranslation("listing");
  const say = useProblemText();
  const fresh = useFresh();
  const [business, setBusiness] = useState(account.business_id);
  const [asked, setAsked] = useState<string | null>(null);
  const [picked, setPicked] = useState<string | null>(null);
  const [name, setName] = useState("");
  const offered = useQuery({ queryKey: keys.offered(account.account_id, asked ?? ""), queryFn: () => listing.offered(account.account_id, asked ?? ""), enabled: asked !== null, retry: false });
  // A number shows one catalog; the one that it shows at Meta already is the likely choice.
  const shown = offered.data?.items.find((each) => each.connected);
  const chosen = picked ?? shown?.id ?? "";
  const connect = useMutation({
    mutationFn: () => listing.connect(account.account_id, chosen === "" ? { name: name.trim(), business_id: business } : { catalog_id: chosen, business_id: business }),
    onSuccess: () => {
      notify.good(t("connected"));
      fresh();
    },
  });
  if (asked === null || offered.isError)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(business.trim());
          if (asked !== null) void offered.refetch();
        }}
      >
        <Text mb="sm">{t("connectText")}</Text>
        <TextInput label={t("business")} description={t("businessText")} inputMode="numeric" maxLength={40} value={business} onChange={(event) => setBusiness(event.currentTarget.value)} />
        {offered.isError && (
          <Text c="brick" size="sm" mt="sm" role="alert">
            {say(offered.error)}
          </Text>
        )}
        <Button type="submit" mt="md" loading={offered.isFetching}>
          {t("look")}
        </Button>
      </form>
    );
  if (offered.isPending) return <Skeleton height={96} radius="lg" />;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate();
      }}
    >
      <Radio.Group label={t("choose")} value={chosen} onChange={setPicked}>
        <Stack gap="xs" mt="xs">
          {offered.data.items.map((each) => (
            <Radio key={each.id} value={each.id} label={each.connected ? t("alreadyShown", { name: each.name }) : each.name} />
          ))}
          <Radio value="" label={t("newCatalog")} />
        </Stack>
      </Radio.Group>
      {chosen === "" && <TextInput mt="sm" label={t("name")} maxLength={100} required value={name} onChange={(event) => setName(event.currentTarget.value)} />}
      {shown !== undefined && chosen !== shown.id && (
        <Alert color="honey" mt="sm" icon={<Icon name="alert" size={20} />}>
          {t("oneOnly", { name: shown.name })}
        </Alert>
      )}
      {connect.isError && (
        <Text c="brick" size="sm" mt="sm" role="alert">
          {say(connect.error)}
        </Text>
      )}
      <Button type="submit" mt="md" loading={connect.isPending} disabled={chosen === "" && name.trim() === ""}>
        {t("connect")}
      </Button>
    </form>
  );
}
