import type { Node, NodeProps } from "@xyflow/react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { setNote } from "../document/change";
import { useEditor, useEditorState } from "../editor/context";
import classes from "./canvas.module.css";

export type NoteNode = Node<{ index: number; text: string }, "note">;

/** A slip of paper for the team; customers never see it. */
export const Note = memo(function Note({ data, selected }: NodeProps<NoteNode>) {
  const { t } = useTranslation("builder");
  const editor = useEditor();
  const readOnly = useEditorState((state) => state.readOnly);
  return (
    <div className={classes.note} data-selected={selected || undefined}>
      <textarea
        className="nodrag nowheel"
        aria-label={t("editor.note")}
        placeholder={t("editor.noteHint")}
        value={data.text}
        readOnly={readOnly}
        maxLength={2000}
        onChange={(event) => {
          const text = event.currentTarget.value;
          editor.apply((document) => setNote(document, data.index, { text }), `note.${data.index}`);
        }}
      />
      {!readOnly && (
        <button type="button" className={`${classes.noteClose} nodrag`} aria-label={t("editor.noteRemove")} onClick={() => editor.apply((document) => setNote(document, data.index, null))}>
          <Icon name="close" size={13} />
        </button>
      )}
    </div>
  );
});
