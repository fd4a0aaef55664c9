import { client, take } from "@/api/client";
import type { Language } from "@/i18n/language";
import type { Interval, Journey, Patch, Plans, Terms, Trade } from "./contract";

const { GET, POST, PATCH } = client;

const inWords = (locale: Language) => ({ params: { query: { locale } } });

/** Where the accepted contract is read. */
export const contractUrl = "/api/v1/signup/contract.pdf";

/** Plans, and one purchase: whose it is stands in a cookie that no script reads. */
export const signup = {
  plans: (locale: Language) => take<Plans>(GET("/plans", inWords(locale))),
  trades: (locale: Language) => take<{ items: Trade[] }>(GET("/trades", inWords(locale))),
  terms: (locale: Language) => take<Terms>(GET("/terms", inWords(locale))),
  begin: (body: { version_id: string; interval: Interval; locale: Language; coupon?: string }) => take<Journey>(POST("/signup", { body })),
  get: () => take<Journey>(GET("/signup")),
  save: (body: Patch) => take<Journey>(PATCH("/signup", { body })),
  sendCode: () => take<undefined>(POST("/signup/code")),
  prove: (code: string) => take<Journey>(POST("/signup/proof", { body: { code } })),
  accept: (body: { version: string; hash: string }) => take<Journey>(POST("/signup/terms", { body })),
  checkout: (body: { method?: "card" | "pix" | "boleto" } = {}) => take<Journey>(POST("/signup/checkout", { body })),
  again: () => take<Journey>(POST("/signup/again")),
  cancel: () => take<Journey>(POST("/signup/cancel")),
  resume: (email: string) => take<undefined>(POST("/signup/resume", { body: { email } })),
  open: (token: string) => take<Journey>(POST("/signup/open", { body: { token } })),
  activation: () => take<{ url: string }>(POST("/signup/activation")),
  activationLetter: () => take<undefined>(POST("/signup/activation/letter")),
};
