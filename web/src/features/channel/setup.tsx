import { Alert, Anchor, Button, Code, Group, Loader, PasswordInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import type { ChannelAccount, ChannelGuide, CheckPoint } from "@/api/types";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { CopyIcon, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { CheckButton, HookFields, Points, SubscribeButton } from "./checks";
import classes from "./channel.module.css";
import { TestMessage } from "./care";

/** The way from nothing to the first message, in numbered steps. It can be left and taken up again: the account is a draft until its platform has said that it is ours. */
export function Setup({ account, onDone }: { account: ChannelAccount; onDone: () => void }) {
  const { t } = useTranslation(["channel", "common"]);
  const flavour = account.channel === "instagram" ? (account.settings.flavour === "login" ? "login" : "page") : undefined;
  const guide = useQuery({ queryKey: ["channel-guide", account.channel, flavour], queryFn: () => api.channels.guide(account.channel, flavour), staleTime: Infinity });
  const proven = account.state === "active";
  const heard = account.last_webhook_ms > 0;
  if (guide.isError) return <ErrorState error={guide.error} retry={() => void guide.refetch()} />;
  if (guide.data === undefined) return <Loader aria-label={t("loading")} />;
  return (
    <ol className={classes.steps} aria-label={t("setup")}>
      <Step number={1} title={t("step.prepare")} done={proven}>
        <Prepare guide={guide.data} />
      </Step>
      <Step number={2} title={t("step.values")} done={proven}>
        {proven ? <Text size="sm">{t("proven", { name: [account.display, account.external_id].filter(Boolean).join(" · ") })}</Text> : <Values account={account} guide={guide.data} />}
      </Step>
      <Step number={3} title={t("step.webhook")} done={heard}>
        <Stack>
          <Text size="sm">{t(`hookText.${account.channel}`)}</Text>
          <HookFields account={account} />
          {guide.data.object !== undefined && (
            <Text size="sm">
              {t("object")}: <Code>{guide.data.object}</Code>
            </Text>
          )}
          {guide.data.fields.length > 0 && <Copies title={t("fields")} names={guide.data.fields} />}
          {proven ? <SubscribeButton account={account} /> : <Text size="sm" c="dimmed">{t("afterProof")}</Text>}
        </Stack>
      </Step>
      <Step number={4} title={t("step.first")} done={heard}>
        {heard ? (
          <Alert color="leaf" icon={<Icon name="check" />} role="status">
            {t("firstSeen")} <RelativeTime ms={account.last_webhook_ms} />
          </Alert>
        ) : (
          <Group gap="sm" role="status" wrap="nowrap">
            {proven && <Loader size="sm" />}
            <Text size="sm">{t(proven ? "firstWaiting" : "afterProof")}</Text>
          </Group>
        )}
      </Step>
      <Step number={5} title={t("step.test")} done={false}>
        {proven ? <TestMessage account={account} /> : <Text size="sm" c="dimmed">{t("afterProof")}</Text>}
      </Step>
      <Step number={6} title={t("step.bot")} done={account.bot_id !== undefined && account.bot_id !== ""}>
        <Bot account={account} />
      </Step>
      {proven && (
        <li>
          <Button onClick={onDone}>{t("finish")}</Button>
        </li>
      )}
    </ol>
  );
}

function Step({ number, title, done, children }: { number: number; title: string; done: boolean; children: ReactNode }) {
  const { t } = useTranslation("channel");
  return (
    <li className={classes.step} data-done={done || undefined}>
      <span className={classes.number} aria-hidden="true">
        {done ? <Icon name="check" size={17} /> : number}
      </span>
      <div>
        <Title order={3} mb="xs">
          {title}
          {done && <span className="p-sr"> ({t("stepDone")})</span>}
        </Title>
        {children}
      </div>
    </li>
  );
}

function Prepare({ guide }: { guide: ChannelGuide }) {
  const { t } = useTranslation("channel");
  const key = guide.channel === "instagram" ? (guide.flavour === "login" ? "instagramLogin" : "instagramPage") : guide.channel;
  const words = t(`prepare.${key as "whatsapp"}`, { returnObjects: true }) as string[];
  return (
    <>
      <ol className={classes.words}>
        {words.map((line) => (
          <li key={line}>
            <Text size="sm">{line}</Text>
          </li>
        ))}
      </ol>
      <Group gap="md" mb={guide.permissions.length > 0 ? "sm" : 0}>
        {Object.entries(guide.links).map(([name, url]) => (
          <Anchor key={name} href={url} target="_blank" rel="noreferrer" size="sm">
            {t(`link.${name as "app"}`)}
          </Anchor>
        ))}
      </Group>
      {guide.permissions.length > 0 && <Copies title={t("permissions")} names={guide.permissions} />}
    </>
  );
}

function Copies({ title, names }: { title: string; names: string[] }) {
  const { t } = useTranslation("common");
  return (
    <div>
      <Group gap={4} mb={4}>
        <Text size="sm" fw={600}>
          {title}
        </Text>
        <CopyIcon value={names.join(",")} label={t("copyNamed", { name: title })} />
      </Group>
      <div className={classes.copies}>
        {names.map((name) => (
          <Code key={name}>{name}</Code>
        ))}
      </div>
    </div>
  );
}

const secrets = new Set(["credentials.token", "credentials.app_secret"]);

function stored(account: ChannelAccount, value: string): string {
  if (value === "external_id") return account.external_id;
  return value.startsWith("settings.") ? (account.settings[value.slice(9)] ?? "") : "";
}

/** What is pasted from the vendor's pages. Each value is kept when it is left, and the vendor asked about what is there. */
function Values({ account, guide }: { account: ChannelAccount; guide: ChannelGuide }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const say = useProblemText();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [points, setPoints] = useState<CheckPoint[]>([]);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const kept = (next: ChannelAccount) => {
    client.setQueryData(["channels", account.id], next);
    void client.invalidateQueries({ queryKey: ["channels"], exact: true });
  };
  const failed = (error: unknown) => {
    const problem = asProblem(error);
    const field = problem.field === "token" ? "credentials.token" : problem.field;
    if (field !== undefined && guide.values.includes(field)) setErrors((known) => ({ ...known, [field]: say(problem) }));
  };
  const keep = useMutation({
    mutationFn: async (field: string) => {
      const text = (typed[field] ?? "").trim();
      const [group = "", name = ""] = field.split(".");
      const next = await api.channels.change(account.id, field === "external_id" ? { external_id: text } : { [group]: { [name]: text } });
      const ready = next.credentials.includes("token") && next.external_id !== "";
      return { next, check: ready ? await api.channels.check(account.id) : undefined, field };
    },
    onSuccess: ({ next, check, field }) => {
      kept(next);
      setErrors((known) => ({ ...known, [field]: "" }));
      if (secrets.has(field)) setTyped((known) => ({ ...known, [field]: "" }));
      setPoints(check?.findings ?? []);
    },
    onError: failed,
  });
  const connect = useMutation({ mutationFn: () => api.channels.connect(account.id), onSuccess: kept, onError: failed });
  const leave = (field: string) => {
    const text = typed[field];
    if (text !== undefined && text.trim() !== "" && text.trim() !== stored(account, field)) keep.mutate(field);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        connect.mutate();
      }}
    >
      <Stack>
        {guide.values.map((field) => {
          const name = field.includes(".") ? (field.split(".")[1] ?? "") : field;
          const props = {
            label: t(`value.${(name === "external_id" ? `${name}_${account.channel}` : name) as "token"}`),
            description: t(`valueText.${(name === "external_id" ? `${name}_${account.channel}` : name === "token" ? `${name}_${account.channel}` : name) as "app_secret"}`),
            value: typed[field] ?? stored(account, field),
            error: errors[field] || undefined,
            onChange: (event: { currentTarget: { value: string } }) => {
              const text = event.currentTarget.value;
              setTyped((known) => ({ ...known, [field]: text }));
            },
            onBlur: () => leave(field),
          };
          const set = secrets.has(field) && account.credentials.includes(name);
          return secrets.has(field) ? (
            <PasswordInput key={field} {...props} placeholder={set ? t("kept") : undefined} autoComplete="off" visibilityToggleButtonProps={{ "aria-label": t("showToken") }} />
          ) : (
            <TextInput key={field} {...props} inputMode="numeric" autoComplete="off" />
          );
        })}
        <div role="status" aria-busy={keep.isPending}>
          {keep.isPending && <Loader size="sm" aria-label={t("checking")} />}
          {!keep.isPending && points.length > 0 && <Points points={points} />}
        </div>
        {[keep, connect].map((each, i) => each.isError && !guide.values.includes(asProblem(each.error).field ?? "") && <Alert key={i} color="brick">{say(each.error)}</Alert>)}
        <Group>
          <Button type="submit" loading={connect.isPending} disabled={keep.isPending}>
            {t("connect")}
          </Button>
          <CheckButton account={account} found={setPoints} />
        </Group>
      </Stack>
    </form>
  );
}

function Bot({ account }: { account: ChannelAccount }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const bots = useQuery({ queryKey: ["bots"], queryFn: api.bots.list });
  const choose = useMutation({
    mutationFn: (bot: string) => api.channels.change(account.id, { bot_id: bot }),
    onSuccess: (next) => {
      client.setQueryData(["channels", account.id], next);
      void client.invalidateQueries({ queryKey: ["channels"], exact: true });
    },
  });
  return (
    <Select
      label={t("firstBot")}
      description={t("firstBotText")}
      placeholder={t("noBot")}
      clearable
      clearButtonProps={{ "aria-label": t("noBot") }}
      data={(bots.data?.items ?? []).map((bot) => ({ value: bot.id, label: bot.name }))}
      value={account.bot_id ?? null}
      disabled={choose.isPending}
      onChange={(value) => choose.mutate(value ?? "")}
    />
  );
}
