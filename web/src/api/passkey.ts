import { Problem } from "./problem";

/** What a server asks of passkeys, and what they answer: JSON with bytes as base64url (WebAuthn 3, 5.1.9 and 5.1.10). */
export type PasskeyOptions = unknown;
export type PasskeyAnswer = Record<string, unknown>;

interface Described {
  id: string;
  type: "public-key";
  transports?: AuthenticatorTransport[];
}

const bytes = (text: string) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

function text(buffer: ArrayBuffer | null): string | undefined {
  if (buffer === null) return undefined;
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=+$/, "");
}

const described = (list: Described[] | undefined) => (list ?? []).map((each) => ({ ...each, id: bytes(each.id) }));
const publicKeyOf = (options: PasskeyOptions) => (options as { publicKey: Record<string, unknown> }).publicKey;

/** This browser knows passkeys. */
export const passkeysHere = () => typeof window !== "undefined" && "PublicKeyCredential" in window;

/** What the browser did, or a problem that people can read where this address can't have passkeys of ours. */
async function ceremony(asked: Promise<Credential | null>): Promise<PublicKeyCredential> {
  try {
    return (await asked) as PublicKeyCredential;
  } catch (error) {
    if (error instanceof DOMException && error.name === "SecurityError") throw new Problem(0, "refused", "passkeys_off", error.message);
    if (error instanceof DOMException && error.name === "InvalidStateError") throw new Problem(0, "conflict", "passkey_known", error.message);
    throw error;
  }
}

/** Makes a passkey. Throws what the browser throws when the person gives up. */
export async function createPasskey(options: PasskeyOptions): Promise<PasskeyAnswer> {
  const asked = publicKeyOf(options) as { challenge: string; user: { id: string; name: string; displayName: string }; excludeCredentials?: Described[] };
  const made = await ceremony(navigator.credentials.create({
    publicKey: { ...(asked as object), challenge: bytes(asked.challenge), user: { ...asked.user, id: bytes(asked.user.id) }, excludeCredentials: described(asked.excludeCredentials) } as unknown as PublicKeyCredentialCreationOptions,
  }));
  const response = made.response as AuthenticatorAttestationResponse;
  return answer(made, {
    clientDataJSON: text(response.clientDataJSON),
    attestationObject: text(response.attestationObject),
    transports: response.getTransports?.() ?? [],
  });
}

/** Proves the person by one of their passkeys. Throws what the browser throws when they give up. */
export async function provePasskey(options: PasskeyOptions): Promise<PasskeyAnswer> {
  const asked = publicKeyOf(options) as { challenge: string; allowCredentials?: Described[] };
  const used = await ceremony(navigator.credentials.get({
    publicKey: { ...(asked as object), challenge: bytes(asked.challenge), allowCredentials: described(asked.allowCredentials) } as unknown as PublicKeyCredentialRequestOptions,
  }));
  const response = used.response as AuthenticatorAssertionResponse;
  return answer(used, {
    clientDataJSON: text(response.clientDataJSON),
    authenticatorData: text(response.authenticatorData),
    signature: text(response.signature),
    userHandle: text(response.userHandle),
  });
}

function answer(credential: PublicKeyCredential, response: Record<string, unknown>): PasskeyAnswer {
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
    clientExtensionResults: credential.getClientExtensionResults(),
    response,
  };
}

/** The person closed the browser's own dialog: nothing to explain. */
export const gaveUp = (error: unknown) => error instanceof DOMException && (error.name === "NotAllowedError" || error.name === "AbortError");
