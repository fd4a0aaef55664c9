/** What the API answers when it says no (RFC 9457), or what the network did instead of answering. */
export class Problem extends Error {
  override readonly name = "Problem";

  constructor(
    /** HTTP status; 0 when no answer came. */
    readonly status: number,
    /** Stable word to switch on: "refused", "conflict", ...; "offline" when no answer came. */
    readonly code: string,
    /** A narrower word inside a code, such as "window_closed"; may be empty. */
    readonly reason: string,
    /** English, for developers; people see texts chosen by code and reason. */
    detail: string,
    readonly field = "",
    readonly requestId = "",
    readonly fields: { field: string; message: string }[] = [],
    /** Seconds to wait before asking again, 0 when the server did not say. */
    readonly retryAfter = 0,
    /** Small texts by name, such as who changed a draft. */
    readonly facts: Record<string, string> = {},
  ) {
    super(detail);
  }

  /** Trying again later may help: nothing was decided. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500;
  }
}

/** A refused answer as a Problem. A body that is no problem document still gives a usable code. */
export function problemOf(response: Response, said: unknown): Problem {
  const body = (typeof said === "object" && said !== null ? said : {}) as Record<string, unknown>;
  const text = (name: string) => (typeof body[name] === "string" ? (body[name] as string) : "");
  const fields = Array.isArray(body.errors) ? (body.errors as { field: string; message: string }[]) : [];
  return new Problem(
    response.status,
    text("code") || codeOf(response.status),
    text("reason"),
    text("detail") || text("title") || response.statusText,
    text("field"),
    text("request_id") || response.headers.get("X-Request-Id") || "",
    fields,
    Number(response.headers.get("Retry-After") ?? 0) || 0,
    (typeof body.facts === "object" && body.facts !== null ? body.facts : {}) as Record<string, string>,
  );
}

function codeOf(status: number): string {
  switch (status) {
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 409:
      return "conflict";
    case 413:
      return "too_large";
    case 422:
      return "invalid";
    case 429:
      return "rate_limited";
    default:
      return status >= 502 && status <= 504 ? "unavailable" : "internal";
  }
}

export function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  return new Problem(0, "offline", "", error instanceof Error ? error.message : String(error));
}
