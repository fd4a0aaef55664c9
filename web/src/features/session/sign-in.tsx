import { Alert, Anchor, Button, Divider, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { sessionKey } from "@/api/session";
import type { Me, Role } from "@/api/types";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { Frame } from "./frame";
import { safeTarget } from "./target";

export function useEnter(): (me: Me) => void {
  const client = useQueryClient();
  const navigate = useNavigate();
  const search = useSearch({ strict: false });
  return (me) => {
    client.clear();
    client.setQueryData(sessionKey, me);
    void navigate({ href: safeTarget(search.to), replace: true });
  };
}

const roles: Role[] = ["attendant", "supervisor", "admin"];

export default function SignInPage() {
  const { t } = useTranslation("session");
  const say = useProblemText();
  const enter = useEnter();
  const setup = useQuery({ queryKey: ["setup"], queryFn: api.setup.get });
  const form = useForm({
    initialValues: { email: "", password: "" },
    validate: {
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")),
      password: (value) => (value === "" ? t("passwordNeeded") : null),
    },
  });
  const signIn = useMutation({
    mutationFn: (values: typeof form.values) => api.session.signIn({ email: values.email.trim(), password: values.password }),
    onSuccess: enter,
    onError: () => form.setFieldValue("password", ""),
  });
  const demo = useMutation({ mutationFn: api.session.demo, onSuccess: enter });
  const failed = signIn.error ?? demo.error;
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
            {roles.map((role) => (
              <Button
                key={role}
                size="md"
                variant={role === "attendant" ? "filled" : "light"}
                onClick={() => demo.mutate(role)}
                loading={demo.isPending && demo.variables === role}
                leftSection={<Icon name={role === "attendant" ? "inbox" : role === "supervisor" ? "team" : "gear"} />}
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
            {setup.data?.mail && <Anchor href="/forgot">{t("forgotLink")}</Anchor>}
          </Stack>
        </form>
      </Stack>
    </Frame>
  );
}
