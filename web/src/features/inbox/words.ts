import i18next, { type TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { Conversation, Message } from "@/api/types";
import { momentTime, unturned } from "@/ui/format";

/** Kinds that a preview names when there is no text to show. */
const named = ["image", "video", "audio", "voice", "document", "sticker", "location", "contacts", "order", "product", "products", "catalog", "bill", "order_status", "form", "template", "welcome", "system", "unsupported", "reaction", "share", "poll", "call", "consent", "deck", "album", "form_ask", "edit", "revoke"] as const;
type Named = (typeof named)[number];

const isNamed = (kind: string): kind is Named => (named as readonly string[]).includes(kind);

/** What the server writes where a kind has no words of its own, in the company's language (internal/message/preview.go). */
const bare: Partial<Record<string, Named>> = {
  Foto: "image", Photo: "image",
  Vídeo: "video", Video: "video",
  Áudio: "audio", Audio: "audio",
  "Mensagem de voz": "voice", "Voice message": "voice",
  Documento: "document", Document: "document",
  Figurinha: "sticker", Sticker: "sticker",
  Localização: "location", Location: "location",
  Contato: "contacts", Contact: "contacts",
  Carrinho: "order", Cart: "order",
  Produtos: "products", Products: "products",
  Pagamento: "bill", Payment: "bill",
  "Andamento do pedido": "order_status", "Order update": "order_status",
  "Formulário respondido": "form", "Form answered": "form",
  "Mensagem de modelo": "template", "Template message": "template",
  "Abriu a conversa": "welcome", "Opened the chat": "welcome",
  "Mudança na conta": "system", "Account change": "system",
  Enquete: "poll", Poll: "poll",
  Cartões: "deck", Cards: "deck",
  Álbum: "album", Album: "album",
  Formulário: "form_ask", Form: "form_ask",
  "Mensagem de um tipo não suportado": "unsupported", "Message of a kind not supported": "unsupported",
};

/** What the server writes of kinds that have several names. */
const states: Partial<Record<string, "share.other" | "share.story" | "share.story_mention" | "call.missed" | "call.ringing" | "call.answered" | "call.ended" | "call.permitted" | "call.forbidden" | "call.other">> = {
  "Compartilhou algo": "share.other", "Shared something": "share.other",
  Story: "share.story",
  "Mencionou você em um story": "share.story_mention", "Mentioned you in a story": "share.story_mention",
  "Chamada perdida": "call.missed", "Missed call": "call.missed",
  "Chamada recebida": "call.ringing", "Incoming call": "call.ringing",
  "Chamada atendida": "call.answered", "Call answered": "call.answered",
  "Chamada encerrada": "call.ended", "Call ended": "call.ended",
  "Permitiu chamadas": "call.permitted", "Allowed calls": "call.permitted",
  "Recusou chamadas": "call.forbidden", "Declined calls": "call.forbidden",
  Chamada: "call.other", Call: "call.other",
};

/** What the server writes of a message that was deleted, whatever it was. */
const gone: ReadonlySet<string> = new Set(["🚫 Mensagem apagada", "🚫 Deleted message"]);

/** Kinds that the server names alike. */
const shelves: ReadonlySet<string> = new Set(["product", "products", "catalog"]);

/** The sign that the server puts in front of every kind but text. */
const sign = /^\p{Extended_Pictographic}\uFE0F?\s*/u;

/** A preview in two parts: ours in front, and what the customer, bot or colleague wrote, which may run the other way. */
export interface Preview {
  lead: string;
  said: string;
}

/** The last message of a conversation in one line. Its kind is named in the reader's language, not in the company's. */
export function usePreview(): (conversation: Conversation) => Preview {
  const { t } = useTranslation(["inbox", "thread"]);
  return useCallback(
    (conversation) => {
      const { lead, said } = split(conversation, t);
      const by = conversation.preview_by === "out" ? t("outPrefix") : conversation.preview_by === "internal" && conversation.preview_kind === "note" ? t("notePrefix") : "";
      return { lead: [by, lead].filter(Boolean).join(" "), said };
    },
    [t],
  );
}

function split({ preview, preview_kind: kind }: Conversation, t: TFunction<["inbox", "thread"]>): Preview {
  const text = preview.replace(/\s+/g, " ").trim();
  if (gone.has(text)) return { lead: t("deleted"), said: "" };
  if (!isNamed(kind)) return { lead: "", said: text };
  if (kind === "reaction") {
    const emoji = /^(?:Reagiu com|Reacted with) (.+)$/u.exec(text)?.[1];
    return { lead: emoji === undefined ? t("unreacted") : t("reacted", { emoji }), said: "" };
  }
  const voice = text.startsWith("🎤");
  const words = text.replace(sign, "");
  const state = kind === "share" || kind === "call" ? states[words] : undefined;
  if (state !== undefined) return { lead: `${kind === "call" ? "📞" : "🔗"} ${t(`thread:${state}`)}`, said: "" };
  if (kind === "consent") return { lead: t("kind.consent"), said: "" };
  const name = t(`kind.${voice ? "voice" : kind}`);
  return words === "" || bare[words] === (voice ? "voice" : shelves.has(kind) ? "products" : kind) ? { lead: name, said: "" } : { lead: `${name}:`, said: words };
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
      if (message.content.poll !== undefined) return message.content.poll.question;
      if (message.content.share?.title) return message.content.share.title;
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
      const who = unturned(act.name || message.sender_name || t("act.system"));
      const reason = facts.reason !== undefined && i18next.exists(`inbox:why.${facts.reason}`) ? i18next.t(`inbox:why.${facts.reason}` as "inbox:why.asked") : (facts.reason ?? "");
      const until = Number(facts.until ?? 0);
      const timed = act.what === "snoozed" && until > 0;
      const text = timed
        ? t("act.snoozed_until", { who, until: momentTime(until, i18next.language) })
        : i18next.exists(key)
        ? i18next.t(key as "inbox:act.assigned", { who, to: facts.to_name ?? facts.to ?? "", team: facts.team ?? "", app: facts.app ?? "", context: facts.app === undefined ? "unnamed" : undefined })
        : t("act.other", { who, what: act.what });
      return reason === "" ? text : `${text} · ${reason}`;
    },
    [t],
  );
}
