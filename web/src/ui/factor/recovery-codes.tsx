import { Button, Checkbox, Code, CopyButton, Group, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";

/** The recovery codes, shown once: to copy, keep as a file or print. */
export function RecoveryCodes({ codes, onKept }: { codes: string[]; onKept: () => void }) {
  const { t } = useTranslation("factor");
  const [kept, setKept] = useState(false);
  const text = codes.join("\n");
  return (
    <Stack>
      <Text>{t("codesText")}</Text>
      <Code block aria-label={t("codes")} tabIndex={0} style={{ columns: "2 220px", columnGap: "1.5rem", fontSize: "0.8125rem", lineHeight: 1.9 }}>
        {text}
      </Code>
      <Group gap="xs">
        <CopyButton value={text} timeout={1600}>
          {({ copied, copy }) => (
            <Button variant="default" size="sm" onClick={copy} leftSection={<Icon name={copied ? "check" : "copy"} size={16} />}>
              {t(copied ? "copied" : "copy")}
            </Button>
          )}
        </CopyButton>
        <Button variant="default" size="sm" component="a" href={`data:text/plain;charset=utf-8,${encodeURIComponent(`Prosa\n${t("codes")}\n\n${text}\n`)}`} download="prosa-recovery-codes.txt" leftSection={<Icon name="file" size={16} />}>
          {t("download")}
        </Button>
        <Button variant="default" size="sm" onClick={() => window.print()} leftSection={<Icon name="list" size={16} />}>
          {t("print")}
        </Button>
      </Group>
      <Checkbox label={t("codesKept")} checked={kept} onChange={(event) => setKept(event.currentTarget.checked)} />
      <Button onClick={onKept} disabled={!kept} size="md">
        {t("done")}
      </Button>
    </Stack>
  );
}
