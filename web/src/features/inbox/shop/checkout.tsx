import { Alert, Button, Select, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { shop, type Cart, type OrderWish } from "@/api/shop";
import { cartKeys, choicesQuery, orderKeys } from "@/api/shop-cache";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { choiceKey, useChoiceText } from "@/ui/shop/order-payment";
import type { ListRow } from "../apply";
import { flaw } from "./basket";
import classes from "./shop.module.css";

/** Makes an order of the cart, for the total that is shown. */
export function Checkout({ cart, row, onPlaced }: { cart: Cart; row: ListRow; onPlaced: () => void }) {
  const { t, i18n } = useTranslation(["inbox", "order"]);
  const client = useQueryClient();
  const say = useProblemText();
  const choiceText = useChoiceText();
  const [open, setOpen] = useState(false);
  const [pay, setPay] = useState("");
  const [taxId, setTaxId] = useState("");
  const choices = useQuery({ ...choicesQuery, enabled: open });
  const choice = choices.data?.items.find((each) => choiceKey(each) === pay) ?? choices.data?.items[0];
  // The key lasts as long as what is asked: a repetition gives the same order, a changed wish is another one.
  const [asked, setAsked] = useState({ key: "", wish: "" });
  const place = useMutation({
    mutationFn: (wish: OrderWish) => {
      const text = JSON.stringify([cart.id, wish]);
      const key = asked.wish === text ? asked.key : crypto.randomUUID();
      setAsked({ key, wish: text });
      return shop.orders.place(key, wish);
    },
    onSuccess: (order) => {
      client.setQueryData(orderKeys.one(order.id), order);
      void client.invalidateQueries({ queryKey: orderKeys.lists });
      void client.invalidateQueries({ queryKey: cartKeys.one(row.contact_id) });
      notify.good(t("order:placed", { number: order.number }));
      onPlaced();
    },
    onError: (error) => asProblem(error).code !== "offline" && void client.invalidateQueries({ queryKey: cartKeys.one(row.contact_id) }),
  });
  const total = moneyText(cart.total, i18n.language, cart.currency);
  const flawed = cart.delivery_flaw || cart.coupon_flaw || "";
  if (!open) {
    return (
      <Button fullWidth onClick={() => setOpen(true)} disabled={cart.short}>
        {t("shop.close", { total })}
      </Button>
    );
  }
  return (
    <form
      className={classes.form}
      aria-label={t("shop.closing")}
      onSubmit={(event) => {
        event.preventDefault();
        if (choice === undefined) return;
        place.mutate({
          contact_id: row.contact_id,
          conversation_id: row.id,
          payment: { provider: choice.provider, method: choice.method },
          customer: { name: row.contact_name, ...(taxId.trim() === "" ? {} : { tax_id: taxId.trim() }) },
          expected_total: cart.total,
        });
      }}
    >
      <Stack gap="xs">
        {choices.isError ? (
          <Alert color="brick">{say(choices.error)}</Alert>
        ) : choices.data?.items.length === 0 ? (
          <Alert color="honey">{t("order:noChoices")}</Alert>
        ) : (
          <Select
            size="sm"
            label={t("order:paysBy")}
            allowDeselect={false}
            disabled={choices.isPending}
            value={choice === undefined ? null : choiceKey(choice)}
            onChange={(value) => setPay(value ?? "")}
            data={(choices.data?.items ?? []).map((each) => ({ value: choiceKey(each), label: choiceText(each) }))}
          />
        )}
        {choice?.method === "boleto" && <TextInput size="sm" label={t("shop.taxId")} inputMode="numeric" maxLength={18} value={taxId} onChange={(event) => setTaxId(event.currentTarget.value)} />}
        {flawed !== "" && <Alert color="honey">{say(flaw(flawed))}</Alert>}
        {place.isError && <Alert color="brick">{say(place.error)}</Alert>}
        <Button type="submit" fullWidth loading={place.isPending} disabled={choice === undefined || cart.short}>
          {t("shop.place", { total })}
        </Button>
        <Button size="compact-sm" variant="subtle" color="gray" onClick={() => setOpen(false)}>
          {t("shop.notYet")}
        </Button>
        <Text size="xs" c="dimmed">
          {t("shop.placeText")}
        </Text>
      </Stack>
    </form>
  );
}
