import { Alert, Button, Checkbox, Group, Modal, NumberInput, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { shop, type Order } from "@/api/shop";
import { orderKeys as keys } from "@/api/shop-cache";
import { moneyDraft, moneyText, readMoney } from "../money";
import { MoneyInput } from "../money-input";
import { useProblemText } from "../problem-text";
import { refundable } from "./order-state";

interface Props {
  order: Order;
  onClose: () => void;
}

/** An act on an order: asked for with its reason, shown once the server has done it. */
function Act({ title, action, danger = false, ready = true, run, onClose, children }: { title: string; action: string; danger?: boolean; ready?: boolean; run: (reason: string) => Promise<Order>; onClose: () => void; children: ReactNode }) {
  const { t } = useTranslation(["order", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [reason, setReason] = useState("");
  const act = useMutation({
    mutationFn: () => run(reason.trim()),
    onSuccess: (after) => {
      client.setQueryData(keys.one(after.id), after);
      onClose();
      return client.invalidateQueries({ queryKey: keys.all });
    },
    // Somebody else may have been faster: what is shown behind the dialog is read again.
    onError: () => void client.invalidateQueries({ queryKey: keys.all }),
  });
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (ready) act.mutate();
        }}
      >
        <Stack>
          {children}
          <Textarea label={t("reason")} autosize minRows={2} maxLength={1000} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
          {act.isError && <Alert color="brick">{say(act.error)}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common:back")}
            </Button>
            <Button type="submit" color={danger ? "brick" : "plum"} loading={act.isPending} disabled={!ready}>
              {action}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

export function CancelDialog({ order, onClose }: Props) {
  const { t, i18n } = useTranslation("order");
  const [keepOut, setKeepOut] = useState(false);
  const back = refundable(order);
  return (
    <Act
      title={t("cancelTitle", { number: order.number })}
      action={t("cancelOrder")}
      danger
      onClose={onClose}
      run={(reason) => shop.orders.cancel(order.id, { version: order.version, ...(reason === "" ? {} : { reason }), ...(keepOut ? { keep_out: true } : {}) })}
    >
      <Text>{t("cancelText")}</Text>
      {back > 0 && <Alert color="honey">{t("cancelRefund", { amount: moneyText(back, i18n.language, order.currency) })}</Alert>}
      <Checkbox label={t("keepOut")} checked={keepOut} onChange={(event) => setKeepOut(event.currentTarget.checked)} />
    </Act>
  );
}

export function RefundDialog({ order, onClose }: Props) {
  const { t, i18n } = useTranslation("order");
  const most = refundable(order);
  const [typed, setTyped] = useState(moneyDraft(most));
  const [pieces, setPieces] = useState<Record<string, number>>({});
  const [restock, setRestock] = useState(true);
  const amount = readMoney(typed);
  const lines = Object.entries(pieces).flatMap(([variant_id, quantity]) => (quantity > 0 ? [{ variant_id, quantity }] : []));
  const left = order.lines.filter((line) => line.quantity > line.returned);
  const ready = amount !== null && amount <= most && amount > 0;
  return (
    <Act
      title={t("refundTitle", { number: order.number })}
      action={t("refund")}
      ready={ready}
      onClose={onClose}
      run={(reason) =>
        shop.orders.giveBack(order.id, { amount: amount ?? 0, version: order.version, ...(lines.length === 0 ? {} : { lines, restock }), ...(reason === "" ? {} : { reason }) })
      }
    >
      <MoneyInput
        label={t("refundAmount")}
        description={t("refundMost", { amount: moneyText(most, i18n.language, order.currency) })}
        value={typed}
        onChange={setTyped}
        error={amount === null || amount === 0 ? t("moneyUnread") : amount > most ? t("refundAbove") : undefined}
        data-autofocus
      />
      {left.length > 0 && (
        <Stack gap="xs" role="group" aria-label={t("returnedPieces")}>
          <Text fw={550} size="sm">
            {t("returnedPieces")}
          </Text>
          {left.map((line) => (
            <Quantity key={line.variant_id} name={[line.name, ...line.options].join(" · ")} value={pieces[line.variant_id] ?? 0} most={line.quantity - line.returned} onChange={(quantity) => setPieces({ ...pieces, [line.variant_id]: quantity })} />
          ))}
          {lines.length > 0 && <Checkbox label={t("restock")} checked={restock} onChange={(event) => setRestock(event.currentTarget.checked)} />}
        </Stack>
      )}
    </Act>
  );
}

export function EditDialog({ order, onClose }: Props) {
  const { t } = useTranslation("order");
  const [pieces, setPieces] = useState<Record<string, number>>({});
  const changed = order.lines.flatMap((line) => {
    const quantity = pieces[line.variant_id] ?? line.quantity;
    return quantity === line.quantity ? [] : [{ variant_id: line.variant_id, quantity }];
  });
  const empty = order.lines.every((line) => (pieces[line.variant_id] ?? line.quantity) === 0);
  return (
    <Act
      title={t("editTitle", { number: order.number })}
      action={t("saveItems")}
      ready={changed.length > 0 && !empty}
      onClose={onClose}
      run={(reason) => shop.orders.edit(order.id, { lines: changed, version: order.version, ...(reason === "" ? {} : { reason }) })}
    >
      <Text size="sm">{t("editText")}</Text>
      {order.lines.map((line) => (
        <Quantity key={line.variant_id} name={[line.name, ...line.options].join(" · ")} value={pieces[line.variant_id] ?? line.quantity} most={9999} onChange={(quantity) => setPieces({ ...pieces, [line.variant_id]: quantity })} />
      ))}
      {empty && <Alert color="honey">{t("editEmpty")}</Alert>}
    </Act>
  );
}

/** How many of one thing. */
export function Quantity({ name, value, least = 0, most, onChange }: { name: string; value: number; least?: number; most: number; onChange: (quantity: number) => void }) {
  const { t } = useTranslation("order");
  return (
    <Group justify="space-between" wrap="nowrap" gap="sm">
      <Text size="sm" style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        {name}
      </Text>
      <NumberInput
        w={92}
        style={{ flexShrink: 0 }}
        aria-label={t("quantityOf", { name })}
        value={value}
        min={least}
        max={most}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        onChange={(next) => onChange(typeof next === "number" ? next : least)}
      />
    </Group>
  );
}
