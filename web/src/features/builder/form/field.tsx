import { ActionIcon, Autocomplete, Checkbox, Group, NumberInput, Select, TagsInput, Text, TextInput, Tooltip } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { Symbol } from "../canvas/symbol";
import type { Local } from "../contract";
import { asVariable } from "../document/change";
import { anyText, textIn, withText } from "../document/local";
import { reordered } from "../document/path";
import { useDocument, useEditorState, useLanguages } from "../editor/context";
import { useField, useFormLanguage, useTarget } from "./context";
import { Suggest, variablesOf } from "./suggest";

interface Base {
  path: string;
  label: string;
  description?: string;
  placeholder?: string;
  hideLabel?: boolean;
}

/** A short plain text. */
export function Plain({ path, label, description, placeholder, maxLength = 200, clean }: Base & { maxLength?: number; clean?: (typed: string) => string }) {
  const { readOnly } = useTarget();
  const [value, set] = useField<string>(path);
  return (
    <TextInput
      label={label} description={description} placeholder={placeholder} maxLength={maxLength} readOnly={readOnly}
      value={value ?? ""}
      onChange={(event) => {
        const text = clean === undefined ? event.currentTarget.value : clean(event.currentTarget.value);
        set(text === "" ? undefined : text, true);
      }}
    />
  );
}

export function Amount({ path, label, description, min, max, placeholder, suffix }: Base & { min?: number; max?: number; suffix?: string }) {
  const { readOnly } = useTarget();
  const [value, set] = useField<number>(path);
  return (
    <NumberInput
      label={label} description={description} placeholder={placeholder} min={min} max={max} suffix={suffix} readOnly={readOnly} allowNegative={min === undefined || min < 0}
      value={value ?? ""}
      onChange={(next) => set(typeof next === "number" ? next : undefined, true)}
    />
  );
}

export function Tick({ path, label, description }: Base) {
  const { readOnly } = useTarget();
  const [value, set] = useField<boolean>(path);
  return <Checkbox label={label} description={description} disabled={readOnly} checked={value === true} onChange={(event) => set(event.currentTarget.checked ? true : undefined)} />;
}

export function Choose({ path, label, description, data, standard, clearable = false }: Base & { data: { value: string; label: string }[]; standard?: string; clearable?: boolean }) {
  const { readOnly } = useTarget();
  const [value, set] = useField<string | number>(path);
  const now = value === undefined ? (standard ?? null) : String(value);
  const known = now === null || data.some((each) => each.value === now);
  return (
    <Select
      label={label} description={description} readOnly={readOnly} allowDeselect={false} clearable={clearable}
      data={known ? data : [...data, { value: now, label: now }]}
      value={now}
      onChange={(next) => set(next ?? undefined)}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

/** Words with a comma or Enter between them. */
export function Words({ path, label, description, placeholder, most = 50, offered }: Base & { most?: number; offered?: string[] }) {
  const { readOnly } = useTarget();
  const [value, set] = useField<string[]>(path);
  return <TagsInput label={label} description={description} placeholder={placeholder} readOnly={readOnly} data={offered} maxTags={most} maxLength={80} value={value ?? []} onChange={(next) => set(next.length === 0 ? undefined : next)} acceptValueOnBlur comboboxProps={{ withinPortal: true }} />;
}

/** Names of variables, out of those that the flow knows. */
export function Variables({ path, label, description }: Base) {
  return <Words path={path} label={label} description={description} offered={useVariableNames()} />;
}

/** The flow's variables by name: those it begins with, and those its steps set. */
function useVariableNames(): string[] {
  const definition = useEditorState((state) => state.document.definition);
  return [...new Set([...Object.keys(definition.variables ?? {}), ...variablesOf(definition.nodes)])].sort();
}

/** What customers read, in the language that the form speaks now; shows the first language where a translation is missing. */
export function Say({ path, label, description, most, minRows, multiline = true, required = false, hideLabel = false, count }: Base & { most?: number; minRows?: number; multiline?: boolean; required?: boolean; count?: ReactNode }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const { first } = useLanguages();
  const { language } = useFormLanguage();
  const [value, set] = useField<Local>(path);
  const text = textIn(value, language, first);
  const other = language === first ? "" : anyText(value, first);
  const long = most !== undefined && text.length > most;
  const counter = count ?? (most !== undefined && text.length > most * 0.7 ? <Counter now={text.length} most={most} /> : undefined);
  return (
    <Suggest
      label={counter === undefined ? label : <LabelWith label={label}>{counter}</LabelWith>}
      hideLabel={hideLabel}
      description={description}
      template
      multiline={multiline}
      minRows={minRows}
      value={text}
      readOnly={readOnly}
      maxLength={8000}
      required={required}
      placeholder={other === "" ? undefined : other.slice(0, 120)}
      error={long ? t("form.tooLong", { most }) : undefined}
      onChange={(next) => set(withText(value, language, first, next), true)}
    />
  );
}

function LabelWith({ label, children }: { label: string; children: ReactNode }) {
  return (
    <span style={{ display: "flex", justifyContent: "space-between", gap: 8 }}>
      <span>{label}</span>
      {children}
    </span>
  );
}

export function Counter({ now, most }: { now: number; most: number }) {
  return (
    <Text component="span" size="xs" c={now > most ? "var(--p-bad)" : "dimmed"} fw={now > most ? 650 : 400} style={{ fontVariantNumeric: "tabular-nums" }}>
      {now}/{most}
    </Text>
  );
}

/** A template that is not said to customers: a note, an address, a value. */
export function Template({ path, label, description, placeholder, multiline = false, mono = false, more, hideLabel = false }: Base & { multiline?: boolean; mono?: boolean; more?: { path: string; about: string }[] }) {
  const { readOnly } = useTarget();
  const [value, set] = useField<string>(path);
  return <Suggest label={label} hideLabel={hideLabel} description={description} placeholder={placeholder} template multiline={multiline} mono={mono} more={more} readOnly={readOnly} value={value ?? ""} onChange={(next) => set(next === "" ? undefined : next, true)} />;
}

export function Expression({ path, label, description, placeholder, hideLabel = false }: Base) {
  const { readOnly } = useTarget();
  const [value, set] = useField<string>(path);
  return <Suggest label={label} hideLabel={hideLabel} description={description} placeholder={placeholder} mono readOnly={readOnly} value={value ?? ""} onChange={(next) => set(next, true)} />;
}

/** The name of a variable, made of what is typed; those that are known are offered. */
export function Variable({ path, label, description, optional = false, hideLabel = false }: Base & { optional?: boolean }) {
  const { readOnly } = useTarget();
  const [value, set] = useField<string>(path);
  const names = useVariableNames().filter((name) => name !== value);
  return (
    <Autocomplete
      label={hideLabel ? undefined : label} aria-label={hideLabel ? label : undefined} description={description} placeholder="nome_da_variavel" readOnly={readOnly}
      data={names}
      value={value ?? ""}
      onChange={(typed) => {
        const name = asVariable(typed);
        set(name === "" && optional ? undefined : name, true);
      }}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

/** Where a way leads: one of the flow's steps. */
export function Target({ path, label, description, optional = false, placeholder }: Base & { optional?: boolean }) {
  const { t } = useTranslation("builder");
  const { readOnly, name } = useTarget();
  const document = useDocument();
  const [value, set] = useField<string>(path);
  const data = document.definition.nodes.map((node) => node.name);
  const gone = value !== undefined && value !== "" && !data.includes(value);
  return (
    <Select
      label={label} description={description} searchable clearable readOnly={readOnly} nothingFoundMessage={t("editor.nothingFound")}
      placeholder={placeholder ?? (optional ? t("form.byItself") : t("form.chooseStep"))}
      data={[...new Set(gone ? [value, ...data] : data)].map((each) => ({ value: each, label: each === name ? `${each} ↺` : each }))}
      value={value === undefined || value === "" ? null : value}
      error={gone ? t("form.stepGone") : undefined}
      onChange={(next) => set(next ?? (optional ? undefined : ""))}
      comboboxProps={{ withinPortal: true }}
    />
  );
}

/** The tools of one row of a list: up, down, away. */
export function RowTools({ path, index, least = 0, label }: { path: string; index: number; least?: number; label: string }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [list, set] = useField<unknown[]>(path);
  const all = list ?? [];
  if (readOnly) return null;
  const tool = (name: string, icon: string, disabled: boolean, run: () => void) => (
    <Tooltip label={name}>
      <ActionIcon size="sm" aria-label={`${name}: ${label}`} disabled={disabled} onClick={run}>
        <Symbol name={icon} size={15} />
      </ActionIcon>
    </Tooltip>
  );
  return (
    <Group gap={2} wrap="nowrap">
      {tool(t("form.up"), "up", index === 0, () => set(reordered(all, index, index - 1)))}
      <Tooltip label={t("form.down")}>
        <ActionIcon size="sm" aria-label={`${t("form.down")}: ${label}`} disabled={index === all.length - 1} onClick={() => set(reordered(all, index, index + 1))}>
          <Icon name="down" size={15} />
        </ActionIcon>
      </Tooltip>
      {tool(t("form.remove"), "trash", all.length <= least, () => set(all.filter((_, i) => i !== index)))}
    </Group>
  );
}
