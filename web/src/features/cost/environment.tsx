import { Badge, Button, Group, Modal, Select, Stack, Text, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { cost, type Environment } from "@/api/cost";
import { asProblem } from "@/api/problem";
import { useMe } from "@/api/session";
import { spoken } from "@/i18n";
import { momentTime } from "@/ui/format";
import { useNow } from "@/ui/time";
import { ConfirmButton } from "@/ui/confirm";
import { Reading, Section } from "@/ui/part";
import { useAct } from "./act";
import classes from "./cost.module.css";
import { placeText } from "./find";
import { environmentsQuery } from "./queries";
import { timesText } from "./times";

/** Lengths of a lease that are offered, in minutes. */
const lengths = [60, 180, 480, 1440] as const;

/** Environments that run by their hours, or while somebody needs them: who, why and until when. */
export function Environments() {
  const { t } = useTranslation(["cost", "common"]);
  const query = useQuery(environmentsQuery);
  const [wanted, setWanted] = useState<Environment | null>(null);
  const notHere = query.isError && asProblem(query.error).reason === "not_configured";
  return (
    <Section title={t("environments")}>
      {notHere ? (
        <Text c="dimmed">{t("environmentsOff")}</Text>
      ) : (
        <Reading query={query}>
          {(rows) => (
            <ul className={classes.cards}>
              {rows.map((row) => (
                <Card key={row.deployment} row={row} want={() => setWanted(row)} />
              ))}
            </ul>
          )}
        </Reading>
      )}
      {wanted !== null && <Lease environment={wanted} close={() => setWanted(null)} />}
    </Section>
  );
}

function Card({ row, want }: { row: Environment; want: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const extend = useAct((lease: string) => cost.environments.extend(row.deployment, lease, 180));
  const { me } = useMe();
  const now = useNow();
  // The dialog has named who holds it: for somebody else's it is meant.
  const end = useAct((lease: { id: string; who: string }) => cost.environments.end(row.deployment, lease.id, lease.who !== me.user.email));
  const up = row.parts.some((part) => part.count > 0 || part.state === "running" || part.state === "starting");
  const share = row.hours.all_minutes === 0 ? null : Math.round((row.hours.off_minutes / row.hours.all_minutes) * 100);
  return (
    <li className={classes.card}>
      <div className={classes.head}>
        <Text fw={600}>{placeText(row.line, row.environment)}</Text>
        <Badge color={row.seen_ms === 0 ? "gray" : up ? "leaf" : "gray"} variant="light">
          {row.seen_ms === 0 ? t("notSeen") : row.switching ? t("switching") : t(up ? "on" : "off")}
        </Badge>
      </div>
      <Text size="sm" c="dimmed" mt={4} title={row.schedule}>
        {timesText(row.times, t, spoken())}
      </Text>
      {row.reason !== "" && (
        <Text size="sm">
          {t(`reason.${row.reason as "hours"}`, { defaultValue: row.reason, detail: row.detail })}
          {row.until_ms > 0 && `, ${t("until", { when: momentTime(row.until_ms, spoken()) })}`}
        </Text>
      )}
      {row.problem !== "" && (
        <Text size="sm" c="var(--p-bad)">
          {row.problem}
        </Text>
      )}
      {row.leases.map((lease) => (
        <Group key={lease.id} justify="space-between" gap="xs" mt="xs">
          <Text size="sm">
            {t(lease.from_ms > now ? "leaseToCome" : "leaseLine", { who: lease.who, why: lease.why, from: momentTime(lease.from_ms, spoken()), when: momentTime(lease.until_ms, spoken()) })}
          </Text>
          <Group gap={4}>
            <Button size="compact-sm" variant="light" onClick={() => extend.mutate(lease.id)} loading={extend.isPending}>
              {t("extend")}
            </Button>
            <ConfirmButton label={t("end")} title={t("endTitle")} text={t("endText", { who: lease.who })} action={t("end")} onConfirm={() => end.mutate(lease)} busy={end.isPending} />
          </Group>
        </Group>
      ))}
      {share !== null && row.hours.off_minutes > 0 && (
        <Text size="sm" c="dimmed" mt="xs">
          {t("offShare", { share, hours: Math.round(row.hours.off_minutes / 60) })}
        </Text>
      )}
      {row.floor.length > 0 && (
        <Text size="xs" c="dimmed" mt={4}>
          {t("floor")} {row.floor.map((each) => t(`floorOf.${each}`)).join(", ")}
        </Text>
      )}
      {row.switchable && (
        <Button mt="sm" size="compact-md" variant="light" onClick={want}>
          {t("lease")}
        </Button>
      )}
    </li>
  );
}

function Lease({ environment, close }: { environment: Environment; close: () => void }) {
  const { t } = useTranslation(["cost", "common"]);
  const [why, setWhy] = useState("");
  const [minutes, setMinutes] = useState("180");
  const take = useAct(() => cost.environments.take(environment.deployment, Number(minutes), why), close);
  return (
    <Modal opened onClose={close} title={t("leaseTitle", { place: placeText(environment.line, environment.environment) })} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          take.mutate(undefined);
        }}
      >
        <Stack>
          <TextInput label={t("why")} required maxLength={200} value={why} onChange={(event) => setWhy(event.currentTarget.value)} data-autofocus />
          <Select label={t("howLong")} allowDeselect={false} value={minutes} onChange={(value) => setMinutes(value ?? "180")} data={lengths.map((each) => ({ value: String(each), label: t("hours", { count: each / 60 }) }))} />
          <Button type="submit" loading={take.isPending}>
            {t("lease")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
