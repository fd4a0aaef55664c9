import { Alert, Button, Group, Paper, SegmentedControl, Skeleton, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { freeStock, shop, type Movement, type Variant } from "@/api/shop";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { readCount } from "./draft";
import classes from "./product.module.css";
import { keys, useFreshProducts } from "./queries";

/** The stock of one variant: how much there is, how it came to be so, and a way to correct it. */
export default function StockPage() {
  const { product: productId = "", variant: variantId = "" } = useParams({ strict: false });
  const { t } = useTranslation("product");
  const { may } = useMe();
  useFreshProducts();
  const query = useQuery({ queryKey: keys.one(productId), queryFn: () => shop.products.get(productId) });
  const variant = query.data?.variants.find((each) => each.id === variantId);
  return (
    <PageBody>
      <Button component={Link} to="/products/$product" params={{ product: productId } as never} variant="subtle" size="compact-sm" mb="sm" leftSection={<Icon name="back" size={16} />}>
        {query.data?.name ?? t("title")}
      </Button>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data === undefined ? (
        <Skeleton height={240} radius="lg" />
      ) : variant === undefined ? (
        <EmptyState order={1} icon="box" title={t("noVariant")} />
      ) : (
        <>
          <PageHeader title={t("stockOf", { name: [query.data.name, ...variant.options].filter(Boolean).join(" · ") })} text={t("skuIs", { sku: variant.sku })} />
          <Levels variant={variant} />
          {may("product.write") && <Adjust variant={variant} />}
          <Ledger variantId={variantId} />
        </>
      )}
    </PageBody>
  );
}

function Levels({ variant }: { variant: Variant }) {
  const { t } = useTranslation("product");
  const facts = [
    [t("level.onHand"), variant.on_hand],
    [t("level.reserved"), variant.reserved],
    [t("level.free"), freeStock(variant) ?? "∞"],
  ] as const;
  return (
    <dl className={classes.facts}>
      {facts.map(([name, value]) => (
        <div key={name} className={classes.fact}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

type Way = "in" | "out" | "counted";

/** Pieces come, go, or are counted anew: the difference is what is recorded. */
export function Adjust({ variant }: { variant: Variant }) {
  const { t } = useTranslation("product");
  const client = useQueryClient();
  const say = useProblemText();
  const [way, setWay] = useState<Way>("in");
  const [typed, setTyped] = useState("");
  const [reason, setReason] = useState("");
  const number = typed.trim() === "" ? null : readCount(typed);
  const delta = number === null ? 0 : way === "in" ? number : way === "out" ? -number : number - variant.on_hand;
  const unread = typed.trim() !== "" && number === null;
  const lacking = variant.on_hand + delta < variant.reserved && delta < 0;
  const move = useMutation({
    mutationFn: () => shop.stock.move(variant.id, delta, reason.trim()),
    onSuccess: async () => {
      setTyped("");
      setReason("");
      notify.good(t("moved"));
      await client.invalidateQueries({ queryKey: keys.all });
    },
  });
  return (
    <Paper
      withBorder
      p="lg"
      mb="xl"
      component="form"
      aria-label={t("adjust")}
      onSubmit={(event) => {
        event.preventDefault();
        if (delta !== 0 && !lacking) move.mutate();
      }}
    >
      <Title order={2} size="h3" mb="sm">
        {t("adjust")}
      </Title>
      <Stack gap="sm">
        <SegmentedControl value={way} onChange={(value) => setWay(value as Way)} aria-label={t("adjust")} data={(["in", "out", "counted"] as const).map((value) => ({ value, label: t(`way.${value}`) }))} />
        <Group align="flex-start" gap="sm">
          <TextInput flex="0 1 140px" label={t(`wayField.${way}`)} inputMode="numeric" maxLength={9} value={typed} error={unread ? t("flaw.countUnread") : undefined} onChange={(event) => setTyped(event.currentTarget.value)} />
          <TextInput flex="1 1 220px" label={t("reason")} placeholder={t(`reasonHint.${way}`)} maxLength={200} value={reason} onChange={(event) => setReason(event.currentTarget.value)} />
        </Group>
        {lacking && <Alert color="honey">{t("promised", { count: variant.reserved })}</Alert>}
        {move.isError && <Alert color="brick">{say(move.error)}</Alert>}
        <Group justify="space-between">
          <Text size="sm" c="dimmed" role="status">
            {delta === 0 ? "" : t("becomes", { from: variant.on_hand, to: variant.on_hand + delta })}
          </Text>
          <Button type="submit" disabled={delta === 0 || lacking} loading={move.isPending}>
            {t("record")}
          </Button>
        </Group>
      </Stack>
    </Paper>
  );
}

function Ledger({ variantId }: { variantId: string }) {
  const { t } = useTranslation(["product", "common"]);
  const query = useInfiniteQuery({
    queryKey: keys.movements(variantId),
    queryFn: ({ pageParam }) => shop.stock.movements(variantId, pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
  });
  const moves = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section aria-label={t("ledger")}>
      <Title order={2} mb="sm">
        {t("ledger")}
      </Title>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Skeleton height={160} radius="lg" />
      ) : moves.length === 0 ? (
        <Text c="dimmed">{t("noMoves")}</Text>
      ) : (
        <Table.ScrollContainer minWidth={520} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm" aria-label={t("ledger")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("when")}</Table.Th>
                <Table.Th>{t("what")}</Table.Th>
                <Table.Th ta="right">{t("level.onHand")}</Table.Th>
                <Table.Th ta="right">{t("level.reserved")}</Table.Th>
                <Table.Th>{t("why")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {moves.map((move) => (
                <Move key={move.id} move={move} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button mt="md" fullWidth variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
    </section>
  );
}

/** A change with its sign; nothing where nothing changed. */
const signed = (delta: number) => (delta === 0 ? "–" : delta > 0 ? `+${delta}` : `−${-delta}`);

function Move({ move }: { move: Movement }) {
  const { t } = useTranslation("product");
  const actor = move.actor_kind === "user" || move.actor_kind === "bot" || move.actor_kind === "customer" ? move.actor_kind : "system";
  return (
    <Table.Tr>
      <Table.Td>
        <RelativeTime ms={move.at_ms} />
      </Table.Td>
      <Table.Td>
        <Text fw={550} size="sm">
          {t(`move.${move.kind}`)}
        </Text>
        <Text size="xs" c="dimmed">
          {t(`by.${actor}`)}
        </Text>
      </Table.Td>
      <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums", color: move.on_hand_delta < 0 ? "var(--p-bad)" : move.on_hand_delta > 0 ? "var(--p-good)" : undefined }}>
        {signed(move.on_hand_delta)}
      </Table.Td>
      <Table.Td ta="right" style={{ fontVariantNumeric: "tabular-nums" }}>
        {signed(move.reserved_delta)}
      </Table.Td>
      <Table.Td>
        {move.cause.startsWith("ord_") ? (
          <Button component={Link} to={"/orders/$order"} params={{ order: move.cause } as never} variant="subtle" size="compact-sm">
            {t("openOrder")}
          </Button>
        ) : (
          <Text size="sm">{move.reason}</Text>
        )}
      </Table.Td>
    </Table.Tr>
  );
}
