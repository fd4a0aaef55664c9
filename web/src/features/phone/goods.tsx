import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import type { Bubble, Product } from "./api";
import { ownPath } from "./own";
import classes from "./shop.module.css";

/** Where a press on goods leads. */
export type Door = { to: "catalog" } | { to: "list"; bubble: Bubble } | { to: "item"; catalog: string; product: Product } | { to: "cart" };

export function GoodsPicture({ product, className }: { product: Product; className?: string | undefined }) {
  const [broken, setBroken] = useState(false);
  const source = ownPath(product.image);
  return <span className={className ?? classes.thumb}>{source === "" || broken ? <Icon name="image" size={24} /> : <img src={source} alt="" loading="lazy" onError={() => setBroken(true)} />}</span>;
}

/** Name and price as the catalog shows them now. */
export function GoodsWords({ product }: { product: Product }) {
  const { t } = useTranslation("phone");
  return (
    <span className={classes.words}>
      <b>{product.name || product.id}</b>
      {product.description && <small>{product.description}</small>}
      {product.gone ? (
        <small>{t("shop.gone")}</small>
      ) : (
        <span>
          {product.price_text}
          {product.list_price && <s>{product.list_price}</s>}
          {product.sold_out && <em> · {t("shop.soldOut")}</em>}
        </span>
      )}
    </span>
  );
}

/** Goods in a bubble: one as a card, several behind a button, the way into the catalog. */
export function BubbleGoods({ bubble }: { bubble: Bubble }) {
  const { t } = useTranslation("phone");
  const [first, ...others] = bubble.products ?? [];
  if (bubble.kind === "product" && first !== undefined) {
    return (
      <span className={classes.card}>
        <GoodsPicture product={first} className={classes.large} />
        <GoodsWords product={first} />
      </span>
    );
  }
  if (bubble.kind === "products") {
    return (
      <span className={classes.stack}>
        {[first, ...others].slice(0, 4).map((product) => product !== undefined && <GoodsPicture key={product.id} product={product} />)}
        <small>{t("shop.items", { count: (bubble.products ?? []).length })}</small>
      </span>
    );
  }
  if (bubble.kind === "catalog") {
    return (
      <span className={classes.card}>
        {first !== undefined && <GoodsPicture product={first} className={classes.large} />}
        <b>{t("shop.catalog")}</b>
      </span>
    );
  }
  return null;
}

/** The button under goods in a bubble. */
export function GoodsButton({ bubble, className, onDoor }: { bubble: Bubble; className: string | undefined; onDoor: (door: Door) => void }) {
  const { t } = useTranslation("phone");
  const first = bubble.products?.[0];
  const go = (door: Door, text: string) => (
    <button type="button" className={className} onClick={() => onDoor(door)}>
      {text}
    </button>
  );
  if (bubble.dir === "mine") return null;
  if (bubble.kind === "product" && first !== undefined && !first.gone) return go({ to: "item", catalog: bubble.catalog_id ?? "", product: first }, t("shop.view"));
  if (bubble.kind === "products") return go({ to: "list", bubble }, t("shop.viewItems"));
  if (bubble.kind === "catalog") return go({ to: "catalog" }, t("shop.viewCatalog"));
  return null;
}

/** A cart that was sent, and the product that a text asks about. */
export function SentGoods({ bubble }: { bubble: Bubble }) {
  const { t, i18n } = useTranslation("phone");
  if (bubble.about !== undefined) {
    return (
      <span className={classes.about}>
        <GoodsPicture product={bubble.about} />
        <GoodsWords product={{ ...bubble.about, description: "" }} />
      </span>
    );
  }
  const items = bubble.products ?? [];
  if (bubble.kind !== "order" || items.length === 0) return null;
  const count = items.reduce((sum, item) => sum + (item.quantity ?? 1), 0);
  const total = items.reduce((sum, item) => sum + (item.price ?? 0) * (item.quantity ?? 1), 0);
  return (
    <span className={classes.card}>
      <span className={classes.about}>
        {items[0] !== undefined && <GoodsPicture product={items[0]} />}
        <span className={classes.words}>
          <b>
            <Icon name="cart" size={15} /> {t("shop.items", { count })}
          </b>
          <span>{t("shop.estimated", { total: new Intl.NumberFormat(i18n.language, { style: "currency", currency: items[0]?.currency || "BRL" }).format(total) })}</span>
        </span>
      </span>
      {items.map((item) => (
        <small key={item.id}>
          {item.quantity}× {item.name || item.id}
        </small>
      ))}
    </span>
  );
}
