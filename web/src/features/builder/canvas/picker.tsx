import { useId, useMemo, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import classes from "./picker.module.css";
import { Symbol } from "./symbol";

export interface Item {
  id: string;
  label: string;
  hint?: string;
  icon?: string;
  /** Colour of the icon, by group of kinds. */
  tone?: string;
  group?: string;
  /** More words by which it is found. */
  also?: string;
}

export const folded = (text: string) => text.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase();

/** Items that hold every word of the search. */
export function found(items: Item[], search: string): Item[] {
  const words = folded(search).split(/\s+/).filter(Boolean);
  if (words.length === 0) return items;
  const hits = items.filter((item) => {
    const text = folded(`${item.label} ${item.hint ?? ""} ${item.also ?? ""} ${item.id}`);
    return words.every((word) => text.includes(word));
  });
  // What begins with the search comes first.
  const begins = (item: Item) => Number(folded(item.label).startsWith(words[0] ?? ""));
  return hits.sort((a, b) => begins(b) - begins(a));
}

/** A search field over a list, all by keyboard: type, up and down, Enter, Escape. */
export function Picker({ items, label, placeholder, onPick, onClose, onMove, most = 80 }: { items: Item[]; label: string; placeholder: string; onPick: (item: Item, shift: boolean) => void; onClose: () => void; onMove?: (item: Item) => void; most?: number }) {
  const { t } = useTranslation("builder");
  const id = useId();
  const [search, setSearch] = useState("");
  const [at, setAt] = useState(0);
  const hits = useMemo(() => found(items, search).slice(0, most), [items, search, most]);
  const here = Math.min(at, hits.length - 1);
  const go = (to: number) => {
    const next = Math.max(0, Math.min(hits.length - 1, to));
    setAt(next);
    document.getElementById(`${id}-${next}`)?.scrollIntoView({ block: "nearest" });
    const item = hits[next];
    if (item !== undefined) onMove?.(item);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step !== undefined) go(here + step);
    else if (event.key === "Enter" && !event.nativeEvent.isComposing) {
      const item = hits[here];
      if (item !== undefined) onPick(item, event.shiftKey);
    } else if (event.key === "Escape") onClose();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div className={classes.picker} onKeyDown={onKeyDown}>
      <div className={classes.field}>
        <Icon name="search" size={17} />
        <input
          autoFocus
          data-autofocus
          type="text"
          role="combobox"
          aria-expanded="true"
          aria-controls={`${id}-list`}
          aria-activedescendant={here >= 0 ? `${id}-${here}` : undefined}
          aria-label={label}
          placeholder={placeholder}
          value={search}
          onChange={(event) => {
            setSearch(event.target.value);
            setAt(0);
          }}
        />
      </div>
      <div className={classes.list} id={`${id}-list`} role="listbox" aria-label={label} tabIndex={-1}>
        {hits.map((item, i) => {
          const head = search.trim() === "" && item.group !== hits[i - 1]?.group ? item.group : undefined;
          return (
            <div key={item.id} role="presentation">
              {head !== undefined && (
                <div className={classes.group} aria-hidden="true">
                  {head}
                </div>
              )}
              <div
                id={`${id}-${i}`}
                role="option"
                aria-selected={i === here}
                className={classes.option}
                data-here={i === here || undefined}
                onMouseMove={() => i !== here && setAt(i)}
                onClick={(event) => onPick(item, event.shiftKey)}
              >
                {item.icon !== undefined && (
                  <span className={classes.icon} data-tone={item.tone}>
                    <Symbol name={item.icon} size={17} />
                  </span>
                )}
                <span className={classes.words}>
                  <span>{item.label}</span>
                  {item.hint !== undefined && item.hint !== "" && <small>{item.hint}</small>}
                </span>
              </div>
            </div>
          );
        })}
        {hits.length === 0 && <p className={classes.none}>{t("editor.nothingFound")}</p>}
      </div>
    </div>
  );
}
