import { Alert, Badge, Button, Modal, Select, Stack, Table, Text, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { PlanEdition } from "@/api/operator";
import type { Company } from "@/api/types";
import { spoken } from "@/i18n";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { CopyField, EmptyState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import classes from "./operator.module.css";
import { Grid, Listing } from "@/ui/part";
import { companiesQuery, keys, plansQuery } from "./queries";
import { companyColours, companyStates } from "./states";

/** What a plan is called: by its newest version. */
export function planName(edition: PlanEdition, language: string): string {
  const name = edition.versions[0]?.name;
  return (language === "en" ? name?.en : name?.pt) || name?.pt || edition.slug;
}

/** All companies, found by name, tax number, plan and state. */
export default function CompaniesPage() {
  const { t } = useTranslation(["operator", "common"]);
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const [typed, setTyped] = useState(search.q ?? "");
  const [adding, setAdding] = useState(false);
  const choose = (fields: Partial<Record<"q" | "state" | "plan", string>>) =>
    void navigate({ to: "/operator/companies", search: (old) => Object.fromEntries(Object.entries({ ...old, ...fields }).filter(([, value]) => value !== "")), replace: true });
  const find = useDebouncedCallback((q: string) => choose({ q: q.trim() }), 250);
  const state = companyStates.find((each) => each === search.state) ?? "";
  const plans = useQuery(plansQuery);
  const editions = plans.data?.items ?? [];
  const planOf = new Map(editions.flatMap((edition) => edition.versions.map((version) => [version.id, `${planName(edition, spoken())} · v${version.number}`])));
  const query = useInfiniteQuery({ ...companiesQuery({ q: search.q ?? "", state, plan: search.plan ?? "" }), placeholderData: (old) => old });
  const rows = query.data?.pages.flatMap((page) => page.items) ?? [];
  const narrowed = (search.q ?? "") !== "" || state !== "" || (search.plan ?? "") !== "";
  return (
    <PageBody wide>
      <PageHeader title={t("companies")} text={t("companiesText")}>
        <Button leftSection={<Icon name="plus" size={17} />} onClick={() => setAdding(true)}>
          {t("addCompany")}
        </Button>
      </PageHeader>
      <search className={classes.filters}>
        <TextInput
          type="search"
          aria-label={t("findCompany")}
          placeholder={t("findCompany")}
          leftSection={<Icon name="search" size={17} />}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            find(event.currentTarget.value);
          }}
        />
        <Select aria-label={t("state")} placeholder={t("anyState")} clearable clearButtonProps={{ "aria-label": t("anyState") }} value={state === "" ? null : state} onChange={(value) => choose({ state: value ?? "" })} data={companyStates.map((value) => ({ value, label: t(`companyState.${value}`) }))} />
        <Select aria-label={t("plan")} placeholder={t("anyPlan")} clearable clearButtonProps={{ "aria-label": t("anyPlan") }} value={search.plan ?? null} onChange={(value) => choose({ plan: value ?? "" })} data={editions.map((edition) => ({ value: edition.id, label: planName(edition, spoken()) }))} />
      </search>
      <Listing query={query} count={rows.length} empty={<EmptyState icon="building" title={t(narrowed ? "noneFound" : "noCompanies")} text={t(narrowed ? "noneFoundText" : "noCompaniesText")} />}>
        <Grid label={t("companies")} heads={[t("name"), t("taxId"), t("plan"), t("state"), t("since")]}>
          {rows.map((company) => (
            <Table.Tr key={company.id}>
              <Table.Td>
                <Link to="/operator/companies/$company" params={{ company: company.id }} className={classes.rowLink}>
                  {company.name}
                </Link>
                <Text size="xs" c="dimmed">
                  {company.slug} · {t(`lines.${company.line}`)}
                </Text>
              </Table.Td>
              <Table.Td>{company.tax_id === "" ? "—" : company.tax_id}</Table.Td>
              <Table.Td>{company.plan_version_id === "" ? t("unlimited") : (planOf.get(company.plan_version_id) ?? t("ownTerms"))}</Table.Td>
              <Table.Td>
                <Badge color={companyColours[company.state]}>{t(`companyState.${company.state}`)}</Badge>
              </Table.Td>
              <Table.Td style={{ whiteSpace: "nowrap" }}>
                <RelativeTime ms={company.created_ms} />
              </Table.Td>
            </Table.Tr>
          ))}
        </Grid>
      </Listing>
      <AddCompany opened={adding} onClose={() => setAdding(false)} />
    </PageBody>
  );
}

function AddCompany({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["operator", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const form = useForm({
    initialValues: { name: "", line: "massivo" as Company["line"], admin_email: "" },
    validate: {
      name: (value) => (value.trim() === "" ? t("needed") : null),
      admin_email: (value) => (value === "" || /^\S+@\S+$/.test(value.trim()) ? null : t("emailNeeded")),
    },
  });
  const create = useMutation({
    mutationFn: (values: typeof form.values) => api.companies.create({ name: values.name.trim(), line: values.line, ...(values.admin_email === "" ? {} : { admin_email: values.admin_email.trim() }) }),
    onSuccess: () => client.invalidateQueries({ queryKey: keys.companies }),
  });
  const close = () => {
    onClose();
    form.reset();
    create.reset();
  };
  return (
    <Modal opened={opened} onClose={close} title={t("addCompany")} closeButtonProps={{ "aria-label": t("common:close") }}>
      {create.data === undefined ? (
        <form onSubmit={form.onSubmit((values) => create.mutate(values))} noValidate>
          <Stack>
            {create.isError && <Alert color="brick">{say(create.error)}</Alert>}
            <TextInput label={t("name")} data-autofocus {...form.getInputProps("name")} />
            <Select label={t("line")} data={(["massivo", "enterprise"] as const).map((value) => ({ value, label: t(`lines.${value}`) }))} allowDeselect={false} {...form.getInputProps("line")} />
            <TextInput label={t("adminEmail")} description={t("adminEmailText")} type="email" {...form.getInputProps("admin_email")} />
            <Button type="submit" loading={create.isPending}>
              {t("addCompany")}
            </Button>
          </Stack>
        </form>
      ) : (
        <Stack>
          <Text>{t("companyAdded", { name: create.data.company.name })}</Text>
          {create.data.link !== undefined && <CopyField label={t("link")} value={create.data.link} description={t("linkText")} />}
          <Button component={Link} to={`/operator/companies/${create.data.company.id}`} onClick={close}>
            {t("openCompany")}
          </Button>
        </Stack>
      )}
    </Modal>
  );
}
