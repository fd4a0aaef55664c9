import { Badge, Button, Group, Stack, Text, Title } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import type { Integration } from "@/api/operator";
import { EmptyState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { CircuitBanner, ProbeButton, useVendorName } from "./circuit";
import classes from "./operator.module.css";
import { Facts, Reading } from "@/ui/part";
import { integrationsQuery } from "./queries";
import { healthColours, healthOf, troubled } from "./states";

/** The services outside that a purchase needs: whether each works, and what waits for it. */
export default function IntegrationsPage() {
  const { t } = useTranslation("operator");
  const query = useQuery(integrationsQuery);
  return (
    <PageBody wide>
      <PageHeader title={t("room.integrations")} text={t("integrationsText")} />
      <Reading query={query} height={180}>
        {({ items }) =>
          items.length === 0 ? (
            <EmptyState icon="link" title={t("integrationsNone")} />
          ) : (
            <Stack>
              {troubled(items).map((one) => (
                <CircuitBanner key={one.name} one={one} />
              ))}
              <div className={classes.cards}>
                {items.map((one) => (
                  <Card key={one.name} one={one} />
                ))}
              </div>
            </Stack>
          )
        }
      </Reading>
    </PageBody>
  );
}

function Card({ one }: { one: Integration }) {
  const { t } = useTranslation("operator");
  const nameOf = useVendorName();
  const health = healthOf(one);
  const waiting = one.errors.reduce((sum, each) => sum + each.count, 0);
  return (
    <article className={classes.card} data-open={health === "open" || health === "locked" || undefined} aria-label={nameOf(one.name)}>
      <Group justify="space-between" mb="sm">
        <div>
          <Title order={2} size="h3">
            {nameOf(one.name)}
          </Title>
          <Text size="xs" c="dimmed">
            {t(`kind.${one.kind}`)}
          </Text>
        </div>
        <Badge color={healthColours[health]}>{t(`health.${health}`)}</Badge>
      </Group>
      <Facts
        facts={[
          [t("integration.success"), <RelativeTime key="success" ms={one.last_success_ms} />],
          [t("integration.queue"), String(one.circuit.parked)],
          [t("integration.failures"), one.circuit.failures > 0 && String(one.circuit.failures)],
          [t("integration.late"), one.late > 0 && String(one.late)],
        ]}
      />
      {waiting > 0 && (
        <>
          <Text size="sm" fw={600} mt="md" mb={6}>
            {t("integration.errors")}
          </Text>
          <ul className={classes.bars}>
            {one.errors.map((each) => (
              <li key={each.class}>
                <Group justify="space-between">
                  <Text size="sm">{t(`class.${(each.class === "" ? "other" : each.class) as "down"}`, { defaultValue: each.class })}</Text>
                  <Text size="sm">{each.count}</Text>
                </Group>
                <span className={classes.bar} aria-hidden>
                  <span className={classes.fill} style={{ width: `${Math.round((each.count / waiting) * 100)}%` }} />
                </span>
              </li>
            ))}
          </ul>
        </>
      )}
      {one.circuit.problem !== "" && (
        <div className={classes.problem} data-mild={!one.circuit.open || undefined}>
          {one.circuit.problem}
        </div>
      )}
      <Group gap="xs" mt="md">
        {one.kind === "crm" && (
          <Button component={Link} to="/operator/integrations/crm" size="compact-sm" variant={health === "locked" ? "filled" : "light"}>
            {t(health === "locked" ? "integration.reconnect" : one.configured ? "integration.set" : "integration.connect")}
          </Button>
        )}
        {one.kind === "mail" && (
          <Button component={Link} to="/operator/letters" size="compact-sm" variant="light">
            {t("integration.letters")}
          </Button>
        )}
        {one.circuit.open && <ProbeButton one={one} />}
      </Group>
    </article>
  );
}
