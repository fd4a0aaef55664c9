import { Button, Group, PasswordInput, SegmentedControl, Stack, Text, TextInput, useMantineColorScheme, type MantineColorScheme } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { sessionKey, useMe } from "@/api/session";
import { LanguageSwitch } from "@/ui/language-switch";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { PageBody, PageHeader } from "@/ui/state";
import { CompanyRule, SupportLooks } from "./company";
import { Factors } from "./factor";
import { Section } from "./section";
import { Sessions } from "./session";

/** What one person chooses for themselves. */
export default function PreferencePage() {
  const { t } = useTranslation(["preference", "common"]);
  return (
    <PageBody>
      <PageHeader title={t("title")} text={t("text")} />
      <Stack gap="lg">
        <Appearance />
        <Profile />
        <Password />
        <Factors />
        <Sessions />
        <CompanyRule />
        <SupportLooks />
      </Stack>
    </PageBody>
  );
}

function useSaveMe() {
  const client = useQueryClient();
  return useMutation({ mutationFn: api.session.change, onSuccess: (me) => client.setQueryData(sessionKey, me) });
}

function Appearance() {
  const { t } = useTranslation(["preference", "common"]);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const save = useSaveMe();
  return (
    <Section title={t("appearance")}>
      <Group gap="xl">
        <Stack gap={4}>
          <Text size="sm">{t("theme")}</Text>
          <SegmentedControl
            role="radiogroup" size="xs"
            aria-label={t("theme")}
            value={colorScheme}
            onChange={(value) => setColorScheme(value as MantineColorScheme)}
            data={[
              { value: "auto", label: t("themeAuto") },
              { value: "light", label: t("themeLight") },
              { value: "dark", label: t("themeDark") },
            ]}
          />
        </Stack>
        <Stack gap={4}>
          <Text size="sm">{t("common:language")}</Text>
          <LanguageSwitch onChange={(locale) => save.mutate({ locale })} />
        </Stack>
      </Group>
    </Section>
  );
}

function Profile() {
  const { t } = useTranslation(["preference", "common"]);
  const { me } = useMe();
  const say = useProblemText();
  const save = useSaveMe();
  const form = useForm({ initialValues: { name: me.user.name }, validate: { name: (value) => (value.trim() === "" ? t("nameNeeded") : null) } });
  return (
    <Section title={t("profile")}>
      <form onSubmit={form.onSubmit(({ name }) => save.mutate({ name: name.trim() }, { onSuccess: () => notify.good(t("common:saved")), onError: (error) => notify.bad(say(error)) }))}>
        <Stack>
          <TextInput label={t("name")} autoComplete="name" maxLength={120} {...form.getInputProps("name")} />
          <TextInput label={t("email")} value={me.user.email} readOnly disabled />
          <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-start" }}>
            {t("common:save")}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

function Password() {
  const { t } = useTranslation(["preference", "common"]);
  const say = useProblemText();
  const save = useSaveMe();
  const form = useForm({
    initialValues: { current_password: "", new_password: "" },
    validate: {
      current_password: (value) => (value === "" ? t("needed") : null),
      new_password: (value) => ([...value].length < 10 ? t("passwordRule") : null),
    },
  });
  return (
    <Section title={t("password")}>
      <form
        onSubmit={form.onSubmit((values) =>
          save.mutate(values, {
            onSuccess: () => {
              form.reset();
              notify.good(t("passwordChanged"));
            },
            onError: (error) => {
              const problem = asProblem(error);
              form.setFieldError(problem.reason === "wrong_password" ? "current_password" : "new_password", say(problem));
            },
          }),
        )}
      >
        <Stack>
          <PasswordInput label={t("currentPassword")} autoComplete="current-password" visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("current_password")} />
          <PasswordInput label={t("newPassword")} description={t("passwordRule")} autoComplete="new-password" visibilityToggleButtonProps={{ "aria-label": t("showPassword") }} {...form.getInputProps("new_password")} />
          <Button type="submit" loading={save.isPending} style={{ alignSelf: "flex-start" }}>
            {t("changePassword")}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}
