import { listing, type CatalogOverview, type CatalogSearch } from "@/api/listing";

export const keys = {
  all: ["listing"] as const,
  catalogs: ["listing", "catalogs"] as const,
  items: (catalog: string, search: CatalogSearch) => ["listing", "items", catalog, search] as const,
  accounts: ["listing", "accounts"] as const,
  offered: (account: string, business: string) => ["listing", "offered", account, business] as const,
};

/** While something is on its way to Meta the page looks every few seconds. */
export const busy = (catalog: CatalogOverview | undefined): boolean => catalog !== undefined && (catalog.dirty > 0 || catalog.sending > 0 || catalog.reading || catalog.waiting > 0);

export const catalogsQuery = {
  queryKey: keys.catalogs,
  queryFn: listing.catalogs,
  refetchInterval: (query: { state: { data?: { items: CatalogOverview[] } | undefined } }) => (query.state.data?.items.some(busy) === true ? 3_000 : 30_000),
};

export const accountsQuery = { queryKey: keys.accounts, queryFn: listing.accounts, staleTime: 30_000 };
