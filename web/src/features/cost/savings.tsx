import { Badge, Button, Group, Modal, NumberInput, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cost, type CostSaving, type CostWindow, type SavingBody } from "@/api/cost";
import { useMe } from "@/api/session";
import { drawn } from "@/ui/exact";
import { EmptyState } from "@/ui/state";
import { Grid, Reading, Section } from "@/ui/part";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { Environments } from "./environment";
import { PlaceFields, type Place } from "./field";
import { dateText, placeText, shareText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { savingsQuery } from "./queries";

/** What was done to spend less, and what the bills say of it; and the environments that run only when somebody needs them. */
export default function CostSavingsPage() {
  const { find, choose } = useFind();
  return <SavingsView find={find} choose={choose} />;
}

export function SavingsView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const { may } = useMe();
  const query = useQuery(savingsQuery);
  // What is typed: a measure that is there, or a new one.
  const [edited, setEdited] = useState<CostSaving | "new" | null>(null);
  const edit = may("platform.operate") ? setEdited : undefined;
  return (
    <CostPage room="savings" find={find} choose={choose} fields={[]} csv={cost.tableUrl("savings", {})}>
      <Stack gap="lg">
        <Section
          title={t("ledger")}
          actions={
            may("platform.operate") && (
              <Button variant="light" size="compact-md" onClick={() => setEdited("new")}>
                {t("savingNew")}
              </Button>
            )
          }
        >
          <Reading query={query}>{(rows) => (rows.length === 0 ? <EmptyState icon="check" title={t("savingsNone")} text={t("savingsNoneText")} /> : <Ledger rows={rows} edit={edit} />)}</Reading>
        </Section>
        {may("platform.operate") && <Environments />}
      </Stack>
      {edited !== null && <Editor row={edited === "new" ? undefined : edited} close={() => setEdited(null)} />}
    </CostPage>
  );
}

function Ledger({ rows, edit }: { rows: CostSaving[]; edit: ((row: CostSaving) => void) | undefined }) {
  const { t } = useTranslation(["cost", "common"]);
  const whereOf = (row: CostSaving) => (row.line === "" && row.environment === "" ? t("everywhere") : placeText(row.line, row.environment));
  return (
    <Grid label={t("ledger")} heads={[t("measure"), t("place"), t("since"), t("perDayBefore"), t("perDayAfter"), t("savedMonth"), t("savedSoFar")]} numbers={[3, 4, 5, 6]} minWidth={980}>
      {rows.map((row) => (
        <Table.Tr key={row.id}>
          <Table.Td miw={200}>
            <Text fw={550}>{row.name}</Text>
            {row.note !== "" && (
              <Text size="xs" c="dimmed">
                {row.note}
              </Text>
            )}
            {row.hours_off !== undefined && (
              <Text size="xs" c="dimmed">
                {t("hoursOff", { off: Math.round(row.hours_off.off), observed: Math.round(row.hours_off.observed) })}
              </Text>
            )}
            {edit !== undefined && (
              <Button size="compact-sm" variant="subtle" ml={-8} onClick={() => edit(row)} aria-label={t("savingEdit", { name: `${row.name} (${whereOf(row)})` })}>
                {t("edit")}
              </Button>
            )}
          </Table.Td>
          <Table.Td>
            {whereOf(row)}
            {[row.service, row.resource]
              .filter((part) => part !== "")
              .map((part) => (
                <Text key={part} size="xs" c="dimmed">
                  {part}
                </Text>
              ))}
          </Table.Td>
          <Table.Td>
            {dateText(row.started)}
            {row.ended !== "" && ` – ${dateText(row.ended)}`}
          </Table.Td>
          <Table.Td className={classes.number ?? ""}>
            <PerDay of={row.before} currency={row.currency} />
          </Table.Td>
          <Table.Td className={classes.number ?? ""}>
            <PerDay of={row.after} currency={row.currency} />
          </Table.Td>
          <Table.Td className={classes.number ?? ""}>
            {row.per_month === undefined ? (
              <NotMeasured row={row} />
            ) : (
              <span className={drawn(row.per_month) < 0 ? classes.up : classes.down}>
                <Amount value={row.per_month} currency={row.currency} />
                {row.saved_basis_points !== undefined && ` (${shareText(row.saved_basis_points)})`}
              </span>
            )}
          </Table.Td>
          <Table.Td className={`${classes.number} ${classes.sum}`}>
            {row.saved === undefined ? "–" : <Amount value={row.saved} currency={row.currency} />}
            {row.planned !== undefined && (
              <div>
                <Badge variant="light" color="gray">
                  {t("planned")} <Amount value={row.planned} currency={row.currency} />
                </Badge>
              </div>
            )}
          </Table.Td>
        </Table.Tr>
      ))}
    </Grid>
  );
}

/** Why nothing is told of it, and which bill is waited for. */
function NotMeasured({ row }: { row: CostSaving }) {
  const { t } = useTranslation("cost");
  return (
    <Text component="div" size="sm" miw={180} style={{ whiteSpace: "normal" }}>
      {row.not_measured === undefined ? t("notMeasured") : t(`notMeasuredWhy.${row.not_measured}`)}
      {(row.lacking ?? []).map((gap) => (
        <Text key={`${gap.source} ${gap.billing_account} ${gap.from}`} size="xs" c="dimmed">
          {t("lacking", { source: gap.source, account: gap.billing_account, from: dateText(gap.from), until: dateText(gap.until) })}
        </Text>
      ))}
    </Text>
  );
}

/** What a day cost, and how many days no bill covers: those are not judged. */
function PerDay({ of, currency }: { of: CostWindow | undefined; currency: string }) {
  const { t } = useTranslation("cost");
  if (of === undefined) return "–";
  return (
    <>
      <Amount value={of.per_day} currency={currency} />
      {of.gaps > 0 && (
        <Text size="xs" c="dimmed">
          {t("daysWithoutBill", { count: of.gaps })}
        </Text>
      )}
    </>
  );
}

/** What is typed of a measure; what it saves never is. */
type Draft = Omit<SavingBody, "planned_hours_off" | "before_days" | "line" | "environment"> & Place;

const planOf = (hours: number | string) => (typeof hours === "number" && hours > 0 ? { planned_hours_off: hours } : {});

function Editor({ row, close }: { row: CostSaving | undefined; close: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const [value, setValue] = useState<Required<Draft>>(() => draftOf(row));
  const [hours, setHours] = useState<number | string>(row === undefined || row.planned_hours_off === 0 ? "" : row.planned_hours_off);
  const [days, setDays] = useState<number | string>(row?.before_days ?? standardDays);
  const set = (field: keyof Draft) => (text: string | null) => setValue((old) => ({ ...old, [field]: text ?? "" }));
  const save = useAct(() => {
    const body = { ...value, before_days: typeof days === "number" ? days : standardDays, ...planOf(hours) };
    return row === undefined ? cost.addSaving(body) : cost.changeSaving(row.id, row.version, body);
  }, close);
  return (
    <Modal opened onClose={close} title={t(row === undefined ? "savingNew" : "savingTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <Stack>
          <TextInput label={t("measure")} required maxLength={120} value={value.name} onChange={(event) => set("name")(event.currentTarget.value)} data-autofocus />
          <TextInput type="date" label={t("since")} required value={value.started} onChange={(event) => set("started")(event.currentTarget.value)} />
          <TextInput type="date" label={t("endedOn")} description={t("endedHint")} value={value.ended} onChange={(event) => set("ended")(event.currentTarget.value)} />
          <NumberInput label={t("beforeDays")} min={1} max={366} allowDecimal={false} value={days} onChange={setDays} />
          <Group grow align="start">
            <PlaceFields open value={value} onChange={(place) => setValue((old) => ({ ...old, ...place }))} />
          </Group>
          <TextInput label={t("service")} description={t("serviceHint")} maxLength={256} value={value.service} onChange={(event) => set("service")(event.currentTarget.value)} />
          <TextInput label={t("resource")} description={t("resourceHint")} maxLength={512} value={value.resource} onChange={(event) => set("resource")(event.currentTarget.value)} />
          <Select label={t("currency")} allowDeselect={false} value={value.currency} onChange={set("currency")} data={[...new Set(["BRL", "USD", value.currency])]} />
          <NumberInput label={t("plannedHours")} description={t("plannedHoursHint")} min={0} max={weekHours} allowDecimal={false} value={hours} onChange={setHours} />
          <TextInput label={t("note")} maxLength={1000} value={value.note} onChange={(event) => set("note")(event.currentTarget.value)} />
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** Days before that a measure is held against, as the ledger has it where nothing is said. */
const standardDays = 30;

const weekHours = 168;

function draftOf(row: CostSaving | undefined): Required<Draft> {
  if (row === undefined) return { name: "", line: "", environment: "", service: "", resource: "", currency: "USD", started: "", ended: "", note: "" };
  const { name, line, environment, service, resource, currency, started, ended, note } = row;
  return { name, line, environment, service, resource, currency, started, ended, note };
}
