import { Tooltip, UnstyledButton } from "@mantine/core";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { groups, kinds } from "../document/kind";
import { dragType } from "./canvas";
import classes from "./palette.module.css";
import { found, type Item } from "./picker";
import { Symbol } from "./symbol";
import { useWords, type Words } from "./words";

/** All kinds as things to pick. */
export function kindItems(words: Words, group: (name: string) => string): Item[] {
  return groups.flatMap((name) =>
    kinds
      .filter((spec) => spec.group === name)
      .map((spec) => ({ id: spec.kind, label: words.kind(spec.kind), hint: words.about(spec.kind), icon: spec.kind, tone: name, group: group(name) })),
  );
}

export function useKindItems(): Item[] {
  const { t } = useTranslation("builder");
  const words = useWords();
  return useMemo(() => kindItems(words, (name) => t(`node.group.${name}` as "node.group.talk")), [words, t]);
}

/** The kinds of step: drag one onto the canvas, or press it to add it after the chosen step. */
export function Palette({ small, onAdd }: { small: boolean; onAdd: (kind: string) => void }) {
  const { t } = useTranslation("builder");
  const items = useKindItems();
  const [search, setSearch] = useState("");
  const hits = useMemo(() => (small ? items : found(items, search)), [items, search, small]);
  return (
    <nav className={classes.palette} data-small={small || undefined} aria-label={t("editor.palette")}>
      {!small && (
        <div className={classes.field}>
          <Icon name="search" size={16} />
          <input
            type="search"
            aria-label={t("editor.paletteSearch")}
            placeholder={t("editor.paletteSearch")}
            value={search}
            onChange={(event) => setSearch(event.target.value)}
            onKeyDown={(event) => {
              const first = hits[0];
              if (event.key === "Enter" && first !== undefined && search !== "") onAdd(first.id);
              if (event.key === "Escape") setSearch("");
            }}
          />
        </div>
      )}
      <div className={classes.list}>
        {hits.map((item, i) => {
          const head = item.group !== hits[i - 1]?.group && search.trim() === "" ? item.group : undefined;
          return (
            <div key={item.id}>
              {head !== undefined && (small ? <div className={classes.rule} /> : <p className={classes.group}>{head}</p>)}
              <Tooltip label={small ? item.label : item.hint} position="right" multiline maw={240} openDelay={450}>
                <UnstyledButton
                  className={classes.kind}
                  data-tone={item.tone}
                  draggable
                  aria-label={t("editor.addKind", { kind: item.label })}
                  onDragStart={(event) => {
                    event.dataTransfer.setData(dragType, item.id);
                    event.dataTransfer.effectAllowed = "copy";
                  }}
                  onClick={() => onAdd(item.id)}
                >
                  <span className={classes.icon}>
                    <Symbol name={item.id} size={17} />
                  </span>
                  {!small && <span className={classes.label}>{item.label}</span>}
                </UnstyledButton>
              </Tooltip>
            </div>
          );
        })}
        {hits.length === 0 && <p className={classes.none}>{t("editor.nothingFound")}</p>}
      </div>
      {!small && <p className={classes.hint}>{t("editor.paletteHint")}</p>}
    </nav>
  );
}
