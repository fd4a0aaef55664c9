import { Button, Group, Paper, Skeleton, Stack, Table, Title } from "@mantine/core";
import { useId, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { ErrorState } from "./state";
import classes from "./part.module.css";

interface Listed {
  isPending: boolean;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  fetchNextPage: () => unknown;
}

/** Waiting, refused, empty, or rows with a way to more. A page may be empty while there are more. */
export function Listing({ query, empty, count, children }: { query: Listed; empty: ReactNode; count: number; children: ReactNode }) {
  const { t } = useTranslation("common");
  if (query.isPending) return <Loading rows={3} />;
  if (query.isError && count === 0) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return (
    <>
      {count > 0 ? children : !query.hasNextPage && empty}
      {query.hasNextPage && (
        <Button variant="default" mt="md" onClick={() => void query.fetchNextPage()} loading={query.isFetchingNextPage}>
          {t("more")}
        </Button>
      )}
    </>
  );
}

export function Loading({ rows, height = 48 }: { rows: number; height?: number }) {
  return (
    <Stack aria-busy>
      {Array.from({ length: rows }, (_, i) => (
        <Skeleton key={i} height={height} />
      ))}
    </Stack>
  );
}

interface Read<T> {
  data: T | undefined;
  isError: boolean;
  error: unknown;
  refetch: () => unknown;
}

/** One thing that is read: waiting, refused, or there. What was read before stays while it is read again. */
export function Reading<T>({ query, rows = 3, height = 120, children }: { query: Read<T>; rows?: number; height?: number; children: (data: T) => ReactNode }) {
  if (query.data !== undefined) return children(query.data);
  if (query.isError) return <ErrorState error={query.error} retry={() => void query.refetch()} />;
  return <Loading rows={rows} height={height} />;
}

/** A part of a page, named by its heading. */
export function Section({ title, actions, children }: { title: string; actions?: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby={id}>
      <Group justify="space-between" mb="md" gap="sm">
        <Title order={2} size="h3" id={id}>
          {title}
        </Title>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {children}
    </Paper>
  );
}

/** Names and values; what is empty is left out. */
export function Facts({ facts }: { facts: [string, ReactNode][] }) {
  return (
    <dl className={classes.facts}>
      {facts
        .filter(([, value]) => value !== "" && value !== false && value !== undefined)
        .map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A table that scrolls sideways where there is no room. */
export function Grid({ label, heads, numbers = [], minWidth = 640, children }: { label: string; heads: string[]; /** The places of columns that hold numbers. */ numbers?: number[]; minWidth?: number; children: ReactNode }) {
  return (
    <Table.ScrollContainer minWidth={minWidth} scrollAreaProps={{ viewportProps: { tabIndex: 0 } }}>
      <Table verticalSpacing="sm" aria-label={label} className={classes.grid ?? ""}>
        <Table.Thead>
          <Table.Tr>
            {heads.map((head, i) => (
              <Table.Th key={head} ta={numbers.includes(i) ? "right" : "left"}>
                {head}
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>{children}</Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}
