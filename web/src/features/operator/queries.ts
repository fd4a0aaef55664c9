import { operator, type CompanyState, type JourneyState } from "@/api/operator";

/** All that operators read is under one key, so that a deed lets all of it be read anew. */
export const keys = {
  companies: ["operator", "companies"] as const,
  journeys: ["operator", "journeys"] as const,
  letters: ["operator", "letters"] as const,
  quarantine: ["operator", "quarantine"] as const,
  dead: ["operator", "dead"] as const,
};

/** What is going on outside is looked at again this often, in ms. */
const pollMs = 15_000;

const next = <T extends { next?: string }>(page: T) => page.next;

export const companiesQuery = (find: { q: string; state: CompanyState | ""; plan: string }) => ({
  queryKey: [...keys.companies, find],
  queryFn: ({ pageParam }: { pageParam: string }) => operator.companies.find({ ...find, cursor: pageParam }),
  initialPageParam: "",
  getNextPageParam: next,
});

export const companyQuery = (id: string) => ({ queryKey: [...keys.companies, "one", id], queryFn: () => operator.companies.get(id) });

export const moneyQuery = (id: string, locale: "pt-BR" | "en") => ({ queryKey: [...keys.companies, "money", id, locale], queryFn: () => operator.companies.money(id, locale) });

export const journeysQuery = (find: { q: string; state: JourneyState | ""; attention: boolean }) => ({
  queryKey: [...keys.journeys, find],
  queryFn: ({ pageParam }: { pageParam: string }) => operator.journeys.list({ ...find, cursor: pageParam }),
  initialPageParam: "",
  getNextPageParam: next,
  refetchInterval: pollMs,
});

export const journeyQuery = (id: string) => ({ queryKey: [...keys.journeys, "one", id], queryFn: () => operator.journeys.get(id), refetchInterval: pollMs });

export const auditQuery = (find: { company: string; actor: string; action: string; target: string; from_ms: number; to_ms: number }) => ({
  queryKey: ["operator", "audit", find],
  queryFn: ({ pageParam }: { pageParam: string }) => operator.audit({ ...find, cursor: pageParam }),
  initialPageParam: "",
  getNextPageParam: next,
});

export const integrationsQuery = { queryKey: ["operator", "integrations"], queryFn: operator.integrations.list, refetchInterval: pollMs };

export const crmQuery = { queryKey: ["operator", "crm"], queryFn: operator.crm.get };

export const plansQuery = { queryKey: ["operator", "plans"], queryFn: operator.plans.list };

export const supportQuery = { queryKey: ["operator", "support"], queryFn: operator.support.list };

export const lateQuery = { queryKey: [...keys.letters, "late"], queryFn: () => operator.letters.list({ late: true }), refetchInterval: pollMs };
