import { Problem } from "@/api/problem";
import type { Cart, CartLine } from "@/api/shop";

/** Quantities that were asked for and not confirmed yet, by variant. */
export type Wanted = Readonly<Record<string, number>>;

/**
 * A cart as it will be once what is wanted was done. Lines and sums follow at once; a coupon's part, which only the
 * server knows, stays as it was told last.
 */
export function ahead(cart: Cart, wanted: Wanted): Cart {
  if (Object.keys(wanted).length === 0) return cart;
  const lines = cart.lines.flatMap((line) => {
    const quantity = wanted[line.variant_id] ?? line.quantity;
    return quantity === 0 ? [] : quantity === line.quantity ? [line] : [{ ...line, quantity, total: Math.max(0, line.price * quantity - line.discount) }];
  });
  const subtotal = lines.reduce((sum, line) => sum + line.price * line.quantity, 0);
  const discount = Math.min(cart.discount, subtotal);
  return { ...cart, lines, subtotal, discount, total: subtotal - discount + cart.shipping, short: lines.some(lacking) };
}

/** Fewer can be had than the line asks for. */
export const lacking = (line: CartLine): boolean => line.available < line.quantity;

/** It costs another price than the customer was told. */
export const repriced = (line: CartLine): boolean => line.told_price > 0 && line.told_price !== line.price;

export const piecesIn = (cart: Cart): number => cart.lines.reduce((sum, line) => sum + line.quantity, 0);

/** The reason why a coupon or delivery does not count, as the refusal that it would be. */
export const flaw = (reason: string): Problem => new Problem(409, "refused", reason, reason);
