/** What the platform costs. Amounts are exact decimals as text, never of two currencies together; months are yyyymm; days without _ms are days since 1970 (UTC) or dates as text. */
import { client, take } from "./client";
import type { components } from "./schema";

type Schemas = components["schemas"];

export type CostCell = Schemas["CostCell"];
export type CostService = Schemas["CostService"];
export type CostResource = Schemas["CostResource"];
export type CostForecast = Schemas["CostForecast"];
export type CostIdle = Schemas["CostIdle"];
export type CostCompanies = Schemas["CostCompanyCosts"];
export type CostUnit = Schemas["CostUnit"];
export type CostPace = Schemas["CostPace"];
export type CostWindow = Schemas["CostWindow"];
export type CostSaving = Schemas["CostMeasured"];
export type SavingBody = Schemas["SavingBody"];
export type CostQuality = Schemas["CostQuality"];
export type CostInvoice = Schemas["CostInvoice"];
export type CostImport = Schemas["CostImport"];
export type CostAccount = Schemas["CostAccount"];
export type CostRate = Schemas["CostRate"];
export type CostFee = Schemas["CostFee"];
export type CostMetered = Schemas["CostMetered"];
export type CostReader = Schemas["Reader"];
export type Environment = Schemas["Environment"];

/** What is looked at; what is empty does not narrow. */
export interface CostFind {
  cost?: "billed" | "effective";
  from?: number;
  to?: number;
  line?: string;
  environment?: string;
  service?: string;
  currency?: string;
}

interface List<T> {
  items: T[];
}

const { GET, POST, PUT, DELETE } = client;

const listed = async <T>(call: Promise<List<T>>) => (await call).items;

export const cost = {
  matrix: (query: CostFind) => listed(take<List<CostCell>>(GET("/operator/costs/matrix", { params: { query } }))),
  services: (query: CostFind) => listed(take<List<CostService>>(GET("/operator/costs/services", { params: { query } }))),
  resources: (query: CostFind & { limit: number }) => listed(take<List<CostResource>>(GET("/operator/costs/resources", { params: { query } }))),
  forecast: (query: CostFind) => listed(take<List<CostForecast>>(GET("/operator/costs/forecast", { params: { query } }))),
  days: (query: CostFind) => listed(take<List<Schemas["CostDay"]>>(GET("/operator/costs/days", { params: { query } }))),
  idle: (query: CostFind) => listed(take<List<CostIdle>>(GET("/operator/costs/idle", { params: { query } }))),
  companies: (month: number, currency: string, idle: "apart" | "spread") => take<CostCompanies>(GET("/operator/costs/companies", { params: { query: { month, currency, idle } } })),
  units: (from: number, to: number, currency: string) => listed(take<List<CostUnit>>(GET("/operator/costs/units", { params: { query: { from, to, currency } } }))),
  budgets: (month: number) => listed(take<List<CostPace>>(GET("/operator/costs/budgets", { params: { query: { month } } }))),
  setBudget: (body: Schemas["BudgetBody"]) => take<undefined>(PUT("/operator/costs/budgets", { body: { items: [body] } })),
  savings: () => listed(take<List<CostSaving>>(GET("/operator/costs/savings"))),
  addSaving: (body: Schemas["SavingBody"]) => take<Schemas["CostSaving"]>(POST("/operator/costs/savings", { body })),
  changeSaving: (saving: string, version: number, body: Schemas["SavingBody"]) => take<Schemas["CostSaving"]>(PUT("/operator/costs/savings/{saving}", { params: { path: { saving }, query: { version } }, body })),
  quality: (month: number) => take<CostQuality>(GET("/operator/costs/quality", { params: { query: { month } } })),
  setInvoice: (body: Schemas["CostInvoiceBody"]) => take<undefined>(PUT("/operator/costs/invoices", { body })),
  meters: (month: number) => listed(take<List<CostMetered>>(GET("/operator/costs/meters", { params: { query: { month } } }))),
  imports: () => listed(take<List<CostImport>>(GET("/operator/costs/imports", { params: { query: { limit: 50 } } }))),
  look: () => take<Schemas["CostImportedBody"]>(POST("/operator/costs/imports", { body: {} })),
  accounts: () => listed(take<List<CostAccount>>(GET("/operator/costs/accounts"))),
  setAccount: (body: Schemas["AccountBody"]) => take<CostAccount>(PUT("/operator/costs/accounts", { body })),
  dropAccount: (entry: string, version: number) => take<undefined>(DELETE("/operator/costs/accounts/{entry}", { params: { path: { entry }, query: { version } } })),
  rates: (from: string, until: string) => listed(take<List<CostRate>>(GET("/operator/costs/rates", { params: { query: { from, until } } }))),
  setRate: (body: CostRate) => take<undefined>(PUT("/operator/costs/rates", { body: { items: [body] } })),
  fees: () => listed(take<List<CostFee>>(GET("/operator/costs/fees"))),
  setFee: (body: Schemas["FeeBody"]) => take<List<CostFee>>(PUT("/operator/costs/fees", { body: { items: [body] } })),
  dropFee: (fee: string) => take<undefined>(DELETE("/operator/costs/fees/{fee}", { params: { path: { fee } } })),
  readers: () => take<Schemas["CostReadersBody"]>(GET("/operator/cost-readers")),
  inviteReader: (email: string) => take<Schemas["CreatedInvitationBody"]>(POST("/operator/cost-readers", { body: { email } })),
  dropReader: (user: string) => take<undefined>(DELETE("/operator/cost-readers/{user}", { params: { path: { user } } })),
  dropInvitation: (invitation: string) => take<undefined>(DELETE("/operator/cost-reader-invitations/{invitation}", { params: { path: { invitation } } })),
  /** Where a table is fetched as CSV. */
  tableUrl: (table: string, query: Record<string, string | number | undefined>) =>
    `/api/v1/operator/costs/tables/${table}?${new URLSearchParams(Object.entries(query).flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, String(value)]]))).toString()}`,
  focusUrl: (month: number) => `/api/v1/operator/costs/focus?month=${month}`,
  environments: {
    list: () => listed(take<List<Environment>>(GET("/operator/environments"))),
    take: (environment: string, minutes: number, why: string) => take<Schemas["EnvironmentLease"]>(POST("/operator/environments/{environment}/leases", { params: { path: { environment } }, body: { minutes, why } })),
    extend: (environment: string, lease: string, minutes: number) =>
      take<Schemas["EnvironmentLease"]>(POST("/operator/environments/{environment}/leases/{lease}/extend", { params: { path: { environment, lease } }, body: { minutes } })),
    end: (environment: string, lease: string, force: boolean) => take<undefined>(DELETE("/operator/environments/{environment}/leases/{lease}", { params: { path: { environment, lease }, query: { force } } })),
  },
};
