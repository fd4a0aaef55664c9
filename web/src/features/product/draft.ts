import type { Collection, Product, ProductBody, ProductState, Variant } from "@/api/shop";
import { moneyDraft, readMoney } from "@/ui/money";

/** A variant while it is being written: money and counts as typed, moments as the browser's field has them. */
export interface VariantDraft {
  /** Tells rows apart while they are moved about; new ones have no id yet. */
  key: string;
  id: string;
  sku: string;
  options: string[];
  price: string;
  sale: string;
  saleFrom: string;
  saleTo: string;
  tracked: boolean;
  onHand: string;
  barcode: string;
  weight: string;
  max: string;
  kept: Variant | null;
}

export interface ProductDraft {
  name: string;
  description: string;
  brand: string;
  category: string;
  handle: string;
  ncm: string;
  state: ProductState;
  images: { key: string; url: string; blob: string; alt: string }[];
  options: string[];
  variants: VariantDraft[];
}

let made = 0;
/** A name for a row that lasts as long as the page. */
export const freshKey = (): string => `new-${(made += 1)}`;

export const emptyVariant = (options: string[]): VariantDraft => ({
  key: freshKey(), id: "", sku: "", options, price: "", sale: "", saleFrom: "", saleTo: "", tracked: true, onHand: "", barcode: "", weight: "", max: "", kept: null,
});

export const emptyDraft = (): ProductDraft => ({
  name: "", description: "", brand: "", category: "", handle: "", ncm: "", state: "active", images: [], options: [], variants: [emptyVariant([])],
});

const pad = (part: number) => String(part).padStart(2, "0");

/** A moment as a field of type datetime-local holds it, in the browser's zone. */
export function momentDraft(ms: number): string {
  if (ms === 0) return "";
  const at = new Date(ms);
  return `${String(at.getFullYear()).padStart(4, "0")}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

/** The moment in such a field; 0 when it is empty or unfinished. */
export function readMoment(text: string): number {
  const ms = text === "" ? NaN : new Date(text).getTime();
  return Number.isNaN(ms) ? 0 : ms;
}

/** A whole number of at least 0; null when it is none. Empty counts as 0. */
export function readCount(text: string): number | null {
  const plain = text.trim();
  if (plain === "") return 0;
  return /^\d{1,9}$/.test(plain) ? Number(plain) : null;
}

const count = (value: number) => (value === 0 ? "" : String(value));

export function draftOf(product: Product): ProductDraft {
  return {
    name: product.name,
    description: product.description,
    brand: product.brand,
    category: product.category_id,
    handle: product.handle,
    ncm: product.ncm,
    state: product.state,
    images: product.images.map((image) => ({ key: freshKey(), url: image.url ?? "", blob: image.blob ?? "", alt: image.alt ?? "" })),
    options: product.options,
    variants: product.variants
      .filter((variant) => !variant.archived)
      .map((variant) => ({
        key: variant.id,
        id: variant.id,
        sku: variant.sku,
        options: product.options.map((_, i) => variant.options[i] ?? ""),
        price: moneyDraft(variant.price),
        sale: variant.sale_price === 0 ? "" : moneyDraft(variant.sale_price),
        saleFrom: momentDraft(variant.sale_from_ms),
        saleTo: momentDraft(variant.sale_to_ms),
        tracked: variant.tracked,
        onHand: "",
        barcode: variant.barcode,
        weight: count(variant.weight_g),
        max: count(variant.max_per_order),
        kept: variant,
      })),
  };
}

/** What is asked of the server. Money and counts that can't be read must have been refused before. */
export function bodyOf(draft: ProductDraft, version: number): ProductBody {
  return {
    name: draft.name.trim(),
    description: draft.description,
    brand: draft.brand.trim(),
    ncm: draft.ncm.trim(),
    state: draft.state,
    ...(draft.handle.trim() === "" ? {} : { handle: draft.handle.trim() }),
    ...(draft.category === "" ? {} : { category_id: draft.category }),
    options: draft.options.map((name) => name.trim()),
    images: draft.images.map((image) => ({ ...(image.url.trim() === "" ? {} : { url: image.url.trim() }), ...(image.blob === "" ? {} : { blob: image.blob }), ...(image.alt.trim() === "" ? {} : { alt: image.alt.trim() }) })),
    variants: draft.variants.map((variant) => ({
      ...(variant.id === "" ? {} : { id: variant.id }),
      sku: variant.sku.trim(),
      options: draft.options.map((_, i) => (variant.options[i] ?? "").trim()),
      price: readMoney(variant.price) ?? 0,
      sale_price: readMoney(variant.sale) ?? 0,
      sale_from_ms: readMoment(variant.saleFrom),
      sale_to_ms: readMoment(variant.saleTo),
      tracked: variant.tracked,
      barcode: variant.barcode.trim(),
      weight_g: readCount(variant.weight) ?? 0,
      max_per_order: readCount(variant.max) ?? 0,
      ...(variant.kept?.image === undefined ? {} : { image: variant.kept.image }),
      ...(variant.id === "" && variant.tracked ? { on_hand: readCount(variant.onHand) ?? 0 } : {}),
    })),
    ...(version === 0 ? {} : { version }),
  };
}

/** The names of the texts that say what is wrong, by the field's path; empty when all is well. */
export type Flaws = Record<string, "nameNeeded" | "moneyNeeded" | "moneyUnread" | "saleAbove" | "windowTurned" | "skuNeeded" | "skuTwice" | "optionNeeded" | "optionTwice" | "countUnread" | "urlUnread" | "ncmUnread">;

export function flawsOf(draft: ProductDraft): Flaws {
  const flaws: Flaws = {};
  if (draft.name.trim() === "") flaws.name = "nameNeeded";
  if (draft.ncm.trim() !== "" && !/^\d{8}$/.test(draft.ncm.trim())) flaws.ncm = "ncmUnread";
  draft.images.forEach((image, i) => {
    if (image.blob === "" && !/^https:\/\/\S+$/.test(image.url.trim())) flaws[`images.${i}.url`] = "urlUnread";
  });
  draft.options.forEach((name, i) => {
    if (name.trim() === "") flaws[`options.${i}`] = "optionNeeded";
  });
  const skus = new Set<string>();
  const shapes = new Set<string>();
  draft.variants.forEach((variant, i) => {
    const at = (field: string) => `variants.${i}.${field}`;
    const sku = variant.sku.trim().toLowerCase();
    if (sku === "") flaws[at("sku")] = "skuNeeded";
    else if (skus.has(sku)) flaws[at("sku")] = "skuTwice";
    skus.add(sku);
    draft.options.forEach((_, o) => {
      if ((variant.options[o] ?? "").trim() === "") flaws[at(`options.${o}`)] = "optionNeeded";
    });
    const shape = JSON.stringify(draft.options.map((_, o) => (variant.options[o] ?? "").trim().toLowerCase()));
    if (shapes.has(shape)) flaws[at("options.0")] ??= "optionTwice";
    shapes.add(shape);
    const price = readMoney(variant.price);
    if (price === null) flaws[at("price")] = variant.price.trim() === "" ? "moneyNeeded" : "moneyUnread";
    const sale = variant.sale.trim() === "" ? 0 : readMoney(variant.sale);
    if (sale === null) flaws[at("sale")] = "moneyUnread";
    else if (price !== null && sale > 0 && sale >= price) flaws[at("sale")] = "saleAbove";
    const [from, to] = [readMoment(variant.saleFrom), readMoment(variant.saleTo)];
    if (from > 0 && to > 0 && to <= from) flaws[at("saleTo")] = "windowTurned";
    for (const field of ["onHand", "weight", "max"] as const) if (readCount(variant[field]) === null) flaws[at(field)] = "countUnread";
  });
  return flaws;
}

/** All ways to combine the options' values: those that exist stay as they are, the others are made with the first one's price. */
export function combined(draft: ProductDraft, values: string[][]): VariantDraft[] {
  const shapes = values.reduce<string[][]>((rows, each) => rows.flatMap((row) => each.map((value) => [...row, value])), [[]]);
  const same = (variant: VariantDraft, shape: string[]) => shape.every((value, i) => (variant.options[i] ?? "").trim().toLowerCase() === value.trim().toLowerCase());
  const first = draft.variants[0];
  const kept = draft.variants.filter((variant) => variant.id !== "" || variant.options.some((value) => value.trim() !== "") || variant.sku.trim() !== "");
  // The lone variant of a product that had no options becomes the first combination, so that its stock stays.
  const lone = kept.length === 1 && kept[0] !== undefined && kept[0].options.every((value) => value.trim() === "") ? kept[0] : null;
  const rest = lone === null ? kept : [{ ...lone, options: shapes[0] ?? [] }];
  const missing = shapes.filter((shape) => !rest.some((variant) => same(variant, shape)));
  return [...rest, ...missing.map((shape) => ({ ...emptyVariant(shape), price: first?.price ?? "", sku: suggestedSku(draft.name, shape) }))];
}

/** A short code from the name and the values: "Camiseta lisa" in P and Azul is CAM-P-AZU. */
export function suggestedSku(name: string, values: string[]): string {
  const short = (text: string) =>
    text
      .normalize("NFD")
      .replace(/[^\p{L}\p{N}]/gu, "")
      .slice(0, 3)
      .toUpperCase();
  return [name, ...values].map(short).filter(Boolean).join("-");
}

/** Categories with the names of those above them ("Casa › Cozinha"), in the order of these names. */
export function categoryChoices(collections: Collection[]): { value: string; label: string }[] {
  const by = new Map(collections.map((collection) => [collection.id, collection]));
  const path = (collection: Collection, depth = 0): string => {
    const parent = depth < 20 ? by.get(collection.parent_id) : undefined;
    return parent === undefined ? collection.name : `${path(parent, depth + 1)} › ${collection.name}`;
  };
  return collections
    .filter((collection) => collection.kind === "category")
    .map((collection) => ({ value: collection.id, label: path(collection) }))
    .sort((a, b) => a.label.localeCompare(b.label));
}
