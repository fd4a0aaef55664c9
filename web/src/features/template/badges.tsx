import { Badge, Tooltip } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Template } from "@/api/template";
import { qualityColor, statusColor } from "./queries";

/** What WhatsApp thinks of a template, and what it is for. */
export function Badges({ template }: { template: Pick<Template, "status" | "quality" | "category" | "language"> }) {
  const { t } = useTranslation("template");
  const quality = template.quality ?? "";
  return (
    <>
      <Badge color="gray">{template.language}</Badge>
      <Badge color={template.category === "marketing" ? "honey" : "plum"}>{t(`category.${template.category}` as "category.utility", { defaultValue: template.category })}</Badge>
      {quality !== "" && quality !== "unknown" && (
        <Tooltip label={t("qualityText")} multiline maw={260}>
          <Badge color={qualityColor[quality] ?? "gray"} tabIndex={0}>
            {t(`quality.${quality}` as "quality.green", { defaultValue: quality })}
          </Badge>
        </Tooltip>
      )}
      <Badge color={statusColor[template.status] ?? "gray"}>{t(`status.${template.status}` as "status.approved", { defaultValue: template.status })}</Badge>
    </>
  );
}
