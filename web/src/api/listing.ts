/** What Meta holds of the shop: catalogs, their items, and which number shows which. */
import { client, take } from "./client";
import type { components, operations } from "./schema";
import type { Product } from "./shop";
import type { Page } from "./types";

type Schemas = components["schemas"];

const { GET, POST, PUT, DELETE } = client;

export type CatalogOverview = Schemas["ListingOverview"];
export type CatalogItem = Schemas["ListingItem"];
export type CatalogState = CatalogItem["state"];
export type CatalogAccount = Schemas["CatalogAccountView"];
export type CatalogConnection = Schemas["ListingConnection"];
export type CatalogSettings = Schemas["ListingSettings"];
export type OfferedCatalog = Schemas["ListingFound"];
export type CatalogSearch = NonNullable<operations["list-catalog-items"]["parameters"]["query"]>;

const at = (catalog: string) => ({ params: { path: { catalog } } });
const of = (account: string) => ({ params: { path: { account } } });

/** Drops what is empty: an absent parameter and an empty one mean the same to people, not to the contract. */
const filled = <Q extends object>(query: Q): Q => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "" && value !== undefined)) as Q;

export const listing = {
  catalogs: () => take<{ items: CatalogOverview[] }>(GET("/listing/catalogs")),
  items: (catalog: string, query: CatalogSearch) => take<Page<CatalogItem>>(GET("/listing/catalogs/{catalog}/items", { params: { path: { catalog }, query: filled(query) } })),
  /** Without items: all that have a problem or have changed. */
  push: (catalog: string, items: string[]) => take<undefined>(POST("/listing/catalogs/{catalog}/push", { ...at(catalog), body: items.length > 0 ? { items } : {} })),
  refresh: (catalog: string, item: string) => take<CatalogItem>(POST("/listing/catalogs/{catalog}/refresh", { ...at(catalog), body: { item } })),
  import: (catalog: string, item: string, price: number) => take<Product>(POST("/listing/catalogs/{catalog}/import", { ...at(catalog), body: { item, price } })),
  accounts: () => take<{ items: CatalogAccount[] }>(GET("/listing/accounts")),
  offered: (account: string, business_id: string) =>
    take<{ items: OfferedCatalog[] }>(GET("/listing/accounts/{account}/catalogs", { params: { path: { account }, query: filled({ business_id }) } })),
  connect: (account: string, body: { catalog_id?: string; name?: string; business_id?: string }) => take<CatalogConnection>(PUT("/listing/accounts/{account}", { ...of(account), body: filled(body) })),
  test: (account: string) => take<CatalogConnection>(POST("/listing/accounts/{account}/test", of(account))),
  settings: (account: string, body: CatalogSettings) => take<CatalogConnection>(PUT("/listing/accounts/{account}/settings", { ...of(account), body })),
  disconnect: (account: string) => take<undefined>(DELETE("/listing/accounts/{account}", of(account))),
};
