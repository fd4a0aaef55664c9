import { Alert, Button, Group, Modal, PasswordInput, Select, Stack, Stepper, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { useProblemText } from "@/ui/problem-text";
import { Checks, HookFields } from "./checks";
import classes from "./wizard.module.css";

type Kind = "whatsapp" | "telegram";

/** Connects a number or a bot in three steps: which app, its credentials, and the proof that both sides hear. */
export function Wizard({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["channel", "common"]);
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useProblemText();
  const [step, setStep] = useState(0);
  const [kind, setKind] = useState<Kind>("whatsapp");
  const bots = useQuery({ queryKey: ["bots"], queryFn: api.bots.list, enabled: opened });
  const form = useForm({
    initialValues: { name: "", external_id: "", waba_id: "", token: "", app_secret: "", bot_id: "" },
    validate: {
      name: (value) => (value.trim() === "" ? t("needed") : null),
      token: (value) => (value.trim() === "" ? t("needed") : null),
      external_id: (value) => (kind === "whatsapp" && !/^\d{5,}$/.test(value.trim()) ? t("phoneNumberIdRule") : null),
      app_secret: (value) => (kind === "whatsapp" && value.trim() === "" ? t("needed") : null),
    },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.channels.create({
        channel: kind,
        name: values.name.trim(),
        ...(values.bot_id === "" ? {} : { bot_id: values.bot_id }),
        ...(kind === "whatsapp" ? { external_id: values.external_id.trim() } : {}),
        ...(kind === "whatsapp" && values.waba_id.trim() !== "" ? { settings: { waba_id: values.waba_id.trim() } } : {}),
        credentials: { token: values.token.trim(), ...(kind === "whatsapp" ? { app_secret: values.app_secret.trim() } : {}) },
      }),
    onSuccess: () => {
      void client.invalidateQueries({ queryKey: ["channels"] });
      setStep(2);
    },
    onError: (error) => {
      const problem = asProblem(error);
      if (problem.reason === "external_taken") form.setFieldError(kind === "whatsapp" ? "external_id" : "token", say(problem));
    },
  });
  const account = create.data;
  const close = () => {
    onClose();
    setStep(0);
    form.reset();
    create.reset();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("add")} size="lg" closeButtonProps={{ "aria-label": t("common:close") }} closeOnClickOutside={false}>
      <Stepper active={step} size="sm" mb="lg" allowNextStepsSelect={false}>
        <Stepper.Step label={t("stepApp")} allowStepSelect={false} />
        <Stepper.Step label={t("stepKeys")} allowStepSelect={false} />
        <Stepper.Step label={t("stepProof")} allowStepSelect={false} />
      </Stepper>
      {step === 0 && (
        <Stack>
          {(["whatsapp", "telegram"] as const).map((each) => (
            <UnstyledButton
              key={each}
              className={classes.app}
              onClick={() => {
                setKind(each);
                setStep(1);
              }}
            >
              <ChannelMark channel={each} size={36} silent />
              <span>
                <strong>{channelNames[each]}</strong>
                <Text size="sm" c="dimmed">
                  {t(`appText.${each}`)}
                </Text>
              </span>
            </UnstyledButton>
          ))}
        </Stack>
      )}
      {step === 1 && (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
          <Stack>
            {create.isError && asProblem(create.error).reason !== "external_taken" && <Alert color="brick">{say(create.error)}</Alert>}
            <Text size="sm" c="dimmed">
              {t(`keysText.${kind}`)}
            </Text>
            <TextInput label={t("name")} description={t("nameText")} data-autofocus {...form.getInputProps("name")} />
            {kind === "whatsapp" && (
              <Group grow align="flex-start">
                <TextInput label={t("phoneNumberId")} inputMode="numeric" {...form.getInputProps("external_id")} />
                <TextInput label={t("wabaId")} inputMode="numeric" {...form.getInputProps("waba_id")} />
              </Group>
            )}
            <PasswordInput label={t("token")} description={t(`tokenText.${kind}`)} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": t("showToken") }} {...form.getInputProps("token")} />
            {kind === "whatsapp" && <PasswordInput label={t("appSecret")} description={t("appSecretText")} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": t("showToken") }} {...form.getInputProps("app_secret")} />}
            <Select label={t("firstBot")} description={t("firstBotText")} placeholder={t("noBot")} clearable data={(bots.data?.items ?? []).map((bot) => ({ value: bot.id, label: bot.name }))} {...form.getInputProps("bot_id")} onChange={(value) => form.setFieldValue("bot_id", value ?? "")} />
            <Group justify="space-between">
              <Button variant="default" onClick={() => setStep(0)}>
                {t("common:back")}
              </Button>
              <Button type="submit" loading={create.isPending}>
                {t("connect")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
      {step === 2 && account !== undefined && (
        <Stack>
          <Text size="sm">{t(`proofText.${kind}`)}</Text>
          <HookFields account={account} />
          <Checks account={account} />
          <Group justify="flex-end">
            <Button
              onClick={() => {
                close();
                void navigate({ to: "/channels/$channel", params: { channel: account.id } });
              }}
            >
              {t("common:done")}
            </Button>
          </Group>
        </Stack>
      )}
    </Modal>
  );
}
