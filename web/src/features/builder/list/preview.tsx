import { useTranslation } from "react-i18next";
import { RichText } from "@/ui/rich-text";
import type { Definition, FlowNode, Local } from "../contract";
import classes from "./list.module.css";

/** A conversation with a bot that is not made yet, along its main way. */
export function Preview({ definition }: { definition: Definition }) {
  const { t, i18n } = useTranslation("builder");
  const lines = conversation(definition, i18n.language);
  return (
    <>
      {lines.map((line, i) =>
        line.by === "event" ? (
          <p key={i} className={classes.event} style={{ margin: 0 }}>
            {t(line.what === "handoff" ? "list.thenPerson" : "list.thenEnd")}
          </p>
        ) : line.by === "options" ? (
          <div key={i} className={classes.options}>
            {line.titles.map((title) => (
              <span key={title}>{title}</span>
            ))}
          </div>
        ) : (
          <div key={i} className={line.by === "bot" ? classes.said : classes.answer}>
            <RichText text={line.text} style="whatsapp" />
          </div>
        ),
      )}
    </>
  );
}

type Line = { by: "bot" | "customer"; text: string } | { by: "options"; titles: string[] } | { by: "event"; what: "handoff" | "end" };

const longest = 9;

/** The lines of the way that takes the first option that leads somewhere new. */
export function conversation(definition: Definition, language: string): Line[] {
  const nodes = new Map(definition.nodes.map((node) => [node.name, node]));
  const lines: Line[] = [];
  const seen = new Set<string>();
  let at = nodes.get(definition.start);
  while (at !== undefined && !seen.has(at.name) && lines.length < longest) {
    seen.add(at.name);
    const text = plain(spoken(at.text, language, definition));
    if (text !== "") lines.push({ by: "bot", text });
    const options = listOf(at.options);
    if (options.length > 0) {
      lines.push({ by: "options", titles: options.map((option) => spoken(option.title, language, definition)) });
      const taken = options.find((option) => typeof option.next === "string" && !seen.has(option.next)) ?? options[0];
      if (taken !== undefined) lines.push({ by: "customer", text: spoken(taken.title, language, definition) });
      at = nodes.get(String(taken?.next ?? ""));
      continue;
    }
    if (at.kind === "handoff" || at.kind === "end") {
      lines.push({ by: "event", what: at.kind });
      break;
    }
    if (at.kind === "question" || at.kind === "rating") lines.push({ by: "customer", text: "…" });
    at = nodes.get(following(at));
  }
  return lines;
}

/** Where a node that has no options leads when all goes well. */
function following(node: FlowNode): string {
  for (const field of ["next", "open", "then"]) if (typeof node[field] === "string" && node[field] !== "") return node[field];
  for (const field of ["cases", "arms"]) {
    const first = listOf(node[field])[0];
    if (typeof first?.next === "string") return first.next;
  }
  return typeof node.else === "string" ? node.else : "";
}

function listOf(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? (value as Record<string, unknown>[]) : [];
}

function spoken(text: unknown, language: string, definition: Definition): string {
  if (typeof text === "string") return text;
  if (typeof text !== "object" || text === null) return "";
  const by = text as Exclude<Local, string>;
  return by[language] ?? by[definition.languages[0] ?? ""] ?? Object.values(by)[0] ?? "";
}

/** What stands for a value is left out: nobody has written yet. */
function plain(text: string): string {
  return text.replace(/\{\{[^}]*\}\}/g, "").replace(/ +([,.!?])/g, "$1").replace(/ {2,}/g, " ").trim();
}
