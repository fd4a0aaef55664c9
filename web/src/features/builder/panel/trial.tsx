import { ActionIcon, Alert, Badge, Button, Group, Menu, Modal, NumberInput, Progress, Skeleton, Stack, Text, TextInput, Textarea } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState } from "@/ui/state";
import { builder, type Failure, type FlowTest, type TestResult, type TestRun } from "../contract";
import type { PanelProps } from "../document/port";
import classes from "./panel.module.css";

/** The flow's own tests: they keep a draft from being published while one fails. */
export function TestPanel({ document, onPaint, onShow }: PanelProps & { onShow: (test: FlowTest) => void }) {
  const { t } = useTranslation("builder");
  const say = useProblemText();
  const { tests } = document;
  const ran = useRef<FlowTest[] | null>(null);
  const [editing, setEditing] = useState<number | null>(null);
  const run = useMutation({
    mutationFn: () => builder.runTests(document.botId, { definition: document.definition, tests }),
    onSuccess: (outcome) => {
      ran.current = tests;
      onPaint({ kind: "coverage", ...outcome.coverage });
    },
    onError: (error) => notify.bad(say(error)),
  });
  useEffect(() => () => onPaint(null), [onPaint]);
  const outcome = run.data;
  const results = new Map((outcome?.results ?? []).map((result) => [result.name, result]));
  const put = (next: FlowTest[]) => document.setTests(next);
  return (
    <div className={classes.body}>
      <Text size="sm" c="dimmed">
        {t("test.text")}
      </Text>
      {tests.length === 0 ? (
        <EmptyState icon="check" title={t("test.empty")} text={t("test.emptyText")} />
      ) : (
        <>
          <Group gap="sm">
            <Button size="compact-sm" onClick={() => run.mutate()} loading={run.isPending} leftSection={<Icon name="play" size={16} />}>
              {t("test.runAll", { count: tests.length })}
            </Button>
            {outcome !== undefined && (
              <Badge size="lg" color={outcome.failed === 0 ? "leaf" : "brick"} role="status">
                {outcome.failed === 0 ? t("test.allPassed", { count: outcome.passed }) : t("test.someFailed", { count: outcome.failed })}
              </Badge>
            )}
          </Group>
          {outcome !== undefined && <Cover document={document} outcome={outcome} />}
          <ul className={classes.lines}>
            {tests.map((test, i) => (
              <Line
                key={test.name}
                test={test}
                result={results.get(test.name)}
                locked={document.readOnly}
                onShow={() => onShow(test)}
                onEdit={() => setEditing(i)}
                onDrop={() => put(tests.toSpliced(i, 1))}
              />
            ))}
          </ul>
        </>
      )}
      <Explore document={document} onPaint={onPaint} onShow={onShow} />
      {editing !== null && tests[editing] !== undefined && (
        <Edit
          test={tests[editing]}
          taken={tests.filter((_, i) => i !== editing).map((test) => test.name)}
          onClose={() => setEditing(null)}
          onSave={(test) => {
            put(tests.with(editing, test));
            setEditing(null);
          }}
        />
      )}
    </div>
  );
}

/** How much of the flow the tests walk through, in words beside the paint. */
function Cover({ document, outcome }: { document: PanelProps["document"]; outcome: TestRun }) {
  const { t } = useTranslation("builder");
  const names = document.definition.nodes.map((node) => node.name);
  const missed = names.filter((name) => (outcome.coverage.nodes[name] ?? 0) === 0);
  const share = names.length === 0 ? 0 : Math.round((100 * (names.length - missed.length)) / names.length);
  return (
    <div>
      <Text size="sm" id="test-coverage">
        {t("test.coverage", { share, count: names.length })}
      </Text>
      <Progress value={share} color={share === 100 ? "leaf" : "plum"} size="sm" mt={4} aria-label={t("test.coverage", { share, count: names.length })} />
      {missed.length > 0 && (
        <div className={classes.chips}>
          <Text size="xs" c="dimmed">
            {t("test.missed")}
          </Text>
          {missed.slice(0, 12).map((name) => (
            <button key={name} type="button" className={classes.chip} onClick={() => document.select(name)}>
              {name}
            </button>
          ))}
          {missed.length > 12 && <Text size="xs">+{missed.length - 12}</Text>}
        </div>
      )}
    </div>
  );
}

function Line({ test, result, locked, onShow, onEdit, onDrop }: { test: FlowTest; result: TestResult | undefined; locked: boolean; onShow: () => void; onEdit: () => void; onDrop: () => void }) {
  const { t } = useTranslation("builder");
  return (
    <li data-failed={result?.passed === false || undefined}>
      <Group gap="xs" wrap="nowrap">
        <span className={classes.mark} data-state={result === undefined ? "none" : result.passed ? "good" : "bad"} role="img" aria-label={t(result === undefined ? "test.notRun" : result.passed ? "test.passed" : "test.failed")}>
          <Icon name={result === undefined ? "clock" : result.passed ? "check" : "close"} size={15} />
        </span>
        <Text size="sm" fw={600} style={{ flex: 1, overflowWrap: "anywhere" }}>
          {test.name}
        </Text>
        <Text size="xs" c="dimmed">
          {t("test.steps", { count: test.steps.length })}
        </Text>
        <Menu position="bottom-end" width={210} withinPortal>
          <Menu.Target>
            <ActionIcon size="md" aria-label={t("test.actions", { name: test.name })}>
              <Icon name="more" size={17} />
            </ActionIcon>
          </Menu.Target>
          <Menu.Dropdown>
            <Menu.Item leftSection={<Icon name="play" size={16} />} onClick={onShow}>
              {t("test.show")}
            </Menu.Item>
            {!locked && (
              <>
                <Menu.Item leftSection={<Icon name="note" size={16} />} onClick={onEdit}>
                  {t("test.edit")}
                </Menu.Item>
                <Menu.Item leftSection={<Icon name="close" size={16} />} color="brick" onClick={onDrop}>
                  {t("test.drop")}
                </Menu.Item>
              </>
            )}
          </Menu.Dropdown>
        </Menu>
      </Group>
      {result?.passed === false && (
        <div className={classes.failed}>
          <Text size="sm">{result.sentence}</Text>
          {(result.expected !== "" || result.got !== "") && (
            <dl>
              <dt>{t("test.step", { number: result.step + 1 })}</dt>
              <dd />
              <dt>{t("test.expected")}</dt>
              <dd>{result.expected || "—"}</dd>
              <dt>{t("test.got")}</dt>
              <dd>{result.got || "—"}</dd>
            </dl>
          )}
          <Button size="compact-xs" variant="default" onClick={onShow}>
            {t("test.show")}
          </Button>
        </div>
      )}
    </li>
  );
}

/** Names and steps. The steps are text, since whoever changes them by hand knows what they do. */
function Edit({ test, taken, onClose, onSave }: { test: FlowTest; taken: string[]; onClose: () => void; onSave: (test: FlowTest) => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const [name, setName] = useState(test.name);
  const [steps, setSteps] = useState(() => JSON.stringify(test.steps, null, 2));
  const clean = name.trim();
  const nameError = clean === "" ? t("test.nameNeeded") : taken.includes(clean) ? t("test.nameTaken") : null;
  const parsed = stepsIn(steps);
  return (
    <Modal opened onClose={onClose} title={t("test.edit")} size="lg" closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (nameError === null && parsed !== null) onSave({ ...test, name: clean, steps: parsed });
        }}
      >
        <Stack>
          <TextInput label={t("test.name")} value={name} onChange={(event) => setName(event.currentTarget.value)} error={nameError} maxLength={80} data-autofocus />
          <Textarea
            label={t("test.stepsLabel")}
            description={t("test.stepsText")}
            autosize
            minRows={8}
            maxRows={20}
            value={steps}
            onChange={(event) => setSteps(event.currentTarget.value)}
            error={parsed === null ? t("test.stepsBad") : null}
            spellCheck={false}
            styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
          />
          <Button type="submit" disabled={nameError !== null || parsed === null}>
            {t("common:save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function stepsIn(text: string): FlowTest["steps"] | null {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every((step) => typeof step === "object" && step !== null && !Array.isArray(step)) ? (value as FlowTest["steps"]) : null;
  } catch {
    return null;
  }
}

const batch = 50;

/** Customers that nobody wrote: wrong answers, silence, old buttons. What they break is kept as a short conversation. */
function Explore({ document, onShow }: PanelProps & { onShow: (test: FlowTest) => void }) {
  const { t } = useTranslation("builder");
  const say = useProblemText();
  const [runs, setRuns] = useState(200);
  const [done, setDone] = useState(0);
  const stop = useRef(false);
  useEffect(
    () => () => {
      stop.current = true;
    },
    [],
  );
  const explore = useMutation({
    // In batches, so that progress is seen and can be stopped.
    mutationFn: async () => {
      stop.current = false;
      setDone(0);
      const found: Failure[] = [];
      const first = Math.floor(Math.random() * 1_000_000);
      for (let made = 0; made < runs && !stop.current; made += batch) {
        const part = await builder.explore(document.botId, { definition: document.definition, runs: Math.min(batch, runs - made), seed: first + made });
        for (const failure of part.failures) if (!found.some((each) => each.sentence === failure.sentence)) found.push(failure);
        setDone(Math.min(runs, made + batch));
      }
      return found;
    },
    onError: (error) => notify.bad(say(error)),
  });
  const names = new Set(document.tests.map((test) => test.name));
  return (
    <section className={classes.section}>
      <h2>{t("test.explore")}</h2>
      <Text size="sm" c="dimmed">
        {t("test.exploreText")}
      </Text>
      <Group gap="sm" align="flex-end">
        <NumberInput size="xs" w={110} label={t("test.customers")} value={runs} min={50} max={2000} step={50} onChange={(value) => setRuns(Math.max(50, Math.min(2000, Number(value) || 50)))} disabled={explore.isPending} />
        <Button size="compact-sm" variant="light" onClick={() => explore.mutate()} disabled={explore.isPending}>
          {t("test.exploreNow")}
        </Button>
        {explore.isPending && (
          <Button size="compact-sm" variant="subtle" color="gray" onClick={() => (stop.current = true)}>
            {t("test.stop")}
          </Button>
        )}
      </Group>
      {explore.isPending && <Progress value={(100 * done) / runs} size="sm" aria-label={t("test.exploring", { done, all: runs })} />}
      {explore.isPending && <Skeleton height={40} />}
      {explore.isSuccess && explore.data.length === 0 && (
        <Alert color="leaf" icon={<Icon name="check" />} role="status">
          {t("test.noneBroke", { count: done })}
        </Alert>
      )}
      {explore.isSuccess && explore.data.length > 0 && (
        <ul className={classes.lines}>
          {explore.data.map((failure, i) => (
            <li key={i} data-failed>
              <Text size="sm" fw={550}>
                {failure.sentence}
              </Text>
              <ol className={classes.transcript}>
                {failure.transcript.map((line, k) => (
                  <li key={k}>{line}</li>
                ))}
              </ol>
              <Group gap="xs">
                <Button size="compact-xs" variant="default" onClick={() => onShow(failure.test)}>
                  {t("test.show")}
                </Button>
                {!document.readOnly && (
                  <Button size="compact-xs" variant="default" disabled={names.has(failure.test.name)} onClick={() => document.setTests([...document.tests, failure.test])}>
                    {t(names.has(failure.test.name) ? "test.kept" : "test.keep")}
                  </Button>
                )}
              </Group>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
