import { Radio, Skeleton, Stack, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Impact, Passage } from "../contract";
import classes from "./panel.module.css";

const passages: Passage[] = ["drain", "move", "restart"];

/** What becomes of the people who are talking to the bot right now, with how many they are. */
export function PassageChoice({ value, onChange, impact, failed }: { value: Passage; onChange: (next: Passage) => void; impact: Impact | undefined; failed: boolean }) {
  const { t } = useTranslation("builder");
  if (impact === undefined && !failed) return <Skeleton height={92} />;
  const now = impact?.sessions ?? 0;
  return (
    <Stack gap="xs">
      <Text size="sm" fw={600} component="h3" m={0}>
        {t("version.people")}
      </Text>
      <Text size="sm">{failed ? t("version.impactUnknown") : now === 0 ? t("version.nobody") : t("version.now", { count: now })}</Text>
      {now > 0 && (
        <ul className={classes.impact}>
          {impact?.versions
            .filter((version) => version.sessions > 0)
            .map((version) => (
              <li key={version.number}>{t("version.onVersion", { count: version.sessions, number: version.number })}</li>
            ))}
          {impact?.removed.map((removed) => (
            <li key={removed.node} data-warn>
              {t("version.atRemoved", { count: removed.sessions, node: removed.node })}
            </li>
          ))}
        </ul>
      )}
      <Radio.Group value={value} onChange={(next) => onChange(next as Passage)} aria-label={t("version.people")}>
        <Stack gap={8}>
          {passages.map((each) => (
            <Radio key={each} value={each} label={t(`version.passage.${each}`)} description={t(`version.passageText.${each}`)} />
          ))}
        </Stack>
      </Radio.Group>
    </Stack>
  );
}
