import { BaseEdge, EdgeLabelRenderer, getBezierPath, useInternalNode, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { connect } from "../document/change";
import { useEditor, useEditorState } from "../editor/context";
import classes from "./canvas.module.css";

export type WayEdge = Edge<{ exit: string; label: string; optional: boolean; near: boolean }, "way">;

/** A way from an exit to a node; a chosen one shows the cross that cuts it. */
export const Way = memo(function Way({ source, target, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data }: EdgeProps<WayEdge>) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.readOnly);
  const taken = useEditorState((state) => {
    if (state.paint?.kind === "trail") return state.paint.passed.some((each) => each.node === source && each.exit === data?.label);
    return state.paint?.kind === "coverage" && (state.paint.exits[`${source}/${data?.label}`] ?? 0) > 0;
  });
  const from = useInternalNode(source);
  const to = useInternalNode(target);
  const boxes = [from, to].flatMap((node) => (node === undefined ? [] : [{ top: node.internals.positionAbsolute.y, bottom: node.internals.positionAbsolute.y + (node.measured.height ?? 0) }]));
  const [path, x, y] = targetX < sourceX + 20 ? around({ x: sourceX, y: sourceY }, { x: targetX, y: targetY }, boxes) : getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.32 });
  const look = [classes.way, selected ? classes.chosen : data?.near ? classes.near : "", data?.optional ? classes.aside : "", taken ? classes.taken : ""].join(" ");
  return (
    <>
      <BaseEdge path={path} className={look} interactionWidth={22} markerEnd={`url(#way-${taken ? "taken" : selected || data?.near ? "near" : "plain"})`} />
      {selected && !readOnly && (
        <EdgeLabelRenderer>
          <button
            type="button"
            className={`${classes.cut} nodrag nopan`}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${y}px)` }}
            aria-label={t("editor.cutWay")}
            onClick={() => {
              editor.apply((document) => connect(document, source, data?.exit ?? "", ""));
            }}
          >
            <Icon name="close" size={13} />
          </button>
        </EdgeLabelRenderer>
      )}
    </>
  );
});

const bend = 14;
const aside = 26;

/** A way back: out to the right, over or under both cards, in from the left, with round corners. */
export function around(from: { x: number; y: number }, to: { x: number; y: number }, boxes: { top: number; bottom: number }[]): [string, number, number] {
  const over = Math.min(from.y, to.y, ...boxes.map((box) => box.top)) - 44;
  const under = Math.max(from.y, to.y, ...boxes.map((box) => box.bottom)) + 24;
  const length = (lane: number) => Math.abs(from.y - lane) + Math.abs(to.y - lane);
  const lane = length(over) <= length(under) ? over : under;
  const right = from.x + aside;
  const left = to.x - aside;
  const out = Math.sign(lane - from.y) * bend;
  const back = Math.sign(to.y - lane) * bend;
  const path =
    `M${from.x} ${from.y} H${right - bend} Q${right} ${from.y} ${right} ${from.y + out} V${lane - out} Q${right} ${lane} ${right - bend} ${lane} ` +
    `H${left + bend} Q${left} ${lane} ${left} ${lane + back} V${to.y - back} Q${left} ${to.y} ${left + bend} ${to.y} H${to.x}`;
  return [path, (right + left) / 2, lane];
}

/** The heads of the arrows, in the colours of the scheme. */
export function Heads() {
  return (
    <svg width="0" height="0" aria-hidden="true" style={{ position: "absolute" }}>
      <defs>
        {(["plain", "near", "taken"] as const).map((name) => (
          <marker key={name} id={`way-${name}`} viewBox="0 0 10 10" refX="8" refY="5" markerWidth="7" markerHeight="7" orient="auto-start-reverse" markerUnits="userSpaceOnUse" style={{ overflow: "visible" }}>
            <path d="M0 0 10 5 0 10Z" className={classes[`head-${name}`]} />
          </marker>
        ))}
      </defs>
    </svg>
  );
}
