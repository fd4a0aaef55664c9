import { ActionIcon, Button, Group, Stack, TagsInput, Text } from "@mantine/core";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { Symbol } from "../canvas/symbol";
import { set as setPlace } from "../document/change";
import { useDocument, useEditor, useEditorState } from "../editor/context";
import { TargetProvider, useField, type Target as FormTarget } from "./context";
import { Amount, Choose, Plain, RowTools, Say, Target, Words } from "./field";
import classes from "./form.module.css";
import { Spoken } from "./form";
import { More } from "./part";

/** The head of a panel that is no node's form. */
export function PanelHead({ icon, title, onClose }: { icon: string; title: string; onClose: () => void }) {
  const { t } = useTranslation("builder");
  return (
    <header className={classes.head}>
      <span className={classes.icon}>
        <Symbol name={icon} size={20} />
      </span>
      <h2 className={classes.headWords}>{title}</h2>
      <ActionIcon onClick={onClose} aria-label={t("editor.close")}>
        <Icon name="close" size={18} />
      </ActionIcon>
    </header>
  );
}

/** What holds for the whole flow. */
export function SettingsForm({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const { definition } = useDocument();
  const readOnly = useEditorState((state) => state.readOnly);
  const put = useCallback((path: string, value: unknown, typed = false) => editor.apply((document) => setPlace(document, path, value), typed ? `flow.${path}` : ""), [editor]);
  const target: FormTarget = { name: "", value: definition, put, readOnly };
  return (
    <TargetProvider value={target}>
      <PanelHead icon="set" title={t("editor.settings")} onClose={onClose} />
      <div className={classes.body}>
        <Stack gap="md">
          <Plain path="name" label={t("form.flowName")} maxLength={80} />
          <TagsInput label={t("form.languages")} description={t("form.languagesText")} readOnly={readOnly} value={definition.languages} data={["pt-BR", "en", "es"]} maxTags={10} onChange={(next) => next.length > 0 && put("languages", next)} comboboxProps={{ withinPortal: true }} />
          <Target path="start" label={t("form.startsAt")} />
          <Target path="settings.menu" label={t("form.menuNode")} description={t("form.menuNodeText")} optional placeholder={t("form.theStart")} />
          <Plain path="settings.team" label={t("form.flowTeam")} description={t("form.flowTeamText")} maxLength={80} />
          <Amount path="settings.misses" label={t("form.flowMisses")} description={t("form.flowMissesText")} min={1} max={10} placeholder="3" />
          <Group grow align="flex-end">
            <Amount path="settings.idle.minutes" label={t("form.idleMinutes")} min={1} max={1440} placeholder="60" />
            <Target path="settings.idle.next" label={t("form.idleNext")} optional placeholder={t("form.farewell")} />
          </Group>
          <Target path="settings.on_error" label={t("form.flowError")} description={t("form.flowErrorText")} optional placeholder={t("form.toPerson")} />
          <Target path="settings.on_cart" label={t("form.flowCart")} description={t("form.flowCartText")} optional placeholder={t("form.byShop")} />
          <Target path="settings.on_product" label={t("form.flowProduct")} description={t("form.flowProductText")} optional placeholder={t("form.asWords")} />
          <Interrupts />
          <Events />
          <Amount path="settings.gather_seconds" label={t("form.gather")} description={t("form.gatherText")} min={0} max={10} placeholder="0" />
          <Amount path="settings.max_hours" label={t("form.maxHours")} description={t("form.maxHoursText")} min={1} max={720} placeholder="72" />
          <Amount path="settings.max_turns_hour" label={t("form.maxTurns")} description={t("form.maxTurnsText")} min={1} max={100_000} placeholder="120" />
          <Spoken>
            <More label={t("form.ownTexts")}>
              {(["miss", "stale", "apology", "handoff", "lost", "bye", "idle"] as const).map((name) => (
                <Say key={name} path={`settings.texts.${name}`} label={t(`form.ownText.${name}`)} />
              ))}
            </More>
          </Spoken>
        </Stack>
      </div>
    </TargetProvider>
  );
}

const happenings = ["referral", "story_reply", "story_mention", "share", "call", "reaction"] as const;

/** What leads somewhere when it comes, though it is no answer. */
function Events() {
  const { t } = useTranslation("builder");
  const [list, set] = useField<{ on?: string }[]>("settings.events");
  const readOnly = useEditorState((state) => state.readOnly);
  const all = list ?? [];
  const free = happenings.filter((on) => !all.some((each) => each.on === on));
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={550}>
          {t("form.events")}
        </Text>
        <Text size="xs" c="dimmed">
          {t("form.eventsText")}
        </Text>
      </div>
      {all.map((event, i) => (
        <div key={i} className={classes.row}>
          <Group justify="flex-end">
            <RowTools path="settings.events" index={i} label={t("form.events")} />
          </Group>
          <Choose path={`settings.events.${i}.on`} label={t("form.eventOn")} data={happenings.filter((on) => on === event.on || free.includes(on)).map((on) => ({ value: on, label: t(`form.event.${on}`) }))} />
          <Target path={`settings.events.${i}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      {!readOnly && free.length > 0 && (
        <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} style={{ alignSelf: "flex-start" }} onClick={() => set([...all, { on: free[0], next: "" } as { on: string }])}>
          {t("form.addEvent")}
        </Button>
      )}
    </Stack>
  );
}

/** Words that lead somewhere from everywhere. */
function Interrupts() {
  const { t } = useTranslation("builder");
  const [list, set] = useField<object[]>("settings.interrupts");
  const readOnly = useEditorState((state) => state.readOnly);
  const all = list ?? [];
  return (
    <Stack gap="xs">
      <div>
        <Text size="sm" fw={550}>
          {t("form.interrupts")}
        </Text>
        <Text size="xs" c="dimmed">
          {t("form.interruptsText")}
        </Text>
      </div>
      {all.map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="flex-end">
            <RowTools path="settings.interrupts" index={i} label={t("form.interrupts")} />
          </Group>
          <Words path={`settings.interrupts.${i}.words`} label={t("form.interruptWords")} />
          <Target path={`settings.interrupts.${i}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      {!readOnly && (
        <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} style={{ alignSelf: "flex-start" }} onClick={() => set([...all, { words: [], next: "" }])}>
          {t("form.addInterrupt")}
        </Button>
      )}
    </Stack>
  );
}
