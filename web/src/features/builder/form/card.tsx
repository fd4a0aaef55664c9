import { Button, Collapse, Group, Stack, Text, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { asName, asVariable, freeName } from "../document/change";
import { anyText } from "../document/local";
import { useLanguages } from "../editor/context";
import { Pairs } from "./act";
import { Misses } from "./choice";
import { useField, useTarget } from "./context";
import { Plain, RowTools, Say, Target, Template, Tick, Variable } from "./field";
import classes from "./form.module.css";
import { MediaFields } from "./media";
import { More } from "./part";

interface Tap {
  name: string;
  title?: unknown;
  next?: string;
}

interface Slide {
  title?: unknown;
  options?: Tap[];
  links?: object[];
}

/** What is tapped under a card is named once in the whole deck. */
function tapNames(cards: Slide[]): string[] {
  return cards.flatMap((card) => (card.options ?? []).map((option) => option.name));
}

/** Cards side by side, each with a picture, words, buttons that answer and buttons that open pages. */
export function DeckForm() {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [cards, set] = useField<Slide[]>("cards");
  const all = cards ?? [];
  return (
    <>
      <Say path="text" label={t("form.textBefore")} minRows={2} most={1024} />
      <Stack gap="xs">
        {all.map((card, i) => (
          <CardRow key={i} index={i} card={card} names={tapNames(all)} />
        ))}
        {!readOnly && (
          <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} onClick={() => set([...all, { title: `${t("form.card")} ${all.length + 1}` }])} disabled={all.length >= 10}>
            {t("form.addCard")}
          </Button>
        )}
      </Stack>
      <Text size="xs" c="dimmed">
        {t("form.deckText")}
      </Text>
      {tapNames(all).length > 0 && (
        <>
          <Variable path="save" label={t("form.saveChoice")} optional />
          <More>
            <Misses deaf={false} />
          </More>
        </>
      )}
    </>
  );
}

function CardRow({ index, card, names }: { index: number; card: Slide; names: string[] }) {
  const { t } = useTranslation("builder");
  const { readOnly, put } = useTarget();
  const { first } = useLanguages();
  const [open, setOpen] = useState(index === 0);
  const place = `cards.${index}`;
  const options = card.options ?? [];
  const full = options.length + (card.links ?? []).length >= 3;
  const add = () => put(`${place}.options`, [...options, { name: freeName(names, asName(`${t("form.option").toLowerCase()}-${names.length + 1}`)), title: t("form.option"), next: "" }]);
  return (
    <div className={classes.row}>
      <Group gap={6} wrap="nowrap" justify="space-between">
        <UnstyledButton className={classes.rowHead} onClick={() => setOpen(!open)} aria-expanded={open}>
          <Icon name={open ? "down" : "right"} size={15} />
          <Text size="xs" c="dimmed">
            {t("form.card")} {index + 1}
          </Text>
        </UnstyledButton>
        <RowTools path="cards" index={index} least={1} label={anyText(card.title, first)} />
      </Group>
      <Say path={`${place}.title`} label={t("form.cardTitle")} multiline={false} most={80} />
      <Collapse expanded={open}>
        <Stack gap="xs" pt="xs">
          <Say path={`${place}.text`} label={t("form.text")} most={160} />
          <MediaFields path={`${place}.media`} kinds={["image", "video"]} optional />
          <Links path={`${place}.links`} most={3 - options.length} />
        </Stack>
      </Collapse>
      {options.map((option, k) => (
        <div key={k} className={classes.row}>
          <Group justify="flex-end">
            <RowTools path={`${place}.options`} index={k} label={anyText(option.title, first)} />
          </Group>
          <Say path={`${place}.options.${k}.title`} label={t("form.optionTitle")} multiline={false} most={20} />
          <Plain path={`${place}.options.${k}.name`} label={t("form.optionName")} clean={asName} maxLength={40} />
          <Target path={`${place}.options.${k}.next`} label={t("form.leadsTo")} />
        </div>
      ))}
      {!readOnly && (
        <Button variant="subtle" size="compact-xs" leftSection={<Icon name="plus" size={13} />} style={{ alignSelf: "flex-start" }} onClick={add} disabled={full}>
          {t("form.addOption")}
        </Button>
      )}
    </div>
  );
}

/** Pages to open, as buttons under a text. */
export function Links({ path, most = 10 }: { path: string; most?: number }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [links, set] = useField<object[]>(path);
  const all = links ?? [];
  return (
    <>
      {all.map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="flex-end">
            <RowTools path={path} index={i} label={t("form.linkTitle")} />
          </Group>
          <Say path={`${path}.${i}.title`} label={t("form.linkTitle")} multiline={false} most={20} />
          <Template path={`${path}.${i}.url`} label={t("form.linkUrl")} mono />
        </div>
      ))}
      {!readOnly && (
        <Button variant="subtle" size="compact-sm" leftSection={<Icon name="link" size={15} />} style={{ alignSelf: "flex-start" }} disabled={all.length >= most} onClick={() => set([...all, { title: "", url: "https://" }])}>
          {t("form.addLink")}
        </Button>
      )}
    </>
  );
}

/** A form that the company made at WhatsApp, and what is kept of the answers. */
export function FillForm() {
  const { t } = useTranslation("builder");
  return (
    <>
      <Say path="text" label={t("form.text")} minRows={2} most={1024} required />
      <Plain path="form" label={t("form.formId")} description={t("form.formIdText")} />
      <Say path="button" label={t("form.formButton")} multiline={false} most={20} required />
      <Pairs path="save" label={t("form.formSave")} from={t("form.variable")} to={t("form.formPath")} clean={asVariable} variables />
      <Text size="xs" c="dimmed">
        {t("form.formText")}
      </Text>
      <More>
        <Plain path="screen" label={t("form.formScreen")} />
        <Template path="data" label={t("form.formData")} placeholder={'{"nome": "{{contact.name}}"}'} multiline mono />
        <Tick path="draft" label={t("form.formDraft")} />
        <Misses deaf={false} />
      </More>
    </>
  );
}
