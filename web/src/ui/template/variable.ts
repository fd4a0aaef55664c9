/** The variables of a template's texts, as the server reads them (internal/modules/template/variable.go). */

/** The names of a text's variables, once each, in the order of their first use. */
export function variablesOf(text: string): string[] {
  const names: string[] = [];
  for (const match of text.matchAll(/\{\{\s*([a-z0-9_]+)\s*\}\}/g)) {
    const name = match[1] ?? "";
    if (!names.includes(name)) names.push(name);
  }
  return names;
}

/** The text with values at its variables; those without a value stay as they are written. */
export function filledIn(text: string, prefix: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/\{\{\s*([a-z0-9_]+)\s*\}\}/g, (whole, name: string) => {
    const value = (values[prefix + name] ?? "").trim().replace(/\s+/g, " ");
    return value === "" ? whole : value;
  });
}

/** The key of what is put into a button, counted from 1. */
export const buttonKey = (index: number): string => `button.${String(index + 1)}`;
