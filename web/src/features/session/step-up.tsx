import { Alert, Button, Group, Modal, PasswordInput, Skeleton, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { onStepUp } from "@/api/client";
import { gaveUp, passkeysHere, provePasskey } from "@/api/passkey";
import { CodeInput, looksLikeCode } from "@/ui/factor/code-input";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";

/** Comes by itself when a call wants a fresh proof of who is there; the call is made again once it is given. */
export function StepUpDialog() {
  const { t } = useTranslation(["session", "common"]);
  const [open, setOpen] = useState(false);
  const settle = useRef<(proved: boolean) => void>(() => undefined);
  useEffect(
    () =>
      onStepUp(
        () =>
          new Promise<boolean>((resolve) => {
            settle.current = resolve;
            setOpen(true);
          }),
      ),
    [],
  );
  const close = useCallback((proved: boolean) => {
    setOpen(false);
    settle.current(proved);
  }, []);
  return (
    <Modal opened={open} onClose={() => close(false)} title={t("stepUp")} closeButtonProps={{ "aria-label": t("common:close") }} zIndex={400}>
      {open && <Ask onDone={close} />}
    </Modal>
  );
}

function Ask({ onDone }: { onDone: (proved: boolean) => void }) {
  const { t } = useTranslation(["session", "common", "factor"]);
  const say = useProblemText();
  const known = useQuery({ queryKey: ["factors", "step-up"], queryFn: api.factors.list, staleTime: 0 });
  const prove = useMutation({ mutationFn: api.factors.stepUp, onSuccess: () => onDone(true) });
  const passkey = useMutation({
    mutationFn: async () => api.factors.stepUp({ passkey: await provePasskey((await api.factors.askStepUp()).passkey) }),
    onSuccess: () => onDone(true),
  });
  const ways = known.data?.step_up ?? [];
  const byPassword = ways.includes("password");
  const form = useForm({
    initialValues: { given: "" },
    validate: { given: (value) => (byPassword ? (value === "" ? t("passwordNeeded") : null) : looksLikeCode(value) ? null : t("factor:codeRule")) },
  });
  if (known.isError) return <ErrorState error={known.error} retry={() => void known.refetch()} />;
  if (known.data === undefined) return <Skeleton height={120} />;
  const failed = prove.error ?? passkey.error;
  const written = byPassword || ways.includes("totp");
  return (
    <form onSubmit={form.onSubmit(({ given }) => prove.mutate(byPassword ? { password: given } : { code: given.trim() }))} noValidate>
      <Stack>
        <Text>{t("stepUpText")}</Text>
        {failed !== null && !gaveUp(failed) && (
          <Alert color="brick" icon={<Icon name="alert" />} role="alert">
            {say(failed)}
          </Alert>
        )}
        {ways.includes("passkey") && passkeysHere() && (
          <Button onClick={() => passkey.mutate()} loading={passkey.isPending} leftSection={<Icon name="shield" size={18} />} data-autofocus>
            {t("usePasskey")}
          </Button>
        )}
        {byPassword && <PasswordInput label={t("password")} autoComplete="current-password" data-autofocus visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("given")} />}
        {ways.includes("totp") && <CodeInput label={t("factor:code")} data-autofocus={!ways.includes("passkey") || undefined} {...form.getInputProps("given")} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={() => onDone(false)}>
            {t("common:cancel")}
          </Button>
          {written && (
            <Button type="submit" loading={prove.isPending}>
              {t("confirm")}
            </Button>
          )}
        </Group>
      </Stack>
    </form>
  );
}
