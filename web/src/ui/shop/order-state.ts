import type { Order, OrderState, OrderStep } from "@/api/shop";

export const orderStates: OrderState[] = ["awaiting_payment", "confirmed", "preparing", "ready", "out_for_delivery", "shipped", "delivered", "completed", "expired", "canceled"];

export const stateColours: Record<OrderState, string> = {
  awaiting_payment: "honey", confirmed: "plum", preparing: "plum", ready: "plum", out_for_delivery: "plum", shipped: "plum", delivered: "leaf", completed: "leaf", expired: "gray", canceled: "gray",
};
export const paymentColours: Record<Order["payment_state"], string> = {
  unpaid: "gray", partially_paid: "honey", paid: "leaf", overpaid: "honey", partially_refunded: "gray", refunded: "gray",
};

/** The steps that the server allows from each state, the usual one first. */
const steps: Partial<Record<OrderState, OrderStep[]>> = {
  confirmed: ["preparing", "ready", "out_for_delivery", "shipped", "delivered"],
  preparing: ["ready", "out_for_delivery", "shipped", "delivered"],
  ready: ["out_for_delivery", "delivered", "preparing"],
  out_for_delivery: ["delivered", "ready"],
  shipped: ["delivered"],
  delivered: ["completed"],
};

/** What can be done next with an order: the step that fits how it reaches the customer, then the others. */
export function stepsOf(order: Pick<Order, "state" | "delivery">): OrderStep[] {
  const all = steps[order.state] ?? [];
  const pickup = order.delivery.kind === "pickup" || order.delivery.kind === undefined || order.delivery.kind === "";
  const usual: OrderStep | undefined = order.state === "preparing" ? (pickup ? "ready" : "out_for_delivery") : order.state === "ready" ? (pickup ? "delivered" : "out_for_delivery") : all[0];
  // What is picked up neither rides nor ships.
  const fitting = pickup ? all.filter((step) => step !== "out_for_delivery" && step !== "shipped") : all;
  return usual === undefined ? fitting : [usual, ...fitting.filter((step) => step !== usual)];
}

export const cancelable = (state: OrderState): boolean => ["awaiting_payment", "confirmed", "preparing", "ready", "out_for_delivery", "shipped"].includes(state);
export const editable = (state: OrderState): boolean => ["awaiting_payment", "confirmed", "preparing"].includes(state);

/** What came and neither went back nor is to go back already. */
export const refundable = (order: Pick<Order, "paid" | "refunded" | "refunds">): number =>
  Math.max(0, order.paid - order.refunded - (order.refunds ?? []).filter((refund) => refund.state !== "done").reduce((sum, refund) => sum + refund.amount, 0));
