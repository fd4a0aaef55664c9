import { Badge, Button, Group, Modal, Skeleton, Stack, Text, TextInput } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Factor } from "@/api/factor";
import { passkeysHere } from "@/api/passkey";
import { ConfirmButton } from "@/ui/confirm";
import { Enrol } from "@/ui/factor/enrol";
import { RecoveryCodes } from "@/ui/factor/recovery-codes";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { Section } from "./section";

type Adding = "app" | "passkey" | "codes";

/** What the person proves themselves by, beside the password. */
export function Factors() {
  const { t } = useTranslation(["preference", "common", "factor"]);
  const say = useProblemText();
  const client = useQueryClient();
  const factors = useQuery({ queryKey: ["factors"], queryFn: api.factors.list });
  const [adding, setAdding] = useState<Adding | null>(null);
  const [codes, setCodes] = useState<string[]>([]);
  const changed = () => {
    void client.invalidateQueries({ queryKey: ["factors"] });
    void client.invalidateQueries({ queryKey: ["sessions"] });
  };
  const close = () => {
    setAdding(null);
    setCodes([]);
    changed();
  };
  const remove = useMutation({
    mutationFn: api.factors.remove,
    onSuccess: () => {
      changed();
      notify.good(t("factorRemoved"));
    },
    onError: (error) => notify.bad(say(error)),
  });
  const renew = useMutation({
    mutationFn: api.factors.renewCodes,
    onSuccess: ({ recovery_codes }) => {
      setCodes(recovery_codes);
      setAdding("codes");
    },
    onError: (error) => notify.bad(say(error)),
  });
  if (factors.isError) {
    return (
      <Section title={t("factors")}>
        <ErrorState error={factors.error} retry={() => void factors.refetch()} />
      </Section>
    );
  }
  const known = factors.data;
  return (
    <Section title={t("factors")}>
      {known === undefined ? (
        <Skeleton height={96} />
      ) : (
        <Stack>
          <Text>{t(known.items.length > 0 ? "factorsOn" : "factorsOff")}</Text>
          {known.items.map((factor) => (
            <Row key={factor.id} factor={factor} only={known.required && known.items.length === 1} busy={remove.isPending && remove.variables === factor.id} onRemove={() => remove.mutate(factor.id)} onRenamed={changed} />
          ))}
          {known.items.length > 0 && (
            <Group justify="space-between">
              <Text component="div">
                {t("codesLeft", { count: known.recovery_left })} {known.recovery_left < 3 && <Badge color="brick">{t("codesFew")}</Badge>}
              </Text>
              <ConfirmButton label={t("codesRenew")} title={t("codesRenew")} text={t("codesRenewText")} action={t("codesRenew")} onConfirm={() => renew.mutate()} busy={renew.isPending} />
            </Group>
          )}
          <Group gap="xs">
            <Button variant="light" onClick={() => setAdding("app")} leftSection={<Icon name="phone" size={17} />}>
              {t(known.items.some((each) => each.kind === "totp") ? "replaceApp" : "addApp")}
            </Button>
            {known.passkeys && passkeysHere() && (
              <Button variant="light" onClick={() => setAdding("passkey")} leftSection={<Icon name="shield" size={17} />}>
                {t("addPasskey")}
              </Button>
            )}
          </Group>
        </Stack>
      )}
      <Modal opened={adding !== null} onClose={close} title={t(adding === "codes" ? "factor:codes" : adding === "passkey" ? "addPasskey" : "addApp")} closeOnClickOutside={false} closeButtonProps={{ "aria-label": t("common:close") }}>
        {adding === "codes" && <RecoveryCodes codes={codes} onKept={close} />}
        {(adding === "app" || adding === "passkey") && <Enrol passkeys={known?.passkeys ?? false} only={adding} onDone={close} />}
      </Modal>
    </Section>
  );
}

function Row({ factor, only, busy, onRemove, onRenamed }: { factor: Factor; only: boolean; busy: boolean; onRemove: () => void; onRenamed: () => void }) {
  const { t } = useTranslation(["preference", "common"]);
  const say = useProblemText();
  const [name, setName] = useState<string | null>(null);
  const rename = useMutation({
    mutationFn: (to: string) => api.factors.rename(factor.id, to),
    onSuccess: () => {
      setName(null);
      onRenamed();
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Group justify="space-between" wrap="wrap">
      <Group gap="sm" wrap="nowrap">
        <Icon name={factor.kind === "passkey" ? "shield" : "phone"} />
        {name === null ? (
          <div>
            <Text fw={500}>{factor.name}</Text>
            <Text size="sm" c="dimmed">
              {t(`kind.${factor.kind}`)} · {t("usedLast")} <RelativeTime ms={factor.used_ms} />
            </Text>
          </div>
        ) : (
          <TextInput
            aria-label={t("factorName")}
            value={name}
            maxLength={60}
            autoFocus
            onChange={(event) => setName(event.currentTarget.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter" && name.trim() !== "") rename.mutate(name.trim());
              if (event.key === "Escape") setName(null);
            }}
          />
        )}
      </Group>
      <Group gap="xs">
        {name === null ? (
          <Button variant="subtle" size="compact-sm" onClick={() => setName(factor.name)} aria-label={t("renameNamed", { name: factor.name })}>
            {t("rename")}
          </Button>
        ) : (
          <Button variant="subtle" size="compact-sm" disabled={name.trim() === ""} loading={rename.isPending} onClick={() => rename.mutate(name.trim())}>
            {t("common:save")}
          </Button>
        )}
        {!only && (
          <ConfirmButton label={t("removeNamed", { name: factor.name })} title={t("removeFactor")} text={t("removeFactorText", { name: factor.name })} action={t("removeFactor")} onConfirm={onRemove} busy={busy}>
            {t("removeFactor")}
          </ConfirmButton>
        )}
      </Group>
    </Group>
  );
}
