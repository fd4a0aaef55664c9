import { infiniteQueryOptions, queryOptions, type QueryClient } from "@tanstack/react-query";
import { api } from "@/api";
import type { View } from "@/api/types";
import { freshPage, freshThread, newestSeq, placeMessages, type ListData, type ThreadData } from "./apply";

export interface ListFilter {
  view: View;
  q: string;
  channel: string;
}

export const listKey = (filter: ListFilter) => ["conversations", filter] as const;
export const rowKey = (id: string) => ["conversation", id] as const;
export const threadKey = (id: string) => ["thread", id] as const;
export const countsKey = ["counts"] as const;
export const contactKey = (id: string) => ["contact", id] as const;
export const membersQuery = queryOptions({ queryKey: ["members"], queryFn: api.members.list, staleTime: 60_000 });
export const botsQuery = queryOptions({ queryKey: ["bots"], queryFn: api.bots.list, staleTime: 60_000 });
export const countsQuery = queryOptions({ queryKey: countsKey, queryFn: api.conversations.counts });

export const listQuery = (client: QueryClient, filter: ListFilter) =>
  infiniteQueryOptions({
    queryKey: listKey(filter),
    initialPageParam: "",
    queryFn: async ({ pageParam }) => {
      const page = await api.conversations.list({ ...filter, cursor: pageParam, limit: 40 });
      return freshPage(page, client.getQueryData<ListData>(listKey(filter)));
    },
    getNextPageParam: (page) => page.next,
    staleTime: 30_000,
  });

/** Pages go back in time; seq 0 asks for the newest. */
export const threadQuery = (client: QueryClient, id: string) =>
  infiniteQueryOptions({
    queryKey: threadKey(id),
    initialPageParam: 0,
    queryFn: async ({ pageParam }) => {
      const page = await api.conversations.messages(id, pageParam === 0 ? { limit: 40 } : { before: pageParam, limit: 40 });
      return freshThread(page, client.getQueryData<ThreadData>(threadKey(id)), pageParam === 0);
    },
    getNextPageParam: (page) => (page.more ? page.items[0]?.seq : undefined),
    staleTime: 15_000,
  });

export const rowQuery = (id: string) =>
  queryOptions({ queryKey: rowKey(id), queryFn: () => api.conversations.get(id), staleTime: 15_000 });

export const contactQuery = (id: string) => queryOptions({ queryKey: contactKey(id), queryFn: () => api.contacts.get(id), staleTime: 60_000 });

/** Fetches what came behind the newest message without a gap, until nothing is missing. */
export async function fillGap(client: QueryClient, id: string, from: number): Promise<void> {
  let after = from;
  for (let round = 0; round < 20; round++) {
    const page = await api.conversations.messages(id, { after, limit: 100 });
    client.setQueryData<ThreadData>(threadKey(id), (data) => (data === undefined ? data : placeMessages(data, page.items)));
    after = page.items.at(-1)?.seq ?? after;
    if (!page.more || after >= newestSeq(client.getQueryData<ThreadData>(threadKey(id)))) return;
  }
  await client.invalidateQueries({ queryKey: threadKey(id) });
}
