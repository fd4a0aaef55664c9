import createClient from "openapi-fetch";
import { Problem, problemOf } from "./problem";
import type { paths } from "./schema";

const root = "/api/v1";

/** Where the bytes of a message's media are. */
export const mediaUrl = (messageId: string, item = 0) => `${root}/media/${encodeURIComponent(messageId)}${item > 0 ? `?item=${item}` : ""}`;
/** Where a small picture of it is, if its media has a thumb. */
export const thumbUrl = (messageId: string, item = 0) => `${root}/media/${encodeURIComponent(messageId)}/thumb${item > 0 ? `?item=${item}` : ""}`;
export const uploadUrl = `${root}/media`;
export const eventsUrl = `${root}/events`;

/** Asks the person to prove again who they are; false when they give up. */
export type StepUp = () => Promise<boolean>;

const prover: { ask: StepUp | null; asked: Promise<boolean> | null } = { ask: null, asked: null };

/** Says who asks for the proof that sensitive calls want. Gives what takes that back. */
export function onStepUp(ask: StepUp): () => void {
  prover.ask = ask;
  return () => {
    if (prover.ask === ask) prover.ask = null;
  };
}

async function wantsProof(response: Response): Promise<boolean> {
  if (response.status !== 403 || prover.ask === null) return false;
  const said: unknown = await response
    .clone()
    .json()
    .catch(() => null);
  return typeof said === "object" && said !== null && "reason" in said && said.reason === "step_up_required";
}

/** A call that is refused for want of a fresh proof is made again once the person gave it; several ask once. */
async function send(request: Request): Promise<Response> {
  const again = request.clone();
  const response = await fetch(request);
  if (prover.ask === null || !(await wantsProof(response))) return response;
  prover.asked ??= prover.ask().finally(() => (prover.asked = null));
  return (await prover.asked) ? fetch(again) : response;
}

/** Calls by the contract: path, query, headers and body are checked by the compiler. */
export const client = createClient<paths>({
  baseUrl: location.origin + root,
  credentials: "same-origin",
  headers: { Accept: "application/json" },
  // Looked up at each call, so that a test may put its own in place.
  fetch: (request) => send(request),
});

interface Answer {
  data?: unknown;
  error?: unknown;
  response: Response;
}

/** What was answered. Throws a Problem for every refusal and for a network that does not answer. */
export async function take<T>(answer: Promise<Answer>): Promise<T> {
  let got: Answer;
  try {
    got = await answer;
  } catch (error) {
    // A body that is cut off fails while it is read; all else never reached the server.
    if (error instanceof SyntaxError) throw new Problem(200, "internal", "", "the answer was cut off or is no JSON");
    throw new Problem(0, "offline", "", error instanceof Error ? error.message : String(error));
  }
  if (!got.response.ok) throw problemOf(got.response, got.error);
  return got.data as T;
}
