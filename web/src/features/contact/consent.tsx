import { Alert, Badge, Button, Group, Modal, SegmentedControl, Skeleton, Stack, Text, Textarea, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { people, type ConsentEntry } from "@/api/contact";
import { useMe } from "@/api/session";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import classes from "./contact.module.css";
import { consentsQuery, keys } from "./queries";

/** What a customer allowed and forbade, with every word behind it. */
export function ConsentCard({ contactId }: { contactId: string }) {
  const { t } = useTranslation("contact");
  const { may } = useMe();
  const [writing, setWriting] = useState(false);
  const query = useQuery(consentsQuery(contactId));
  return (
    <section className={classes.card} aria-label={t("consents")}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t("consents")}
        </Title>
        {may("contact.write") && (
          <Button size="compact-sm" variant="light" onClick={() => setWriting(true)}>
            {t("writeConsent")}
          </Button>
        )}
      </Group>
      {query.isPending ? (
        <Skeleton height={64} radius="md" />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Stack gap="sm">
          <Alert color={query.data.marketing ? "leaf" : "brick"} icon={<Icon name={query.data.marketing ? "check" : "alert"} />}>
            {query.data.marketing ? (query.data.states.some((state) => state.topic === "marketing") ? t("marketingYes") : t("marketingOpen")) : query.data.states.some((state) => state.topic === "marketing") ? t("marketingNo") : t("marketingUnasked")}
          </Alert>
          {query.data.entries.length > 0 && (
            <ol className={classes.ledger}>
              {query.data.entries.map((entry) => (
                <Entry key={entry.id} entry={entry} />
              ))}
            </ol>
          )}
        </Stack>
      )}
      {writing && <WriteConsent contactId={contactId} onClose={() => setWriting(false)} />}
    </section>
  );
}

function Entry({ entry }: { entry: ConsentEntry }) {
  const { t } = useTranslation("contact");
  return (
    <li>
      <Group gap={8}>
        <Badge color={entry.granted ? "leaf" : "brick"}>{entry.granted ? t("granted") : t("revoked")}</Badge>
        {entry.topic !== "marketing" && <Badge color="gray">{entry.topic}</Badge>}
        <Text size="sm" c="dimmed">
          {t(`source.${entry.source}`, { name: entry.actor_name ?? "" })} · <RelativeTime ms={entry.at_ms} />
        </Text>
      </Group>
      {entry.proof !== undefined && (
        <Text size="sm" dir="auto">
          “{entry.proof}”
        </Text>
      )}
    </li>
  );
}

function WriteConsent({ contactId, onClose }: { contactId: string; onClose: () => void }) {
  const { t } = useTranslation(["contact", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const [granted, setGranted] = useState(false);
  const [proof, setProof] = useState("");
  const write = useMutation({
    mutationFn: () => people.writeConsent(contactId, { granted, ...(proof.trim() === "" ? {} : { proof: proof.trim() }) }),
    onSuccess: (view) => {
      client.setQueryData(keys.consents(contactId), view);
      onClose();
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Modal opened onClose={onClose} title={t("writeConsent")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          write.mutate();
        }}
      >
        <Stack>
          <SegmentedControl
            aria-label={t("writeConsent")}
            value={granted ? "yes" : "no"}
            onChange={(value) => setGranted(value === "yes")}
            data={[
              { value: "no", label: t("theyRefuse") },
              { value: "yes", label: t("theyAgree") },
            ]}
          />
          <Textarea label={t("proof")} description={granted ? t("proofNeeded") : t("proofHelps")} required={granted} maxLength={500} minRows={3} autosize value={proof} onChange={(event) => setProof(event.currentTarget.value)} />
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={write.isPending} disabled={granted && proof.trim() === ""}>
              {t("common:save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
