import { Alert, Button, Select, Skeleton, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { templateKeys, templates, type TemplatePlace, type TemplateSearch } from "@/api/template";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Badges } from "./badges";
import { placesQuery, useLiveTemplates } from "./queries";
import classes from "./template.module.css";

const statuses = ["approved", "pending", "rejected", "paused", "disabled", "gone"] as const;
const categories = ["marketing", "utility", "authentication"] as const;

/** The message templates of the company's WhatsApp numbers, with what WhatsApp thinks of each. */
export default function TemplatesPage() {
  const { t } = useTranslation("template");
  const { may } = useMe();
  const manage = may("template.manage");
  const places = useQuery(placesQuery);
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  useLiveTemplates();
  const list = places.data?.items ?? [];
  const place = list.find((each) => each.account_id === search.account) ?? list.find((each) => each.waba_id !== "") ?? list[0];
  const ready = place !== undefined && place.waba_id !== "";
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        {manage && ready && <SyncButton place={place} />}
        {manage && ready && (
          <Button renderRoot={(props) => <Link to="/templates/new" search={{ account: place.account_id }} {...props} />} leftSection={<Icon name="plus" size={17} />}>
            {t("new")}
          </Button>
        )}
      </PageHeader>
      {places.isError && places.data === undefined ? (
        <ErrorState error={places.error} retry={() => void places.refetch()} />
      ) : places.isPending ? (
        <Loading />
      ) : place === undefined ? (
        <EmptyState icon="channel" title={t("noNumber")} text={t("noNumberText")} />
      ) : (
        <Shown place={place} places={list} />
      )}
    </PageBody>
  );
}

function Loading() {
  const { t } = useTranslation("template");
  return (
    <div aria-busy="true" aria-label={t("loading")}>
      {[0, 1, 2, 3].map((i) => (
        <Skeleton key={i} height={64} mb={8} radius="lg" />
      ))}
    </div>
  );
}

function SyncButton({ place }: { place: TemplatePlace }) {
  const { t } = useTranslation("template");
  const say = useProblemText();
  const client = useQueryClient();
  const sync = useMutation({
    mutationFn: () => templates.sync(place.account_id),
    onSuccess: (read) => notify.good(t("synced", { count: read.found })),
    onError: (error) => notify.bad(say(error)),
    onSettled: () => client.invalidateQueries({ queryKey: templateKeys.all }),
  });
  return (
    <Button variant="default" leftSection={<Icon name="retry" size={17} />} loading={sync.isPending} onClick={() => sync.mutate()}>
      {t("sync")}
    </Button>
  );
}

function Shown({ place, places }: { place: TemplatePlace; places: TemplatePlace[] }) {
  const { t } = useTranslation("template");
  const { may } = useMe();
  const say = useProblemText();
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Record<string, string | undefined>;
  const [typed, setTyped] = useState(search.q ?? "");
  const choose = (fields: Partial<Record<"q" | "status" | "category" | "account", string>>) =>
    void navigate({ to: "/templates", search: (old) => Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([, value]) => value !== "")), replace: true });
  const look = useDebouncedCallback((q: string) => choose({ q: q.trim() }), 250);
  const status = statuses.find((each) => each === search.status);
  const category = categories.find((each) => each === search.category);
  const wanted: TemplateSearch = { account_id: place.account_id, q: search.q ?? "", ...(status === undefined ? {} : { status }), ...(category === undefined ? {} : { category }) };
  const query = useInfiniteQuery({
    queryKey: templateKeys.list(wanted),
    queryFn: ({ pageParam }) => templates.list({ ...wanted, cursor: pageParam, limit: 50 }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (old) => old,
  });
  const found = query.data?.pages.flatMap((page) => page.items) ?? [];
  const filtered = (search.q ?? "") !== "" || status !== undefined || category !== undefined;
  if (place.waba_id === "") return <Alert color="honey">{t("noWaba")}</Alert>;
  return (
    <>
      {place.problem !== undefined && (
        <Alert color="honey" mb="md" icon={<Icon name="alert" />} title={t("syncFailed")}>
          {say({ ...new Error(), code: "refused", reason: place.problem })} {place.problem_text}
        </Alert>
      )}
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
            look(event.currentTarget.value);
          }}
        />
        <Select
          aria-label={t("status_")}
          value={status ?? ""}
          allowDeselect={false}
          onChange={(value) => choose({ status: value ?? "" })}
          data={[{ value: "", label: t("allStatuses") }, ...statuses.map((each) => ({ value: each, label: t(`status.${each}`) }))]}
        />
        <Select
          aria-label={t("category_")}
          value={category ?? ""}
          allowDeselect={false}
          onChange={(value) => choose({ category: value ?? "" })}
          data={[{ value: "", label: t("allCategories") }, ...categories.map((each) => ({ value: each, label: t(`category.${each}`) }))]}
        />
        {places.length > 1 && (
          <Select
            aria-label={t("account")}
            value={place.account_id}
            allowDeselect={false}
            onChange={(value) => choose({ account: value ?? "" })}
            data={places.map((each) => ({ value: each.account_id, label: `${each.name} ${each.display}`.trim() }))}
          />
        )}
      </search>
      <Text size="sm" c="dimmed" mb="sm">
        {place.synced_ms === 0 ? (
          t("neverSynced")
        ) : (
          <>
            {t("syncedAt")} <RelativeTime ms={place.synced_ms} />
          </>
        )}
      </Text>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <Loading />
      ) : found.length === 0 ? (
        <EmptyState icon="list" title={filtered ? t("nothing") : t("none")} text={filtered ? t("nothingText") : t("noneText")} action={!filtered && may("template.manage") ? <SyncButton place={place} /> : undefined} />
      ) : (
        <ul className={classes.list}>
          {found.map((each) => (
            <li key={each.id}>
              <Link to="/templates/$template" params={{ template: each.id }} className={classes.row}>
                <span style={{ minWidth: 0 }}>
                  <span className={classes.name}>{each.name}</span>
                  <span className={classes.words} style={{ display: "block" }}>
                    {each.body}
                  </span>
                </span>
                <span className={classes.badges}>
                  <Badges template={each} />
                </span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button variant="default" mt="md" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("more")}
        </Button>
      )}
    </>
  );
}
