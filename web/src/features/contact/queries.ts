import { useEffect } from "react";
import { queryOptions, useQueryClient } from "@tanstack/react-query";
import { api } from "@/api";
import { people } from "@/api/contact";

export const keys = {
  list: (q: string) => ["contacts", q] as const,
  // The inbox keeps a contact under the same key, so that both show one truth.
  contact: (id: string) => ["contact", id] as const,
  duplicates: (id: string) => ["contact-duplicates", id] as const,
  merges: (id: string) => ["contact-merges", id] as const,
  consents: (id: string) => ["contact-consents", id] as const,
  conversations: (id: string) => ["contact-conversations", id] as const,
  rule: ["consent-rule"] as const,
};

export const contactQuery = (id: string) => queryOptions({ queryKey: keys.contact(id), queryFn: () => api.contacts.get(id) });
export const duplicatesQuery = (id: string) => queryOptions({ queryKey: keys.duplicates(id), queryFn: () => people.duplicates(id), staleTime: 30_000 });
export const mergesQuery = (id: string) => queryOptions({ queryKey: keys.merges(id), queryFn: () => people.merges(id), staleTime: 30_000 });
export const consentsQuery = (id: string) => queryOptions({ queryKey: keys.consents(id), queryFn: () => people.consents(id), staleTime: 15_000 });
export const conversationsQuery = (id: string) => queryOptions({ queryKey: keys.conversations(id), queryFn: () => api.contacts.conversations(id), staleTime: 15_000 });
export const ruleQuery = queryOptions({ queryKey: keys.rule, queryFn: people.rule });

/** What a merge or its undoing touches: everything that is told of either. */
export function useForget() {
  const client = useQueryClient();
  return (...ids: string[]) => {
    for (const id of ids)
      for (const key of [keys.contact(id), keys.duplicates(id), keys.merges(id), keys.consents(id), keys.conversations(id)]) void client.invalidateQueries({ queryKey: key });
    void client.invalidateQueries({ queryKey: ["contacts"] });
    void client.invalidateQueries({ queryKey: ["conversations"] });
  };
}

/** Asks again when the window comes back to the front. */
export function useFresh(...ids: string[]) {
  const forget = useForget();
  const all = ids.join(" ");
  useEffect(() => {
    const look = () => document.visibilityState === "visible" && forget(...all.split(" "));
    document.addEventListener("visibilitychange", look);
    return () => document.removeEventListener("visibilitychange", look);
    // eslint-disable-next-line react-hooks/exhaustive-deps -- forget only holds the client
  }, [all]);
}
