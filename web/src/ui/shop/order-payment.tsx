import { Alert, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shop, type Order, type Payment, type PaymentChoice } from "@/api/shop";
import { orderKeys as keys } from "@/api/shop-cache";
import { moneyDraft, moneyText, readMoney } from "../money";
import { MoneyInput } from "../money-input";
import { notify } from "../notify";
import { useProblemText } from "../problem-text";

/** Money may still come. */
export const paymentOpen = (payment: Payment): boolean => payment.state === "created" || payment.state === "pending";

export const choiceKey = (choice: PaymentChoice): string => `${choice.provider} ${choice.method}`;

/** A way of paying in words; cash and card are paid when the goods arrive. */
export function useChoiceText(): (choice: PaymentChoice) => string {
  const { t } = useTranslation("order");
  return (choice) => (choice.provider === "on_delivery" && (choice.method === "cash" || choice.method === "card") ? t(`onDelivery.${choice.method}`) : t(`method.${choice.method}`));
}

/** A person says what money came: what the receipt or the till shows, which may be more or less than was asked. */
export function ConfirmDialog({ payment, order, onClose }: { payment: Payment; order: Order; onClose: () => void }) {
  const { t, i18n } = useTranslation(["order", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  // One key a dialog: a second press, or one after a lost answer, counts once.
  const [key] = useState(() => crypto.randomUUID());
  const [typed, setTyped] = useState(moneyDraft(payment.amount - payment.paid));
  const [note, setNote] = useState("");
  const amount = readMoney(typed);
  const confirm = useMutation({
    mutationFn: (came: number) => shop.payments.confirm(key, payment.id, { amount: came, ...(note.trim() === "" ? {} : { note: note.trim() }) }),
    onSuccess: async () => {
      notify.good(t("paymentConfirmed"));
      onClose();
      await client.invalidateQueries({ queryKey: keys.all });
    },
  });
  const due = payment.amount - payment.paid;
  return (
    <Modal opened onClose={onClose} title={t("confirmTitle", { number: order.number })} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (amount !== null && amount > 0) confirm.mutate(amount);
        }}
      >
        <Stack>
          <Text size="sm">{t(payment.choice.provider === "pix_key" ? "confirmPixText" : "confirmTillText")}</Text>
          <MoneyInput label={t("amountCame")} value={typed} onChange={setTyped} error={amount === null || amount === 0 ? t("moneyUnread") : undefined} data-autofocus />
          {amount !== null && amount > 0 && amount !== due && (
            <Alert color="honey">{t(amount < due ? "tooLittle" : "tooMuch", { amount: moneyText(Math.abs(due - amount), i18n.language, payment.currency) })}</Alert>
          )}
          <Textarea label={t("noteOptional")} autosize minRows={2} maxLength={1000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
          {confirm.isError && <Alert color="brick">{say(confirm.error)}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={confirm.isPending} disabled={amount === null || amount === 0}>
              {t("confirmPayment")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
