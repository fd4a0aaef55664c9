import { Alert, Button, FileButton, Group, Modal, Skeleton, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { builder, keys, type Definition, type FlowTest, type Layout, type Template } from "../contract";
import classes from "./list.module.css";
import { Preview } from "./preview";

interface Imported {
  file: string;
  definition: Definition;
  layout?: Layout;
  tests?: FlowTest[];
}

type Begin = { kind: "empty" } | { kind: "template"; template: Template } | { kind: "file"; imported: Imported };

/** Makes a bot: from nothing, from a ready one whose conversation is shown beforehand, or from a file. */
export function Create({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useProblemText();
  const templates = useQuery({ queryKey: keys.templates, queryFn: builder.templates, enabled: opened, staleTime: Infinity });
  const [begin, setBegin] = useState<Begin>({ kind: "empty" });
  const [unread, setUnread] = useState(false);
  const form = useForm({ initialValues: { name: "" }, validate: { name: (value) => (value.trim() === "" ? t("list.nameNeeded") : null) } });
  const create = useMutation({
    mutationFn: ({ name }: { name: string }) =>
      builder.create({
        name: name.trim(),
        ...(begin.kind === "template" ? { template: begin.template.name } : {}),
        ...(begin.kind === "file" ? partsOf(begin.imported) : {}),
      }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: keys.bots, exact: true });
      close();
      void navigate({ to: "/bots/$bot", params: { bot: made.id } });
    },
  });
  const close = () => {
    onClose();
    setBegin({ kind: "empty" });
    setUnread(false);
    form.reset();
    create.reset();
  };
  const choose = (next: Begin, name: string) => {
    setBegin(next);
    create.reset();
    // A name that the person wrote stays; one that came with another choice goes.
    if (!form.isDirty("name") || form.values.name === suggested(begin)) form.setValues({ name });
  };
  const read = async (file: File | null) => {
    if (file === null) return;
    const imported = readFile(file.name, await file.text());
    setUnread(imported === null);
    if (imported !== null) choose({ kind: "file", imported }, nameIn(imported));
  };
  return (
    <Modal opened={opened} onClose={close} title={t("list.create")} size={820} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
        <Stack>
          <TextInput label={t("list.name")} description={t("list.nameText")} maxLength={80} data-autofocus {...form.getInputProps("name")} />
          <div className={classes.starts}>
            <div className={classes.choices} role="group" aria-label={t("list.beginWith")}>
              <Choice icon="plus" title={t("list.fromEmpty")} text={t("list.fromEmptyText")} chosen={begin.kind === "empty"} onClick={() => choose({ kind: "empty" }, "")} />
              {templates.isPending && <Skeleton height={62} radius="md" />}
              {templates.isError && <Alert color="honey">{say(templates.error)}</Alert>}
              {templates.data?.items.map((template) => (
                <Choice
                  key={template.name}
                  icon="bot"
                  title={template.title}
                  text={template.description}
                  chosen={begin.kind === "template" && begin.template.name === template.name}
                  onClick={() => choose({ kind: "template", template }, template.title)}
                />
              ))}
              <FileButton accept="application/json,.json" onChange={(file) => void read(file)}>
                {(props) => (
                  <Choice
                    {...props}
                    icon="file"
                    title={t("list.fromFile")}
                    text={begin.kind === "file" ? begin.imported.file : t("list.fromFileText")}
                    chosen={begin.kind === "file"}
                  />
                )}
              </FileButton>
              {unread && <Alert color="brick">{t("list.fileUnread")}</Alert>}
            </div>
            <section className={classes.preview} aria-label={t("list.preview")} tabIndex={0}>
              {begin.kind === "template" ? <Preview definition={begin.template.definition} /> : <Text className={classes.event}>{t(begin.kind === "file" ? "list.fileRead" : "list.emptyPreview")}</Text>}
            </section>
          </div>
          {create.isError && <Alert color="brick">{say(create.error)}</Alert>}
          <Group justify="flex-end">
            <Button variant="default" onClick={close}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={create.isPending}>
              {t("list.createNow")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

function suggested(begin: Begin): string {
  if (begin.kind === "template") return begin.template.title;
  return begin.kind === "file" ? nameIn(begin.imported) : "";
}

function nameIn({ definition }: Imported): string {
  return typeof definition.name === "string" ? definition.name : "";
}

function partsOf({ definition, layout, tests }: Imported) {
  return { definition, ...(layout === undefined ? {} : { layout }), ...(tests === undefined ? {} : { tests }) };
}

/** A file of ours ({definition, layout, tests}) or a bare flow; null when it is neither. */
export function readFile(file: string, text: string): Imported | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const parts = value as Record<string, unknown>;
  const definition = "definition" in parts ? parts.definition : "nodes" in parts ? parts : null;
  if (typeof definition !== "object" || definition === null) return null;
  // What is inside is the server's to check.
  const { layout, tests } = "definition" in parts ? parts : {};
  return {
    file,
    definition: definition as Definition,
    ...(typeof layout === "object" && layout !== null ? { layout: layout as Layout } : {}),
    ...(Array.isArray(tests) ? { tests: tests as FlowTest[] } : {}),
  };
}

function Choice({ icon, title, text, chosen, onClick }: { icon: "plus" | "bot" | "file"; title: string; text: string; chosen: boolean; onClick: () => void }) {
  return (
    <UnstyledButton type="button" className={classes.choice} data-chosen={chosen || undefined} aria-pressed={chosen} onClick={onClick}>
      <Icon name={icon} size={20} />
      <span>
        <Text fw={600} component="span" display="block">
          {title}
        </Text>
        <Text size="xs" c="dimmed" component="span" display="block">
          {text}
        </Text>
      </span>
    </UnstyledButton>
  );
}
