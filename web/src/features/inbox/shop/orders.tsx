import { Anchor, Button, Group, Menu, Skeleton, Text, UnstyledButton } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Order, type OrderStep } from "@/api/shop";
import { orderKeys, useFreshOrders } from "@/api/shop-cache";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CancelDialog, EditDialog } from "@/ui/shop/order-act";
import { OrderBadges } from "@/ui/shop/order-badge";
import { ConfirmDialog, paymentOpen, useChoiceText } from "@/ui/shop/order-payment";
import { cancelable, editable, stepsOf } from "@/ui/shop/order-state";
import { CopyIcon, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import type { ListRow } from "../apply";
import classes from "./shop.module.css";

/** States in which something is still to be done. */
const alive = (order: Order) => !["completed", "expired", "canceled", "delivered"].includes(order.state);

/** What this customer ordered, newest first; the newest that still lives is open. */
export function OrdersPart({ row, onCart }: { row: ListRow; onCart: () => void }) {
  const { t } = useTranslation("inbox");
  const { may } = useMe();
  useFreshOrders();
  const search = { contact_id: row.contact_id, limit: 10 };
  const query = useQuery({ queryKey: orderKeys.list(search), queryFn: () => shop.orders.list(search), refetchOnMount: "always" });
  const [shown, setShown] = useState<string | null | undefined>(undefined);
  if (query.isError && query.data === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.data === undefined) {
    return (
      <div className={classes.part} aria-busy="true">
        {[0, 1].map((i) => (
          <Skeleton key={i} height={70} radius="md" />
        ))}
      </div>
    );
  }
  const orders = query.data.items;
  const open = shown === undefined ? orders.find(alive)?.id : shown;
  return (
    <div className={classes.part}>
      {may("order.write") && (
        <Group gap="xs">
          <Button size="compact-md" variant="light" onClick={onCart} leftSection={<Icon name="cart" size={15} />}>
            {t("shop.fromCart")}
          </Button>
          <Button component={Link} to="/orders/new" search={{ conversation: row.id } as never} size="compact-md" variant="subtle">
            {t("shop.byHand")}
          </Button>
        </Group>
      )}
      {orders.length === 0 ? (
        <div className={classes.empty}>
          <Icon name="box" size={30} />
          <Text fw={600}>{t("shop.noOrders")}</Text>
          <Text size="sm" c="dimmed">
            {t("shop.noOrdersText")}
          </Text>
        </div>
      ) : (
        <ul className={classes.orders} aria-label={t("shop.part.orders")}>
          {orders.map((order) => (
            <li key={order.id}>
              <Head order={order} open={open === order.id} onToggle={() => setShown(open === order.id ? null : order.id)} />
              {open === order.id && <Open id={order.id} listed={order} />}
            </li>
          ))}
        </ul>
      )}
      {query.data.next !== undefined && (
        <Anchor component={Link} to="/orders" search={{ contact: row.contact_id } as never} size="sm">
          {t("shop.allOrders")}
        </Anchor>
      )}
    </div>
  );
}

function Head({ order, open, onToggle }: { order: Order; open: boolean; onToggle: () => void }) {
  const { t, i18n } = useTranslation("order");
  return (
    <UnstyledButton className={classes.orderHead} onClick={onToggle} aria-expanded={open}>
      <span className={classes.orderTop}>
        <Icon name={open ? "down" : "right"} size={15} />
        <b>#{order.number}</b>
        <span className={classes.under}>{order.lines.filter((line) => line.quantity > 0).map((line) => `${line.quantity}× ${line.name}`).join(", ") || t("noLines")}</span>
        <b className={classes.number}>{moneyText(order.total, i18n.language, order.currency)}</b>
      </span>
      <span className={classes.badges}>
        <OrderBadges order={order} />
        <Text size="xs" c="dimmed" component="span">
          <RelativeTime ms={order.created_ms} short />
        </Text>
      </span>
    </UnstyledButton>
  );
}

function Open({ id, listed }: { id: string; listed: Order }) {
  const { t, i18n } = useTranslation(["inbox", "order"]);
  const query = useQuery({ queryKey: orderKeys.one(id), queryFn: () => shop.orders.get(id), refetchOnMount: "always" });
  // The list knows all but payments and log: those come a moment later, below.
  const order = query.data !== undefined && query.data.version >= listed.version ? query.data : listed;
  const money = (amount: number) => moneyText(amount, i18n.language, order.currency);
  return (
    <div className={classes.orderBody}>
      <ul className={classes.plain}>
        {order.lines
          .filter((line) => line.quantity > 0)
          .map((line) => (
            <li key={line.variant_id}>
              <span>
                {line.quantity}× {[line.name, ...line.options].join(" · ")}
              </span>
              <span className={classes.number}>{money(line.total)}</span>
            </li>
          ))}
        {order.discount > 0 && (
          <li>
            <span>{order.coupon_code === "" ? t("order:discount") : t("order:discountBy", { code: order.coupon_code })}</span>
            <span className={classes.number}>−{money(order.discount)}</span>
          </li>
        )}
        <li>
          <span>{order.delivery.zone_name || t("order:noDelivery")}</span>
          <span className={classes.number}>{order.shipping === 0 ? t("order:free") : money(order.shipping)}</span>
        </li>
      </ul>
      <Acts order={order} loaded={query.data !== undefined} />
    </div>
  );
}

type Dialog = "cancel" | "edit" | "confirm" | null;

/** The likely acts as buttons, the others in a menu. */
function Acts({ order, loaded }: { order: Order; loaded: boolean }) {
  const { t } = useTranslation(["inbox", "order"]);
  const { may } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const choiceText = useChoiceText();
  const [dialog, setDialog] = useState<Dialog>(null);
  const [billKey, setBillKey] = useState(() => crypto.randomUUID());
  const failed = (error: unknown) => {
    notify.bad(say(error));
    void client.invalidateQueries({ queryKey: orderKeys.all });
  };
  const move = useMutation({
    mutationFn: (to: OrderStep) => shop.orders.move(order.id, { to, version: order.version }),
    onSuccess: (after) => {
      client.setQueryData(orderKeys.one(order.id), after);
      notify.good(t(`order:nowIs.${after.state}`));
      return client.invalidateQueries({ queryKey: orderKeys.all });
    },
    onError: failed,
  });
  const refresh = useMutation({ mutationFn: (payment: string) => shop.payments.refresh(payment), onSuccess: () => client.invalidateQueries({ queryKey: orderKeys.all }), onError: failed });
  const bill = useMutation({
    mutationFn: () => shop.orders.bill(billKey, order.id),
    onSuccess: () => {
      setBillKey(crypto.randomUUID());
      notify.good(t("shop.billSent"));
    },
    onError: failed,
  });
  const write = may("order.write");
  const due = order.payments?.find(paymentOpen);
  const [next, ...others] = stepsOf(order);
  return (
    <>
      {due !== undefined ? (
        <Group justify="space-between" wrap="nowrap" gap="xs" mb={8}>
          <Text size="sm">
            {choiceText(due.choice)}
            {due.expires_ms > 0 && (
              <Text component="span" size="xs" c="dimmed">
                {" "}
                · {t("order:expires")} <RelativeTime ms={due.expires_ms} />
              </Text>
            )}
          </Text>
          {due.code !== undefined && due.code !== "" && <CopyIcon value={due.code} label={t("order:copyPix")} />}
        </Group>
      ) : (
        !loaded && <Skeleton height={28} mb={8} />
      )}
      <Group gap={6}>
        {write && due !== undefined && !due.verified && (
          <Button size="compact-sm" onClick={() => setDialog("confirm")}>
            {t("order:confirmPayment")}
          </Button>
        )}
        {write && due?.verified === true && (
          <Button size="compact-sm" variant="light" loading={refresh.isPending} onClick={() => refresh.mutate(due.id)}>
            {t("order:askVendor")}
          </Button>
        )}
        {write && next !== undefined && (
          <Button size="compact-sm" loading={move.isPending} onClick={() => move.mutate(next)}>
            {t(`order:step.${next}`)}
          </Button>
        )}
        {write && order.state === "awaiting_payment" && may("inbox.reply") && (
          <Button size="compact-sm" variant="light" loading={bill.isPending} onClick={() => bill.mutate()}>
            {t("shop.sendBill")}
          </Button>
        )}
        <Menu position="bottom-end" withinPortal>
          <Menu.Target>
            <Button size="compact-sm" variant="subtle" color="gray" rightSection={<Icon name="down" size={13} />}>
              {t("order:more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item component={Link} to={"/orders/$order"} params={{ order: order.id } as never}>
              {t("shop.openOrder")}
            </Menu.Item>
            {write && others.map((step) => (
              <Menu.Item key={step} onClick={() => move.mutate(step)}>
                {t(`order:step.${step}`)}
              </Menu.Item>
            ))}
            {write && editable(order.state) && <Menu.Item onClick={() => setDialog("edit")}>{t("order:edit")}</Menu.Item>}
            {write && cancelable(order.state) && (
              <Menu.Item color="brick" onClick={() => setDialog("cancel")}>
                {t("order:cancelOrder")}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {dialog === "cancel" && <CancelDialog order={order} onClose={() => setDialog(null)} />}
      {dialog === "edit" && <EditDialog order={order} onClose={() => setDialog(null)} />}
      {dialog === "confirm" && due !== undefined && <ConfirmDialog payment={due} order={order} onClose={() => setDialog(null)} />}
    </>
  );
}
