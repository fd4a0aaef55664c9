import { Alert, Button, Checkbox, Group, Modal, Skeleton, Stack, Text, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useMe } from "@/api/session";
import { templateKeys, templates, type TemplateDetail } from "@/api/template";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState, PageBody, PageHeader } from "@/ui/state";
import { Preview } from "@/ui/template/bubble";
import { RelativeTime } from "@/ui/time";
import { Badges } from "./badges";
import { languageName, useLiveTemplates } from "./queries";
import classes from "./template.module.css";

/** One template: what customers see of it, what WhatsApp thinks of it and what to do. */
export default function TemplatePage() {
  const { t } = useTranslation("template");
  const { template: id = "" } = useParams({ strict: false }) as { template?: string };
  useLiveTemplates();
  const query = useQuery({ queryKey: templateKeys.one(id), queryFn: () => templates.get(id) });
  if (query.isError && query.data === undefined) {
    return (
      <PageBody wide>
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      </PageBody>
    );
  }
  if (query.isPending) {
    return (
      <PageBody wide>
        <div aria-busy="true" aria-label={t("loading")}>
          <Skeleton height={40} mb={16} maw={320} />
          <Skeleton height={280} radius="lg" />
        </div>
      </PageBody>
    );
  }
  return <Shown template={query.data} />;
}

function Shown({ template }: { template: TemplateDetail }) {
  const { t, i18n } = useTranslation(["template", "common"]);
  const { may } = useMe();
  const [asking, setAsking] = useState(false);
  const manage = may("template.manage");
  const reason = template.reason ?? "";
  const foreign = template.foreign ?? [];
  return (
    <PageBody wide>
      <Button component={Link} to="/templates" variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="back" size={16} />} mb="sm" ml={-8}>
        {t("back")}
      </Button>
      <PageHeader title={template.name} text={languageName(template.language, i18n.language)}>
        {manage && template.category !== "authentication" && foreign.length === 0 && (
          <Button
            variant="default"
            disabled={!template.editable.ok}
            leftSection={<Icon name="settings" size={17} />}
            {...(template.editable.ok ? { renderRoot: (props: object) => <Link to="/templates/$template/edit" params={{ template: template.id }} {...props} /> } : {})}
          >
            {t("edit")}
          </Button>
        )}
        {manage && (
          <Button variant="subtle" color="brick" onClick={() => setAsking(true)}>
            {t("delete")}
          </Button>
        )}
      </PageHeader>
      <div className={classes.two}>
        <Stack>
          <Group gap={6}>
            <Badges template={template} />
          </Group>
          <Alert color={template.status === "approved" ? "leaf" : template.status === "rejected" || template.status === "disabled" ? "brick" : "honey"} title={t(`status.${template.status}` as "status.approved", { defaultValue: template.status })}>
            <Text size="sm">{t(`statusText.${template.status}` as "statusText.approved", { defaultValue: "" })}</Text>
            {reason !== "" && (
              <Text size="sm" mt={4}>
                {t(`reason.${reason}` as "reason.SCAM", { defaultValue: t("saidReason", { reason }) })}
              </Text>
            )}
          </Alert>
          {foreign.length > 0 && (
            <Alert color="gray" title={t("cantSend")}>
              {t("foreign", { parts: foreign.join(", ") })}
            </Alert>
          )}
          {manage && !template.editable.ok && template.editable.reason !== undefined && (
            <Text size="sm" c="dimmed">
              {t(`cantEdit.${template.editable.reason}`)}{" "}
              {template.editable.until_ms !== undefined && t("editFrom", { when: new Intl.DateTimeFormat(i18n.language, { dateStyle: "short", timeStyle: "short" }).format(template.editable.until_ms) })}
            </Text>
          )}
          {template.languages.length > 0 && (
            <Text size="sm">
              {t("otherLanguages")} {template.languages.map((code) => languageName(code, i18n.language)).join(", ")}
            </Text>
          )}
          <section aria-labelledby="history">
            <Title order={2} size="h3" id="history" mb="xs">
              {t("history")}
            </Title>
            {template.history.length === 0 ? (
              <Text c="dimmed">{t("historyEmpty")}</Text>
            ) : (
              <ul className={classes.history}>
                {template.history.map((change) => (
                  <li key={`${String(change.at_ms)}${change.kind}${change.value}`}>
                    <Text component="span" size="sm" c="dimmed">
                      <RelativeTime ms={change.at_ms} />
                    </Text>
                    <Text component="span" size="sm" fw={600}>
                      {t(`historyKind.${change.kind}`)}
                    </Text>
                    <Text component="span" size="sm">
                      {change.kind === "content"
                        ? t(`historyValue.${change.value}` as "historyValue.edited", { defaultValue: change.value })
                        : t(`${change.kind}.${change.value}` as "status.approved", { defaultValue: change.value })}
                    </Text>
                    {(change.reason ?? "") !== "" && (
                      <Text component="span" size="sm" c="dimmed">
                        {change.reason}
                      </Text>
                    )}
                  </li>
                ))}
              </ul>
            )}
          </section>
        </Stack>
        <div className={classes.aside}>
          <Preview template={template} values={template.samples ?? {}} />
        </div>
      </div>
      {asking && <DeleteDialog template={template} onClose={() => setAsking(false)} />}
    </PageBody>
  );
}

function DeleteDialog({ template, onClose }: { template: TemplateDetail; onClose: () => void }) {
  const { t } = useTranslation(["template", "common"]);
  const say = useProblemText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [all, setAll] = useState(false);
  const remove = useMutation({
    mutationFn: () => templates.remove(template.id, all),
    onSuccess: () => {
      notify.good(t("deleted"));
      client.removeQueries({ queryKey: templateKeys.one(template.id) });
      void client.invalidateQueries({ queryKey: ["templates", "list"] });
      void navigate({ to: "/templates" });
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("deleteTitle", { name: template.name })} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Stack>
        <Text>{t("deleteText", { language: template.language })}</Text>
        {template.languages.length > 0 && <Checkbox label={t("deleteAll")} checked={all} onChange={(event) => setAll(event.currentTarget.checked)} />}
        {remove.isError && <Alert color="brick">{say(remove.error)}</Alert>}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose} data-autofocus>
            {t("common:cancel")}
          </Button>
          <Button color="brick" loading={remove.isPending} onClick={() => remove.mutate()}>
            {t("delete")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
