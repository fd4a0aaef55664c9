import { Combobox, Textarea, TextInput, useCombobox } from "@mantine/core";
import { useMemo, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { nameAt } from "../document/condition";
import { useEditorState } from "../editor/context";
import { shopVariables } from "../document/shop";

/** What a template or expression may read, with words for people. */
export function usePaths(): { path: string; about: string }[] {
  const { t } = useTranslation("builder");
  const graph = useEditorState((state) => state.graph);
  const definition = useEditorState((state) => state.document.definition);
  return useMemo(() => {
    const variables = new Set([...Object.keys(definition.variables ?? {}), ...variablesOf(definition.nodes), ...(graph?.variables ?? []).map((each) => each.name)]);
    const fixed = ["contact.name", "contact.first_name", "session.channel", "session.language", "now.date", "now.time", "now.hour", "now.weekday", ...facts];
    return [
      ...[...variables].sort().map((name) => ({ path: `vars.${name}`, about: t("form.path.variable") })),
      ...fixed.map((path) => ({ path, about: t(`form.path.${path.replaceAll(".", "_")}` as "form.path.contact_name") })),
    ];
  }, [graph, definition, t]);
}

/** What is known of the customer's last message. */
const facts = [
  "message.kind", "message.text", "message.payload", "message.story", "message.share", "message.call", "message.file.id", "message.file.mime", "message.file.name",
  "message.referral.ref", "message.referral.ad", "message.referral.source", "message.referral.title",
];

/** Variables that nodes set, read from the text itself, so that a new one is known at once. */
export function variablesOf(nodes: readonly Record<string, unknown>[]): string[] {
  const out: string[] = [];
  const add = (value: unknown) => typeof value === "string" && value !== "" && out.push(value);
  for (const node of nodes) {
    if (node.kind === "web" || node.kind === "form") {
      Object.keys((node.save as object | undefined) ?? {}).forEach(add);
      add(node.status);
    } else add(node.save);
    Object.keys((node.parts as object | undefined) ?? {}).forEach(add);
    shopVariables(node).forEach(add);
    if (node.kind === "subflow") Object.keys((node.out as object | undefined) ?? {}).forEach(add);
    if (Array.isArray(node.set)) node.set.forEach((each: { var?: unknown }) => add(each?.var));
  }
  return out;
}

export interface SuggestProps {
  label: ReactNode;
  value: string;
  onChange: (value: string) => void;
  /** A template takes names between braces, an expression anywhere. */
  template?: boolean;
  /** More names, such as secrets where they may stand. */
  more?: { path: string; about: string }[];
  multiline?: boolean;
  mono?: boolean;
  hideLabel?: boolean;
  description?: ReactNode;
  error?: ReactNode;
  placeholder?: string;
  maxLength?: number;
  minRows?: number;
  readOnly?: boolean;
  required?: boolean;
}

/** A field that knows the names that may stand in it and offers them while one types. */
export function Suggest({ label, value, onChange, template = false, more, multiline = false, mono = false, hideLabel = false, description, error, placeholder, maxLength, minRows, readOnly = false, required = false }: SuggestProps) {
  const paths = usePaths();
  const combobox = useCombobox();
  const field = useRef<HTMLTextAreaElement & HTMLInputElement>(null);
  const [spot, setSpot] = useState<{ from: number; typed: string } | null>(null);
  const options = useMemo(() => {
    if (spot === null) return [];
    const typed = spot.typed.toLowerCase();
    return [...paths, ...(more ?? [])].filter((each) => each.path.toLowerCase().includes(typed) && each.path !== spot.typed).slice(0, 8);
  }, [spot, paths, more]);
  const look = (text: string, caret: number) => {
    const next = readOnly ? null : nameAt(text, caret, template);
    setSpot(next);
    // An expression that is empty or between words is left in peace; a "{{" asks for a name.
    if (next === null || (!template && next.typed === "")) combobox.closeDropdown();
    else {
      combobox.openDropdown();
      combobox.selectFirstOption();
    }
  };
  const choose = (path: string) => {
    if (spot === null) return;
    const caret = field.current?.selectionStart ?? spot.from + spot.typed.length;
    const after = value.slice(caret);
    const close = template && !after.trimStart().startsWith("}}") ? "}}" : "";
    const next = `${value.slice(0, spot.from)}${path}${close}${after}`;
    const to = spot.from + path.length + (template ? 2 : 0);
    onChange(next);
    setSpot(null);
    combobox.closeDropdown();
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(to, to);
    });
  };
  const shared = {
    ref: field, value, placeholder, maxLength, readOnly, error, description, required,
    withAsterisk: false,
    label: hideLabel ? undefined : label,
    "aria-label": hideLabel && typeof label === "string" ? label : undefined,
    spellCheck: template,
    styles: mono ? { input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } } : undefined,
    onChange: (event: { currentTarget: HTMLTextAreaElement | HTMLInputElement }) => {
      onChange(event.currentTarget.value);
      look(event.currentTarget.value, event.currentTarget.selectionStart ?? event.currentTarget.value.length);
    },
    onBlur: () => combobox.closeDropdown(),
  };
  return (
    <Combobox store={combobox} onOptionSubmit={choose} position="bottom-start" width={280} withinPortal>
      <Combobox.Target withKeyboardNavigation={spot !== null && options.length > 0 && combobox.dropdownOpened} withExpandedAttribute={false} withAriaAttributes={combobox.dropdownOpened}>
        {multiline ? <Textarea {...shared} autosize minRows={minRows ?? 2} maxRows={14} /> : <TextInput {...shared} />}
      </Combobox.Target>
      <Combobox.Dropdown hidden={options.length === 0}>
        <Combobox.Options mah={240} style={{ overflowY: "auto" }}>
          {options.map((each) => (
            <Combobox.Option key={each.path} value={each.path}>
              <span style={{ fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" }}>{each.path}</span>
              <br />
              <small style={{ opacity: 0.85 }}>{each.about}</small>
            </Combobox.Option>
          ))}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
