import { Badge, Button, Select, Skeleton, TextInput, Tooltip } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { exportUrl, pictureUrl, shop, type Product, type ProductSearch, type ProductState } from "@/api/shop";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { useNow } from "@/ui/time";
import { Collections } from "./collection";
import { categoryChoices } from "./draft";
import { Picture } from "@/ui/shop/picture";
import classes from "./product.module.css";
import { collectionsQuery, keys, useFreshProducts } from "./queries";
import { pricesOf, stockOf, type StockState } from "./stock-state";

const states: ProductState[] = ["active", "draft", "archived"];

export const stateColours: Record<ProductState, string> = { active: "leaf", draft: "honey", archived: "gray" };
export const stockColours: Record<StockState, string> = { out: "brick", partly: "honey", low: "honey", fine: "gray", endless: "gray" };

/** What the company sells: found by words, narrowed by state and shelf, with price and stock at a glance. */
export default function ProductsPage() {
  const { t } = useTranslation(["product", "common"]);
  const { may } = useMe();
  const write = may("product.write");
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(search.q ?? "");
  const [shelves, setShelves] = useState(false);
  useFreshProducts();
  const choose = (fields: Partial<Record<"q" | "state" | "category" | "list", string>>) =>
    void navigate({ to: "/products", search: (old) => Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([, value]) => value !== "")), replace: true });
  const find = useDebouncedCallback((q: string) => choose({ q: q.trim() }), 250);
  const state = states.find((each) => each === search.state);
  const wanted: ProductSearch = { q: search.q ?? "", category_id: search.category ?? "", collection_id: search.list ?? "", ...(state === undefined ? {} : { state }) };
  const filtered = Object.values(wanted).some((value) => value !== "");
  const collections = useQuery(collectionsQuery);
  const query = useInfiniteQuery({
    queryKey: keys.list(wanted),
    queryFn: ({ pageParam }) => shop.products.list({ ...wanted, cursor: pageParam, limit: 40 }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (old) => old,
  });
  const products = query.data?.pages.flatMap((page) => page.items) ?? [];
  const lists = (collections.data?.items ?? []).filter((each) => each.kind === "list").map((each) => ({ value: each.id, label: each.name }));
  const categories = categoryChoices(collections.data?.items ?? []);
  const add = write && (
    <Button component={Link} to="/products/new" leftSection={<Icon name="plus" size={17} />}>
      {t("add")}
    </Button>
  );
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        {write && (
          <Button variant="default" onClick={() => setShelves(true)} leftSection={<Icon name="list" size={17} />}>
            {t("shelves")}
          </Button>
        )}
        {write && (
          <Button component={Link} to="/products/import" variant="default" leftSection={<Icon name="file" size={17} />}>
            {t("import")}
          </Button>
        )}
        <Button component="a" href={exportUrl} download variant="default">
          {t("export")}
        </Button>
        {add}
      </PageHeader>
      <search className={classes.filters}>
        <TextInput
          type="search"
          aria-label={t("search")}
          placeholder={t("search")}
          leftSection={<Icon name="search" size={17} />}
          value={typed}
          maxLength={200}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            find(event.currentTarget.value);
          }}
        />
        <Select
          aria-label={t("state")}
          placeholder={t("anyState")}
          clearable
          clearButtonProps={{ "aria-label": t("clear") }}
          value={state ?? null}
          onChange={(value) => choose({ state: value ?? "" })}
          data={states.map((value) => ({ value, label: t(`states.${value}`) }))}
        />
        <Select
          aria-label={t("category")}
          placeholder={t("anyCategory")}
          clearable
          searchable
          clearButtonProps={{ "aria-label": t("clear") }}
          nothingFoundMessage={t("nothing")}
          value={search.category ?? null}
          onChange={(value) => choose({ category: value ?? "" })}
          data={categories}
        />
        <Select
          aria-label={t("list")}
          placeholder={t("anyList")}
          clearable
          searchable
          clearButtonProps={{ "aria-label": t("clear") }}
          nothingFoundMessage={t("nothing")}
          value={search.list ?? null}
          onChange={(value) => choose({ list: value ?? "" })}
          data={lists}
        />
      </search>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div aria-busy="true" aria-label={t("loading")}>
          {[0, 1, 2, 3, 4].map((i) => (
            <Skeleton key={i} height={64} mb={8} radius="lg" />
          ))}
        </div>
      ) : products.length === 0 ? (
        filtered ? (
          <EmptyState icon="search" title={t("nothing")} text={t("nothingText")} />
        ) : (
          <EmptyState icon="box" title={t("empty")} text={t("emptyText")} action={add} />
        )
      ) : (
        <ul className={classes.list} aria-label={t("title")} style={query.isPlaceholderData ? { opacity: 0.6 } : undefined}>
          {products.map((product) => (
            <li key={product.id}>
              <Row product={product} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button mt="md" fullWidth variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
      <Collections opened={shelves} onClose={() => setShelves(false)} />
    </PageBody>
  );
}

export function Row({ product }: { product: Product }) {
  const { t, i18n } = useTranslation("product");
  const { me } = useMe();
  const now = useNow();
  const stock = stockOf(product);
  const { from, to, before } = pricesOf(product, now);
  const variants = product.variants.filter((variant) => !variant.archived);
  return (
    <Link to="/products/$product" params={{ product: product.id }} className={classes.row}>
      <Picture url={pictureUrl(product.images[0], me.company?.id ?? "")} />
      <span style={{ minWidth: 0 }}>
        <span className={classes.name}>{product.name}</span>
        <span className={classes.under}>{variants.length === 1 ? variants[0]?.sku : t("variants", { count: variants.length })}</span>
      </span>
      <span className={classes.price}>
        {before > 0 && (
          <del className={classes.before}>
            <span className="p-sr">{t("before")} </span>
            {moneyText(before, i18n.language)}
          </del>
        )}
        {from === to ? moneyText(from, i18n.language) : t("fromPrice", { price: moneyText(from, i18n.language) })}
      </span>
      <span className={classes.stock}>
        <StockBadge state={stock.state} free={stock.free} />
      </span>
      <span className={classes.state}>
        <Badge color={stateColours[product.state]}>{t(`states.${product.state}`)}</Badge>
      </span>
    </Link>
  );
}

/** How much there is, in words; a colour only where somebody should act. */
export function StockBadge({ state, free }: { state: StockState; free: number }) {
  const { t } = useTranslation("product");
  return (
    <Tooltip label={t(`stockText.${state}`)}>
      <Badge color={stockColours[state]} leftSection={state === "out" || state === "low" || state === "partly" ? <Icon name="alert" size={12} /> : undefined}>
        {state === "low" || state === "fine" ? t("stockLink", { count: free }) : t(`stockIs.${state}`)}
      </Badge>
    </Tooltip>
  );
}
