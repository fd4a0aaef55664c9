import { freeStock, priceAt, type Product } from "@/api/shop";

/** From so many free pieces on there is no need to worry. */
export const lowStock = 5;

export type StockState = "out" | "partly" | "low" | "fine" | "endless";

const live = (product: Product) => product.variants.filter((variant) => !variant.archived);

/** How much of a product there is, all variants together, and how it stands. */
export function stockOf(product: Product): { state: StockState; free: number } {
  const levels = live(product).map(freeStock);
  const counted = levels.filter((level) => level !== null);
  const free = counted.reduce((sum, level) => sum + level, 0);
  const gone = counted.filter((level) => level === 0).length;
  if (counted.length === 0) return { state: levels.length === 0 ? "out" : "endless", free };
  if (gone === levels.length) return { state: "out", free };
  if (gone > 0) return { state: "partly", free };
  return { state: counted.some((level) => level <= lowStock) ? "low" : "fine", free };
}

/** What a product costs now: its cheapest and dearest variant, and the list price where all of it is on sale. */
export function pricesOf(product: Product, now: number): { from: number; to: number; before: number } {
  const variants = live(product);
  const prices = variants.map((variant) => priceAt(variant, now));
  const from = Math.min(...prices);
  const to = Math.max(...prices);
  const list = Math.min(...variants.map((variant) => variant.price));
  return prices.length === 0 ? { from: 0, to: 0, before: 0 } : { from, to, before: from < list && from === to ? list : 0 };
}
