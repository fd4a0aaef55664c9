import { Select, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { templateKeys, templates } from "@/api/template";
import { Preview } from "@/ui/template/bubble";
import { variableLabel } from "@/ui/template/picker";
import type { FlowNode } from "../contract";
import { useTarget } from "./context";
import { Suggest } from "./suggest";

/** One of WhatsApp's approved templates, with what is put into it. */
export function TemplateForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation(["builder", "template"]);
  const { t: ofTemplate } = useTranslation("template");
  const { put, readOnly } = useTarget();
  const search = { sendable: true, limit: 200 };
  const query = useQuery({ queryKey: [...templateKeys.list(search), "flow"], queryFn: () => templates.list(search), staleTime: 30_000 });
  const found = query.data?.items ?? [];
  const name = typeof node.template === "string" ? node.template : "";
  const language = typeof node.language === "string" ? node.language : "";
  const chosen = found.find((each) => each.name === name && each.language === language);
  const values = (typeof node.values === "object" && node.values !== null ? node.values : {}) as Record<string, string>;
  const value = name === "" ? null : `${name}/${language}`;
  const known = found.map((each) => ({ value: `${each.name}/${each.language}`, label: `${each.name} (${each.language})` }));
  // The keys hold dots, so the values are written as a whole.
  const write = (key: string, text: string) => put("values", Object.fromEntries(Object.entries({ ...values, [key]: text }).filter(([, each]) => each !== "")), true);
  const keys = chosen?.variables ?? Object.keys(values).map((key) => ({ key, in: key.startsWith("header.") ? ("header" as const) : key.startsWith("button.") ? ("button" as const) : ("body" as const) }));
  return (
    <>
      <Select
        label={t("form.template")}
        placeholder={t("form.templateHint")}
        nothingFoundMessage={t("template:noneApproved")}
        searchable
        readOnly={readOnly}
        allowDeselect={false}
        value={value}
        data={value === null || known.some((each) => each.value === value) ? known : [...known, { value, label: `${name} (${language})` }]}
        onChange={(next) => {
          const picked = found.find((each) => `${each.name}/${each.language}` === next);
          if (picked === undefined) return;
          put("template", picked.name);
          put("language", picked.language);
          put("values", Object.fromEntries(picked.variables.flatMap(({ key }) => (values[key] === undefined ? [] : [[key, values[key]]]))));
        }}
        comboboxProps={{ withinPortal: true }}
      />
      {name !== "" && query.isSuccess && chosen === undefined && (
        <Text size="sm" c="brick">
          {t("form.templateUnknown")}
        </Text>
      )}
      {keys.map((each) => (
        <Suggest key={each.key} label={variableLabel(each, ofTemplate)} template value={values[each.key] ?? ""} readOnly={readOnly} onChange={(text) => write(each.key, text)} />
      ))}
      {chosen !== undefined && <Preview template={chosen} values={values} />}
      <Text size="xs" c="dimmed">
        {t("form.templateText")}
      </Text>
    </>
  );
}
