/** Where to go behind the door: only a path of our own, never an address that a link smuggled in. */
export function safeTarget(to: unknown, home = "/inbox"): string {
  return typeof to === "string" && /^\/(?![/\\])/.test(to) && !to.startsWith("/sign-in") ? to : home;
}
