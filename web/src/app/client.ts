import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";

/** A session that ended while the page was open: back to the door, and from there to where the person was. */
function whenSignedOut(error: unknown): void {
  const outside = ["/sign-in", "/setup", "/invitation", "/demo"].includes(location.pathname);
  if (asProblem(error).code !== "unauthorized" || outside) return;
  location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
}

/** Reads are tried again only when that may help: a refusal stays a refusal. */
export function makeClient(): QueryClient {
  return new QueryClient({
    // Who is signed in is asked by the routes, which know where to lead.
    queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== "session" && whenSignedOut(error) }),
    mutationCache: new MutationCache({ onError: whenSignedOut }),
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
