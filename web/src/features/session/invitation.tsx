import { Alert, Button, PasswordInput, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import type { SecondStep } from "@/api/factor";
import type { InvitationOpened } from "@/api/types";
import { spoken } from "@/i18n";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { Frame } from "./frame";
import { isStep, SecondStepForm } from "./second-step";
import { useEnter } from "./sign-in";

/** What stands behind the # of an invitation's link: its token, and the name of who was just asked for it. */
export function opening(hash: string): { token: string; name: string } {
  const [token = "", ...more] = hash.slice(1).split("&");
  return { token: decodeURIComponent(token), name: new URLSearchParams(more.join("&")).get("name") ?? "" };
}

/** The link of an invitation. Its token stands behind the #, which a browser never sends to a server by itself. */
export default function InvitationPage() {
  const { t } = useTranslation(["session", "common"]);
  const [{ token, name }] = useState(() => opening(location.hash));
  const opened = useQuery({ queryKey: ["invitation", token], queryFn: () => api.invitations.open(token), retry: false, enabled: token !== "" });
  const gone = token === "" || (opened.isError && asProblem(opened.error).code === "not_found");
  if (gone) {
    return (
      <Frame title={t("invitation")}>
        <EmptyState icon="link" title={t("invitationGone")} text={t("invitationGoneText")} />
      </Frame>
    );
  }
  if (opened.isError) {
    return (
      <Frame title={t("invitation")}>
        <ErrorState error={opened.error} retry={() => void opened.refetch()} />
      </Frame>
    );
  }
  if (opened.isPending) return <Frame title={t("invitation")}>{<Text c="dimmed">{t("common:loading")}</Text>}</Frame>;
  return <Accept token={token} opened={opened.data} name={name} />;
}

function Accept({ token, opened, name }: { token: string; opened: InvitationOpened; name: string }) {
  const { t } = useTranslation(["session", "common"]);
  const say = useProblemText();
  // Who comes to run a company begins with its first steps.
  const enter = useEnter(opened.role === "admin" ? "/comecar" : undefined);
  const known = opened.has_account;
  const [step, setStep] = useState<SecondStep | null>(null);
  const form = useForm({
    initialValues: { name, password: "" },
    validate: {
      name: (value) => (!known && value.trim() === "" ? t("needed") : null),
      password: (value) => (value === "" ? t("passwordNeeded") : !known && [...value].length < 10 ? t("passwordRule") : null),
    },
  });
  const accept = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.invitations.accept({ token, password: values.password, locale: spoken(), ...(known ? {} : { name: values.name.trim() }) }),
    onSuccess: (answer) => (isStep(answer) ? setStep(answer) : enter(answer)),
  });
  if (step !== null) {
    return (
      <Frame title={t("secondStep")} text={t("secondStepText")}>
        <SecondStepForm step={step} onIn={enter} onOver={() => setStep(null)} />
      </Frame>
    );
  }
  return (
    <Frame title={t("invitationTo", { company: opened.company_name })} text={t(known ? "invitationKnown" : "invitationNew", { email: opened.email, role: t(`common:role.${opened.role}`) })}>
      <form onSubmit={form.onSubmit((values) => accept.mutate(values))} noValidate>
        <Stack>
          {accept.isError && (
            <Alert color="brick" icon={<Icon name="alert" />} role="alert">
              {say(accept.error)}
            </Alert>
          )}
          <input type="hidden" autoComplete="username" value={opened.email} readOnly />
          {!known && <TextInput label={t("yourName")} autoComplete="name" {...form.getInputProps("name")} />}
          <PasswordInput
            label={t("password")}
            description={known ? undefined : t("passwordRule")}
            autoComplete={known ? "current-password" : "new-password"}
            visibilityToggleButtonProps={{ "aria-label": t("showPassword") }}
            {...form.getInputProps("password")}
          />
          <Button type="submit" size="md" loading={accept.isPending}>
            {t("accept")}
          </Button>
        </Stack>
      </form>
    </Frame>
  );
}
