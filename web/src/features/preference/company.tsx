import { Badge, Group, Radio, Skeleton, Stack, Text } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { FactorPolicy } from "@/api/factor";
import { useMe } from "@/api/session";
import { ConfirmButton } from "@/ui/confirm";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Section } from "./section";

const rules: FactorPolicy[] = ["nobody", "admins", "everybody"];

/** Whom of its people the company asks for a second factor; for its admins. */
export function CompanyRule() {
  const { t } = useTranslation(["preference", "common"]);
  const { may } = useMe();
  const say = useProblemText();
  const client = useQueryClient();
  const policy = useQuery({ queryKey: ["factor-policy"], queryFn: api.factors.policy, enabled: may("member.manage") });
  const save = useMutation({
    mutationFn: api.factors.setPolicy,
    onSuccess: (saved) => {
      client.setQueryData(["factor-policy"], saved);
      notify.good(t("common:saved"));
    },
    onError: (error) => notify.bad(say(error)),
  });
  if (!may("member.manage")) return null;
  return (
    <Section title={t("rule")}>
      {policy.isError ? (
        <ErrorState error={policy.error} retry={() => void policy.refetch()} />
      ) : policy.data === undefined ? (
        <Skeleton height={96} />
      ) : (
        <Radio.Group value={save.isPending ? save.variables : policy.data.required} onChange={(value) => save.mutate(value as FactorPolicy)} label={t("ruleText")}>
          <Stack gap="xs" mt="xs">
            {rules.map((rule) => (
              <Radio key={rule} value={rule} label={t(`rules.${rule}`)} disabled={save.isPending} />
            ))}
          </Stack>
        </Radio.Group>
      )}
    </Section>
  );
}

/** Who of the platform's staff looked into the company; its admins may end it. */
export function SupportLooks() {
  const { t } = useTranslation(["preference", "common"]);
  const { may } = useMe();
  const say = useProblemText();
  const client = useQueryClient();
  const looks = useQuery({ queryKey: ["support"], queryFn: api.support.list, enabled: may("member.manage") });
  const end = useMutation({ mutationFn: api.support.end, onSettled: () => client.invalidateQueries({ queryKey: ["support"] }), onError: (error) => notify.bad(say(error)) });
  if (!may("member.manage")) return null;
  return (
    <Section title={t("support")}>
      <Text c="dimmed" mb="sm">
        {t("supportText")}
      </Text>
      {looks.isError && <ErrorState error={looks.error} retry={() => void looks.refetch()} />}
      {looks.data?.items.length === 0 && <Text>{t("supportNone")}</Text>}
      <Stack>
        {(looks.data?.items ?? []).map((look) => (
          <Group key={look.id} justify="space-between" wrap="wrap">
            <div>
              <Text fw={500} component="div">
                {look.operator_name} <Badge color={look.state === "open" ? "brick" : "gray"}>{t(`supportState.${look.state}`)}</Badge>
              </Text>
              <Text size="sm" c="dimmed">
                {look.reason} · <RelativeTime ms={look.asked_ms} />
              </Text>
            </div>
            {(look.state === "open" || look.state === "asked") && (
              <ConfirmButton label={t("supportEnd")} title={t("supportEnd")} text={t("supportEndText", { name: look.operator_name })} action={t("supportEnd")} onConfirm={() => end.mutate(look.id)} busy={end.isPending} />
            )}
          </Group>
        ))}
      </Stack>
    </Section>
  );
}
