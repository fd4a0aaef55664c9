import type { Contact } from "@/api/types";
import { phoneText } from "@/ui/format";

type Address = Contact["addresses"][number];
type Channel = "whatsapp" | "telegram" | "messenger" | "instagram";

const channels: Record<string, Channel> = {
  wa_id: "whatsapp",
  bsuid: "whatsapp",
  parent_bsuid: "whatsapp",
  tg_user: "telegram",
  tg_chat: "telegram",
  psid: "messenger",
  user_ref: "messenger",
  igsid: "instagram",
};

/** The channel that an address is of; undefined for a kind that came later than this page. */
export const channelOf = (address: Address): Channel | undefined => channels[address.kind];

/** The channels that a person was seen on, each once. */
export const channelsOf = (contact: Contact): Channel[] => [...new Set(contact.addresses.map(channelOf))].filter((channel) => channel !== undefined);

/** Kinds whose values say something to a person: the others are the platforms' own numbers. */
const spoken = new Set(["wa_id"]);

/** By what a row tells one person from another of the same name: the user name, else the phone, else nothing. */
export function lineOf(contact: Contact): string {
  if (contact.username !== undefined && contact.username !== "") return `@${contact.username.replace(/^@/, "")}`;
  const first = contact.addresses.find((address) => spoken.has(address.kind));
  return first === undefined ? "" : addressText(first);
}

/** An address as people read it: a number with its groups, any other id as it is. */
export const addressText = (address: Address): string => (address.kind === "wa_id" ? phoneText(address.value) : address.value);
