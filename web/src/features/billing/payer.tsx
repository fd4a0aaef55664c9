import { Alert, Button, Group, Modal, Paper, SegmentedControl, SimpleGrid, Stack, Text, TextInput, Title } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { billing, type Payer } from "@/api/billing";
import { asProblem } from "@/api/problem";
import { useProblemText } from "@/ui/problem-text";
import classes from "./billing.module.css";
import { payerText } from "./payer-text";
import { useBillingChange } from "./queries";

const fields = ["legal_name", "tax_id", "email", "phone", "state_registration", "municipal_registration", "zip", "street", "number", "complement", "district", "city", "city_code", "state"] as const;
type Field = (typeof fields)[number];

/** Whom the invoices are made out to. */
export function PayerSection({ payer, mayChange }: { payer: Payer; mayChange: boolean }) {
  const { t } = useTranslation("billing");
  const [open, setOpen] = useState(false);
  const known = fields.filter((name) => (payer[name] ?? "") !== "");
  return (
    <Paper withBorder p="lg" component="section" aria-labelledby="payer-title">
      <Group justify="space-between" mb="sm">
        <Title order={2} id="payer-title">
          {t("payer.title")}
        </Title>
        {mayChange && (
          <Button variant="default" size="compact-md" onClick={() => setOpen(true)}>
            {t("payer.change")}
          </Button>
        )}
      </Group>
      {known.length === 0 ? (
        <Text c="dimmed">{t("payer.empty")}</Text>
      ) : (
        <dl className={classes.facts}>
          {known.map((name) => (
            <div key={name}>
              <dt>{t(`payer.field.${name}`)}</dt>
              <dd>{payerText(name, payer[name] ?? "")}</dd>
            </div>
          ))}
        </dl>
      )}
      {open && <PayerForm payer={payer} onClose={() => setOpen(false)} />}
    </Paper>
  );
}

function PayerForm({ payer, onClose }: { payer: Payer; onClose: () => void }) {
  const { t } = useTranslation(["billing", "common"]);
  const say = useProblemText();
  const [draft, setDraft] = useState<Payer>({ ...payer, kind: payer.kind === "" ? "company" : payer.kind });
  const save = useBillingChange(billing.setPayer);
  const problem = save.error === null ? null : asProblem(save.error);
  const field = problem?.field.replace(/^body\./, "") ?? "";
  const set = (name: Field, value: string) => setDraft((before) => ({ ...before, [name]: value }));
  return (
    <Modal opened onClose={onClose} size="lg" title={t("payer.title")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          save.mutate(draft, { onSuccess: onClose });
        }}
      >
        <Stack>
          <SegmentedControl
            role="radiogroup"
            aria-label={t("payer.kind")}
            value={draft.kind}
            onChange={(kind) => setDraft((before) => ({ ...before, kind }))}
            data={(["company", "person"] as const).map((value) => ({ value, label: t(`payer.kinds.${value}`) }))}
            style={{ alignSelf: "flex-start" }}
          />
          <SimpleGrid cols={{ base: 1, xs: 2 }}>
            {fields.map((name) => (
              <TextInput
                key={name}
                label={t(`payer.field.${name}`)}
                value={draft[name] ?? ""}
                required={name === "legal_name" || name === "tax_id" || name === "email"}
                onChange={(event) => set(name, event.currentTarget.value)}
                error={field === name ? t("payer.wrong") : undefined}
              />
            ))}
          </SimpleGrid>
          {problem !== null && !fields.includes(field as Field) && (
            <Alert color="brick" role="alert">
              {say(problem)}
            </Alert>
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              {t("common:cancel")}
            </Button>
            <Button type="submit" loading={save.isPending}>
              {t("payer.save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
