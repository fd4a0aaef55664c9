import { Alert, Anchor, Button, PasswordInput, Stack, Text } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { Frame } from "./frame";

/** The link to a new password. Its token stands behind the #, which a browser never sends to a server by itself. */
export default function ResetPage() {
  const { t } = useTranslation(["session", "common"]);
  const [token] = useState(() => decodeURIComponent(location.hash.slice(1)));
  const opened = useQuery({ queryKey: ["reset", token], queryFn: () => api.reset.open(token), retry: false, staleTime: Infinity, enabled: token !== "" });
  if (token === "" || (opened.isError && asProblem(opened.error).code === "not_found")) return <Gone />;
  if (opened.isError) {
    return (
      <Frame title={t("reset")}>
        <ErrorState error={opened.error} retry={() => void opened.refetch()} />
      </Frame>
    );
  }
  if (opened.isPending) return <Frame title={t("reset")}>{<Text c="dimmed">{t("common:loading")}</Text>}</Frame>;
  return <Choose token={token} email={opened.data.email} />;
}

function Gone() {
  const { t } = useTranslation("session");
  return (
    <Frame title={t("reset")}>
      <Stack>
        <EmptyState icon="link" title={t("resetGone")} text={t("resetGoneText")} />
        <Button component="a" href="/forgot">
          {t("forgotAgain")}
        </Button>
      </Stack>
    </Frame>
  );
}

function Choose({ token, email }: { token: string; email: string }) {
  const { t } = useTranslation("session");
  const say = useProblemText();
  const form = useForm({
    initialValues: { password: "", repeated: "" },
    validate: {
      password: (value) => ([...value].length < 10 ? t("passwordRule") : null),
      repeated: (value, values) => (value === values.password ? null : t("passwordDiffers")),
    },
  });
  const reset = useMutation({
    mutationFn: (values: typeof form.values) => api.reset.accept({ token, password: values.password }),
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.reason === "weak_password") form.setFieldError("password", say(problem));
    },
  });
  if (reset.isError && asProblem(reset.error).code === "not_found") return <Gone />;
  if (reset.isSuccess) {
    return (
      <Frame title={t("resetDone")}>
        <Stack>
          <Text role="status">{t("resetDoneText")}</Text>
          <Button component="a" href="/sign-in" size="md">
            {t("signIn")}
          </Button>
        </Stack>
      </Frame>
    );
  }
  return (
    <Frame title={t("reset")} text={t("resetText", { email })}>
      <form onSubmit={form.onSubmit((values) => reset.mutate(values))} noValidate>
        <Stack>
          {reset.isError && (
            <Alert color="brick" icon={<Icon name="alert" />} role="alert">
              {say(reset.error)}
            </Alert>
          )}
          <input type="hidden" autoComplete="username" value={email} readOnly />
          <PasswordInput label={t("newPassword")} description={t("passwordRule")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("password")} />
          <PasswordInput label={t("repeatPassword")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("repeated")} />
          <Button type="submit" size="md" loading={reset.isPending}>
            {t("resetSave")}
          </Button>
          <Anchor href="/sign-in">{t("backToSignIn")}</Anchor>
        </Stack>
      </form>
    </Frame>
  );
}
