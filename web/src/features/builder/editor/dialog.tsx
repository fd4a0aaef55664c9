import { Alert, Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { RelativeTime } from "@/ui/time";
import { Picker, type Item } from "../canvas/picker";
import { useKindItems } from "../canvas/palette";
import { Symbol } from "../canvas/symbol";
import { useWords } from "../canvas/words";
import type { Draft } from "../contract";
import type { Document } from "../document/change";
import { exitsOf, groupOf, textsOf } from "../document/kind";
import { useDocument } from "./context";
import { downloadDraft } from "./open";
import classes from "./editor.module.css";

/** The flow's nodes as things to pick. */
export function useNodeItems(group?: string): Item[] {
  const document = useDocument();
  const words = useWords();
  return document.definition.nodes.map((node) => ({
    id: node.name, label: node.name, hint: words.preview(node).replace(/\s+/g, " ").slice(0, 120) || words.kind(node.kind),
    icon: node.kind, tone: groupOf(node.kind), group, also: `${words.kind(node.kind)} ${textsOf(node).join(" ")}`,
  }));
}

/** Search over names and texts; what is looked at is shown while one goes through the list. */
export function Find({ onClose, onGo, onLook }: { onClose: () => void; onGo: (name: string) => void; onLook: (name: string) => void }) {
  const { t } = useTranslation("builder");
  const items = useNodeItems();
  return (
    <div className={classes.find} role="search">
      <Picker items={items} label={t("editor.find")} placeholder={t("editor.findHint")} onPick={(item) => onGo(item.id)} onMove={(item) => onLook(item.id)} onClose={onClose} />
    </div>
  );
}

/** Adds a step at a place: a new one of some kind, or the way leads to one that is there. */
export function QuickAdd({ at, linking, onKind, onNode, onClose }: { at: { x: number; y: number }; linking: boolean; onKind: (kind: string) => void; onNode: (name: string) => void; onClose: () => void }) {
  const { t } = useTranslation("builder");
  const kinds = useKindItems();
  const nodes = useNodeItems(t("editor.existing"));
  const known = new Set(kinds.map((each) => each.id));
  const items = [...kinds.map((each) => ({ ...each, id: `kind:${each.id}` })), ...(linking ? nodes.map((each) => ({ ...each, id: `node:${each.id}` })) : [])];
  return (
    <div className={classes.veil} onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div className={classes.quick} style={{ left: at.x, top: at.y }} role="dialog" aria-label={t("editor.addStep")}>
        <Picker
          items={items}
          label={t("editor.addStep")}
          placeholder={t("editor.addHint")}
          onClose={onClose}
          onPick={(item) => {
            const [sort, name] = [item.id.slice(0, 5), item.id.slice(5)];
            if (sort === "kind:" && known.has(name)) onKind(name);
            else onNode(name);
          }}
        />
      </div>
    </div>
  );
}

/** Connects without a mouse: which way out, then where to. */
export function Connect({ name, exit, onExit, onTarget, onKind, onClose }: { name: string; exit: string | null; onExit: (exit: string) => void; onTarget: (to: string) => void; onKind: (kind: string) => void; onClose: () => void }) {
  const { t } = useTranslation("builder");
  const document = useDocument();
  const words = useWords();
  const nodes = useNodeItems(t("editor.existing"));
  const kinds = useKindItems();
  const node = document.definition.nodes.find((each) => each.name === name);
  if (node === undefined) return null;
  const exits = exitsOf(node);
  const chosen = exits.find((each) => each.id === exit) ?? (exits.length === 1 ? exits[0] : undefined);
  const title = chosen === undefined ? t("editor.connectFrom", { name }) : t("editor.connectTo", { exit: words.exit(node, chosen) });
  return (
    <Modal opened onClose={onClose} title={title} padding={0} classNames={{ header: classes.pickHead ?? "" }} closeButtonProps={{ "aria-label": t("editor.close") }}>
      {exits.length === 0 ? (
        <Text p="md" c="dimmed">
          {t("editor.noExits")}
        </Text>
      ) : chosen === undefined ? (
        <Picker
          key="exit"
          items={exits.map((each) => ({ id: each.id, label: words.exit(node, each), hint: each.to === "" ? t("editor.leadsNowhere") : t("editor.leadsTo", { name: each.to }), icon: "jump" }))}
          label={title}
          placeholder={t("editor.exitHint")}
          onPick={(item) => onExit(item.id)}
          onClose={onClose}
        />
      ) : (
        <Picker
          key="target"
          items={[
            ...nodes.filter((each) => each.id !== name).map((each) => ({ ...each, id: `node:${each.id}` })),
            ...kinds.map((each) => ({ ...each, id: `kind:${each.id}`, group: t("editor.newStep") })),
            ...(chosen.to === "" ? [] : [{ id: "none:", label: t("editor.cutWay"), icon: "trash", group: t("editor.newStep") }]),
          ]}
          label={title}
          placeholder={t("editor.targetHint")}
          onPick={(item) => {
            if (exit === null) onExit(chosen.id);
            if (item.id.startsWith("kind:")) onKind(item.id.slice(5));
            else onTarget(item.id.slice(5));
          }}
          onClose={onClose}
        />
      )}
    </Modal>
  );
}

/** Two people saved: nothing is lost, and somebody decides. */
export function Conflict({ theirs, mine, name, onTheirs, onOverwrite }: { theirs: Draft; mine: Document; name: string; onTheirs: () => void; onOverwrite: () => void }) {
  const { t } = useTranslation("builder");
  const own = new Map(mine.definition.nodes.map((node) => [node.name, JSON.stringify(node)]));
  const different = theirs.definition.nodes.filter((node) => own.get(node.name) !== JSON.stringify(node)).map((node) => node.name);
  const missing = mine.definition.nodes.filter((node) => !theirs.definition.nodes.some((each) => each.name === node.name)).map((node) => node.name);
  const names = [...different, ...missing];
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(JSON.stringify(mine, null, 2));
      notify.good(t("editor.copied"));
    } catch {
      downloadDraft(name, mine);
    }
  };
  return (
    <Modal opened onClose={() => undefined} withCloseButton={false} closeOnEscape={false} closeOnClickOutside={false} title={t("editor.conflict")} size="lg">
      <Stack>
        <Text>
          {t("editor.conflictText", { name: theirs.author_name })} <RelativeTime ms={theirs.updated_ms} />
        </Text>
        {names.length > 0 && (
          <Alert color="honey" icon={<Icon name="alert" />}>
            {t("editor.conflictNodes", { count: names.length, names: names.slice(0, 8).join(", ") + (names.length > 8 ? "…" : "") })}
          </Alert>
        )}
        <Group gap="xs">
          <Button variant="default" leftSection={<Icon name="copy" size={16} />} onClick={() => void copy()}>
            {t("editor.copyMine")}
          </Button>
          <Button variant="default" leftSection={<Symbol name="download" size={16} />} onClick={() => downloadDraft(name, mine)}>
            {t("editor.downloadMine")}
          </Button>
        </Group>
        <Group justify="flex-end">
          <Button variant="light" color="brick" onClick={onOverwrite}>
            {t("editor.overwrite")}
          </Button>
          <Button onClick={onTheirs} data-autofocus>
            {t("editor.loadTheirs", { name: theirs.author_name })}
          </Button>
        </Group>
        <Text size="sm" c="dimmed">
          {t("editor.conflictHint")}
        </Text>
      </Stack>
    </Modal>
  );
}
