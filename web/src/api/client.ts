import { Problem, readProblem } from "./problem";

type Query = Record<string, string | number | boolean | undefined>;

interface Call {
  query?: Query;
  body?: unknown;
  /** Makes a repeated write act once; the caller keeps it until it knows the outcome. */
  key?: string;
  signal?: AbortSignal;
}

const root = "/api/v1";

/** Where bytes of a message's media are. */
export const mediaUrl = (messageId: string) => `${root}/media/${encodeURIComponent(messageId)}`;
export const eventsUrl = `${root}/events`;

/** Calls the API. Throws a Problem for every refusal and for a network that does not answer. */
export async function call<T>(method: string, path: string, { query, body, key, signal }: Call = {}): Promise<T> {
  const headers: Record<string, string> = { Accept: "application/json" };
  if (key !== undefined) headers["Idempotency-Key"] = key;
  const form = body instanceof FormData;
  if (body !== undefined && !form) headers["Content-Type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(root + path + search(query), {
      method,
      headers,
      credentials: "same-origin",
      signal: signal ?? null,
      body: body === undefined ? null : form ? body : JSON.stringify(body),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Problem(0, "offline", "", error instanceof Error ? error.message : String(error));
  }
  if (!response.ok) throw await readProblem(response);
  if (response.status === 204) return undefined as T;
  try {
    return (await response.json()) as T;
  } catch {
    throw new Problem(response.status, "internal", "", "the answer was cut off or is no JSON");
  }
}

/** Path segments are ids from outside: always encoded. */
export function path(strings: TemplateStringsArray, ...values: string[]): string {
  return strings.reduce((out, part, i) => out + part + (i < values.length ? encodeURIComponent(values[i] ?? "") : ""), "");
}

function search(query: Query | undefined): string {
  if (query === undefined) return "";
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value !== undefined && value !== "") params.set(name, String(value));
  }
  const text = params.toString();
  return text === "" ? "" : `?${text}`;
}
