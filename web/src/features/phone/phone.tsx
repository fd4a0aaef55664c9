import { ActionIcon, Button, Loader, Modal, Stack, Switch, TextInput, Tooltip } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useMutation, useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { Avatar } from "@/ui/avatar";
import { ChannelMark } from "@/ui/channel-mark";
import { phoneText } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { EmptyState, ErrorState } from "@/ui/state";
import { RelativeTime } from "@/ui/time";
import { phoneApi, type Bubble, type Chat, type Phone } from "./api";
import { ChatView } from "./chat";
import { chatsKey, phonesKey, usePhoneEvents } from "./live";
import classes from "./phone.module.css";
import { WireSheet } from "./wire";

/** The customers' phones: choose a person, then a chat; everything follows the simulators live. */
export function Phones() {
  const { t } = useTranslation("phone");
  const typing = usePhoneEvents();
  const [chosen, setChosen] = useState("");
  const [open, setOpen] = useState<Record<string, string>>({});
  const [wire, setWire] = useState<Bubble | null>(null);
  const [adding, setAdding] = useState(false);
  const phones = useQuery({ queryKey: phonesKey, queryFn: phoneApi.phones });
  const all = phones.data ?? [];
  const lists = useQueries({ queries: all.map((phone) => ({ queryKey: chatsKey(phone.id), queryFn: () => phoneApi.chats(phone.id) })) });
  const phone = all.find((each) => each.id === chosen) ?? all[0];
  const chats = phone === undefined ? undefined : lists[all.indexOf(phone)];

  if (phones.isPending) return <Loader m="xl" />;
  if (phones.isError) {
    return phones.error instanceof Error && "code" in phones.error && phones.error.code === "not_found" ? (
      <EmptyState icon="phone" title={t("away")} text={t("awayText")} />
    ) : (
      <ErrorState error={phones.error} retry={() => void phones.refetch()} />
    );
  }
  return (
    <div className={classes.phones}>
      <div className={classes.people} role="group" aria-label={t("customers")}>
        {all.map((each, i) => {
          const unread = (lists[i]?.data ?? []).reduce((sum, chat) => sum + chat.unread, 0);
          return (
            <Tooltip key={each.id} label={each.name}>
              <button type="button" className={classes.person} data-chosen={each.id === phone?.id || undefined} aria-pressed={each.id === phone?.id} onClick={() => setChosen(each.id)}>
                <Avatar name={each.name} seed={each.id} size={42} />
                {unread > 0 && <span className={classes.dot}>{unread}</span>}
                <span className={classes.personName}>{each.name.split(" ")[0]}</span>
              </button>
            </Tooltip>
          );
        })}
        <Tooltip label={t("addCustomer")}>
          <ActionIcon size={42} radius="xl" variant="default" onClick={() => setAdding(true)} aria-label={t("addCustomer")}>
            <Icon name="plus" />
          </ActionIcon>
        </Tooltip>
      </div>
      {phone !== undefined && (
        <section className={classes.device} aria-label={`${t("phone")}: ${phone.name}`}>
          <div className={classes.screen}>
            <Screen
              key={phone.id}
              phone={phone}
              chats={chats?.data}
              error={chats?.error ?? null}
              typing={typing}
              open={open[phone.id] ?? chats?.data?.[0]?.id}
              onOpen={(chat) => setOpen((old) => ({ ...old, [phone.id]: chat }))}
              onWire={setWire}
            />
          </div>
        </section>
      )}
      <WireSheet bubble={wire} onClose={() => setWire(null)} />
      <AddPhone
        opened={adding}
        onClose={() => setAdding(false)}
        onAdded={(added) => {
          setAdding(false);
          setChosen(added.id);
        }}
      />
    </div>
  );
}

interface ScreenProps {
  phone: Phone;
  chats: Chat[] | undefined;
  error: unknown;
  typing: ReadonlySet<string>;
  open: string | undefined;
  onOpen: (chat: string) => void;
  onWire: (bubble: Bubble) => void;
}

function Screen({ phone, chats, error, typing, open, onOpen, onWire }: ScreenProps) {
  const { t } = useTranslation("phone");
  if (error !== null) return <ErrorState error={error} />;
  if (chats === undefined) return <Loader m="xl" />;
  const chat = chats.find((each) => each.id === open);
  if (chat !== undefined) return <ChatView key={chat.id} chat={chat} typing={typing.has(chat.id)} onBack={() => onOpen("")} onWire={onWire} />;
  return (
    <div className={classes.home}>
      <header className={classes.homeBar}>
        <span>
          <strong>{t("chats")}</strong>
          <small>{[phone.name, phone.phone === undefined ? "" : phoneText(phone.phone)].filter(Boolean).join(" · ")}</small>
        </span>
        <Receipts phone={phone} />
      </header>
      {chats.length === 0 ? (
        <EmptyState icon="inbox" title={t("noChats")} text={t("noChatsText")} />
      ) : (
        <ul className={classes.chats}>
          {chats.map((each) => (
            <li key={each.id}>
              <button type="button" onClick={() => onOpen(each.id)}>
                <span className={classes.chatFace}>
                  <Avatar name={each.business.name} seed={each.business.id} size={44} />
                  <span>
                    <ChannelMark channel={each.channel} size={18} />
                  </span>
                </span>
                <span className={classes.chatText}>
                  <span>
                    <strong>{each.business.name}</strong>
                    {each.last !== undefined && (
                      <small>
                        <RelativeTime ms={each.last.at} short />
                      </small>
                    )}
                  </span>
                  <span>
                    <span className={classes.chatLast}>{typing.has(each.id) ? <em>{t("typing")}</em> : <Last bubble={each.last} />}</span>
                    {each.unread > 0 && <span className={classes.chatUnread}>{each.unread}</span>}
                  </span>
                </span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

const kinds = ["image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "order", "product", "products", "catalog", "order_details", "order_status", "poll", "share", "story_mention", "carousel", "unsupported", "call", "preference"] as const;

function Last({ bubble }: { bubble: Bubble | undefined }) {
  const { t } = useTranslation("phone");
  if (bubble === undefined) return null;
  if (bubble.deleted) return <>{t("deleted")}</>;
  if (bubble.text) return <>{bubble.text}</>;
  const kind = kinds.find((each) => each === bubble.kind);
  return <>{kind === undefined ? t("kind.other") : t(`kind.${kind}`)}</>;
}

function Receipts({ phone }: { phone: Phone }) {
  const { t } = useTranslation("phone");
  const client = useQueryClient();
  const change = useMutation({ mutationFn: (on: boolean) => phoneApi.changePhone(phone.id, { read_receipts: on }), onSettled: () => client.invalidateQueries({ queryKey: phonesKey }) });
  return (
    <Tooltip label={t("receipts")}>
      <Switch size="xs" checked={phone.read_receipts} onChange={(event) => change.mutate(event.currentTarget.checked)} aria-label={t("receipts")} />
    </Tooltip>
  );
}

function AddPhone({ opened, onClose, onAdded }: { opened: boolean; onClose: () => void; onAdded: (phone: Phone) => void }) {
  const { t } = useTranslation("phone");
  const client = useQueryClient();
  const say = useProblemText();
  const form = useForm({ initialValues: { name: "", phone: "", hide_phone: false }, validate: { name: (value) => (value.trim() === "" ? t("nameNeeded") : null) } });
  const add = useMutation({
    mutationFn: phoneApi.addPhone,
    onSuccess: async (phone) => {
      await client.invalidateQueries({ queryKey: phonesKey });
      form.reset();
      onAdded(phone);
    },
    onError: (error) => form.setFieldError("phone", say(error)),
  });
  return (
    <Modal opened={opened} onClose={onClose} title={t("addCustomer")} closeButtonProps={{ "aria-label": t("backToChats") }}>
      <form onSubmit={form.onSubmit((values) => add.mutate(values))} noValidate>
        <Stack>
          <TextInput label={t("customerName")} data-autofocus {...form.getInputProps("name")} />
          <TextInput label={t("customerPhone")} description={t("customerPhoneText")} placeholder="+55 11 98765-4321" inputMode="tel" {...form.getInputProps("phone")} />
          <Switch label={t("hidePhone")} {...form.getInputProps("hide_phone", { type: "checkbox" })} />
          <Button type="submit" loading={add.isPending}>
            {t("create")}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
