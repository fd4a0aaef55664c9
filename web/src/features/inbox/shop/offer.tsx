import { Alert, Button, Checkbox, SegmentedControl, Select, Skeleton, Text, Textarea, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { freeStock, pictureUrl, priceAt, shop, type Offering, type Product, type Variant } from "@/api/shop";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { pieceName } from "@/ui/shop/find-variant";
import { Picture } from "@/ui/shop/picture";
import { useNow } from "@/ui/time";
import type { ListRow } from "../apply";
import { applyMessage } from "../live";
import classes from "./shop.module.css";

interface Chosen {
  product: Product;
  variant: Variant;
}

/** A list holds thirty goods at WhatsApp, a carousel ten. */
const most = { list: 30, carousel: 10 } as const;

/** Goods to show to the customer: found, chosen, looked at and sent. */
export function OfferPart({ row }: { row: ListRow }) {
  const { t } = useTranslation("inbox");
  const client = useQueryClient();
  const say = useProblemText();
  const [chosen, setChosen] = useState<Chosen[]>([]);
  const [collection, setCollection] = useState("");
  const [text, setText] = useState("");
  const [shape, setShape] = useState<"list" | "carousel">("list");
  // One key a wish: pressing again after a lost answer sends nothing twice.
  const [asked, setAsked] = useState({ key: "", wish: "" });
  const send = useMutation({
    mutationFn: (wish: Offering) => {
      const said = JSON.stringify(wish);
      const key = asked.wish === said ? asked.key : crypto.randomUUID();
      setAsked({ key, wish: said });
      return shop.offer(row.id, key, wish);
    },
    onSuccess: (message) => {
      applyMessage(client, message);
      setAsked({ key: "", wish: "" });
      setChosen([]);
      setText("");
      notify.good(t("shop.offered"));
    },
  });
  const words = text.trim() === "" ? {} : { text: text.trim() };
  const sideways = shape === "carousel" && chosen.length > 1;
  const limit = sideways ? most.carousel : most.list;
  const toggle = (each: Chosen) => {
    send.reset();
    setChosen((all) => (all.some((known) => known.variant.id === each.variant.id) ? all.filter((known) => known.variant.id !== each.variant.id) : [...all, each]));
  };
  return (
    <div className={classes.part}>
      <Shelves chosen={chosen} onToggle={toggle} collection={collection} onCollection={setCollection} />
      <section className={classes.tray} aria-label={t("shop.preview")}>
        {chosen.length === 0 ? (
          <Text size="sm" c="dimmed">
            {t("shop.pickSome")}
          </Text>
        ) : (
          <Preview chosen={chosen} text={text.trim()} sideways={sideways} onRemove={toggle} />
        )}
        <Textarea size="sm" aria-label={t("shop.offerText")} placeholder={t("shop.offerText")} autosize minRows={1} maxRows={4} maxLength={1024} value={text} onChange={(event) => setText(event.currentTarget.value)} />
        {chosen.length > 1 && (
          <SegmentedControl
            size="xs"
            fullWidth
            aria-label={t("shop.shape")}
            value={shape}
            onChange={setShape}
            data={[
              { value: "list", label: t("shop.asList") },
              { value: "carousel", label: t("shop.asCarousel") },
            ]}
          />
        )}
        {chosen.length > limit && <Alert color="honey">{t("shop.tooMany", { count: limit })}</Alert>}
        {send.isError && <Alert color="brick">{say(send.error)}</Alert>}
        <Button
          fullWidth
          leftSection={<Icon name="send" size={16} />}
          loading={send.isPending}
          disabled={chosen.length === 0 || chosen.length > limit}
          onClick={() => send.mutate({ variant_ids: chosen.map((each) => each.variant.id), ...words, ...(sideways ? { carousel: true } : {}) })}
        >
          {t("shop.send", { count: chosen.length })}
        </Button>
        {chosen.length === 0 && (
          <Button fullWidth variant="light" loading={send.isPending} onClick={() => send.mutate(collection === "" ? { catalog: true, ...words } : { collection_id: collection, ...words })}>
            {collection === "" ? t("shop.sendCatalog") : t("shop.sendCollection")}
          </Button>
        )}
      </section>
    </div>
  );
}

function Shelves({ chosen, onToggle, collection, onCollection }: { chosen: Chosen[]; onToggle: (each: Chosen) => void; collection: string; onCollection: (id: string) => void }) {
  const { t, i18n } = useTranslation(["inbox", "order", "common"]);
  const { me } = useMe();
  const say = useProblemText();
  const now = useNow();
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 200);
  const collections = useQuery({ queryKey: ["collections"], queryFn: shop.collections.list, staleTime: 60_000 });
  const kind = collections.data?.items.find((each) => each.id === collection)?.kind;
  const search = { q, state: "active" as const, limit: 12, ...(collection === "" ? {} : kind === "category" ? { category_id: collection } : { collection_id: collection }) };
  const query = useInfiniteQuery({
    queryKey: ["products", "offer", search],
    queryFn: ({ pageParam }) => shop.products.list({ ...search, cursor: pageParam }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: keepPreviousData,
  });
  const found = (query.data?.pages.flatMap((page) => page.items) ?? []).flatMap((product) => product.variants.filter((variant) => !variant.archived).map((variant) => ({ product, variant })));
  return (
    <>
      <div className={classes.pair}>
        <TextInput size="sm" type="search" aria-label={t("shop.find")} placeholder={t("shop.find")} leftSection={<Icon name="search" size={15} />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} />
        <Select
          size="sm"
          aria-label={t("shop.collection")}
          placeholder={t("shop.collection")}
          clearable
          clearButtonProps={{ "aria-label": t("order:clear") }}
          value={collection === "" ? null : collection}
          onChange={(value) => onCollection(value ?? "")}
          data={(collections.data?.items ?? []).map((each) => ({ value: each.id, label: each.name }))}
        />
      </div>
      {query.isError && query.data === undefined ? (
        <Alert color="brick">
          {say(query.error)}{" "}
          <Button size="compact-xs" variant="light" onClick={() => void query.refetch()}>
            {t("common:tryAgain")}
          </Button>
        </Alert>
      ) : query.isPending ? (
        <div aria-busy="true">
          {[0, 1, 2, 3].map((i) => (
            <Skeleton key={i} height={52} mb={6} radius="md" />
          ))}
        </div>
      ) : found.length === 0 ? (
        <Text size="sm" c="dimmed" ta="center" py="md">
          {t("order:nothing")}
        </Text>
      ) : (
        <ul className={classes.shelf} aria-label={t("shop.part.offer")} data-stale={query.isPlaceholderData || undefined}>
          {found.map((each) => {
            const free = freeStock(each.variant);
            const { variant, product } = each;
            return (
              <li key={variant.id}>
                <label className={classes.good}>
                  <Checkbox size="xs" checked={chosen.some((known) => known.variant.id === variant.id)} onChange={() => onToggle(each)} aria-label={pieceName(product, variant)} />
                  <Picture url={pictureUrl(variant.image ?? product.images[0], me.company?.id ?? "")} />
                  <span className={classes.what}>
                    <Text size="sm" fw={550} lineClamp={2} component="span">
                      {product.name}
                    </Text>
                    <Text size="xs" c={free === 0 ? "var(--p-bad)" : "dimmed"} component="span" display="block">
                      {[...variant.options, free === 0 ? t("order:soldOut") : free === null ? "" : t("order:freeCount", { count: free })].filter(Boolean).join(" · ")}
                    </Text>
                  </span>
                  <Text size="sm" fw={600} className={classes.number}>
                    {moneyText(priceAt(variant, now), i18n.language, variant.currency)}
                  </Text>
                </label>
              </li>
            );
          })}
        </ul>
      )}
      {query.hasNextPage && (
        <Button size="compact-sm" variant="subtle" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
    </>
  );
}

/** About what the customer will see; each channel draws it in its own way. */
function Preview({ chosen, text, sideways, onRemove }: { chosen: Chosen[]; text: string; sideways: boolean; onRemove: (each: Chosen) => void }) {
  const { t, i18n } = useTranslation("inbox");
  const { me } = useMe();
  const now = useNow();
  return (
    <div className={classes.bubble}>
      {text !== "" && <Text size="sm">{text}</Text>}
      <ul className={classes.cards} data-sideways={sideways || undefined} tabIndex={sideways ? 0 : undefined}>
        {chosen.map((each) => {
          const { product, variant } = each;
          const name = pieceName(product, variant);
          return (
            <li key={variant.id}>
              <Picture url={pictureUrl(variant.image ?? product.images[0], me.company?.id ?? "")} />
              <span className={classes.what}>
                <Text size="xs" fw={550} lineClamp={2} component="span">
                  {name}
                </Text>
                <Text size="xs" c="dimmed" component="span" display="block">
                  {moneyText(priceAt(variant, now), i18n.language, variant.currency)}
                </Text>
              </span>
              <button type="button" className={classes.take} onClick={() => onRemove(each)} aria-label={t("shop.remove", { name })}>
                <Icon name="close" size={13} />
              </button>
            </li>
          );
        })}
      </ul>
    </div>
  );
}
