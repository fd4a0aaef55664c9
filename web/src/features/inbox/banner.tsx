import { ActionIcon, Alert, Button, Modal } from "@mantine/core";
import { useLocalStorage } from "@mantine/hooks";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { useMe } from "@/api/session";
import { spanText, momentTime, unturned } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { TemplatePicker, type PickedTemplate } from "@/ui/template/picker";
import { useNow } from "@/ui/time";
import type { ListRow } from "./apply";
import classes from "./banner.module.css";
import { pageUrl } from "./kinds";
import { applyMessage } from "./live";
import { windowOf } from "./window";

/** What stands between the head and the messages: what one has to know before one answers. */
export function Banners({ row }: { row: ListRow }) {
  const { t } = useTranslation("thread");
  const held = row.control?.held ?? false;
  const wish = row.control?.wish ?? "";
  return (
    <>
      {row.past && (
        <Alert className={classes.banner} color="gray" variant="light" icon={<Icon name="clock" />} title={t("past")}>
          {t("pastText")}
        </Alert>
      )}
      {held && (
        <Alert className={classes.banner} color="honey" variant="light" icon={<Icon name="pause" />} title={t("held")}>
          {t("heldText")} {row.control?.holder && <small>{t("heldBy", { app: row.control.holder })}</small>} {row.control?.note && <q>{row.control.note}</q>}
        </Alert>
      )}
      {!held && wish !== "" && (
        <Alert className={classes.banner} color="plum" variant="light" icon={<Icon name="assign" />} title={t("wished")}>
          {wish !== "*" && <small>{t("heldBy", { app: wish })}</small>} {row.control?.note && <q>{row.control.note}</q>}
        </Alert>
      )}
      {row.referral !== undefined && <Advert key={row.referral.source_id ?? row.referral.ref} row={row} referral={row.referral} />}
    </>
  );
}

/** The advert, post or link that the customer came by. */
function Advert({ row, referral }: { row: ListRow; referral: NonNullable<ListRow["referral"]> }) {
  const { t, i18n } = useTranslation("thread");
  const now = useNow();
  const [hidden, setHidden] = useLocalStorage<string[]>({ key: "prosa-adverts", defaultValue: [], getInitialValueInEffect: false });
  const [broken, setBroken] = useState(false);
  const mark = `${row.id} ${referral.at_ms ?? 0}`;
  if (hidden.includes(mark)) return null;
  const picture = pageUrl(referral.image_url);
  const url = pageUrl(referral.source_url);
  const kind = (["ad", "post", "link", "product", "start"] as const).find((each) => each === referral.source_type) ?? "other";
  const free = row.free_until_ms > now;
  return (
    <aside className={classes.advert} aria-label={t(`advert.${kind}`)} data-testid="advert">
      {picture !== undefined && !broken && <img src={picture} alt="" referrerPolicy="no-referrer" loading="lazy" onError={() => setBroken(true)} />}
      <div>
        <small>{t(`advert.${kind}`)}</small>
        {referral.headline && <strong dir="auto">{referral.headline}</strong>}
        {referral.body && <span dir="auto" className={classes.body}>{referral.body}</span>}
        {referral.ref && <code>{referral.ref}</code>}
        {url !== undefined && (
          <a href={url} target="_blank" rel="noopener noreferrer nofollow">
            {t("openAdvert")}
          </a>
        )}
        {free && <small className={classes.free}>{t("freeUntil", { when: momentTime(row.free_until_ms, i18n.language) })}</small>}
      </div>
      <ActionIcon onClick={() => setHidden((marks) => [...marks.slice(-99), mark])} aria-label={t("closeAdvert")}>
        <Icon name="close" size={16} />
      </ActionIcon>
    </aside>
  );
}

/** What is still possible when the free window is over: a person's late answer, a template, or nothing. */
export function WindowOver({ row }: { row: ListRow }) {
  const { t } = useTranslation("thread");
  const { may } = useMe();
  const now = useNow();
  const [open, setOpen] = useState(false);
  const window = windowOf(row, now);
  if (row.state === "resolved" || row.past || (window.state !== "closed" && window.state !== "late")) return null;
  if (window.state === "late") {
    return (
      <Alert className={classes.banner} color="honey" variant="light" icon={<Icon name="person" />} title={t("late")} data-testid="window-late">
        {t("lateText", { span: spanText(row.late_ends_ms - now) })}
      </Alert>
    );
  }
  if (row.channel !== "whatsapp" || !may("template.read")) {
    return row.channel === "whatsapp" ? null : (
      <Alert className={classes.banner} color="brick" variant="light" icon={<Icon name="clock" />} title={t("closed")} data-testid="window-closed">
        {t("closedFinal")}
      </Alert>
    );
  }
  return (
    <div className={classes.over} data-testid="window-closed">
      <span>{t("closedTemplate")}</span>
      <Button size="compact-md" onClick={() => setOpen(true)} leftSection={<Icon name="note" size={16} />}>
        {t("chooseTemplate")}
      </Button>
      {open && <SendTemplate row={row} onClose={() => setOpen(false)} />}
    </div>
  );
}

function SendTemplate({ row, onClose }: { row: ListRow; onClose: () => void }) {
  const { t } = useTranslation(["thread", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  // The same key for each attempt of one filled template.
  const [wish, setWish] = useState({ mark: "", key: "" });
  const send = useMutation({
    mutationFn: ({ picked, key }: { picked: PickedTemplate; key: string }) => {
      const { shown: _shown, ...template } = picked;
      return api.conversations.reply(row.id, key, { template });
    },
    onSuccess: (message) => {
      applyMessage(client, message);
      notify.good(t("templateSent"));
      onClose();
    },
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Modal opened onClose={onClose} size="lg" title={t("templateTitle")} closeButtonProps={{ "aria-label": t("common:close") }}>
      <TemplatePicker
        accountID={row.account_id}
        contactName={unturned(row.contact_name)}
        busy={send.isPending}
        onCancel={onClose}
        onPick={(picked) => {
          const mark = JSON.stringify(picked);
          const key = wish.mark === mark ? wish.key : crypto.randomUUID();
          setWish({ mark, key });
          send.mutate({ picked, key });
        }}
      />
    </Modal>
  );
}
