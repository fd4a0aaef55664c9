import type { Definition, FlowNode, Issue } from "../contract";
import { exitsOf } from "./kind";
import { anyText } from "./local";
import { shopWays } from "./shop";

/** Says an issue in the reader's language. */
export type Say = (code: string, values: Record<string, string>) => string;

/**
 * What can be seen at once, without the server: the faults that come and go while somebody builds. The server's proofs
 * find these too, and more.
 */
export function quickCheck(definition: Definition, say: Say): Issue[] {
  const out: Issue[] = [];
  const report = (weight: Issue["weight"], node: string, code: string, values: Record<string, string> = {}) => out.push({ weight, node, code, args: [], sentence: say(code, values) });
  const names = new Map<string, number>();
  for (const node of definition.nodes) names.set(node.name, (names.get(node.name) ?? 0) + 1);
  if (definition.nodes.length === 0) report("error", "", "empty");
  else if (!names.has(definition.start)) report("error", "", "no_start");
  const reached = reach(definition);
  const first = definition.languages[0] ?? "pt-BR";
  for (const node of definition.nodes) {
    if ((names.get(node.name) ?? 0) > 1) report("error", node.name, "name_twice", { name: node.name });
    for (const exit of exitsOf(node)) {
      const label = anyText(exit.words, first) || (exit.number === undefined ? exit.label : say("exit.numbered", { number: String(exit.number) }));
      if (exit.to === "" && !exit.optional) report("error", node.name, "dead_end", { exit: exitName(exit.label, label, say) });
      else if (exit.to !== "" && !names.has(exit.to)) report("error", node.name, "leads_nowhere", { exit: exitName(exit.label, label, say), to: exit.to });
    }
    for (const field of missing(node, first)) report("error", node.name, "missing", { field: say(`field.${field}`, {}) });
    if (!reached.has(node.name)) report("warning", node.name, "unreachable");
  }
  return out;
}

const fixed = [...new Set(Object.values(shopWays).flat().map((way) => way.replace("?", ""))), "next", "else", "on_miss", "on_error", "on_message", "on_other", "open", "closed", "to", "low"];

function exitName(label: string, words: string, say: Say): string {
  return fixed.includes(label) ? say(`exit.${label}`, {}) : words;
}

/** Fields without which a node makes no sense. */
function missing(node: FlowNode, first: string): string[] {
  const spoken = (field: string) => anyText(node[field], first).trim() === "";
  const blank = (field: string) => typeof node[field] !== "string" || node[field].trim() === "";
  switch (node.kind) {
    case "message":
      return ["media", "location", "contact", "album"].every((each) => node[each] === undefined) && spoken("text") ? ["text"] : [];
    case "form":
      return [...(spoken("text") ? ["text"] : []), ...(blank("form") ? ["form"] : []), ...(spoken("button") ? ["formButton"] : [])];
    case "choice":
      return [...(spoken("text") ? ["text"] : []), ...(titles(node, first) ? ["title"] : [])];
    case "question":
      return [...(spoken("text") ? ["text"] : []), ...(blank("save") ? ["save"] : [])];
    case "rating":
      return spoken("text") ? ["text"] : [];
    case "condition":
      return Array.isArray(node.cases) && node.cases.some((each: { when?: unknown }) => typeof each?.when !== "string" || each.when.trim() === "") ? ["when"] : [];
    case "switch":
      return blank("on") ? ["on"] : [];
    case "web":
      return blank("url") || node.url === "https://" ? ["url"] : [];
    case "template":
      return blank("template") ? ["template"] : [];
    case "product_show":
      return spoken("text") ? ["text"] : [];
    case "subflow":
      return blank("flow") ? ["flow"] : [];
    default:
      return [];
  }
}

function titles(node: FlowNode, first: string): boolean {
  return !Array.isArray(node.options) || node.options.length === 0 || node.options.some((option: { title?: unknown }) => anyText(option?.title, first).trim() === "");
}

/** Every node that some way leads to: from the start, and from the flow's own doors. */
export function reach(definition: Definition): Set<string> {
  const nodes = new Map(definition.nodes.map((node) => [node.name, node]));
  const settings = definition.settings as { menu?: string; on_error?: string; on_cart?: string; on_product?: string; idle?: { next?: string }; interrupts?: { next?: string }[]; events?: { next?: string }[] } | undefined;
  const queue = [definition.start, settings?.menu, settings?.on_error, settings?.on_cart, settings?.on_product, settings?.idle?.next, ...[...(settings?.interrupts ?? []), ...(settings?.events ?? [])].map((each) => each.next)];
  const reached = new Set<string>();
  while (queue.length > 0) {
    const name = queue.pop();
    const node = name === undefined ? undefined : nodes.get(name);
    if (node === undefined || reached.has(node.name)) continue;
    reached.add(node.name);
    queue.push(...exitsOf(node).map((exit) => exit.to));
  }
  return reached;
}

/** What is shown: the server's findings where they are about what stands there now, and at once what changed since. */
export function merged(definition: Definition, quick: Issue[], checked: { definition: Definition; issues: Issue[] } | null): Issue[] {
  if (checked === null) return quick;
  if (checked.definition === definition) return checked.issues;
  const before = new Map(checked.definition.nodes.map((node) => [node.name, node]));
  const same = new Set(definition.nodes.filter((node) => before.get(node.name) === node).map((node) => node.name));
  const instant = new Set(["empty", "no_start", "name_twice", "dead_end", "leads_nowhere", "missing", "unreachable"]);
  const kept = checked.issues.filter((issue) => !instant.has(issue.code) && (issue.node === "" || same.has(issue.node)));
  return [...quick, ...kept];
}
