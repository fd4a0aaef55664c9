import { Alert, Badge, Button, Group, Modal, Skeleton, Stack, Text, TextInput, Title } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { people } from "@/api/contact";
import { useMe } from "@/api/session";
import type { Contact } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { ChannelMark } from "@/ui/channel-mark";
import { unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { channelsOf, lineOf } from "./address";
import classes from "./contact.module.css";
import { duplicatesQuery, keys, mergesQuery, useForget } from "./queries";

/** Who may be the same person, and who was joined already. */
export function MergeCard({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const { may } = useMe();
  const [other, setOther] = useState<Contact | null>(null);
  const [searching, setSearching] = useState(false);
  const duplicates = useQuery(duplicatesQuery(contact.id));
  const writes = may("contact.write");
  return (
    <section className={classes.card} aria-label={t("samePerson")}>
      <Group justify="space-between" mb="sm">
        <Title order={2} size="h4">
          {t("samePerson")}
        </Title>
        {writes && (
          <Button size="compact-sm" variant="light" onClick={() => setSearching(true)}>
            {t("join")}
          </Button>
        )}
      </Group>
      {duplicates.isPending ? (
        <Skeleton height={48} radius="md" />
      ) : duplicates.isError ? (
        <ErrorState error={duplicates.error} retry={() => void duplicates.refetch()} />
      ) : duplicates.data.items.length === 0 ? (
        <Text size="sm" c="dimmed">
          {t("noDuplicates")}
        </Text>
      ) : (
        <ul className={classes.people}>
          {duplicates.data.items.map((each) => (
            <li key={each.contact.id}>
              <Person contact={each.contact} />
              <Badge color={each.reason === "met" ? "honey" : "gray"}>{t(`reason.${each.reason}`)}</Badge>
              {writes && (
                <Button size="compact-sm" variant="subtle" onClick={() => setOther(each.contact)} aria-label={t("joinNamed", { name: unturned(each.contact.name) })}>
                  {t("joinShort")}
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
      <Joined contact={contact} />
      {searching && (
        <FindOther
          contact={contact}
          onClose={() => setSearching(false)}
          onPick={(found) => {
            setSearching(false);
            setOther(found);
          }}
        />
      )}
      {other !== null && <JoinDialog contact={contact} other={other} onClose={() => setOther(null)} />}
    </section>
  );
}

function Person({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  return (
    <span className={classes.person}>
      <Avatar name={contact.name} seed={contact.id} size={32} />
      <span>
        <strong>
          <bdi>{contact.name || t("nameless")}</bdi>
        </strong>
        <small>{lineOf(contact)}</small>
      </span>
      {channelsOf(contact).map((channel) => (
        <ChannelMark key={channel} channel={channel} />
      ))}
    </span>
  );
}

function FindOther({ contact, onClose, onPick }: { contact: Contact; onClose: () => void; onPick: (other: Contact) => void }) {
  const { t } = useTranslation(["contact", "common"]);
  const [typed, setTyped] = useState("");
  const [q] = useDebouncedValue(typed.trim(), 250);
  const query = useQuery({ queryKey: [...keys.list(q), "pick"], queryFn: () => people.list(q, ""), enabled: q !== "" });
  const found = (query.data?.items ?? []).filter((each) => each.id !== contact.id);
  return (
    <Modal opened onClose={onClose} title={t("findOther")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <TextInput type="search" label={t("find")} leftSection={<Icon name="search" size={17} />} value={typed} onChange={(event) => setTyped(event.currentTarget.value)} data-autofocus mb="sm" />
      <div className={classes.found} aria-live="polite">
        {q !== "" && query.isPending && <Skeleton height={40} radius="md" />}
        {query.isError && <ErrorState error={query.error} retry={() => void query.refetch()} />}
        {query.isSuccess && found.length === 0 && <Text c="dimmed">{t("nothing")}</Text>}
        {found.slice(0, 8).map((each) => (
          <button key={each.id} type="button" className={classes.pick} onClick={() => onPick(each)}>
            <Person contact={each} />
          </button>
        ))}
      </div>
    </Modal>
  );
}

function JoinDialog({ contact, other, onClose }: { contact: Contact; other: Contact; onClose: () => void }) {
  const { t } = useTranslation(["contact", "common"]);
  const say = useProblemText();
  const forget = useForget();
  const join = useMutation({
    mutationFn: () => people.merge(contact.id, other.id),
    onSuccess: () => {
      forget(contact.id, other.id);
      notify.good(t("joined", { name: unturned(other.name) }));
      onClose();
    },
  });
  return (
    <Modal opened onClose={onClose} title={t("joinTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <Stack>
        <Stack gap={6}>
          <Text size="sm" c="dimmed">
            {t("stays")}
          </Text>
          <Person contact={contact} />
          <Text size="sm" c="dimmed" mt="xs">
            {t("goes")}
          </Text>
          <Person contact={other} />
        </Stack>
        <Text>{t("joinText")}</Text>
        {join.isError && (
          <Alert color="brick" icon={<Icon name="alert" />} role="alert">
            {say(join.error)}
          </Alert>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            {t("common:cancel")}
          </Button>
          <Button loading={join.isPending} onClick={() => join.mutate()} data-autofocus>
            {t("joinDo")}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

/** What was joined, each with a way back. */
function Joined({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  const { may } = useMe();
  const say = useProblemText();
  const forget = useForget();
  const query = useQuery(mergesQuery(contact.id));
  const part = useMutation({
    mutationFn: (merge: { id: string; other_id: string; other_name: string }) => people.part(contact.id, merge.id),
    onSuccess: (_, merge) => {
      forget(contact.id, merge.other_id);
      notify.good(t("parted", { name: unturned(merge.other_name) }));
    },
    onError: (error) => notify.bad(say(error)),
  });
  const held = (query.data?.items ?? []).filter((merge) => (merge.undone_ms ?? 0) === 0);
  if (held.length === 0) return null;
  return (
    <ul className={classes.people} aria-label={t("joinedBefore")}>
      {held.map((merge) => (
        <li key={merge.id}>
          <span className={classes.person}>
            <Icon name="check" size={16} />
            <span>
              <strong>
                <bdi>{merge.other_name || t("nameless")}</bdi>
              </strong>
              <small>
                {t("joinedWhen")} <RelativeTime ms={merge.at_ms} />
              </small>
            </span>
          </span>
          {may("contact.write") && (
            <Button size="compact-sm" variant="subtle" loading={part.isPending && part.variables.id === merge.id} onClick={() => part.mutate(merge)} aria-label={t("partNamed", { name: unturned(merge.other_name) })}>
              {t("part")}
            </Button>
          )}
        </li>
      ))}
    </ul>
  );
}
