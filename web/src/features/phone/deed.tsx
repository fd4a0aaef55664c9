import { Menu } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import type { App, Sending } from "./api";

/** Avenida Paulista, where every telephone of the demo stands. */
export const here: Sending = { kind: "location", latitude: -23.56141, longitude: -46.65588, name: "Avenida Paulista, 1578", address: "Bela Vista, São Paulo" };

type Deed = "location" | "live" | "voice" | "sticker" | "contact" | "poll" | "dice" | "heart" | "thumb" | "share" | "reel" | "storyReply" | "storyMention" | "unsupported" | "ad" | "link" | "missedCall";

const icons: Record<Deed, Parameters<typeof Icon>[0]["name"]> = {
  location: "pin", live: "pin", voice: "mic", sticker: "smile", contact: "person", poll: "list", dice: "box", heart: "smile", thumb: "smile", share: "link", reel: "play",
  storyReply: "camera", storyMention: "camera", unsupported: "alert", ad: "card", link: "link", missedCall: "phone",
};

/** What each app lets its people send beside words and files. */
const deeds: Record<App, Deed[]> = {
  whatsapp: ["location", "voice", "sticker", "contact", "poll", "ad", "missedCall"],
  telegram: ["location", "live", "voice", "sticker", "contact", "poll", "dice"],
  messenger: ["location", "voice", "thumb", "share", "reel", "ad", "link", "unsupported"],
  instagram: ["voice", "heart", "share", "reel", "storyReply", "storyMention", "ad", "link", "unsupported"],
};

/** The plus of the line where one writes. */
export function Deeds({ app, onFile, onNote, onSend }: { app: App; onFile: () => void; onNote: () => void; onSend: (sending: Sending) => void }) {
  const { t } = useTranslation("phone");
  const sending: Record<Deed, () => Sending> = {
    location: () => here,
    live: () => ({ kind: "location", latitude: -23.56141, longitude: -46.65588, seconds: 900 }),
    voice: () => ({ kind: "voice", seconds: 3 }),
    sticker: () => ({ kind: "sticker", emoji: "😀" }),
    heart: () => ({ kind: "sticker", emoji: "❤️" }),
    thumb: () => ({ kind: "sticker", emoji: "👍" }),
    contact: () => ({ kind: "contact", name: "", phone: "" }),
    poll: () => ({ kind: "poll", text: t("sample.poll"), answers: [t("sample.first"), t("sample.second")] }),
    dice: () => ({ kind: "dice", emoji: "🎲" }),
    share: () => ({ kind: "share", url: "https://www.instagram.com/p/C0demo", name: t("sample.post") }),
    reel: () => ({ kind: "reel", url: "https://www.instagram.com/reel/C0demo", name: t("sample.post") }),
    storyReply: () => ({ kind: "story_reply", text: t("sample.storyReply") }),
    storyMention: () => ({ kind: "story_mention" }),
    unsupported: () => ({ kind: "unsupported" }),
    ad: () => ({ kind: "ad", text: t("sample.ad"), name: t("sample.post") }),
    link: () => ({ kind: "link", payload: "promo" }),
    missedCall: () => ({ kind: "call", state: "missed" }),
  };
  return (
    <>
      <Menu.Item leftSection={<Icon name="image" size={17} />} onClick={onFile}>
        {t("attachFile")}
      </Menu.Item>
      {app === "telegram" && (
        <Menu.Item leftSection={<Icon name="camera" size={17} />} onClick={onNote}>
          {t("deed.videoNote")}
        </Menu.Item>
      )}
      {deeds[app].map((deed) => (
        <Menu.Item key={deed} leftSection={<Icon name={icons[deed]} size={17} />} onClick={() => onSend(sending[deed]())}>
          {t(`deed.${deed}`)}
        </Menu.Item>
      ))}
    </>
  );
}
