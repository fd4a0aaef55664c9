/** Names of this very machine: a page that came by one of them may take what another one names. */
const here: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** An address that this page may load: a path of ours. Empty for one elsewhere, which would tell a stranger who looks. */
export function ownPath(url: string | undefined): string {
  if (url === undefined || url === "" || url.startsWith("//")) return "";
  if (url.startsWith("/")) return url;
  try {
    const address = new URL(url);
    const own = address.origin === location.origin || (here.has(address.hostname) && here.has(location.hostname) && address.port === location.port && address.protocol === location.protocol);
    return own ? address.pathname + address.search : "";
  } catch {
    return "";
  }
}

/** A Pix code in a text, as the real apps find it: from its format indicator to its checksum. */
export function pixIn(text: string): string {
  return /00020[01][^\n]*?br\.gov\.bcb\.pix[^\n]*?6304[0-9A-F]{4}/i.exec(text)?.[0] ?? "";
}

/** A code of a provider's, which is paid once and told of; else a key of the company's own, of which nobody is told. */
export const dynamicPix = (code: string): boolean => code.startsWith("000201010212");
