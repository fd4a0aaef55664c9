import { Alert, Autocomplete, Badge, Button, FileButton, Group, Loader, Skeleton, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useInfiniteQuery, useMutation } from "@tanstack/react-query";
import { useEffect, useId, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { templateKeys, templates, type Template, type TemplateChoice, type TemplateVariable } from "@/api/template";
import type { Upload } from "@/api/types";
import { Icon } from "../icon";
import { useProblemText } from "../problem-text";
import { EmptyState, ErrorState } from "../state";
import { Preview } from "./bubble";
import classes from "./template.module.css";
import { filledIn } from "./variable";

/** A filled template as the thread shows it until the server's own word comes. */
export interface PickedTemplate extends TemplateChoice {
  shown: { header?: string; text: string; footer?: string; buttons?: string[] };
}

interface Props {
  /** Only templates of this channel account, approved ones. */
  accountID: string;
  /** Proposed where a template asks for a name. */
  contactName?: string;
  busy?: boolean;
  onPick: (picked: PickedTemplate) => void;
  onCancel?: () => void;
}

/** Finds an approved template, fills it in, shows it as the customer will see it, and gives it back to be sent. */
export function TemplatePicker({ accountID, contactName = "", busy = false, onPick, onCancel }: Props) {
  const { t } = useTranslation(["template", "common"]);
  const [typed, setTyped] = useState("");
  const [words] = useDebouncedValue(typed.trim(), 200);
  const [chosen, setChosen] = useState<Template | null>(null);
  const search = { account_id: accountID, sendable: true, q: words };
  const query = useInfiniteQuery({
    queryKey: templateKeys.list(search),
    queryFn: ({ pageParam }) => templates.list({ ...search, cursor: pageParam, limit: 50 }),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (old) => old,
    staleTime: 30_000,
  });
  const found = query.data?.pages.flatMap((page) => page.items) ?? [];
  const several = new Set(found.map((each) => each.language)).size > 1;
  return (
    <Stack gap="sm">
      <TextInput
        type="search"
        label={t("find")}
        leftSection={<Icon name="search" size={17} />}
        rightSection={query.isFetching && !query.isPending ? <Loader size="xs" /> : undefined}
        value={typed}
        maxLength={200}
        data-autofocus
        onChange={(event) => setTyped(event.currentTarget.value)}
      />
      {query.isPending ? (
        <div aria-busy="true" aria-label={t("loading")}>
          {[0, 1, 2].map((i) => (
            <Skeleton key={i} height={44} mb={6} />
          ))}
        </div>
      ) : query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : found.length === 0 ? (
        <EmptyState icon="list" title={words === "" ? t("noneApproved") : t("nothing")} text={words === "" ? t("noneApprovedText") : t("nothingText")} />
      ) : (
        <div className={classes.picker}>
          <div className={classes.options} role="group" aria-label={t("title")}>
            {found.map((each) => (
              <UnstyledButton key={each.id} className={classes.option} aria-pressed={chosen?.id === each.id} onClick={() => setChosen(each)}>
                <Group gap={6} wrap="nowrap" justify="space-between">
                  <Text component="span" fw={600} size="sm" truncate>
                    {each.name}
                  </Text>
                  <Group gap={4} wrap="nowrap">
                    {several && (
                      <Badge size="xs" color="gray">
                        {each.language}
                      </Badge>
                    )}
                    <Badge size="xs" color={each.category === "marketing" ? "honey" : "plum"}>
                      {t(`category.${each.category}` as "category.utility", { defaultValue: each.category })}
                    </Badge>
                  </Group>
                </Group>
                <small>{each.body}</small>
              </UnstyledButton>
            ))}
            {query.hasNextPage && (
              <Button variant="subtle" size="compact-sm" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
                {t("more")}
              </Button>
            )}
          </div>
          {chosen === null ? (
            <Text c="dimmed" size="sm" p="sm">
              {t("chooseOne")}
            </Text>
          ) : (
            <Filling key={chosen.id} template={chosen} contactName={contactName} busy={busy} onPick={onPick} />
          )}
        </div>
      )}
      {onCancel !== undefined && (
        <Group justify="flex-start">
          <Button variant="default" onClick={onCancel}>
            {t("common:cancel")}
          </Button>
        </Group>
      )}
    </Stack>
  );
}

/** Names of variables that ask who the customer is. */
const asksName = /^(first_name|firstname|name|nome|primeiro_nome|nome_cliente|cliente|customer|customer_name)$/;

function Filling({ template, contactName, busy, onPick }: { template: Template; contactName: string; busy: boolean; onPick: (picked: PickedTemplate) => void }) {
  const { t } = useTranslation("template");
  const say = useProblemText();
  const form = useId();
  const first = contactName.trim().split(/\s+/)[0] ?? "";
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(template.variables.filter((each) => first !== "" && asksName.test(each.key)).map((each) => [each.key, first])),
  );
  const [file, setFile] = useState<Upload | null>(null);
  const [asked, setAsked] = useState(false);
  const send = useMutation({ mutationFn: api.media.upload, onSuccess: setFile });
  const kind = template.header?.kind ?? "";
  const wantsFile = kind === "image" || kind === "video" || kind === "document";
  const lacksFile = wantsFile && file === null && template.header?.sample === undefined;
  const missing = template.variables.filter((each) => (values[each.key] ?? "").trim() === "");
  const grown = [...filledIn(template.body, "", values)].length;
  const picture = usePicture(send.variables ?? null, kind === "image" && file !== null);
  return (
    <form
      id={form}
      onSubmit={(event) => {
        event.preventDefault();
        event.stopPropagation(); // it may stand inside of another form of the page
        setAsked(true);
        if (missing.length > 0 || lacksFile || send.isPending || grown > 1024) return;
        onPick({ template_id: template.id, values, ...(file === null ? {} : { header_upload: file.id }), shown: shown(template, values) });
      }}
    >
      <Stack gap="sm">
        <Preview template={template} values={values} picture={picture} />
        {wantsFile && (
          <div>
            <Group gap="xs">
              <FileButton accept={accepted[kind]} onChange={(one) => one !== null && send.mutate(one)}>
                {(props) => (
                  <Button {...props} variant="default" size="compact-sm" loading={send.isPending} leftSection={<Icon name="attach" size={15} />}>
                    {file === null ? t("chooseFile") : t("changeFile")}
                  </Button>
                )}
              </FileButton>
              <Text size="sm" c="dimmed">
                {file?.name ?? (template.header?.sample === undefined ? "" : t("ownFile"))}
              </Text>
            </Group>
            {send.isError && (
              <Text size="sm" c="brick" role="alert">
                {say(send.error)}
              </Text>
            )}
            {asked && lacksFile && (
              <Text size="sm" c="brick" role="alert">
                {t("fileMissing")}
              </Text>
            )}
          </div>
        )}
        {template.variables.map((each) => (
          <Autocomplete
            key={each.key}
            label={variableLabel(each, t)}
            placeholder={each.sample === undefined || each.sample === "" ? undefined : t("forExample", { sample: each.sample })}
            data={[...new Set([first, contactName.trim()].filter((name) => name !== "" && each.in === "body"))]}
            value={values[each.key] ?? ""}
            maxLength={each.max}
            error={asked && (values[each.key] ?? "").trim() === "" ? t("fillIn") : undefined}
            onChange={(value) => setValues((old) => ({ ...old, [each.key]: value }))}
          />
        ))}
        {grown > 1024 && <Alert color="brick">{t("grown", { count: grown })}</Alert>}
        {template.category === "marketing" && (
          <Text size="xs" c="dimmed">
            {t("marketingNote")}
          </Text>
        )}
        <Button type="submit" form={form} loading={busy} leftSection={<Icon name="send" size={16} />}>
          {t("send")}
        </Button>
      </Stack>
    </form>
  );
}

const accepted: Partial<Record<string, string>> = { image: "image/jpeg,image/png", video: "video/mp4,video/3gpp", document: "application/pdf" };

/** An address of the chosen picture, for as long as it is shown. */
export function usePicture(file: File | null, wanted: boolean): string | undefined {
  const url = useMemo(() => (wanted && file !== null && typeof URL.createObjectURL === "function" ? URL.createObjectURL(file) : undefined), [file, wanted]);
  useEffect(() => () => void (url !== undefined && URL.revokeObjectURL(url)), [url]);
  return url;
}

/** What a variable is called where a person fills it in. */
export function variableLabel(variable: Pick<TemplateVariable, "key" | "in">, t: ReturnType<typeof useTranslation<"template">>["t"]): string {
  const name = variable.key.replace(/^(header|button)\./, "");
  if (variable.in === "button") return t("ofButton", { name });
  if (variable.in === "header") return t(`place.${name}` as "place.name", { defaultValue: t("ofHeader", { name }) });
  return /^\d+$/.test(name) ? t("ofBody", { name }) : name.replaceAll("_", " ");
}

function shown(template: Template, values: Record<string, string>): PickedTemplate["shown"] {
  return {
    ...(template.header?.kind === "text" ? { header: filledIn(template.header.text ?? "", "header.", values) } : {}),
    text: filledIn(template.body, "", values),
    ...(template.footer === undefined ? {} : { footer: template.footer }),
    ...(template.buttons === undefined ? {} : { buttons: template.buttons.map((button) => button.text) }),
  };
}
