/** What the public API of plans and purchases says. Times are milliseconds since the epoch, money is in minor units. */

export type Interval = "month" | "year";
export type Method = "card" | "pix" | "boleto";

export interface Limit {
  meter: string;
  /** -1 is without limit. */
  count: number;
  over: string;
  overage_minor: number;
}

export interface Offer {
  version_id: string;
  slug: string;
  name: string;
  summary: string;
  features: string[];
  highlight: boolean;
  currency: string;
  monthly_minor: number;
  annual_minor: number;
  trial_days: number;
  trial_needs_payment: boolean;
  limits: Limit[];
}

export interface Plans {
  open: boolean;
  currency: string;
  methods: string[];
  items: Offer[];
}

export interface Trade {
  key: string;
  name: string;
  summary: string;
  bots: { template: string; name: string }[];
}

export interface Terms {
  version: string;
  hash: string;
  title: string;
  markdown: string;
}

export interface Quote {
  price_minor: number;
  discount_minor: number;
  /** So many intervals are discounted; 0 is all of them. */
  discount_cycles: number;
  first_minor: number;
  trial_days: number;
  first_due_ms: number;
  currency: string;
  coupon: string;
  coupon_problem: string;
}

export interface Company {
  kind: string;
  tax_id: string;
  tax_id_confirmed: boolean;
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
}

export interface Trouble {
  field: string;
  code: string;
  message: string;
  /** It keeps nobody from going on. */
  warning: boolean;
}

export interface Checkout {
  provider: string;
  url: string;
  state: string;
  method: string;
  pix_code: string;
  boleto_line: string;
  boleto_url: string;
  due_ms: number;
  expires_ms: number;
  problem: string;
}

export interface Stage {
  name: string;
  state: string;
  at_ms: number;
}

export interface Journey {
  id: string;
  state: string;
  locale: string;
  /** Absent when the plan is gone. */
  version?: Offer;
  interval: string;
  quote?: Quote;
  person: { name: string; email: string; email_proven: boolean; phone: string };
  company: Company;
  second_contract: boolean;
  trade: string;
  sample_catalog: boolean;
  terms?: { version: string; hash: string; accepted_ms: number };
  checkout?: Checkout;
  contract_no: string;
  steps: Stage[];
  activation_ready: boolean;
  company_name: string;
  problems: Trouble[];
  missing: string[];
  next: string;
  letter?: { state: string; reason: string };
  expires_ms: number;
}

/** What a person may change, as the form holds it. All texts, save for the marks. */
export interface Fields {
  name: string;
  email: string;
  phone: string;
  version_id: string;
  interval: Interval;
  coupon: string;
  kind: string;
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
    kind: company.kind || "company",
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
