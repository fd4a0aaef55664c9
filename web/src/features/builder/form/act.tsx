import { Button, Group, SegmentedControl, Select, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { builder, keys, type FlowNode } from "../contract";
import { asName, asVariable } from "../document/change";
import { useOpened } from "../editor/context";
import { useField, useTarget } from "./context";
import { Amount, Choose, Expression, Plain, RowTools, Target, Template, Variable } from "./field";
import classes from "./form.module.css";
import { More } from "./part";
import { Suggest } from "./suggest";

/** Variables of the conversation and fields of the contact get values. */
export function SetForm() {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [set, putSet] = useField<object[]>("set");
  const [fields, putFields] = useField<object[]>("fields");
  return (
    <>
      {(set ?? []).map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="xs" c="dimmed">
              {t("form.variable")}
            </Text>
            <RowTools path="set" index={i} label={t("form.variable")} />
          </Group>
          <Variable path={`set.${i}.var`} label={t("form.variable")} hideLabel />
          <Expression path={`set.${i}.to`} label={t("form.gets")} description={i === 0 ? t("form.getsText") : undefined} placeholder={'vars.total * 2'} />
        </div>
      ))}
      {(fields ?? []).map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="xs" c="dimmed">
              {t("form.contactField")}
            </Text>
            <RowTools path="fields" index={i} label={t("form.contactField")} />
          </Group>
          <Plain path={`fields.${i}.field`} label={t("form.fieldName")} clean={asVariable} maxLength={40} />
          <Template path={`fields.${i}.to`} label={t("form.gets")} placeholder="{{vars.cidade}}" />
        </div>
      ))}
      {!readOnly && (
        <Group gap="xs">
          <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} onClick={() => putSet([...(set ?? []), { var: "", to: "" }])}>
            {t("form.addVariable")}
          </Button>
          <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} onClick={() => putFields([...(fields ?? []), { field: "", to: "" }])}>
            {t("form.addField")}
          </Button>
        </Group>
      )}
    </>
  );
}

/** Names and values as rows; a name that is being written is kept until it is one. */
export function Pairs({ path, label, from, to, clean, variables = false, more, offered }: { path: string; label: string; from: string; to: string; clean: (typed: string) => string; variables?: boolean; more?: { path: string; about: string }[]; offered?: { value: string; label: string }[] }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [map, set] = useField<Record<string, string>>(path);
  const [fresh, setFresh] = useState<string | null>(null);
  const pairs = Object.entries(map ?? {});
  const write = (next: [string, string][]) => set(next.length === 0 ? undefined : Object.fromEntries(next), true);
  return (
    <div role="group" aria-label={label}>
      <Text size="sm" fw={550} mb={4}>
        {label}
      </Text>
      {pairs.map(([name, value], i) => (
        <Group key={i} gap={6} wrap="nowrap" mb={6} align="flex-start">
          <TextInput
            style={{ flex: "0 0 40%" }} aria-label={from} readOnly={readOnly} value={name} maxLength={80}
            onChange={(event) => {
              const typed = clean(event.currentTarget.value);
              if (typed !== "" && (typed === name || !(typed in (map ?? {})))) write(pairs.map((pair, k) => (k === i ? [typed, pair[1]] : pair)));
            }}
          />
          <div style={{ flex: 1, minWidth: 0 }}>
            {offered !== undefined && <Select aria-label={to} readOnly={readOnly} allowDeselect={false} data={offered} value={value} onChange={(next) => next !== null && write(pairs.map((pair, k) => (k === i ? [pair[0], next] : pair)))} comboboxProps={{ withinPortal: true }} />}
            {offered === undefined && <Suggest label={to} hideLabel template={!variables} mono value={value} readOnly={readOnly} more={more} onChange={(next) => write(pairs.map((pair, k) => (k === i ? [pair[0], next] : pair)))} />}
          </div>
          {!readOnly && (
            <Button variant="subtle" color="gray" px={6} aria-label={`${t("form.remove")}: ${name}`} onClick={() => write(pairs.filter((_, k) => k !== i))}>
              <Icon name="close" size={15} />
            </Button>
          )}
        </Group>
      ))}
      {fresh !== null && (
        <TextInput
          aria-label={from} placeholder={from} autoFocus value={fresh} mb={6} maxLength={80}
          onChange={(event) => setFresh(clean(event.currentTarget.value))}
          onKeyDown={(event) => event.key === "Enter" && event.currentTarget.blur()}
          onBlur={() => {
            if (fresh !== "" && !(fresh in (map ?? {}))) write([...pairs, [fresh, offered?.[0]?.value ?? ""]]);
            setFresh(null);
          }}
        />
      )}
      {!readOnly && fresh === null && (
        <Button variant="subtle" size="compact-xs" leftSection={<Icon name="plus" size={13} />} onClick={() => setFresh("")}>
          {t("form.add")}
        </Button>
      )}
    </div>
  );
}

/** A call of another system, with what is sent and what is kept of the answer. */
export function WebForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const secrets = useQuery({ queryKey: keys.secrets, queryFn: builder.secrets, retry: false });
  const more = (secrets.data?.items ?? []).map((each) => ({ path: `secret.${each.name}`, about: t("form.path.secret") }));
  const method = typeof node.method === "string" ? node.method : "GET";
  return (
    <>
      <Choose path="method" label={t("form.method")} data={["GET", "POST", "PUT", "PATCH", "DELETE"].map((each) => ({ value: each, label: each }))} />
      <Template path="url" label={t("form.url")} description={t("form.urlText")} mono more={more} />
      <Pairs path="headers" label={t("form.headers")} from={t("form.headerName")} to={t("form.value")} clean={(typed) => typed.replace(/[^\w-]/g, "")} more={more} />
      {method !== "GET" && <Template path="body" label={t("form.body")} placeholder={'{"pedido": "{{vars.pedido}}"}'} multiline mono more={more} />}
      <Text size="xs" c="dimmed">
        {t(more.length === 0 ? "form.noSecrets" : "form.secretsText", { example: `{{${more[0]?.path ?? "secret.TOKEN"}}}` })}
      </Text>
      <Pairs path="save" label={t("form.webSave")} from={t("form.variable")} to={t("form.webPath")} clean={asVariable} variables />
      <Text size="xs" c="dimmed">
        {t("form.webSaveText")}
      </Text>
      <More>
        <Variable path="status" label={t("form.webStatus")} optional />
        <Amount path="timeout_seconds" label={t("form.timeout")} min={1} max={30} placeholder="10" />
      </More>
    </>
  );
}

const units = ["seconds", "minutes", "hours", "days"] as const;

/** The conversation rests for a time, or until an hour of the clock. */
export function WaitForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const { put, readOnly } = useTarget();
  const unit = units.find((each) => node[each] !== undefined);
  const mode = node.until !== undefined ? "until" : (unit ?? "minutes");
  const change = (next: string) => {
    const amount = unit === undefined ? 10 : Number(node[unit]) || 10;
    put(mode, undefined);
    put(next, next === "until" ? "09:00" : amount);
  };
  return (
    <>
      <Select label={t("form.waitFor")} readOnly={readOnly} allowDeselect={false} value={mode} onChange={(next) => next !== null && next !== mode && change(next)} data={[...units, "until"].map((each) => ({ value: each, label: t(`form.unit.${each}` as "form.unit.days") }))} comboboxProps={{ withinPortal: true }} />
      {mode === "until" ? (
        <TextInput type="time" label={t("form.untilTime")} readOnly={readOnly} value={typeof node.until === "string" ? node.until : ""} onChange={(event) => put("until", event.currentTarget.value, true)} />
      ) : (
        <Amount path={mode} label={t("form.howMuch")} min={1} max={mode === "days" ? 30 : 10_000} />
      )}
      <Text size="sm" c="dimmed">
        {t("form.waitText")}
      </Text>
    </>
  );
}

function BotSelect({ path, label }: { path: string; label: string }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const { botId } = useOpened();
  const bots = useQuery({ queryKey: keys.bots, queryFn: builder.list });
  const [value, set] = useField<string>(path);
  const data = (bots.data?.items ?? []).filter((bot) => bot.id !== botId && bot.state === "active").map((bot) => ({ value: bot.key, label: bot.name }));
  const known = value === undefined || value === "" || data.some((each) => each.value === value);
  return (
    <Select label={label} searchable readOnly={readOnly} placeholder={t("form.chooseBot")} nothingFoundMessage={t("form.noBots")} data={known ? data : [...data, { value, label: value }]} value={value || null} onChange={(next) => set(next ?? "")} comboboxProps={{ withinPortal: true }} />
  );
}

/** Goes on elsewhere in this flow, or in another bot for good. */
export function JumpForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const { put, readOnly } = useTarget();
  const other = node.flow !== undefined;
  return (
    <>
      <SegmentedControl
        fullWidth size="xs" disabled={readOnly} aria-label={t("form.jumpTo")} value={other ? "flow" : "to"}
        onChange={(next) => {
          put(next === "flow" ? "to" : "flow", undefined);
          put(next, "");
        }}
        data={[{ value: "to", label: t("form.jumpHere") }, { value: "flow", label: t("form.jumpFlow") }]}
      />
      {other ? <BotSelect path="flow" label={t("form.bot")} /> : <Target path="to" label={t("form.leadsTo")} />}
    </>
  );
}

/** Another bot does a part and comes back. */
export function SubflowForm() {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [outcomes, set] = useField<{ name?: string }[]>("outcomes");
  const all = outcomes ?? [];
  return (
    <>
      <BotSelect path="flow" label={t("form.bot")} />
      <Pairs path="in" label={t("form.subIn")} from={t("form.subTheirs")} to={t("form.value")} clean={asVariable} variables />
      <Pairs path="out" label={t("form.subOut")} from={t("form.subOurs")} to={t("form.subTheirs")} clean={asVariable} variables />
      {all.map((outcome, i) => (
        <div key={i} className={classes.row}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="xs" c="dimmed">
              {t("form.outcome")}
            </Text>
            <RowTools path="outcomes" index={i} label={outcome.name ?? ""} />
          </Group>
          <Plain path={`outcomes.${i}.name`} label={t("form.outcomeName")} clean={asName} maxLength={40} />
          <Target path={`outcomes.${i}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      {!readOnly && (
        <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} style={{ alignSelf: "flex-start" }} onClick={() => set([...all, { name: asName(`${t("form.outcome").toLowerCase()}-${all.length + 1}`), next: "" } as { name: string }])}>
          {t("form.addOutcome")}
        </Button>
      )}
    </>
  );
}

export function ReturnForm() {
  const { t } = useTranslation("builder");
  return <Plain path="outcome" label={t("form.returnOutcome")} description={t("form.returnText")} clean={asName} maxLength={40} />;
}
