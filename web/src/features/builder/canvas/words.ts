import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { FlowNode } from "../contract";
import { useLanguages } from "../editor/context";
import { kindOf, type Exit } from "../document/kind";
import { anyText } from "../document/local";
import { shopWays } from "../document/shop";
import type { Say } from "../document/check";

const fixed = new Set([...Object.values(shopWays).flat().map((way) => way.replace("?", "")), "next", "else", "on_miss", "on_error", "on_message", "on_other", "open", "closed", "to", "low"]);

export interface Words {
  kind: (kind: string) => string;
  about: (kind: string) => string;
  exit: (node: FlowNode, exit: Exit) => string;
  preview: (node: FlowNode) => string;
  /** Words for what a fresh node of a kind holds. */
  fresh: (key: string) => string;
  /** A wished name for a node of a kind. */
  name: (kind: string) => string;
  say: Say;
}

/** How kinds, ways out and contents of nodes are called. */
export function useWords(): Words {
  const { t, i18n } = useTranslation("builder");
  const { first } = useLanguages();
  return useMemo(() => {
    const known = (kind: string) => kindOf(kind) !== undefined;
    const text = (key: string, values: Record<string, unknown> = {}) => i18n.t(`builder:${key}` as "builder:editor.back", values);
    const local = (value: unknown) => anyText(value, first);
    const exit = (node: FlowNode, way: Exit) => {
      const specific = `node.exitOf.${node.kind}.${way.label}`;
      if (i18n.exists(`builder:${specific}`)) return text(specific);
      if (fixed.has(way.label)) return text(`node.exit.${way.label}`);
      const own = local(way.words);
      if (own.trim() !== "") return own;
      if (node.kind === "switch") {
        const values = (node.cases as { values?: string[] }[])[(way.number ?? 1) - 1]?.values;
        if (Array.isArray(values) && values.length > 0) return values.join(", ");
      }
      return way.number === undefined ? way.label : text("node.exit.numbered", { number: way.number });
    };
    // People read what stands there, not how it is computed: "{{vars.pedido}}" is ‹pedido›.
    const plain = (said: string) =>
      said.replace(/\{\{(.*?)\}\}/gs, (_, inside: string) => {
        const path = /\b(vars|contact|session|now|message)\.([\w.]+)/.exec(inside);
        if (path === null) return "‹…›";
        const short = `node.short.${path[1]}_${path[2]?.replace(".", "_")}`;
        const name = i18n.exists(`builder:${short}`) ? text(short) : (path[2] ?? "");
        // A prefix stands in quotes before the name: ", " belongs to the sentence.
        const before = /prefix\(\s*["']([^"']*)["']/.exec(inside)?.[1] ?? "";
        return `${before}‹${name}›`;
      });
    const list = (value: unknown) => (Array.isArray(value) ? value : []);
    const preview = (node: FlowNode): string => plain(gist(node));
    const gist = (node: FlowNode): string => {
      switch (node.kind) {
        case "message": {
          const media = node.media as { kind?: string; name?: string } | undefined;
          const place = node.location as { name?: string } | undefined;
          const what = media !== undefined ? `${text(`form.mediaKind.${media.kind ?? "image"}`)}${media.name ? `: ${media.name}` : ""}` : place !== undefined ? `${text("form.location")}${place.name ? `: ${place.name}` : ""}` : "";
          const links = list(node.links).map((each: { title?: unknown }) => `↗ ${local(each.title)}`);
          const files = Array.isArray(node.album) ? text("node.preview.files", { count: node.album.length }) : "";
          return [what, files, local(node.text), ...links].filter(Boolean).join("\n");
        }
        case "deck":
          return [local(node.text), ...list(node.cards).map((each: { title?: unknown }) => `▭ ${local(each.title)}`)].filter(Boolean).join("\n");
        case "condition":
          return list(node.cases).map((each: { when?: string }) => each.when ?? "").filter(Boolean).join("\n");
        case "switch":
          return typeof node.on === "string" ? node.on : "";
        case "set":
          return [...list(node.set).map((each: { var?: string; to?: string }) => `${each.var ?? ""} = ${each.to ?? ""}`), ...list(node.fields).map((each: { field?: string; to?: string }) => `${each.field ?? ""}: ${each.to ?? ""}`)].filter((line) => line.length > 3).join("\n");
        case "tag":
          return [...list(node.add).map((tag) => `+ ${String(tag)}`), ...list(node.remove).map((tag) => `− ${String(tag)}`)].join("  ");
        case "wait": {
          if (typeof node.until === "string") return text("node.preview.until", { time: node.until });
          const unit = (["seconds", "minutes", "hours", "days"] as const).find((each) => typeof node[each] === "number");
          return unit === undefined ? "" : text(`node.preview.${unit}`, { count: node[unit] });
        }
        case "web":
          return `${String(node.method ?? "GET")} ${String(node.url ?? "")}`;
        case "jump":
          return typeof node.flow === "string" && node.flow !== "" ? node.flow : "";
        case "subflow":
          return typeof node.flow === "string" ? node.flow : "";
        case "hours":
          return hoursText(node, text);
        case "handoff":
          return [typeof node.team === "string" && node.team !== "" ? text("node.preview.team", { team: node.team }) : "", local(node.text)].filter(Boolean).join("\n");
        case "product_search":
        case "coupon":
        case "order_status":
          return [node.query, node.code, node.number].find((each) => typeof each === "string" && each !== "")?.toString() ?? local(node.text);
        case "product_show":
          return [showText(node, text), local(node.text)].filter(Boolean).join("\n");
        case "order_pay":
          return typeof node.remind_minutes === "number" && node.remind_minutes > 0 ? text("node.preview.remind", { count: node.remind_minutes }) : local(node.waiting);
        case "split":
          return list(node.arms).map((arm: { name?: string; weight?: number }) => `${arm.name ?? ""} ${arm.weight ?? 0}`).join(" · ");
        case "return":
          return typeof node.outcome === "string" ? node.outcome : "";
        default:
          return local(node.text);
      }
    };
    return {
      kind: (kind) => (known(kind) ? t(`node.kind.${kind}` as "node.kind.end") : kind),
      about: (kind) => (known(kind) ? t(`node.about.${kind}` as "node.about.end") : t("node.unknownText")),
      exit,
      preview,
      fresh: (key) => text(`node.fresh.${key}`),
      name: (kind) => (known(kind) ? text(`node.name.${kind}`) : kind),
      say: (code, values) => (code.startsWith("field.") ? text(`form.${code}`) : code.startsWith("exit.") ? text(`node.${code}`, values) : text(`node.issue.${code}`, values)),
    };
  }, [t, i18n, first]);
}

/** What a step shows: chosen products, a collection, a search, the catalog. */
function showText(node: FlowNode, text: (key: string, values?: Record<string, unknown>) => string): string {
  if (Array.isArray(node.products)) return text("node.preview.products", { count: node.products.length });
  if (typeof node.collection === "string" && node.collection !== "") return text("node.preview.collection");
  if (typeof node.query === "string" && node.query !== "") return node.query;
  return node.catalog === true ? text("node.preview.catalog") : "";
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;

function hoursText(node: FlowNode, text: (key: string) => string): string {
  const week = (node.week ?? {}) as Partial<Record<(typeof days)[number], string[][]>>;
  // Days with the same hours that follow each other are one line.
  const lines: { from: string; to: string; hours: string }[] = [];
  for (const day of days) {
    const hours = (week[day] ?? []).map((span) => span.join("–")).join(", ");
    const last = lines.at(-1);
    if (hours === "") continue;
    if (last !== undefined && last.hours === hours && days.indexOf(day) === days.indexOf(last.to as "mon") + 1) last.to = day;
    else lines.push({ from: day, to: day, hours });
  }
  const name = (day: string) => text(`form.day.${day}`);
  return lines.map((line) => `${line.from === line.to ? name(line.from) : `${name(line.from)}–${name(line.to)}`} ${line.hours}`).join("\n");
}
