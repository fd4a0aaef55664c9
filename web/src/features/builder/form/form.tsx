import { ActionIcon, Alert, Badge, Button, JsonInput, SegmentedControl, Stack, Text, TextInput, Tooltip } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { issuesOf } from "../canvas/card";
import { Symbol } from "../canvas/symbol";
import { useWords } from "../canvas/words";
import type { FlowNode } from "../contract";
import { asName, references, remove, rename, replaceNode, set as setPlace, validName } from "../document/change";
import { exitsOf, groupOf } from "../document/kind";
import { useEditor, useEditorState, useLanguages } from "../editor/context";
import { JumpForm, ReturnForm, SetForm, SubflowForm, WaitForm, WebForm } from "./act";
import { DeckForm, FillForm } from "./card";
import { ChoiceForm } from "./choice";
import { LanguageProvider, TargetProvider, useNodeTarget } from "./context";
import { ConditionForm, HoursForm, SplitForm, SwitchForm } from "./decide";
import { Target } from "./field";
import { shopForms } from "./shop";
import classes from "./form.module.css";
import { More } from "./part";
import { TemplateForm } from "./template";
import { EndForm, HandOffForm, MessageForm, QuestionForm, RatingForm, TagForm } from "./talk";

const forms: Record<string, (props: { node: FlowNode }) => React.ReactNode> = {
  message: MessageForm, deck: DeckForm, form: FillForm, choice: ChoiceForm, question: QuestionForm, rating: RatingForm, condition: ConditionForm, switch: SwitchForm,
  hours: HoursForm, split: SplitForm, set: SetForm, tag: TagForm, web: WebForm, template: TemplateForm, wait: WaitForm, subflow: SubflowForm, jump: JumpForm,
  handoff: HandOffForm, return: ReturnForm, end: EndForm, ...shopForms,
};

/** Ways that a form already asks for where they belong. */
const inForm = /^(options|cases|arms|outcomes|cards)\.|^(to|open|closed|else|low\.next)$/;

/** Kinds that say nothing to customers: there is no language to choose. */
const silent = new Set(["condition", "switch", "hours", "split", "set", "tag", "wait", "web", "template", "subflow", "jump", "return", "product_about", "cart_receive"]);

/** Which language the texts of a form are shown in; one switch for all of them. */
export function Spoken({ children, quiet = false }: { children: React.ReactNode; quiet?: boolean }) {
  const { t, i18n } = useTranslation("builder");
  const { first, all } = useLanguages();
  const [chosen, speak] = useState(first);
  const language = all.includes(chosen) ? chosen : first;
  const value = useMemo(() => ({ language, speak }), [language]);
  return (
    <LanguageProvider value={value}>
      {!quiet && all.length > 1 && <SegmentedControl size="xs" fullWidth aria-label={t("form.language")} value={language} onChange={speak} data={all.map((each) => ({ value: each, label: languageName(each, i18n.language) }))} />}
      {children}
    </LanguageProvider>
  );
}

export function languageName(language: string, reader: string): string {
  try {
    const name = new Intl.DisplayNames([reader], { type: "language", languageDisplay: "standard" }).of(language) ?? language;
    return name.charAt(0).toUpperCase() + name.slice(1);
  } catch {
    return language;
  }
}

/** Everything about one step, in the words of people who build no programs. */
export function NodeForm({ node, onClose, onDuplicate }: { node: FlowNode; onClose: () => void; onDuplicate: () => void }) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const words = useWords();
  const target = useNodeTarget(node);
  const issues = useEditorState((state) => issuesOf(state.issues, node.name));
  const definition = useEditorState((state) => state.document.definition);
  const from = useMemo(() => [...new Set(references(definition).filter((each) => each.to === node.name && each.from !== "").map((each) => each.from))], [definition, node.name]);
  const Fields = forms[node.kind];
  const start = definition.start === node.name;
  const ways = exitsOf(node).filter((exit) => Fields === undefined || !inForm.test(exit.id));
  return (
    <TargetProvider value={target}>
      <header className={classes.head} data-tone={groupOf(node.kind)}>
        <span className={classes.icon}>
          <Symbol name={node.kind} size={20} />
        </span>
        <div className={classes.headWords}>
          <Name key={node.name} node={node} readOnly={target.readOnly} />
          <Text size="xs" c="dimmed">
            {words.kind(node.kind)}
          </Text>
        </div>
        {!target.readOnly && (
          <>
            <Tooltip label={t("editor.duplicate")}>
              <ActionIcon onClick={onDuplicate} aria-label={t("editor.duplicate")}>
                <Icon name="copy" size={17} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t("editor.remove")}>
              <ActionIcon onClick={() => editor.apply((document) => remove(document, [node.name]))} aria-label={t("editor.remove")}>
                <Symbol name="trash" size={17} />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        <ActionIcon onClick={onClose} aria-label={t("editor.close")}>
          <Icon name="close" size={18} />
        </ActionIcon>
      </header>
      <div className={classes.body}>
        <Stack gap="md">
          {issues.length > 0 && (
            <Alert color={issues[0]?.weight === "error" ? "brick" : "honey"} icon={<Icon name="alert" size={18} />} p="sm">
              {issues.map((issue, i) => (
                <Text key={i} size="sm">
                  {issue.sentence}
                </Text>
              ))}
            </Alert>
          )}
          <Text size="sm" c="dimmed">
            {words.about(node.kind)}
          </Text>
          <Spoken quiet={silent.has(node.kind)}>
            {Fields === undefined ? <AsText node={node} open /> : <Fields node={node} />}
            {ways.length > 0 && (
              <section className={classes.ways} aria-label={t("form.ways")}>
                <Text size="sm" fw={550}>
                  {t("form.ways")}
                </Text>
                {ways.map((exit) => (
                  <Target key={exit.id} path={exit.id} label={words.exit(node, exit)} optional={exit.optional} />
                ))}
              </section>
            )}
          </Spoken>
          {from.length > 0 && (
            <div>
              <Text size="sm" fw={550} mb={4}>
                {t("form.comesFrom")}
              </Text>
              <div className={classes.chips}>
                {from.map((name) => (
                  <Button key={name} variant="light" color="gray" size="compact-xs" onClick={() => { editor.select([name], "node"); editor.reveal([name]); }}>
                    {name}
                  </Button>
                ))}
              </div>
            </div>
          )}
          {start ? (
            <Badge color="leaf">{t("form.isStart")}</Badge>
          ) : (
            !target.readOnly && (
              <Button variant="subtle" size="compact-sm" style={{ alignSelf: "flex-start" }} onClick={() => editor.apply((document) => setPlace(document, "start", node.name))}>
                {t("editor.makeStart")}
              </Button>
            )
          )}
          {Fields !== undefined && (
            <More label={t("form.asText")}>
              <AsText node={node} />
            </More>
          )}
        </Stack>
      </div>
    </TargetProvider>
  );
}

/** The name of a step, changed everywhere at once when the field is left. */
function Name({ node, readOnly }: { node: FlowNode; readOnly: boolean }) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const [typed, setTyped] = useState(node.name);
  const taken = typed !== node.name && editor.document.definition.nodes.some((each) => each.name === typed);
  const finish = () => {
    if (typed === node.name || taken || !validName(typed)) return setTyped(node.name);
    // The choice moves along with the name, so that the form stays open.
    const chosen = editor.read().selection.map((each) => (each === node.name ? typed : each));
    editor.apply((document) => rename(document, node.name, typed));
    editor.select(chosen, "node");
  };
  return (
    <TextInput
      variant="unstyled" size="sm" id="node-name" aria-label={t("form.name")} readOnly={readOnly} value={typed} className={classes.name ?? ""}
      error={taken ? t("form.nameTaken") : undefined}
      onChange={(event) => setTyped(asName(event.currentTarget.value))}
      onBlur={finish}
      onKeyDown={(event) => {
        if (event.key === "Enter") event.currentTarget.blur();
        if (event.key === "Escape") {
          event.stopPropagation();
          setTyped(node.name);
        }
      }}
    />
  );
}

/** The step as it is written in the flow's file. */
function AsText({ node, open = false }: { node: FlowNode; open?: boolean }) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.readOnly);
  const written = JSON.stringify(node, null, 2);
  const [edited, setEdited] = useState<{ of: string; text: string } | null>(null);
  const text = edited !== null && edited.of === written ? edited.text : written;
  const parsed = read(text);
  return (
    <Stack gap="xs">
      {open && <Text size="sm">{t("form.unknownKind")}</Text>}
      <JsonInput aria-label={t("form.asText")} autosize minRows={4} maxRows={18} readOnly={readOnly} value={text} onChange={(next) => setEdited({ of: written, text: next })} error={parsed === null ? t("form.badText") : undefined} styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.78125rem" } }} />
      {!readOnly && text !== written && (
        <Button
          size="compact-sm" disabled={parsed === null} style={{ alignSelf: "flex-start" }}
          onClick={() => {
            if (parsed === null) return;
            editor.apply((document) => replaceNode(document, node.name, parsed));
            if (parsed.name !== node.name && editor.document.definition.nodes.some((each) => each.name === parsed.name)) editor.select([parsed.name], "node");
            setEdited(null);
          }}
        >
          {t("form.apply")}
        </Button>
      )}
    </Stack>
  );
}

function read(text: string): FlowNode | null {
  try {
    const value = JSON.parse(text) as Partial<FlowNode>;
    return typeof value === "object" && value !== null && typeof value.name === "string" && validName(value.name) && typeof value.kind === "string" ? (value as FlowNode) : null;
  } catch {
    return null;
  }
}

