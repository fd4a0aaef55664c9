import { Tooltip } from "@mantine/core";
import { Handle, Position, useUpdateNodeInternals, type Node, type NodeProps } from "@xyflow/react";
import { memo, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import type { FlowNode, Issue, NodeCount } from "../contract";
import { exitsOf, groupOf } from "../document/kind";
import type { Paint } from "../document/port";
import { useEditorState } from "../editor/context";
import classes from "./card.module.css";
import { Symbol } from "./symbol";
import { useWords } from "./words";

export type CardNode = Node<{ node: FlowNode; start: boolean }, "card">;

const byNode = new WeakMap<readonly Issue[], Map<string, Issue[]>>();

/** Issues by the node that they are about, worst first; the same object while the list is the same. */
export function issuesOf(issues: readonly Issue[], name: string): readonly Issue[] {
  let map = byNode.get(issues);
  if (map === undefined) {
    map = new Map();
    for (const issue of [...issues].sort((a, b) => a.weight.localeCompare(b.weight))) map.set(issue.node, [...(map.get(issue.node) ?? []), issue]);
    byNode.set(issues, map);
  }
  return map.get(name) ?? none;
}
const none: readonly Issue[] = [];

/** A step of the flow: what it is, what it says, and one handle for each way out. */
export const Card = memo(function Card({ data, selected }: NodeProps<CardNode>) {
  const { t } = useTranslation("builder");
  const { node, start } = data;
  const words = useWords();
  const issues = useEditorState((state) => issuesOf(state.issues, node.name));
  const paint = useEditorState((state) => state.paint);
  const readOnly = useEditorState((state) => state.readOnly);
  const exits = exitsOf(node);
  const refresh = useUpdateNodeInternals();
  const order = exits.map((exit) => exit.id + exit.label).join();
  useEffect(() => refresh(node.name), [refresh, node.name, order]);
  const preview = words.preview(node);
  const tone = groupOf(node.kind);
  const painted = paintOf(paint, node.name);
  return (
    <div className={classes.card} data-tone={tone} data-selected={selected || undefined} data-paint={painted.mark} data-worst={issues[0]?.weight}>
      {start && (
        <span className={classes.start}>
          <Symbol name="end" size={13} />
          {t("editor.start")}
        </span>
      )}
      <Issues issues={issues} />
      {node.kind !== "unknown" && <Handle id="in" type="target" position={Position.Left} className={classes.in} isConnectable={!readOnly} />}
      <header className={classes.head}>
        <span className={classes.icon}>
          <Symbol name={node.kind} />
        </span>
        <span className={classes.names}>
          <strong title={node.name}>{node.name}</strong>
          <span>{words.kind(node.kind)}</span>
        </span>
      </header>
      {preview !== "" && <p className={classes.text}>{preview}</p>}
      {painted.counts !== undefined && <CountLine counts={painted.counts} />}
      {painted.times !== undefined && <p className={classes.counts}>{t("editor.covered", { count: painted.times })}</p>}
      {exits.length > 0 && (
        <ul className={classes.exits}>
          {exits.map((exit) => {
            const count = painted.counts?.exits.find((each) => each.exit === exit.label)?.count ?? painted.exits?.[`${node.name}/${exit.label}`];
            return (
              <li key={exit.id} className={classes.exit} data-open={exit.to === "" || undefined} data-optional={exit.optional || undefined}>
                <span>{words.exit(node, exit)}</span>
                {count !== undefined && <b>{count}</b>}
                <Handle id={exit.id} type="source" position={Position.Right} className={classes.out} isConnectable={!readOnly} />
              </li>
            );
          })}
        </ul>
      )}
    </div>
  );
});

/** A badge with how many issues there are; what they are stands in the tip and in the node's form. */
function Issues({ issues }: { issues: readonly Issue[] }) {
  const worst = issues[0];
  if (worst === undefined) return null;
  return (
    <Tooltip label={issues.map((issue) => issue.sentence).join("\n")} multiline w={280} style={{ whiteSpace: "pre-line" }} position="top" openDelay={120}>
      <span className={classes.badge} data-weight={worst.weight}>
        <Icon name="alert" size={13} />
        {issues.length}
        <span className="p-sr">{issues.map((issue) => issue.sentence).join(" ")}</span>
      </span>
    </Tooltip>
  );
}

function CountLine({ counts }: { counts: NodeCount }) {
  const { t } = useTranslation("builder");
  const lost = counts.entered === 0 ? 0 : Math.round((counts.left / counts.entered) * 100);
  return (
    <p className={classes.counts}>
      <span>{t("editor.entered", { count: counts.entered })}</span>
      {counts.waiting > 0 && <span>{t("editor.waitingHere", { count: counts.waiting })}</span>}
      {lost > 0 && <em data-much={lost >= 30 || undefined}>{t("editor.lost", { percent: lost })}</em>}
    </p>
  );
}

interface Painted {
  mark?: "passed" | "here" | "unseen" | "seen";
  counts?: NodeCount;
  times?: number;
  exits?: Record<string, number>;
}

function paintOf(paint: Paint | null, name: string): Painted {
  switch (paint?.kind) {
    case "trail":
      if (paint.at === name) return { mark: "here" };
      return paint.passed.some((each) => each.node === name) ? { mark: "passed" } : {};
    case "coverage": {
      const times = paint.nodes[name] ?? 0;
      return { mark: times > 0 ? "seen" : "unseen", times, exits: paint.exits };
    }
    case "counts": {
      const counts = paint.nodes[name];
      return counts === undefined ? { mark: "unseen" } : { counts };
    }
    default:
      return {};
  }
}
