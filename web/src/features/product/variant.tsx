import { ActionIcon, Button, Collapse, Group, Stack, Switch, TagsInput, Text, TextInput, UnstyledButton } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { useState, type Dispatch, type SetStateAction } from "react";
import { useTranslation } from "react-i18next";
import { freeStock } from "@/api/shop";
import { Icon } from "@/ui/icon";
import { MoneyInput } from "@/ui/money-input";
import { combined, emptyVariant, type ProductDraft, type VariantDraft } from "./draft";
import classes from "./product.module.css";

const maxOptions = 3;
const maxVariants = 100;

interface Props {
  draft: ProductDraft;
  set: Dispatch<SetStateAction<ProductDraft>>;
  wrong: (path: string) => string | undefined;
  /** Empty while the product is new: stock of its variants is then counted here, later by movements. */
  productId: string;
}

/** What a product comes in: up to three options, and a row for each way to combine them. */
export function Variants({ draft, set, wrong, productId }: Props) {
  const { t } = useTranslation("product");
  const [values, setValues] = useState<string[][]>(() => draft.options.map((_, i) => [...new Set(draft.variants.map((variant) => variant.options[i] ?? "").filter(Boolean))]));
  const change = (key: string, fields: Partial<VariantDraft>) =>
    set((old) => ({ ...old, variants: old.variants.map((variant) => (variant.key === key ? { ...variant, ...fields } : variant)) }));
  const addOption = () => {
    setValues([...values, []]);
    set((old) => ({ ...old, options: [...old.options, ""], variants: old.variants.map((variant) => ({ ...variant, options: [...variant.options, ""] })) }));
  };
  const dropOption = (at: number) => {
    setValues(values.filter((_, i) => i !== at));
    set((old) => ({
      ...old,
      options: old.options.filter((_, i) => i !== at),
      variants: old.variants.map((variant) => ({ ...variant, options: variant.options.filter((_, i) => i !== at) })),
    }));
  };
  const ways = values.reduce((product, each) => product * each.length, 1);
  return (
    <>
      {draft.options.map((name, i) => (
        <Group key={i} align="flex-start" gap="sm" wrap="nowrap">
          <Group flex={1} align="flex-start" gap="sm">
            <TextInput flex="1 1 130px" label={t("optionName", { number: i + 1 })} placeholder={t("optionHint")} maxLength={100} value={name} error={wrong(`options.${i}`)} onChange={(event) => set({ ...draft, options: draft.options.map((each, o) => (o === i ? event.currentTarget.value : each)) })} />
            <TagsInput flex="2 1 220px" label={t("optionValues", { number: i + 1 })} placeholder={t("optionValuesHint")} splitChars={[",", ";"]} value={values[i] ?? []} onChange={(next) => setValues(values.map((each, o) => (o === i ? next : each)))} clearable={false} />
          </Group>
          <ActionIcon mt={26} aria-label={t("dropOption", { name: name || String(i + 1) })} onClick={() => dropOption(i)}>
            <Icon name="close" size={18} />
          </ActionIcon>
        </Group>
      ))}
      <Group gap="xs">
        {draft.options.length < maxOptions && (
          <Button variant="default" leftSection={<Icon name="plus" size={17} />} onClick={addOption}>
            {t("addOption")}
          </Button>
        )}
        {draft.options.length > 0 && (
          <Button variant="light" disabled={ways === 0 || ways > maxVariants} onClick={() => set((old) => ({ ...old, variants: combined(old, values) }))}>
            {t("combine", { count: ways })}
          </Button>
        )}
      </Group>
      <div>
        {draft.variants.map((variant, i) => (
          <VariantRow
            key={variant.key}
            variant={variant}
            options={draft.options}
            wrong={(field) => wrong(`variants.${i}.${field}`)}
            change={(fields) => change(variant.key, fields)}
            {...(draft.variants.length > 1 ? { drop: () => set({ ...draft, variants: draft.variants.filter((each) => each !== variant) }) } : {})}
            productId={productId}
            number={i + 1}
          />
        ))}
      </div>
      {draft.options.length > 0 && draft.variants.length < maxVariants && (
        <Group>
          <Button variant="default" leftSection={<Icon name="plus" size={17} />} onClick={() => set({ ...draft, variants: [...draft.variants, { ...emptyVariant(draft.options.map(() => "")), price: draft.variants[0]?.price ?? "" }] })}>
            {t("addVariant")}
          </Button>
        </Group>
      )}
    </>
  );
}

interface RowProps {
  variant: VariantDraft;
  options: string[];
  number: number;
  productId: string;
  wrong: (field: string) => string | undefined;
  change: (fields: Partial<VariantDraft>) => void;
  drop?: () => void;
}

function VariantRow({ variant, options, number, productId, wrong, change, drop }: RowProps) {
  const { t } = useTranslation("product");
  const [open, setOpen] = useState(false);
  const title = variant.options.filter(Boolean).join(" · ") || variant.sku || t("variantNumber", { number });
  // What is wrong below the fold must be seen.
  const more = open || ["saleTo", "weight", "max"].some((field) => wrong(field) !== undefined);
  const free = variant.kept === null ? null : freeStock({ ...variant.kept, tracked: variant.tracked });
  return (
    <div className={classes.variant} role="group" aria-label={title}>
      <Group justify="space-between" wrap="nowrap" mb="xs">
        <Text fw={600} truncate>
          {title}
        </Text>
        <Group gap={6} wrap="nowrap">
          {variant.id !== "" && productId !== "" && variant.tracked && (
            <Button component={Link} to="/products/$product/stock/$variant" params={{ product: productId, variant: variant.id } as never} size="compact-sm" variant="light" leftSection={<Icon name="box" size={15} />}>
              {t("stockLink", { count: free ?? 0 })}
            </Button>
          )}
          {drop !== undefined && (
            <ActionIcon aria-label={t("dropVariant", { name: title })} onClick={drop}>
              <Icon name="close" size={18} />
            </ActionIcon>
          )}
        </Group>
      </Group>
      <div className={classes.fields}>
        {options.map((name, o) => (
          <TextInput key={o} label={name || t("optionName", { number: o + 1 })} maxLength={100} required value={variant.options[o] ?? ""} error={wrong(`options.${o}`)} onChange={(event) => change({ options: options.map((_, i) => (i === o ? event.currentTarget.value : (variant.options[i] ?? ""))) })} />
        ))}
        <TextInput label={t("sku")} required maxLength={100} value={variant.sku} error={wrong("sku")} onChange={(event) => change({ sku: event.currentTarget.value })} />
        <MoneyInput label={t("price")} required value={variant.price} error={wrong("price")} onChange={(price) => change({ price })} />
        <MoneyInput label={t("sale")} value={variant.sale} error={wrong("sale")} onChange={(sale) => change({ sale })} />
        {variant.id === "" && variant.tracked && (
          <TextInput label={t("onHand")} inputMode="numeric" placeholder="0" maxLength={9} value={variant.onHand} error={wrong("onHand")} onChange={(event) => change({ onHand: event.currentTarget.value })} />
        )}
      </div>
      <UnstyledButton mt="xs" c="var(--p-accent)" fz="sm" aria-expanded={more} onClick={() => setOpen(!open)}>
        <Group gap={4}>
          <Icon name={more ? "down" : "right"} size={15} />
          {t("moreFields")}
        </Group>
      </UnstyledButton>
      <Collapse expanded={more}>
        <Stack gap="sm" pt="xs">
          <div className={classes.fields}>
            <TextInput type="datetime-local" label={t("saleFrom")} value={variant.saleFrom} onChange={(event) => change({ saleFrom: event.currentTarget.value })} />
            <TextInput type="datetime-local" label={t("saleTo")} value={variant.saleTo} error={wrong("saleTo")} onChange={(event) => change({ saleTo: event.currentTarget.value })} />
            <TextInput label={t("max")} description={t("maxText")} inputMode="numeric" maxLength={9} value={variant.max} error={wrong("max")} onChange={(event) => change({ max: event.currentTarget.value })} />
            <TextInput label={t("weight")} inputMode="numeric" maxLength={9} value={variant.weight} error={wrong("weight")} onChange={(event) => change({ weight: event.currentTarget.value })} />
            <TextInput label={t("barcode")} inputMode="numeric" maxLength={64} value={variant.barcode} onChange={(event) => change({ barcode: event.currentTarget.value })} />
          </div>
          <Switch label={t("tracked")} description={t("trackedText")} checked={variant.tracked} onChange={(event) => change({ tracked: event.currentTarget.checked })} />
        </Stack>
      </Collapse>
    </div>
  );
}
