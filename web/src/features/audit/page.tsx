import { Button, Code, Skeleton, Table, Text } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import i18next from "i18next";
import { api } from "@/api";
import type { AuditEntry } from "@/api/types";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";

/** Who did what, newest first. Entries are never changed. */
export default function AuditPage() {
  const { t } = useTranslation(["audit", "common"]);
  const query = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) => api.audit.list(pageParam),
    initialPageParam: "",
    getNextPageParam: (page) => page.next,
  });
  const entries = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")} />
      {query.isError && entries.length === 0 ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isSuccess && entries.length === 0 ? (
        <EmptyState icon="audit" title={t("empty")} />
      ) : (
        <Table.ScrollContainer minWidth={720} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
          <Table verticalSpacing="sm" aria-label={t("title")}>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{t("when")}</Table.Th>
                <Table.Th>{t("who")}</Table.Th>
                <Table.Th>{t("what")}</Table.Th>
                <Table.Th>{t("target")}</Table.Th>
                <Table.Th>{t("facts")}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {query.isPending
                ? [0, 1, 2, 3].map((i) => (
                    <Table.Tr key={i}>
                      <Table.Td colSpan={5}>
                        <Skeleton height={22} />
                      </Table.Td>
                    </Table.Tr>
                  ))
                : entries.map((entry) => <EntryRow key={entry.id} entry={entry} />)}
            </Table.Tbody>
          </Table>
        </Table.ScrollContainer>
      )}
      {query.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("common:more")}
        </Button>
      )}
    </PageBody>
  );
}

function EntryRow({ entry }: { entry: AuditEntry }) {
  const { t } = useTranslation(["audit", "common"]);
  const facts = Object.entries(entry.facts ?? {});
  const key = `audit:action.${entry.action.replaceAll(".", "_")}`;
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <RelativeTime ms={entry.at_ms} />
      </Table.Td>
      <Table.Td>
        {entry.actor_name || t(`actor.${entry.actor_kind as "system"}`, { defaultValue: entry.actor_kind })}
        {entry.ip !== "" && (
          <Text size="xs" c="dimmed">
            {entry.ip}
          </Text>
        )}
      </Table.Td>
      <Table.Td>{i18next.exists(key) ? i18next.t(key as "audit:title") : <Code>{entry.action}</Code>}</Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>{entry.target}</Table.Td>
      <Table.Td>
        {facts.map(([name, value]) => (
          <Text size="xs" key={name} style={{ overflowWrap: "anywhere" }}>
            {name}: {typeof value === "string" ? value : JSON.stringify(value)}
          </Text>
        ))}
      </Table.Td>
    </Table.Tr>
  );
}
