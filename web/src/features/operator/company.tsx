import { Anchor, Badge, Group, NumberInput, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type CompanyState, type CompanyUsed, type InspectedCompany, type Meter } from "@/api/operator";
import { spoken } from "@/i18n";
import { dayMs, momentTime, shortDate } from "@/ui/format";
import { moneyText } from "@/ui/money";
import { CopyIcon, PageBody, PageHeader } from "@/ui/state";
import { useNow } from "@/ui/time";
import { CompanyMoneySections } from "./company-money";
import { DeedButton } from "./deed";
import classes from "./operator.module.css";
import { Facts, Grid, Reading, Section } from "@/ui/part";
import { companyQuery, journeysQuery } from "./queries";
import { companyColours, moveColours } from "./states";
import { dayEnd, dayText } from "./when";

/** One company, as those who run the platform may see it: nothing of its customers. */
export default function CompanyPage() {
  const { company = "" } = useParams({ strict: false }) as { company?: string };
  return <CompanyView id={company} />;
}

export function CompanyView({ id }: { id: string }) {
  const { t } = useTranslation("operator");
  const query = useQuery(companyQuery(id));
  return (
    <PageBody wide>
      <Anchor component={Link} to="/operator/companies" size="sm">
        ← {t("companies")}
      </Anchor>
      <Reading query={query}>
        {(seen) => (
          <Stack gap="lg">
            <Head seen={seen} />
            <UseSection seen={seen} />
            <MoveSection seen={seen} />
            <GrantSection seen={seen} />
            <CompanyMoneySections id={id} line={seen.company.line} />
            <JourneySection company={seen.company.tax_id} id={id} />
          </Stack>
        )}
      </Reading>
    </PageBody>
  );
}

function Head({ seen }: { seen: InspectedCompany }) {
  const { t } = useTranslation("operator");
  const { company, plan } = seen;
  const language = spoken();
  return (
    <>
      <div>
        <PageHeader title={company.name}>
          <Link to="/operator/audit" search={{ company: company.id }} className={classes.rowLink}>
            {t("audit.here")}
          </Link>
          <SupportButton id={company.id} name={company.name} />
          <StateButton seen={seen} />
        </PageHeader>
        <Section title={t("contract")} actions={<Badge color={companyColours[company.state]}>{t(`companyState.${company.state}`)}</Badge>}>
          <Facts
            facts={[
              [t("taxId"), company.tax_id],
              [t("line"), t(`lines.${company.line}`)],
              [t("plan"), plan === undefined ? t("unlimited") : `${language === "en" ? plan.name.en || plan.name.pt : plan.name.pt} · v${plan.number}`],
              [t("stateSince"), company.state_ms > 0 && momentTime(company.state_ms, language)],
              [t("since"), shortDate(company.created_ms, language)],
              [t("address"), company.slug],
              [
                t("id"),
                <Group key="id" gap={4} wrap="nowrap">
                  <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
                    {company.id}
                  </Text>
                  <CopyIcon value={company.id} label={t("id")} />
                </Group>,
              ],
            ]}
          />
        </Section>
      </div>
    </>
  );
}

/** What a state does to a company, before somebody chooses it. */
function StateButton({ seen }: { seen: InspectedCompany }) {
  const { t } = useTranslation("operator");
  const next = seen.next_states as CompanyState[];
  const [to, setTo] = useState<CompanyState | "">("");
  const chosen = next.find((each) => each === to) ?? next[0];
  if (chosen === undefined) return null;
  return (
    <DeedButton
      label={t("changeState")}
      title={t("changeStateOf", { name: seen.company.name })}
      grave={chosen !== "active"}
      size="sm"
      variant="default"
      run={(reason) => operator.companies.state(seen.company.id, chosen, reason)}
    >
      <Select label={t("newState")} data={next.map((value) => ({ value, label: t(`companyState.${value}`) }))} value={chosen} onChange={(value) => setTo((value ?? "") as CompanyState | "")} allowDeselect={false} description={t(`stateText.${chosen}`)} data-autofocus />
    </DeedButton>
  );
}

function SupportButton({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation("operator");
  return <DeedButton label={t("support.ask")} title={t("support.askOf", { name })} text={t("support.askText")} size="sm" variant="default" run={(reason) => operator.companies.askSupport(id, reason)} done={t("support.asked")} />;
}

function UseSection({ seen }: { seen: InspectedCompany }) {
  const { t } = useTranslation("operator");
  return (
    <Section title={t("use")}>
      {seen.usage.length === 0 ? (
        <Text c="dimmed">{t("useNone")}</Text>
      ) : (
        <ul className={classes.cards} style={{ margin: 0, padding: 0, listStyle: "none" }}>
          {seen.usage.map((each) => (
            <UsedMeter key={each.meter} used={each} />
          ))}
        </ul>
      )}
      {(seen.overage ?? []).map((each) => (
        <Text key={`${each.month} ${each.meter}`} size="sm" mt="xs">
          {t(each.closed ? "overage" : "overageSoFar", {
            month: each.month,
            meter: t(`meter.${each.meter}`),
            count: each.beyond,
            amount: moneyText(each.amount_minor, spoken(), seen.plan?.currency ?? "BRL"),
          })}
        </Text>
      ))}
    </Section>
  );
}

export function UsedMeter({ used }: { used: CompanyUsed }) {
  const { t } = useTranslation("operator");
  const count = (n: number) => new Intl.NumberFormat(spoken()).format(n);
  const most = used.limit + used.granted;
  const limited = used.limit >= 0;
  const name = t(`meter.${used.meter}`);
  const value = limited ? t("usedOf", { used: count(used.used), most: count(most) }) : t("usedEndless", { used: count(used.used) });
  return (
    <li>
      <Group justify="space-between">
        <Text fw={550}>{name}</Text>
        <Text>{value}</Text>
      </Group>
      {limited && (
        <div className={classes.bar} role="meter" aria-label={name} aria-valuemin={0} aria-valuemax={Math.max(most, 1)} aria-valuenow={Math.min(used.used, Math.max(most, 1))} aria-valuetext={value}>
          <span className={classes.fill} data-level={used.level} style={{ width: `${Math.min(used.percent, 100)}%` }} />
        </div>
      )}
      {used.granted > 0 && (
        <Text size="xs" c="dimmed">
          {t("usedGranted", { count: used.granted })}
        </Text>
      )}
    </li>
  );
}

const meters: Meter[] = ["attendants", "channels", "bots", "conversations", "messages"];

function GrantSection({ seen }: { seen: InspectedCompany }) {
  const { t } = useTranslation("operator");
  const id = seen.company.id;
  const language = spoken();
  return (
    <Section title={t("grants")} actions={<GrantButton id={id} />}>
      {seen.grants.length === 0 ? (
        <Text c="dimmed">{t("grantsNone")}</Text>
      ) : (
        <Grid label={t("grants")} heads={[t("what"), t("until"), t("why"), t("by"), t("actions")]} minWidth={560}>
          {seen.grants.map((grant) => (
            <Table.Tr key={grant.id}>
              <Table.Td>
                +{grant.extra} {t(`meter.${grant.meter}`)}
              </Table.Td>
              <Table.Td>{momentTime(grant.expires_ms, language)}</Table.Td>
              <Table.Td>{grant.reason}</Table.Td>
              <Table.Td>{grant.by}</Table.Td>
              <Table.Td>
                <DeedButton label={t("grantEnd")} title={t("grantEnd")} text={t("grantEndText")} reason={false} grave run={() => operator.companies.endGrant(id, grant.id)} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Grid>
      )}
    </Section>
  );
}

function GrantButton({ id }: { id: string }) {
  const { t } = useTranslation("operator");
  const now = useNow();
  const [meter, setMeter] = useState<Meter>("conversations");
  const [extra, setExtra] = useState<number | string>(100);
  const [until, setUntil] = useState(() => dayText(Date.now() + 30 * dayMs));
  const expires_ms = dayEnd(until);
  return (
    <DeedButton
      label={t("grantAdd")}
      title={t("grantAdd")}
      text={t("grantText")}
      ready={typeof extra === "number" && extra >= 1 && expires_ms > now}
      run={(reason) => operator.companies.grant(id, { meter, extra: Number(extra), expires_ms, reason })}
    >
      <Select label={t("what")} data={meters.map((value) => ({ value, label: t(`meter.${value}`) }))} value={meter} onChange={(value) => setMeter((value ?? "conversations") as Meter)} allowDeselect={false} data-autofocus />
      <NumberInput label={t("howMany")} value={extra} onChange={setExtra} min={1} allowDecimal={false} allowNegative={false} />
      <TextInput type="date" label={t("until")} value={until} min={dayText(now)} onChange={(event) => setUntil(event.currentTarget.value)} error={expires_ms > now ? null : t("futureNeeded")} />
    </DeedButton>
  );
}

/** How the company came to us, where it bought by itself. */
/** Where the company came from and where it goes: the commands of a move say the rest. */
function MoveSection({ seen }: { seen: InspectedCompany }) {
  const { t } = useTranslation("operator");
  if (seen.moves.length === 0) return null;
  const language = spoken();
  return (
    <Section title={t("move.title")} actions={seen.standing !== undefined && <Badge color={seen.standing === "moved" ? "gray" : "honey"}>{t(`move.standing.${seen.standing}`)}</Badge>}>
      <Stack gap={6} component="ul" m={0} p={0} style={{ listStyle: "none" }}>
        {seen.moves.toReversed().map((each) => (
          <Group key={each.id} component="li" gap="sm">
            <Text fw={550}>{t(`move.side.${each.side}`)}</Text>
            <Badge color={moveColours[each.step]}>{t(`move.step.${each.step}`)}</Badge>
            <Text size="sm" c="dimmed">
              {momentTime(each.updated_ms, language)}
            </Text>
            {each.target_url !== undefined && <Text size="sm">{t("move.to", { address: each.target_url })}</Text>}
            <Text size="sm" ff="monospace" style={{ overflowWrap: "anywhere" }}>
              {each.id}
            </Text>
          </Group>
        ))}
      </Stack>
    </Section>
  );
}

function JourneySection({ company, id }: { company: string; id: string }) {
  const { t } = useTranslation("operator");
  const query = useInfiniteQuery({ ...journeysQuery({ q: company, state: "", attention: false }), enabled: company !== "" });
  const found = query.data?.pages.flatMap((page) => page.items).find((each) => each.company_id === id);
  if (found === undefined) return null;
  return (
    <Section title={t("journey.title")}>
      <Group gap="sm">
        <Link to="/operator/journeys/$journey" params={{ journey: found.id }} className={classes.rowLink}>
          {found.contract_no || found.id}
        </Link>
        <Badge>{t(`journeyState.${found.state}`)}</Badge>
        {found.attention !== "" && <Badge color="brick">{t(`step.${found.attention as "deal"}`, { defaultValue: found.attention })}</Badge>}
      </Group>
    </Section>
  );
}
