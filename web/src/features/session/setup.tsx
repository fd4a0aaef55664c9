import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { spoken } from "@/i18n";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { Frame } from "./frame";
import { useEnter } from "./sign-in";

/** The first run: the token that the server printed makes the first company and its administrator. */
export default function SetupPage() {
  const { t } = useTranslation("session");
  const say = useProblemText();
  const enter = useEnter();
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const form = useForm({
    initialValues: { token, company_name: "", name: "", email: "", password: "" },
    validate: {
      token: (value) => (value.trim() === "" ? t("needed") : null),
      company_name: (value) => (value.trim() === "" ? t("needed") : null),
      name: (value) => (value.trim() === "" ? t("needed") : null),
      email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")),
      password: (value) => ([...value].length < 10 ? t("passwordRule") : null),
    },
  });
  const run = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.setup.run({ ...values, token: values.token.trim(), locale: spoken(), timezone: Intl.DateTimeFormat().resolvedOptions().timeZone }),
    onSuccess: enter,
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.reason === "weak_password") form.setFieldError("password", say(problem));
      if (problem.reason === "bad_token") form.setFieldError("token", say(problem));
    },
  });
  return (
    <Frame title={t("setup")} text={t("setupText")}>
      <form onSubmit={form.onSubmit((values) => run.mutate(values))} noValidate>
        <Stack>
          {run.isError && (
            <Alert color="brick" icon={<Icon name="alert" />} role="alert">
              {say(run.error)}
            </Alert>
          )}
          <TextInput label={t("token")} description={t("tokenText")} autoComplete="off" spellCheck={false} {...form.getInputProps("token")} />
          <TextInput label={t("companyName")} autoComplete="organization" {...form.getInputProps("company_name")} />
          <TextInput label={t("yourName")} autoComplete="name" {...form.getInputProps("name")} />
          <TextInput label={t("email")} type="email" autoComplete="username" {...form.getInputProps("email")} />
          <PasswordInput label={t("password")} description={t("passwordRule")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("password")} />
          <Button type="submit" size="md" loading={run.isPending}>
            {t("begin")}
          </Button>
        </Stack>
      </form>
    </Frame>
  );
}
