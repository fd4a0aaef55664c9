import { Alert, Anchor, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { useState } from "react";
import { api } from "@/api";
import type { SecondStep } from "@/api/factor";
import { gaveUp, passkeysHere, provePasskey } from "@/api/passkey";
import { sessionKey } from "@/api/session";
import type { DemoRole, Me } from "@/api/types";
import { Icon, type IconName } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { Frame } from "./frame";
import { isStep, SecondStepForm } from "./second-step";
import { safeTarget } from "./target";

/** Lets somebody in: to where they were going, else home. */
export function useEnter(home?: string): (me: Me) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  return (me) => {
    client.clear();
    client.setQueryData(sessionKey, me);
    void navigate({ href: safeTarget(search.to, home), replace: true });
  };
}

const icons: Record<DemoRole, IconName> = { attendant: "inbox", supervisor: "team", admin: "gear", cost: "card" };

export default function SignInPage() {
  const { t } = useTranslation("session");
  const say = useProblemText();
  const enter = useEnter();
  const setup = useQuery({ queryKey: ["setup"], queryFn: api.setup.get });
  const [step, setStep] = useState<SecondStep | null>(null);
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")),
      password: (value) => (value === "" ? t("passwordNeeded") : null),
    },
  });
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) => api.session.signIn({ email: values.email.trim(), password: values.password }),
    onSuccess: (answer) => (isStep(answer) ? setStep(answer) : enter(answer)),
    onError: () => form.setFieldValue("password", ""),
  });
  const passkey = useMutation({
    mutationFn: async () => api.session.byPasskey(await provePasskey((await api.session.askPasskey()).passkey)),
    onSuccess: enter,
  });
  const demo = useMutation({ mutationFn: api.session.demo, onSuccess: enter });
  const failed = signIn.error ?? demo.error ?? (gaveUp(passkey.error) ? null : passkey.error);
  if (step !== null) {
    return (
      <Frame title={t("secondStep")} text={t("secondStepText")}>
        <SecondStepForm
          step={step}
          onIn={enter}
          onOver={() => {
            setStep(null);
            form.reset();
          }}
        />
      </Frame>
    );
  }
  return (
    <Frame title={t("signIn")} text={setup.data?.demo ? t("demoText") : t("signInText")}>
      <Stack>
        {failed !== null && (
          <Alert color="brick" icon={<Icon name="alert" />} role="alert">
            {say(failed)}
          </Alert>
        )}
        {setup.data?.demo && (
          <>
            {setup.data.demo_roles.map((role, at) => (
              <Button
                key={role}
                size="md"
                variant={at === 0 ? "filled" : "light"}
                onClick={() => demo.mutate(role)}
                loading={demo.isPending && demo.variables === role}
                leftSection={<Icon name={icons[role]} />}
              >
                {t(`demoAs.${role}`)}
              </Button>
            ))}
            <Divider label={t("orPassword")} />
          </>
        )}
        <form onSubmit={form.onSubmit((values) => signIn.mutate(values))} noValidate>
          <Stack>
            <TextInput label={t("email")} type="email" autoComplete="username" inputMode="email" {...form.getInputProps("email")} />
            <PasswordInput label={t("password")} autoComplete="current-password" visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("password")} />
            <Button type="submit" size="md" fullWidth loading={signIn.isPending} variant={setup.data?.demo ? "default" : "filled"}>
              {t("enter")}
            </Button>
            {setup.data?.passkeys && passkeysHere() && (
              <Button size="md" variant="default" leftSection={<Icon name="shield" size={18} />} onClick={() => passkey.mutate()} loading={passkey.isPending}>
                {t("byPasskey")}
              </Button>
            )}
            {setup.data?.mail && <Anchor href="/forgot">{t("forgotLink")}</Anchor>}
          </Stack>
        </form>
      </Stack>
    </Frame>
  );
}
