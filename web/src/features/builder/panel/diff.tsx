import { Badge, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Change } from "../contract";
import classes from "./panel.module.css";

/** What changed, in sentences, by node. */
export function Diff({ changes, onNode }: { changes: Change[]; onNode: (node: string) => void }) {
  const { t } = useTranslation("builder");
  const groups = new Map<string, Change[]>();
  for (const change of changes) groups.set(change.node, [...(groups.get(change.node) ?? []), change]);
  if (changes.length === 0) return <Text c="dimmed">{t("version.noChanges")}</Text>;
  return (
    <ul className={classes.diff}>
      {[...groups].map(([node, all]) => (
        <li key={node}>
          {node === "" ? (
            <Badge color="gray">{t("version.wholeFlow")}</Badge>
          ) : (
            <button type="button" className={classes.chip} onClick={() => onNode(node)} aria-label={t("version.toNode", { node })}>
              {node}
            </button>
          )}
          <ul>
            {all.map((change, i) => (
              <li key={i}>{change.sentence}</li>
            ))}
          </ul>
        </li>
      ))}
    </ul>
  );
}
