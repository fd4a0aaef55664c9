import { Fragment, type ReactNode } from "react";

/** Telegram's formatting, offsets in UTF-16 units, which is how JavaScript counts. */
export interface Entity {
  type: string;
  offset: number;
  length: number;
  url?: string;
}

const address = /\bhttps?:\/\/[^\s<>"']+[^\s<>"'.,;:!?)\]]/g;
/** WhatsApp's marks stand at the edge of a word and hold no blank at their inner edge. */
const marks = /(^|[\s(.,;:!?"'])(```([^`]+)```|`([^`\n]+)`|\*(?=\S)([^*\n]+?)(?<=\S)\*|_(?=\S)([^_\n]+?)(?<=\S)_|~(?=\S)([^~\n]+?)(?<=\S)~)(?=$|[\s).,;:!?"'])/g;

/** Addresses become links; only http and https, opened apart and without telling where from. */
export function linked(text: string): ReactNode {
  const out: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(address)) {
    out.push(text.slice(at, match.index));
    out.push(
      <a key={match.index} href={match[0]} target="_blank" rel="noopener noreferrer nofollow">
        {match[0]}
      </a>,
    );
    at = match.index + match[0].length;
  }
  if (at === 0) return text;
  out.push(text.slice(at));
  return <>{out}</>;
}

function marked(text: string): ReactNode {
  const out: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(marks)) {
    const [, lead = "", whole = "", block, code, bold, italic, strike] = match;
    const start = match.index + lead.length;
    out.push(<Fragment key={`t${at}`}>{linked(text.slice(at, start))}</Fragment>);
    const key = `m${start}`;
    if (block !== undefined || code !== undefined) out.push(<code key={key}>{block ?? code}</code>);
    else if (bold !== undefined) out.push(<strong key={key}>{marked(bold)}</strong>);
    else if (italic !== undefined) out.push(<em key={key}>{marked(italic)}</em>);
    else if (strike !== undefined) out.push(<s key={key}>{marked(strike)}</s>);
    at = start + whole.length;
  }
  if (at === 0) return linked(text);
  out.push(<Fragment key={`t${at}`}>{linked(text.slice(at))}</Fragment>);
  return <>{out}</>;
}

function dressed(text: string, entities: Entity[]): ReactNode {
  const sorted = entities.filter((entity) => entity.offset >= 0 && entity.length > 0 && entity.offset + entity.length <= text.length);
  sorted.sort((a, b) => a.offset - b.offset || b.length - a.length);
  const out: ReactNode[] = [];
  let at = 0;
  for (const entity of sorted) {
    if (entity.offset < at) continue; // nested: the outer one is shown
    out.push(<Fragment key={`t${at}`}>{text.slice(at, entity.offset)}</Fragment>);
    const part = text.slice(entity.offset, entity.offset + entity.length);
    const key = `e${entity.offset}`;
    if (entity.type === "bold") out.push(<strong key={key}>{part}</strong>);
    else if (entity.type === "italic") out.push(<em key={key}>{part}</em>);
    else if (entity.type === "underline") out.push(<u key={key}>{part}</u>);
    else if (entity.type === "strikethrough") out.push(<s key={key}>{part}</s>);
    else if (entity.type === "code" || entity.type === "pre") out.push(<code key={key}>{part}</code>);
    else if (entity.type === "blockquote") out.push(<q key={key}>{part}</q>);
    else if (entity.type === "text_link" && /^https?:\/\//.test(entity.url ?? "")) {
      out.push(
        <a key={key} href={entity.url} target="_blank" rel="noopener noreferrer nofollow">
          {part}
        </a>,
      );
    } else out.push(<Fragment key={key}>{linked(part)}</Fragment>);
    at = entity.offset + entity.length;
  }
  out.push(<Fragment key={`t${at}`}>{linked(text.slice(at))}</Fragment>);
  return <>{out}</>;
}

/** A text as its app shows it: WhatsApp's marks, or Telegram's entities. Never interprets HTML. */
export function RichText({ text, style, entities }: { text: string; style: "whatsapp" | "plain"; entities?: Entity[] | undefined }) {
  if (entities !== undefined && entities.length > 0) return dressed(text, entities);
  return style === "whatsapp" ? marked(text) : linked(text);
}
