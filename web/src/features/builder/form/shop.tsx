import { MultiSelect, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { shop } from "@/api/shop";
import { useField, useTarget } from "./context";
import { Amount, Expression, Say, Tick } from "./field";
import { More } from "./part";

type Text = "text" | "results" | "none" | "done" | "empty" | "waiting" | "remind" | "header" | "footer" | "button";
type Value = "query" | "product" | "variant" | "quantity" | "code" | "number" | "order";

/** What customers read at a step of the shop; the bot has words of its own where it is empty. */
function Spoken({ of, kind, required = false }: { of: Text; kind: string; required?: boolean }) {
  const { t, i18n } = useTranslation("builder");
  const own = `form.shop.${kind}.${of}`;
  return <Say path={of} label={i18n.exists(`builder:${own}`) ? t(own as "form.text") : t(`form.shopText.${of}`)} description={required ? undefined : t("form.shopOwn")} required={required} />;
}

function Given({ of, standard }: { of: Value; standard?: string }) {
  const { t } = useTranslation("builder");
  return <Expression path={of} label={t(`form.shopValue.${of}`)} description={t(`form.shopValueText.${of}`)} placeholder={standard} />;
}

function Misses() {
  const { t } = useTranslation("builder");
  return (
    <More label={t("form.more")}>
      <Amount path="misses" label={t("form.misses")} description={t("form.missesText")} min={1} max={10} />
    </More>
  );
}

/** One of the company's collections. */
function Collection({ label, required = false }: { label: string; required?: boolean }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [value, set] = useField<string>("collection");
  const list = useQuery({ queryKey: ["collections"], queryFn: shop.collections.list });
  const data = (list.data?.items ?? []).map((each) => ({ value: each.id, label: each.name }));
  const known = value === undefined || value === "" || data.some((each) => each.value === value);
  return (
    <Select
      label={label} readOnly={readOnly} searchable clearable={!required} nothingFoundMessage={t("editor.nothingFound")} comboboxProps={{ withinPortal: true }}
      error={list.isError ? t("form.shopAway") : undefined}
      data={known ? data : [...data, { value, label: value }]} value={value === undefined || value === "" ? null : value}
      onChange={(next) => set(next ?? (required ? "" : undefined))}
    />
  );
}

/** Some of the company's products, in the order in which they are chosen. */
function Products() {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [chosen, set] = useField<string[]>("products");
  const [search, setSearch] = useState("");
  const list = useQuery({ queryKey: ["products", "picker", search], queryFn: () => shop.products.list({ q: search, limit: 30, state: "active" }) });
  const ids = chosen ?? [];
  // Those that are chosen keep their names whatever is searched for.
  const named = useQuery({
    queryKey: ["products", "named", ids], enabled: ids.length > 0,
    queryFn: () => Promise.all(ids.map((id) => shop.products.get(id).then((each) => ({ value: id, label: each.name }), () => ({ value: id, label: id })))),
  });
  const found = (list.data?.items ?? []).map((each) => ({ value: each.id, label: each.name }));
  const names = named.data ?? ids.map((id) => ({ value: id, label: id }));
  return (
    <MultiSelect
      label={t("form.shopProducts")} readOnly={readOnly} searchable maxValues={30} nothingFoundMessage={t("editor.nothingFound")} comboboxProps={{ withinPortal: true }}
      error={list.isError ? t("form.shopAway") : undefined}
      searchValue={search} onSearchChange={setSearch}
      data={[...names, ...found.filter((each) => !ids.includes(each.value))]} value={ids} onChange={set}
    />
  );
}

type Shelf = "catalog" | "collection" | "products" | "query";

/** Which goods a step shows: exactly one of four things. */
function WhichGoods() {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [products, setProducts] = useField<string[]>("products");
  const [collection, setCollection] = useField<string>("collection");
  const [query, setQuery] = useField<string>("query");
  const [, setCatalog] = useField<boolean>("catalog");
  const now: Shelf = products !== undefined ? "products" : collection !== undefined ? "collection" : query !== undefined ? "query" : "catalog";
  const choose = (next: Shelf) => {
    setProducts(next === "products" ? [] : undefined);
    setCollection(next === "collection" ? "" : undefined);
    setQuery(next === "query" ? "" : undefined);
    setCatalog(next === "catalog" ? true : undefined);
  };
  return (
    <>
      <Select
        label={t("form.shopWhich")} readOnly={readOnly} allowDeselect={false} comboboxProps={{ withinPortal: true }}
        data={(["catalog", "collection", "products", "query"] as const).map((each) => ({ value: each, label: t(`form.shopShelf.${each}`) }))}
        value={now} onChange={(next) => next !== null && choose(next as Shelf)}
      />
      {now === "products" && <Products />}
      {now === "collection" && <Collection label={t("form.shopCollection")} required />}
      {now === "query" && <Given of="query" />}
    </>
  );
}

/** The forms of the steps that sell. */
export const shopForms: Record<string, () => ReactNode> = {
  product_search: function SearchForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="text" kind="product_search" />
        <Spoken of="results" kind="product_search" />
        <Spoken of="none" kind="product_search" />
        <Collection label={t("form.shopWithin")} />
        <More label={t("form.shopWithoutAsking")}>
          <Given of="query" />
        </More>
        <Misses />
      </>
    );
  },
  product_show: function ShowForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="text" kind="product_show" required />
        <WhichGoods />
        <More label={t("form.more")}>
          <Spoken of="header" kind="product_show" />
          <Spoken of="footer" kind="product_show" />
          <Spoken of="button" kind="product_show" />
          <Tick path="carousel" label={t("form.shopCarousel")} />
          <Spoken of="none" kind="product_show" />
          <Amount path="misses" label={t("form.misses")} description={t("form.missesText")} min={1} max={10} />
        </More>
      </>
    );
  },
  product_variant: () => (
    <>
      <Spoken of="text" kind="product_variant" />
      <Given of="product" standard="vars.product_id" />
      <Misses />
    </>
  ),
  product_about: () => null,
  cart_add: function AddForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="text" kind="cart_add" />
        <Spoken of="done" kind="cart_add" />
        <More label={t("form.shopWithoutAsking")}>
          <Given of="variant" standard="vars.product_variant" />
          <Given of="quantity" standard="1" />
        </More>
        <Misses />
      </>
    );
  },
  cart_show: function CartForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="text" kind="cart_show" />
        <Spoken of="empty" kind="cart_show" />
        <Tick path="quiet" label={t("form.shopQuiet")} />
      </>
    );
  },
  cart_change: () => (
    <>
      <Spoken of="text" kind="cart_change" />
      <Misses />
    </>
  ),
  cart_receive: () => <Misses />,
  coupon: function CouponForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="text" kind="coupon" />
        <More label={t("form.shopWithoutAsking")}>
          <Given of="code" />
        </More>
        <Misses />
      </>
    );
  },
  shipping: () => (
    <>
      <Spoken of="text" kind="shipping" />
      <Misses />
    </>
  ),
  order_place: () => (
    <>
      <Spoken of="text" kind="order_place" />
      <Spoken of="done" kind="order_place" />
      <Misses />
    </>
  ),
  order_pay: function PayForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="waiting" kind="order_pay" />
        <Amount path="remind_minutes" label={t("form.shopRemindMinutes")} min={0} max={1380} />
        <Spoken of="remind" kind="order_pay" />
        <More label={t("form.more")}>
          <Given of="order" standard="vars.order_id" />
        </More>
      </>
    );
  },
  order_status: function StatusForm() {
    const { t } = useTranslation("builder");
    return (
      <>
        <Spoken of="text" kind="order_status" />
        <Tick path="quiet" label={t("form.shopQuiet")} />
        <More label={t("form.shopWithoutAsking")}>
          <Given of="number" />
        </More>
        <Misses />
      </>
    );
  },
};
