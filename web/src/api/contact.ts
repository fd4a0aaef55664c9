/** Customers as such: who they are, who may be the same person, what they allowed to be sent. Times end in _ms, 0 is never. */
import { client, take } from "./client";
import type { operations } from "./schema";
import type { Contact, Page } from "./types";

const { GET, POST, PUT } = client;

type Answer<Name extends keyof operations> = operations[Name] extends { responses: { 200: { content: { "application/json": infer Body } } } } ? Body : never;

export type Duplicate = Answer<"list-duplicates">["items"][number];
export type Merge = Answer<"list-merges">["items"][number];
export type Consents = Answer<"get-consents">;
export type ConsentEntry = Consents["entries"][number];
export type ConsentRule = Answer<"get-consent-rule">;

const of = (contact: string) => ({ params: { path: { contact } } });

export const people = {
  list: (q: string, cursor: string) => take<Page<Contact>>(GET("/contacts", { params: { query: { ...(q === "" ? {} : { q }), ...(cursor === "" ? {} : { cursor }), limit: 40 } } })),
  duplicates: (contact: string) => take<{ items: Duplicate[] }>(GET("/contacts/{contact}/duplicates", of(contact))),
  merges: (contact: string) => take<{ items: Merge[] }>(GET("/contacts/{contact}/merges", of(contact))),
  merge: (contact: string, other: string) => take<{ contact: Contact; merge: Merge }>(POST("/contacts/{contact}/merge", { ...of(contact), body: { other_id: other } })),
  part: (contact: string, merge: string) => take<Contact>(POST("/contacts/{contact}/merges/{merge}/undo", { params: { path: { contact, merge } } })),
  consents: (contact: string) => take<Consents>(GET("/contacts/{contact}/consents", of(contact))),
  writeConsent: (contact: string, body: { granted: boolean; topic?: string; proof?: string }) => take<Consents>(POST("/contacts/{contact}/consents", { ...of(contact), body })),
  rule: () => take<ConsentRule>(GET("/consent-rule")),
  setRule: (rule: ConsentRule) => take<ConsentRule>(PUT("/consent-rule", { body: rule })),
};
