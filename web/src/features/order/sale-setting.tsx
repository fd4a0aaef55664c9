import { Alert, Button, Checkbox, Group, Paper, Skeleton, Stack, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type SaleSetting } from "@/api/shop";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { keys } from "./queries";

/** How the company sells inside of conversations. */
export function SaleSettings() {
  const query = useQuery({ queryKey: keys.sales, queryFn: shop.sales.setting });
  if (query.isError && query.data === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) return <Skeleton height={280} radius="lg" />;
  return <SaleForm key={query.data.version} setting={query.data} />;
}

/** A whole number from 0 to a limit; undefined for anything else. */
function whole(text: string, most: number): number | undefined {
  const read = /^\d{1,4}$/.test(text.trim()) ? Number(text.trim()) : most + 1;
  return read > most ? undefined : read;
}

export function SaleForm({ setting }: { setting: SaleSetting }) {
  const { t } = useTranslation(["order", "common"]);
  const { may } = useMe();
  const manage = may("payment.manage");
  const client = useQueryClient();
  const say = useProblemText();
  const [native, setNative] = useState(setting.native_bill);
  const [remind, setRemind] = useState(String(setting.remind_minutes));
  const [honour, setHonour] = useState(String(setting.honour_hours));
  const minutes = whole(remind, 1440);
  const hours = whole(honour, 720);
  const save = useMutation({
    mutationFn: (body: { remind_minutes: number; honour_hours: number }) => shop.sales.saveSetting({ ...body, native_bill: native, version: setting.version }),
    onSuccess: (saved) => {
      client.setQueryData(keys.sales, saved);
      notify.good(t("common:saved"));
    },
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (minutes !== undefined && hours !== undefined) save.mutate({ remind_minutes: minutes, honour_hours: hours });
      }}
    >
      <fieldset disabled={!manage} style={{ border: 0, margin: 0, padding: 0, minWidth: 0 }}>
        <Stack gap="lg">
          {!manage && <Alert color="honey">{t("sell.onlyAdmin")}</Alert>}
          <Paper withBorder p="lg" component="section" aria-label={t("sell.billTitle")}>
            <Title order={2} size="h3" mb="md">
              {t("sell.billTitle")}
            </Title>
            <Stack gap="md">
              <Checkbox label={t("sell.nativeBill")} description={t("sell.nativeBillText")} checked={native} onChange={(event) => setNative(event.currentTarget.checked)} />
              <TextInput maw={360} label={t("sell.remind")} description={t("sell.remindText")} inputMode="numeric" maxLength={4} value={remind} error={minutes === undefined ? t("sell.remindUnread") : undefined} onChange={(event) => setRemind(event.currentTarget.value)} />
            </Stack>
          </Paper>
          <Paper withBorder p="lg" component="section" aria-label={t("sell.priceTitle")}>
            <Title order={2} size="h3" mb="md">
              {t("sell.priceTitle")}
            </Title>
            <TextInput maw={480} label={t("sell.honour")} description={t("sell.honourText")} inputMode="numeric" maxLength={3} value={honour} error={hours === undefined ? t("sell.honourUnread") : undefined} onChange={(event) => setHonour(event.currentTarget.value)} />
          </Paper>
        </Stack>
      </fieldset>
      {save.isError && (
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
