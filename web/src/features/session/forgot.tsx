import { Alert, Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { Frame } from "./frame";

/** Asks for a link to a new password. What it says afterwards is the same for anybody's e-mail and for nobody's. */
export default function ForgotPage() {
  const { t } = useTranslation("session");
  const say = useProblemText();
  const form = useForm({
    initialValues: { email: "" },
    validate: { email: (value) => (/^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")) },
  });
  const ask = useMutation({ mutationFn: (values: typeof form.values) => api.reset.ask(values.email.trim()) });
  if (ask.isSuccess) {
    return (
      <Frame title={t("forgotSent")}>
        <Stack>
          <Text role="status">{t("forgotSentText", { email: ask.variables.email.trim() })}</Text>
          <Button variant="default" onClick={() => ask.reset()}>
            {t("forgotAgain")}
          </Button>
          <Anchor href="/sign-in">{t("backToSignIn")}</Anchor>
        </Stack>
      </Frame>
    );
  }
  return (
    <Frame title={t("forgot")} text={t("forgotText")}>
      <form onSubmit={form.onSubmit((values) => ask.mutate(values))} noValidate>
        <Stack>
          {ask.isError && (
            <Alert color="brick" icon={<Icon name="alert" />} role="alert">
              {say(ask.error)}
            </Alert>
          )}
          <TextInput label={t("email")} type="email" autoComplete="username" inputMode="email" {...form.getInputProps("email")} />
          <Button type="submit" size="md" loading={ask.isPending}>
            {t("forgotSend")}
          </Button>
          <Anchor href="/sign-in">{t("backToSignIn")}</Anchor>
        </Stack>
      </form>
    </Frame>
  );
}
