import { Modal, SimpleGrid, Text } from "@mantine/core";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCommandList, type Command } from "@/ui/commands";
import { Keys } from "./palette";

/** The keys that work on this page. */
export default function Shortcuts({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation("common");
  const commands = useCommandList();
  const groups = useMemo(() => group(commands), [commands]);
  return (
    <Modal opened onClose={onClose} title={t("shortcuts")} size="xl" closeButtonProps={{ "aria-label": t("close") }}>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xl">
        {[...groups].map(([group, all]) => (
          <section key={group}>
            <Text fw={650} mb="xs" component="h3" m={0}>
              {group}
            </Text>
            {all.map((command) => (
              <div key={command.id} style={{ display: "flex", justifyContent: "space-between", gap: 16, padding: "4px 0" }}>
                <Text size="sm">{command.label}</Text>
                <Keys keys={command.keys ?? ""} />
              </div>
            ))}
          </section>
        ))}
      </SimpleGrid>
    </Modal>
  );
}

/** Written out, since Map.groupBy is younger than the browsers that we support. */
function group(commands: Command[]): Map<string, Command[]> {
  const groups = new Map<string, Command[]>();
  for (const command of commands) {
    if (command.keys === undefined) continue;
    groups.set(command.group, [...(groups.get(command.group) ?? []), command]);
  }
  return groups;
}
