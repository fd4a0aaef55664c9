import { ActionIcon, Badge, Button, Group, Skeleton, Stack, Tabs, Text, TextInput, Title, Tooltip } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import type { Contact } from "@/api/types";
import { Avatar } from "@/ui/avatar";
import { ChannelMark } from "@/ui/channel-mark";
import { ConfirmButton } from "@/ui/confirm";
import { momentTime, phoneText, unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { CopyIcon, ErrorState } from "@/ui/state";
import { RelativeTime, useNow } from "@/ui/time";
import type { ListRow } from "./apply";
import classes from "./contact-panel.module.css";
import { contactKey, contactQuery } from "./queries";
import { ShopPanel } from "./shop/panel";
import { usePreview } from "./words";

export type PanelTab = "contact" | "shop";

/** What stands beside a conversation: who the customer is, and what they buy. */
export function SidePanel({ row, tab, onTab, onClose }: { row: ListRow; tab: PanelTab; onTab: (tab: PanelTab) => void; onClose: () => void }) {
  const { t } = useTranslation(["inbox", "common"]);
  const { may } = useMe();
  const sells = may("order.read");
  const shown = sells ? tab : "contact";
  return (
    <Tabs component="aside" keepMounted={false} className={classes.panel} aria-label={t("contactPanel")} value={shown} onChange={(value) => onTab(value === "shop" ? "shop" : "contact")}>
      <Group justify="space-between" wrap="nowrap" className={classes.head}>
        {sells ? (
          <Tabs.List className={classes.tabs} aria-label={t("contactPanel")}>
            <Tabs.Tab value="contact" leftSection={<Icon name="person" size={16} />}>
              {t("shop.contactTab")}
            </Tabs.Tab>
            <Tabs.Tab value="shop" leftSection={<Icon name="cart" size={16} />}>
              {t("shop.tab")}
            </Tabs.Tab>
          </Tabs.List>
        ) : (
          <Title order={2} size="h3">
            {t("contact")}
          </Title>
        )}
        <ActionIcon onClick={onClose} aria-label={t("closePanel")}>
          <Icon name="close" size={18} />
        </ActionIcon>
      </Group>
      {sells && (
        <Tabs.Panel value="shop" className={classes.tab}>
          <ShopPanel key={row.contact_id} row={row} />
        </Tabs.Panel>
      )}
      {sells ? (
        <Tabs.Panel value="contact" className={classes.tab}>
          <ContactPanel row={row} />
        </Tabs.Panel>
      ) : (
        <ContactPanel row={row} />
      )}
    </Tabs>
  );
}

/** Who the customer is: names, every address, what the bot collected, earlier conversations. */
function ContactPanel({ row }: { row: ListRow }) {
  const query = useQuery(contactQuery(row.contact_id));
  return (
    <>
      {query.isPending ? (
        <Stack align="center" p="lg">
          <Skeleton circle height={72} />
          <Skeleton height={16} width={140} />
          <Skeleton height={12} width={180} />
        </Stack>
      ) : query.isError ? (
        <ErrorState error={query.error} retry={() => void query.refetch()} />
      ) : (
        <Card contact={query.data} row={row} />
      )}
    </>
  );
}

function Card({ contact, row }: { contact: Contact; row: ListRow }) {
  const { t } = useTranslation(["inbox", "common"]);
  const { may } = useMe();
  const client = useQueryClient();
  const say = useProblemText();
  const [naming, setNaming] = useState<string | null>(null);
  const kept = (next: Contact) => client.setQueryData(contactKey(contact.id), next);
  const rename = useMutation({
    mutationFn: (name: string) => api.contacts.change(contact.id, { name, version: contact.version }),
    onSuccess: (next) => {
      kept(next);
      setNaming(null);
    },
    onError: (error) => notify.bad(say(error)),
  });
  const block = useMutation({
    mutationFn: (blocked: boolean) => api.contacts.block(contact.id, blocked),
    onSuccess: kept,
    onError: (error) => notify.bad(say(error)),
  });
  const fields = Object.entries(contact.fields);
  return (
    <div className={classes.body}>
      <Stack align="center" gap={6} pb="md">
        <Avatar name={contact.name} seed={contact.id} size={72} />
        {naming === null ? (
          <Group gap={4} justify="center">
            <Text fw={650} size="lg" ta="center">
              <bdi>{contact.name || t("nameless")}</bdi>
            </Text>
            {may("contact.write") && (
              <Tooltip label={t("rename")}>
                <ActionIcon size="sm" onClick={() => setNaming(contact.name)} aria-label={t("rename")}>
                  <Icon name="note" size={15} />
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
              <TextInput value={naming} onChange={(event) => setNaming(event.currentTarget.value)} aria-label={t("contactName")} maxLength={120} autoFocus onKeyDown={(event) => event.key === "Escape" && setNaming(null)} />
              <Button type="submit" loading={rename.isPending} disabled={naming.trim() === ""}>
                {t("common:save")}
              </Button>
            </Group>
          </form>
        )}
        {contact.profile && contact.profile !== contact.name && (
          <Text size="sm" c="dimmed">
            {t("profileName", { name: unturned(contact.profile) })}
          </Text>
        )}
        {contact.blocked && <Badge color="brick">{t("blocked")}</Badge>}
      </Stack>

      <h3 className={classes.title}>{t("addresses")}</h3>
      <ul className={classes.list}>
        {contact.username && (
          <li>
            <span>@{contact.username.replace(/^@/, "")}</span>
          </li>
        )}
        {contact.addresses.map((address) => (
          <li key={`${address.kind} ${address.value}`}>
            <span>
              {address.kind === "wa_id" ? phoneText(address.value) : address.value}
              <small>{t(`address.${address.kind as "wa_id"}`, { defaultValue: address.kind })}</small>
            </span>
            {!address.reachable && <Badge color="honey">{t("unreachable")}</Badge>}
            <CopyIcon value={address.value} label={t("copyAddress")} />
          </li>
        ))}
      </ul>

      {fields.length > 0 && (
        <>
          <h3 className={classes.title}>{t("fields")}</h3>
          <dl className={classes.fields}>
            {fields.map(([name, value]) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd dir="auto">{value}</dd>
              </div>
            ))}
          </dl>
        </>
      )}

      <h3 className={classes.title}>{t("conversation")}</h3>
      <dl className={classes.fields}>
        <div>
          <dt>{t("stateLabel")}</dt>
          <dd>{t(`state.${row.state}`)}</dd>
        </div>
        {row.owner_name !== "" && (
          <div>
            <dt>{t("owner")}</dt>
            <dd>{row.owner_name}</dd>
          </div>
        )}
        {row.team !== "" && (
          <div>
            <dt>{t("team")}</dt>
            <dd>{row.team}</dd>
          </div>
        )}
        <div>
          <dt>{t("began")}</dt>
          <dd>
            <RelativeTime ms={row.created_ms} />
          </dd>
        </div>
      </dl>

      {row.channel === "whatsapp" && <Cost row={row} />}

      <Earlier contactId={contact.id} current={row.id} />

      {may("contact.block") &&
        (contact.blocked ? (
          <Button variant="light" size="compact-sm" mt="md" onClick={() => block.mutate(false)} loading={block.isPending}>
            {t("unblock")}
          </Button>
        ) : (
          <div style={{ marginTop: 16 }}>
            <ConfirmButton label={t("block")} title={t("blockTitle", { name: unturned(contact.name) })} text={t("blockText")} action={t("block")} onConfirm={() => block.mutate(true)} busy={block.isPending} />
          </div>
        ))}
    </div>
  );
}

/** What the platform bills of this conversation, in its own categories. */
function Cost({ row }: { row: ListRow }) {
  const { t, i18n } = useTranslation("thread");
  const now = useNow();
  const query = useQuery({ queryKey: ["conversation-bills", row.id, row.seq], queryFn: () => api.conversations.get(row.id), staleTime: 15_000, refetchInterval: 60_000, placeholderData: (last) => last });
  const bills = query.data?.bills;
  return (
    <>
      <h3 className={classes.title}>{t("cost")}</h3>
      <dl className={classes.fields} data-testid="bills">
        {bills === undefined ? (
          <div>
            <dt>{t("noBill")}</dt>
          </div>
        ) : (
          <>
            <div>
              <dt>{t("billed", { count: bills.billable })}</dt>
              <dd>{t("notBilled", { count: bills.free })}</dd>
            </div>
            {Object.entries(bills.categories).map(([category, count]) => (
              <div key={category}>
                <dt>{i18n.exists(`thread:category.${category}`) ? t(`category.${category}` as "category.service") : category}</dt>
                <dd>{count}</dd>
              </div>
            ))}
          </>
        )}
      </dl>
      {row.free_until_ms > now && <Text size="xs">{t("freeUntil", { when: momentTime(row.free_until_ms, i18n.language) })}</Text>}
    </>
  );
}

function Earlier({ contactId, current }: { contactId: string; current: string }) {
  const { t } = useTranslation(["inbox", "common"]);
  const preview = usePreview();
  const query = useQuery({ queryKey: ["contact-conversations", contactId], queryFn: () => api.contacts.conversations(contactId), staleTime: 30_000 });
  const rows = (query.data?.items ?? []).filter((row) => row.id !== current);
  if (rows.length === 0) return null;
  return (
    <>
      <h3 className={classes.title}>{t("earlier")}</h3>
      <ul className={classes.list}>
        {rows.map((row) => (
          <li key={row.id}>
            <Link to="/inbox/$conversation" params={{ conversation: row.id }} search={(search) => search} className={classes.earlier}>
              <ChannelMark channel={row.channel} />
              <span dir="auto">{Object.values(preview(row)).filter(Boolean).join(" ") || t(`state.${row.state}`)}</span>
              <small>
                <RelativeTime ms={row.last_ms} short />
              </small>
            </Link>
          </li>
        ))}
      </ul>
    </>
  );
}
