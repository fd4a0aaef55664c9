import { Button, Group, SegmentedControl, Stack, Tabs, Text } from "@mantine/core";
import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { DeadLetter } from "@/api/types";
import { ConfirmButton } from "@/ui/confirm";
import { Icon } from "@/ui/icon";
import { JsonView } from "@/ui/json-view";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import classes from "./operator.module.css";
import { Listing } from "@/ui/part";
import { keys } from "./queries";

/** What could not be read, and what could not be worked on: kept, never lost. */
export default function HeldPage() {
  const { t } = useTranslation("operator");
  const { view } = useSearch({ strict: false });
  return (
    <PageBody wide>
      <PageHeader title={t("room.held")} text={t("heldText")} />
      <Tabs defaultValue={view === "dead" ? "dead" : "quarantine"} keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="quarantine">{t("quarantine")}</Tabs.Tab>
          <Tabs.Tab value="dead">{t("deadLetters")}</Tabs.Tab>
        </Tabs.List>
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

const states = ["waiting", "replayed", "dropped"] as const;

function Quarantine() {
  const { t } = useTranslation("operator");
  const [state, setState] = useState<(typeof states)[number]>("waiting");
  const query = useInfiniteQuery({
    queryKey: [...keys.quarantine, state],
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
            <Held
              key={entry.id}
              title={entry.reason}
              line={[entry.channel, entry.account_id, entry.tenant_id].filter(Boolean).join(" · ")}
              at={entry.received_ms}
              body={entry.body}
              settled={entry.state !== "waiting"}
              replay={() => api.operator.replay(entry.id)}
              drop={() => api.operator.drop(entry.id)}
            />
          ))}
        </Stack>
      </Listing>
    </>
  );
}

function DeadLetters() {
  const { t } = useTranslation("operator");
  const query = useInfiniteQuery({ queryKey: keys.dead, queryFn: ({ pageParam }) => api.operator.deadLetters(pageParam), initialPageParam: "", getNextPageParam: (page) => page.next });
  const rows: DeadLetter[] = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Listing query={query} count={rows.length} empty={<EmptyState icon="check" title={t("noDead")} text={t("noDeadText")} />}>
      <Stack>
        {rows.map((letter) => (
          <Held key={letter.id} title={letter.reason} line={letter.consumer} at={letter.at_ms} body={letter.body} settled={false} replay={() => api.operator.replayLetter(letter.id)} drop={() => api.operator.dropLetter(letter.id)} />
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
  replay: () => Promise<unknown>;
  drop: () => Promise<unknown>;
}

/** Something kept aside: why, what, and the two ways on. */
function Held({ title, line, at, body, settled, replay, drop }: HeldProps) {
  const { t } = useTranslation("operator");
  const client = useQueryClient();
  const say = useProblemText();
  const act = useMutation({
    mutationFn: (run: () => Promise<unknown>) => run(),
    onError: (error) => notify.bad(say(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }),
  });
  return (
    <article className={classes.card}>
      <Group justify="space-between" align="flex-start" mb="xs">
        <div style={{ minWidth: 0, flex: "1 1 240px" }}>
          <Text fw={600} style={{ overflowWrap: "anywhere" }}>
            {title}
          </Text>
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
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
      <JsonView text={body} label={t("body")} />
    </article>
  );
}
