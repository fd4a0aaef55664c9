import type { FlowNode } from "../contract";
import { at } from "./path";

/** The steps that sell, with their ways out; one with "?" falls back on something of the engine. */
export const shopWays: Record<string, string[]> = {
  product_search: ["next", "on_none?", "on_miss?"],
  product_show: ["next", "on_none", "on_cart?", "on_text?", "on_miss?"],
  product_variant: ["next", "on_sold_out", "on_miss?"],
  product_about: ["next", "on_none"],
  cart_add: ["next", "on_unavailable", "on_miss?"],
  cart_show: ["next", "on_empty"],
  cart_change: ["next", "on_empty", "on_miss?"],
  cart_receive: ["next", "on_failed", "on_miss?"],
  coupon: ["next", "on_skip", "on_refused", "on_miss?"],
  shipping: ["next", "on_none", "on_miss?"],
  order_place: ["next", "on_cancel", "on_short", "on_failed", "on_miss?"],
  order_pay: ["next", "on_expired", "on_canceled"],
  order_status: ["next", "on_none", "on_miss?"],
};

/** Whether a way may lead nowhere: a search whose words are given must say what follows when nothing is found. */
export function mayEnd(node: FlowNode, way: string): boolean {
  if (node.kind === "product_search" && way === "on_none?") return at(node, "query") === undefined;
  return way.endsWith("?");
}

const product = ["product_id", "product_variant", "product_name", "product_price", "product_link"];
const cart = ["cart_count", "cart_amount", "cart_total", "cart_text"];
const order = ["order_id", "order_number", "order_total", "order_state", "order_payment", "order_prepaid", "order_link"];

/** The variables that a step of the shop sets; their names are the engine's. */
export function shopVariables(node: Record<string, unknown>): string[] {
  switch (node.kind) {
    case "product_search":
    case "product_variant":
      return product;
    case "product_show":
    case "product_about":
      return [...product, "customer_text"];
    case "cart_add":
    case "cart_show":
    case "cart_change":
    case "cart_receive":
    case "coupon":
    case "shipping":
      return cart;
    case "order_place":
    case "order_pay":
    case "order_status":
      return order;
    default:
      return [];
  }
}
