import { Text, UnstyledButton } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { EmptyState } from "@/ui/state";
import type { Issue } from "../contract";
import { useEditorState } from "../editor/context";
import classes from "./form.module.css";
import { PanelHead } from "./settings";
import { variablesOf } from "./suggest";

/** Everything that was found, worst first; a press leads to the step. */
export function IssueList({ onClose, onGo }: { onClose: () => void; onGo: (name: string) => void }) {
  const { t } = useTranslation("builder");
  const issues = useEditorState((state) => state.issues);
  const groups: [Issue["weight"], Issue[]][] = [["error", issues.filter((each) => each.weight === "error")], ["warning", issues.filter((each) => each.weight === "warning")]];
  return (
    <>
      <PanelHead icon="unknown" title={t("editor.issues")} onClose={onClose} />
      <div className={classes.body}>
        {issues.length === 0 && <EmptyState icon="check" title={t("editor.noIssues")} text={t("editor.noIssuesText")} />}
        {groups.map(
          ([weight, all]) =>
            all.length > 0 && (
              <section key={weight} aria-label={t(`editor.weight.${weight}`)}>
                <Text size="sm" fw={620} mb={6} mt="xs">
                  {t(`editor.weight.${weight}`)} ({all.length})
                </Text>
                {all.map((issue, i) => (
                  <UnstyledButton key={i} className={classes.issue} data-weight={weight} onClick={() => onGo(issue.node)} disabled={issue.node === ""}>
                    <Icon name="alert" size={16} />
                    <span>
                      {issue.node !== "" && <strong>{issue.node}</strong>}
                      <span>{issue.sentence}</span>
                    </span>
                  </UnstyledButton>
                ))}
              </section>
            ),
        )}
      </div>
    </>
  );
}

/** What the conversation remembers: where each variable gets its value, and where it is used. */
export function VariableList({ onClose, onGo }: { onClose: () => void; onGo: (name: string) => void }) {
  const { t } = useTranslation("builder");
  const graph = useEditorState((state) => state.graph);
  const definition = useEditorState((state) => state.document.definition);
  const known = new Map((graph?.variables ?? []).map((each) => [each.name, each]));
  const names = [...new Set([...known.keys(), ...Object.keys(definition.variables ?? {}), ...variablesOf(definition.nodes)])].sort();
  const chips = (label: string, list: readonly string[] | null | undefined) => (
    <div className={classes.chips}>
      <Text size="xs" c="dimmed" component="span">
        {label}
      </Text>
      {(list ?? []).length === 0 && (
        <Text size="xs" component="span">
          {t("editor.nowhere")}
        </Text>
      )}
      {[...new Set(list ?? [])].map((name) => (
        <UnstyledButton key={name} className={classes.chip} onClick={() => onGo(name)}>
          {name}
        </UnstyledButton>
      ))}
    </div>
  );
  return (
    <>
      <PanelHead icon="variables" title={t("editor.variables")} onClose={onClose} />
      <div className={classes.body}>
        <Text size="sm" c="dimmed" mb="sm">
          {t("editor.variablesText")}
        </Text>
        {names.length === 0 && <EmptyState icon="box" title={t("editor.noVariables")} text={t("editor.noVariablesText")} />}
        {names.map((name) => {
          const setHere = definition.nodes.filter((node) => variablesOf([node]).includes(name)).map((node) => node.name);
          const readHere = definition.nodes.filter((node) => new RegExp(`vars\\.${name}(?![a-z0-9_])`).test(JSON.stringify(node))).map((node) => node.name);
          const found = known.get(name);
          const first = definition.variables?.[name];
          return (
            <div key={name} className={classes.variable}>
              <code>vars.{name}</code>
              {first !== undefined && (
                <Text size="xs" c="dimmed">
                  {t("editor.firstValue", { value: String(first) })}
                </Text>
              )}
              {chips(t("editor.setBy"), found?.set_by ?? setHere)}
              {chips(t("editor.readBy"), found?.read_by ?? readHere)}
            </div>
          );
        })}
      </div>
    </>
  );
}
