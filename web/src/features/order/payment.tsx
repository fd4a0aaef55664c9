import { Badge, Button, Group, Stack, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Order, type Payment, type Refund } from "@/api/shop";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ConfirmDialog, paymentOpen, useChoiceText } from "@/ui/shop/order-payment";
import { CopyIcon } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Card } from "./card";
import classes from "./order.module.css";
import { keys } from "./queries";

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
        <Badge color={payment.state === "paid" ? "leaf" : paymentOpen(payment) ? "honey" : "gray"}>{t(`paymentState.${payment.state}`)}</Badge>
        {!payment.verified && payment.choice.provider === "pix_key" && paymentOpen(payment) && <Badge color="gray">{t("unverified")}</Badge>}
        {paymentOpen(payment) && payment.expires_ms > 0 && (
          <Text size="xs" c="dimmed">
            {t("expires")} <RelativeTime ms={payment.expires_ms} />
          </Text>
        )}
      </Group>
      {paymentOpen(payment) && payment.code !== undefined && payment.code !== "" && (
        <Group wrap="nowrap" gap={4} mt={6}>
          <span className={classes.code}>{payment.code}</span>
          <CopyIcon value={payment.code} label={t("copyPix")} />
        </Group>
      )}
      {may("order.write") && paymentOpen(payment) && (
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
