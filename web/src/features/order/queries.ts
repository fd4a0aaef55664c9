import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import type { LiveEvent } from "@/api/live";
import { useLiveEvents } from "@/api/session";
import { shop, type OrderSearch } from "@/api/shop";

/** What is kept of the shop's orders and settings. */
export const keys = {
  all: ["orders"] as const,
  lists: ["orders", "list"] as const,
  list: (search: OrderSearch) => ["orders", "list", search] as const,
  one: (id: string) => ["orders", "one", id] as const,
  zones: ["delivery", "zones"] as const,
  coupons: ["coupons"] as const,
  payments: ["payments", "setting"] as const,
};

export const zonesQuery = { queryKey: keys.zones, queryFn: shop.delivery.zones };

/** Reads orders again when the server tells that one was placed, paid or changed. */
export function useFreshOrders(): void {
  const client = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.type === "event" && event.envelope.type.startsWith("order.")) void client.invalidateQueries({ queryKey: keys.all });
      },
      [client],
    ),
  );
}
