import { ActionIcon, Button, Progress, Text } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { Channel } from "@/api/types";
import { channelNames } from "@/ui/channel-mark";
import { fileSize } from "@/ui/format";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { mostFiles } from "./composer-check";
import type { Chosen, Files } from "./composer-files";
import classes from "./composer-tray.module.css";

/** The files that will go with the reply, each with how far it is. */
export function Tray({ files, channel }: { files: Files; channel: Channel }) {
  const { t } = useTranslation(["media", "common"]);
  if (files.list.length === 0) return null;
  return (
    <div className={classes.tray}>
      <ul aria-label={t("tray")}>
        {files.list.map((chosen) => (
          <Item key={chosen.id} chosen={chosen} files={files} channel={channel} />
        ))}
      </ul>
      {files.tooMany && (
        <Text size="xs" c="dimmed" role="alert">
          {t("tooMany", { most: mostFiles })}
        </Text>
      )}
      {files.list.length > 1 && (
        <Text size="xs" c="dimmed">
          {t("caption")}
        </Text>
      )}
    </div>
  );
}

function Item({ chosen, files, channel }: { chosen: Chosen; files: Files; channel: Channel }) {
  const { t, i18n } = useTranslation(["media", "common"]);
  const words = useWords(channel);
  const moving = chosen.state === "sending";
  const bad = chosen.state === "failed" || chosen.state === "refused";
  const percent = Math.round(chosen.progress * 100);
  return (
    <li className={classes.item} data-state={chosen.state}>
      {chosen.preview !== undefined ? <img src={chosen.preview} alt="" className={classes.preview} /> : <Icon name={bad ? "alert" : "file"} size={22} />}
      <div className={classes.what}>
        <span className={classes.name} dir="auto">
          {chosen.name} <small>{fileSize(chosen.size, i18n.language)}</small>
        </span>
        {moving && <Progress value={percent} size="sm" aria-label={t("progress", { name: chosen.name, percent })} animated={percent === 100} />}
        <small className={bad ? classes.bad : classes.note} role={bad ? "alert" : "status"}>
          {words(chosen)}
        </small>
      </div>
      {chosen.state === "failed" && (
        <Button size="compact-xs" variant="light" onClick={() => files.again(chosen.id)}>
          {t("again")}
        </Button>
      )}
      <ActionIcon size="sm" aria-label={t(moving ? "cancel" : "remove", { name: chosen.name })} onClick={() => files.remove(chosen.id)}>
        <Icon name="close" size={14} />
      </ActionIcon>
    </li>
  );
}

function useWords(channel: Channel): (chosen: Chosen) => string {
  const { t, i18n } = useTranslation(["media", "common"]);
  const say = useProblemText();
  const app = channelNames[channel] ?? channel;
  const size = (bytes: number) => fileSize(bytes, i18n.language);
  return (chosen) => {
    const { name, verdict } = chosen;
    if (chosen.state === "refused" && verdict?.do === "refuse") {
      if (verdict.why === "empty") return t("empty", { name });
      if (verdict.why === "wrongType") return t("wrongType", { name, channel: app });
      return t("tooLarge", { name, channel: app, size: size(chosen.size), max: size(verdict.max) });
    }
    if (chosen.state === "failed") return t("uploadFailed", { why: say(chosen.error) });
    if (chosen.state === "waiting") return t("waiting");
    if (chosen.was !== undefined) return t("shrunk", { name, channel: app, size: size(chosen.size), was: size(chosen.was) });
    if (verdict?.do === "document") return t("asDocument", { name, channel: app });
    return chosen.state === "ready" ? t("ready") : "";
  };
}
