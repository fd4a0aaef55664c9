import { Badge, Code, Group, Select, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type JourneyStep } from "@/api/operator";
import { spoken } from "@/i18n";
import { Icon, type IconName } from "@/ui/icon";
import { RelativeTime, useNow } from "@/ui/time";
import { DeedButton } from "./deed";
import classes from "./operator.module.css";
import { fieldOf, mendable, noteOf, recorded, shortMoment, stepColours, type Mendable } from "./states";

const marks: Record<JourneyStep["state"], IconName> = { waiting: "clock", due: "right", running: "retry", done: "check", attention: "alert", skipped: "out", canceled: "close" };

/** A step of the way: how it is, what was said against it, when it tries next, and what can be done by hand. */
export function StepItem({ journey, step }: { journey: string; step: JourneyStep }) {
  const { t } = useTranslation("operator");
  const now = useNow();
  const language = spoken();
  const name = t(`step.${step.step as "deal"}`, { defaultValue: step.step });
  const waits = step.state === "due" || step.state === "running" || step.state === "waiting";
  const note = noteOf(step.problem);
  const stepWord = (each: string) => t(`step.${each as "deal"}`, { defaultValue: each });
  const facts = [
    step.attempt > 0 && t("attempts", { count: step.attempt }),
    step.parked && t("parked"),
    waits && !step.parked && step.run_ms > now && t("nextTry", { at: shortMoment(step.run_ms, now, language) }),
    step.state === "running" && step.lease_ms > now && t("runningNow"),
    step.state === "waiting" && step.blocked.length > 0 && t("after", { steps: step.blocked.map(stepWord).join(", ") }),
  ].filter((each): each is string => typeof each === "string");
  return (
    <li className={classes.step} data-step={step.step}>
      <span className={classes.dot} data-state={step.state} data-parked={step.parked || undefined}>
        <Icon name={step.parked ? "clock" : marks[step.state]} size={15} />
      </span>
      <Group gap="sm" mih={26}>
        <Text fw={600}>{name}</Text>
        <Badge color={step.parked ? "honey" : stepColours[step.state]}>{step.parked ? t("stepParked") : t(`stepState.${step.state}`)}</Badge>
        {step.updated_ms > 0 && step.state !== "waiting" && (
          <Text size="xs" c="dimmed">
            <RelativeTime ms={step.updated_ms} />
          </Text>
        )}
      </Group>
      {facts.length > 0 && (
        <Text size="sm" c="dimmed">
          {facts.join(" · ")}
        </Text>
      )}
      {step.problem !== "" && (
        <div className={classes.problem} data-mild={step.state !== "attention" || undefined}>
          {step.field !== "" && (
            <strong>
              {t(`mend.${step.field as "name"}`, { defaultValue: step.field })}
              {": "}
            </strong>
          )}
          {note === undefined ? step.problem : t(`note.${note}`)}
        </div>
      )}
      {step.output !== "" && (
        <Text size="sm" style={{ overflowWrap: "anywhere" }}>
          {t("output")} <Code>{step.output}</Code>
        </Text>
      )}
      {Object.keys(step.mended).length > 0 && (
        <Text size="sm" c="dimmed">
          {t("mended", { fields: Object.keys(step.mended).map((field) => t(`mend.${field as "name"}`, { defaultValue: field })).join(", ") })}
        </Text>
      )}
      <Group gap="xs" mt={4}>
        {step.actions.includes("retry") && (
          <DeedButton label={t("act.retry")} name={t("actOn", { action: t("act.retry"), step: name })} title={t("actOn", { action: t("act.retry"), step: name })} text={t("actText.retry")} run={(reason) => operator.journeys.retry(journey, step.step, reason, {})} />
        )}
        {step.actions.includes("mend") && <MendButton journey={journey} step={step} name={name} />}
        {step.actions.includes("done") && <FinishButton journey={journey} step={step} name={name} />}
        {step.actions.includes("skip") && (
          <DeedButton label={t("act.skip")} name={t("actOn", { action: t("act.skip"), step: name })} title={t("actOn", { action: t("act.skip"), step: name })} text={t("actText.skip")} grave run={(reason) => operator.journeys.skip(journey, step.step, reason)} />
        )}
      </Group>
    </li>
  );
}

function MendButton({ journey, step, name }: { journey: string; step: JourneyStep; name: string }) {
  const { t } = useTranslation("operator");
  const [field, setField] = useState<Mendable>(() => fieldOf(step));
  const [value, setValue] = useState("");
  return (
    <DeedButton
      label={t("act.mend")}
      name={t("actOn", { action: t("act.mend"), step: name })}
      title={t("actOn", { action: t("act.mend"), step: name })}
      text={t("actText.mend")}
      ready={value.trim() !== ""}
      run={(reason) => operator.journeys.retry(journey, step.step, reason, { [field]: value.trim() })}
    >
      <Select label={t("mendField")} data={mendable.map((each) => ({ value: each, label: t(`mend.${each}`) }))} value={field} onChange={(chosen) => setField((chosen ?? field) as Mendable)} allowDeselect={false} />
      <TextInput label={t("mendValue")} value={value} maxLength={200} onChange={(event) => setValue(event.currentTarget.value)} data-autofocus />
    </DeedButton>
  );
}

function FinishButton({ journey, step, name }: { journey: string; step: JourneyStep; name: string }) {
  const { t } = useTranslation("operator");
  const [external, setExternal] = useState("");
  const needs = recorded.includes(step.step);
  return (
    <DeedButton
      label={t("act.done")}
      name={t("actOn", { action: t("act.done"), step: name })}
      title={t("actOn", { action: t("act.done"), step: name })}
      text={t("actText.done")}
      ready={!needs || external.trim() !== ""}
      run={(reason) => operator.journeys.finish(journey, step.step, reason, external.trim())}
    >
      {needs && <TextInput label={t("externalId")} description={t("externalIdText")} value={external} maxLength={200} onChange={(event) => setExternal(event.currentTarget.value)} data-autofocus />}
    </DeedButton>
  );
}
