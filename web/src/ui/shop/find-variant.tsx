import { Combobox, InputBase, Text, useCombobox } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { freeStock, priceAt, shop, type Product, type Variant } from "@/api/shop";
import { Icon } from "../icon";
import { moneyText } from "../money";
import { useNow } from "../time";
import classes from "./shop.module.css";

/** A variant as it is named among others. */
export const pieceName = (product: Pick<Product, "name">, variant: Pick<Variant, "options">): string => [product.name, ...variant.options].filter(Boolean).join(" · ");

/** Finds a variant by what a person types of its name or SKU. */
export function FindVariant({ onChoose }: { onChoose: (product: Product, variant: Variant) => void }) {
  const { t, i18n } = useTranslation("order");
  const box = useCombobox();
  const now = useNow();
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), 200);
  const query = useQuery({ queryKey: ["products", "list", { q: words, state: "active", limit: 10 }], queryFn: () => shop.products.list({ q: words, state: "active", limit: 10 }), enabled: words !== "" });
  const found = (query.data?.items ?? []).flatMap((product) => product.variants.filter((variant) => !variant.archived).map((variant) => ({ product, variant })));
  return (
    <Combobox
      store={box}
      onOptionSubmit={(id) => {
        const chosen = found.find((each) => each.variant.id === id);
        if (chosen !== undefined) onChoose(chosen.product, chosen.variant);
        setTyped("");
        box.closeDropdown();
      }}
    >
      <Combobox.Target>
        <InputBase
          label={t("findProduct")}
          placeholder={t("findProductHint")}
          leftSection={<Icon name="search" size={17} />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            box.openDropdown();
            box.resetSelectedOption();
          }}
          onFocus={() => words !== "" && box.openDropdown()}
          onBlur={() => box.closeDropdown()}
        />
      </Combobox.Target>
      <Combobox.Dropdown hidden={words === ""}>
        <Combobox.Options mah={280} style={{ overflowY: "auto" }}>
          {found.map(({ product, variant }) => {
            const free = freeStock(variant);
            return (
              <Combobox.Option key={variant.id} value={variant.id} disabled={free === 0}>
                <span className={classes.pick}>
                  <span>
                    {pieceName(product, variant)}
                    <Text component="span" display="block" size="xs" c="dimmed">
                      {variant.sku}
                      {free !== null && ` · ${free === 0 ? t("soldOut") : t("freeCount", { count: free })}`}
                    </Text>
                  </span>
                  <b>{moneyText(priceAt(variant, now), i18n.language)}</b>
                </span>
              </Combobox.Option>
            );
          })}
          {found.length === 0 && <Combobox.Empty>{query.isFetching ? t("searching") : query.isError ? t("searchFailed") : t("nothing")}</Combobox.Empty>}
        </Combobox.Options>
      </Combobox.Dropdown>
    </Combobox>
  );
}
