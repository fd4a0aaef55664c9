import { Anchor, Button, Group, Menu, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Order, type OrderEvent, type OrderStep } from "@/api/shop";
import { phoneText, unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText, readMoney } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { CancelDialog, EditDialog, RefundDialog } from "@/ui/shop/order-act";
import { OrderBadges } from "@/ui/shop/order-badge";
import { Card } from "./card";
import classes from "./order.module.css";
import { Payments } from "./payment";
import { keys, useFreshOrders } from "./queries";
import { cancelable, editable, orderStates, refundable, stepsOf } from "@/ui/shop/order-state";

/** One order: what was bought, by whom, how it is paid and sent, what happened, and what can be done. */
export default function OrderPage() {
  const { order: id = "" } = useParams({ strict: false });
  const { t } = useTranslation("order");
  useFreshOrders();
  const query = useQuery({ queryKey: keys.one(id), queryFn: () => shop.orders.get(id) });
  return (
    <PageBody wide>
      <Button component={Link} to="/orders" variant="subtle" size="compact-sm" mb="sm" leftSection={<Icon name="back" size={16} />}>
        {t("title")}
      </Button>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Stack aria-busy="true">
          <Skeleton height={40} width={260} />
          <Skeleton height={280} radius="lg" />
        </Stack>
      ) : (
        <Detail order={query.data} />
      )}
    </PageBody>
  );
}

export function Detail({ order }: { order: Order }) {
  const { t } = useTranslation("order");
  return (
    <>
      <PageHeader title={t("orderNumber", { number: order.number })}>
        <Actions order={order} />
      </PageHeader>
      <Group gap={8} mb="lg" mt={-12}>
        <OrderBadges order={order} size="lg" />
        <Text size="sm" c="dimmed" component="span">
          {t(`source.${order.source}`)} · <RelativeTime ms={order.created_ms} />
        </Text>
      </Group>
      <div className={classes.columns}>
        <Stack gap="lg" style={{ minWidth: 0 }}>
          <Lines order={order} />
          <Timeline order={order} />
        </Stack>
        <Stack gap="lg" style={{ minWidth: 0 }}>
          <Payments order={order} />
          <Customer order={order} />
          <Delivery order={order} />
        </Stack>
      </div>
    </>
  );
}

type Dialog = "cancel" | "refund" | "edit" | null;

function Actions({ order }: { order: Order }) {
  const { t } = useTranslation("order");
  const { may } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const [dialog, setDialog] = useState<Dialog>(null);
  const move = useMutation({
    mutationFn: (to: OrderStep) => shop.orders.move(order.id, { to, version: order.version }),
    onSuccess: (after) => {
      client.setQueryData(keys.one(order.id), after);
      notify.good(t(`nowIs.${after.state}`));
      return client.invalidateQueries({ queryKey: keys.all });
    },
    onError: (error) => {
      notify.bad(say(error));
      return client.invalidateQueries({ queryKey: keys.one(order.id) });
    },
  });
  if (!may("order.write")) return null;
  const [next, ...others] = stepsOf(order);
  const can = { edit: editable(order.state), refund: refundable(order) > 0, cancel: cancelable(order.state) };
  return (
    <>
      {(others.length > 0 || can.edit || can.refund || can.cancel) && (
        <Menu position="bottom-end">
          <Menu.Target>
            <Button variant="default" rightSection={<Icon name="down" size={15} />}>
              {t("more")}
            </Button>
          </Menu.Target>
          <Menu.Dropdown>
            {others.map((step) => (
              <Menu.Item key={step} onClick={() => move.mutate(step)}>
                {t(`step.${step}`)}
              </Menu.Item>
            ))}
            {others.length > 0 && (can.edit || can.refund || can.cancel) && <Menu.Divider />}
            {can.edit && <Menu.Item onClick={() => setDialog("edit")}>{t("edit")}</Menu.Item>}
            {can.refund && <Menu.Item onClick={() => setDialog("refund")}>{t("refund")}</Menu.Item>}
            {can.cancel && (
              <Menu.Item color="brick" onClick={() => setDialog("cancel")}>
                {t("cancelOrder")}
              </Menu.Item>
            )}
          </Menu.Dropdown>
        </Menu>
      )}
      {next !== undefined && (
        <Button loading={move.isPending} onClick={() => move.mutate(next)} leftSection={<Icon name="check" size={17} />}>
          {t(`step.${next}`)}
        </Button>
      )}
      {dialog === "cancel" && <CancelDialog order={order} onClose={() => setDialog(null)} />}
      {dialog === "refund" && <RefundDialog order={order} onClose={() => setDialog(null)} />}
      {dialog === "edit" && <EditDialog order={order} onClose={() => setDialog(null)} />}
    </>
  );
}

function Lines({ order }: { order: Order }) {
  const { t, i18n } = useTranslation("order");
  const money = (amount: number) => moneyText(amount, i18n.language, order.currency);
  return (
    <Card title={t("items")}>
      {order.lines.map((line) => (
        <div key={line.variant_id} className={classes.line} style={line.quantity === 0 ? { opacity: 0.6 } : undefined}>
          <Text fw={600}>{line.quantity}×</Text>
          <div style={{ minWidth: 0 }}>
            <Anchor component={Link} to={"/products/$product"} params={{ product: line.product_id } as never} c="inherit" fw={550}>
              {line.name}
            </Anchor>
            <Text size="sm" c="dimmed" style={{ overflowWrap: "anywhere" }}>
              {[...line.options, line.sku, line.returned > 0 ? t("returned", { count: line.returned }) : ""].filter(Boolean).join(" · ")}
            </Text>
          </div>
          <div style={{ textAlign: "right" }}>
            <Text fw={550}>{money(line.total)}</Text>
            {line.quantity !== 1 && (
              <Text size="xs" c="dimmed">
                {t("each", { price: money(line.price) })}
              </Text>
            )}
          </div>
        </div>
      ))}
      <dl className={classes.sums}>
        <dt>{t("subtotal")}</dt>
        <dd>{money(order.subtotal)}</dd>
        {order.discount > 0 && (
          <>
            <dt>{order.coupon_code === "" ? t("discount") : t("discountBy", { code: order.coupon_code })}</dt>
            <dd>−{money(order.discount)}</dd>
          </>
        )}
        <dt>{t("shipping")}</dt>
        <dd>{order.shipping === 0 ? t("free") : money(order.shipping)}</dd>
        <dt className={classes.strong}>{t("total")}</dt>
        <dd className={classes.strong}>{money(order.total)}</dd>
        {order.paid > 0 && (
          <>
            <dt>{t("paid")}</dt>
            <dd>{money(order.paid)}</dd>
          </>
        )}
        {order.refunded > 0 && (
          <>
            <dt>{t("refunded")}</dt>
            <dd>−{money(order.refunded)}</dd>
          </>
        )}
      </dl>
      {order.note !== "" && (
        <Text mt="md" size="sm" style={{ whiteSpace: "pre-wrap" }}>
          <b>{t("note")}:</b> {order.note}
        </Text>
      )}
    </Card>
  );
}

function Customer({ order }: { order: Order }) {
  const { t } = useTranslation("order");
  const { name = "", phone = "", tax_id = "" } = order.customer;
  return (
    <Card title={t("customer")}>
      <Text fw={550}>{unturned(name) || t("noName")}</Text>
      {phone !== "" && (
        <Text size="sm" c="dimmed">
          {phoneText(phone)}
        </Text>
      )}
      {tax_id !== "" && (
        <Text size="sm" c="dimmed">
          {tax_id}
        </Text>
      )}
      <Group gap="xs" mt="sm">
        {order.conversation_id !== "" && (
          <Button component={Link} to="/inbox/$conversation" params={{ conversation: order.conversation_id } as never} variant="light" size="compact-md" leftSection={<Icon name="inbox" size={16} />}>
            {t("openConversation")}
          </Button>
        )}
        {order.contact_id !== "" && (
          <Button component={Link} to="/orders" search={{ contact: order.contact_id } as never} variant="subtle" size="compact-md">
            {t("ordersOfCustomer")}
          </Button>
        )}
      </Group>
    </Card>
  );
}

function Delivery({ order }: { order: Order }) {
  const { t } = useTranslation("order");
  const { zone_name = "", promise = "", address = "", neighbourhood = "", city = "", cep = "" } = order.delivery;
  const place = [address, neighbourhood, city, cep].filter(Boolean);
  return (
    <Card title={t("delivery")}>
      <Text fw={550}>{zone_name || t("noDelivery")}</Text>
      {promise !== "" && (
        <Text size="sm" c="dimmed">
          {promise}
        </Text>
      )}
      {place.map((line) => (
        <Text key={line} size="sm">
          {line}
        </Text>
      ))}
    </Card>
  );
}

function Timeline({ order }: { order: Order }) {
  const { t } = useTranslation("order");
  const events = [...(order.events ?? [])].sort((a, b) => b.seq - a.seq);
  return (
    <Card title={t("timeline")}>
      <ol className={classes.timeline}>
        {events.map((event) => (
          <Happened key={event.seq} event={event} currency={order.currency} />
        ))}
      </ol>
    </Card>
  );
}

/** The sums in an event's facts, which come as decimal texts such as "19.80". */
const factNames = ["paid", "refunded", "amount", "total"] as const;

/** The reasons that the server itself gives; all others are people's words. */
const reasons = new Map([
  ["paid", "paid"],
  ["late payment", "late"],
  ["late, and sold out", "lateSoldOut"],
] as const) as ReadonlyMap<string, "paid" | "late" | "lateSoldOut">;

function Happened({ event, currency }: { event: OrderEvent; currency: string }) {
  const { t, i18n } = useTranslation("order");
  const to = orderStates.find((state) => state === event.to);
  const actor = event.actor.kind === "user" || event.actor.kind === "bot" || event.actor.kind === "customer" ? event.actor.kind : "system";
  const ours = reasons.get(event.reason);
  const facts = factNames.flatMap((name) => {
    const amount = readMoney(event.facts[name] ?? "");
    return amount === null || amount === 0 ? [] : [t(`fact.${name}`, { amount: moneyText(amount, i18n.language, currency) })];
  });
  return (
    <li>
      <Text fw={550}>{event.kind === "moved" && to !== undefined ? t(`states.${to}`) : t(`event.${event.kind}`)}</Text>
      <Text size="sm" c="dimmed">
        {event.actor.name || t(`by.${actor}`)} · <RelativeTime ms={event.at_ms} />
      </Text>
      {facts.length > 0 && <Text size="sm">{facts.join(" · ")}</Text>}
      {event.kind !== "moved" && to !== undefined && event.from !== event.to && event.kind !== "placed" && <Text size="sm">{t(`nowIs.${to}`)}</Text>}
      {event.reason !== "" && (
        <Text size="sm" fs="italic">
          {ours === undefined ? event.reason : t(`because.${ours}`)}
        </Text>
      )}
    </li>
  );
}
