import { MutationCache, QueryCache, QueryClient } from "@tanstack/react-query";
import { asProblem } from "@/api/problem";
import { sessionKey } from "@/api/session";

/** A session that ended while the page was open: back to the door, and from there to where the person was. */
function whenSignedOut(error: unknown): void {
  const outside = ["/sign-in", "/setup", "/invitation", "/demo"].includes(location.pathname);
  if (asProblem(error).code !== "unauthorized" || outside) return;
  location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
}

/** A company that stands still says so in the session: what is shown above every page is read anew. */
function whenStill(client: QueryClient, error: unknown): void {
  if (["moving", "moved"].includes(asProblem(error).reason)) void client.invalidateQueries({ queryKey: sessionKey });
}

/** Reads are tried again only when that may help: a refusal stays a refusal. */
export function makeClient(): QueryClient {
  const refused = (error: unknown) => {
    whenSignedOut(error);
    whenStill(client, error);
  };
  const client = new QueryClient({
    // Who is signed in is asked by the routes, which know where to lead.
    queryCache: new QueryCache({ onError: (error, query) => query.queryKey[0] !== "session" && refused(error) }),
    mutationCache: new MutationCache({ onError: refused }),
    defaultOptions: {
      queries: {
        retry: (count, error) => asProblem(error).passing && count < 3,
        retryDelay: (count) => Math.min(8000, 700 * 2 ** count),
        refetchOnWindowFocus: false,
        staleTime: 10_000,
      },
    },
  });
  return client;
}
