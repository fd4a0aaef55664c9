import { Alert, Button, Group, Modal, SegmentedControl, Stack, Text, TextInput, UnstyledButton } from "@mantine/core";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import type { Channel } from "@/api/types";
import { ChannelMark, channelNames } from "@/ui/channel-mark";
import { useProblemText } from "@/ui/problem-text";
import classes from "./channel.module.css";

const kinds: Channel[] = ["whatsapp", "telegram", "messenger", "instagram"];

/** Begins a connection: which app and how the team calls it. The steps wait on its page, for as long as it takes. */
export function Wizard({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  const { t } = useTranslation(["channel", "common"]);
  const navigate = useNavigate();
  const client = useQueryClient();
  const say = useProblemText();
  const [kind, setKind] = useState<Channel | null>(null);
  const [flavour, setFlavour] = useState<"page" | "login">("page");
  const [name, setName] = useState("");
  const close = () => {
    onClose();
    setKind(null);
    setName("");
    begin.reset();
  };
  const begin = useMutation({
    mutationFn: (channel: Channel) => api.channels.create({ channel, name: name.trim(), draft: true, ...(channel === "instagram" ? { settings: { flavour } } : {}) }),
    onSuccess: (account) => {
      client.setQueryData(["channels", account.id], account);
      void client.invalidateQueries({ queryKey: ["channels"], exact: true });
      close();
      void navigate({ to: "/channels/$channel", params: { channel: account.id } });
    },
  });
  return (
    <Modal opened={opened} onClose={close} title={t("add")} size="lg" closeButtonProps={{ "aria-label": t("common:close") }} closeOnClickOutside={false}>
      {kind === null ? (
        <Stack>
          {kinds.map((each) => (
            <UnstyledButton key={each} className={classes.app} onClick={() => setKind(each)}>
              <ChannelMark channel={each} size={36} silent />
              <span>
                <strong>{channelNames[each]}</strong>
                <Text size="sm" c="dimmed">
                  {t(`appText.${each}`)}
                </Text>
              </span>
            </UnstyledButton>
          ))}
        </Stack>
      ) : (
        <form
          onSubmit={(event) => {
            event.preventDefault();
            begin.mutate(kind);
          }}
        >
          <Stack>
            {begin.isError && <Alert color="brick">{say(begin.error)}</Alert>}
            {kind === "instagram" && (
              <SegmentedControl
                aria-label={t("flavour")}
                value={flavour}
                onChange={(value) => setFlavour(value as "page" | "login")}
                data={[
                  { value: "page", label: t("flavours.page") },
                  { value: "login", label: t("flavours.login") },
                ]}
              />
            )}
            {kind === "instagram" && (
              <Text size="sm" c="dimmed">
                {t(`flavourText.${flavour}`)}
              </Text>
            )}
            <TextInput label={t("name")} description={t("nameText")} data-autofocus maxLength={80} value={name} onChange={(event) => setName(event.currentTarget.value)} />
            <Text size="sm" c="dimmed">
              {t("draftText")}
            </Text>
            <Group justify="space-between">
              <Button variant="default" onClick={() => setKind(null)}>
                {t("common:back")}
              </Button>
              <Button type="submit" loading={begin.isPending} disabled={name.trim() === ""}>
                {t("begin")}
              </Button>
            </Group>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
