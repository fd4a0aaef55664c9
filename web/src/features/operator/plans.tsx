import { ActionIcon, Alert, Badge, Button, Group, Modal, Paper, Select, Stack, Table, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type PlanEdition, type PlanVersion } from "@/api/operator";
import { spoken } from "@/i18n";
import { dayMs, shortDate } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { moneyText } from "@/ui/money";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { useNow } from "@/ui/time";
import { planName } from "./companies";
import { DeedButton } from "./deed";
import classes from "./operator.module.css";
import { Grid, Reading } from "@/ui/part";
import { emptyContent, slugOf } from "./plan-draft";
import { plansQuery } from "./queries";

/** So long a withdrawn version may still be bought by who had chosen it, in ms. */
const honouredMs = 30 * dayMs;

/** A change of plans that tells of its failure; all that is shown is read anew then. */
function usePlanAct<In, Out>(run: (given: In) => Promise<Out>) {
  const client = useQueryClient();
  const say = useProblemText();
  return useMutation({ mutationFn: run, onError: (error) => notify.bad(say(error)), onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }) });
}

/** All plans with all versions, in the order of the page of prices. */
export default function PlansPage() {
  const { t } = useTranslation("operator");
  const query = useQuery(plansQuery);
  const [adding, setAdding] = useState(false);
  const sample = usePlanAct(() => operator.plans.sample());
  return (
    <PageBody wide>
      <PageHeader title={t("room.plans")} text={t("plansText")}>
        <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setAdding(true)}>
          {t("planAdd")}
        </Button>
      </PageHeader>
      <Reading query={query}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState
              icon="list"
              title={t("plansEmpty")}
              text={t("plansEmptyText")}
              action={
                <Button mt="sm" onClick={() => sample.mutate(undefined)} loading={sample.isPending}>
                  {t("planSample")}
                </Button>
              }
            />
          ) : (
            <Stack>
              {items.map((edition, index) => (
                <Edition key={edition.id} edition={edition} before={items[index - 1]} after={items[index + 1]} />
              ))}
            </Stack>
          )
        }
      </Reading>
      {adding && <AddPlan onClose={() => setAdding(false)} />}
    </PageBody>
  );
}

function Edition({ edition, before, after }: { edition: PlanEdition; before: PlanEdition | undefined; after: PlanEdition | undefined }) {
  const { t } = useTranslation("operator");
  const navigate = useNavigate();
  const language = spoken();
  const name = planName(edition, language);
  // Positions are exchanged: both plans get the other's, apart even where they stood at the same.
  const swap = usePlanAct(async (other: PlanEdition) => {
    const [low, high] = [Math.min(edition.position, other.position), Math.max(edition.position, other.position)];
    const up = other === before;
    await operator.plans.place(edition.id, { position: up ? low : high === low ? high + 1 : high });
    await operator.plans.place(other.id, { position: up ? (high === low ? high + 1 : high) : low });
  });
  const shut = usePlanAct(() => operator.plans.place(edition.id, { state: edition.state === "open" ? "closed" : "open" }));
  const redraft = usePlanAct(() => operator.plans.draft(edition.id));
  const draft = edition.versions.find((version) => version.state === "draft");
  return (
    <Paper withBorder p="lg" component="section" aria-label={name}>
      <Group justify="space-between" mb="sm">
        <div>
          <Group gap="sm">
            <Title order={2} size="h3">
              {name}
            </Title>
            {edition.state === "closed" && <Badge color="gray">{t("planClosed")}</Badge>}
          </Group>
          <Text size="xs" c="dimmed">
            {edition.slug} · {t(`lines.${edition.line}`)}
          </Text>
        </div>
        <Group gap={6}>
          <ActionIcon aria-label={t("planUp", { name })} disabled={before === undefined} loading={swap.isPending} onClick={() => before !== undefined && swap.mutate(before)}>
            <Icon name="down" size={18} style={{ transform: "rotate(180deg)" }} />
          </ActionIcon>
          <ActionIcon aria-label={t("planDown", { name })} disabled={after === undefined} loading={swap.isPending} onClick={() => after !== undefined && swap.mutate(after)}>
            <Icon name="down" size={18} />
          </ActionIcon>
          <Button size="compact-sm" variant="default" onClick={() => shut.mutate(undefined)} loading={shut.isPending}>
            {t(edition.state === "open" ? "planClose" : "planOpen")}
          </Button>
          {draft === undefined && (
            <Button size="compact-sm" variant="light" loading={redraft.isPending} onClick={() => redraft.mutate(undefined, { onSuccess: (made) => void navigate({ to: "/operator/plans/$version", params: { version: made.id } }) })}>
              {t("planRedraft")}
            </Button>
          )}
        </Group>
      </Group>
      <Grid label={t("versionsOf", { name })} heads={[t("version"), t("state"), t("monthly"), t("annual"), t("actions")]} minWidth={600}>
        {edition.versions.map((version) => (
          <VersionRow key={version.id} version={version} name={name} />
        ))}
      </Grid>
    </Paper>
  );
}

const versionColours = { draft: "honey", published: "leaf", withdrawn: "gray" } as const;

function VersionRow({ version, name }: { version: PlanVersion; name: string }) {
  const { t } = useTranslation("operator");
  const now = useNow();
  const language = spoken();
  const honoured = version.state === "withdrawn" ? version.withdrawn_ms + honouredMs : 0;
  const at = version.state === "published" ? version.published_ms : version.state === "withdrawn" ? version.withdrawn_ms : version.updated_ms;
  const price = (amount: number) => (amount === 0 ? "—" : moneyText(amount, language, version.currency));
  const called = `${name} v${version.number}`;
  return (
    <Table.Tr>
      <Table.Td>
        <Link to="/operator/plans/$version" params={{ version: version.id }} className={classes.rowLink}>
          v{version.number}
        </Link>
      </Table.Td>
      <Table.Td>
        <Badge color={versionColours[version.state]}>{t(`versionState.${version.state}`)}</Badge>
        <Text size="xs" c="dimmed">
          {honoured > now ? t("honoured", { date: shortDate(honoured, language) }) : shortDate(at, language)}
        </Text>
      </Table.Td>
      <Table.Td>{price(version.monthly)}</Table.Td>
      <Table.Td>{price(version.annual)}</Table.Td>
      <Table.Td>
        <Group gap={6}>
          {version.state === "draft" && (
            <>
              <Button component={Link} to={`/operator/plans/${version.id}`} size="compact-sm" variant="light" aria-label={t("editOf", { name: called })}>
                {t("edit")}
              </Button>
              <PublishButton id={version.id} name={called} />
              <DeedButton label={t("discard")} name={t("discardOf", { name: called })} title={t("discardOf", { name: called })} text={t("discardText")} reason={false} grave run={() => operator.plans.discard(version.id)} />
            </>
          )}
          {version.state === "published" && <WithdrawButton id={version.id} name={called} />}
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

export function PublishButton({ id, name, size = "compact-sm", ready = true }: { id: string; name: string; size?: "compact-sm" | "sm"; ready?: boolean }) {
  const { t } = useTranslation("operator");
  return <DeedButton label={t("publish")} name={t("publishOf", { name })} title={t("publishOf", { name })} text={t("publishText")} reason={false} size={size} disabled={!ready} run={() => operator.plans.publish(id)} done={t("published")} />;
}

export function WithdrawButton({ id, name }: { id: string; name: string }) {
  const { t } = useTranslation("operator");
  return <DeedButton label={t("withdraw")} name={t("withdrawOf", { name })} title={t("withdrawOf", { name })} text={t("withdrawText")} reason={false} grave run={() => operator.plans.withdraw(id)} />;
}

function AddPlan({ onClose }: { onClose: () => void }) {
  const { t } = useTranslation(["operator", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [pt, setPt] = useState("");
  const [en, setEn] = useState("");
  const [line, setLine] = useState<"massivo" | "enterprise">("massivo");
  const create = useMutation({
    mutationFn: () => operator.plans.create({ slug: slugOf(pt), line, content: { ...emptyContent, name: { pt: pt.trim(), en: en.trim() } } }),
    onSuccess: (made) => {
      void client.invalidateQueries({ queryKey: ["operator"] });
      void navigate({ to: "/operator/plans/$version", params: { version: made.id } });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("planAdd")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (slugOf(pt) !== "") create.mutate();
        }}
      >
        <Stack>
          {create.isError && (
            <Alert color="brick" role="alert">
              {say(create.error)}
            </Alert>
          )}
          <TextInput label={t("namePt")} description={slugOf(pt) === "" ? t("slugText") : t("slugIs", { slug: slugOf(pt) })} value={pt} maxLength={60} onChange={(event) => setPt(event.currentTarget.value)} data-autofocus />
          <TextInput label={t("nameEn")} value={en} maxLength={60} onChange={(event) => setEn(event.currentTarget.value)} />
          <Select label={t("line")} data={(["massivo", "enterprise"] as const).map((value) => ({ value, label: t(`lines.${value}`) }))} value={line} onChange={(value) => setLine((value ?? "massivo") as typeof line)} allowDeselect={false} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={create.isPending} disabled={slugOf(pt) === ""}>
              {t("planWrite")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
