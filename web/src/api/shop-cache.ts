/** What a browser keeps of the shop, under which keys, and how the stream of events keeps it fresh. */
import { useQueryClient, type QueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { LiveEvent } from "./live";
import { useLiveEvents } from "./session";
import { shop, type Cart, type Order, type OrderSearch } from "./shop";

export const orderKeys = {
  all: ["orders"] as const,
  lists: ["orders", "list"] as const,
  list: (search: OrderSearch) => ["orders", "list", search] as const,
  one: (id: string) => ["orders", "one", id] as const,
  zones: ["delivery", "zones"] as const,
  coupons: ["coupons"] as const,
  payments: ["payments", "setting"] as const,
  sales: ["sales", "setting"] as const,
};

export const cartKeys = {
  all: ["cart"] as const,
  one: (contact: string) => ["cart", contact] as const,
  entries: (contact: string) => ["cart-entries", contact] as const,
};

export const choicesQuery = { queryKey: ["payments", "choices"] as const, queryFn: shop.payments.choices };

/** What retailer ids stand for; names change seldom. */
export const goodsQuery = (catalog: string, ids: string[]) => ({
  queryKey: ["goods", catalog, ids] as const,
  queryFn: () => shop.goods(catalog, ids),
  staleTime: 5 * 60_000,
  enabled: ids.length > 0,
});

/** Reads orders again when the server tells that one was placed, paid or changed, or that its payment can be made. */
export function useFreshOrders(): void {
  const client = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.type === "event" && /^(order|payment)\./.test(event.envelope.type)) void client.invalidateQueries({ queryKey: orderKeys.all });
      },
      [client],
    ),
  );
}

/** A cart as somebody told of it: kept unless a later state of it is known. Another id is another cart, which began when the former was ordered. */
export function keepCart(client: QueryClient, cart: Cart): void {
  client.setQueryData<Cart>(cartKeys.one(cart.contact_id), (known) => {
    if (known === undefined) return undefined; // nobody looks at it
    if (known.id === cart.id) return known.version >= cart.version ? known : cart;
    return known.updated_ms > cart.updated_ms ? known : cart;
  });
}

/** Follows one customer's cart: what the bot, the customer's phone, a colleague or the web did to it is shown at once. */
export function useLiveCart(contact: string): void {
  const client = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.type !== "event") return;
        const { type, data } = event.envelope;
        if (type === "cart.updated") {
          const { cart } = data as { cart?: Cart };
          if (cart?.contact_id !== contact) return;
          keepCart(client, cart);
          // An answer on its way may be from before.
          if (client.isFetching({ queryKey: cartKeys.one(contact) }) > 0) void client.invalidateQueries({ queryKey: cartKeys.one(contact) });
          void client.invalidateQueries({ queryKey: cartKeys.entries(contact) });
        }
        if (type === "order.placed" && (data as { order?: Order }).order?.contact_id === contact) {
          // The cart became the order: there is none any more.
          void client.invalidateQueries({ queryKey: cartKeys.one(contact) });
          void client.invalidateQueries({ queryKey: cartKeys.entries(contact) });
        }
        if (type === "product.updated" || type === "stock.updated") void client.invalidateQueries({ queryKey: cartKeys.one(contact) });
      },
      [client, contact],
    ),
  );
}
