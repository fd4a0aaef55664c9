/** The company's plan: what it costs, what is used of it, what is owed, and changes of it. Money is in minor units; times end in _ms, 0 is never. */
import { client, take } from "./client";
import type { components } from "./schema";
import type { Page } from "./types";

type Schemas = components["schemas"];

export type Billing = Schemas["Billing"];
export type PlanSubscription = Schemas["Subscription"];
export type PlanOffer = Schemas["PlanOffer"];
export type PlanInterval = PlanSubscription["interval"];
export type PlanPreview = Schemas["Preview"];
export type PlanWish = Schemas["Wish"];
export type Invoice = Schemas["Invoice"];
export type Payer = Schemas["Payer"];
export type Usage = Schemas["UsageOutputBody"];
export type UsedMeter = Schemas["CompanyUsed"];

interface Wanted {
  version_id: string;
  interval: PlanInterval;
}

type Locale = "pt-BR" | "en";

/** Files that the browser downloads by itself. */
export const invoicesFileUrl = "/api/v1/billing/invoices.csv";
export const archiveUrl = "/api/v1/archive?files=true";

export const billing = {
  get: (locale: Locale) => take<Billing>(client.GET("/billing", { params: { query: { locale } } })),
  usage: (locale: Locale) => take<Usage>(client.GET("/usage", { params: { query: { locale } } })),
  invoices: (cursor: string) => take<Page<Invoice>>(client.GET("/billing/invoices", { params: { query: cursor === "" ? {} : { cursor } } })),
  preview: (body: Wanted) => take<PlanPreview>(client.POST("/billing/preview", { body })),
  change: (body: Wanted & { token: string }) => take<PlanWish>(client.POST("/billing/change", { body })),
  dropChange: () => take<undefined>(client.DELETE("/billing/change")),
  checkout: (body: Wanted) => take<PlanWish>(client.POST("/billing/checkout", { body })),
  cancel: (reason: string) => take<PlanWish>(client.POST("/billing/cancel", { body: { reason } })),
  resume: () => take<PlanWish>(client.POST("/billing/resume")),
  payUrl: () => take<Schemas["PayWay"]>(client.GET("/billing/pay-url")),
  methodPage: () => take<{ url: string }>(client.GET("/billing/method-page")),
  setPayer: (body: Payer) => take<Payer>(client.PUT("/billing/payer", { body })),
};
