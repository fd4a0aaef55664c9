import { Button, Center, Code, Stack, Text, Title } from "@mantine/core";
import { Link, useRouter, type ErrorComponentProps } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { Problem } from "@/api/problem";
import { Icon } from "@/ui/icon";
import { EmptyState, ErrorState } from "@/ui/state";

/** A page that broke: what can be done, and the words that a developer needs. */
export function Broken({ error, reset }: ErrorComponentProps) {
  const { t } = useTranslation("common");
  const router = useRouter();
  useEffect(() => console.error(error), [error]);
  const again = () => {
    reset();
    void router.invalidate();
  };
  if (error instanceof Problem) {
    return (
      <Center mih="100%">
        <ErrorState error={error} retry={again} />
      </Center>
    );
  }
  return (
    <Center mih="100%" p="xl" role="alert">
      <Stack align="center" maw={460} ta="center">
        <Icon name="alert" size={44} style={{ color: "var(--p-wait)" }} />
        <Title order={1}>{t("broken")}</Title>
        <Text c="dimmed">{t("brokenText")}</Text>
        <Code>{String(error instanceof Error ? error.message : error).slice(0, 300)}</Code>
        <Button onClick={() => location.reload()}>{t("reload")}</Button>
      </Stack>
    </Center>
  );
}

export function NotFound() {
  const { t } = useTranslation("common");
  return (
    <Center mih="100%" component="main">
      <EmptyState
        order={1}
        icon="search"
        title={t("notFound")}
        text={t("notFoundText")}
        action={
          <Button component={Link} to="/inbox">
            {t("toInbox")}
          </Button>
        }
      />
    </Center>
  );
}
