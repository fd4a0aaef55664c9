import { ActionIcon, Alert, Button, FileButton, Group, Radio, Select, Skeleton, Stack, Text, Textarea, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useNavigate, useParams, useSearch } from "@tanstack/react-router";
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import { templateKeys, templates, type NewTemplate, type Template, type TemplateEdit } from "@/api/template";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState, PageBody, PageHeader } from "@/ui/state";
import { Preview } from "@/ui/template/bubble";
import { usePicture, variableLabel } from "@/ui/template/picker";
import { languageName, languages, placesQuery } from "./queries";
import { flawsOf, keysOf, most, mostOfKind, nextVariable, type Draft, type DraftButton } from "./rule";
import classes from "./template.module.css";

const headerKinds = ["none", "text", "image", "video", "document", "location"] as const;
const buttonKinds = ["quick_reply", "url", "phone_number", "copy_code"] as const;
const accepted: Partial<Record<string, string>> = { image: "image/jpeg,image/png", video: "video/mp4,video/3gpp", document: "application/pdf" };

const empty: Draft = { name: "", language: "pt_BR", category: "utility", headerKind: "none", headerText: "", upload: "", hasFile: false, body: "", footer: "", buttons: [], samples: {} };

/** Writes a new template. */
export function NewTemplatePage() {
  const { t } = useTranslation("template");
  const search = useSearch({ strict: false }) as { account?: string };
  const places = useQuery(placesQuery);
  if (places.isError && places.data === undefined) return <PageBody wide><ErrorState error={places.error} retry={() => void places.refetch()} /></PageBody>;
  if (places.isPending) return <Loading />;
  const usable = places.data.items.filter((each) => each.waba_id !== "");
  const account = usable.find((each) => each.account_id === search.account) ?? usable[0];
  if (account === undefined) return <PageBody wide><Alert color="honey">{t("noNumberText")}</Alert></PageBody>;
  return <Editor account={account.account_id} draft={empty} />;
}

/** Edits a template that is there. */
export default function EditTemplatePage() {
  const { template: id = "" } = useParams({ strict: false }) as { template?: string };
  const query = useQuery({ queryKey: templateKeys.one(id), queryFn: () => templates.get(id), staleTime: Infinity });
  if (query.isError && query.data === undefined) return <PageBody wide><ErrorState error={query.error} retry={() => void query.refetch()} /></PageBody>;
  if (query.isPending) return <Loading />;
  return <Editor template={query.data} draft={draftOf(query.data)} account="" />;
}

function Loading() {
  const { t } = useTranslation("template");
  return (
    <PageBody wide>
      <div aria-busy="true" aria-label={t("loading")}>
        <Skeleton height={420} radius="lg" />
      </div>
    </PageBody>
  );
}

function draftOf(template: Template): Draft {
  return {
    ...empty,
    name: template.name,
    language: template.language,
    category: template.category === "marketing" ? "marketing" : "utility",
    headerKind: template.header?.kind ?? "none",
    headerText: template.header?.text ?? "",
    hasFile: template.header?.sample !== undefined,
    body: template.body,
    footer: template.footer ?? "",
    buttons: (template.buttons ?? []).map((button, key) => ({ key, kind: buttonKinds.find((kind) => kind === button.kind) ?? "quick_reply", text: button.text, url: button.url ?? "", phone: button.phone ?? "" })),
    samples: template.samples ?? {},
  };
}

/** What goes to the server, without what the kinds don't have. */
function contentOf(draft: Draft): Omit<TemplateEdit, "category"> {
  const keys = keysOf(draft);
  return {
    body: draft.body,
    ...(draft.footer.trim() === "" ? {} : { footer: draft.footer }),
    ...(draft.headerKind === "none" ? {} : { header: { kind: draft.headerKind, ...(draft.headerKind === "text" ? { text: draft.headerText } : {}), ...(draft.upload === "" ? {} : { upload: draft.upload }) } }),
    ...(draft.buttons.length === 0
      ? {}
      : { buttons: draft.buttons.map((button) => ({ kind: button.kind, text: button.text, ...(button.kind === "url" ? { url: button.url } : {}), ...(button.kind === "phone_number" ? { phone: button.phone } : {}) })) }),
    samples: Object.fromEntries(keys.map((key) => [key, draft.samples[key] ?? ""])),
  };
}

function Editor({ template, draft: before, account }: { template?: Template; draft: Draft; account: string }) {
  const { t, i18n } = useTranslation("template");
  const say = useProblemText();
  const client = useQueryClient();
  const navigate = useNavigate();
  const [draft, setDraft] = useState(before);
  const [asked, setAsked] = useState(false);
  const bodyField = useRef<HTMLTextAreaElement>(null);
  const change = (fields: Partial<Draft>) => setDraft((old) => ({ ...old, ...fields }));
  const flaws = flawsOf(draft, template === undefined);
  const send = useMutation({
    mutationFn: () =>
      template === undefined
        ? templates.create({ account_id: account, name: draft.name, language: draft.language, category: draft.category, ...contentOf(draft) } satisfies NewTemplate)
        : templates.edit(template.id, { ...(template.status === "approved" ? {} : { category: draft.category }), ...contentOf(draft) }),
    onSuccess: (made) => {
      notify.good(t(template === undefined ? "submitted" : "edited"));
      void client.invalidateQueries({ queryKey: templateKeys.all });
      void navigate({ to: "/templates/$template", params: { template: made.id } });
    },
  });
  const upload = useMutation({ mutationFn: api.media.upload, onSuccess: (done) => change({ upload: done.id }) });
  const problem = send.isError ? asProblem(send.error) : undefined;
  const limits: Partial<Record<string, number>> = { body: most.body, "header.text": most.header, footer: most.footer };
  /** The words under a field: what the rules say, once the person has asked to send; else what the server said. */
  const errorOf = (field: string): string | undefined => {
    const rule = flaws[field];
    if (asked && rule !== undefined) return t(`rule.${rule}`, { most: limits[field] ?? most.label });
    return problem?.field === field || (field === "header.sample" && problem?.field === "header") ? say(problem) : undefined;
  };
  const picture = usePicture(upload.variables ?? null, draft.headerKind === "image" && draft.upload !== "");
  const wantsFile = accepted[draft.headerKind] !== undefined;
  const addVariable = () => {
    const field = bodyField.current;
    const at = field?.selectionStart ?? draft.body.length;
    const added = nextVariable(draft.body);
    change({ body: draft.body.slice(0, at) + added + draft.body.slice(field?.selectionEnd ?? at) });
    requestAnimationFrame(() => {
      field?.focus();
      field?.setSelectionRange(at + added.length, at + added.length);
    });
  };
  return (
    <PageBody wide>
      <Button component={Link} to={template === undefined ? "/templates" : `/templates/${template.id}`} variant="subtle" color="gray" size="compact-sm" leftSection={<Icon name="back" size={16} />} mb="sm" ml={-8} maw="100%">
        {template === undefined ? t("back") : template.name}
      </Button>
      <PageHeader title={template === undefined ? t("newTitle") : t("editTitle", { name: template.name })} {...(template === undefined ? {} : { text: t("editNote") })} />
      <form
        noValidate
        className={classes.two}
        aria-label={template === undefined ? t("newTitle") : t("editTitle", { name: template.name })}
        onSubmit={(event) => {
          event.preventDefault();
          setAsked(true);
          if (Object.keys(flaws).length === 0 && !upload.isPending) send.mutate();
          else requestAnimationFrame(() => document.querySelector<HTMLElement>("form [aria-invalid=true]")?.focus());
        }}
      >
        <Stack>
          {template === undefined && (
            <Group grow align="flex-start">
              <TextInput
                label={t("name")}
                description={t("nameHint")}
                inputWrapperOrder={["label", "input", "description", "error"]}
                value={draft.name}
                maxLength={512}
                error={errorOf("name")}
                onChange={(event) => change({ name: event.currentTarget.value.toLowerCase().replace(/\s/g, "_") })}
              />
              <Select
                label={t("language")}
                searchable
                allowDeselect={false}
                value={draft.language}
                error={errorOf("language")}
                onChange={(language) => change({ language: language ?? "pt_BR" })}
                data={languages.map((code) => ({ value: code, label: languageName(code, i18n.language) }))}
              />
            </Group>
          )}
          {template?.status !== "approved" && (
            <Radio.Group label={t("category_")} value={draft.category} onChange={(category) => change({ category: category === "marketing" ? "marketing" : "utility" })} error={errorOf("category")}>
              <Stack gap="xs" mt={6}>
                {(["utility", "marketing"] as const).map((each) => (
                  <Radio key={each} value={each} label={t(`category.${each}`)} description={t(`categoryText.${each}`)} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <Select
            label={t("headerLabel")}
            allowDeselect={false}
            value={draft.headerKind}
            error={errorOf("header.kind")}
            onChange={(kind) => change({ headerKind: headerKinds.find((each) => each === kind) ?? "none", upload: "", hasFile: before.hasFile && kind === before.headerKind })}
            data={headerKinds.map((kind) => ({ value: kind, label: t(`header.${kind}`) }))}
          />
          {draft.headerKind === "text" && (
            <Counted label={t("headerText")} most={most.header} value={draft.headerText} error={errorOf("header.text")} onChange={(headerText) => change({ headerText })} />
          )}
          {wantsFile && (
            <div>
              <Text size="sm" fw={500}>{t("headerFileLabel")}</Text>
              <Text size="xs" c="dimmed" mb={4}>{t("headerFileHint")}</Text>
              <Group gap="xs">
                <FileButton accept={accepted[draft.headerKind]} onChange={(file) => file !== null && upload.mutate(file)}>
                  {(props) => (
                    <Button {...props} variant="default" loading={upload.isPending} leftSection={<Icon name="attach" size={16} />}>
                      {draft.upload !== "" || draft.hasFile ? t("changeFile") : t("chooseFile")}
                    </Button>
                  )}
                </FileButton>
                <Text size="sm" c="dimmed">{draft.upload === "" ? "" : upload.data?.name}</Text>
              </Group>
              {(upload.isError || errorOf("header.sample") !== undefined) && (
                <Text size="sm" c="brick" role="alert">{upload.isError ? say(upload.error) : errorOf("header.sample")}</Text>
              )}
            </div>
          )}
          <div>
            <Textarea
              ref={bodyField}
              label={t("body")}
              description={t("bodyHint", { open: "{{", close: "}}" })}
              autosize
              minRows={4}
              maxRows={14}
              value={draft.body}
              error={errorOf("body")}
              onChange={(event) => change({ body: event.currentTarget.value })}
            />
            <Group justify="space-between" mt={4}>
              <Button variant="light" size="compact-sm" onClick={addVariable} leftSection={<Icon name="plus" size={14} />}>{t("addVariable")}</Button>
              <Count used={draft.body.length} most={most.body} />
            </Group>
          </div>
          <Counted label={t("footer")} description={t("footerHint")} most={most.footer} value={draft.footer} error={errorOf("footer")} onChange={(footer) => change({ footer })} />
          <Buttons draft={draft} change={change} errorOf={errorOf} />
          <Samples draft={draft} change={change} errorOf={errorOf} />
          {problem !== undefined && (
            <Alert color="brick" role="alert" title={say(problem)}>{problem.message}</Alert>
          )}
          <Group>
            <Button type="submit" loading={send.isPending} leftSection={<Icon name="send" size={16} />}>{t("submit")}</Button>
          </Group>
        </Stack>
        <div className={classes.aside}>
          <Preview template={{ header: draft.headerKind === "none" ? undefined : { kind: draft.headerKind, text: draft.headerText }, body: draft.body, footer: draft.footer, buttons: draft.buttons }} values={draft.samples} picture={picture} />
        </div>
      </form>
    </PageBody>
  );
}

function Count({ used, most: limit }: { used: number; most: number }) {
  const { t, i18n } = useTranslation("template");
  return (
    <Text size="xs" c={used > limit ? "brick" : "dimmed"} aria-live={used > limit ? "polite" : "off"}>
      {t("characters", { count: used, most: limit.toLocaleString(i18n.language) })}
    </Text>
  );
}

function Counted({ label, description, most: limit, value, error, onChange }: { label: string; description?: string; most: number; value: string; error: string | undefined; onChange: (value: string) => void }) {
  return (
    <div>
      <TextInput label={label} description={description} value={value} error={error} onChange={(event) => onChange(event.currentTarget.value)} />
      <Group justify="flex-end" mt={2}>
        <Count used={value.length} most={limit} />
      </Group>
    </div>
  );
}

interface Part {
  draft: Draft;
  change: (fields: Partial<Draft>) => void;
  errorOf: (field: string) => string | undefined;
}

function Buttons({ draft, change, errorOf }: Part) {
  const { t } = useTranslation("template");
  const open = (kind: DraftButton["kind"]) => draft.buttons.filter((each) => each.kind === kind).length < mostOfKind[kind];
  const put = (key: number, fields: Partial<DraftButton>) => change({ buttons: draft.buttons.map((each) => (each.key === key ? { ...each, ...fields } : each)) });
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">{t("buttons")}</Title>
      {draft.buttons.map((button, index) => {
        const number = index + 1;
        const field = `buttons.${String(index)}`;
        return (
          <div key={button.key} className={classes.button} role="group" aria-label={`${t("buttons")} ${String(number)}`}>
            <Select
              aria-label={t("buttonKind", { number })}
              allowDeselect={false}
              value={button.kind}
              error={errorOf(`${field}.kind`)}
              onChange={(kind) => put(button.key, { kind: buttonKinds.find((each) => each === kind) ?? "quick_reply" })}
              data={buttonKinds.map((kind) => ({ value: kind, label: t(`button.${kind}`), disabled: kind !== button.kind && !open(kind) }))}
            />
            <TextInput
              className={classes.label}
              aria-label={t("buttonText", { number })}
              disabled={button.kind === "copy_code"}
              value={button.kind === "copy_code" ? t("button.copy_code") : button.text}
              maxLength={most.label}
              error={errorOf(`${field}.text`)}
              onChange={(event) => put(button.key, { text: event.currentTarget.value })}
            />
            <Group gap={2} wrap="nowrap">
              <ActionIcon
                aria-label={t("moveUp", { number })}
                disabled={index === 0}
                onClick={() => {
                  const buttons = [...draft.buttons];
                  buttons.splice(index - 1, 0, ...buttons.splice(index, 1));
                  change({ buttons });
                }}
              >
                <Icon name="down" size={16} style={{ transform: "rotate(180deg)" }} />
              </ActionIcon>
              <ActionIcon aria-label={t("removeButton", { number })} onClick={() => change({ buttons: draft.buttons.filter((each) => each.key !== button.key) })}>
                <Icon name="close" size={16} />
              </ActionIcon>
            </Group>
            {button.kind === "url" && (
              <TextInput
                className={classes.more}
                label={t("buttonUrl", { number })}
                description={t("buttonUrlHint", { open: "{{", close: "}}" })}
                type="url"
                value={button.url}
                error={errorOf(`${field}.url`)}
                onChange={(event) => put(button.key, { url: event.currentTarget.value.trim() })}
              />
            )}
            {button.kind === "phone_number" && (
              <TextInput className={classes.more} label={t("buttonPhone", { number })} type="tel" value={button.phone} error={errorOf(`${field}.phone`)} onChange={(event) => put(button.key, { phone: event.currentTarget.value })} />
            )}
          </div>
        );
      })}
      {errorOf("buttons") !== undefined && <Text size="sm" c="brick" role="alert">{errorOf("buttons")}</Text>}
      {draft.buttons.length < most.buttons && (
        <div>
          <Button
            variant="light"
            size="compact-sm"
            leftSection={<Icon name="plus" size={14} />}
            onClick={() => change({ buttons: [...draft.buttons, { key: Math.max(0, ...draft.buttons.map((each) => each.key + 1)), kind: "quick_reply", text: "", url: "", phone: "" }] })}
          >
            {t("addButton")}
          </Button>
        </div>
      )}
    </Stack>
  );
}

function Samples({ draft, change, errorOf }: Part) {
  const { t } = useTranslation("template");
  const keys = keysOf(draft);
  if (keys.length === 0) return null;
  return (
    <Stack gap="xs">
      <Title order={2} size="h3">{t("samples")}</Title>
      <Text size="sm" c="dimmed">{t("samplesHint")}</Text>
      {keys.map((key) => (
        <TextInput
          key={key}
          label={variableLabel({ key, in: key.startsWith("header.") ? "header" : key.startsWith("button.") ? "button" : "body" }, t)}
          value={draft.samples[key] ?? ""}
          maxLength={key.startsWith("header.") ? most.header : most.body}
          error={errorOf(`samples.${key}`)}
          onChange={(event) => change({ samples: { ...draft.samples, [key]: event.currentTarget.value } })}
        />
      ))}
    </Stack>
  );
}
