import { variablesOf } from "@/ui/template/variable";

/** A template as it stands in the editor. */
export interface Draft {
  name: string;
  language: string;
  category: "marketing" | "utility";
  headerKind: "none" | "text" | "image" | "video" | "document" | "location";
  headerText: string;
  /** The upload that was chosen; empty for none, or for the file that an edited template has. */
  upload: string;
  hasFile: boolean;
  body: string;
  footer: string;
  buttons: DraftButton[];
  samples: Record<string, string>;
}

export interface DraftButton {
  /** Stable while the row moves. */
  key: number;
  kind: "quick_reply" | "url" | "phone_number" | "copy_code";
  text: string;
  url: string;
  phone: string;
}

export const most = { header: 60, body: 1024, footer: 60, label: 25, buttons: 10, url: 2000, code: 15 } as const;
export const mostOfKind: Record<DraftButton["kind"], number> = { quick_reply: 10, url: 2, phone_number: 1, copy_code: 1 };

export type Rule = "name" | "required" | "long" | "edges" | "gaps" | "braces" | "one" | "footer" | "url" | "phone" | "sample" | "file" | "twice" | "groups";

/** The keys of all variables of a draft, in the order in which a person meets them. */
export function keysOf(draft: Draft): string[] {
  return [
    ...(draft.headerKind === "text" ? variablesOf(draft.headerText).map((name) => `header.${name}`) : []),
    ...variablesOf(draft.body),
    ...draft.buttons.flatMap((button, index) => ((button.kind === "url" && button.url.includes("{{")) || button.kind === "copy_code" ? [`button.${String(index + 1)}`] : [])),
  ];
}

function variableFlaw(text: string, numbered: boolean): Rule | undefined {
  if (text.replace(/\{\{\s*([a-z][a-z0-9_]*|[1-9][0-9]{0,2})\s*\}\}/g, "").match(/\{\{|\}\}/)) return "braces";
  const names = variablesOf(text);
  const digits = names.filter((name) => /^\d+$/.test(name));
  if (names.length > 0 && (numbered ? digits.length !== names.length : digits.length > 0)) return "gaps";
  if (numbered && Math.max(0, ...digits.map(Number)) !== names.length) return "gaps";
  return undefined;
}

/** What is wrong with a draft, by field as the server names it; WhatsApp counts UTF-16 units as JavaScript does. */
export function flawsOf(draft: Draft, isNew: boolean): Partial<Record<string, Rule>> {
  const flaws: Partial<Record<string, Rule>> = {};
  if (isNew && !/^[a-z0-9_]{1,512}$/.test(draft.name)) flaws.name = draft.name === "" ? "required" : "name";
  const first = [...variablesOf(draft.body), ...(draft.headerKind === "text" ? variablesOf(draft.headerText) : [])][0];
  const numbered = first === undefined || /^\d+$/.test(first);
  const body = draft.body.trim();
  if (body === "") flaws.body = "required";
  else if (draft.body.length > most.body) flaws.body = "long";
  else if (/^\{\{|\}\}$/.test(body)) flaws.body = "edges";
  else {
    const flaw = variableFlaw(draft.body, numbered);
    if (flaw !== undefined) flaws.body = flaw;
  }
  if (draft.headerKind === "text") {
    const flaw = variableFlaw(draft.headerText, numbered);
    if (draft.headerText.trim() === "") flaws["header.text"] = "required";
    else if (draft.headerText.length > most.header) flaws["header.text"] = "long";
    else if (variablesOf(draft.headerText).length > 1) flaws["header.text"] = "one";
    else if (flaw !== undefined) flaws["header.text"] = flaw;
  } else if (draft.headerKind !== "none" && draft.headerKind !== "location" && draft.upload === "" && !draft.hasFile) flaws["header.sample"] = "file";
  if (draft.footer.length > most.footer) flaws.footer = "long";
  else if (draft.footer.includes("{{")) flaws.footer = "footer";
  let groups = 0;
  draft.buttons.forEach((button, index) => {
    const field = `buttons.${String(index)}`;
    const before = draft.buttons[index - 1];
    if (before === undefined || (before.kind === "quick_reply") !== (button.kind === "quick_reply")) groups++;
    if (button.kind !== "copy_code") {
      if (button.text.trim() === "") flaws[`${field}.text`] = "required";
      else if (button.text.length > most.label) flaws[`${field}.text`] = "long";
      else if (draft.buttons.some((other, at) => at < index && other.text.trim() === button.text.trim() && other.kind !== "copy_code")) flaws[`${field}.text`] = "twice";
    }
    if (button.kind === "url" && !validAddress(button.url)) flaws[`${field}.url`] = "url";
    if (button.kind === "phone_number" && !/^\+?[0-9]{6,19}$/.test(button.phone.replace(/[\s().-]/g, ""))) flaws[`${field}.phone`] = "phone";
  });
  if (groups > 2) flaws.buttons = "groups";
  for (const key of keysOf(draft)) if ((draft.samples[key] ?? "").trim() === "") flaws[`samples.${key}`] = "sample";
  return flaws;
}

function validAddress(text: string): boolean {
  const fixed = text.replace(/\{\{1\}\}$/, "");
  if (/[{}\s]/.test(fixed) || text.length > most.url || !/^https?:\/\/[^/?#]+/.test(fixed)) return false;
  return fixed === text || /^https?:\/\/[^/?#]+[/?]/.test(fixed);
}

/** The number or name of the next variable that a person adds. */
export function nextVariable(body: string): string {
  const names = variablesOf(body);
  if (names.some((name) => !/^\d+$/.test(name))) return `{{variable_${String(names.length + 1)}}}`;
  return `{{${String(names.length + 1)}}}`;
}
