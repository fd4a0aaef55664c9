import { readOpus } from "./ogg";

/** The rate at which Opus decodes, in samples a second. */
export const opusRate = 48_000;

/** Whether the browser plays OGG with Opus by itself; Safari does since 18.4. */
export function playsOpus(): boolean {
  return document.createElement("audio").canPlayType('audio/ogg; codecs="opus"') !== "";
}

/** Decodes an OGG file with Opus to one channel, by a decoder that is loaded when it is first needed. */
export async function decodeOpus(file: Uint8Array): Promise<Float32Array> {
  const { channels, preSkip, packets } = readOpus(file);
  const { OpusDecoder } = await import("opus-decoder");
  const decoder = new OpusDecoder({ channels: channels === 2 ? 2 : 1, preSkip });
  await decoder.ready;
  try {
    const { channelData, samplesDecoded } = decoder.decodeFrames(packets);
    const [left, right] = channelData;
    if (left === undefined || samplesDecoded === 0) throw new Error("nothing could be decoded");
    return right === undefined ? left.slice(0, samplesDecoded) : left.slice(0, samplesDecoded).map((sample, n) => (sample + (right[n] ?? 0)) / 2);
  } finally {
    decoder.free();
  }
}
