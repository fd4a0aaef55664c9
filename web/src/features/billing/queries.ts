import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { billing } from "@/api/billing";
import { sessionKey } from "@/api/session";
import { spoken } from "@/i18n";

export const billingKey = ["billing"] as const;

/** The plan; while something is being asked of the payment service it is read again every few seconds. */
export function useBilling(enabled = true) {
  const language = spoken();
  return useQuery({
    queryKey: [...billingKey, "plan", language],
    queryFn: () => billing.get(language),
    staleTime: 60_000,
    enabled,
    refetchInterval: (query) => (query.state.data?.wishes.some((wish) => wish.state === "asking" || wish.state === "open") === true ? 5_000 : false),
  });
}

/** What is used, live: it moves with every conversation. */
export function useUsage() {
  const language = spoken();
  return useQuery({ queryKey: [...billingKey, "usage", language], queryFn: () => billing.usage(language), refetchInterval: 30_000 });
}

/** A change of the plan: afterwards all that hangs on it is read again, also what one may do. */
export function useBillingChange<In, Out>(mutationFn: (input: In) => Promise<Out>) {
  const client = useQueryClient();
  return useMutation({
    mutationFn,
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: billingKey });
      await client.invalidateQueries({ queryKey: sessionKey });
    },
  });
}
