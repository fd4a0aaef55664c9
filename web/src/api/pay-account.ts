/** The company's accounts at vendors of payments. Tokens and secrets go in and never come out. */
import { client, take } from "./client";
import type { components } from "./schema";

export type PayAccount = components["schemas"]["PaymentAccountView"];
export type PayAccountBody = components["schemas"]["PaymentAccountInputBody"];

const vendor = "mercadopago";
const at = { params: { path: { vendor } } };

export const payAccounts = {
  /** The account at Mercado Pago, or null when there is none. */
  get: async () => (await take<{ items: PayAccount[] }>(client.GET("/payments/accounts"))).items.find((each) => each.provider === vendor) ?? null,
  save: (body: PayAccountBody) => take<PayAccount>(client.PUT("/payments/accounts/{vendor}", { ...at, body })),
  test: () => take<PayAccount>(client.POST("/payments/accounts/{vendor}/test", at)),
  remove: () => take<undefined>(client.DELETE("/payments/accounts/{vendor}", at)),
};
