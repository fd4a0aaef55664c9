import { Alert, Anchor, Button, Stack, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { SecondStep } from "@/api/factor";
import { gaveUp, passkeysHere, provePasskey } from "@/api/passkey";
import { asProblem } from "@/api/problem";
import type { Me } from "@/api/types";
import { CodeInput, looksLikeCode } from "@/ui/factor/code-input";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";

/** Tells a second step from somebody who is in. */
export const isStep = (answer: Me | SecondStep): answer is SecondStep => "methods" in answer;

type Method = "passkey" | "totp" | "recovery";

/** The second step of a sign-in. onOver leads back to the first when it took too long. */
export function SecondStepForm({ step, onIn, onOver }: { step: SecondStep; onIn: (me: Me) => void; onOver: () => void }) {
  const { t } = useTranslation(["session", "factor"]);
  const say = useProblemText();
  const methods = step.methods.filter((method) => method !== "passkey" || passkeysHere()) as Method[];
  const [method, setMethod] = useState<Method>(methods[0] ?? "recovery");
  const form = useForm({
    initialValues: { code: "" },
    validate: { code: (value) => (method === "recovery" ? (value.trim() === "" ? t("needed") : null) : looksLikeCode(value) ? null : t("factor:codeRule")) },
  });
  const prove = useMutation({
    mutationFn: async (code: string) => {
      if (method === "passkey") return api.session.secondStep({ passkey: await provePasskey(step.passkey) });
      return api.session.secondStep(method === "totp" ? { code: code.trim() } : { recovery: code.trim() });
    },
    onSuccess: onIn,
    onError: () => form.setFieldValue("code", ""),
  });
  const over = prove.isError && asProblem(prove.error).reason === "challenge_over";
  const change = (to: Method) => {
    setMethod(to);
    prove.reset();
    form.reset();
  };
  return (
    <form onSubmit={method === "passkey" ? (event) => (event.preventDefault(), prove.mutate("")) : form.onSubmit(({ code }) => prove.mutate(code))} noValidate>
      <Stack>
        {prove.isError && !gaveUp(prove.error) && (
          <Alert color="brick" icon={<Icon name="alert" />} role="alert">
            {say(prove.error)}
          </Alert>
        )}
        {over ? (
          <Button size="md" onClick={onOver}>
            {t("beginAgain")}
          </Button>
        ) : (
          <>
            {method === "passkey" && <Text>{t("passkeyAsked")}</Text>}
            {method === "totp" && <CodeInput label={t("factor:code")} description={t("factor:codeText")} autoFocus {...form.getInputProps("code")} />}
            {method === "recovery" && (
              <TextInput label={t("recoveryCode")} description={t("recoveryText")} autoComplete="off" spellCheck={false} maxLength={60} autoFocus {...form.getInputProps("code")} />
            )}
            <Button type="submit" size="md" loading={prove.isPending} leftSection={method === "passkey" ? <Icon name="shield" size={18} /> : undefined}>
              {t(method === "passkey" ? "usePasskey" : "enter")}
            </Button>
            {methods
              .filter((other) => other !== method)
              .map((other) => (
                <Anchor key={other} component="button" type="button" onClick={() => change(other)}>
                  {t(`by.${other}`)}
                </Anchor>
              ))}
          </>
        )}
        <Anchor component="button" type="button" onClick={onOver}>
          {t("backToSignIn")}
        </Anchor>
      </Stack>
    </form>
  );
}
