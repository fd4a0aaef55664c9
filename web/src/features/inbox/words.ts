import i18next from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Message } from "@/api/types";
import { momentTime } from "@/ui/format";

/** Kinds that a preview names when there is no text to show. */
const named = ["image", "video", "audio", "document", "sticker", "location", "contacts", "order", "form", "template", "welcome", "system", "unsupported", "reaction"] as const;
type Named = (typeof named)[number];

const isNamed = (kind: string): kind is Named => (named as readonly string[]).includes(kind);

/** The last message of a conversation in one line. */
export function usePreview(): (conversation: Conversation) => string {
  const { t } = useTranslation("inbox");
  return useCallback(
    (conversation) => {
      const text = conversation.preview.replace(/\s+/g, " ").trim();
      const said = text !== "" ? text : isNamed(conversation.preview_kind) ? t(`kind.${conversation.preview_kind}`) : "";
      if (conversation.preview_by === "out") return `${t("outPrefix")} ${said}`;
      if (conversation.preview_by === "internal" && conversation.preview_kind === "note") return `${t("notePrefix")} ${said}`;
      return said;
    },
    [t],
  );
}

/** A message in one line, for quotes. */
export function useMessageLine(): (message: Message) => string {
  const { t } = useTranslation("inbox");
  return useCallback(
    (message) => {
      const text = message.content.text?.replace(/\s+/g, " ").trim() ?? "";
      if (text !== "") return text.slice(0, 160);
      if (message.content.pick !== undefined) return message.content.pick.title ?? "";
      if (message.content.media?.name) return message.content.media.name;
      return isNamed(message.kind) ? t(`kind.${message.kind}`) : "";
    },
    [t],
  );
}

/** What happened to the conversation, as a sentence. An act that we have no words for yet shows its own name. */
export function useActivityText(): (message: Message) => string {
  const { t } = useTranslation("inbox");
  return useCallback(
    (message) => {
      const act = message.content.activity;
      if (act === undefined) return message.content.text ?? "";
      const key = `inbox:act.${act.what}`;
      const facts = act.facts ?? {};
      const who = act.name || message.sender_name || t("act.system");
      const reason = facts.reason !== undefined && i18next.exists(`inbox:why.${facts.reason}`) ? i18next.t(`inbox:why.${facts.reason}` as "inbox:why.asked") : (facts.reason ?? "");
      const until = Number(facts.until ?? 0);
      const timed = act.what === "snoozed" && until > 0;
      const text = timed
        ? t("act.snoozed_until", { who, until: momentTime(until, i18next.language) })
        : i18next.exists(key)
        ? i18next.t(key as "inbox:act.assigned", { who, to: facts.to_name ?? facts.to ?? "", team: facts.team ?? "" })
        : t("act.other", { who, what: act.what });
      return reason === "" ? text : `${text} · ${reason}`;
    },
    [t],
  );
}
