import { ActionIcon, Alert, Button, Combobox, Group, InputBase, Skeleton, Stack, Text, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { shop, type Collection, type Product } from "@/api/shop";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { keys } from "./queries";

/** The products on a list: put on, taken off, moved up; nothing is kept before it is saved. */
export function ListItems({ list, onDone }: { list: Collection; onDone: () => void }) {
  const { t } = useTranslation(["product", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const wanted = { collection_id: list.id, limit: 100 };
  const query = useQuery({ queryKey: keys.list(wanted), queryFn: () => shop.products.list(wanted), staleTime: 0 });
  const [chosen, setChosen] = useState<Product[] | null>(null);
  const items = chosen ?? query.data?.items ?? [];
  const save = useMutation({
    mutationFn: () =>
      shop.collections.fill(
        list.id,
        items.map((each) => each.id),
      ),
    onSuccess: async () => {
      await client.invalidateQueries({ queryKey: keys.all });
      onDone();
    },
  });
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (query.isPending) return <Skeleton height={160} radius="md" />;
  // More than one page can't be arranged here without losing the rest.
  if (query.data.next !== undefined) return <Alert color="honey">{t("listTooLong")}</Alert>;
  const raise = (at: number) => {
    const next = [...items];
    const [moved] = next.splice(at, 1);
    if (moved !== undefined) next.splice(at - 1, 0, moved);
    setChosen(next);
  };
  return (
    <Stack>
      <FindProduct label={t("addToList")} without={items.map((each) => each.id)} onChoose={(product) => setChosen([...items, product])} />
      {items.length === 0 && <Text c="dimmed">{t("listEmpty")}</Text>}
      <Stack gap={4} component="ol" style={{ margin: 0, padding: 0, listStyle: "none" }}>
        {items.map((product, at) => (
          <Group key={product.id} component="li" wrap="nowrap" gap="xs">
            <Text flex={1} truncate>
              {product.name}
            </Text>
            <ActionIcon aria-label={t("raise", { name: product.name })} disabled={at === 0} onClick={() => raise(at)}>
              <Icon name="down" size={17} style={{ rotate: "180deg" }} />
            </ActionIcon>
            <ActionIcon aria-label={t("takeOff", { name: product.name })} onClick={() => setChosen(items.filter((each) => each !== product))}>
              <Icon name="close" size={17} />
            </ActionIcon>
          </Group>
        ))}
      </Stack>
      {save.isError && <Alert color="brick">{say(save.error)}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onDone}>
          {t("common:back")}
        </Button>
        <Button onClick={() => save.mutate()} loading={save.isPending} disabled={chosen === null}>
          {t("common:save")}
        </Button>
      </Group>
    </Stack>
  );
}

/** A field that finds a product by its words. */
function FindProduct({ label, without, onChoose }: { label: string; without: string[]; onChoose: (product: Product) => void }) {
  const { t } = useTranslation("product");
  const box = useCombobox();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), 200);
  const search = { q: words, limit: 12 };
  const query = useQuery({ queryKey: keys.list(search), queryFn: () => shop.products.list(search), enabled: words !== "" });
  const found = (query.data?.items ?? []).filter((each) => !without.includes(each.id));
  return (
    <Combobox
      store={box}
      onOptionSubmit={(id) => {
        const product = found.find((each) => each.id === id);
        if (product !== undefined) onChoose(product);
        setTyped("");
        box.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={label}
          value={typed}
          placeholder={t("search")}
          leftSection={<Icon name="search" size={17} />}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            box.openDropdown();
            box.resetSelectedOption();
          }}
          onBlur={() => box.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={words === ""}>
        <Combobox.Options>
          {found.map((product) => (
            <Combobox.Option key={product.id} value={product.id}>
              {product.name}
            </Combobox.Option>
          ))}
          {found.length === 0 && <Combobox.Empty>{query.isFetching ? t("loading") : t("nothing")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
