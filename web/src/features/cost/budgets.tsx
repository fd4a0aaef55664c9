import { Badge, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cost, type CostPace } from "@/api/cost";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { EmptyState } from "@/ui/state";
import { Reading } from "@/ui/part";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { readDecimal, writtenDecimal } from "./decimal";
import { DecimalField, PlaceFields } from "./field";
import { dateText, placeText, shareText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { budgetsQuery } from "./queries";

/** What each account may cost, and whether it is on its way there. */
export default function CostBudgetsPage() {
  const { find, choose } = useFind();
  return <BudgetsView find={find} choose={choose} />;
}

export function BudgetsView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const { may } = useMe();
  const query = useQuery({ ...budgetsQuery(find.month), placeholderData: (old) => old });
  const [edited, setEdited] = useState<Draft | null>(null);
  const fresh: Draft = { line: "massivo", environment: "prod", currency: "BRL", amount: "", note: "" };
  return (
    <CostPage room="budgets" find={find} choose={choose} fields={["month"]} csv={cost.tableUrl("budgets", { month: find.month })}>
      {may("platform.operate") && (
        <Group justify="flex-end" mb="md">
          <Button variant="light" onClick={() => setEdited(fresh)}>
            {t("budgetNew")}
          </Button>
        </Group>
      )}
      <Reading query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <EmptyState icon="list" title={t("budgetsNone")} text={t("budgetsNoneText")} />
          ) : (
            <ul className={classes.cards}>
              {rows.map((pace) => (
                <Card key={`${pace.line} ${pace.environment} ${pace.currency}`} pace={pace} edit={may("platform.operate") ? () => setEdited({ line: pace.line, environment: pace.environment, currency: pace.currency, amount: writtenDecimal(pace.amount, spoken()), note: pace.note }) : undefined} />
              ))}
            </ul>
          )
        }
      </Reading>
      {edited !== null && <Editor draft={edited} month={find.month} close={() => setEdited(null)} />}
    </CostPage>
  );
}

function Card({ pace, edit }: { pace: CostPace; edit: (() => void) | undefined }) {
  const { t } = useTranslation(["cost", "common"]);
  const colour = { under: "leaf", fast: "honey", over: "brick" }[pace.state];
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <Text fw={600}>{placeText(pace.line, pace.environment)}</Text>
        <Badge color={colour} variant="light">
          {t(`pace.${pace.state}`)}
        </Badge>
      </div>
      <Text size="xl" fw={650} mt={4}>
        <Amount value={pace.spent} currency={pace.currency} />{" "}
        <Text span size="sm" c="dimmed">
          {t("of")} <Amount value={pace.amount} currency={pace.currency} />
        </Text>
      </Text>
      <span className={classes.bar} role="img" aria-label={t("spentShare", { share: shareText(pace.spent_basis_points) })}>
        <span className={classes.fill} data-state={pace.state} style={{ width: `${Math.min(100, Math.max(0, pace.spent_basis_points / 100))}%` }} />
        {pace.of_days > 0 && <span className={classes.pace} style={{ left: `${Math.min(99, (pace.days / pace.of_days) * 100)}%` }} />}
      </span>
      <Text size="sm" c="dimmed">
        {pace.through === "" ? t("nothingKnown") : t("through", { day: dateText(pace.through) })}
      </Text>
      {pace.forecast !== undefined && (
        <Text size="sm">
          {t("forecastTile")}: <Amount value={pace.forecast} currency={pace.currency} />
          {pace.forecast_basis_points !== undefined && ` (${shareText(pace.forecast_basis_points)})`}
        </Text>
      )}
      <Group justify="space-between" mt="xs" gap="xs">
        <Text size="xs" c="dimmed">
          {t(`origin.${pace.origin}`)}
          {pace.note !== "" && ` · ${pace.note}`}
        </Text>
        {edit !== undefined && (
          <Button size="compact-sm" variant="subtle" onClick={edit} aria-label={t("budgetEdit", { place: placeText(pace.line, pace.environment) })}>
            {t("edit")}
          </Button>
        )}
      </Group>
    </li>
  );
}

interface Draft {
  line: string;
  environment: string;
  currency: string;
  amount: string;
  note: string;
}

function Editor({ draft, month, close }: { draft: Draft; month: number; close: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const [value, setValue] = useState(draft);
  const set = (field: keyof Draft) => (text: string | null) => setValue((old) => ({ ...old, [field]: text ?? "" }));
  const save = useAct(
    (amount: string) => cost.setBudget({ line: value.line as "massivo", environment: value.environment as "prod", currency: value.currency, amount, from_month: month, note: value.note }),
    close,
  );
  return (
    <Modal opened onClose={close} title={t("budgetTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const amount = readDecimal(value.amount, spoken(), "money");
          if (amount !== null) save.mutate(amount);
        }}
      >
        <Stack>
          <PlaceFields value={value} onChange={(place) => setValue((old) => ({ ...old, ...place }))} />
          <Select label={t("currency")} allowDeselect={false} value={value.currency} onChange={set("currency")} data={["BRL", "USD"]} />
          <DecimalField label={t("amount")} kind="money" value={value.amount} onChange={set("amount")} />
          <TextInput label={t("note")} value={value.note} maxLength={200} onChange={(event) => set("note")(event.currentTarget.value)} />
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
