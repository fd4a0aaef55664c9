import { ActionIcon, Alert, Anchor, Badge, Button, Group, NumberInput, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, Textarea, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type Meter, type PlanVersion } from "@/api/operator";
import { asProblem } from "@/api/problem";
import { spoken } from "@/i18n";
import { Icon } from "@/ui/icon";
import { MoneyInput } from "@/ui/money-input";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { Offer } from "./offer";
import classes from "./operator.module.css";
import { Reading, Section } from "@/ui/part";
import { contentOf, draftOf, metered, meters, type LimitDraft, type PlanDraft, type Wrong } from "./plan-draft";
import { PublishButton, WithdrawButton } from "./plans";
import { plansQuery } from "./queries";

/** One version of a plan: a draft is written here, what was published is only read. */
export default function PlanVersionPage() {
  const { version = "" } = useParams({ strict: false }) as { version?: string };
  return <PlanVersionView id={version} />;
}

export function PlanVersionView({ id }: { id: string }) {
  const { t } = useTranslation("operator");
  const query = useQuery(plansQuery);
  return (
    <PageBody wide>
      <Anchor component={Link} to="/operator/plans" size="sm">
        ← {t("room.plans")}
      </Anchor>
      <Reading query={query}>
        {({ items }) => {
          const version = items.flatMap((edition) => edition.versions).find((each) => each.id === id);
          if (version === undefined) return <EmptyState icon="list" title={t("versionGone")} order={1} />;
          return version.state === "draft" ? <Editor version={version} key={`${version.id}.${version.revision}`} /> : <Sealed version={version} />;
        }}
      </Reading>
    </PageBody>
  );
}

function title(version: PlanVersion): string {
  const name = spoken() === "en" ? version.name.en || version.name.pt : version.name.pt;
  return `${name || version.slug} · v${version.number}`;
}

/** What was published never changes: a new draft takes its place. */
function Sealed({ version }: { version: PlanVersion }) {
  const { t } = useTranslation("operator");
  return (
    <>
      <PageHeader title={title(version)} text={t(`sealed.${version.state as "published"}`)}>
        {version.state === "published" && <WithdrawButton id={version.id} name={title(version)} />}
      </PageHeader>
      <Preview content={version} />
    </>
  );
}

function Preview({ content }: { content: PlanVersion | ReturnType<typeof contentOf>["content"] }) {
  const { t } = useTranslation("operator");
  const [locale, setLocale] = useState<"pt-BR" | "en">(spoken());
  return (
    <Stack gap="sm">
      <Group justify="space-between">
        <Text fw={600}>{t("preview.title")}</Text>
        <SegmentedControl role="radiogroup" size="xs" aria-label={t("preview.language")} value={locale} onChange={(value) => setLocale(value as typeof locale)} data={[{ value: "pt-BR", label: "Português" }, { value: "en", label: "English" }]} />
      </Group>
      <Offer content={content} locale={locale} />
    </Stack>
  );
}

function Editor({ version }: { version: PlanVersion }) {
  const { t } = useTranslation(["operator", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const [draft, setDraft] = useState<PlanDraft>(() => draftOf(version));
  const [first] = useState(() => JSON.stringify(draftOf(version)));
  const [tried, setTried] = useState(false);
  const { content, wrong } = contentOf(draft);
  const changed = JSON.stringify(draft) !== first;
  const set = (fields: Partial<PlanDraft>) => setDraft((old) => ({ ...old, ...fields }));
  const bad = (field: Wrong) => (tried && wrong.includes(field) ? t("checkField") : null);
  const save = useMutation({
    mutationFn: () => operator.plans.edit(version.id, content, version.revision),
    // The line above the form says that it is saved: a notice would stand on the button that publishes.
    onSuccess: () => client.invalidateQueries({ queryKey: plansQuery.queryKey }),
  });
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setTried(true);
        if (wrong.length === 0) save.mutate();
      }}
    >
      <PageHeader title={title(version)} text={t("draftText")}>
        <Badge color="honey">{t("versionState.draft")}</Badge>
        <Button type="submit" loading={save.isPending} disabled={!changed}>
          {t("common:save")}
        </Button>
        <PublishButton id={version.id} name={title(version)} size="sm" ready={!changed && wrong.length === 0} />
      </PageHeader>
      {save.isError && (
        <Alert color="brick" role="alert" mb="md">
          {say(save.error)}
          <Text size="xs">{asProblem(save.error).message}</Text>
        </Alert>
      )}
      <Text size="sm" c="dimmed" mb="md" role="status">
        {t(changed ? "unsaved" : "common:saved")}
      </Text>
      <div className={classes.editor}>
        <Stack gap="lg">
          <Section title={t("texts")}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <TextInput label={t("namePt")} value={draft.name.pt} maxLength={60} error={bad("name")} onChange={(event) => set({ name: { ...draft.name, pt: event.currentTarget.value } })} />
              <TextInput label={t("nameEn")} value={draft.name.en} maxLength={60} onChange={(event) => set({ name: { ...draft.name, en: event.currentTarget.value } })} />
              <Textarea label={t("summaryPt")} autosize minRows={2} value={draft.summary.pt} maxLength={240} onChange={(event) => set({ summary: { ...draft.summary, pt: event.currentTarget.value } })} />
              <Textarea label={t("summaryEn")} autosize minRows={2} value={draft.summary.en} maxLength={240} onChange={(event) => set({ summary: { ...draft.summary, en: event.currentTarget.value } })} />
            </SimpleGrid>
            <Features list={draft.features} onChange={(features) => set({ features })} />
            <Switch mt="md" label={t("highlight")} description={t("highlightText")} checked={draft.highlight} onChange={(event) => set({ highlight: event.currentTarget.checked })} />
          </Section>
          <Section title={t("prices")}>
            <SimpleGrid cols={{ base: 1, sm: 2 }}>
              <MoneyInput label={t("monthly")} description={t("monthlyText")} value={draft.monthly} onChange={(monthly) => set({ monthly })} error={bad("monthly")} />
              <MoneyInput label={t("annual")} description={t("annualText")} value={draft.annual} onChange={(annual) => set({ annual })} error={bad("annual")} />
              <NumberInput label={t("trialDays")} description={t("trialDaysText")} value={draft.trialDays} onChange={(trialDays) => set({ trialDays })} min={0} max={90} allowDecimal={false} allowNegative={false} error={bad("trialDays")} />
              <Switch mt={{ sm: "lg" }} label={t("trialPaid")} description={t("trialPaidText")} checked={draft.trialNeedsPayment} onChange={(event) => set({ trialNeedsPayment: event.currentTarget.checked })} />
            </SimpleGrid>
          </Section>
          <Section title={t("limits")}>
            <Stack>
              {meters.map((meter) => (
                <Limit key={meter} meter={meter} draft={draft.limits[meter]} bad={bad} onChange={(limit) => set({ limits: { ...draft.limits, [meter]: limit } })} />
              ))}
            </Stack>
          </Section>
        </Stack>
        <div className={classes.sticky}>
          <Preview content={content} />
        </div>
      </div>
    </form>
  );
}

function Features({ list, onChange }: { list: { pt: string; en: string }[]; onChange: (list: { pt: string; en: string }[]) => void }) {
  const { t } = useTranslation("operator");
  const set = (index: number, fields: Partial<{ pt: string; en: string }>) => onChange(list.map((each, i) => (i === index ? { ...each, ...fields } : each)));
  return (
    <Stack gap="xs" mt="md">
      <Text fw={550} size="sm">
        {t("features")}
      </Text>
      {list.map((feature, index) => (
        <Group key={index} gap="xs" wrap="nowrap" align="flex-start">
          <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="xs" style={{ flex: 1 }}>
            <TextInput aria-label={t("featurePt", { number: index + 1 })} placeholder="Português" value={feature.pt} maxLength={120} onChange={(event) => set(index, { pt: event.currentTarget.value })} />
            <TextInput aria-label={t("featureEn", { number: index + 1 })} placeholder="English" value={feature.en} maxLength={120} onChange={(event) => set(index, { en: event.currentTarget.value })} />
          </SimpleGrid>
          <ActionIcon aria-label={t("featureDrop", { number: index + 1 })} onClick={() => onChange(list.filter((_, i) => i !== index))}>
            <Icon name="close" size={17} />
          </ActionIcon>
        </Group>
      ))}
      {list.length < 20 && (
        <Button variant="subtle" size="compact-sm" style={{ alignSelf: "flex-start" }} onClick={() => onChange([...list, { pt: "", en: "" }])}>
          {t("featureAdd")}
        </Button>
      )}
    </Stack>
  );
}

function Limit({ meter, draft, bad, onChange }: { meter: Meter; draft: LimitDraft; bad: (field: Wrong) => string | null; onChange: (limit: LimitDraft) => void }) {
  const { t } = useTranslation("operator");
  const name = t(`meter.${meter}`);
  return (
    <div className={classes.limit} role="group" aria-label={name}>
      <Switch label={name} checked={draft.limited} onChange={(event) => onChange({ ...draft, limited: event.currentTarget.checked, count: draft.count === "" ? 1 : draft.count })} style={{ alignSelf: "center" }} />
      {draft.limited ? (
        <>
          <NumberInput label={t("limitCount")} value={draft.count} onChange={(count) => onChange({ ...draft, count })} min={0} allowDecimal={false} allowNegative={false} error={bad(`limit.${meter}`)} />
          {metered.includes(meter) ? (
            <Select label={t("limitOver")} data={(["block", "overage"] as const).map((value) => ({ value, label: t(`over.${value}`) }))} value={draft.over} onChange={(over) => onChange({ ...draft, over: (over ?? "block") as LimitDraft["over"] })} allowDeselect={false} />
          ) : (
            <span className={classes.limitNote}>{t("over.block")}</span>
          )}
          {metered.includes(meter) && draft.over === "overage" && <MoneyInput label={t("limitPrice")} value={draft.price} onChange={(price) => onChange({ ...draft, price })} error={bad(`price.${meter}`)} />}
        </>
      ) : (
        <Text size="sm" c="dimmed" style={{ alignSelf: "center" }}>
          {t("limitNone")}
        </Text>
      )}
    </div>
  );
}
