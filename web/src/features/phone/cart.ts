import { useLocalStorage } from "@mantine/hooks";
import { useCallback } from "react";
import type { Product } from "./api";

/** A piece of the cart that lies on the telephone until it is sent, as in the app itself. */
export interface Piece {
  product: Product;
  quantity: number;
}

export function withPiece(pieces: Piece[], product: Product, quantity: number): Piece[] {
  if (quantity <= 0) return pieces.filter((each) => each.product.id !== product.id);
  if (!pieces.some((each) => each.product.id === product.id)) return [...pieces, { product, quantity }];
  return pieces.map((each) => (each.product.id === product.id ? { product, quantity } : each));
}

export const countOf = (pieces: Piece[]): number => pieces.reduce((sum, piece) => sum + piece.quantity, 0);

/** The cart of one chat. It is the telephone's: no other device and no business knows it before it is sent. */
export function usePhoneCart(chat: string) {
  const [pieces, setPieces] = useLocalStorage<Piece[]>({ key: `prosa-phone-cart-${chat}`, defaultValue: [], getInitialValueInEffect: false });
  const put = useCallback((product: Product, quantity: number) => setPieces((old) => withPiece(old, product, quantity)), [setPieces]);
  const clear = useCallback(() => setPieces([]), [setPieces]);
  return { pieces, put, clear };
}

export type PhoneCart = ReturnType<typeof usePhoneCart>;
