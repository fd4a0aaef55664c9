import { Button, Select, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { shop, type Order, type OrderSearch } from "@/api/shop";
import { unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { OrderBadges } from "@/ui/shop/order-badge";
import classes from "./order.module.css";
import { keys, useFreshOrders } from "./queries";
import { orderStates } from "@/ui/shop/order-state";

const moneyStates = ["unpaid", "partially_paid", "paid", "overpaid", "partially_refunded", "refunded"] as const;

/** What customers ordered, newest first; it renews itself while it is looked at. */
export default function OrdersPage() {
  const { t } = useTranslation(["order", "common"]);
  const { may } = useMe();
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(search.number ?? "");
  useFreshOrders();
  const choose = (fields: Partial<Record<"state" | "money" | "number" | "contact", string>>) =>
    void navigate({ to: "/orders", search: (old) => Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([, value]) => value !== "")), replace: true });
  const find = useDebouncedCallback((number: string) => choose({ number }), 250);
  const state = orderStates.find((each) => each === search.state);
  const money = moneyStates.find((each) => each === search.money);
  const number = Number(search.number ?? 0);
  const wanted: OrderSearch = { contact_id: search.contact ?? "", ...(state === undefined ? {} : { state }), ...(money === undefined ? {} : { payment_state: money }), ...(Number.isSafeInteger(number) && number > 0 ? { number } : {}) };
  const filtered = state !== undefined || money !== undefined || number > 0 || (search.contact ?? "") !== "";
  const query = useInfiniteQuery({
    queryKey: keys.list(wanted),
    queryFn: ({ pageParam }) => shop.orders.list({ ...wanted, cursor: pageParam, limit: 40 }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (old) => old,
  });
  const orders = query.data?.pages.flatMap((page) => page.items) ?? [];
  const add = may("order.write") && (
    <Button component={Link} to="/orders/new" leftSection={<Icon name="plus" size={17} />}>
      {t("add")}
    </Button>
  );
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        <Button component={Link} to="/orders/settings" variant="default" leftSection={<Icon name="settings" size={17} />}>
          {t("settings")}
        </Button>
        {add}
      </PageHeader>
      <search className={classes.filters}>
        <TextInput
          type="search"
          inputMode="numeric"
          aria-label={t("findNumber")}
          placeholder={t("findNumber")}
          leftSection={<Icon name="search" size={17} />}
          maxLength={12}
          value={typed}
          onChange={(event) => {
            const digits = event.currentTarget.value.replace(/\D/g, "");
            setTyped(digits);
            find(digits);
          }}
        />
        <Select
          aria-label={t("state")}
          placeholder={t("anyState")}
          clearable
          clearButtonProps={{ "aria-label": t("clear") }}
          value={state ?? null}
          onChange={(value) => choose({ state: value ?? "" })}
          data={orderStates.map((value) => ({ value, label: t(`states.${value}`) }))}
        />
        <Select
          aria-label={t("moneyState")}
          placeholder={t("anyMoney")}
          clearable
          clearButtonProps={{ "aria-label": t("clear") }}
          value={money ?? null}
          onChange={(value) => choose({ money: value ?? "" })}
          data={moneyStates.map((value) => ({ value, label: t(`money.${value}`) }))}
        />
      </search>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div aria-busy="true">
          {[0, 1, 2, 3].map((i) => (
            <Skeleton key={i} height={62} mb={8} radius="lg" />
          ))}
        </div>
      ) : orders.length === 0 ? (
        filtered ? (
          <EmptyState icon="search" title={t("nothing")} text={t("nothingText")} />
        ) : (
          <EmptyState icon="cart" title={t("empty")} text={t("emptyText")} action={add} />
        )
      ) : (
        <ul className={classes.list} aria-label={t("title")} style={query.isPlaceholderData ? { opacity: 0.6 } : undefined}>
          {orders.map((order) => (
            <li key={order.id}>
              <Row order={order} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button mt="md" fullWidth variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
    </PageBody>
  );
}

export function Row({ order }: { order: Order }) {
  const { t, i18n } = useTranslation("order");
  const pieces = order.lines.filter((line) => line.quantity > 0);
  return (
    <Link to="/orders/$order" params={{ order: order.id }} className={classes.row}>
      <span className={classes.number}>#{order.number}</span>
      <span style={{ minWidth: 0 }}>
        <span className={classes.who}>{unturned(order.customer.name ?? "") || t("noName")}</span>
        <span className={classes.under}>{pieces.map((line) => `${line.quantity}× ${line.name}`).join(", ") || t("noLines")}</span>
      </span>
      <span className={classes.badges}>
        <OrderBadges order={order} />
      </span>
      <span className={classes.total}>{moneyText(order.total, i18n.language, order.currency)}</span>
      <span className={classes.when}>
        <RelativeTime ms={order.created_ms} short />
      </span>
    </Link>
  );
}
