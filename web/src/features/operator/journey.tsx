import { Alert, Anchor, Badge, Button, Group, Modal, Stack, Table, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type InspectedJourney } from "@/api/operator";
import { spoken } from "@/i18n";
import { momentTime, phoneText } from "@/ui/format";
import { moneyText } from "@/ui/money";
import { useProblemText } from "@/ui/problem-text";
import { CopyField, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { DeedButton } from "./deed";
import classes from "./operator.module.css";
import { LetterRow } from "./letter-row";
import { Facts, Grid, Reading, Section } from "@/ui/part";
import { journeyQuery } from "./queries";
import { journeyColours } from "./states";
import { StepItem } from "./step";

/** One journey: what happened, what waits and why, and what can be done about it. */
export default function JourneyPage() {
  const { journey = "" } = useParams({ strict: false }) as { journey?: string };
  return <JourneyView id={journey} />;
}

export function JourneyView({ id }: { id: string }) {
  const { t } = useTranslation("operator");
  const query = useQuery(journeyQuery(id));
  return (
    <PageBody wide>
      <Anchor component={Link} to="/operator/journeys" size="sm">
        ← {t("room.journeys")}
      </Anchor>
      <Reading query={query}>{(seen) => <Seen seen={seen} />}</Reading>
    </PageBody>
  );
}

/** A journey that made a company can't be canceled any more: the company is. */
const ended = ["active", "expired", "canceled"];

/** Whether the first admin has come: then no link leads in any more. */
const arrived = (seen: InspectedJourney) => seen.steps.some((step) => step.step === "activation" && (step.state === "done" || step.state === "skipped"));

function Seen({ seen }: { seen: InspectedJourney }) {
  const { t } = useTranslation("operator");
  const { journey } = seen;
  const language = spoken();
  const name = journey.name || journey.person || journey.email || t("nameless");
  return (
    <Stack gap="lg">
      <div>
        <PageHeader title={name} {...(journey.contract_no === "" ? {} : { text: journey.contract_no })}>
          {journey.company_id !== "" && !arrived(seen) && <ActivationButton id={journey.id} />}
          {journey.company_id === "" && !ended.includes(journey.state) && (
            <DeedButton label={t("journey.cancel")} title={t("journey.cancelOf", { name })} text={t("journey.cancelText")} grave size="sm" run={(reason) => operator.journeys.cancel(journey.id, reason)} />
          )}
        </PageHeader>
        <Section title={t("journey.facts")} actions={<Badge color={journeyColours[journey.state]}>{t(`journeyState.${journey.state}`)}</Badge>}>
          <Facts
            facts={[
              [t("journey.person"), journey.person],
              [t("email"), journey.email !== "" && `${journey.email}${journey.email_proven ? ` (${t("journey.proven")})` : ""}`],
              [t("phone"), journey.phone !== "" && phoneText(journey.phone)],
              [t("taxId"), journey.tax_id],
              [t("provider"), journey.provider !== "" && t(`vendor.${journey.provider as "manual"}`, { defaultValue: journey.provider })],
              [t("coupon"), journey.coupon],
              [t("journey.paid"), journey.paid_ms > 0 && momentTime(journey.paid_ms, language)],
              [t("journey.terms"), journey.terms.at_ms > 0 && `${journey.terms.version} · ${momentTime(journey.terms.at_ms, language)}`],
              [t("journey.started"), momentTime(journey.created_ms, language)],
              [t("journey.expires"), journey.expires_ms > 0 && !ended.includes(journey.state) && momentTime(journey.expires_ms, language)],
              [
                t("journey.company"),
                journey.company_id !== "" && (
                  <Link key="company" to="/operator/companies/$company" params={{ company: journey.company_id }} className={classes.rowLink}>
                    {t("openCompany")}
                  </Link>
                ),
              ],
            ]}
          />
        </Section>
      </div>
      <Section title={t("journey.timeline")}>
        {seen.steps.length === 0 ? (
          <Text c="dimmed">{t("journey.noSteps")}</Text>
        ) : (
          <ol className={classes.timeline}>
            {seen.steps.map((step) => (
              <StepItem key={step.step} journey={journey.id} step={step} />
            ))}
          </ol>
        )}
      </Section>
      <Pages pages={journey.pages} />
      {seen.letters.length > 0 && (
        <Section title={t("room.letters")}>
          <Stack>
            {seen.letters.map((letter) => (
              <LetterRow key={letter.id} letter={letter} />
            ))}
          </Stack>
        </Section>
      )}
      <Section title={t("journey.log")}>
        {seen.audit.length === 0 ? (
          <Text c="dimmed">{t("journey.noLog")}</Text>
        ) : (
          <Grid label={t("journey.log")} heads={[t("when"), t("who"), t("what"), t("why")]} minWidth={560}>
            {seen.audit.map((entry) => (
              <Table.Tr key={entry.id}>
                <Table.Td style={{ whiteSpace: "nowrap" }}>
                  <RelativeTime ms={entry.at_ms} />
                </Table.Td>
                <Table.Td>{entry.actor_name || entry.actor_kind}</Table.Td>
                <Table.Td>{t(`log.${entry.action.replaceAll(".", "_") as "acquisition_canceled"}`, { defaultValue: entry.action, step: t(`step.${entry.facts.step as "deal"}`, { defaultValue: entry.facts.step ?? "" }) })}</Table.Td>
                <Table.Td>{[entry.facts.reason, entry.facts.external_id, entry.facts.mended].filter(Boolean).join(" · ")}</Table.Td>
              </Table.Tr>
            ))}
          </Grid>
        )}
      </Section>
    </Stack>
  );
}

/** A paid page that was left behind is money that has to go back. */
function Pages({ pages }: { pages: InspectedJourney["journey"]["pages"] }) {
  const { t } = useTranslation("operator");
  const language = spoken();
  if (pages.length === 0) return null;
  return (
    <Section title={t("journey.pages")}>
      <Grid label={t("journey.pages")} heads={[t("journey.try"), t("provider"), t("amount"), t("state"), t("changed")]} minWidth={520}>
        {pages.map((page) => (
          <Table.Tr key={page.try}>
            <Table.Td>{page.try}</Table.Td>
            <Table.Td>{[t(`vendor.${page.provider as "manual"}`, { defaultValue: page.provider }), page.method].filter(Boolean).join(" · ")}</Table.Td>
            <Table.Td>{moneyText(Math.max(0, page.price_minor - page.discount_minor), language)}</Table.Td>
            <Table.Td>
              <Group gap={6}>
                <Badge color={page.state === "paid" ? "leaf" : page.state === "failed" ? "brick" : "gray"}>{t(`pageState.${page.state}`)}</Badge>
                {page.left && page.state === "paid" && <Badge color="brick">{t("journey.moneyBack")}</Badge>}
              </Group>
              {page.problem !== "" && (
                <Text size="xs" c="dimmed">
                  {page.problem}
                </Text>
              )}
            </Table.Td>
            <Table.Td>
              <RelativeTime ms={page.updated_ms} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Grid>
    </Section>
  );
}

/** A new way in for the first admin, to be handed over by other ways. Making one voids those that are out, so it asks first. */
export function ActivationButton({ id, compact = false }: { id: string; compact?: boolean }) {
  const { t } = useTranslation(["operator", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const [open, setOpen] = useState(false);
  const make = useMutation({
    mutationFn: () => operator.journeys.activation(id),
    onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }),
  });
  const close = () => {
    setOpen(false);
    make.reset();
  };
  return (
    <>
      <Button variant="light" size={compact ? "compact-sm" : "sm"} onClick={() => setOpen(true)}>
        {t("activation.make")}
      </Button>
      <Modal opened={open} onClose={close} title={t("activation.title")} closeButtonProps={{ "aria-label": t("common:close") }}>
        <Stack>
          <Text>{t(make.data === undefined ? "activation.ask" : "activation.text")}</Text>
          {make.isError && (
            <Alert color="brick" role="alert">
              {say(make.error)}
            </Alert>
          )}
          {make.data !== undefined && <CopyField label={t("activation.link")} value={make.data.url} />}
          <Group justify="flex-end">
            {make.data === undefined ? (
              <>
                <Button variant="default" onClick={close}>
                  {t("common:cancel")}
                </Button>
                <Button onClick={() => make.mutate()} loading={make.isPending} data-autofocus>
                  {t("activation.create")}
                </Button>
              </>
            ) : (
              <Button onClick={close}>{t("common:done")}</Button>
            )}
          </Group>
        </Stack>
      </Modal>
    </>
  );
}
