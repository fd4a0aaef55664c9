import { Button, Modal, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { Media } from "@/api/types";
import { fileSize } from "@/ui/format";
import { Icon } from "@/ui/icon";
import classes from "./media.module.css";
import { Player } from "./player";

interface Props {
  kind: "image" | "video" | "audio" | "document" | "sticker";
  media: Media;
  /** Where the bytes are: mediaUrl of the message. */
  src: string;
  /** Where the small picture is, asked for only if there is one. */
  thumb?: string | undefined;
  /** What is said of it to who can't see it: its caption. */
  caption?: string | undefined;
  /** Ours: there is nothing to listen to. */
  own?: boolean | undefined;
  /** Fetches a file again that did not come. */
  onRetry?: (() => Promise<unknown>) | undefined;
  onPlayed?: (() => void) | undefined;
}

/** A file in a thread: a picture, a film, a sound, something to save; or why it is not here. */
export function MediaView({ kind, media, src, thumb, caption, own, onRetry, onPlayed }: Props) {
  if (media.state === "failed" || (media.state !== "ready" && !media.blob)) return <Absent kind={kind} media={media} onRetry={onRetry} />;
  switch (kind) {
    case "image":
    case "sticker":
      return <Picture kind={kind} media={media} src={src} thumb={thumb} caption={caption} />;
    case "video":
      return <Film media={media} src={src} thumb={thumb} />;
    case "audio":
      return <Player src={src} mime={media.mime} seconds={media.seconds} voice={media.voice} own={own} onPlayed={onPlayed} />;
    case "document":
      return <Saved media={media} src={src} />;
  }
}

function Absent({ kind, media, onRetry }: Pick<Props, "kind" | "media" | "onRetry">) {
  const { t } = useTranslation("media");
  const [asked, setAsked] = useState<"no" | "asking" | "failed">("no");
  const failed = media.state === "failed";
  return (
    <div className={classes.absent} data-kind={kind} role="status">
      <Icon name={failed ? "alert" : "clock"} size={18} />
      <span>
        <span>{failed ? media.problem || t("failed") : t("pending")}</span>
        {asked === "failed" && <span className={classes.bad}>{t("retryFailed")}</span>}
        {failed && onRetry !== undefined && (
          <Button
            size="compact-xs"
            variant="light"
            loading={asked === "asking"}
            leftSection={<Icon name="retry" size={13} />}
            onClick={() => {
              setAsked("asking");
              onRetry().then(
                () => setAsked("no"),
                () => setAsked("failed"),
              );
            }}
          >
            {t("tryAgain")}
          </Button>
        )}
      </span>
    </div>
  );
}

/** The room that a picture will take, so that nothing jumps when it comes. */
function room(media: Media): { aspectRatio: string } | undefined {
  return media.width && media.height ? { aspectRatio: `${media.width} / ${media.height}` } : undefined;
}

function Picture({ kind, media, src, thumb, caption }: Pick<Props, "kind" | "media" | "src" | "thumb" | "caption">) {
  const { t } = useTranslation(["media", "common"]);
  const [open, setOpen] = useState(false);
  const [broken, setBroken] = useState(false);
  if (broken) return <Saved media={media} src={src} />;
  const name = caption || media.name || t(kind === "sticker" ? "sticker" : "image");
  // What moves is shown as it is; a small picture stands still.
  const small = media.thumb && thumb !== undefined && !media.animated && kind !== "sticker" ? thumb : src;
  const picture = (
    <img src={small} alt={name} loading="lazy" decoding="async" style={room(media)} className={kind === "sticker" ? classes.sticker : classes.picture} onError={() => setBroken(true)} />
  );
  if (kind === "sticker") return picture;
  return (
    <>
      <UnstyledButton onClick={() => setOpen(true)} className={classes.frame} aria-label={t("open", { name })}>
        {picture}
      </UnstyledButton>
      <Modal opened={open} onClose={() => setOpen(false)} size="auto" title={name} closeButtonProps={{ "aria-label": t("common:close") }}>
        <img src={src} alt={name} className={classes.large} />
        <a href={src} download={media.name || true} className={classes.save}>
          <Icon name="down" size={16} /> {t("save")}
        </a>
      </Modal>
    </>
  );
}

function Film({ media, src, thumb }: Pick<Props, "media" | "src" | "thumb">) {
  const { t } = useTranslation("media");
  const [broken, setBroken] = useState(false);
  if (broken) return <Saved media={media} src={src} />;
  const poster = media.thumb && thumb !== undefined ? { poster: thumb, preload: "none" } : { preload: "metadata" };
  return (
    <video
      controls
      playsInline
      src={src}
      {...poster}
      style={media.round ? undefined : room(media)}
      className={media.round ? classes.round : classes.picture}
      aria-label={t("video")}
      onError={() => setBroken(true)}
    />
  );
}

function Saved({ media, src }: Pick<Props, "media" | "src">) {
  const { t, i18n } = useTranslation("media");
  const size = media.size ?? 0;
  return (
    <a href={src} className={classes.saved} download={media.name || true}>
      <Icon name="file" size={26} />
      <span>
        <strong dir="auto">{media.name || t("document")}</strong>
        <span>{[media.mime, size > 0 ? fileSize(size, i18n.language) : ""].filter(Boolean).join(" · ")}</span>
      </span>
    </a>
  );
}
