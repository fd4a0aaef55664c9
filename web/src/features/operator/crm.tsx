import { Alert, Anchor, Badge, Button, Group, List, PasswordInput, SegmentedControl, Select, SimpleGrid, Stack, Switch, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { operator, type Crm, type CrmReport, type CrmSettings } from "@/api/operator";
import { asProblem } from "@/api/problem";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { DeedButton } from "./deed";
import { Facts, Reading, Section } from "@/ui/part";
import { crmQuery } from "./queries";

/** The CRM that contracts are written into: connected, tested, and told what things are called in it. */
export default function CrmPage() {
  const { t } = useTranslation("operator");
  const query = useQuery(crmQuery);
  return (
    <PageBody wide>
      <Anchor component={Link} to="/operator/integrations" size="sm">
        ← {t("room.integrations")}
      </Anchor>
      <PageHeader title="Zoho CRM" text={t("crm.text")} />
      <Reading query={query} height={180}>
        {(crm) => (
          <Stack gap="lg">
            <ConnectionSection crm={crm} />
            <ConnectSection crm={crm} />
            <SettingsSection settings={crm.settings} key={crm.settings.version} />
            <FieldsSection connected={crm.connection.connected} />
          </Stack>
        )}
      </Reading>
    </PageBody>
  );
}

/** A call to the CRM whose outcome is told; all that is shown is read anew then. */
function useCrmAct<In, Out>(run: (given: In) => Promise<Out>, done?: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: run,
    onSuccess: () => {
      if (done !== undefined) notify.good(done);
    },
    onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }),
  });
}

function ConnectionSection({ crm }: { crm: Crm }) {
  const { t } = useTranslation("operator");
  const say = useProblemText();
  const { connection } = crm;
  const test = useCrmAct(() => operator.crm.test());
  const locked = connection.trouble === "locked";
  return (
    <Section
      title={t("crm.connection")}
      actions={
        connection.connected && (
          <>
            <Button size="compact-sm" variant="light" onClick={() => test.mutate(undefined)} loading={test.isPending}>
              {t("crm.test")}
            </Button>
            <DeedButton label={t("crm.disconnect")} title={t("crm.disconnect")} text={t("crm.disconnectText")} reason={false} grave run={() => operator.crm.disconnect()} />
          </>
        )
      }
    >
      <Stack>
        {test.isError && <Alert color="brick">{say(test.error)}</Alert>}
        {test.data !== undefined && test.data.problem === "" && (
          <Alert color="leaf" role="status">
            {t("crm.testGood", { organization: test.data.organization })}
          </Alert>
        )}
        {connection.problem !== "" && (
          <Alert color={locked ? "brick" : "honey"} icon={<Icon name="alert" />} title={locked ? t("crm.locked") : undefined}>
            {connection.problem}
          </Alert>
        )}
        <Facts
          facts={[
            [t("state"), <Badge key="state" color={locked ? "brick" : connection.connected ? "leaf" : "gray"}>{t(locked ? "health.locked" : connection.connected ? "crm.on" : "health.off")}</Badge>],
            [t("crm.organization"), connection.organization],
            [t("crm.centre"), connection.connected && (crm.centres.find((each) => each.key === connection.centre)?.host ?? connection.centre)],
            [t("crm.client"), connection.client_id],
            [t("integration.success"), connection.connected && <RelativeTime key="success" ms={connection.success_ms} />],
            [t("crm.tested"), connection.tested_ms > 0 && <RelativeTime key="tested" ms={connection.tested_ms} />],
          ]}
        />
      </Stack>
    </Section>
  );
}

function ConnectSection({ crm }: { crm: Crm }) {
  const { t } = useTranslation("operator");
  const say = useProblemText();
  const { connection } = crm;
  const [centre, setCentre] = useState(connection.centre || (crm.centres[0]?.key ?? "us"));
  const [client, setClient] = useState(connection.client_id);
  const [secret, setSecret] = useState("");
  const [kind, setKind] = useState<"code" | "refresh_token">("code");
  const [token, setToken] = useState("");
  const connect = useCrmAct(operator.crm.connect, t("crm.connected"));
  const ready = client.trim() !== "" && secret.trim() !== "" && token.trim() !== "";
  return (
    <Section title={t(connection.connected ? "crm.again" : "crm.first")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!ready) return;
          connect.mutate(
            { centre, client_id: client.trim(), client_secret: secret.trim(), [kind]: token.trim() },
            {
              onSuccess: () => {
                setSecret("");
                setToken("");
              },
            },
          );
        }}
      >
        <Stack>
          <Text c="dimmed">{t("crm.how")}</Text>
          {connect.isError && (
            <Alert color="brick" role="alert">
              {say(connect.error)}
              <Text size="xs">{asProblem(connect.error).message}</Text>
            </Alert>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2 }}>
            <Select label={t("crm.centre")} description={t("crm.centreText")} data={crm.centres.map((each) => ({ value: each.key, label: `${each.key.toUpperCase()} · ${each.host}` }))} value={centre} onChange={(value) => setCentre(value ?? centre)} allowDeselect={false} />
            <TextInput label={t("crm.client")} description={t("crm.clientText")} autoComplete="off" value={client} onChange={(event) => setClient(event.currentTarget.value)} />
            <PasswordInput label={t("crm.secret")} description={t("crm.secretText")} autoComplete="off" value={secret} onChange={(event) => setSecret(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("show") }} />
            <PasswordInput label={t(`crm.${kind}`)} description={t(`crm.${kind}_text`)} autoComplete="off" value={token} onChange={(event) => setToken(event.currentTarget.value)} visibilityToggleButtonProps={{ "aria-label": t("show") }} />
          </SimpleGrid>
          <Group justify="space-between">
            <SegmentedControl role="radiogroup" aria-label={t("crm.kind")} size="xs" value={kind} onChange={(value) => setKind(value as typeof kind)} data={(["code", "refresh_token"] as const).map((value) => ({ value, label: t(`crm.${value}`) }))} />
            <Button type="submit" loading={connect.isPending} disabled={!ready}>
              {t(connection.connected ? "integration.reconnect" : "integration.connect")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

const stages = ["won", "active", "canceled"] as const;

function SettingsSection({ settings }: { settings: CrmSettings }) {
  const { t } = useTranslation(["operator", "common"]);
  const say = useProblemText();
  const [draft, setDraft] = useState(settings);
  const save = useCrmAct(operator.crm.change, t("common:saved"));
  const set = (fields: Partial<CrmSettings>) => setDraft((old) => ({ ...old, ...fields }));
  return (
    <Section title={t("crm.settings")}>
      <form
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(draft);
        }}
      >
        <Stack>
          <Text c="dimmed">{t("crm.settingsText")}</Text>
          {save.isError && (
            <Alert color="brick" role="alert">
              {say(save.error)} <Text size="xs">{asProblem(save.error).message}</Text>
            </Alert>
          )}
          <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
            <TextInput label={t("crm.taxField")} value={draft.tax_id_field} onChange={(event) => set({ tax_id_field: event.currentTarget.value })} />
            <TextInput label={t("crm.contractField")} value={draft.contract_field} onChange={(event) => set({ contract_field: event.currentTarget.value })} />
            <TextInput label={t("crm.pipeline")} value={draft.pipeline} onChange={(event) => set({ pipeline: event.currentTarget.value })} />
            {stages.map((stage) => (
              <TextInput key={stage} label={t(`crm.stage.${stage}`)} value={draft.stages[stage] ?? ""} onChange={(event) => set({ stages: { ...draft.stages, [stage]: event.currentTarget.value } })} />
            ))}
          </SimpleGrid>
          <Switch label={t("crm.leads")} description={t("crm.leadsText")} checked={draft.leads} onChange={(event) => set({ leads: event.currentTarget.checked })} />
          <SimpleGrid cols={{ base: 1, sm: 2, md: 3 }}>
            <TextInput label={t("crm.leadSource")} value={draft.lead_source} onChange={(event) => set({ lead_source: event.currentTarget.value })} />
            <TextInput label={t("crm.leadStatus")} value={draft.lead_status} onChange={(event) => set({ lead_status: event.currentTarget.value })} />
          </SimpleGrid>
          <Group justify="flex-end">
            <Button type="submit" loading={save.isPending}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Section>
  );
}

function FieldsSection({ connected }: { connected: boolean }) {
  const { t } = useTranslation("operator");
  const say = useProblemText();
  const check = useCrmAct(() => operator.crm.fields());
  return (
    <Section
      title={t("crm.fields")}
      actions={
        <Button size="compact-sm" variant="light" disabled={!connected} onClick={() => check.mutate(undefined)} loading={check.isPending}>
          {t("crm.check")}
        </Button>
      }
    >
      {check.isError ? <Alert color="brick">{say(check.error)}</Alert> : check.data === undefined ? <Text c="dimmed">{t("crm.fieldsText")}</Text> : <Report report={check.data} />}
    </Section>
  );
}

export function Report({ report }: { report: CrmReport }) {
  const { t } = useTranslation("operator");
  return (
    <Stack role="status">
      <Alert color={report.ok ? "leaf" : "brick"}>{t(report.ok ? "crm.fieldsGood" : "crm.fieldsBad")}</Alert>
      {report.findings.length > 0 && (
        <List spacing="xs">
          {report.findings.map((finding) => (
            <List.Item key={`${finding.entity}.${finding.field}.${finding.code}.${finding.value}`}>
              <Group gap="xs">
                <Badge color={finding.blocks ? "brick" : "honey"}>{t(finding.blocks ? "crm.blocks" : "crm.warns")}</Badge>
                <Text>
                  <strong>
                    {finding.entity}.{finding.field}
                  </strong>
                  : {t(`crm.finding.${finding.code}`, { value: finding.value })}
                </Text>
              </Group>
            </List.Item>
          ))}
        </List>
      )}
    </Stack>
  );
}
