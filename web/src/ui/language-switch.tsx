import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { isLanguage, speak, type Language } from "@/i18n";

export function LanguageSwitch({ onChange }: { onChange?: (language: Language) => void }) {
  const { t, i18n } = useTranslation("common");
  return (
    <SegmentedControl
      role="radiogroup" size="xs"
      aria-label={t("language")}
      value={i18n.language}
      onChange={(value) => {
        if (!isLanguage(value)) return;
        void speak(value);
        onChange?.(value);
      }}
      data={[
        { value: "pt-BR", label: "Português" },
        { value: "en", label: "English" },
      ]}
    />
  );
}
