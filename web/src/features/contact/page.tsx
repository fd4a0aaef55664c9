import { Badge, Button, Group, Skeleton, TextInput } from "@mantine/core";
import { useDebouncedCallback } from "@mantine/hooks";
import { useInfiniteQuery } from "@tanstack/react-query";
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { people } from "@/api/contact";
import { useMe } from "@/api/session";
import type { Contact } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { Icon } from "@/ui/icon";
import { EmptyState, ErrorState, PageBody, PageHeader } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { channelsOf, lineOf } from "./address";
import classes from "./contact.module.css";
import { keys } from "./queries";
import { RuleSwitch } from "./rule";

/** Everybody who ever wrote, on whatever channel; one person is one row. */
export default function ContactsPage() {
  const { t } = useTranslation(["contact", "common"]);
  const { may } = useMe();
  const search = useSearch({ strict: false });
  const navigate = useNavigate();
  const q = search.q ?? "";
  const [typed, setTyped] = useState(q);
  const find = useDebouncedCallback((words: string) => void navigate({ to: "/contacts", search: words === "" ? {} : { q: words }, replace: true }), 250);
  const query = useInfiniteQuery({
    queryKey: keys.list(q),
    queryFn: ({ pageParam }) => people.list(q, pageParam),
    initialPageParam: "",
    getNextPageParam: (last) => last.next,
    placeholderData: (old) => old,
  });
  const list = query.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <PageBody wide>
      <PageHeader title={t("title")} text={t("text")}>
        {may("company.manage") && <RuleSwitch />}
      </PageHeader>
      <search className={classes.search}>
        <TextInput
          type="search"
          aria-label={t("find")}
          placeholder={t("find")}
          leftSection={<Icon name="search" size={17} />}
          maxLength={100}
          value={typed}
          onChange={(event) => {
            setTyped(event.currentTarget.value);
            find(event.currentTarget.value.trim());
          }}
        />
      </search>
      {query.isError && query.data === undefined ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : query.isPending ? (
        <div aria-busy="true">
          {[0, 1, 2, 3, 4].map((i) => (
            <Skeleton key={i} height={60} mb={8} radius="lg" />
          ))}
        </div>
      ) : list.length === 0 ? (
        q === "" ? (
          <EmptyState icon="person" title={t("empty")} text={t("emptyText")} />
        ) : (
          <EmptyState icon="search" title={t("nothing")} text={t("nothingText")} />
        )
      ) : (
        <ul className={classes.list} aria-label={t("title")} style={query.isPlaceholderData ? { opacity: 0.6 } : undefined}>
          {list.map((contact) => (
            <li key={contact.id}>
              <Row contact={contact} />
            </li>
          ))}
        </ul>
      )}
      {query.hasNextPage && (
        <Button mt="md" fullWidth variant="default" loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          {t("common:more")}
        </Button>
      )}
    </PageBody>
  );
}

function Row({ contact }: { contact: Contact }) {
  const { t } = useTranslation("contact");
  return (
    <Link to="/contacts/$contact" params={{ contact: contact.id }} className={classes.row}>
      <Avatar name={contact.name} seed={contact.id} size={40} />
      <span className={classes.who}>
        <strong>
          <bdi>{contact.name || t("nameless")}</bdi>
        </strong>
        <small>{lineOf(contact) || channelsOf(contact).map((channel) => channelNames[channel]).join(", ")}</small>
      </span>
      <Group gap={6} wrap="nowrap" className={classes.marks}>
        {contact.blocked && <Badge color="brick">{t("blocked")}</Badge>}
        {contact.tags.slice(0, 2).map((tag) => (
          <Badge key={tag} color="gray" className={classes.tag}>
            {tag}
          </Badge>
        ))}
        {channelsOf(contact).map((channel) => (
          <ChannelMark key={channel} channel={channel} size={20} />
        ))}
      </Group>
      <span className={classes.when}>
        <RelativeTime ms={contact.updated_ms} short />
      </span>
    </Link>
  );
}
