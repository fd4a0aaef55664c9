import { Alert, Button, Checkbox, Group, Paper, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import { shop, type PaymentSetting } from "@/api/shop";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { MercadoPago } from "./pay-account";
import { keys } from "./queries";

/** How the company wants to be paid. */
export function PaymentSettings() {
  const { may } = useMe();
  const query = useQuery({ queryKey: keys.payments, queryFn: shop.payments.setting });
  if (query.isError && query.data === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton height={280} radius="lg" />;
  return (
    <Stack gap="xl">
      {may("payment.manage") && <MercadoPago />}
      <SettingForm key={query.data.version} setting={query.data} />
    </Stack>
  );
}

export function SettingForm({ setting }: { setting: PaymentSetting }) {
  const { t } = useTranslation(["order", "common"]);
  const { may } = useMe();
  const manage = may("payment.manage");
  const client = useQueryClient();
  const say = useProblemText();
  const [draft, setDraft] = useState({ ...setting, expiry: String(setting.expiry_minutes) });
  const [tried, setTried] = useState(false);
  const pix = draft.pix_key.trim() !== "";
  const minutes = /^\d{1,5}$/.test(draft.expiry.trim()) ? Number(draft.expiry.trim()) : 0;
  const wrong = {
    name: pix && draft.pix_name.trim() === "" ? t("needed") : undefined,
    city: pix && draft.pix_city.trim() === "" ? t("needed") : undefined,
    expiry: minutes < 5 || minutes > 43_200 ? t("pay.expiryUnread") : undefined,
  };
  const save = useMutation({
    mutationFn: () =>
      shop.payments.saveSetting({ pix_key: draft.pix_key.trim(), pix_name: draft.pix_name.trim(), pix_city: draft.pix_city.trim(), cash: draft.cash, card: draft.card, expiry_minutes: minutes, version: setting.version }),
    onSuccess: (saved) => {
      client.setQueryData(keys.payments, saved);
      notify.good(t("common:saved"));
      return client.invalidateQueries({ queryKey: ["payments", "choices"] });
    },
  });
  const badKey = save.isError && asProblem(save.error).field === "pix_key";
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (Object.values(wrong).every((each) => each === undefined)) save.mutate();
      }}
    >
      <fieldset disabled={!manage} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="lg">
          {!manage && <Alert color="honey">{t("pay.onlyAdmin")}</Alert>}
          <Paper withBorder p="lg" component="section" aria-label={t("pay.pixTitle")}>
            <Title order={2} size="h3">
              {t("pay.pixTitle")}
            </Title>
            <Text size="sm" c="dimmed" mb="md">
              {t("pay.pixText")}
            </Text>
            <Stack gap="sm">
              <TextInput label={t("pay.key")} description={t("pay.keyText")} maxLength={77} value={draft.pix_key} error={badKey ? t("pay.keyUnread") : undefined} onChange={(event) => setDraft({ ...draft, pix_key: event.currentTarget.value })} />
              <Group grow align="flex-start">
                <TextInput label={t("pay.name")} maxLength={25} value={draft.pix_name} required={pix} error={tried ? wrong.name : undefined} onChange={(event) => setDraft({ ...draft, pix_name: event.currentTarget.value })} />
                <TextInput label={t("pay.city")} maxLength={15} value={draft.pix_city} required={pix} error={tried ? wrong.city : undefined} onChange={(event) => setDraft({ ...draft, pix_city: event.currentTarget.value })} />
              </Group>
            </Stack>
          </Paper>
          <Paper withBorder p="lg" component="section" aria-label={t("pay.otherTitle")}>
            <Title order={2} size="h3" mb="md">
              {t("pay.otherTitle")}
            </Title>
            <Stack gap="sm">
              <Checkbox label={t("onDelivery.cash")} checked={draft.cash} onChange={(event) => setDraft({ ...draft, cash: event.currentTarget.checked })} />
              <Checkbox label={t("onDelivery.card")} checked={draft.card} onChange={(event) => setDraft({ ...draft, card: event.currentTarget.checked })} />
              <TextInput maw={260} label={t("pay.expiry")} description={t("pay.expiryText")} inputMode="numeric" maxLength={5} value={draft.expiry} error={wrong.expiry} onChange={(event) => setDraft({ ...draft, expiry: event.currentTarget.value })} />
            </Stack>
          </Paper>
        </Stack>
      </fieldset>
      {save.isError && !badKey && (
        <Alert color="brick" mt="md">
          {say(save.error)}
        </Alert>
      )}
      {manage && (
        <Group justify="flex-end" mt="lg">
          <Button type="submit" loading={save.isPending}>
            {t("common:save")}
          </Button>
        </Group>
      )}
    </form>
  );
}
