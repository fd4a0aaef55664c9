import { Alert, Button, Loader, Radio, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { freeStock, priceAt, shop, type OrderWish, type Product, type Variant } from "@/api/shop";
import { unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { FindVariant, pieceName } from "@/ui/shop/find-variant";
import { Quantity } from "@/ui/shop/order-act";
import { choiceKey, useChoiceText } from "@/ui/shop/order-payment";
import { PageBody, PageHeader } from "@/ui/state";
import { useNow } from "@/ui/time";
import { Card } from "./card";
import classes from "./order.module.css";
import { keys } from "./queries";

/** An order that an attendant takes by hand, at the counter or for a customer of a conversation. */
export default function NewOrderPage() {
  const { t } = useTranslation("order");
  const { conversation = "" } = useSearch({ strict: false });
  const query = useQuery({ queryKey: ["conversation", conversation], queryFn: () => api.conversations.get(conversation), enabled: conversation !== "" });
  return (
    <PageBody wide>
      <Button component={Link} to="/orders" variant="subtle" size="compact-sm" mb="sm" leftSection={<Icon name="back" size={16} />}>
        {t("title")}
      </Button>
      <PageHeader title={t("add")} text={t("addText")} />
      {query.isLoading ? <Loader /> : <OrderForm customer={query.data === undefined ? null : { contact: query.data.contact_id, conversation: query.data.id, name: query.data.contact_name }} />}
    </PageBody>
  );
}

interface Customer {
  contact: string;
  conversation: string;
  name: string;
}

interface Piece {
  product: Product;
  variant: Variant;
  quantity: number;
}

export function OrderForm({ customer: first }: { customer: Customer | null }) {
  const { t, i18n } = useTranslation("order");
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useProblemText();
  const now = useNow();
  const choiceText = useChoiceText();
  const [customer, setCustomer] = useState(first);
  const [name, setName] = useState(first?.name ?? "");
  const [phone, setPhone] = useState("");
  const [pieces, setPieces] = useState<Piece[]>([]);
  const [place, setPlace] = useState({ cep: "", neighbourhood: "", address: "", city: "" });
  const [zone, setZone] = useState("");
  const [coupon, setCoupon] = useState("");
  const [pay, setPay] = useState("");
  const [note, setNote] = useState("");
  const subtotal = pieces.reduce((sum, piece) => sum + priceAt(piece.variant, now) * piece.quantity, 0);
  const [where] = useDebouncedValue({ cep: /^\d{5}-?\d{3}$/.test(place.cep.trim()) ? place.cep.trim() : "", neighbourhood: place.neighbourhood.trim() }, 300);
  const quotes = useQuery({
    queryKey: ["delivery", "quotes", where, subtotal],
    queryFn: () => shop.delivery.quotes({ ...where, subtotal }),
    enabled: pieces.length > 0,
    placeholderData: (old) => old,
  });
  const choices = useQuery({ queryKey: ["payments", "choices"], queryFn: shop.payments.choices });
  const ways = quotes.data?.items ?? [];
  const way = ways.find((quote) => quote.zone.id === zone) ?? ways[0];
  const choice = choices.data?.items.find((each) => choiceKey(each) === pay) ?? choices.data?.items[0];
  const total = subtotal + (way?.price ?? 0);
  const money = (amount: number) => moneyText(amount, i18n.language);
  // The key lasts as long as what is asked: a repetition gives the same order, a changed wish is another one.
  const [asked, setAsked] = useState({ key: "", wish: "" });
  const submit = useMutation({
    mutationFn: (wish: OrderWish) => {
      const text = JSON.stringify(wish);
      const key = asked.wish === text ? asked.key : crypto.randomUUID();
      setAsked({ key, wish: text });
      return shop.orders.place(key, wish);
    },
    onSuccess: (placed) => {
      client.setQueryData(keys.one(placed.id), placed);
      void client.invalidateQueries({ queryKey: keys.lists });
      notify.good(t("placed", { number: placed.number }));
      void navigate({ to: "/orders/$order", params: { order: placed.id } });
    },
    onError: (error) => {
      // The prices that were shown are old: those of the chosen products are read again.
      if (asProblem(error).reason !== "price_moved") return;
      void Promise.all(pieces.map((piece) => shop.products.get(piece.product.id))).then(
        (fresh) =>
          setPieces((old) =>
            old.map((piece) => {
              const product = fresh.find((each) => each.id === piece.product.id) ?? piece.product;
              return { ...piece, product, variant: product.variants.find((each) => each.id === piece.variant.id) ?? piece.variant };
            }),
          ),
        () => undefined,
      );
      void quotes.refetch();
    },
  });
  const add = (product: Product, variant: Variant) =>
    setPieces((old) => (old.some((piece) => piece.variant.id === variant.id) ? old.map((piece) => (piece.variant.id === variant.id ? { ...piece, quantity: piece.quantity + 1 } : piece)) : [...old, { product, variant, quantity: 1 }]));
  const send = () => {
    if (choice === undefined || pieces.length === 0) return;
    const text = (value: string, key: string) => (value.trim() === "" ? {} : { [key]: value.trim() });
    submit.mutate({
      ...(customer === null ? {} : { contact_id: customer.contact, conversation_id: customer.conversation }),
      customer: { ...text(name, "name"), ...text(phone, "phone") },
      lines: pieces.map((piece) => ({ variant_id: piece.variant.id, quantity: piece.quantity })),
      delivery: { ...(way === undefined ? {} : { zone_id: way.zone.id }), ...text(place.cep, "cep"), ...text(place.neighbourhood, "neighbourhood"), ...text(place.address, "address"), ...text(place.city, "city") },
      payment: { provider: choice.provider, method: choice.method },
      ...text(coupon, "coupon"),
      ...text(note, "note"),
      // With a coupon only the server knows the total.
      ...(coupon.trim() === "" ? { expected_total: total } : {}),
    });
  };
  return (
    <form
      className={classes.columns}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Stack gap="lg" style={{ minWidth: 0 }}>
        <Card title={t("items")}>
          <FindVariant onChoose={add} />
          <Stack gap="sm" mt="md">
            {pieces.length === 0 && <Text c="dimmed">{t("noItems")}</Text>}
            {pieces.map((piece) => {
              const free = freeStock(piece.variant);
              return (
                <div key={piece.variant.id}>
                  <Quantity name={pieceName(piece.product, piece.variant)} value={piece.quantity} most={9999} onChange={(quantity) => setPieces(pieces.flatMap((each) => (each !== piece ? [each] : quantity === 0 ? [] : [{ ...each, quantity }])))} />
                  <Text size="xs" c={free !== null && free < piece.quantity ? "var(--p-bad)" : "dimmed"}>
                    {t("each", { price: money(priceAt(piece.variant, now)) })}
                    {free !== null && ` · ${t("freeCount", { count: free })}`}
                  </Text>
                </div>
              );
            })}
          </Stack>
        </Card>
        <Card title={t("delivery")}>
          <Stack gap="sm">
            <Fields>
              <TextInput label={t("cep")} inputMode="numeric" maxLength={9} placeholder="00000-000" value={place.cep} onChange={(event) => setPlace({ ...place, cep: event.currentTarget.value })} />
              <TextInput label={t("neighbourhood")} maxLength={200} value={place.neighbourhood} onChange={(event) => setPlace({ ...place, neighbourhood: event.currentTarget.value })} />
            </Fields>
            <Fields>
              <TextInput label={t("address")} maxLength={400} value={place.address} onChange={(event) => setPlace({ ...place, address: event.currentTarget.value })} />
              <TextInput label={t("city")} maxLength={200} value={place.city} onChange={(event) => setPlace({ ...place, city: event.currentTarget.value })} />
            </Fields>
            {pieces.length === 0 ? (
              <Text size="sm" c="dimmed">
                {t("deliveryAfter")}
              </Text>
            ) : quotes.isError ? (
              <Alert color="brick">{say(quotes.error)}</Alert>
            ) : ways.length === 0 && !quotes.isFetching ? (
              <Alert color="honey">{t("noWays")}</Alert>
            ) : (
              <Radio.Group label={t("howItGoes")} value={way?.zone.id ?? ""} onChange={setZone}>
                <Stack gap="xs" mt={6}>
                  {ways.map((quote) => (
                    <Radio key={quote.zone.id} value={quote.zone.id} label={`${quote.zone.name}: ${quote.price === 0 ? t("free") : money(quote.price)}`} description={quote.zone.promise || undefined} />
                  ))}
                </Stack>
              </Radio.Group>
            )}
          </Stack>
        </Card>
      </Stack>
      <Stack gap="lg" style={{ minWidth: 0 }}>
        <Card title={t("customer")}>
          <Stack gap="sm">
            <FindCustomer
              chosen={customer}
              onChoose={(next) => {
                setCustomer(next);
                if (next !== null) setName(next.name);
              }}
            />
            <TextInput label={t("customerName")} maxLength={200} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <TextInput label={t("customerPhone")} type="tel" maxLength={40} value={phone} onChange={(event) => setPhone(event.currentTarget.value)} />
          </Stack>
        </Card>
        <Card title={t("payment")}>
          <Stack gap="sm">
            {choices.isError ? (
              <Alert color="brick">{say(choices.error)}</Alert>
            ) : choices.data?.items.length === 0 ? (
              <Alert color="honey">{t("noChoices")}</Alert>
            ) : (
              <Select label={t("paysBy")} allowDeselect={false} value={choice === undefined ? null : choiceKey(choice)} onChange={(value) => setPay(value ?? "")} data={(choices.data?.items ?? []).map((each) => ({ value: choiceKey(each), label: choiceText(each) }))} />
            )}
            <TextInput label={t("coupon")} maxLength={40} value={coupon} onChange={(event) => setCoupon(event.currentTarget.value)} />
            <Textarea label={t("noteOptional")} autosize minRows={2} maxLength={1000} value={note} onChange={(event) => setNote(event.currentTarget.value)} />
            <dl className={classes.sums}>
              <dt>{t("subtotal")}</dt>
              <dd>{money(subtotal)}</dd>
              <dt>{t("shipping")}</dt>
              <dd>{way === undefined ? "–" : way.price === 0 ? t("free") : money(way.price)}</dd>
              <dt className={classes.strong}>{t("total")}</dt>
              <dd className={classes.strong}>{money(total)}</dd>
            </dl>
            {coupon.trim() !== "" && (
              <Text size="xs" c="dimmed">
                {t("couponLater")}
              </Text>
            )}
            {submit.isError && <Alert color="brick">{say(submit.error)}</Alert>}
            <Button type="submit" fullWidth loading={submit.isPending} disabled={pieces.length === 0 || choice === undefined}>
              {t("place")}
            </Button>
          </Stack>
        </Card>
      </Stack>
    </form>
  );
}

function Fields({ children }: { children: ReactNode }) {
  return <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fit, minmax(140px, 1fr))", gap: 12 }}>{children}</div>;
}

function FindCustomer({ chosen, onChoose }: { chosen: Customer | null; onChoose: (customer: Customer | null) => void }) {
  const { t } = useTranslation("order");
  const [typed, setTyped] = useState(chosen?.name ?? "");
  const [words] = useDebouncedValue(typed.trim(), 250);
  const query = useQuery({ queryKey: ["conversations", "find", words], queryFn: () => api.conversations.list({ view: "all", q: words, limit: 10 }), enabled: words !== "" && words !== chosen?.name });
  const rows = query.data?.items ?? [];
  const data = rows.map((row) => ({ value: row.id, label: unturned(row.contact_name) || t("noName") }));
  if (chosen !== null && !data.some((each) => each.value === chosen.conversation)) data.unshift({ value: chosen.conversation, label: chosen.name || t("noName") });
  return (
    <Select
      label={t("conversation")}
      description={t("conversationText")}
      placeholder={t("conversationHint")}
      searchable
      clearable
      clearButtonProps={{ "aria-label": t("clear") }}
      nothingFoundMessage={words === "" ? t("conversationHint") : query.isFetching ? t("searching") : t("nothing")}
      filter={({ options }) => options}
      value={chosen?.conversation ?? null}
      searchValue={typed}
      onSearchChange={setTyped}
      data={data}
      onChange={(id) => {
        const row = rows.find((each) => each.id === id);
        onChoose(row === undefined ? null : { contact: row.contact_id, conversation: row.id, name: row.contact_name });
      }}
    />
  );
}
