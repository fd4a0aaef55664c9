import { take } from "@/api/client";
import type { Language } from "@/i18n/language";
import type { Interval, Journey, Patch, Plans, Terms, Trade } from "./contract";

const root = "/api/v1";

async function call<T>(method: string, path: string, body?: object): Promise<T> {
  return take<T>(
    fetch(
      new Request(location.origin + root + path, {
        method,
        credentials: "same-origin",
        headers: { Accept: "application/json", ...(body === undefined ? {} : { "Content-Type": "application/json" }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      }),
    ).then(async (response) => {
      const text = await response.text();
      const said: unknown = text === "" ? undefined : JSON.parse(text);
      return response.ok ? { data: said, response } : { error: said, response };
    }),
  );
}

export const contractUrl = `${root}/signup/contract.pdf`;

/** Plans, and one purchase: whose it is stands in a cookie that no script reads. */
export const signup = {
  plans: (locale: Language) => call<Plans>("GET", `/plans?locale=${locale}`),
  trades: (locale: Language) => call<{ items: Trade[] }>("GET", `/trades?locale=${locale}`),
  terms: (locale: Language) => call<Terms>("GET", `/terms?locale=${locale}`),
  begin: (body: { version_id: string; interval: Interval; locale: Language; coupon?: string }) => call<Journey>("POST", "/signup", body),
  get: () => call<Journey>("GET", "/signup"),
  save: (patch: Patch) => call<Journey>("PATCH", "/signup", patch),
  sendCode: () => call<undefined>("POST", "/signup/code"),
  prove: (code: string) => call<Journey>("POST", "/signup/proof", { code }),
  accept: (terms: { version: string; hash: string }) => call<Journey>("POST", "/signup/terms", terms),
  checkout: (method?: string) => call<Journey>("POST", "/signup/checkout", method === undefined ? {} : { method }),
  again: () => call<Journey>("POST", "/signup/again"),
  cancel: () => call<Journey | undefined>("POST", "/signup/cancel"),
  resume: (email: string) => call<undefined>("POST", "/signup/resume", { email }),
  open: (token: string) => call<Journey>("POST", "/signup/open", { token }),
  activation: () => call<{ url: string }>("POST", "/signup/activation"),
  activationLetter: () => call<undefined>("POST", "/signup/activation/letter"),
};
