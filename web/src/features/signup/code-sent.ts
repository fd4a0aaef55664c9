/** When the last code was asked for, by journey and address: a reload neither sends another nor forgets the wait. */

const keyOf = (journeyId: string, email: string) => `prosa-code-${journeyId}-${email.toLowerCase()}`;

export const resendMs = 60_000;

export function codeSentMs(journeyId: string, email: string): number {
  try {
    return Number(sessionStorage.getItem(keyOf(journeyId, email)) ?? 0) || 0;
  } catch {
    return 0;
  }
}

export function codeWasSent(journeyId: string, email: string, nowMs: number): void {
  try {
    sessionStorage.setItem(keyOf(journeyId, email), String(nowMs));
  } catch {
    // storage may be blocked: the server counts anyway
  }
}

/** Whole seconds until another code may be asked for. */
export const waitSeconds = (sentMs: number, nowMs: number) => Math.max(0, Math.ceil((sentMs + resendMs - nowMs) / 1000));
