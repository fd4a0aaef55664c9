import { createSpotlight, Spotlight } from "@mantine/spotlight";
import { useEffect, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { Kbd } from "@mantine/core";
import { useCommandList } from "@/ui/commands";
import { Icon } from "@/ui/icon";
import { keyCaps } from "@/ui/keys";

const [store, spotlight] = createSpotlight();

/** Everything that can be done here, by name. */
export default function Palette({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("common");
  const commands = useCommandList();
  useEffect(() => spotlight.open(), []);
  const groups = useMemo(() => {
    const byGroup = new Map<string, typeof commands>();
    for (const command of commands) {
      if (command.id === "palette") continue;
      byGroup.set(command.group, [...(byGroup.get(command.group) ?? []), command]);
    }
    return [...byGroup].map(([group, all]) => ({
      group,
      actions: all.map((command) => ({
        id: command.id,
        label: command.label,
        leftSection: command.icon !== undefined ? <Icon name={command.icon} size={19} /> : undefined,
        rightSection: command.keys !== undefined ? <Keys keys={command.keys} /> : undefined,
        // The palette closes first, so that a dialog that the command opens gets the focus.
        onClick: () => setTimeout(command.run, 60),
      })),
    }));
  }, [commands]);
  return (
    <Spotlight
      store={store}
      actions={groups}
      shortcut={null}
      scrollable
      maxHeight={420}
      highlightQuery
      nothingFound={t("nothingFound")}
      onSpotlightClose={onClose}
      searchProps={{ placeholder: t("paletteHint"), "aria-label": t("palette"), leftSection: <Icon name="search" /> }}
    />
  );
}

export function Keys({ keys }: { keys: string }) {
  return (
    <span style={{ display: "inline-flex", gap: 3, alignItems: "center" }}>
      {keyCaps(keys).map((cap, i) => (cap === "›" ? <span key={i}>›</span> : <Kbd key={i}>{cap}</Kbd>))}
    </span>
  );
}
