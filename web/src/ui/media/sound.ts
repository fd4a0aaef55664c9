import { decodeOpus, opusRate, playsOpus } from "./opus";
import { peaksOf, waveFile } from "./wave";

/** A sound that the browser can play, with the heights of its bars. */
export interface Sound {
  url: string;
  /** Empty where the sound is too long to be looked at, or can't be decoded. */
  peaks: number[];
  /** Seconds, 0 unknown. */
  seconds: number;
}

/** Larger sounds are played as they come, without bars: they are music, not notes. */
const mostBytes = 4 * 1024 * 1024;

/** Fetches a sound, looks at it, and decodes it where the browser can't play it. Its url is the given one, or one of our own that must be revoked. */
export async function loadSound(src: string, mime: string, signal?: AbortSignal): Promise<Sound> {
  const own = mime.startsWith("audio/ogg") && !playsOpus();
  const response = await fetch(src, { credentials: "same-origin", ...(signal === undefined ? {} : { signal }) });
  if (!response.ok) throw new Error(`the sound was refused: ${response.status}`);
  if (!own && Number(response.headers.get("Content-Length") ?? 0) > mostBytes) {
    await response.body?.cancel();
    return { url: src, peaks: [], seconds: 0 };
  }
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (own) {
    const samples = await decodeOpus(bytes);
    return { url: URL.createObjectURL(waveFile(samples, opusRate)), peaks: peaksOf(samples), seconds: samples.length / opusRate };
  }
  return { url: src, ...(await look(bytes)) };
}

/** The bars of a sound that the browser decodes itself; none where it does not. */
async function look(bytes: Uint8Array<ArrayBuffer>): Promise<{ peaks: number[]; seconds: number }> {
  if (typeof OfflineAudioContext === "undefined") return { peaks: [], seconds: 0 };
  try {
    const buffer = await new OfflineAudioContext(1, 1, 44_100).decodeAudioData(bytes.buffer);
    return { peaks: peaksOf(buffer.getChannelData(0)), seconds: buffer.duration };
  } catch {
    return { peaks: [], seconds: 0 }; // played all the same, without bars
  }
}
