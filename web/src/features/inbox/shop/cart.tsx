import { ActionIcon, Alert, Button, Group, NumberInput, Skeleton, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { linePicture, shop, type Cart, type CartEntry, type CartLine } from "@/api/shop";
import { cartKeys } from "@/api/shop-cache";
import { ConfirmButton } from "@/ui/confirm";
import { unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { useProblemText } from "@/ui/problem-text";
import { FindVariant } from "@/ui/shop/find-variant";
import { Picture } from "@/ui/shop/picture";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import type { ListRow } from "../apply";
import { flaw, lacking, piecesIn, repriced } from "./basket";
import { Checkout } from "./checkout";
import { DeliveryForm } from "./delivery";
import classes from "./shop.module.css";
import { useCart, type CartControl } from "./use-cart";

/** The customer's cart, which bot, telephone, web and colleagues edit at the same time. */
export function CartPart({ row, onOrders }: { row: ListRow; onOrders: () => void }) {
  const { t } = useTranslation("inbox");
  const { may } = useMe();
  const control = useCart(row.contact_id);
  const { query, cart } = control;
  const write = may("order.write");
  if (query.isError && cart === undefined) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (cart === undefined) return <Waiting />;
  return (
    <div className={classes.part}>
      {write && <FindVariant onChoose={(_product, variant) => control.add.mutate(variant.id)} />}
      {cart.lines.length === 0 ? (
        <div className={classes.empty}>
          <Icon name="cart" size={30} />
          <Text fw={600}>{t("shop.cartEmpty")}</Text>
          <Text size="sm" c="dimmed">
            {t("shop.cartEmptyText")}
          </Text>
          {write && (
            <Button component={Link} to="/orders/new" search={{ conversation: row.id } as never} variant="subtle" size="compact-sm">
              {t("shop.byHand")}
            </Button>
          )}
        </div>
      ) : (
        <>
          <ul className={classes.lines} aria-label={t("shop.part.cart")}>
            {cart.lines.map((line) => (
              <Line key={line.variant_id} line={line} currency={cart.currency} write={write} onSet={(quantity) => control.set.mutate({ variant: line.variant_id, quantity })} />
            ))}
          </ul>
          {(cart.moved || cart.short) && (
            <Alert color="honey" p="xs" icon={<Icon name="alert" size={16} />}>
              {[cart.moved ? t("shop.moved") : "", cart.short ? t("shop.short") : ""].filter(Boolean).join(" ")}
            </Alert>
          )}
          {write && <Coupon cart={cart} control={control} />}
          <Delivery cart={cart} control={control} write={write} />
          <Sums cart={cart} />
          {write && <Checkout cart={cart} row={row} onPlaced={onOrders} />}
        </>
      )}
      <History contact={row.contact_id} cart={cart} />
      {write && cart.lines.length > 0 && (
        <div>
          <ConfirmButton label={t("shop.clear")} title={t("shop.clearTitle")} text={t("shop.clearText", { count: piecesIn(cart) })} action={t("shop.clear")} onConfirm={() => control.clear.mutate()} busy={control.clear.isPending} />
        </div>
      )}
    </div>
  );
}

function Waiting() {
  return (
    <div className={classes.part} aria-busy="true">
      <Skeleton height={36} radius="md" />
      {[0, 1, 2].map((i) => (
        <Skeleton key={i} height={54} radius="md" />
      ))}
    </div>
  );
}

function Line({ line, currency, write, onSet }: { line: CartLine; currency: string; write: boolean; onSet: (quantity: number) => void }) {
  const { t, i18n } = useTranslation("inbox");
  const { me } = useMe();
  const money = (amount: number) => moneyText(amount, i18n.language, currency);
  const name = [line.name || line.variant_id, ...line.options].join(" · ");
  return (
    <li className={classes.line}>
      <Picture url={linePicture(line.image, me.company?.id ?? "")} />
      <div className={classes.what}>
        <Text size="sm" fw={550} lineClamp={2}>
          {line.name || line.variant_id}
        </Text>
        <Text size="xs" c="dimmed">
          {[...line.options, money(line.price)].join(" · ")}
          {repriced(line) && <s className={classes.before}>{money(line.told_price)}</s>}
        </Text>
        {lacking(line) && (
          <Text size="xs" c="var(--p-bad)">
            {line.available === 0 ? t("shop.gone") : t("shop.onlySome", { count: line.available })}
          </Text>
        )}
        <div className={classes.steps}>
          {write ? <Stepper name={name} value={line.quantity} onSet={onSet} /> : <Text size="sm">{line.quantity}×</Text>}
          <Text size="sm" fw={600} className={classes.number}>
            {money(line.total)}
          </Text>
        </div>
      </div>
    </li>
  );
}

/** Fewer, how many, more. At one piece, fewer takes the line out. */
function Stepper({ name, value, onSet }: { name: string; value: number; onSet: (quantity: number) => void }) {
  const { t } = useTranslation("inbox");
  const [typed, setTyped] = useState<number | string | null>(null);
  const leave = () => {
    const next = Number(typed);
    if (typed !== null && typed !== "" && Number.isSafeInteger(next) && next !== value) onSet(next);
    setTyped(null);
  };
  return (
    <Group gap={2} wrap="nowrap">
      <ActionIcon size="md" onClick={() => onSet(value - 1)} aria-label={value === 1 ? t("shop.remove", { name }) : t("shop.fewer", { name })}>
        {value === 1 ? <Icon name="close" size={15} /> : <span aria-hidden="true">−</span>}
      </ActionIcon>
      <NumberInput
        className={classes.quantity}
        size="xs"
        aria-label={t("shop.quantity", { name })}
        hideControls
        min={0}
        max={9999}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        value={typed ?? value}
        onChange={setTyped}
        onBlur={leave}
        onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
      />
      <ActionIcon size="md" onClick={() => onSet(value + 1)} aria-label={t("shop.moreOf", { name })}>
        <Icon name="plus" size={15} />
      </ActionIcon>
    </Group>
  );
}

function Coupon({ cart, control }: { cart: Cart; control: CartControl }) {
  const { t } = useTranslation("inbox");
  const say = useProblemText();
  const [typed, setTyped] = useState("");
  const { coupon } = control;
  if (cart.coupon_code !== "") {
    return (
      <Group justify="space-between" wrap="nowrap" className={classes.fact}>
        <span>
          <Text size="sm">{t("shop.couponOn", { code: cart.coupon_code })}</Text>
          {cart.coupon_flaw !== undefined && cart.coupon_flaw !== "" && (
            <Text size="xs" c="var(--p-bad)">
              {say(flaw(cart.coupon_flaw))}
            </Text>
          )}
        </span>
        <ActionIcon size="md" loading={coupon.isPending} onClick={() => coupon.mutate("")} aria-label={t("shop.couponOff", { code: cart.coupon_code })}>
          <Icon name="close" size={15} />
        </ActionIcon>
      </Group>
    );
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() !== "") coupon.mutate(typed.trim(), { onSuccess: () => setTyped("") });
      }}
    >
      <Group gap={6} align="flex-start" wrap="nowrap">
        <TextInput
          style={{ flex: 1 }}
          size="sm"
          aria-label={t("shop.coupon")}
          placeholder={t("shop.coupon")}
          maxLength={40}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            if (coupon.isError) coupon.reset();
          }}
          error={coupon.isError ? say(coupon.error) : undefined}
        />
        <Button type="submit" size="sm" variant="default" loading={coupon.isPending} disabled={typed.trim() === ""}>
          {t("shop.apply")}
        </Button>
      </Group>
    </form>
  );
}

function Delivery({ cart, control, write }: { cart: Cart; control: CartControl; write: boolean }) {
  const { t, i18n } = useTranslation("inbox");
  const say = useProblemText();
  const [open, setOpen] = useState(false);
  const { zone_name = "", promise = "", address = "", neighbourhood = "", city = "", cep = "" } = cart.delivery;
  const place = [address, neighbourhood, city, cep].filter(Boolean).join(", ");
  if (open) return <DeliveryForm cart={cart} control={control} onClose={() => setOpen(false)} />;
  return (
    <Group justify="space-between" wrap="nowrap" align="flex-start" className={classes.fact}>
      <span style={{ minWidth: 0 }}>
        <Text size="sm">{zone_name === "" ? t("shop.noDelivery") : `${zone_name}: ${cart.shipping === 0 ? t("shop.free") : moneyText(cart.shipping, i18n.language, cart.currency)}`}</Text>
        {(place !== "" || promise !== "") && (
          <Text size="xs" c="dimmed">
            {[place, promise].filter(Boolean).join(" · ")}
          </Text>
        )}
        {cart.note !== "" && (
          <Text size="xs" fs="italic">
            {cart.note}
          </Text>
        )}
        {cart.delivery_flaw !== undefined && cart.delivery_flaw !== "" && (
          <Text size="xs" c="var(--p-bad)">
            {say(flaw(cart.delivery_flaw))}
          </Text>
        )}
      </span>
      {write && (
        <Button size="compact-sm" variant="subtle" onClick={() => setOpen(true)} style={{ flexShrink: 0 }}>
          {zone_name === "" ? t("shop.chooseDelivery") : t("shop.change")}
        </Button>
      )}
    </Group>
  );
}

function Sums({ cart }: { cart: Cart }) {
  const { t, i18n } = useTranslation("order");
  const money = (amount: number) => moneyText(amount, i18n.language, cart.currency);
  return (
    <dl className={classes.sums} aria-live="polite">
      {(cart.discount > 0 || cart.shipping > 0) && (
        <>
          <dt>{t("subtotal")}</dt>
          <dd>{money(cart.subtotal)}</dd>
        </>
      )}
      {cart.discount > 0 && (
        <>
          <dt>{t("discount")}</dt>
          <dd>−{money(cart.discount)}</dd>
        </>
      )}
      {cart.shipping > 0 && (
        <>
          <dt>{t("shipping")}</dt>
          <dd>{money(cart.shipping)}</dd>
        </>
      )}
      <dt className={classes.strong}>{t("total")}</dt>
      <dd className={classes.strong}>{money(cart.total)}</dd>
    </dl>
  );
}

/** Who did what to the cart, asked for only when somebody wants to know. */
function History({ contact, cart }: { contact: string; cart: Cart }) {
  const { t } = useTranslation("inbox");
  const [open, setOpen] = useState(false);
  const query = useQuery({ queryKey: cartKeys.entries(contact), queryFn: () => shop.cart.entries(contact), enabled: open });
  if (cart.version === 0) return null;
  const names = new Map(cart.lines.map((line) => [line.variant_id, [line.name, ...line.options].join(" · ")]));
  return (
    <div>
      <UnstyledButton className={classes.more} onClick={() => setOpen(!open)} aria-expanded={open}>
        <Icon name={open ? "down" : "right"} size={15} /> {t("shop.history")}
      </UnstyledButton>
      {open && query.isPending && <Skeleton height={40} mt={6} />}
      {open && query.isError && (
        <Button size="compact-xs" variant="light" onClick={() => void query.refetch()}>
          {t("shop.again")}
        </Button>
      )}
      {open && (
        <ol className={classes.history}>
          {query.data?.items.map((entry) => (
            <li key={entry.version}>
              <Text size="sm">
                <Did entry={entry} name={names.get(entry.variant_id) ?? t("shop.aProduct")} />
              </Text>
              <Text size="xs" c="dimmed">
                {unturned(entry.actor.name ?? "") || t(`shop.from.${entry.source}`)} · <RelativeTime ms={entry.at_ms} />
              </Text>
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}

const acts = ["add", "set", "coupon", "delivery", "clear", "merge", "receive"] as const;

function Did({ entry, name }: { entry: CartEntry; name: string }) {
  const { t } = useTranslation("inbox");
  const act = acts.find((each) => each === entry.action);
  if (act === undefined) return <>{t("shop.did.other")}</>;
  if (act === "set" && entry.quantity === 0) return <>{t("shop.did.removed", { name })}</>;
  if (act === "add" && entry.quantity < 0) return <>{t("shop.did.fewer", { name, count: -entry.quantity })}</>;
  return <>{t(`shop.did.${act}`, { name, count: entry.quantity })}</>;
}

