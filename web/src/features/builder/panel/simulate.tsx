import { ActionIcon, Alert, Button, Group, Modal, NumberInput, Popover, SegmentedControl, Select, Stack, Switch, Text, Textarea, TextInput, Tooltip } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Channel } from "@/api/types";
import { channelNames } from "@/ui/channel-mark";
import { relativeTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import type { Simulated } from "../contract";
import type { PanelProps } from "../document/port";
import { Inspector } from "./inspector";
import classes from "./panel.module.css";
import { Phone } from "./phone";
import type { Simulation } from "./running";
import { answerOf, record, trailOf, type Move, type Person } from "./simulation";

const channels: Channel[] = ["whatsapp", "telegram", "messenger", "instagram"];

/** The draft as it is now, on the phones of a customer, two channels side by side. Nothing is sent and nobody is called. */
export function SimulatePanel({ document, onPaint, simulation }: PanelProps & { simulation: Simulation }) {
  const { t, i18n } = useTranslation("builder");
  const say = useProblemText();
  const { seen, at, length, busy, sides } = simulation;
  const [front, setFront] = useState<0 | 1>(0);
  const [saving, setSaving] = useState(false);
  const last = seen.at(-1)?.got;
  const keep = useMutation({
    mutationFn: (name: string) => record(name, simulation.table, seen),
    onSuccess: (test) => {
      document.setTests([...document.tests, test]);
      setSaving(false);
      notify.good(t("simulate.savedTest", { name: test.name }));
    },
    onError: (error) => notify.bad(say(error)),
  });
  const passed = trailOf(seen);
  const stand = last?.node ?? "";
  const painted = JSON.stringify([passed, stand]);
  useEffect(() => {
    const [all, node] = JSON.parse(painted) as [typeof passed, string];
    onPaint(all.length === 0 && node === "" ? null : { kind: "trail", passed: all, at: node });
  }, [painted, onPaint]);

  return (
    <div className={classes.simulate}>
      <Group gap={6} className={classes.tools}>
        <Tooltip label={t("simulate.restart")}>
          <ActionIcon onClick={simulation.restart} disabled={length === 0} aria-label={t("simulate.restart")}>
            <Icon name="retry" size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("simulate.back")}>
          <ActionIcon onClick={() => simulation.look(at - 1)} disabled={at === 0 || busy} aria-label={t("simulate.back")}>
            <Icon name="back" size={18} />
          </ActionIcon>
        </Tooltip>
        <Tooltip label={t("simulate.forth")}>
          <ActionIcon onClick={() => simulation.look(at + 1)} disabled={at >= length || busy} aria-label={t("simulate.forth")}>
            <Icon name="back" size={18} style={{ transform: "scaleX(-1)" }} />
          </ActionIcon>
        </Tooltip>
        {length > 0 && (
          <Text size="xs" c="dimmed">
            {t("simulate.turn", { at, all: length })}
          </Text>
        )}
        <span className={classes.space} />
        <Who person={simulation.person} languages={document.definition.languages} onChange={simulation.setPerson} />
        {!document.readOnly && (
          <Button size="compact-sm" variant="light" disabled={at === 0} onClick={() => setSaving(true)} leftSection={<Icon name="check" size={15} />}>
            {t("simulate.saveTest")}
          </Button>
        )}
      </Group>
      {simulation.stale && (
        <Alert color="honey" p="xs" className={classes.notice}>
          <Group justify="space-between" gap="xs">
            <Text size="sm">{t("simulate.changed")}</Text>
            <Button size="compact-xs" variant="default" onClick={simulation.repeat}>
              {t("simulate.repeat")}
            </Button>
          </Group>
        </Alert>
      )}
      <SegmentedControl
        className={classes.sideTabs}
        size="xs"
        fullWidth
        value={String(front)}
        onChange={(value) => setFront(value === "1" ? 1 : 0)}
        aria-label={t("simulate.which")}
        data={sides.map((channel, i) => ({ value: String(i), label: channelNames[channel] }))}
      />
      <div className={classes.phones} data-front={front}>
        {([0, 1] as const).map((side) => (
          <Phone
            key={side}
            channel={sides[side]}
            name={document.botName}
            moments={seen}
            busy={busy}
            onMove={simulation.move}
            tools={
              <Select
                size="xs"
                w={116}
                className={classes.channelPick}
                value={sides[side]}
                onChange={(value) => value !== null && simulation.swap(side, value as Channel)}
                data={channels.filter((channel) => channel === sides[side] || !sides.includes(channel)).map((channel) => ({ value: channel, label: channelNames[channel] }))}
                allowDeselect={false}
                aria-label={t("simulate.channelOf", { number: side + 1 })}
              />
            }
          />
        ))}
      </div>
      {last?.timer !== undefined && last.status === "waiting" && (
        <Group gap="xs" className={classes.notice}>
          <Icon name="clock" size={17} />
          <Text size="sm" style={{ flex: 1 }}>
            {t("simulate.timer", { when: relativeTime(last.timer.at_ms, seen.at(-1)?.nowMs ?? 0, i18n.language) })}
          </Text>
          <Button size="compact-xs" variant="default" disabled={busy} onClick={() => simulation.move({ kind: "time" })}>
            {t("simulate.letPass")}
          </Button>
        </Group>
      )}
      {last?.ask !== undefined && <Answer key={last.ask.id} ask={last.ask} busy={busy} onAnswer={simulation.move} />}
      <Inspector last={last} changed={seen.at(-1)?.changed ?? []} passed={seen.at(-1)?.got.trail ?? []} onNode={(node) => document.select(node)} />
      {saving && (
        <SaveTest
          taken={document.tests.map((test) => test.name)}
          busy={keep.isPending}
          onClose={() => setSaving(false)}
          onSave={(name) => keep.mutate(name)}
        />
      )}
    </div>
  );
}

function Who({ person, languages, onChange }: { person: Person; languages: string[]; onChange: (person: Person) => void }) {
  const { t } = useTranslation("builder");
  return (
    <Popover width={260} trapFocus returnFocus position="bottom-end" withinPortal>
      <Popover.Target>
        <Button size="compact-sm" variant="subtle" color="gray" leftSection={<Icon name="person" size={15} />}>
          {person.name === "" ? t("simulate.noName") : person.name}
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <Stack gap="xs">
          <TextInput label={t("simulate.name")} size="xs" value={person.name} maxLength={80} onChange={(event) => onChange({ ...person, name: event.currentTarget.value })} />
          <Select label={t("simulate.language")} size="xs" comboboxProps={{ withinPortal: false }} value={person.language} data={[...new Set([...languages, person.language])]} allowDeselect={false} onChange={(value) => value !== null && onChange({ ...person, language: value })} />
          <Text size="xs" c="dimmed">
            {t("simulate.whoText")}
          </Text>
        </Stack>
      </Popover.Dropdown>
    </Popover>
  );
}

/** The open web call is answered by hand: the simulation calls nobody. */
function Answer({ ask, busy, onAnswer }: { ask: NonNullable<Simulated["ask"]>; busy: boolean; onAnswer: (move: Move) => void }) {
  const { t } = useTranslation("builder");
  const [came, setCame] = useState(true);
  const [status, setStatus] = useState<number>(200);
  const [body, setBody] = useState("{}");
  const request = ask.request as { method?: string; url?: string } | null;
  const parsed = parse(body);
  return (
    <form
      className={classes.ask}
      aria-label={t("simulate.ask")}
      onSubmit={(event) => {
        event.preventDefault();
        if (parsed.ok) onAnswer(answerOf(came, status, parsed.value));
      }}
    >
      <Text size="sm" fw={600}>
        {t("simulate.ask")}
      </Text>
      <Text size="xs" ff="monospace" style={{ overflowWrap: "anywhere" }}>
        {[request?.method, request?.url].filter(Boolean).join(" ") || ask.kind}
      </Text>
      <Switch size="xs" checked={came} onChange={(event) => setCame(event.currentTarget.checked)} label={t("simulate.answerCame")} />
      {came && (
        <Group gap="xs" align="flex-start" wrap="nowrap">
          <NumberInput size="xs" w={90} label={t("simulate.status")} value={status} min={100} max={599} onChange={(value) => setStatus(Number(value))} />
          <Textarea size="xs" flex={1} label={t("simulate.body")} autosize minRows={1} maxRows={5} value={body} onChange={(event) => setBody(event.currentTarget.value)} error={parsed.ok ? null : t("simulate.notJson")} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)" } }} />
        </Group>
      )}
      <Button type="submit" size="compact-sm" disabled={busy || !parsed.ok}>
        {t("simulate.giveAnswer")}
      </Button>
    </form>
  );
}

function parse(text: string): { ok: boolean; value?: unknown } {
  if (text.trim() === "") return { ok: true };
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch {
    return { ok: false };
  }
}

function SaveTest({ taken, busy, onClose, onSave }: { taken: string[]; busy: boolean; onClose: () => void; onSave: (name: string) => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const [name, setName] = useState("");
  const clean = name.trim();
  const error = taken.includes(clean) ? t("test.nameTaken") : null;
  return (
    <Modal opened onClose={onClose} title={t("simulate.saveTest")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (clean !== "" && error === null) onSave(clean);
        }}
      >
        <Stack>
          <Text size="sm" c="dimmed">
            {t("simulate.saveTestText")}
          </Text>
          <TextInput label={t("test.name")} placeholder={t("test.nameExample")} value={name} onChange={(event) => setName(event.currentTarget.value)} error={error} maxLength={80} data-autofocus />
          <Button type="submit" loading={busy} disabled={clean === "" || error !== null}>
            {t("common:save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
