/** That the visitor has just asked to pay: the page that waits may then lead on to the vendor by itself, once. */
const key = "prosa-signup-paying";

export function wantsToPay(): void {
  try {
    sessionStorage.setItem(key, "1");
  } catch {
    // storage may be blocked: the waiting page shows a button
  }
}

/** Whether the wish stands; it is used up by asking. */
export function takeWish(): boolean {
  try {
    const there = sessionStorage.getItem(key) !== null;
    sessionStorage.removeItem(key);
    return there;
  } catch {
    return false;
  }
}
