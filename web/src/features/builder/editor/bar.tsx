import { ActionIcon, Badge, Button, Menu, Tooltip } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { keyCaps } from "@/ui/keys";
import { useProblemText } from "@/ui/problem-text";
import { Symbol } from "../canvas/symbol";
import { shortcuts, type Action } from "../canvas/shortcut";
import type { SaveState } from "../document/saver";
import { useEditorState, useOpened } from "./context";
import classes from "./editor.module.css";

/** A tool that says its name and its key. */
export function Tool({ action, label, icon, disabled = false, pressed, onClick }: { action?: Action; label: string; icon: ReactNode; disabled?: boolean; pressed?: boolean; onClick: () => void }) {
  const keys = shortcuts.find((each) => each.action === action)?.keys;
  return (
    <Tooltip label={keys === undefined ? label : `${label} (${keyCaps(keys).join(" ")})`}>
      <ActionIcon onClick={onClick} aria-label={label} aria-pressed={pressed} data-disabled={disabled || undefined} aria-disabled={disabled || undefined} variant={pressed ? "light" : "subtle"} color={pressed ? "plum" : "gray"}>
        {icon}
      </ActionIcon>
    </Tooltip>
  );
}

interface Props {
  save: SaveState;
  narrow: boolean;
  phone: boolean;
  dock: string | null;
  onDock: (panel: "simulate" | "tests" | "versions" | "counts" | null) => void;
  onPublish: () => void;
  onAction: (action: Action) => void;
  onRetry: () => void;
}

/** The head of the editor: whose bot it is, whether it is saved, what can be done. */
export function Bar({ save, narrow, phone, dock, onDock, onPublish, onAction, onRetry }: Props) {
  const { t } = useTranslation("builder");
  const { editor, botName } = useOpened();
  const side = useEditorState((state) => state.side);
  const issues = useEditorState((state) => state.issues);
  const past = useEditorState((state) => state.history.past.length);
  const future = useEditorState((state) => state.history.future.length);
  const readOnly = useEditorState((state) => state.readOnly);
  const errors = issues.filter((issue) => issue.weight === "error").length;
  const warnings = issues.length - errors;
  const toggle = (name: "issues" | "variables" | "settings") => editor.set({ side: side === name ? null : name });
  return (
    <header className={classes.bar}>
      <ActionIcon component={Link} to="/bots" aria-label={t("editor.back")}>
        <Icon name="back" />
      </ActionIcon>
      <div className={classes.title}>
        <h1>{botName}</h1>
        <Saved state={save} readOnly={readOnly} onRetry={onRetry} />
      </div>
      {!readOnly && (
        <div className={classes.tools} role="toolbar" aria-label={t("editor.tools")}>
          <Tool action="undo" label={t("editor.undo")} icon={<Symbol name="undo" />} disabled={past === 0} onClick={() => onAction("undo")} />
          <Tool action="redo" label={t("editor.redo")} icon={<Symbol name="redo" />} disabled={future === 0} onClick={() => onAction("redo")} />
          {!narrow && <span className={classes.rule} />}
          {!narrow && <Tool action="arrange" label={t("editor.arrange")} icon={<Symbol name="arrange" />} onClick={() => onAction("arrange")} />}
          {!narrow && <Tool action="note" label={t("editor.addNote")} icon={<Icon name="note" size={18} />} onClick={() => onAction("note")} />}
          {!narrow && <Tool action="find" label={t("editor.find")} icon={<Icon name="search" size={18} />} onClick={() => onAction("find")} />}
        </div>
      )}
      <span className={classes.gap} />
      {!phone && (
        <>
          <Button
            variant={side === "issues" ? "light" : "subtle"}
            color={errors > 0 ? "brick" : warnings > 0 ? "honey" : "leaf"}
            size="compact-sm"
            className={classes.issues}
            leftSection={<Icon name={issues.length === 0 ? "check" : "alert"} size={16} />}
            aria-pressed={side === "issues"}
            aria-label={issues.length === 0 ? t("editor.noIssues") : t("editor.issueCount", { count: issues.length })}
            onClick={() => toggle("issues")}
          >
            {issues.length === 0 ? (narrow ? "" : t("editor.noIssues")) : narrow ? issues.length : t("editor.issueCount", { count: issues.length })}
          </Button>
          {!narrow && <Tool label={t("editor.variables")} icon={<Symbol name="variables" />} pressed={side === "variables"} onClick={() => toggle("variables")} />}
          {!narrow && <Tool label={t("editor.settings")} icon={<Icon name="settings" size={18} />} pressed={side === "settings"} onClick={() => toggle("settings")} />}
          <More narrow={narrow} onDock={onDock} onAction={onAction} toggle={toggle} />
          <Button variant={dock === "simulate" ? "filled" : "default"} size="compact-sm" leftSection={<Icon name="play" size={15} />} aria-pressed={dock !== null} onClick={() => onDock(dock === null ? "simulate" : null)}>
            {t("editor.try")}
          </Button>
          {!readOnly && (
            <Button size="compact-sm" onClick={onPublish}>
              {t("editor.publish")}
            </Button>
          )}
        </>
      )}
    </header>
  );
}

function More({ narrow, onDock, onAction, toggle }: { narrow: boolean; onDock: Props["onDock"]; onAction: Props["onAction"]; toggle: (name: "issues" | "variables" | "settings") => void }) {
  const { t } = useTranslation("builder");
  return (
    <Menu position="bottom-end" width={230}>
      <Menu.Target>
        <ActionIcon aria-label={t("editor.more")}>
          <Icon name="more" size={18} />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        {narrow && (
          <>
            <Menu.Item leftSection={<Symbol name="arrange" size={16} />} onClick={() => onAction("arrange")}>
              {t("editor.arrange")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="note" size={16} />} onClick={() => onAction("note")}>
              {t("editor.addNote")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="search" size={16} />} onClick={() => onAction("find")}>
              {t("editor.find")}
            </Menu.Item>
            <Menu.Item leftSection={<Symbol name="variables" size={16} />} onClick={() => toggle("variables")}>
              {t("editor.variables")}
            </Menu.Item>
            <Menu.Item leftSection={<Icon name="settings" size={16} />} onClick={() => toggle("settings")}>
              {t("editor.settings")}
            </Menu.Item>
            <Menu.Divider />
          </>
        )}
        <Menu.Item leftSection={<Icon name="check" size={16} />} onClick={() => onDock("tests")}>
          {t("editor.tests")}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="audit" size={16} />} onClick={() => onDock("versions")}>
          {t("editor.versions")}
        </Menu.Item>
        <Menu.Item leftSection={<Icon name="list" size={16} />} onClick={() => onDock("counts")}>
          {t("editor.counts")}
        </Menu.Item>
      </Menu.Dropdown>
    </Menu>
  );
}

function Saved({ state, readOnly, onRetry }: { state: SaveState; readOnly: boolean; onRetry: () => void }) {
  const { t } = useTranslation("builder");
  const say = useProblemText();
  if (readOnly) return <Badge color="gray">{t("editor.readOnly")}</Badge>;
  const text =
    state.kind === "refused" ? say(state.error) : t(`editor.save.${state.kind}`);
  return (
    <span className={classes.saved} role="status" data-state={state.kind} data-testid="save-state">
      {state.kind === "saved" && <Icon name="check" size={14} />}
      {(state.kind === "offline" || state.kind === "refused" || state.kind === "conflict") && <Icon name="alert" size={14} />}
      <span>{text}</span>
      {(state.kind === "refused" || state.kind === "offline") && (
        <Button variant="subtle" size="compact-xs" onClick={onRetry}>
          {t("editor.saveNow")}
        </Button>
      )}
    </span>
  );
}
