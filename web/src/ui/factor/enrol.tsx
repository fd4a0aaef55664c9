import { Alert, Button, Group, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { AppSeed } from "@/api/factor";
import { createPasskey, gaveUp, passkeysHere } from "@/api/passkey";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { CopyField, ErrorState } from "@/ui/state";
import { CodeInput, looksLikeCode } from "./code-input";
import { RecoveryCodes } from "./recovery-codes";

type Step = "choose" | "app" | "passkey";

/** Sets up a second factor: which one, its proof, and the recovery codes that come with the first. */
export function Enrol({ passkeys, only, onDone }: { passkeys: boolean; only?: "app" | "passkey"; onDone: () => void }) {
  const { t } = useTranslation("factor");
  const [step, setStep] = useState<Step>(only ?? "choose");
  const [codes, setCodes] = useState<string[]>([]);
  const done = (given: string[]) => (given.length > 0 ? setCodes(given) : onDone());
  if (codes.length > 0) return <RecoveryCodes codes={codes} onKept={onDone} />;
  const back = only === undefined ? () => setStep("choose") : undefined;
  if (step === "app") return <EnrolApp onDone={done} onBack={back} />;
  if (step === "passkey") return <EnrolPasskey onDone={done} onBack={back} />;
  return (
    <Stack>
      {passkeys && passkeysHere() && (
        <Button size="md" leftSection={<Icon name="shield" />} onClick={() => setStep("passkey")}>
          {t("choosePasskey")}
        </Button>
      )}
      <Button size="md" variant={passkeys && passkeysHere() ? "default" : "filled"} leftSection={<Icon name="phone" />} onClick={() => setStep("app")}>
        {t("chooseApp")}
      </Button>
      <Text size="sm" c="dimmed">
        {t("chooseText")}
      </Text>
    </Stack>
  );
}

function Failed({ error }: { error: unknown }) {
  const say = useProblemText();
  return (
    <Alert color="brick" icon={<Icon name="alert" />} role="alert">
      {say(error)}
    </Alert>
  );
}

interface PartProps {
  onDone: (codes: string[]) => void;
  onBack?: (() => void) | undefined;
}

function EnrolApp({ onDone, onBack }: PartProps) {
  const { t } = useTranslation("factor");
  const begin = useMutation({ mutationFn: api.factors.addApp });
  const { mutate } = begin;
  // Each look makes a new secret; the one before never counted.
  useEffect(() => mutate(), [mutate]);
  const confirm = useMutation({ mutationFn: (code: string) => api.factors.confirmApp(code.trim()), onSuccess: ({ recovery_codes }) => onDone(recovery_codes) });
  const form = useForm({ initialValues: { code: "" }, validate: { code: (value) => (looksLikeCode(value) ? null : t("codeRule")) } });
  if (begin.isError) return <ErrorState error={begin.error} retry={() => begin.mutate()} />;
  if (begin.data === undefined) return <Skeleton height={260} aria-label={t("preparing")} />;
  return (
    <form onSubmit={form.onSubmit(({ code }) => confirm.mutate(code))} noValidate>
      <Stack>
        <Text>{t("appText")}</Text>
        <Group justify="center">
          <Picture seed={begin.data} label={t("qr")} />
        </Group>
        <CopyField label={t("key")} description={t("keyText")} value={begin.data.key} />
        {confirm.isError && <Failed error={confirm.error} />}
        <CodeInput label={t("code")} description={t("codeText")} {...form.getInputProps("code")} />
        <Group justify="space-between">
          {onBack !== undefined ? (
            <Button variant="subtle" onClick={onBack}>
              {t("back")}
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" loading={confirm.isPending}>
            {t("confirm")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

/** The key as a picture: dark on white in every theme, with its quiet zone, so that cameras read it. */
function Picture({ seed, label }: { seed: AppSeed; label: string }) {
  const side = seed.qr.size + 8;
  return (
    <svg viewBox={`-4 -4 ${side} ${side}`} width={216} height={216} role="img" aria-label={label} shapeRendering="crispEdges" style={{ background: "#fff", borderRadius: 8 }}>
      <path d={seed.qr.path} fill="#000" />
    </svg>
  );
}

function EnrolPasskey({ onDone, onBack }: PartProps) {
  const { t } = useTranslation("factor");
  const form = useForm({ initialValues: { name: "" } });
  const register = useMutation({
    mutationFn: async (name: string) => {
      const { passkey } = await api.factors.addPasskey();
      return api.factors.confirmPasskey(name.trim(), await createPasskey(passkey));
    },
    onSuccess: ({ recovery_codes }) => onDone(recovery_codes),
  });
  return (
    <form onSubmit={form.onSubmit(({ name }) => register.mutate(name))} noValidate>
      <Stack>
        <Text>{t("passkeyText")}</Text>
        {register.isError && (gaveUp(register.error) ? <Text role="status">{t("gaveUp")}</Text> : <Failed error={register.error} />)}
        <TextInput label={t("passkeyName")} placeholder={t("passkeyNameSample")} maxLength={60} {...form.getInputProps("name")} />
        <Group justify="space-between">
          {onBack !== undefined ? (
            <Button variant="subtle" onClick={onBack}>
              {t("back")}
            </Button>
          ) : (
            <span />
          )}
          <Button type="submit" loading={register.isPending} leftSection={<Icon name="shield" size={18} />}>
            {t("makePasskey")}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
