import { BaseEdge, EdgeLabelRenderer, getBezierPath, type Edge, type EdgeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { connect } from "../document/change";
import { useEditor, useEditorState } from "../editor/context";
import classes from "./canvas.module.css";

export type WayEdge = Edge<{ exit: string; label: string; optional: boolean; near: boolean }, "way">;

/** A way from an exit to a node; a chosen one shows the cross that cuts it. */
export const Way = memo(function Way({ source, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, selected, data }: EdgeProps<WayEdge>) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.readOnly);
  const taken = useEditorState((state) => {
    if (state.paint?.kind === "trail") return state.paint.passed.some((each) => each.node === source && each.exit === data?.label);
    return state.paint?.kind === "coverage" && (state.paint.exits[`${source}/${data?.label}`] ?? 0) > 0;
  });
  const [path, x, y] = getBezierPath({ sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition, curvature: 0.32 });
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
