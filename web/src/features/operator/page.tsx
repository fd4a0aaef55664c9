import { Alert, Badge, Button, Group, Modal, SegmentedControl, Select, Skeleton, Stack, Table, Tabs, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Company, DeadLetter, QuarantineEntry } from "@/api/types";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { JsonView } from "@/ui/json-view";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CopyField, EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";

/** The platform's own staff: companies, and what could not be read or done. */
export default function OperatorPage() {
  const { t } = useTranslation(["operator", "common"]);
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")} />
      <Tabs defaultValue="companies" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="companies">{t("companies")}</Tabs.Tab>
          <Tabs.Tab value="quarantine">{t("quarantine")}</Tabs.Tab>
          <Tabs.Tab value="dead">{t("deadLetters")}</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="companies">
          <Companies />
        </Tabs.Panel>
        <Tabs.Panel value="quarantine">
          <Quarantine />
        </Tabs.Panel>
        <Tabs.Panel value="dead">
          <DeadLetters />
        </Tabs.Panel>
      </Tabs>
    </PageBody>
  );
}

interface Listed {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Waiting, refused, empty, or rows with a way to more. */
function Listing({ query, empty, count, children }: { query: Listed; empty: ReactNode; count: number; children: ReactNode }) {
  const { t } = useTranslation("common");
  if (query.isPending) return <Stack>{[0, 1, 2].map((i) => <Skeleton key={i} height={44} />)}</Stack>;
  if (query.isError && count === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  if (count === 0) return empty;
  return (
    <>
      {children}
      {query.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

function Companies() {
  const { t } = useTranslation(["operator", "common"]);
  const [adding, setAdding] = useState(false);
  const query = useInfiniteQuery({
    queryKey: ["companies"],
    queryFn: ({ pageParam }) => api.companies.list(pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <Group justify="flex-end" mb="sm">
        <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setAdding(true)}>
          {t("addCompany")}
        </Button>
      </Group>
      <Listing query={query} count={rows.length} empty={<EmptyState icon="building" title={t("noCompanies")} />}>
        <Table.ScrollContainer minWidth={600} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm" aria-label={t("companies")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("name")}</Table.Th>
                <Table.Th>{t("line")}</Table.Th>
                <Table.Th>{t("state")}</Table.Th>
                <Table.Th>{t("since")}</Table.Th>
                <Table.Th>
                  <span className="p-sr">{t("actions")}</span>
                </Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {rows.map((company) => (
                <CompanyRow key={company.id} company={company} />
              ))}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      </Listing>
      <AddCompany opened={adding} onClose={() => setAdding(false)} />
    </>
  );
}

function CompanyRow({ company }: { company: Company }) {
  const { t } = useTranslation(["operator", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const active = company.state === "active";
  const change = useMutation({
    mutationFn: () => api.companies.state(company.id, active ? "suspended" : "active", t("stateReason")),
    onSuccess: () => client.invalidateQueries({ queryKey: ["companies"] }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={550}>{company.name}</Text>
        <Text size="xs" c="dimmed">
          {company.slug}
        </Text>
      </Table.Td>
      <Table.Td>{company.line}</Table.Td>
      <Table.Td>
        <Badge color={active ? "leaf" : "honey"}>{t(`companyState.${company.state}`)}</Badge>
      </Table.Td>
      <Table.Td>
        <RelativeTime ms={company.created_ms} />
      </Table.Td>
      <Table.Td ta="right">
        {active ? (
          <ConfirmButton label={t("suspendOne", { name: company.name })} title={t("suspendOne", { name: company.name })} text={t("suspendText")} action={t("suspend")} onConfirm={() => change.mutate()} busy={change.isPending}>
            {t("suspend")}
          </ConfirmButton>
        ) : (
          <Button size="compact-sm" variant="light" onClick={() => change.mutate()} loading={change.isPending}>
            {t("activate")}
          </Button>
        )}
      </Table.Td>
    </Table.Tr>
  );
}

function AddCompany({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["operator", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const form = useForm({
    initialValues: { name: "", line: "massivo" as Company["line"], admin_email: "" },
    validate: {
      name: (value) => (value.trim() === "" ? t("needed") : null),
      admin_email: (value) => (value === "" || /^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")),
    },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) =>
      api.companies.create({ name: values.name.trim(), line: values.line, ...(values.admin_email === "" ? {} : { admin_email: values.admin_email.trim() }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: ["companies"] }),
  });
  const close = () => {
    onClose();
    form.reset();
    create.reset();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("addCompany")} closeButtonProps={{ "aria-label": t("common:close") }}>
      {create.data === undefined ? (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
          <Stack>
            {create.isError && <Alert color="brick">{say(create.error)}</Alert>}
            <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
            <Select label={t("line")} data={["massivo", "enterprise"]} allowDeselect={false} {...form.getInputProps("line")} />
            <TextInput label={t("adminEmail")} description={t("adminEmailText")} type="email" {...form.getInputProps("admin_email")} />
            <Button type="submit" loading={create.isPending}>
              {t("addCompany")}
            </Button>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Text>{t("companyAdded", { name: create.data.company.name })}</Text>
          {create.data.link !== undefined && <CopyField label={t("link")} value={create.data.link} description={t("linkText")} />}
          <Button onClick={close}>{t("common:done")}</Button>
        </Stack>
      )}
    </Modal>
  );
}

const states = ["waiting", "replayed", "dropped"] as const;

function Quarantine() {
  const { t } = useTranslation(["operator", "common"]);
  const [state, setState] = useState<(typeof states)[number]>("waiting");
  const query = useInfiniteQuery({
    queryKey: ["quarantine", state],
    queryFn: ({ pageParam }) => api.operator.quarantine(state, pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <SegmentedControl role="radiogroup" size="xs" mb="md" aria-label={t("state")} value={state} onChange={(value) => setState(value as typeof state)} data={states.map((each) => ({ value: each, label: t(`entryState.${each}`) }))} />
      <Listing query={query} count={rows.length} empty={<EmptyState icon="check" title={t("noQuarantine")} text={t("noQuarantineText")} />}>
        <Stack>
          {rows.map((entry) => (
            <QuarantineCard key={entry.id} entry={entry} />
          ))}
        </Stack>
      </Listing>
    </>
  );
}

function QuarantineCard({ entry }: { entry: QuarantineEntry }) {
  const { t } = useTranslation(["operator", "common"]);
  return (
    <Held
      title={entry.reason}
      line={[entry.channel, entry.account_id, entry.tenant_id].filter(Boolean).join(" · ")}
      at={entry.received_ms}
      body={entry.body}
      settled={entry.state !== "waiting"}
      label={t("body")}
      replay={() => api.operator.replay(entry.id)}
      drop={() => api.operator.drop(entry.id)}
      queryKey="quarantine"
    />
  );
}

function DeadLetters() {
  const { t } = useTranslation(["operator", "common"]);
  const query = useInfiniteQuery({
    queryKey: ["dead-letters"],
    queryFn: ({ pageParam }) => api.operator.deadLetters(pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const rows: DeadLetter[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Listing query={query} count={rows.length} empty={<EmptyState icon="check" title={t("noDead")} text={t("noDeadText")} />}>
      <Stack>
        {rows.map((letter) => (
          <Held
            key={letter.id}
            title={letter.reason}
            line={letter.consumer}
            at={letter.at_ms}
            body={letter.body}
            settled={false}
            label={t("body")}
            replay={() => api.operator.replayLetter(letter.id)}
            drop={() => api.operator.dropLetter(letter.id)}
            queryKey="dead-letters"
          />
        ))}
      </Stack>
    </Listing>
  );
}

interface HeldProps {
  title: string;
  line: string;
  at: number;
  body: string;
  settled: boolean;
  label: string;
  replay: () => Promise<unknown>;
  drop: () => Promise<unknown>;
  queryKey: string;
}

/** Something kept aside: why, what, and the two ways on. */
function Held({ title, line, at, body, settled, label, replay, drop, queryKey }: HeldProps) {
  const { t } = useTranslation(["operator", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const act = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onSuccess: () => client.invalidateQueries({ queryKey: [queryKey] }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <article style={{ border: "1px solid var(--p-line)", borderRadius: 12, padding: 16, background: "var(--p-surface)" }}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <div>
          <Text fw={600}>{title}</Text>
          <Text size="xs" c="dimmed">
            {line} · <RelativeTime ms={at} />
          </Text>
        </div>
        {!settled && (
          <Group gap="xs">
            <Button size="compact-sm" variant="light" loading={act.isPending} onClick={() => act.mutate(replay)} leftSection={<Icon name="retry" size={15} />}>
              {t("replay")}
            </Button>
            <ConfirmButton label={t("drop")} title={t("dropTitle")} text={t("dropText")} action={t("drop")} onConfirm={() => act.mutate(drop)} busy={act.isPending} />
          </Group>
        )}
      </Group>
      <JsonView text={body} label={label} />
    </article>
  );
}
