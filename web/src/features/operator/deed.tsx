import { Alert, Button, Group, Modal, Stack, Text, Textarea, type ButtonProps } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";

/** So much has to be said, that who reads the log later knows why. In characters. */
export const reasonMin = 5;

interface Props extends Omit<ButtonProps, "children"> {
  /** On the button. */
  label: string;
  /** What a reader hears, where the label alone does not say of what. */
  name?: string;
  title: string;
  text?: string;
  /** On the button that does it; the label if there is none. */
  action?: string;
  /** It takes away or can't be undone. */
  grave?: boolean;
  /** false where the contract takes no reason. */
  reason?: boolean;
  /** What has to be right besides the reason. */
  ready?: boolean;
  run: (reason: string) => Promise<unknown>;
  done?: string;
  children?: ReactNode;
}

/** A button that asks again, with a reason, before it does what the log will tell. Everything of the operators is read anew then. */
export function DeedButton({ label, name, title, text, action, grave = false, reason: wanted = true, ready = true, run, done, children, ...button }: Props) {
  const { t } = useTranslation(["operator", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const [reason, setReason] = useState("");
  const [tried, setTried] = useState(false);
  const told = !wanted || reason.trim().length >= reasonMin;
  const act = useMutation({
    mutationFn: () => run(reason.trim()),
    onSuccess: () => {
      close();
      notify.good(done ?? t("deed.done"));
    },
    // Also after a refusal: what is shown may be why it was refused.
    onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }),
  });
  const close = () => {
    setOpen(false);
    setReason("");
    setTried(false);
    act.reset();
  };
  return (
    <>
      <Button size="compact-sm" variant={grave ? "subtle" : "light"} {...(grave ? { color: "brick" } : {})} {...button} onClick={() => setOpen(true)} {...(name === undefined ? {} : { "aria-label": name })}>
        {label}
      </Button>
      <Modal opened={open} onClose={close} title={title} closeButtonProps={{ "aria-label": t("common:close") }}>
        <form
          noValidate
          onSubmit={(event) => {
            event.preventDefault();
            event.stopPropagation();
            setTried(true);
            if (told && ready) act.mutate();
          }}
        >
          <Stack>
            {text !== undefined && <Text>{text}</Text>}
            {act.isError && (
              <Alert color="brick" role="alert">
                {say(act.error)}
                {asProblem(act.error).field !== "" && <Text size="xs">{asProblem(act.error).message}</Text>}
              </Alert>
            )}
            {children}
            {wanted && (
              <Textarea
                label={t("deed.reason")}
                description={t("deed.reasonText")}
                value={reason}
                onChange={(event) => setReason(event.currentTarget.value)}
                error={tried && !told ? t("deed.reasonShort", { count: reasonMin }) : null}
                maxLength={500}
                autosize
                minRows={2}
                data-autofocus={children === undefined || undefined}
              />
            )}
            <Group justify="flex-end">
              <Button variant="default" onClick={close}>
                {t("common:cancel")}
              </Button>
              <Button type="submit" {...(grave ? { color: "brick" } : {})} loading={act.isPending} disabled={!ready}>
                {action ?? label}
              </Button>
            </Group>
          </Stack>
        </form>
      </Modal>
    </>
  );
}
