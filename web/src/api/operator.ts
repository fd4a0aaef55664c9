/** What the platform's staff see and do. Money is in minor units; times end in _ms, 0 is never. What is grave takes a reason. */
import { client, take } from "./client";
import type { components } from "./schema";
import type { Page } from "./types";

type Schemas = components["schemas"];

export type FoundCompany = Schemas["CompanyFound"];
export type InspectedCompany = Schemas["InspectedCompanyBody"];
export type CompanyMove = Schemas["CompanyMove"];
export type CompanyState = FoundCompany["state"];
export type Meter = Schemas["CompanyUsed"]["meter"];
export type CompanyMoney = Schemas["CompanyBilling"];
export type Contract = Schemas["Contract"];
export type JourneyRow = Schemas["JourneyRow"];
export type JourneyState = JourneyRow["state"];
export type InspectedJourney = Schemas["InspectedJourneyBody"];
export type JourneyStep = Schemas["SagaStatus"];
export type Integration = Schemas["Integration"];
export type Crm = Schemas["CrmView"];
export type CrmSettings = Schemas["Settings"];
export type CrmReport = Schemas["Report"];
export type PlanEdition = Schemas["PlanEdition"];
export type PlanVersion = Schemas["PlanVersion"];
export type PlanContent = Schemas["PlanContent"];
export type PlanOffer = Schemas["PlanOffer"];
export type Promotion = Schemas["PlanPromotion"];
export type PromotionDraft = Schemas["PromotionBody"];
export type Support = Schemas["Support"];
export type CompanyUsed = Schemas["CompanyUsed"];
export type CompanyGrant = Schemas["CompanyGrant"];
export type Invoice = Schemas["Invoice"];
export type Wish = Schemas["Wish"];
export type LetterStatus = Schemas["MailStatus"];

export type PlacedEntry = Schemas["PlacedEntry"];

const { GET, POST, PUT, PATCH, DELETE } = client;

const company = (id: string) => ({ params: { path: { company: id } } });
const step = (journey: string, name: string) => ({ params: { path: { journey, step: name } } });
const version = (id: string) => ({ params: { path: { version: id } } });

/** Drops what is empty: an absent parameter and an empty one mean the same to people, not to the contract. */
function filled<Q extends object>(query: Q): { [K in keyof Q]?: Exclude<Q[K], "" | false> } {
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "" && value !== false && value !== undefined)) as { [K in keyof Q]?: Exclude<Q[K], "" | false> };
}

export const operator = {
  companies: {
    find: (query: { q?: string; state?: CompanyState | ""; plan?: string; cursor?: string }) => take<Page<FoundCompany>>(GET("/operator/companies", { params: { query: filled(query) } })),
    get: (id: string) => take<InspectedCompany>(GET("/operator/companies/{company}", company(id))),
    state: (id: string, state: CompanyState, reason: string) => take<Schemas["Company"]>(POST("/operator/companies/{company}/state", { ...company(id), body: { state, reason } })),
    grant: (id: string, body: Schemas["GrantQuotaInputBody"]) => take<Schemas["CompanyGrant"]>(POST("/operator/companies/{company}/grants", { ...company(id), body })),
    endGrant: (id: string, grant: string) => take<undefined>(DELETE("/operator/companies/{company}/grants/{grant}", { params: { path: { company: id, grant } } })),
    money: (id: string, locale: "pt-BR" | "en") => take<CompanyMoney>(GET("/operator/companies/{company}/subscription", { params: { path: { company: id }, query: { locale } } })),
    openContract: (id: string, body: Contract) => take<Schemas["Subscription"]>(POST("/operator/companies/{company}/subscription", { ...company(id), body })),
    extendTrial: (id: string, until_ms: number, reason: string) => take<Schemas["Subscription"]>(POST("/operator/companies/{company}/trial", { ...company(id), body: { until_ms, reason } })),
    paid: (id: string, invoice: string, paid_ms: number, reason: string) =>
      take<Schemas["Invoice"]>(POST("/operator/companies/{company}/invoices/{invoice}/paid", { params: { path: { company: id, invoice } }, body: { paid_ms, reason } })),
    askRefund: (id: string, invoice_id: string, amount_minor: number, reason: string) =>
      take<Schemas["Wish"]>(POST("/operator/companies/{company}/refund", { ...company(id), body: { invoice_id, amount_minor, reason } })),
    decideRefund: (id: string, refund: string, approve: boolean) =>
      take<Schemas["Wish"]>(POST("/operator/companies/{company}/refund/{refund}", { params: { path: { company: id, refund } }, body: { approve } })),
    askSupport: (id: string, reason: string) => take<Support>(POST("/operator/companies/{company}/support", { ...company(id), body: { reason } })),
    nfse: (id: string, invoice: string, nfse_number: string) =>
      take<Schemas["Invoice"]>(PUT("/operator/companies/{company}/invoices/{invoice}/nfse", { params: { path: { company: id, invoice } }, body: { nfse_number } })),
    invoicesUrl: (id: string) => `/api/v1/operator/companies/${encodeURIComponent(id)}/invoices.csv`,
  },
  journeys: {
    list: (query: { q?: string; state?: JourneyState | ""; attention?: boolean; cursor?: string }) => take<Page<JourneyRow>>(GET("/operator/journeys", { params: { query: filled(query) } })),
    get: (journey: string) => take<InspectedJourney>(GET("/operator/journeys/{journey}", { params: { path: { journey } } })),
    retry: (journey: string, name: string, reason: string, mended: Record<string, string>) =>
      take<undefined>(POST("/operator/journeys/{journey}/steps/{step}/retry", { ...step(journey, name), body: Object.keys(mended).length > 0 ? { reason, mended } : { reason } })),
    finish: (journey: string, name: string, reason: string, external_id: string) =>
      take<undefined>(POST("/operator/journeys/{journey}/steps/{step}/done", { ...step(journey, name), body: external_id === "" ? { reason } : { reason, external_id } })),
    skip: (journey: string, name: string, reason: string) => take<undefined>(POST("/operator/journeys/{journey}/steps/{step}/skip", { ...step(journey, name), body: { reason } })),
    cancel: (journey: string, reason: string) => take<undefined>(POST("/operator/journeys/{journey}/cancel", { params: { path: { journey } }, body: { reason } })),
    activation: (journey: string) => take<{ url: string }>(POST("/operator/journeys/{journey}/activation-link", { params: { path: { journey } } })),
  },
  integrations: {
    list: () => take<{ items: Integration[] }>(GET("/operator/integrations")),
    probe: (integration: string) => take<undefined>(POST("/operator/integrations/{integration}/probe", { params: { path: { integration } } })),
  },
  crm: {
    get: () => take<Crm>(GET("/operator/crm")),
    change: (body: CrmSettings) => take<CrmSettings>(PUT("/operator/crm", { body })),
    connect: (body: Schemas["CrmConnectInputBody"]) => take<Schemas["Status"]>(POST("/operator/crm/connect", { body })),
    disconnect: () => take<undefined>(POST("/operator/crm/disconnect")),
    test: () => take<Schemas["Status"]>(POST("/operator/crm/test")),
    fields: () => take<CrmReport>(POST("/operator/crm/fields")),
  },
  plans: {
    list: () => take<{ items: PlanEdition[] }>(GET("/operator/plans")),
    create: (body: Schemas["CreatePlanInputBody"]) => take<PlanVersion>(POST("/operator/plans", { body })),
    sample: () => take<{ items: PlanVersion[] }>(POST("/operator/plans/sample")),
    place: (plan: string, body: Schemas["PlacePlanInputBody"]) => take<Schemas["Plan"]>(PATCH("/operator/plans/{plan}", { params: { path: { plan } }, body })),
    draft: (plan: string) => take<PlanVersion>(POST("/operator/plans/{plan}/draft", { params: { path: { plan } } })),
    edit: (id: string, content: PlanContent, revision: number) => take<PlanVersion>(PUT("/operator/plan-versions/{version}", { ...version(id), body: { content, revision } })),
    discard: (id: string) => take<undefined>(DELETE("/operator/plan-versions/{version}", version(id))),
    preview: (id: string, locale: "pt-BR" | "en") => take<PlanOffer>(GET("/operator/plan-versions/{version}/preview", { params: { path: { version: id }, query: { locale } } })),
    publish: (id: string) => take<PlanVersion>(POST("/operator/plan-versions/{version}/publish", version(id))),
    withdraw: (id: string) => take<PlanVersion>(POST("/operator/plan-versions/{version}/withdraw", version(id))),
  },
  promotions: {
    list: (cursor: string) => take<Page<Promotion>>(GET("/operator/promotions", { params: { query: filled({ cursor }) } })),
    create: (body: PromotionDraft) => take<Promotion>(POST("/operator/promotions", { body })),
    change: (promotion: string, body: PromotionDraft) => take<Promotion>(PUT("/operator/promotions/{promotion}", { params: { path: { promotion } }, body })),
  },
  letters: {
    list: (query: { state?: LetterStatus["state"] | ""; late?: boolean; cursor?: string }) => take<Page<LetterStatus>>(GET("/operator/letters", { params: { query: filled(query) } })),
    mend: (letter: string) => take<LetterStatus>(POST("/operator/letters/{letter}/mend", { params: { path: { letter } } })),
    circuit: () => take<Schemas["MailCircuit"]>(GET("/operator/mail")),
  },
  audit: (query: { company?: string; actor?: string; action?: string; target?: string; from_ms?: number; to_ms?: number; cursor?: string }) => take<Page<PlacedEntry>>(GET("/operator/audit", { params: { query: filled(query) } })),
  support: {
    list: () => take<{ items: Support[] }>(GET("/operator/support")),
    decide: (support: string, approve: boolean) =>
      take<Support>(approve ? POST("/operator/support/{support}/approve", { params: { path: { support } } }) : POST("/operator/support/{support}/refuse", { params: { path: { support } } })),
    end: (support: string) => take<Support>(POST("/operator/support/{support}/end", { params: { path: { support } } })),
  },
};
