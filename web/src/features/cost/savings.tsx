import { Badge, Button, Group, Modal, NumberInput, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cost, type CostSaving, type CostWindow } from "@/api/cost";
import { useMe } from "@/api/session";
import { drawn } from "@/ui/exact";
import { EmptyState } from "@/ui/state";
import { Grid, Reading, Section } from "@/ui/part";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { Environments } from "./environment";
import { dateText, environments, lines, placeText, shareText, useFind, type Field, type Find } from "./find";
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
  const [open, setOpen] = useState(false);
  return (
    <CostPage room="savings" find={find} choose={choose} fields={[]} csv={cost.tableUrl("savings", {})}>
      <Stack gap="lg">
        <Section
          title={t("ledger")}
          actions={
            may("platform.operate") && (
              <Button variant="light" size="compact-md" onClick={() => setOpen(true)}>
                {t("savingNew")}
              </Button>
            )
          }
        >
          <Reading query={query}>{(rows) => (rows.length === 0 ? <EmptyState icon="check" title={t("savingsNone")} text={t("savingsNoneText")} /> : <Ledger rows={rows} />)}</Reading>
        </Section>
        {may("platform.operate") && <Environments />}
      </Stack>
      {open && <Editor close={() => setOpen(false)} />}
    </CostPage>
  );
}

function Ledger({ rows }: { rows: CostSaving[] }) {
  const { t } = useTranslation(["cost", "common"]);
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
          </Table.Td>
          <Table.Td>
            {row.line === "" ? t("everywhere") : placeText(row.line, row.environment)}
            {row.service !== "" && (
              <Text size="xs" c="dimmed">
                {row.service}
              </Text>
            )}
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
              t("notMeasured")
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

function Editor({ close }: { close: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const [value, setValue] = useState({ name: "", line: "", environment: "", service: "", currency: "USD", started: "", note: "" });
  const [hours, setHours] = useState<number | string>("");
  const set = (field: keyof typeof value) => (text: string | null) => setValue((old) => ({ ...old, [field]: text ?? "" }));
  const save = useAct(() => cost.addSaving({ ...value, line: value.line as "massivo", environment: value.environment as "prod", ...(typeof hours === "number" ? { planned_hours_off: hours } : {}) }), close);
  return (
    <Modal opened onClose={close} title={t("savingNew")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(undefined);
        }}
      >
        <Stack>
          <TextInput label={t("measure")} required maxLength={120} value={value.name} onChange={(event) => set("name")(event.currentTarget.value)} data-autofocus />
          <TextInput type="date" label={t("since")} required value={value.started} onChange={(event) => set("started")(event.currentTarget.value)} />
          <Group grow>
            <Select label={t("lineLabel")} placeholder={t("all")} clearable clearButtonProps={{ "aria-label": t("all") }} value={value.line === "" ? null : value.line} onChange={set("line")} data={lines.map((each) => ({ value: each, label: t(`line.${each}`) }))} />
            <Select label={t("environmentLabel")} placeholder={t("all")} clearable clearButtonProps={{ "aria-label": t("all") }} value={value.environment === "" ? null : value.environment} onChange={set("environment")} data={environments.map((each) => ({ value: each, label: t(`environment.${each}`) }))} />
          </Group>
          <TextInput label={t("service")} description={t("serviceHint")} value={value.service} onChange={(event) => set("service")(event.currentTarget.value)} />
          <Select label={t("currency")} allowDeselect={false} value={value.currency} onChange={set("currency")} data={["BRL", "USD"]} />
          <NumberInput label={t("plannedHours")} description={t("plannedHoursHint")} min={0} max={744} allowDecimal={false} value={hours} onChange={setHours} />
          <TextInput label={t("note")} maxLength={200} value={value.note} onChange={(event) => set("note")(event.currentTarget.value)} />
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
