import { Button, Center, Code, CopyButton, Stack, Text, Title, Tooltip, ActionIcon, TextInput, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { Icon, type IconName } from "./icon";
import { useProblemText } from "./problem-text";

/** A place with nothing in it, said kindly and with the next step. */
export function EmptyState({ icon, title, text, action, order = 2 }: { icon: IconName; title: string; text?: string; action?: ReactNode; order?: 1 | 2 }) {
  return (
    <Center mih={240} p="xl">
      <Stack align="center" gap="xs" maw={380} ta="center">
        <Icon name={icon} size={40} style={{ color: "var(--p-accent)", strokeWidth: 1.3 }} />
        <Title order={order} size="h3">
          {title}
        </Title>
        {text !== undefined && <Text c="dimmed">{text}</Text>}
        {action}
      </Stack>
    </Center>
  );
}

/** A request that failed, in words, with a way out. */
export function ErrorState({ error, retry }: { error: unknown; retry?: () => void }) {
  const { t } = useTranslation("common");
  const say = useProblemText();
  const problem = asProblem(error);
  return (
    <Center mih={200} p="xl" role="alert">
      <Stack align="center" gap="xs" maw={420} ta="center">
        <Icon name="alert" size={36} style={{ color: "var(--p-wait)" }} />
        <Text fw={600}>{say(problem)}</Text>
        {problem.requestId !== "" && (
          <Text size="xs" c="dimmed">
            {t("requestId")} <Code>{problem.requestId}</Code>
          </Text>
        )}
        {retry !== undefined && (
          <Button variant="light" onClick={retry} leftSection={<Icon name="retry" size={16} />}>
            {t("tryAgain")}
          </Button>
        )}
      </Stack>
    </Center>
  );
}

/** A value to take elsewhere: read-only, one press copies it. */
export function CopyField({ label, value, description }: { label: string; value: string; description?: string }) {
  const { t } = useTranslation("common");
  return (
    <TextInput
      label={label}
      description={description}
      value={value}
      readOnly
      onFocus={(event) => event.currentTarget.select()}
      styles={{ input: { fontFamily: "var(--mantine-font-family-monospace)", fontSize: "0.8125rem" } }}
      rightSection={<CopyIcon value={value} label={t("copyNamed", { name: label })} />}
    />
  );
}

export function CopyIcon({ value, label }: { value: string; label: string }) {
  const { t } = useTranslation("common");
  return (
    <CopyButton value={value} timeout={1600}>
      {({ copied, copy }) => (
        <Tooltip label={copied ? t("copied") : label}>
          <ActionIcon size="md" onClick={copy} aria-label={copied ? t("copied") : label} color={copied ? "leaf" : "gray"}>
            <Icon name={copied ? "check" : "copy"} size={16} />
          </ActionIcon>
        </Tooltip>
      )}
    </CopyButton>
  );
}

/** The head of a page: what it is, one line about it, what can be done. */
export function PageHeader({ title, text, children }: { title: string; text?: string; children?: ReactNode }) {
  return (
    <Group justify="space-between" align="flex-start" gap="md" mb="lg" wrap="wrap">
      <Stack gap={2} maw={620}>
        <Title order={1}>{title}</Title>
        {text !== undefined && <Text c="dimmed">{text}</Text>}
      </Stack>
      {children !== undefined && <Group gap="xs">{children}</Group>}
    </Group>
  );
}

/** The column that pages other than the inbox stand in. */
export function PageBody({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return (
    <div style={{ height: "100%", overflowY: "auto" }}>
      <div style={{ maxWidth: wide ? 1120 : 860, margin: "0 auto", padding: "clamp(16px, 4vw, 40px)" }}>{children}</div>
    </div>
  );
}
