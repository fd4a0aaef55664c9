import { ActionIcon, Autocomplete, Button, Group, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Symbol } from "../canvas/symbol";
import { operators, readPlain, writePlain, type Operator, type Plain, type Row } from "../document/condition";
import { useField, useTarget } from "./context";
import { Expression } from "./field";
import classes from "./form.module.css";
import { usePaths } from "./suggest";

/** A condition in plain words: what, how, with what. As text where it says more than that. */
export function Condition({ path, label }: { path: string; label: string }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [source, set] = useField<string>(path);
  const paths = usePaths();
  const read = readPlain(source ?? "");
  const [asText, setAsText] = useState(false);
  // Rows that are being filled in say nothing yet; they are kept here, beside what was written of the others.
  const [draft, setDraft] = useState<{ of: string; rows: Row[] } | null>(null);
  if (read === null || asText) {
    return (
      <Stack gap={4}>
        <Expression path={path} label={label} hideLabel placeholder={'vars.pedido > 100 and contact.name != ""'} description={read === null ? t("form.conditionLong") : undefined} />
        {read !== null && (
          <Button variant="subtle" size="compact-xs" className={classes.left} onClick={() => setAsText(false)}>
            {t("form.conditionPlain")}
          </Button>
        )}
      </Stack>
    );
  }
  const rows = draft !== null && draft.of === (source ?? "") ? draft.rows : read.rows;
  const shown: Row[] = rows.length === 0 ? [blank] : rows;
  const write = (next: Row[], join: Plain["join"] = read.join) => {
    const text = writePlain({ join, rows: next.filter(isWhole) });
    setDraft({ of: text, rows: next });
    set(text, true);
  };
  const change = (i: number, part: Partial<Row>) => write(shown.map((row, k) => (k === i ? { ...row, ...part } : row)));
  return (
    <div role="group" aria-label={label} className={classes.condition}>
      {shown.map((row, i) => (
        <div key={i} className={classes.conditionRow}>
          {i > 0 && (
            <SegmentedControl
              size="xs" className={classes.left} disabled={readOnly} aria-label={t("form.join")}
              value={read.join}
              onChange={(join) => write(shown, join as Plain["join"])}
              data={[{ value: "and", label: t("form.and") }, { value: "or", label: t("form.or") }]}
            />
          )}
          <Group gap={6} wrap="nowrap" align="flex-start">
            <Autocomplete
              selectFirstOptionOnChange style={{ flex: 1, minWidth: 0 }} aria-label={t("form.what")} placeholder={t("form.what")} readOnly={readOnly}
              value={row.path} onChange={(next) => change(i, { path: next.trim() })}
              data={paths.map((each) => each.path)} comboboxProps={{ withinPortal: true, width: 240, position: "bottom-start" }}
            />
            {!readOnly && (shown.length > 1 || row.path !== "") && (
              <ActionIcon aria-label={t("form.remove")} onClick={() => write(shown.filter((_, k) => k !== i))}>
                <Symbol name="trash" size={16} />
              </ActionIcon>
            )}
          </Group>
          <Group gap={6} wrap="nowrap">
            <Select
              style={{ flex: "0 0 46%" }} aria-label={t("form.how")} readOnly={readOnly} allowDeselect={false}
              data={operators.map((each) => ({ value: each, label: t(`form.operator.${name(each)}` as "form.operator.eq") }))}
              value={row.operator} onChange={(next) => change(i, { operator: (next ?? "==") as Operator })} comboboxProps={{ withinPortal: true }}
            />
            {row.operator !== "set" && row.operator !== "unset" && (
              <TextInput style={{ flex: 1 }} aria-label={t("form.value")} placeholder={t("form.value")} readOnly={readOnly} maxLength={200} value={row.value} onChange={(event) => change(i, { value: event.currentTarget.value })} />
            )}
          </Group>
        </div>
      ))}
      {!readOnly && (
        <Group gap="xs">
          <Button variant="subtle" size="compact-xs" onClick={() => write([...shown, blank])}>
            {t("form.addCondition")}
          </Button>
          <Button variant="subtle" size="compact-xs" color="gray" onClick={() => setAsText(true)}>
            {t("form.advanced")}
          </Button>
        </Group>
      )}
    </div>
  );
}

const blank: Row = { path: "", operator: "==", value: "" };

const isWhole = (row: Row) => /^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$/.test(row.path) && (row.operator === "set" || row.operator === "unset" || row.value !== "");

const names: Record<Operator, string> = { "==": "eq", "!=": "ne", ">": "gt", ">=": "ge", "<": "lt", "<=": "le", contains: "contains", startsWith: "startsWith", set: "set", unset: "unset" };
const name = (operator: Operator) => names[operator];
