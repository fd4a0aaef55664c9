/** WhatsApp's message templates: reviewed by the platform, sent also when the window is closed. */
import { client, take } from "./client";
import type { components, operations } from "./schema";
import type { Page } from "./types";

type Schemas = components["schemas"];

const { GET, POST, PUT, DELETE } = client;

export type Template = Schemas["Template"];
export type TemplateDetail = Schemas["TemplateDetail"];
export type TemplatePlace = Schemas["TemplatePlace"];
export type TemplateReading = Schemas["TemplateReading"];
export type TemplateVariable = Schemas["TemplateVariable"];
export type TemplateButton = Schemas["TemplateButton"];
export type TemplateSearch = NonNullable<operations["list-templates"]["parameters"]["query"]>;
export type NewTemplate = operations["create-template"]["requestBody"]["content"]["application/json"];
export type TemplateEdit = operations["edit-template"]["requestBody"]["content"]["application/json"];

/** What a person sends of a template: the reply endpoint's `template`. */
export interface TemplateChoice {
  template_id: string;
  values: Record<string, string>;
  /** Id of an upload, for a header that shows a file. */
  header_upload?: string;
}

const at = (template: string) => ({ params: { path: { template } } });

/** Drops what is empty: an absent parameter and an empty one mean the same to people, not to the contract. */
const filled = <Q extends object>(query: Q): Q => Object.fromEntries(Object.entries(query).filter(([, value]) => value !== "" && value !== undefined)) as Q;

export const templates = {
  list: (query: TemplateSearch) => take<Page<Template>>(GET("/templates", { params: { query: filled(query) } })),
  places: () => take<{ items: TemplatePlace[] }>(GET("/templates/accounts")),
  get: (id: string) => take<TemplateDetail>(GET("/templates/{template}", at(id))),
  create: (body: NewTemplate) => take<Template>(POST("/templates", { body })),
  edit: (id: string, body: TemplateEdit) => take<Template>(PUT("/templates/{template}", { ...at(id), body })),
  remove: (id: string, all_languages: boolean) => take<undefined>(DELETE("/templates/{template}", { params: { path: { template: id }, query: all_languages ? { all_languages } : {} } })),
  sync: (account_id: string) => take<TemplateReading>(POST("/templates/sync", { body: { account_id } })),
};

export const templateKeys = {
  all: ["templates"] as const,
  list: (search: TemplateSearch) => ["templates", "list", search] as const,
  places: ["templates", "places"] as const,
  one: (id: string) => ["templates", "one", id] as const,
};
