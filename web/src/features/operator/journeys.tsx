import { Badge, Select, Switch, Table, Text, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import classes from "./operator.module.css";
import { Grid, Listing } from "@/ui/part";
import { journeysQuery } from "./queries";
import { journeyColours, journeyStates } from "./states";

/** Companies on their way to us: where each is, and which wait for somebody. */
export default function JourneysPage() {
  const { t } = useTranslation("operator");
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(search.q ?? "");
  const choose = (fields: Partial<Record<"q" | "state" | "attention", string>>) =>
    void navigate({ to: "/operator/journeys", search: (old) => Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([, value]) => value !== "")), replace: true });
  const find = useDebouncedCallback((q: string) => choose({ q: q.trim() }), 250);
  const state = journeyStates.find((each) => each === search.state) ?? "";
  const attention = search.attention === "1";
  const query = useInfiniteQuery({ ...journeysQuery({ q: search.q ?? "", state, attention }), placeholderData: (old) => old });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = (search.q ?? "") !== "" || state !== "";
  return (
    <PageBody wide>
      <PageHeader title={t("room.journeys")} text={t("journeysText")} />
      <search className={classes.filters}>
        <TextInput
          type="search"
          aria-label={t("findJourney")}
          placeholder={t("findJourney")}
          leftSection={<Icon name="search" size={17} />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            find(event.currentTarget.value);
          }}
        />
        <Select aria-label={t("state")} placeholder={t("anyState")} clearable clearButtonProps={{ "aria-label": t("anyState") }} value={state === "" ? null : state} onChange={(value) => choose({ state: value ?? "" })} data={journeyStates.map((value) => ({ value, label: t(`journeyState.${value}`) }))} />
        <Switch label={t("onlyAttention")} checked={attention} onChange={(event) => choose({ attention: event.currentTarget.checked ? "1" : "" })} />
      </search>
      <Listing
        query={query}
        count={rows.length}
        empty={<EmptyState icon={attention ? "check" : "right"} title={t(attention ? "noAttention" : narrowed ? "noneFound" : "noJourneys")} text={t(attention ? "noAttentionText" : narrowed ? "noneFoundText" : "noJourneysText")} />}
      >
        <Grid label={t("room.journeys")} heads={[t("who"), t("contractNo"), t("state"), t("attention"), t("changed")]} minWidth={720}>
          {rows.map((row) => (
            <Table.Tr key={row.id}>
              <Table.Td>
                <Link to="/operator/journeys/$journey" params={{ journey: row.id }} className={classes.rowLink}>
                  {row.name || row.person || row.email || t("nameless")}
                </Link>
                <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
                  {[row.email, row.tax_id].filter(Boolean).join(" · ")}
                </Text>
              </Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>{row.contract_no === "" ? "—" : row.contract_no}</Table.Td>
              <Table.Td>
                <Badge color={journeyColours[row.state]}>{t(`journeyState.${row.state}`)}</Badge>
              </Table.Td>
              <Table.Td>
                {row.attention !== "" && (
                  <>
                    <Badge color="brick">{t(`step.${row.attention as "deal"}`, { defaultValue: row.attention })}</Badge>
                    <Text size="xs" c="dimmed" lineClamp={2}>
                      {row.problem}
                    </Text>
                  </>
                )}
              </Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                <RelativeTime ms={row.updated_ms} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Grid>
      </Listing>
    </PageBody>
  );
}
