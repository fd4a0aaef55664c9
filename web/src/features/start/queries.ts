import { api } from "@/api";
import { client, take } from "@/api/client";
import { shop } from "@/api/shop";
import type { ChannelAccount } from "@/api/types";

const { GET } = client;

/** What the checklist looks at; each key is its page's own, so that what was done there is seen here. */
const every = { staleTime: 5_000, refetchOnWindowFocus: true, refetchInterval: 15_000 } as const;

export const talksQuery = { queryKey: ["start", "talks"], queryFn: () => api.conversations.list({ view: "all", limit: 1 }), ...every };
export const botsQuery = { queryKey: ["start", "bots"], queryFn: api.bots.list, ...every };
export const channelsQuery = { queryKey: ["channels"], queryFn: api.channels.list, ...every };
export const productsQuery = { queryKey: ["start", "products"], queryFn: () => shop.products.list({ limit: 1 }), ...every };
export const membersQuery = { queryKey: ["members"], queryFn: api.members.list, ...every };
export const invitationsQuery = { queryKey: ["invitations"], queryFn: api.invitations.list, ...every };
export const factorsQuery = { queryKey: ["factors"], queryFn: () => take<{ items: unknown[] }>(GET("/factors")), ...every };

/** A number of the simulator, given to try the first bot with: it is no customer's way in. */
export const isRehearsal = (account: ChannelAccount) => account.settings.rehearsal === "true";
