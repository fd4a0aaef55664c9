import { useQueryClient } from "@tanstack/react-query";
import { useCallback } from "react";
import { useLiveEvents } from "@/api/session";
import { shop, type ProductSearch } from "@/api/shop";
import type { LiveEvent } from "@/api/live";

/** What is kept of the shop's products. Orders and imports change stock, so all of it is read again when one is told of. */
export const keys = {
  all: ["products"] as const,
  list: (search: ProductSearch) => ["products", "list", search] as const,
  one: (id: string) => ["products", "one", id] as const,
  movements: (variant: string) => ["products", "movements", variant] as const,
  collections: ["collections"] as const,
};

export const collectionsQuery = { queryKey: keys.collections, queryFn: shop.collections.list, staleTime: 60_000 };

/** Reads products again when the server tells that one has changed. */
export function useFreshProducts(): void {
  const client = useQueryClient();
  useLiveEvents(
    useCallback(
      (event: LiveEvent) => {
        if (event.type === "event" && /^(product|stock)\./.test(event.envelope.type)) void client.invalidateQueries({ queryKey: keys.all });
      },
      [client],
    ),
  );
}
