import { QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";

/** Reads are tried again only when that may help: a refusal stays a refusal. */
export function makeClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        retry: (count, error) => asProblem(error).passing && count < 3,
        retryDelay: (count) => Math.min(8000, 700 * 2 ** count),
        refetchOnWindowFocus: false,
        staleTime: 10_000,
      },
    },
  });
}
