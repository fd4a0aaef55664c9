import { ActionIcon, Button, Chip, Group, Stack, Text, TextInput } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { Symbol } from "../canvas/symbol";
import type { FlowNode } from "../contract";
import { asName } from "../document/change";
import { Condition } from "./condition";
import { useField, useTarget } from "./context";
import { Amount, Choose, Expression, Plain, RowTools, Target, Tick, Words } from "./field";
import classes from "./form.module.css";
import { More } from "./part";

function Add({ label, onClick }: { label: string; onClick: () => void }) {
  const { readOnly } = useTarget();
  if (readOnly) return null;
  return (
    <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} onClick={onClick} style={{ alignSelf: "flex-start" }}>
      {label}
    </Button>
  );
}

/** Ways that are taken when something holds; the first that does wins. */
export function ConditionForm() {
  const { t } = useTranslation("builder");
  const [cases, set] = useField<object[]>("cases");
  const all = cases ?? [];
  return (
    <>
      <Text size="sm" c="dimmed">
        {t("form.casesText")}
      </Text>
      {all.map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="xs" c="dimmed">
              {t(i === 0 ? "form.when" : "form.elseWhen")}
            </Text>
            <RowTools path="cases" index={i} least={1} label={t("form.caseNumber", { number: i + 1 })} />
          </Group>
          <Condition path={`cases.${i}.when`} label={t("form.caseNumber", { number: i + 1 })} />
          <Plain path={`cases.${i}.name`} label={t("form.caseName")} placeholder={t("form.caseNameHint")} maxLength={60} />
          <Target path={`cases.${i}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      <Add label={t("form.addCase")} onClick={() => set([...all, { when: "", next: "" }])} />
      <Target path="else" label={t("form.else")} />
    </>
  );
}

/** One value, and a way for each thing that it may be. */
export function SwitchForm() {
  const { t } = useTranslation("builder");
  const [cases, set] = useField<object[]>("cases");
  const all = cases ?? [];
  return (
    <>
      <Expression path="on" label={t("form.switchOn")} description={t("form.switchOnText")} placeholder="vars.cidade" />
      {all.map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="xs" c="dimmed">
              {t("form.caseNumber", { number: i + 1 })}
            </Text>
            <RowTools path="cases" index={i} least={1} label={t("form.caseNumber", { number: i + 1 })} />
          </Group>
          <Words path={`cases.${i}.values`} label={t("form.values")} description={i === 0 ? t("form.valuesText") : undefined} />
          <Plain path={`cases.${i}.name`} label={t("form.caseName")} maxLength={60} />
          <Target path={`cases.${i}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      <Add label={t("form.addCase")} onClick={() => set([...all, { values: [], next: "" }])} />
      <Target path="else" label={t("form.else")} />
    </>
  );
}

const days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"] as const;
const zones = ["America/Sao_Paulo", "America/Manaus", "America/Cuiaba", "America/Rio_Branco", "America/Noronha", "America/Fortaleza", "America/Recife", "America/Belem", "America/Bahia"];

/** The week of the company: when somebody is there, and the days that are different. */
export function HoursForm() {
  const { t } = useTranslation("builder");
  const { readOnly, put } = useTarget();
  const [week] = useField<Partial<Record<(typeof days)[number], string[][]>>>("week");
  return (
    <>
      <div className={classes.week} role="group" aria-label={t("form.week")}>
        {days.map((day) => {
          const spans = week?.[day] ?? [];
          const write = (next: string[][]) => put(`week.${day}`, next.length === 0 ? undefined : next);
          return (
            <div key={day} className={classes.day}>
              <Chip size="xs" disabled={readOnly} checked={spans.length > 0} onChange={(on) => write(on ? [["09:00", "18:00"]] : [])}>
                {t(`form.day.${day}`)}
              </Chip>
              <Stack gap={4} style={{ flex: 1 }}>
                {spans.length === 0 && (
                  <Text size="sm" c="dimmed" py={3}>
                    {t("form.closedDay")}
                  </Text>
                )}
                {spans.map((span, i) => (
                  <Group key={i} gap={5} wrap="nowrap">
                    {[0, 1].map((end) => (
                      <TextInput
                        key={end} type="time" size="xs" readOnly={readOnly} style={{ flex: 1 }}
                        aria-label={`${t(`form.dayLong.${day}`)}: ${t(end === 0 ? "form.opens" : "form.closes")}`}
                        value={span[end] ?? ""}
                        onChange={(event) => {
                          const value = event.currentTarget.value;
                          write(spans.map((each, k) => (k === i ? (end === 0 ? [value, each[1] ?? ""] : [each[0] ?? "", value]) : each)));
                        }}
                      />
                    ))}
                    {!readOnly && (
                      <ActionIcon size="sm" aria-label={`${t(`form.dayLong.${day}`)}: ${t(i === 0 ? "form.addSpan" : "form.remove")}`} onClick={() => write(i === 0 ? [...spans, ["14:00", "18:00"]] : spans.filter((_, k) => k !== i))} disabled={i === 0 && spans.length > 3}>
                        {i === 0 ? <Icon name="plus" size={14} /> : <Symbol name="trash" size={14} />}
                      </ActionIcon>
                    )}
                  </Group>
                ))}
              </Stack>
            </div>
          );
        })}
        {!readOnly && (
          <Button variant="subtle" size="compact-xs" style={{ alignSelf: "flex-start" }} onClick={() => put("week", { ...week, ...Object.fromEntries(days.slice(0, 5).map((day) => [day, week?.mon ?? [["09:00", "18:00"]]])) })}>
            {t("form.copyMonday")}
          </Button>
        )}
      </div>
      <Choose path="holidays" label={t("form.holidays")} standard="none" data={[{ value: "br", label: t("form.holidaysBr") }, { value: "none", label: t("form.holidaysNone") }]} />
      <Tick path="optional_days" label={t("form.optionalDays")} />
      <More label={t("form.specialDays")}>
        <Days path="closed_days" label={t("form.closedDays")} />
        <Days path="open_days" label={t("form.openDays")} />
        <Choose path="zone" label={t("form.zone")} clearable data={zones.map((zone) => ({ value: zone, label: zone.replace("America/", "").replace("_", " ") }))} />
      </More>
      <Target path="open" label={t("form.open")} />
      <Target path="closed" label={t("form.closed")} />
    </>
  );
}

/** Single days, as a list. */
function Days({ path, label }: { path: string; label: string }) {
  const { t, i18n } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [list, set] = useField<string[]>(path);
  const all = list ?? [];
  const spell = (day: string) => {
    const date = new Date(`${day}T12:00:00`);
    return Number.isNaN(date.getTime()) ? day : new Intl.DateTimeFormat(i18n.language, { day: "numeric", month: "short", year: "numeric" }).format(date);
  };
  return (
    <div>
      {!readOnly && (
        <TextInput
          type="date" label={label} value=""
          onChange={(event) => {
            const day = event.currentTarget.value;
            if (/^20\d\d-\d\d-\d\d$/.test(day) && !all.includes(day)) set([...all, day].sort());
          }}
        />
      )}
      <Group gap={6} mt={6}>
        {all.map((day) => (
          <Button key={day} variant="light" color="gray" size="compact-xs" rightSection={readOnly ? undefined : <Icon name="close" size={12} />} aria-label={t("form.removeDay", { day: spell(day) })} onClick={() => !readOnly && set(all.length === 1 ? undefined : all.filter((each) => each !== day))}>
            {spell(day)}
          </Button>
        ))}
      </Group>
    </div>
  );
}

/** Some customers one way, some the other; the same customer always the same. */
export function SplitForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const [arms, set] = useField<{ name?: string; weight?: number }[]>("arms");
  const all = arms ?? [];
  const sum = all.reduce((total, arm) => total + (arm.weight ?? 0), 0);
  return (
    <>
      <Text size="sm" c="dimmed">
        {t("form.splitText")}
      </Text>
      {all.map((arm, i) => (
        <div key={i} className={classes.row}>
          <Group justify="space-between" wrap="nowrap">
            <Text size="xs" c="dimmed">
              {sum === 0 ? "" : t("form.share", { percent: Math.round(((arm.weight ?? 0) / sum) * 100) })}
            </Text>
            <RowTools path="arms" index={i} least={2} label={arm.name ?? node.name} />
          </Group>
          <Group grow align="flex-start">
            <Plain path={`arms.${i}.name`} label={t("form.armName")} clean={asName} maxLength={40} />
            <Amount path={`arms.${i}.weight`} label={t("form.weight")} min={0} max={1000} />
          </Group>
          <Target path={`arms.${i}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      <Add label={t("form.addArm")} onClick={() => set([...all, { name: String.fromCharCode(97 + (all.length % 26)), weight: 50, next: "" } as { name: string; weight: number }])} />
    </>
  );
}
