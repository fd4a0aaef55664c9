import { Alert, Anchor, Button, Group, Modal, Radio, Stack, Text, Textarea } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { archiveUrl, billing, invoicesFileUrl } from "@/api/billing";
import { spoken } from "@/i18n";
import { shortDate } from "@/ui/format";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { useBillingChange } from "./queries";

const reasons = ["price", "missing", "hard", "switching", "closing", "other"] as const;

/** Ending the subscription with its paid period: why, what happens, the data to take along. */
export function CancelPlan({ endMs, onClose }: { endMs: number; onClose: () => void }) {
  const { t } = useTranslation(["billing", "common"]);
  const say = useProblemText();
  const [reason, setReason] = useState("");
  const [more, setMore] = useState("");
  const cancel = useBillingChange(billing.cancel);
  const told = [reason === "" ? "" : t(`cancel.reason.${reason as "price"}`), more.trim()].filter((text) => text !== "").join(": ");
  return (
    <Modal opened onClose={onClose} size="lg" title={t("cancel.title")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Stack>
        <Text>{t("cancel.text", { date: shortDate(endMs, spoken()) })}</Text>
        <Radio.Group label={t("cancel.why")} value={reason} onChange={setReason}>
          <Stack gap={6} mt={6}>
            {reasons.map((each) => (
              <Radio key={each} value={each} label={t(`cancel.reason.${each}`)} />
            ))}
          </Stack>
        </Radio.Group>
        <Textarea label={t("cancel.more")} value={more} onChange={(event) => setMore(event.currentTarget.value)} maxLength={400} autosize minRows={2} />
        <Alert color="plum" title={t("cancel.export")}>
          {t("cancel.exportText")}{" "}
          <Anchor href={archiveUrl} download>
            {t("cancel.archive")}
          </Anchor>{" "}
          ·{" "}
          <Anchor href={invoicesFileUrl} download>
            {t("cancel.invoices")}
          </Anchor>
        </Alert>
        {cancel.error !== null && (
          <Alert color="brick" role="alert">
            {say(cancel.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("cancel.keep")}
          </Button>
          <Button
            color="brick"
            disabled={reason === ""}
            loading={cancel.isPending}
            onClick={() =>
              cancel.mutate(told, {
                onSuccess: (wish) => {
                  notify.good(t(wish.state === "done" ? "cancel.done" : "change.asking"));
                  onClose();
                },
              })
            }
          >
            {t("cancel.confirm")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
