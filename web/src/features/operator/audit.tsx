import { Code, Select, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import i18next from "i18next";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { PlacedEntry } from "@/api/operator";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import classes from "./operator.module.css";
import { Grid, Listing } from "@/ui/part";
import { auditQuery } from "./queries";
import { dayEnd, dayStart } from "./when";

/** How actions begin that people look for. */
const deeds = ["company", "support", "acquisition", "subscription", "plan", "promotion", "crm", "letter", "member", "invitation", "session", "factor", "channel", "payment"] as const;

type Field = "company" | "actor" | "action" | "target" | "from" | "to";

/** Who did what in any company and on the platform, newest first. What is looked for stands in the address. */
export default function AuditPage() {
  const search: Partial<Record<Field, string>> = useSearch({ strict: false });
  const navigate = useNavigate();
  const choose = (field: Field, value: string) =>
    void navigate({ to: "/operator/audit", search: (old) => Object.fromEntries(Object.entries({ ...old, [field]: value }).filter(([, each]) => each !== "")), replace: true });
  return <AuditView find={search} choose={choose} />;
}

export function AuditView({ find, choose }: { find: Partial<Record<Field, string>>; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation("operator");
  const { company = "", actor = "", action = "", target = "", from = "", to = "" } = find;
  const query = useInfiniteQuery({ ...auditQuery({ company, actor, action, target, from_ms: dayStart(from), to_ms: dayEnd(to) }), placeholderData: (old) => old });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = [company, actor, action, target, from, to].some((each) => each !== "");
  const deed = deeds.find((each) => action === `${each}.`);
  return (
    <PageBody wide>
      <PageHeader title={t("room.audit")} text={t("audit.text")} />
      <search className={classes.sieve}>
        <Select label={t("what")} placeholder={t("audit.anything")} clearable clearButtonProps={{ "aria-label": t("audit.anything") }} value={deed ?? null} onChange={(value) => choose("action", value === null ? "" : `${value}.`)} data={deeds.map((value) => ({ value, label: t(`audit.deed.${value}`) }))} />
        <Word key={`c${company}`} label={t("audit.company")} value={company} choose={(value) => choose("company", value)} />
        <Word key={`a${actor}`} label={t("audit.actor")} value={actor} choose={(value) => choose("actor", value)} />
        <Word key={`t${target}`} label={t("audit.target")} value={target} choose={(value) => choose("target", value)} />
        <TextInput type="date" label={t("audit.from")} value={from} max={to} onChange={(event) => choose("from", event.currentTarget.value)} />
        <TextInput type="date" label={t("audit.to")} value={to} min={from} onChange={(event) => choose("to", event.currentTarget.value)} />
      </search>
      <Listing query={query} count={rows.length} empty={<EmptyState icon="audit" title={t(narrowed ? "noneFound" : "audit.none")} text={t(narrowed ? "noneFoundText" : "audit.noneText")} />}>
        <Grid label={t("room.audit")} heads={[t("when"), t("who"), t("what"), t("audit.where"), t("audit.facts")]} minWidth={820}>
          {rows.map((entry) => (
            <EntryRow key={`${entry.company_id} ${entry.id}`} entry={entry} />
          ))}
        </Grid>
      </Listing>
    </PageBody>
  );
}

/** Part of a search that is typed: asked for once the person pauses. */
function Word({ label, value, choose }: { label: string; value: string; choose: (value: string) => void }) {
  const [typed, setTyped] = useState(value);
  const find = useDebouncedCallback((next: string) => choose(next.trim()), 400);
  return (
    <TextInput
      type="search"
      label={label}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        find(event.currentTarget.value);
      }}
    />
  );
}

function EntryRow({ entry }: { entry: PlacedEntry }) {
  const { t } = useTranslation("operator");
  return (
    <Table.Tr>
      <Table.Td style={{ whiteSpace: "nowrap" }}>
        <RelativeTime ms={entry.at_ms} />
      </Table.Td>
      <Table.Td>
        {entry.actor_id === "" ? (
          actorName(entry)
        ) : (
          <Link to="/operator/audit" search={{ actor: entry.actor_id }} className={classes.rowLink} title={t("audit.byThem")}>
            {actorName(entry)}
          </Link>
        )}
        {entry.ip !== "" && (
          <Text size="xs" c="dimmed">
            {entry.ip}
          </Text>
        )}
      </Table.Td>
      <Table.Td>
        <Action entry={entry} />
        <Text size="xs" c="dimmed" ff="monospace" style={{ overflowWrap: "anywhere" }}>
          {entry.target !== entry.company_id && entry.target}
        </Text>
      </Table.Td>
      <Table.Td style={{ overflowWrap: "anywhere" }}>
        {entry.company_id === "" ? (
          <Text size="sm" c="dimmed">
            {t("audit.platform")}
          </Text>
        ) : (
          <Link to="/operator/companies/$company" params={{ company: entry.company_id }} className={classes.rowLink}>
            <Text span size="xs" ff="monospace">
              {entry.company_id}
            </Text>
          </Link>
        )}
      </Table.Td>
      <Table.Td>
        {Object.entries(entry.facts).map(([name, value]) => (
          <Text size="xs" key={name} style={{ overflowWrap: "anywhere" }}>
            {t(`audit.fact.${name as "reason"}`, { defaultValue: name })}: {value}
          </Text>
        ))}
      </Table.Td>
    </Table.Tr>
  );
}

const actorName = (entry: PlacedEntry): string => entry.actor_name || i18next.t(`audit:actor.${entry.actor_kind as "system"}`, { defaultValue: entry.actor_kind || "—" });

/** What was done, in words where there are some. */
function Action({ entry }: { entry: PlacedEntry }) {
  const { t } = useTranslation("operator");
  const name = entry.action.replaceAll(".", "_");
  const step = t(`step.${entry.facts.step as "deal"}`, { defaultValue: entry.facts.step ?? "" });
  const known = [`operator:log.${name}`, `audit:action.${name}`].find((key) => i18next.exists(key));
  return known === undefined ? <Code>{entry.action}</Code> : <>{i18next.t(known as "operator:log.acquisition_canceled", { step })}</>;
}
