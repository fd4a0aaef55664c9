import { ActionIcon, Alert, Button, Group, Modal, Select, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shop, type Collection } from "@/api/shop";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { categoryChoices } from "./draft";
import { collectionsQuery, keys } from "./queries";
import { ListItems } from "./shelf";

/** The shelves of the shop: categories, which nest, and lists, into which products are put by hand. */
export function Collections({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["product", "common"]);
  const query = useQuery({ ...collectionsQuery, enabled: opened });
  const [filling, setFilling] = useState<Collection | null>(null);
  const all = query.data?.items ?? [];
  const paths = new Map(categoryChoices(all).map((choice) => [choice.value, choice.label]));
  const close = () => {
    setFilling(null);
    onClose();
  };
  return (
    <Modal opened={opened} onClose={close} title={filling === null ? t("shelves") : t("itemsOf", { name: filling.name })} size="lg" closeButtonProps={{ "aria-label": t("common:close") }}>
      {filling !== null ? (
        <ListItems list={filling} onDone={() => setFilling(null)} />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={160} radius="md" />
      ) : (
        <Stack gap="xl">
          {(["category", "list"] as const).map((kind) => (
            <section key={kind} aria-label={t(`kinds.${kind}`)}>
              <Title order={3} size="h3">
                {t(`kinds.${kind}`)}
              </Title>
              <Text size="sm" c="dimmed" mb="sm">
                {t(`kindText.${kind}`)}
              </Text>
              <Stack gap={6}>
                {all
                  .filter((each) => each.kind === kind)
                  .map((shelf) => ({ shelf, label: paths.get(shelf.id) ?? shelf.name }))
                  .sort((a, b) => a.label.localeCompare(b.label))
                  .map(({ shelf, label }) => (
                    <Shelf key={shelf.id} shelf={shelf} label={label} onFill={() => setFilling(shelf)} />
                  ))}
              </Stack>
              <NewShelf kind={kind} all={all} />
            </section>
          ))}
        </Stack>
      )}
    </Modal>
  );
}

function Shelf({ shelf, label, onFill }: { shelf: Collection; label: string; onFill: () => void }) {
  const { t } = useTranslation(["product", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [name, setName] = useState<string | null>(null);
  const onSuccess = () => client.invalidateQueries({ queryKey: keys.collections });
  const onError = (error: unknown) => notify.bad(say(error));
  const rename = useMutation({
    mutationFn: (next: string) => shop.collections.change(shelf.id, { kind: shelf.kind, parent_id: shelf.parent_id, position: shelf.position, name: next }),
    onSuccess: async () => {
      await onSuccess();
      setName(null);
    },
    onError,
  });
  const remove = useMutation({ mutationFn: () => shop.collections.remove(shelf.id), onSuccess, onError });
  if (name !== null)
    return (
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (name.trim() !== "") rename.mutate(name.trim());
        }}
      >
        <Group gap="xs" wrap="nowrap">
          <TextInput flex={1} size="sm" aria-label={t("nameOf", { name: shelf.name })} value={name} maxLength={400} autoFocus onChange={(event) => setName(event.currentTarget.value)} />
          <Button type="submit" loading={rename.isPending}>
            {t("common:save")}
          </Button>
          <Button variant="default" onClick={() => setName(null)}>
            {t("common:cancel")}
          </Button>
        </Group>
      </form>
    );
  return (
    <Group gap="xs" wrap="nowrap">
      <Text flex={1} style={{ minWidth: 0, overflowWrap: "anywhere" }}>
        {label}
      </Text>
      {shelf.kind === "list" && (
        <Button variant="subtle" size="compact-sm" onClick={onFill}>
          {t("putProducts")}
        </Button>
      )}
      <ActionIcon aria-label={t("renameOne", { name: shelf.name })} onClick={() => setName(shelf.name)}>
        <Icon name="note" size={17} />
      </ActionIcon>
      <ConfirmButton label={t("removeOne", { name: shelf.name })} title={t("removeOne", { name: shelf.name })} text={t("removeShelfText")} action={t("remove")} onConfirm={() => remove.mutate()} busy={remove.isPending}>
        {t("remove")}
      </ConfirmButton>
    </Group>
  );
}

function NewShelf({ kind, all }: { kind: Collection["kind"]; all: Collection[] }) {
  const { t } = useTranslation("product");
  const client = useQueryClient();
  const say = useProblemText();
  const [name, setName] = useState("");
  const [parent, setParent] = useState<string | null>(null);
  const create = useMutation({
    mutationFn: () => shop.collections.create({ kind, name: name.trim(), ...(parent === null ? {} : { parent_id: parent }) }),
    onSuccess: () => {
      setName("");
      return client.invalidateQueries({ queryKey: keys.collections });
    },
  });
  const parents = categoryChoices(all);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") create.mutate();
      }}
    >
      <Group gap="xs" mt="sm" align="flex-end">
        <TextInput flex="1 1 180px" label={t(`newOf.${kind}`)} value={name} maxLength={400} onChange={(event) => setName(event.currentTarget.value)} />
        {kind === "category" && parents.length > 0 && (
          <Select flex="1 1 160px" label={t("below")} placeholder={t("belowNone")} clearable clearButtonProps={{ "aria-label": t("clear") }} value={parent} onChange={setParent} data={parents} />
        )}
        <Button type="submit" variant="light" loading={create.isPending} disabled={name.trim() === ""}>
          {t("create")}
        </Button>
      </Group>
      {create.isError && (
        <Alert color="brick" mt="xs">
          {say(create.error)}
        </Alert>
      )}
    </form>
  );
}
