import { ActionIcon, Loader } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { phoneApi, type Chat, type Product, type Sending } from "./api";
import { countOf, type PhoneCart } from "./cart";
import { GoodsPicture, GoodsWords, type Door } from "./goods";
import phone from "./phone.module.css";
import { Sheet } from "./sheet";
import classes from "./shop.module.css";

interface Props {
  chat: Chat;
  door: Door;
  cart: PhoneCart;
  onDoor: (door: Door) => void;
  onSend: (sending: Sending) => void;
  /** The person wants to write about a product. */
  onAsk: (catalog: string, product: Product) => void;
  onClose: () => void;
}

/** The business's shop on the telephone: what a message shows, the catalog, one product, the cart. */
export function ShopSheet({ chat, door, cart, onDoor, onSend, onAsk, onClose }: Props) {
  const { t } = useTranslation("phone");
  const [from, setFrom] = useState<Door>(door.to === "item" ? { to: "catalog" } : door);
  const go = (next: Door) => {
    if (next.to === "list" || next.to === "catalog") setFrom(next);
    onDoor(next);
  };
  const count = countOf(cart.pieces);
  const basket = chat.cart === true && door.to !== "cart" && (
    <button type="button" className={classes.basket} onClick={() => go({ to: "cart" })} aria-label={t("shop.openCart", { count })}>
      <Icon name="cart" size={19} />
      {count > 0 && <span aria-hidden="true">{count}</span>}
    </button>
  );
  const item = (catalog: string) => (product: Product) => go({ to: "item", catalog, product });
  switch (door.to) {
    case "list":
      return (
        <Sheet title={door.bubble.header?.text || t("shop.itemsTitle")} tall tools={basket} onClose={onClose}>
          <div className={classes.scroll}>
            <Shelf products={door.bubble.products ?? []} cart={chat.cart ? cart : undefined} onItem={item(door.bubble.catalog_id ?? "")} />
          </div>
        </Sheet>
      );
    case "catalog":
      return (
        <Sheet title={t("shop.catalogOf", { name: chat.business.name })} tall tools={basket} onClose={onClose}>
          <Catalog chat={chat} cart={chat.cart ? cart : undefined} onItem={item} />
        </Sheet>
      );
    case "item":
      return (
        <Sheet title={door.product.name || door.product.id} tall tools={basket} onBack={() => onDoor(from)} onClose={onClose}>
          <div className={classes.scroll}>
            <div className={classes.detail}>
              <GoodsPicture product={door.product} className={classes.hero} />
              <GoodsWords product={door.product} />
              {chat.cart && <Stepper product={door.product} cart={cart} wide />}
              <button
                type="button"
                className={classes.second}
                onClick={() => {
                  onAsk(door.catalog, door.product);
                  onClose();
                }}
              >
                {t("shop.ask")}
              </button>
            </div>
          </div>
        </Sheet>
      );
    case "cart":
      return (
        <Sheet title={t("shop.yourCart")} tall onBack={() => onDoor(from.to === "cart" ? { to: "catalog" } : from)} onClose={onClose}>
          <Cart
            cart={cart}
            onSend={(text) => {
              onSend({ kind: "order", catalog_id: chat.catalog_id ?? "", items: cart.pieces.map((piece) => ({ id: piece.product.id, quantity: piece.quantity })), ...(text === "" ? {} : { text }) });
              cart.clear();
              onClose();
            }}
          />
        </Sheet>
      );
  }
}

/** Goods one below the other, under the titles of their sections. */
function Shelf({ products, cart, onItem }: { products: Product[]; cart: PhoneCart | undefined; onItem: (product: Product) => void }) {
  return (
    <ul className={classes.shelf}>
      {products.map((product, i) => (
        <li key={product.id}>
          {product.section && product.section !== products[i - 1]?.section && <h4>{product.section}</h4>}
          <div className={classes.item}>
            <button type="button" disabled={product.gone} onClick={() => onItem(product)}>
              <GoodsPicture product={product} />
              <GoodsWords product={product} />
            </button>
            {cart !== undefined && !product.gone && <Stepper product={product} cart={cart} />}
          </div>
        </li>
      ))}
    </ul>
  );
}

function Catalog({ chat, cart, onItem }: { chat: Chat; cart: PhoneCart | undefined; onItem: (catalog: string) => (product: Product) => void }) {
  const { t } = useTranslation("phone");
  const query = useInfiniteQuery({
    queryKey: ["phone", "catalog", chat.id],
    queryFn: ({ pageParam }) => phoneApi.catalog(chat.id, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.after,
    // Goods come in as Meta approves them: a catalog may fill while it is looked at, an empty one soon.
    refetchInterval: (asked) => (asked.state.data?.pages.some((page) => page.items.length > 0) ? 10_000 : 2000),
  });
  const pages = query.data?.pages ?? [];
  return (
    <div className={classes.scroll}>
      {query.isPending ? (
        <Loader size="sm" m="lg" />
      ) : query.isError ? (
        <p className={classes.none}>{t("shop.noCatalog")}</p>
      ) : pages.every((page) => page.items.length === 0) ? (
        <p className={classes.none}>{t("shop.emptyCatalog")}</p>
      ) : (
        <Shelf products={pages.flatMap((page) => page.items)} cart={cart} onItem={onItem(pages[0]?.catalog_id ?? "")} />
      )}
      {query.hasNextPage && (
        <button type="button" className={classes.second} disabled={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("shop.more")}
        </button>
      )}
    </div>
  );
}

/** Puts pieces into the telephone's cart. */
function Stepper({ product, cart, wide = false }: { product: Product; cart: PhoneCart; wide?: boolean }) {
  const { t } = useTranslation("phone");
  const name = product.name || product.id;
  const quantity = cart.pieces.find((piece) => piece.product.id === product.id)?.quantity ?? 0;
  if (quantity === 0) {
    return wide ? (
      <button type="button" className={phone.sendChoice} disabled={product.sold_out} onClick={() => cart.put(product, 1)}>
        {product.sold_out ? t("shop.soldOut") : t("shop.add")}
      </button>
    ) : (
      <ActionIcon size="lg" radius="xl" variant="default" disabled={product.sold_out ?? false} onClick={() => cart.put(product, 1)} aria-label={t("shop.addNamed", { name })}>
        <Icon name="plus" size={17} />
      </ActionIcon>
    );
  }
  return (
    <span className={classes.stepper} data-wide={wide || undefined}>
      <ActionIcon size="lg" radius="xl" variant="default" onClick={() => cart.put(product, quantity - 1)} aria-label={t("shop.fewer", { name })}>
        −
      </ActionIcon>
      <b aria-live="polite">{quantity}</b>
      <ActionIcon size="lg" radius="xl" variant="default" onClick={() => cart.put(product, quantity + 1)} aria-label={t("shop.addNamed", { name })}>
        <Icon name="plus" size={17} />
      </ActionIcon>
    </span>
  );
}

function Cart({ cart, onSend }: { cart: PhoneCart; onSend: (text: string) => void }) {
  const { t, i18n } = useTranslation("phone");
  const [text, setText] = useState("");
  const total = cart.pieces.reduce((sum, piece) => sum + (piece.product.amount ?? 0) * piece.quantity, 0);
  if (cart.pieces.length === 0) return <p className={classes.none}>{t("shop.cartEmpty")}</p>;
  return (
    <>
      <div className={classes.scroll}>
        <ul className={classes.shelf}>
          {cart.pieces.map((piece) => (
            <li key={piece.product.id} className={classes.item}>
              <span className={classes.line}>
                <GoodsPicture product={piece.product} />
                <GoodsWords product={{ ...piece.product, description: "" }} />
              </span>
              <Stepper product={piece.product} cart={cart} />
            </li>
          ))}
        </ul>
      </div>
      <form
        className={classes.closing}
        onSubmit={(event) => {
          event.preventDefault();
          onSend(text.trim());
        }}
      >
        <span className={classes.total}>
          <span>{t("shop.total")}</span>
          <b>{moneyText(total, i18n.language, cart.pieces[0]?.product.currency ?? "BRL")}</b>
        </span>
        <input value={text} onChange={(event) => setText(event.target.value)} placeholder={t("shop.note")} aria-label={t("shop.note")} maxLength={1000} />
        <button type="submit" className={phone.sendChoice}>
          {t("shop.sendCart")}
        </button>
      </form>
    </>
  );
}
