import { ActionIcon, Alert, Badge, Button, Group, Skeleton, Stack, Text, TextInput, Title, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { Contact } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { ConfirmButton } from "@/ui/confirm";
import { unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CopyIcon, ErrorState, PageBody } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { addressText, channelOf } from "./address";
import { ConsentCard } from "./consent";
import classes from "./contact.module.css";
import { MergeCard } from "./merge";
import { contactQuery, conversationsQuery, keys, useFresh } from "./queries";

/** One customer, over all channels. */
export default function ContactPage() {
  const { t } = useTranslation("contact");
  const { contact: id = "" } = useParams({ strict: false });
  const query = useQuery(contactQuery(id));
  useFresh(id);
  return (
    <PageBody wide>
      <Link to="/contacts" className={classes.back}>
        <Icon name="back" size={16} /> {t("title")}
      </Link>
      {query.isPending ? (
        <Group aria-busy="true">
          <Skeleton circle height={72} />
          <Skeleton height={24} width={220} />
        </Group>
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Whole key={query.data.id} contact={query.data} />
      )}
    </PageBody>
  );
}

function Whole({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  return (
    <>
      {contact.merged_into !== undefined && (
        <Alert color="honey" mb="md" icon={<Icon name="alert" />}>
          {t("gone")}{" "}
          <Link to="/contacts/$contact" params={{ contact: contact.merged_into }}>
            {t("seeStanding")}
          </Link>
        </Alert>
      )}
      <Head contact={contact} />
      <div className={classes.columns}>
        <Stack>
          <Conversations contactId={contact.id} />
          <ConsentCard contactId={contact.id} />
        </Stack>
        <Stack>
          <Addresses contact={contact} />
          <Fields contact={contact} />
          {contact.merged_into === undefined && <MergeCard contact={contact} />}
        </Stack>
      </div>
    </>
  );
}

function Head({ contact }: { contact: Contact }) {
  const { t } = useTranslation(["contact", "common"]);
  const { may } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const [naming, setNaming] = useState<string | null>(null);
  const kept = (next: Contact) => client.setQueryData(keys.contact(contact.id), next);
  const rename = useMutation({
    mutationFn: (name: string) => api.contacts.change(contact.id, { name, version: contact.version }),
    onSuccess: (next) => {
      kept(next);
      setNaming(null);
    },
    onError: (error) => notify.bad(say(error)),
  });
  const block = useMutation({ mutationFn: (blocked: boolean) => api.contacts.block(contact.id, blocked), onSuccess: kept, onError: (error) => notify.bad(say(error)) });
  return (
    <header className={classes.head}>
      <Avatar name={contact.name} seed={contact.id} size={64} />
      <div className={classes.name}>
        {naming === null ? (
          <Group gap={4} wrap="nowrap">
            <Title order={1} size="h2">
              <bdi>{contact.name || t("nameless")}</bdi>
            </Title>
            {may("contact.write") && (
              <Tooltip label={t("rename")}>
                <ActionIcon size="md" onClick={() => setNaming(contact.name)} aria-label={t("rename")}>
                  <Icon name="note" size={16} />
                </ActionIcon>
              </Tooltip>
            )}
          </Group>
        ) : (
          <form
            onSubmit={(event) => {
              event.preventDefault();
              rename.mutate(naming.trim());
            }}
          >
            <Group gap={6} wrap="nowrap">
              <TextInput value={naming} onChange={(event) => setNaming(event.currentTarget.value)} aria-label={t("rename")} maxLength={120} autoFocus onKeyDown={(event) => event.key === "Escape" && setNaming(null)} />
              <Button type="submit" loading={rename.isPending} disabled={naming.trim() === ""}>
                {t("common:save")}
              </Button>
            </Group>
          </form>
        )}
        <Group gap={8} mt={4}>
          {contact.username && <Text c="dimmed">@{contact.username.replace(/^@/, "")}</Text>}
          {contact.profile && contact.profile !== contact.name && <Text c="dimmed">{t("profile", { name: unturned(contact.profile) })}</Text>}
          {contact.blocked && <Badge color="brick">{t("blocked")}</Badge>}
          {contact.tags.map((tag) => (
            <Badge key={tag} color="gray">
              {tag}
            </Badge>
          ))}
        </Group>
      </div>
      {may("contact.block") &&
        (contact.blocked ? (
          <Button variant="light" size="compact-md" onClick={() => block.mutate(false)} loading={block.isPending}>
            {t("unblock")}
          </Button>
        ) : (
          <ConfirmButton label={t("block")} title={t("blockTitle", { name: unturned(contact.name) })} text={t("blockText")} action={t("block")} onConfirm={() => block.mutate(true)} busy={block.isPending} />
        ))}
    </header>
  );
}

function Addresses({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  return (
    <section className={classes.card} aria-label={t("addresses")}>
      <Title order={2} size="h4" mb="sm">
        {t("addresses")}
      </Title>
      <ul className={classes.addresses}>
        {contact.addresses.map((address) => {
          const channel = channelOf(address);
          return (
            <li key={`${address.kind} ${address.account_id ?? ""} ${address.value}`}>
              {channel !== undefined && <ChannelMark channel={channel} size={22} />}
              <span>
                {addressText(address)}
                <small>{[channel === undefined ? "" : channelNames[channel], t(`kind.${address.kind as "wa_id"}`, { defaultValue: address.kind })].filter(Boolean).join(" · ")}</small>
              </span>
              {!address.reachable && <Badge color="honey">{t("unreachable")}</Badge>}
              <CopyIcon value={address.value} label={t("copy")} />
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function Fields({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const fields = Object.entries(contact.fields);
  if (fields.length === 0) return null;
  return (
    <section className={classes.card} aria-label={t("fields")}>
      <Title order={2} size="h4" mb="sm">
        {t("fields")}
      </Title>
      <dl className={classes.fields}>
        {fields.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd dir="auto">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function Conversations({ contactId }: { contactId: string }) {
  const { t } = useTranslation("contact");
  const query = useQuery(conversationsQuery(contactId));
  return (
    <section className={classes.card} aria-label={t("conversations")}>
      <Title order={2} size="h4" mb="sm">
        {t("conversations")}
      </Title>
      {query.isPending ? (
        <Skeleton height={48} radius="md" />
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noConversations")}
        </Text>
      ) : (
        <ul className={classes.talks}>
          {query.data.items.map((row) => (
            <li key={row.id}>
              <Link to="/inbox/$conversation" params={{ conversation: row.id }} search={{}}>
                <ChannelMark channel={row.channel} size={22} />
                <span dir="auto">{row.preview || t("noWords")}</span>
                <small>
                  {t(`state.${row.state}`)} · <RelativeTime ms={row.last_ms} short />
                </small>
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
