import type { ChannelMediaLimits, MediaLimit } from "@/api/media";
import type { Channel } from "@/api/types";
import type { VoiceForm } from "./voice-recorder";

type Kind = MediaLimit["kind"];

/** What is done with a file before it is sent: as it is, made smaller first, shown as a document, or refused. */
export type Verdict =
  | { do: "send" }
  | { do: "shrink"; max: number }
  | { do: "document" }
  | { do: "refuse"; why: "tooLarge" | "wrongType" | "empty"; max: number };

/** The most files that are chosen at once. */
export const mostFiles = 10;

export function kindOf(type: string): Kind {
  const [group] = type.split("/");
  return group === "image" || group === "video" || group === "audio" ? group : "document";
}

/**
 * Looks at a file before it travels, by what the server says that the channel takes. Without limits nothing is refused
 * here: the server looks again in any case.
 */
export function checkFile(file: { size: number; type: string }, limits: MediaLimit[] | undefined): Verdict {
  if (file.size === 0) return { do: "refuse", why: "empty", max: 0 };
  if (limits === undefined) return { do: "send" };
  const type = file.type.split(";")[0]?.toLowerCase() ?? "";
  const kind = kindOf(type);
  const document = limits.find((limit) => limit.kind === "document");
  let own = limits.find((limit) => limit.kind === kind);
  // A picture that a browser can draw is made into one that the channel shows.
  const drawable = kind === "image" && drawables.has(type);
  const known = own !== undefined && own.max > 0 && (own.types.length === 0 || own.types.includes(type));
  const shown = known || (drawable && own !== undefined && own.max > 0 && document?.max === 0);
  if (!shown) own = document;
  if (own === undefined || own.max === 0) return { do: "refuse", why: "wrongType", max: 0 };
  if (file.size > own.max || (shown && !known)) {
    return shown && drawable && type !== "image/gif" ? { do: "shrink", max: own.max } : { do: "refuse", why: "tooLarge", max: own.max };
  }
  return shown || kind === "document" ? { do: "send" } : { do: "document" };
}

const drawables = new Set(["image/jpeg", "image/png", "image/webp", "image/gif"]);

/** How a recording must be written for the channel: as OGG where it takes that, else as WAV. */
export function voiceFormOf(limits: MediaLimit[] | undefined): VoiceForm {
  const types = limits?.find((limit) => limit.kind === "audio")?.types ?? [];
  return types.length === 0 || types.includes("audio/ogg") ? "ogg" : "wav";
}

export function limitsOf(all: ChannelMediaLimits[] | undefined, channel: Channel): MediaLimit[] | undefined {
  return all?.find((each) => each.channel === channel)?.kinds;
}
