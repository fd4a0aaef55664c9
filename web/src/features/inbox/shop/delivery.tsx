import { Alert, Button, Group, Loader, Radio, Stack, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shop, type Cart } from "@/api/shop";
import { moneyText } from "@/ui/money";
import { useProblemText } from "@/ui/problem-text";
import classes from "./shop.module.css";
import type { CartControl } from "./use-cart";

const fields = ["cep", "neighbourhood", "address", "city"] as const;

/** Where the cart goes and how: what fits the address is offered with its price. */
export function DeliveryForm({ cart, control, onClose }: { cart: Cart; control: CartControl; onClose: () => void }) {
  const { t, i18n } = useTranslation(["inbox", "order", "common"]);
  const say = useProblemText();
  const [place, setPlace] = useState(() => Object.fromEntries(fields.map((field) => [field, cart.delivery[field] ?? ""])) as Record<(typeof fields)[number], string>);
  const [zone, setZone] = useState(cart.delivery.zone_id ?? "");
  const [note, setNote] = useState(cart.note);
  const cep = place.cep.trim();
  const [where] = useDebouncedValue(/^\d{5}-?\d{3}$/.test(cep) ? cep : "", 300);
  const [around] = useDebouncedValue(place.neighbourhood.trim(), 300);
  const wish = { cep: where, neighbourhood: around };
  const quotes = useQuery({ queryKey: ["delivery", "quotes", wish, cart.subtotal], queryFn: () => shop.delivery.quotes({ ...wish, subtotal: cart.subtotal }), placeholderData: (old) => old });
  const ways = quotes.data?.items ?? [];
  const way = ways.find((quote) => quote.zone.id === zone) ?? ways[0];
  return (
    <form
      className={classes.form}
      aria-label={t("order:delivery")}
      onSubmit={(event) => {
        event.preventDefault();
        if (way === undefined) return;
        const filled = Object.fromEntries(fields.flatMap((field) => (place[field].trim() === "" ? [] : [[field, place[field].trim()]])));
        control.delivery.mutate({ to: { zone_id: way.zone.id, ...filled }, note: note.trim() }, { onSuccess: onClose });
      }}
    >
      <div className={classes.pair}>
        {fields.map((field) => (
          <TextInput
            key={field}
            size="xs"
            label={t(`order:${field}`)}
            inputMode={field === "cep" ? "numeric" : "text"}
            maxLength={field === "cep" ? 9 : field === "address" ? 400 : 200}
            value={place[field]}
            onChange={(event) => setPlace({ ...place, [field]: event.currentTarget.value })}
            data-autofocus={field === "cep" || undefined}
          />
        ))}
      </div>
      {quotes.isPending ? (
        <Loader size="sm" />
      ) : quotes.isError ? (
        <Alert color="brick">{say(quotes.error)}</Alert>
      ) : ways.length === 0 ? (
        <Alert color="honey">{t("order:noWays")}</Alert>
      ) : (
        <Radio.Group label={t("order:howItGoes")} size="xs" value={way?.zone.id ?? ""} onChange={setZone}>
          <Stack gap={6} mt={4}>
            {ways.map((quote) => (
              <Radio key={quote.zone.id} size="xs" value={quote.zone.id} label={`${quote.zone.name}: ${quote.price === 0 ? t("shop.free") : moneyText(quote.price, i18n.language, cart.currency)}`} description={quote.zone.promise || undefined} />
            ))}
          </Stack>
        </Radio.Group>
      )}
      <Textarea size="xs" label={t("order:noteOptional")} autosize minRows={1} maxLength={1000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
      {control.delivery.isError && <Alert color="brick">{say(control.delivery.error)}</Alert>}
      <Group justify="flex-end" gap="xs">
        <Button size="compact-sm" variant="default" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button size="compact-sm" type="submit" loading={control.delivery.isPending} disabled={way === undefined}>
          {t("common:save")}
        </Button>
      </Group>
    </form>
  );
}
