import { Alert, Badge, Button, Group, Progress, Select, Skeleton, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { listing, type CatalogOverview, type CatalogSearch, type CatalogState } from "@/api/listing";
import { useMe } from "@/api/session";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Accounts } from "./account";
import { Row } from "./item";
import classes from "./listing.module.css";
import { accountsQuery, busy, catalogsQuery, keys } from "./queries";

const states: CatalogState[] = ["visible", "waiting", "problem", "foreign"];

/** Whether customers can see each product on WhatsApp and, if not, why and what to do. */
export default function ListingPage() {
  const { t } = useTranslation("listing");
  const { may } = useMe();
  const write = may("product.write");
  const search = useSearch({ strict: false });
  const [settings, setSettings] = useState(false);
  const catalogs = useQuery(catalogsQuery);
  const accounts = useQuery(accountsQuery);
  const list = catalogs.data?.items ?? [];
  const catalog = list.find((each) => each.id === search.catalog) ?? list[0];
  const connect = write && (
    <Button leftSection={<Icon name="link" size={17} />} onClick={() => setSettings(true)}>
      {t("connect")}
    </Button>
  );
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        {catalog !== undefined && write && (
          <Button variant="default" leftSection={<Icon name="settings" size={17} />} onClick={() => setSettings(true)}>
            {t("settings")}
          </Button>
        )}
        {catalog !== undefined && write && <PushAll catalog={catalog} />}
      </PageHeader>
      {catalogs.isError && catalogs.data === undefined ? (
        <ErrorState error={catalogs.error} retry={() => void catalogs.refetch()} />
      ) : catalogs.isPending || accounts.isPending ? (
        <div aria-busy="true" aria-label={t("loading")}>
          <Skeleton height={92} mb={16} radius="lg" />
          {[0, 1, 2, 3].map((i) => (
            <Skeleton key={i} height={72} mb={8} radius="lg" />
          ))}
        </div>
      ) : catalog === undefined ? (
        <EmptyState icon="image" title={t("none")} text={accounts.data?.items.length === 0 ? t("noNumber") : t("noneText")} action={accounts.data?.items.length === 0 ? undefined : connect} />
      ) : (
        <Shown catalog={catalog} catalogs={list} />
      )}
      {write && <Accounts opened={settings} onClose={() => setSettings(false)} />}
    </PageBody>
  );
}

function PushAll({ catalog }: { catalog: CatalogOverview }) {
  const { t } = useTranslation("listing");
  const say = useProblemText();
  const client = useQueryClient();
  const push = useMutation({
    mutationFn: () => listing.push(catalog.id, []),
    onSuccess: () => {
      notify.good(t("pushing"));
      void client.invalidateQueries({ queryKey: keys.all });
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Button leftSection={<Icon name="send" size={17} />} loading={push.isPending} onClick={() => push.mutate()}>
      {t("pushAll")}
    </Button>
  );
}

function Shown({ catalog, catalogs }: { catalog: CatalogOverview; catalogs: CatalogOverview[] }) {
  const { t } = useTranslation(["listing", "common"]);
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const client = useQueryClient();
  const [typed, setTyped] = useState(search.q ?? "");
  const choose = (fields: Partial<Record<"q" | "state" | "reason" | "catalog", string>>) =>
    void navigate({ to: "/listing", search: (old) => Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([, value]) => value !== "")), replace: true });
  const find = useDebouncedCallback((q: string) => choose({ q: q.trim() }), 250);
  const state = states.find((each) => each === search.state);
  const reason = search.reason ?? "";
  const wanted: CatalogSearch = { q: search.q ?? "", reason, ...(state === undefined ? {} : { state }) };
  const query = useInfiniteQuery({
    queryKey: keys.items(catalog.id, wanted),
    queryFn: ({ pageParam }) => listing.items(catalog.id, { ...wanted, cursor: pageParam, limit: 50 }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (old) => old,
  });
  // The sums tell that rows have moved; the rows follow.
  const mark = [catalog.visible, catalog.waiting, catalog.problem, catalog.foreign, catalog.dirty, catalog.sending].join();
  useEffect(() => void client.invalidateQueries({ queryKey: ["listing", "items", catalog.id] }), [client, catalog.id, mark]);
  const items = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = (search.q ?? "") !== "" || state !== undefined || reason !== "";
  const reasons = Object.entries(catalog.problems).sort(([, a], [, b]) => b - a);
  return (
    <>
      <Trouble catalog={catalog} />
      <div className={classes.sums} role="group" aria-label={t("filter")}>
        {states.map((each) => (
          <UnstyledButton key={each} className={classes.sum} data-state={each} aria-pressed={state === each} onClick={() => choose({ state: state === each ? "" : each, reason: "" })}>
            <span className={classes.count}>{catalog[each].toLocaleString()}</span>
            <span>{t(`states.${each}`)}</span>
          </UnstyledButton>
        ))}
      </div>
      <Working catalog={catalog} />
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
        {catalogs.length > 1 && (
          <Select aria-label={t("catalog")} allowDeselect={false} value={catalog.id} onChange={(value) => choose({ catalog: value ?? "" })} data={catalogs.map((each) => ({ value: each.id, label: each.name }))} />
        )}
      </search>
      {reasons.length > 0 && (state === "problem" || state === undefined) && (
        <Group gap={8} mb="md" role="group" aria-label={t("problems")}>
          {reasons.map(([each, count]) => (
            <Button key={each} size="compact-sm" variant={reason === each ? "filled" : "default"} aria-pressed={reason === each} onClick={() => choose({ reason: reason === each ? "" : each, state: reason === each ? (state ?? "") : "problem" })}>
              {t(`reason.${each}`, { defaultValue: t("reason.other") }).replace(/\.$/, "")} ({count})
            </Button>
          ))}
        </Group>
      )}
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div aria-busy="true" aria-label={t("loading")}>
          {[0, 1, 2, 3].map((i) => (
            <Skeleton key={i} height={72} mb={8} radius="lg" />
          ))}
        </div>
      ) : items.length === 0 ? (
        filtered ? <EmptyState icon="search" title={t("nothing")} text={t("nothingText")} /> : <EmptyState icon="box" title={t("empty")} text={t("emptyText")} />
      ) : (
        <ul className={classes.list} aria-label={t("title")} style={query.isPlaceholderData ? { opacity: 0.6 } : undefined}>
          {items.map((item) => (
            <li key={item.retailer_id}>
              <Row item={item} catalog={catalog.id} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button mt="md" fullWidth variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
    </>
  );
}

/** Why nothing goes on, and what to do. */
function Trouble({ catalog }: { catalog: CatalogOverview }) {
  const { t } = useTranslation("listing");
  if (catalog.trouble !== "")
    return (
      <Alert color="brick" mb="md" icon={<Icon name="alert" size={20} />} title={t(`trouble.${catalog.trouble}`, { defaultValue: t("trouble.catalog_refused") })}>
        {t(`troubleText.${catalog.trouble}`, { defaultValue: t("troubleText.catalog_refused") })}
        {catalog.text !== "" && (
          <Text size="sm" mt={6}>
            {t("metaSays")} <q lang="en">{catalog.text}</q>
          </Text>
        )}
      </Alert>
    );
  if (catalog.parked_ms > 0)
    return (
      <Alert color="honey" mb="md" icon={<Icon name="clock" size={20} />} title={t("parked")}>
        {t("parkedText")} <RelativeTime ms={catalog.parked_ms} />
      </Alert>
    );
  return null;
}

/** How far a push is. */
function Working({ catalog }: { catalog: CatalogOverview }) {
  const { t } = useTranslation("listing");
  const all = catalog.visible + catalog.waiting + catalog.problem;
  const left = catalog.dirty + catalog.sending;
  if (!busy(catalog))
    return (
      <Text size="sm" c="dimmed" mb="md">
        {catalog.seen_ms > 0 ? (
          <>
            {t("seen")} <RelativeTime ms={catalog.seen_ms} />
          </>
        ) : (
          t("notSeen")
        )}
      </Text>
    );
  return (
    <div className={classes.working} role="status">
      <Group justify="space-between" gap="xs">
        <Text size="sm">{left > 0 ? t("sendingCount", { count: left }) : catalog.reading ? t("reading") : t("awaiting")}</Text>
        {catalog.usage >= 50 && <Badge color="honey">{t("usage", { percent: catalog.usage })}</Badge>}
      </Group>
      <Progress mt={6} size="sm" value={all === 0 ? 100 : Math.max(4, 100 - (100 * left) / all)} animated aria-label={t("progress")} />
    </div>
  );
}
