/**
 * Conditions in plain words: a variable, a comparison, a value, several of them joined. What does not fit the form stays
 * text; every row written here is read back to the same row.
 */

export type Operator = "==" | "!=" | ">" | ">=" | "<" | "<=" | "contains" | "startsWith" | "set" | "unset";

export interface Row {
  path: string;
  operator: Operator;
  value: string;
}

export interface Plain {
  join: "and" | "or";
  rows: Row[];
}

export const operators: Operator[] = ["==", "!=", "contains", "startsWith", ">", ">=", "<", "<=", "set", "unset"];

interface Token {
  sort: "text" | "number" | "name" | "sign";
  text: string;
}

function tokens(source: string): Token[] | null {
  const out: Token[] = [];
  let rest = source.trim();
  while (rest !== "") {
    const text = /^"((?:[^"\\]|\\.)*)"|^'((?:[^'\\]|\\.)*)'/.exec(rest);
    const number = /^-?\d+(\.\d+)?(?![\w.])/.exec(rest);
    const name = /^[A-Za-z_][\w]*(\.[A-Za-z_]\w*)*/.exec(rest);
    const sign = /^(==|!=|>=|<=|&&|\|\||[<>])/.exec(rest);
    const found = text ?? number ?? name ?? sign;
    if (found === null) return null;
    if (text !== null) out.push({ sort: "text", text: (text[1] ?? text[2] ?? "").replace(/\\(["'\\])/g, "$1") });
    else out.push({ sort: number !== null ? "number" : name !== null ? "name" : "sign", text: found[0] });
    rest = rest.slice(found[0].length).trimStart();
  }
  return out;
}

const joins: Record<string, Plain["join"]> = { and: "and", "&&": "and", or: "or", "||": "or" };

/** The rows of an expression; null where it says more than rows can. */
export function readPlain(source: string): Plain | null {
  if (source.trim() === "") return { join: "and", rows: [] };
  const all = tokens(source);
  if (all === null) return null;
  const rows: Row[] = [];
  let join: Plain["join"] | null = null;
  for (let i = 0; i < all.length; ) {
    const [path, operator, value, next] = all.slice(i, i + 4);
    if (path?.sort !== "name" || !path.text.includes(".") || operator === undefined || value === undefined) return null;
    if (!(operators as string[]).includes(operator.text) || value.sort === "sign") return null;
    if (value.sort === "name" && value.text !== "true" && value.text !== "false") return null;
    rows.push(rowOf(path.text, operator.text as Operator, value));
    i += 3;
    if (next === undefined) break;
    const word = joins[next.text];
    if (word === undefined || next.sort === "text" || (join !== null && join !== word) || i + 1 >= all.length) return null;
    join = word;
    i += 1;
  }
  return { join: join ?? "and", rows };
}

function rowOf(path: string, operator: Operator, value: Token): Row {
  if (value.sort === "text" && value.text === "" && operator === "==") return { path, operator: "unset", value: "" };
  if (value.sort === "text" && value.text === "" && operator === "!=") return { path, operator: "set", value: "" };
  return { path, operator, value: value.text };
}

/** The expression of rows. A value of digits is a number, true and false are themselves, all else is text. */
export function writePlain(plain: Plain): string {
  return plain.rows
    .map(({ path, operator, value }) => {
      if (operator === "set") return `${path} != ""`;
      if (operator === "unset") return `${path} == ""`;
      return `${path} ${operator} ${literal(value, operator)}`;
    })
    .join(` ${plain.join} `);
}

function literal(value: string, operator: Operator): string {
  const texts = operator === "contains" || operator === "startsWith";
  if (!texts && (/^-?\d{1,15}(\.\d+)?$/.test(value) || value === "true" || value === "false")) return value;
  return `"${value.replace(/[\\"]/g, "\\$&")}"`;
}

/** Where the caret stands inside "{{ ... }}" or an expression, and what has been typed of a name there. */
export function nameAt(text: string, caret: number, template: boolean): { from: number; typed: string } | null {
  const before = text.slice(0, caret);
  if (template) {
    const open = before.lastIndexOf("{{");
    if (open < 0 || before.indexOf("}}", open) >= 0) return null;
  }
  const found = /[A-Za-z_][\w.]*$/.exec(before);
  if (found !== null) return { from: caret - found[0].length, typed: found[0] };
  return /(\{\{|[\s(,=<>+*/-])$/.test(before) || before === "" ? { from: caret, typed: "" } : null;
}
