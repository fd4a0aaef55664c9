import { Button, Collapse, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { Icon } from "@/ui/icon";
import type { FlowNode } from "../contract";
import { asName, freeName } from "../document/change";
import { bodyMost, channels, shownOn, sizeOn } from "../document/channel";
import { anyText, textIn } from "../document/local";
import { useLanguages } from "../editor/context";
import { useField, useFormLanguage, useTarget } from "./context";
import { Amount, Counter, Plain, RowTools, Say, Target, Tick, Variable, Words } from "./field";
import classes from "./form.module.css";
import { More } from "./part";

interface Option {
  name: string;
  title?: unknown;
  description?: unknown;
  next?: string;
}

/** A menu: the question, its options, and how each channel will show them. */
export function ChoiceForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [options, set] = useField<Option[]>("options");
  const all = options ?? [];
  const add = () => {
    const title = `${t("form.option")} ${all.length + 1}`;
    set([...all, { name: freeName(all.map((each) => each.name), asName(title.toLowerCase())), title, next: "" }]);
  };
  return (
    <>
      <Say path="text" label={t("form.text")} minRows={2} required />
      <Stack gap="xs">
        <Text size="sm" fw={550}>
          {t("form.options")}
        </Text>
        {all.map((option, i) => (
          <OptionRow key={i} index={i} option={option} count={all.length} />
        ))}
        {!readOnly && (
          <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} onClick={add} disabled={all.length >= 99}>
            {t("form.addOption")}
          </Button>
        )}
      </Stack>
      <OnChannels options={all} text={node.text} />
      <Variable path="save" label={t("form.saveChoice")} description={t("form.saveChoiceText")} optional />
      <More>
        <Say path="header" label={t("form.header")} multiline={false} most={60} />
        <Say path="footer" label={t("form.footer")} multiline={false} most={60} />
        <Say path="button" label={t("form.button")} description={t("form.buttonText")} multiline={false} most={20} />
        <Tick path="poll" label={t("form.poll")} description={t("form.pollText")} />
        <Misses />
      </More>
    </>
  );
}

/** What happens when an answer is not understood. */
export function Misses({ deaf = true }: { deaf?: boolean }) {
  const { t } = useTranslation("builder");
  return (
    <>
      <Say path="retry" label={t("form.retry")} description={t("form.retryText")} />
      <Amount path="misses" label={t("form.misses")} description={t("form.missesText")} min={1} max={10} placeholder="3" />
      {deaf && <Tick path="deaf" label={t("form.deaf")} description={t("form.deafText")} />}
    </>
  );
}

function OptionRow({ index, option, count }: { index: number; option: Option; count: number }) {
  const { t } = useTranslation("builder");
  const { first } = useLanguages();
  const { language } = useFormLanguage();
  const [open, setOpen] = useState(false);
  const place = `options.${index}`;
  const title = anyText(option.title, first);
  const now = textIn(option.title, language, first);
  return (
    <div className={classes.row}>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <UnstyledButton className={classes.rowHead} onClick={() => setOpen(!open)} aria-expanded={open}>
          <Icon name={open ? "down" : "right"} size={15} />
          <Text size="xs" c="dimmed">
            {t("form.optionNumber", { number: index + 1 })}
          </Text>
          <Counter now={now.length} most={count > 3 ? 24 : 20} />
        </UnstyledButton>
        <RowTools path="options" index={index} least={1} label={title} />
      </Group>
      <Say path={`${place}.title`} label={t("form.optionTitle")} hideLabel multiline={false} />
      <Collapse expanded={open}>
        <Stack gap="xs" pt="xs">
          <Say path={`${place}.description`} label={t("form.optionDescription")} description={t("form.optionDescriptionText")} multiline={false} most={72} />
          <Words path={`${place}.synonyms`} label={t("form.synonyms")} description={t("form.synonymsText")} />
          <Plain path={`${place}.name`} label={t("form.optionName")} description={t("form.optionNameText")} clean={asName} maxLength={40} />
        </Stack>
      </Collapse>
      <Target path={`${place}.next`} label={t("form.leadsTo")} />
    </div>
  );
}

/** How the choice will look on each channel, as it is typed. */
function OnChannels({ options, text }: { options: Option[]; text: unknown }) {
  const { t } = useTranslation("builder");
  const { first } = useLanguages();
  const { language } = useFormLanguage();
  const body = textIn(text, language, first) || anyText(text, first);
  const offered = options.map((option) => ({ title: textIn(option.title, language, first) || anyText(option.title, first), description: textIn(option.description, language, first) || anyText(option.description, first) }));
  return (
    <div className={classes.channels}>
      <Text size="sm" fw={550}>
        {t("form.onChannels")}
      </Text>
      {channels.map((channel) => {
        const shown = shownOn(channel, offered);
        const size = sizeOn(channel, body);
        return (
          <div key={channel} className={classes.channel}>
            <ChannelMark channel={channel} size={18} silent />
            <span>{channelNames[channel]}</span>
            <span className={classes.shape}>{t(`form.shape.${shown.shape}`)}</span>
            <Counter now={size} most={bodyMost[channel]} />
            {shown.cut.length > 0 && (
              <Text component="span" size="xs" className={classes.cutNote}>
                {t("form.cutTitles", { titles: shown.cut.map((i) => `“${offered[i]?.title ?? ""}”`).join(", "), most: shown.titleMost })}
              </Text>
            )}
          </div>
        );
      })}
    </div>
  );
}
