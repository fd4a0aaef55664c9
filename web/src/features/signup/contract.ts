/** What the public API of plans and purchases says. Times are milliseconds since the epoch, money is in minor units. */
import type { components } from "@/api/schema";

type Schemas = components["schemas"];

export type Interval = "month" | "year";
export type Method = "card" | "pix" | "boleto";
const methods: readonly string[] = ["card", "pix", "boleto"];
/** Whether a way to pay is one that these pages know. */
export const isMethod = (name: string): name is Method => methods.includes(name);
export type Journey = Schemas["Journey"];
/** As the page of prices and a journey say it. */
export type Offer = Schemas["PlanOffer"];
export type Limit = Schemas["OfferedLimit"];
export type Plans = Schemas["PlansOutputBody"];
export type Trade = Schemas["SignupTrade"];
export type Terms = Schemas["SignupTerms"];
export type Quote = Schemas["SignupQuote"];
export type Company = Schemas["SignupCompany"];
export type Checkout = Schemas["SignupCheckoutView"];
export type Stage = Schemas["SignupStepView"];

/** What a person may change, as the form holds it. All texts, save for the marks. */
export interface Fields {
  name: string;
  email: string;
  phone: string;
  version_id: string;
  interval: Interval;
  coupon: string;
  kind: "company" | "person";
  tax_id: string;
  tax_id_confirmed: boolean;
  second_contract: boolean;
  legal_name: string;
  trade_name: string;
  state_registration: string;
  municipal_registration: string;
  regime: string;
  fiscal_email: string;
  iss_withheld: boolean;
  zip: string;
  street: string;
  number: string;
  complement: string;
  district: string;
  city: string;
  city_code: string;
  state: string;
  trade: string;
  sample_catalog: boolean;
}
export type Field = keyof Fields;
export type Patch = Partial<Fields>;

/** The journey's values as the form holds them. */
export function fieldsOf(journey: Journey): Fields {
  const { company, person } = journey;
  return {
    name: person.name,
    email: person.email,
    phone: person.phone,
    version_id: journey.version?.version_id ?? "",
    interval: journey.interval === "year" ? "year" : "month",
    coupon: journey.quote?.coupon ?? "",
    kind: company.kind === "person" ? "person" : "company",
    tax_id: company.tax_id,
    tax_id_confirmed: company.tax_id_confirmed,
    second_contract: journey.second_contract,
    legal_name: company.legal_name,
    trade_name: company.trade_name,
    state_registration: company.state_registration,
    municipal_registration: company.municipal_registration,
    regime: company.regime,
    fiscal_email: company.fiscal_email,
    iss_withheld: company.iss_withheld,
    zip: company.zip,
    street: company.street,
    number: company.number,
    complement: company.complement,
    district: company.district,
    city: company.city,
    city_code: company.city_code,
    state: company.state,
    trade: journey.trade,
    sample_catalog: journey.sample_catalog,
  };
}
