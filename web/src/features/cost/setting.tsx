import { Badge, Button, Group, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { cost, type CostAccount, type CostFee, type CostRate } from "@/api/cost";
import { useMe } from "@/api/session";
import { ConfirmButton } from "@/ui/confirm";
import { notify } from "@/ui/notify";
import { Grid, Reading, Section } from "@/ui/part";
import { useAct } from "./act";
import { Amount } from "./amount";
import classes from "./cost.module.css";
import { dateText, environments, lines, monthLater, placeText, useFind, type Field, type Find } from "./find";
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

const dayMs = 86_400_000;
const dayOf = (date: string) => Math.floor(Date.parse(date) / dayMs);
const dateOf = (day: number) => new Date(day * dayMs).toISOString().slice(0, 10);

function Accounts() {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const query = useQuery(accountsQuery);
  const drop = useAct((row: CostAccount) => cost.dropAccount(row.id, row.version));
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
                  {may("platform.operate") && row.origin === "typed" && (
                    <ConfirmButton label={t("remove")} title={t("removeAccount")} text={t("removeAccountText", { account: row.account_id })} action={t("remove")} onConfirm={() => drop.mutate(row)} busy={drop.isPending} />
                  )}
                </Table.Td>
              </Table.Tr>
            ))}
          </Grid>
        )}
      </Reading>
      {may("platform.operate") && <NewAccount />}
    </Section>
  );
}

function NewAccount() {
  const { t } = useTranslation("cost");
  const empty = { account_id: "", name: "", line: "massivo", environment: "prod", from: "" };
  const [value, setValue] = useState(empty);
  const set = (field: keyof typeof empty) => (text: string | null) => setValue((old) => ({ ...old, [field]: text ?? "" }));
  const save = useAct(
    () => cost.setAccount({ account_id: value.account_id.trim(), name: value.name, line: value.line as "massivo", environment: value.environment as "prod", ...(value.from === "" ? {} : { from_day: dayOf(value.from) }) }),
    () => setValue(empty),
  );
  return (
    <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onSubmit(() => save.mutate(undefined))}>
      <TextInput label={t("accountId")} required maxLength={100} value={value.account_id} onChange={(event) => set("account_id")(event.currentTarget.value)} />
      <TextInput label={t("name")} maxLength={100} value={value.name} onChange={(event) => set("name")(event.currentTarget.value)} />
      <Select label={t("lineLabel")} allowDeselect={false} value={value.line} onChange={set("line")} data={lines.map((each) => ({ value: each, label: t(`line.${each}`) }))} />
      <Select label={t("environmentLabel")} allowDeselect={false} value={value.environment} onChange={set("environment")} data={environments.map((each) => ({ value: each, label: t(`environment.${each}`) }))} />
      <TextInput type="date" label={t("validFrom")} value={value.from} onChange={(event) => set("from")(event.currentTarget.value)} />
      <Button type="submit" variant="light" loading={save.isPending}>
        {t("add")}
      </Button>
    </form>
  );
}

function Rates({ month }: { month: number }) {
  const { t } = useTranslation("cost");
  const { may } = useMe();
  const first = (each: number) => `${Math.floor(each / 100)}-${String(each % 100).padStart(2, "0")}-01`;
  const query = useQuery(ratesQuery(first(monthLater(month, -1)), first(monthLater(month, 1))));
  const [value, setValue] = useState({ day: "", rate: "" });
  const save = useAct(
    () => cost.setRate({ base: "USD", quote: "BRL", day: value.day, rate: value.rate.replace(",", "."), source: "typed", sample: false } satisfies CostRate),
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
              {rows.slice(-10).map((row) => (
                <Table.Tr key={`${row.base} ${row.quote} ${row.day}`}>
                  <Table.Td>{dateText(row.day)}</Table.Td>
                  <Table.Td className={classes.number ?? ""}>
                    1 {row.base} = {row.rate} {row.quote}
                  </Table.Td>
                  <Table.Td>
                    {row.source} {row.sample && <Badge variant="light">{t("sample")}</Badge>}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Grid>
          )
        }
      </Reading>
      {may("platform.operate") && (
        <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onSubmit(() => save.mutate(undefined))}>
          <TextInput type="date" label={t("day")} required value={value.day} onChange={(event) => setValue({ ...value, day: event.currentTarget.value })} />
          <TextInput label={t("rateOne")} required inputMode="decimal" value={value.rate} onChange={(event) => setValue({ ...value, rate: event.currentTarget.value })} />
          <Button type="submit" variant="light" loading={save.isPending}>
            {t("add")}
          </Button>
        </form>
      )}
    </Section>
  );
}

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
    () => cost.setFee({ ...value, channel: value.channel as "whatsapp", price: value.price.replace(",", "."), until: "", sample: false, note: "" }),
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
                  <Table.Td>{row.category === "" ? t("all") : row.category}</Table.Td>
                  <Table.Td>{row.calling_code === "" ? t("all") : `+${row.calling_code}`}</Table.Td>
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
        <form className={classes.form} style={{ marginTop: 16 }} onSubmit={onSubmit(() => save.mutate(undefined))}>
          <Select label={t("channel")} allowDeselect={false} value={value.channel} onChange={set("channel")} data={[...channels]} />
          <TextInput label={t("category")} placeholder="marketing" value={value.category} onChange={(event) => set("category")(event.currentTarget.value)} />
          <TextInput label={t("country")} inputMode="numeric" value={value.calling_code} onChange={(event) => set("calling_code")(event.currentTarget.value)} />
          <Select label={t("currency")} allowDeselect={false} value={value.currency} onChange={set("currency")} data={["BRL", "USD"]} />
          <TextInput label={t("price")} required inputMode="decimal" value={value.price} onChange={(event) => set("price")(event.currentTarget.value)} />
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
