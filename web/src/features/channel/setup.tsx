import { Alert, Anchor, Button, Code, Group, Loader, PasswordInput, Select, Stack, Text, TextInput, Title } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState, type ReactNode, type Ref } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { asProblem } from "@/api/problem";
import type { ChannelAccount, ChannelGuide } from "@/api/types";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { CopyIcon, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { HookFields, Points, Refusal, SubscribeButton } from "./checks";
import classes from "./channel.module.css";
import { TestMessage } from "./care";

/** The way from nothing to the first message, in numbered steps. It can be left and taken up again: the account is a draft until its platform has said that it is ours. */
export function Setup({ account, onDone }: { account: ChannelAccount; onDone: () => void }) {
  const { t } = useTranslation(["channel", "common"]);
  const flavour = account.channel === "instagram" ? (account.settings.flavour === "login" ? "login" : "page") : undefined;
  const guide = useQuery({ queryKey: ["channel-guide", account.channel, flavour], queryFn: () => api.channels.guide(account.channel, flavour), staleTime: Infinity });
  const proven = account.state === "active";
  const heard = account.last_webhook_ms > 0;
  // The form goes once the platform has said yes: whoever sits at a keyboard goes on at the next step.
  const next = useRef<HTMLHeadingElement>(null);
  const before = useRef(proven);
  useEffect(() => {
    if (proven && !before.current) next.current?.focus();
    before.current = proven;
  }, [proven]);
  if (guide.isError) return <ErrorState error={guide.error} retry={() => void guide.refetch()} />;
  if (guide.data === undefined) return <Loader aria-label={t("loading")} />;
  return (
    <ol className={classes.steps} aria-label={t("setup")}>
      <Step number={1} title={t("step.prepare")} done={proven}>
        <Prepare guide={guide.data} />
      </Step>
      <Step number={2} title={t("step.values")} done={proven}>
        {proven ? (
          <Stack>
            <Text size="sm">{t("proven", { name: [account.display, account.external_id].filter(Boolean).join(" · ") })}</Text>
            <Late account={account} guide={guide.data} />
          </Stack>
        ) : (
          <Values account={account} guide={guide.data} />
        )}
      </Step>
      <Step number={3} title={t("step.webhook")} done={heard} head={next}>
        <Stack>
          <Text size="sm">{t(`hookText.${account.channel}`)}</Text>
          <HookFields account={account} />
          {guide.data.object !== undefined && (
            <Text size="sm">
              {t("object")}: <Code>{guide.data.object}</Code>
            </Text>
          )}
          {guide.data.fields.length > 0 && <Copies title={t("fields")} names={guide.data.fields} />}
          {proven ? <Group><SubscribeButton account={account} /></Group> : <Text size="sm" c="dimmed">{t("afterProof")}</Text>}
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

function Step({ number, title, done, children, head }: { number: number; title: string; done: boolean; children: ReactNode; head?: Ref<HTMLHeadingElement> }) {
  const { t } = useTranslation("channel");
  return (
    <li className={classes.step} data-done={done || undefined}>
      <span className={classes.number} aria-hidden="true">
        {done ? <Icon name="check" size={17} /> : number}
      </span>
      <div>
        <Title order={2} size="h3" mb="xs" ref={head} tabIndex={-1} className={classes.stepTitle}>
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

/** The values as the API takes them: by their group. */
function changeOf(values: Record<string, string>) {
  const change: { external_id?: string; credentials?: Record<string, string>; settings?: Record<string, string> } = {};
  for (const [field, text] of Object.entries(values)) {
    const [group = "", name = ""] = field.split(".");
    if (group === "credentials" || group === "settings") change[group] = { ...change[group], [name]: text };
    else change.external_id = text;
  }
  return change;
}

/** What is pasted from the vendor's pages. Each value is kept when it is left, and the vendor asked about what is there. */
function Values({ account, guide }: { account: ChannelAccount; guide: ChannelGuide }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const say = useProblemText();
  const [typed, setTyped] = useState<Record<string, string>>({});
  const [errors, setErrors] = useState<Record<string, string>>({});
  const kept = (next: ChannelAccount) => {
    client.setQueryData(["channels", account.id], next);
    void client.invalidateQueries({ queryKey: ["channels"], exact: true });
  };
  const failed = (error: unknown) => {
    const problem = asProblem(error);
    const field = problem.field === "token" ? "credentials.token" : problem.field;
    if (!guide.values.includes(field)) return;
    const empty = (typed[field] ?? stored(account, field)).trim() === "" && !(secrets.has(field) && account.credentials.includes(field.slice(12)));
    setErrors((known) => ({ ...known, [field]: problem.code !== "invalid" ? say(problem) : t(empty ? "needed" : "notSo") }));
  };
  /** What was typed and not kept yet; a field that was emptied keeps what it had. */
  const unsaved = () =>
    Object.fromEntries(guide.values.map((field) => [field, (typed[field] ?? "").trim()] as const).filter(([field, text]) => text !== "" && text !== stored(account, field)));
  const store = async (values: Record<string, string>) => {
    if (Object.keys(values).length === 0) return account;
    const next = await api.channels.change(account.id, changeOf(values));
    kept(next);
    // A secret leaves the page once it is kept, unless it was typed anew meanwhile.
    setTyped((known) => Object.fromEntries(Object.entries(known).filter(([field, text]) => !(secrets.has(field) && values[field] === text.trim()))));
    setErrors((known) => Object.fromEntries(Object.entries(known).filter(([field]) => !(field in values))));
    return next;
  };
  // One after the other: who is quick types the next value before the first is kept.
  const scope = { id: `channel-values-${account.id}` };
  const keep = useMutation({
    scope,
    mutationFn: async (values: Record<string, string>) => {
      const next = await store(values);
      return next.credentials.includes("token") && (next.external_id !== "" || next.channel === "telegram") ? await api.channels.check(account.id) : undefined;
    },
    onError: failed,
  });
  const connect = useMutation({
    scope,
    mutationFn: async (values: Record<string, string>) => {
      await store(values);
      return api.channels.connect(account.id);
    },
    onSuccess: kept,
    onError: failed,
  });
  const leave = (field: string) => {
    const text = unsaved()[field];
    if (text !== undefined) keep.mutate({ [field]: text });
    else if (typed[field]?.trim() === "") setTyped((known) => Object.fromEntries(Object.entries(known).filter(([each]) => each !== field)));
  };
  const points = keep.data?.findings ?? [];
  const troubled = [connect, keep].find((each) => each.isError && !guide.values.includes(asProblem(each.error).field));
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setErrors({});
        connect.mutate(unsaved());
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
        {/* The buttons stand above what comes and goes, so that they stay under the pointer. */}
        <Group>
          <Button type="submit" loading={connect.isPending}>
            {t("connect")}
          </Button>
          <Button variant="light" onClick={() => keep.mutate(unsaved())} leftSection={<Icon name="channel" size={17} />}>
            {t("test")}
          </Button>
          {keep.isPending && <Loader size="sm" aria-label={t("checking")} />}
        </Group>
        {troubled !== undefined && <Refusal error={troubled.error} />}
        <div role="status" aria-busy={keep.isPending}>
          {points.length > 0 && <Points points={points} />}
        </div>
      </Stack>
    </form>
  );
}

/** What the connection does without, and the registration of the webhook may not: still to be filled in afterwards. */
function Late({ account, guide }: { account: ChannelAccount; guide: ChannelGuide }) {
  const { t } = useTranslation("channel");
  const client = useQueryClient();
  const names = guide.values.filter((value) => value.startsWith("settings.")).map((value) => value.slice(9));
  // The fields that were empty stay on the page while they are being filled in.
  const [open] = useState(() => names.filter((name) => (account.settings[name] ?? "") === ""));
  const keep = useMutation({
    scope: { id: `channel-values-${account.id}` },
    mutationFn: (settings: Record<string, string>) => api.channels.change(account.id, { settings }),
    onSuccess: (next) => client.setQueryData(["channels", account.id], next),
  });
  return (
    <>
      {open.map((name) => (
        <TextInput
          key={name}
          label={t(`value.${name as "waba_id"}`)}
          description={t(`valueText.${name as "waba_id"}`)}
          defaultValue={account.settings[name] ?? ""}
          inputMode="numeric"
          autoComplete="off"
          onBlur={(event) => {
            const text = event.currentTarget.value.trim();
            if (text !== (account.settings[name] ?? "")) keep.mutate({ [name]: text });
          }}
        />
      ))}
      {keep.isError && <Refusal error={keep.error} />}
    </>
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
