import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { shop, type Cart } from "@/api/shop";
import { cartKeys, keepCart, useLiveCart } from "@/api/shop-cache";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ahead, type Wanted } from "./basket";

/** A customer's cart, live, and the ways to change it. Quantities move at once and are put right by the server. */
export function useCart(contact: string) {
  const client = useQueryClient();
  const say = useProblemText();
  const [wanted, setWanted] = useState<Wanted>({});
  useLiveCart(contact);
  // Events are followed only while somebody looks: what was kept from an earlier look may be past.
  const query = useQuery({ queryKey: cartKeys.one(contact), queryFn: () => shop.cart.get(contact), refetchOnMount: "always" });
  const forget = (variant: string, asked: number) => setWanted((all) => (all[variant] === asked ? Object.fromEntries(Object.entries(all).filter(([id]) => id !== variant)) : all));
  const changed = (cart: Cart) => {
    keepCart(client, cart);
    void client.invalidateQueries({ queryKey: cartKeys.entries(contact) });
  };
  const failed = (error: unknown) => {
    notify.bad(say(error));
    void client.invalidateQueries({ queryKey: cartKeys.one(contact) });
  };
  // One after the other, in the order of the presses.
  const scope = { id: `cart ${contact}` };
  const set = useMutation({
    scope,
    mutationFn: ({ variant, quantity }: { variant: string; quantity: number }) => shop.cart.set(contact, variant, quantity),
    onMutate: ({ variant, quantity }) => setWanted((all) => ({ ...all, [variant]: quantity })),
    onSuccess: changed,
    onError: failed,
    onSettled: (_cart, _error, { variant, quantity }) => forget(variant, quantity),
  });
  const add = useMutation({ scope, mutationFn: (variant: string) => shop.cart.add(contact, variant, 1), onSuccess: changed, onError: failed });
  const coupon = useMutation({ scope, mutationFn: (code: string) => shop.cart.coupon(contact, code), onSuccess: changed });
  const delivery = useMutation({ scope, mutationFn: ({ to, note }: { to: Cart["delivery"]; note: string }) => shop.cart.delivery(contact, to, note), onSuccess: changed });
  const clear = useMutation({ scope, mutationFn: () => shop.cart.clear(contact), onSuccess: changed, onError: failed });
  return { query, cart: query.data === undefined ? undefined : ahead(query.data, wanted), set, add, coupon, delivery, clear };
}

export type CartControl = ReturnType<typeof useCart>;
