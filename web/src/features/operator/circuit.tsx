import { Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import { operator, type Integration } from "@/api/operator";
import { spoken } from "@/i18n";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { useNow } from "@/ui/time";
import classes from "./operator.module.css";
import { healthOf, shortMoment, vendorName } from "./states";

/** What people call an integration. */
export function useVendorName(): (name: string) => string {
  const { t } = useTranslation("operator");
  return (name) => vendorName(name) || t(`vendor.${name as "payment"}`, { defaultValue: name });
}

/** "Zoho CRM indisponível desde 14:02 · 37 contratos na fila · próximo teste 14:05", with what can be done about it. */
export function CircuitBanner({ one }: { one: Integration }) {
  const { t } = useTranslation("operator");
  const nameOf = useVendorName();
  const now = useNow();
  const language = spoken();
  const name = nameOf(one.name);
  const health = healthOf(one);
  const { circuit } = one;
  const parts =
    health === "locked"
      ? [t("banner.locked", { name })]
      : [
          circuit.since_ms > 0 ? t("banner.down", { name, since: shortMoment(circuit.since_ms, now, language) }) : t("banner.downNow", { name }),
          circuit.probe_ms > now ? t("banner.probe", { at: shortMoment(circuit.probe_ms, now, language) }) : t("banner.probing"),
        ];
  if (circuit.parked > 0) parts.splice(1, 0, t(one.kind === "mail" ? "banner.letters" : "banner.contracts", { count: circuit.parked }));
  return (
    <div className={classes.notice} data-grave role="status">
      <Icon name="alert" />
      <div>
        <Text fw={600}>{parts.join(" · ")}</Text>
        {circuit.problem !== "" && (
          <Text size="sm" style={{ overflowWrap: "anywhere" }}>
            {circuit.problem}
          </Text>
        )}
      </div>
      <Group gap="xs">
        {health === "locked" && one.kind === "crm" && (
          <Button component={Link} to="/operator/integrations/crm" size="compact-sm" color="brick">
            {t("integration.reconnect")}
          </Button>
        )}
        {circuit.open && <ProbeButton one={one} />}
      </Group>
    </div>
  );
}

/** Lets one of those that wait try now. */
export function ProbeButton({ one }: { one: Integration }) {
  const { t } = useTranslation("operator");
  const say = useProblemText();
  const client = useQueryClient();
  const probe = useMutation({
    mutationFn: () => operator.integrations.probe(one.name),
    onSuccess: () => notify.good(t("integration.probed")),
    onError: (error) => notify.bad(say(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }),
  });
  return (
    <Button size="compact-sm" variant="default" onClick={() => probe.mutate()} loading={probe.isPending}>
      {t("integration.probe")}
    </Button>
  );
}
