import type { ReactNode } from "react";
import classes from "./markdown.module.css";

/**
 * The little of Markdown that our terms use: headings, paragraphs, lists, bold and plain links. What it does not know
 * it shows as it stands; HTML is never interpreted.
 */
export function Markdown({ text, lower = false }: { text: string; lower?: boolean }) {
  return <div className={classes.prose}>{blocks(text, lower)}</div>;
}

function inline(text: string): ReactNode[] {
  return text.split(/(\*\*[^*]+\*\*|\[[^\]]+\]\((?:https?:\/\/|\/|mailto:)[^)\s]+\))/g).map((part, index) => {
    if (part.startsWith("**")) return <strong key={index}>{part.slice(2, -2)}</strong>;
    const link = /^\[([^\]]+)\]\(([^)]+)\)$/.exec(part);
    if (link === null) return part;
    return (
      <a key={index} href={link[2]} rel="noopener">
        {link[1]}
      </a>
    );
  });
}

function blocks(text: string, lower: boolean): ReactNode[] {
  const out: ReactNode[] = [];
  for (const [index, block] of text.replace(/\r/g, "").trim().split(/\n{2,}/).entries()) {
    const lines = block.split("\n");
    const heading = /^(#{1,4})\s+(.*)$/.exec(lines[0] ?? "");
    if (heading !== null) {
      // Within a page that has its own heading, the text's begins one level down.
      const level = Math.min(4, (heading[1] ?? "#").length + (lower ? 1 : 0));
      const Tag = `h${level}` as "h1" | "h2" | "h3" | "h4";
      out.push(<Tag key={index}>{inline(heading[2] ?? "")}</Tag>);
      lines.shift();
      if (lines.length === 0) continue;
    }
    const bullets = lines.every((line) => /^\s*[-*]\s+|^\s{2,}\S/.test(line));
    const numbers = lines.every((line) => /^\s*\d+[.)]\s+|^\s{2,}\S/.test(line));
    if (bullets || numbers) {
      const items: string[] = [];
      for (const line of lines) {
        const item = /^\s*(?:[-*]|\d+[.)])\s+(.*)$/.exec(line);
        if (item !== null) items.push(item[1] ?? "");
        else items.push(`${items.pop() ?? ""} ${line.trim()}`.trim());
      }
      const List = bullets ? "ul" : "ol";
      out.push(<List key={`${index}l`}>{items.map((item, at) => <li key={at}>{inline(item)}</li>)}</List>);
    } else {
      out.push(<p key={`${index}p`}>{inline(lines.join(" "))}</p>);
    }
  }
  return out;
}
