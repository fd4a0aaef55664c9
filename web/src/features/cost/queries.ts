import { cost, type CostFind } from "@/api/cost";

/** All that the pages of costs read is under one key: an import changes any of it. */
export const costKey = ["cost"] as const;

export const matrixQuery = (find: CostFind) => ({ queryKey: [...costKey, "matrix", find], queryFn: () => cost.matrix(find) });
export const forecastQuery = (find: CostFind) => ({ queryKey: [...costKey, "forecast", find], queryFn: () => cost.forecast(find) });
export const daysQuery = (find: CostFind) => ({ queryKey: [...costKey, "days", find], queryFn: () => cost.days(find) });
export const servicesQuery = (find: CostFind) => ({ queryKey: [...costKey, "services", find], queryFn: () => cost.services(find) });
export const resourcesQuery = (find: CostFind) => ({ queryKey: [...costKey, "resources", find], queryFn: () => cost.resources({ ...find, limit: 50 }) });
export const idleQuery = (find: CostFind) => ({ queryKey: [...costKey, "idle", find], queryFn: () => cost.idle(find) });
export const companiesQuery = (month: number, currency: string, idle: "apart" | "spread") => ({ queryKey: [...costKey, "companies", month, currency, idle], queryFn: () => cost.companies(month, currency, idle) });
export const unitsQuery = (from: number, to: number, currency: string) => ({ queryKey: [...costKey, "units", from, to, currency], queryFn: () => cost.units(from, to, currency) });
export const budgetsQuery = (month: number) => ({ queryKey: [...costKey, "budgets", month], queryFn: () => cost.budgets(month) });
export const savingsQuery = { queryKey: [...costKey, "savings"], queryFn: cost.savings };
export const qualityQuery = (month: number) => ({ queryKey: [...costKey, "quality", month], queryFn: () => cost.quality(month) });
export const metersQuery = (month: number) => ({ queryKey: [...costKey, "meters", month], queryFn: () => cost.meters(month) });
export const importsQuery = { queryKey: [...costKey, "imports"], queryFn: cost.imports };
export const accountsQuery = { queryKey: [...costKey, "accounts"], queryFn: cost.accounts };
export const ratesQuery = (from: string, until: string) => ({ queryKey: [...costKey, "rates", from, until], queryFn: () => cost.rates(from, until) });
export const feesQuery = { queryKey: [...costKey, "fees"], queryFn: cost.fees };
export const readersQuery = { queryKey: [...costKey, "readers"], queryFn: cost.readers };
/** Machines are looked at again this often, in ms. */
const lookMs = 20_000;
export const environmentsQuery = { queryKey: [...costKey, "environments"], queryFn: cost.environments.list, refetchInterval: lookMs, retry: false };
