import { Badge, Button, Group, Text } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { operator, type LetterStatus } from "@/api/operator";
import { spoken } from "@/i18n";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { RelativeTime, useNow } from "@/ui/time";
import { letterColours, shortMoment } from "./states";

/** A mail to somebody: how far it is, never what it says. */
export function LetterRow({ letter, children }: { letter: LetterStatus; children?: ReactNode }) {
  const { t } = useTranslation("operator");
  const say = useProblemText();
  const client = useQueryClient();
  const now = useNow();
  const mend = useMutation({
    mutationFn: () => operator.letters.mend(letter.id),
    onSuccess: () => notify.good(t("letter.mended")),
    onError: (error) => notify.bad(say(error)),
    onSettled: () => client.invalidateQueries({ queryKey: ["operator"] }),
  });
  const facts = [
    letter.attempts > 0 ? t("attempts", { count: letter.attempts }) : "",
    letter.state === "queued" && letter.next_ms > now ? t("nextTry", { at: shortMoment(letter.next_ms, now, spoken()) }) : "",
    letter.reason === "" ? "" : t(`letter.reason.${letter.reason as "bounced"}`, { defaultValue: letter.reason }),
    letter.problem,
  ].filter(Boolean);
  return (
    <Group justify="space-between" align="flex-start" gap="sm">
      <div style={{ minWidth: 0, flex: "1 1 260px" }}>
        <Group gap="sm">
          <Text fw={550} style={{ overflowWrap: "anywhere" }}>
            {letter.to}
          </Text>
          <Badge color={letterColours[letter.state]}>{t(`letter.state.${letter.state}`)}</Badge>
        </Group>
        <Text size="sm">
          {t(`letter.template.${letter.template as "invitation"}`, { defaultValue: letter.template })} · <RelativeTime ms={letter.created_ms} />
        </Text>
        {facts.length > 0 && (
          <Text size="xs" c="dimmed" style={{ overflowWrap: "anywhere" }}>
            {facts.join(" · ")}
          </Text>
        )}
      </div>
      <Group gap="xs">
        {children}
        {letter.again && (
          <Button size="compact-sm" variant="light" onClick={() => mend.mutate()} loading={mend.isPending} aria-label={t("letter.mendTo", { to: letter.to })}>
            {t("letter.mend")}
          </Button>
        )}
      </Group>
    </Group>
  );
}
