import { Alert, Badge, Drawer, Group, Loader, Stack, Table, Text, Title } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { clockTime } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { JsonView } from "@/ui/json-view";
import { CopyIcon, EmptyState, ErrorState } from "@/ui/state";
import { phoneApi, type Bubble, type Step } from "./api";

const signatures = ["x-hub-signature-256", "x-telegram-bot-api-secret-token"];

/** What went over the wire for one bubble: the signed webhook, and the calls to the vendor's API. */
export function WireSheet({ bubble, onClose }: { bubble: Bubble | null; onClose: () => void }) {
  const { t } = useTranslation("phone");
  const small = useMediaQuery("(max-width: 47.99em)") ?? false;
  const query = useQuery({
    queryKey: ["wire", bubble?.id],
    queryFn: () => phoneApi.wire(bubble?.id ?? ""),
    enabled: bubble !== null,
    refetchInterval: 2500, // statuses keep coming while the sheet is open
  });
  return (
    <Drawer opened={bubble !== null} onClose={onClose} position={small ? "bottom" : "right"} size={small ? "88%" : 620} title={<Title order={2}>{t("wire")}</Title>} closeButtonProps={{ "aria-label": t("backToChats") }}>
      <Text c="dimmed" size="sm" mb="md">
        {t("wireText")}
      </Text>
      {query.isPending ? (
        <Loader />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data.length === 0 ? (
        <EmptyState icon="link" title={t("wireNone")} />
      ) : (
        <Stack gap="xl">
          {query.data.map((step, i) => (
            <StepView key={i} step={step} />
          ))}
        </Stack>
      )}
    </Drawer>
  );
}

function StepView({ step }: { step: Step }) {
  const { t, i18n } = useTranslation(["phone", "common"]);
  const status = step.status ?? 0;
  const attempt = step.attempt ?? 1;
  const signed = Object.keys(step.request_headers ?? {}).some((name) => signatures.includes(name.toLowerCase()));
  const good = status >= 200 && status < 300;
  return (
    <section>
      <Group gap="xs" mb={6}>
        <Icon name={step.direction === "to_business" ? "reply" : "send"} size={18} style={{ color: "var(--p-accent)" }} />
        <Text fw={650}>{t(step.title === "webhook" ? "wireWebhook" : "wireCall")}</Text>
        {signed && (
          <Badge color="leaf" leftSection={<Icon name="shield" size={12} />}>
            {t("signed")}
          </Badge>
        )}
        <Badge color={good ? "leaf" : "brick"}>{status === 0 ? "—" : status}</Badge>
        {attempt > 1 && <Badge color="honey">{t("attempt", { n: attempt })}</Badge>}
        <Text size="xs" c="dimmed">
          {clockTime(step.at, i18n.language)} · {step.ms} ms
        </Text>
      </Group>
      <Group gap={4} wrap="nowrap" mb="xs">
        <Text ff="monospace" size="sm" style={{ overflowWrap: "anywhere", flex: 1 }}>
          <strong>{step.method}</strong> {step.url}
        </Text>
        <CopyIcon value={step.url} label={t("common:copyNamed", { name: "URL" })} />
      </Group>
      {step.error !== undefined && (
        <Alert color="brick" mb="xs">
          {step.error}
        </Alert>
      )}
      <Stack gap="xs">
        <Headers label={t("requestHeaders")} headers={step.request_headers ?? {}} />
        <JsonView text={step.request_body ?? ""} label={t("requestBody")} />
        <Headers label={t("responseHeaders")} headers={step.response_headers ?? {}} />
        <JsonView text={step.response_body ?? ""} label={t("responseBody")} />
      </Stack>
    </section>
  );
}

function Headers({ label, headers }: { label: string; headers: Record<string, string> }) {
  const entries = Object.entries(headers);
  if (entries.length === 0) return null;
  return (
    <details>
      <summary style={{ cursor: "pointer", fontSize: "0.8125rem" }}>
        {label} ({entries.length})
      </summary>
      <Table variant="vertical" fz="xs" mt={4}>
        <Table.Tbody>
          {entries.map(([name, value]) => (
            <Table.Tr key={name}>
              <Table.Th style={{ whiteSpace: "nowrap" }}>{name}</Table.Th>
              <Table.Td style={{ overflowWrap: "anywhere", fontFamily: "var(--mantine-font-family-monospace)" }}>{value}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </details>
  );
}
