import { Badge, Button, Group, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { cost, type CostAccount, type CostFee, type CostRate } from "@/api/cost";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { ConfirmButton } from "@/ui/confirm";
import { notify } from "@/ui/notify";
import { Grid, Reading, Section } from "@/ui/part";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { readDecimal, writtenDecimal } from "./decimal";
import { DecimalField, PlaceFields } from "./field";
import { dateText, monthLater, placeText, useFind, type Field, type Find } from "./find";
import { CostPage } from "./frame";
import { accountsQuery, feesQuery, ratesQuery, readersQuery } from "./queries";

/** What the numbers rest on: whose account is whose, the day's rates, the channels' prices, and who may look. */
export default function CostSettingsPage() {
  const { find, choose } = useFind();
  return <SettingsView find={find} choose={choose} />;
}

export function SettingsView({ find, choose }: { find: Find; choose: (field: Field, value: string) => void }) {
  const { may } = useMe();
  return (
    <CostPage room="settings" find={find} choose={choose} fields={[]}>
      <Stack gap="lg">
        <Accounts />
        <Rates month={find.month} />
        <Fees />
        {may("platform.operate") && <Readers />}
      </Stack>
    </CostPage>
  );
}

/** Runs what a form asks for, without leaving the page. */
const onSubmit = (run: () => void) => (event: FormEvent) => {
  event.preventDefault();
  run();
};

/** Runs what a form asks for with a decimal that was typed; what can't be told stays in its field, which says so. */
const onDecimal = (text: string, run: (exact: string) => void) =>
  onSubmit(() => {
    const exact = readDecimal(text, spoken(), "rate");
    if (exact !== null) run(exact);
  });

const dayMs = 86_400_000;
const dayOf = (date: string) => Math.floor(Date.parse(date) / dayMs);
const dateOf = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10);

function Accounts() {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const query = useQuery(accountsQuery);
  const drop = useAct((row: CostAccount) => cost.dropAccount(row.id, row.version));
  const [edited, setEdited] = useState<CostAccount | null>(null);
  return (
    <Section title={t("accounts")}>
      <Text size="sm" c="dimmed" mb="md">
        {t("accountsText")}
      </Text>
      <Reading query={query}>
        {(rows) => (
          <Grid label={t("accounts")} heads={[t("account"), t("place"), t("valid"), t("from"), t("actions")]} minWidth={700}>
            {rows.map((row) => (
              <Table.Tr key={row.id}>
                <Table.Td>
                  {row.name === "" ? row.account_id : row.name}
                  <Text size="xs" c="dimmed">
                    {row.account_id}
                  </Text>
                </Table.Td>
                <Table.Td>{placeText(row.line, row.environment)}</Table.Td>
                <Table.Td>
                  {row.from_day === 0 ? t("always") : dateText(dateOf(row.from_day))} – {row.to_day === 0 ? t("today") : dateText(dateOf(row.to_day))}
                </Table.Td>
                <Table.Td>{t(`accountOrigin.${row.origin}`)}</Table.Td>
                <Table.Td>
                  {may("platform.operate") && (
                    <Group gap={4} wrap="nowrap">
                      <Button size="compact-sm" variant="subtle" onClick={() => setEdited(row)} aria-label={t("accountEdit", { account: row.account_id })}>
                        {t("edit")}
                      </Button>
                      {row.origin === "typed" && <ConfirmButton label={t("remove")} title={t("removeAccount")} text={t("removeAccountText", { account: row.account_id })} action={t("remove")} onConfirm={() => drop.mutate(row)} busy={drop.isPending} />}
                    </Group>
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Grid>
        )}
      </Reading>
      {may("platform.operate") && <NewAccount />}
      {edited !== null && <AccountEditor row={edited} close={() => setEdited(null)} />}
    </Section>
  );
}

/** What is typed of an account's entry; days as the fields hold them. */
interface AccountDraft {
  account_id: string;
  name: string;
  line: string;
  environment: string;
  from: string;
  until: string;
}

const accountBody = ({ from, until, ...draft }: AccountDraft) => ({
  ...draft,
  account_id: draft.account_id.trim(),
  name: draft.name.trim(),
  line: draft.line as "massivo",
  environment: draft.environment as "prod",
  from_day: from === "" ? 0 : dayOf(from),
  to_day: until === "" ? 0 : dayOf(until),
});

function AccountFields({ value, onChange }: { value: AccountDraft; onChange: (change: Partial<AccountDraft>) => void }) {
  const { t } = useTranslation("cost");
  return (
    <>
      <TextInput label={t("name")} maxLength={100} value={value.name} onChange={(event) => onChange({ name: event.currentTarget.value })} />
      <PlaceFields value={value} onChange={onChange} />
      <TextInput type="date" label={t("validFrom")} value={value.from} onChange={(event) => onChange({ from: event.currentTarget.value })} />
      <TextInput type="date" label={t("endedOn")} value={value.until} onChange={(event) => onChange({ until: event.currentTarget.value })} />
    </>
  );
}

function NewAccount() {
  const { t } = useTranslation("cost");
  const empty: AccountDraft = { account_id: "", name: "", line: "massivo", environment: "prod", from: "", until: "" };
  const [value, setValue] = useState(empty);
  const save = useAct(
    () => cost.setAccount(accountBody(value)),
    () => setValue(empty),
  );
  return (
    <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onSubmit(() => save.mutate(undefined))}>
      <TextInput label={t("accountId")} required maxLength={100} value={value.account_id} onChange={(event) => setValue({ ...value, account_id: event.currentTarget.value })} />
      <AccountFields value={value} onChange={(change) => setValue({ ...value, ...change })} />
      <Button type="submit" variant="light" loading={save.isPending}>
        {t("add")}
      </Button>
    </form>
  );
}

/** Changes an entry, or ends it so that another may begin: two never claim an account on one day. */
function AccountEditor({ row, close }: { row: CostAccount; close: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const date = (day: number) => (day === 0 ? "" : dateOf(day));
  const [value, setValue] = useState<AccountDraft>({ account_id: row.account_id, name: row.name, line: row.line, environment: row.environment, from: date(row.from_day), until: date(row.to_day) });
  const save = useAct(() => cost.setAccount({ ...accountBody(value), id: row.id, version: row.version }), close);
  return (
    <Modal opened onClose={close} title={`${t("accountTitle")} ${row.account_id}`} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form onSubmit={onSubmit(() => save.mutate(undefined))}>
        <Stack>
          <AccountFields value={value} onChange={(change) => setValue({ ...value, ...change })} />
          <Button type="submit" loading={save.isPending}>
            {t("save")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

/** The source of a rate that was typed on this page. */
const typed = "typed";

/** So many of the latest rates are shown. */
const shownRates = 10;

function Rates({ month }: { month: number }) {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const first = (each: number) => `${Math.floor(each / 100)}-${String(each % 100).padStart(2, "0")}-01`;
  const query = useQuery(ratesQuery(first(monthLater(month, -1)), first(monthLater(month, 1))));
  const [value, setValue] = useState({ day: "", rate: "" });
  const save = useAct(
    (rate: string) => cost.setRate({ base: "USD", quote: "BRL", day: value.day, rate, source: typed, sample: false } satisfies CostRate),
    () => setValue({ day: "", rate: "" }),
  );
  return (
    <Section title={t("rates")}>
      <Text size="sm" c="dimmed" mb="md">
        {t("ratesText")}
      </Text>
      <Reading query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Text c="dimmed">{t("ratesNone")}</Text>
          ) : (
            <Grid label={t("rates")} heads={[t("day"), t("rate"), t("source")]} numbers={[1]} minWidth={360}>
              {rows.slice(0, shownRates).map((row) => (
                <Table.Tr key={`${row.base} ${row.quote} ${row.day}`}>
                  <Table.Td>{dateText(row.day)}</Table.Td>
                  <Table.Td className={classes.number ?? ""}>
                    1 {row.base} = {writtenDecimal(row.rate, spoken(), 4)} {row.quote}
                  </Table.Td>
                  <Table.Td>
                    {row.source === typed ? t("accountOrigin.typed") : row.source} {row.sample && <Badge variant="light">{t("sample")}</Badge>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Grid>
          )
        }
      </Reading>
      {may("platform.operate") && (
        <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onDecimal(value.rate, save.mutate)}>
          <TextInput type="date" label={t("day")} required value={value.day} onChange={(event) => setValue({ ...value, day: event.currentTarget.value })} />
          <DecimalField label={t("rateOne")} kind="rate" value={value.rate} onChange={(rate) => setValue({ ...value, rate })} />
          <Button type="submit" variant="light" loading={save.isPending}>
            {t("add")}
          </Button>
        </form>
      )}
    </Section>
  );
}

/** What a price says that counts for each category, or each country. */
const any = "*";

const channels = ["whatsapp", "telegram", "messenger", "instagram"] as const;

function Fees() {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const query = useQuery(feesQuery);
  const drop = useAct((row: CostFee) => cost.dropFee(row.id));
  const empty = { channel: "whatsapp", category: "", calling_code: "55", currency: "USD", price: "", from: "" };
  const [value, setValue] = useState(empty);
  const set = (field: keyof typeof empty) => (text: string | null) => setValue((old) => ({ ...old, [field]: text ?? "" }));
  const save = useAct(
    (price: string) =>
      cost.setFee({ ...value, channel: value.channel as "whatsapp", category: value.category.trim() || any, calling_code: value.calling_code.replace(/[+\s]/g, "") || any, price, until: "", sample: false, note: "" }),
    () => setValue(empty),
  );
  return (
    <Section title={t("fees")}>
      <Text size="sm" c="dimmed" mb="md">
        {t("feesText")}
      </Text>
      <Reading query={query}>
        {(rows) =>
          rows.length === 0 ? (
            <Text c="dimmed">{t("feesNone")}</Text>
          ) : (
            <Grid label={t("fees")} heads={[t("channel"), t("category"), t("country"), t("price"), t("valid"), t("actions")]} numbers={[3]} minWidth={700}>
              {rows.map((row) => (
                <Table.Tr key={row.id}>
                  <Table.Td>{row.channel}</Table.Td>
                  <Table.Td>{row.category === any ? t("all") : row.category}</Table.Td>
                  <Table.Td>{row.calling_code === any ? t("all") : `+${row.calling_code}`}</Table.Td>
                  <Table.Td className={classes.number ?? ""}>
                    <Amount value={row.price} currency={row.currency} /> {row.sample && <Badge variant="light">{t("sample")}</Badge>}
                  </Table.Td>
                  <Table.Td>
                    {dateText(row.from)} – {row.until === "" ? t("today") : dateText(row.until)}
                  </Table.Td>
                  <Table.Td>
                    {may("platform.operate") && <ConfirmButton label={t("remove")} title={t("removeFee")} text={t("removeFeeText")} action={t("remove")} onConfirm={() => drop.mutate(row)} busy={drop.isPending} />}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Grid>
          )
        }
      </Reading>
      {may("platform.operate") && (
        <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onDecimal(value.price, save.mutate)}>
          <Select label={t("channel")} allowDeselect={false} value={value.channel} onChange={set("channel")} data={[...channels]} />
          <TextInput label={t("category")} description={t("anyHint")} placeholder="marketing" maxLength={64} value={value.category} onChange={(event) => set("category")(event.currentTarget.value)} />
          <TextInput label={t("country")} description={t("anyHint")} inputMode="numeric" maxLength={8} value={value.calling_code} onChange={(event) => set("calling_code")(event.currentTarget.value)} />
          <Select label={t("currency")} allowDeselect={false} value={value.currency} onChange={set("currency")} data={["BRL", "USD"]} />
          <DecimalField label={t("price")} kind="rate" value={value.price} onChange={set("price")} />
          <TextInput type="date" label={t("validFrom")} required value={value.from} onChange={(event) => set("from")(event.currentTarget.value)} />
          <Button type="submit" variant="light" loading={save.isPending}>
            {t("add")}
          </Button>
        </form>
      )}
    </Section>
  );
}

function Readers() {
  const { t } = useTranslation("cost");
  const query = useQuery(readersQuery);
  const [email, setEmail] = useState("");
  const invite = useAct(
    () => cost.inviteReader(email),
    (out) => {
      setEmail("");
      notify.good(t(out.mailed ? "invited" : "invitedUnmailed"));
    },
  );
  const drop = useAct(cost.dropReader);
  const revoke = useAct(cost.dropInvitation);
  return (
    <Section title={t("readers")}>
      <Text size="sm" c="dimmed" mb="md">
        {t("readersText")}
      </Text>
      <Reading query={query}>
        {(found) => (
          <Stack gap="xs">
            {found.items.map((reader) => (
              <Group key={reader.user_id} justify="space-between" gap="xs">
                <Text component="div">
                  {reader.name} · {reader.email} {!reader.secured && <Badge color="honey">{t("unsecured")}</Badge>}
                </Text>
                <ConfirmButton label={t("remove")} title={t("removeReader")} text={t("removeReaderText", { name: reader.name })} action={t("remove")} onConfirm={() => drop.mutate(reader.user_id)} busy={drop.isPending} />
              </Group>
            ))}
            {found.invitations
              .filter((each) => each.state === "open")
              .map((each) => (
                <Group key={each.id} justify="space-between" gap="xs">
                  <Text c="dimmed">
                    {each.email} · {t("waiting")}
                  </Text>
                  <ConfirmButton label={t("remove")} title={t("removeInvitation")} text={t("removeInvitationText", { email: each.email })} action={t("remove")} onConfirm={() => revoke.mutate(each.id)} busy={revoke.isPending} />
                </Group>
              ))}
          </Stack>
        )}
      </Reading>
      <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onSubmit(() => invite.mutate(undefined))}>
        <TextInput type="email" label={t("email")} required value={email} onChange={(event) => setEmail(event.currentTarget.value)} />
        <Button type="submit" variant="light" loading={invite.isPending}>
          {t("invite")}
        </Button>
      </form>
    </Section>
  );
}
