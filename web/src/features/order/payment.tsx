import { Alert, Badge, Button, Group, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Order, type Payment, type PaymentChoice, type Refund } from "@/api/shop";
import { moneyDraft, moneyText, readMoney } from "@/ui/money";
import { MoneyInput } from "@/ui/money-input";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CopyIcon } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Card } from "./card";
import classes from "./order.module.css";
import { keys } from "./queries";

/** A way of paying in words; cash and card are paid when the goods arrive. */
export function useChoiceText(): (choice: PaymentChoice) => string {
  const { t } = useTranslation("order");
  return (choice) => (choice.provider === "on_delivery" && (choice.method === "cash" || choice.method === "card") ? t(`onDelivery.${choice.method}`) : t(`method.${choice.method}`));
}

/** What was and is to be paid, and what goes back. */
export function Payments({ order }: { order: Order }) {
  const { t } = useTranslation("order");
  const name = useChoiceText();
  const payments = order.payments ?? [];
  const refunds = order.refunds ?? [];
  return (
    <Card title={t("payment")}>
      {payments.length === 0 && <Text>{name(order.payment)}</Text>}
      <Stack gap="md">
        {payments.map((payment) => (
          <OnePayment key={payment.id} payment={payment} order={order} />
        ))}
        {refunds.map((refund) => (
          <OneRefund key={refund.id} refund={refund} order={order} />
        ))}
      </Stack>
    </Card>
  );
}

const open = (payment: Payment) => payment.state === "created" || payment.state === "pending";

function OnePayment({ payment, order }: { payment: Payment; order: Order }) {
  const { t, i18n } = useTranslation("order");
  const { may } = useMe();
  const name = useChoiceText();
  const client = useQueryClient();
  const say = useProblemText();
  const [confirming, setConfirming] = useState(false);
  const refresh = useMutation({
    mutationFn: () => shop.payments.refresh(payment.id),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={550}>{name(payment.choice)}</Text>
        <Text fw={600} style={{ fontVariantNumeric: "tabular-nums" }}>
          {moneyText(payment.amount, i18n.language, payment.currency)}
        </Text>
      </Group>
      <Group gap={6} mt={4}>
        <Badge color={payment.state === "paid" ? "leaf" : open(payment) ? "honey" : "gray"}>{t(`paymentState.${payment.state}`)}</Badge>
        {!payment.verified && payment.choice.provider === "pix_key" && open(payment) && <Badge color="gray">{t("unverified")}</Badge>}
        {open(payment) && payment.expires_ms > 0 && (
          <Text size="xs" c="dimmed">
            {t("expires")} <RelativeTime ms={payment.expires_ms} />
          </Text>
        )}
      </Group>
      {open(payment) && payment.code !== undefined && payment.code !== "" && (
        <Group wrap="nowrap" gap={4} mt={6}>
          <span className={classes.code}>{payment.code}</span>
          <CopyIcon value={payment.code} label={t("copyPix")} />
        </Group>
      )}
      {may("order.write") && open(payment) && (
        <Group gap="xs" mt="xs">
          {payment.verified ? (
            <Button size="compact-md" variant="light" loading={refresh.isPending} onClick={() => refresh.mutate()}>
              {t("askVendor")}
            </Button>
          ) : (
            <Button size="compact-md" onClick={() => setConfirming(true)}>
              {t("confirmPayment")}
            </Button>
          )}
        </Group>
      )}
      {confirming && <ConfirmDialog payment={payment} order={order} onClose={() => setConfirming(false)} />}
    </div>
  );
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

function OneRefund({ refund, order }: { refund: Refund; order: Order }) {
  const { t, i18n } = useTranslation("order");
  const { may } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const done = useMutation({
    mutationFn: () => shop.payments.confirmRefund(refund.id, ""),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.all }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <div>
      <Group justify="space-between" wrap="nowrap">
        <Text fw={550}>{t("refundRow")}</Text>
        <Text fw={600}>−{moneyText(refund.amount, i18n.language, order.currency)}</Text>
      </Group>
      <Group gap={6} mt={4}>
        <Badge color={refund.state === "done" ? "leaf" : "honey"}>{t(`refundState.${refund.state}`)}</Badge>
      </Group>
      {refund.state === "pending" && refund.by_hand && may("order.write") && (
        <>
          <Text size="sm" c="dimmed" mt={4}>
            {t("refundByHand")}
          </Text>
          <Button mt="xs" size="compact-md" variant="light" loading={done.isPending} onClick={() => done.mutate()}>
            {t("refundSent")}
          </Button>
        </>
      )}
    </div>
  );
}
