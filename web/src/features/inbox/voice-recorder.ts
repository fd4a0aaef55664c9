import { waveFile } from "@/ui/media/wave";

/** What phones show as a recorded note: OGG with Opus, one channel. */
const oggOpus = "audio/ogg; codecs=opus";
const bitRate = 32_000;

/** How a recording is written: as the note of phones, or, where a channel does not take that, as a plain sound. */
export type VoiceForm = "ogg" | "wav";

/** Speech needs no more: 16 kHz, 32 kB a second in WAV. */
const waveRate = 16_000;

/** The longest recording, in minutes: phones send longer ones nowhere, and nobody listens to them. A WAV stays below 25 MB, the most that Instagram takes. */
export const mostMinutes: Record<VoiceForm, number> = { ogg: 15, wav: 12 };

/** Why nothing can be recorded, as a text of the media file. */
export type MicProblem = "micDenied" | "micMissing" | "micBusy" | "micInsecure" | "micFailed";

export class MicError extends Error {
  override readonly name = "MicError";
  constructor(readonly why: MicProblem) {
    super(why);
  }
}

/** A recording that runs. */
export interface Recorder {
  /** How loud it is right now, from 0 to 1. */
  level: () => number;
  pause: () => void;
  resume: () => void;
  /** Ends it and gives the file. The microphone is let go. */
  stop: () => Promise<File>;
  /** Ends it and keeps nothing. */
  cancel: () => void;
}

export function problemOfMic(error: unknown): MicProblem {
  switch (typeof error === "object" && error !== null && "name" in error ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "micDenied";
    case "NotFoundError":
    case "OverconstrainedError":
      return "micMissing";
    case "NotReadableError":
    case "AbortError":
      return "micBusy";
    default:
      return "micFailed";
  }
}

/** Opens the microphone and records. Throws a MicError. Must be called by a click, or the browser stays silent. */
export async function record(form: VoiceForm = "ogg"): Promise<Recorder> {
  // The browser leaves this out on pages that are not secure.
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (devices?.getUserMedia === undefined) throw new MicError(globalThis.isSecureContext ? "micFailed" : "micInsecure");
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({ audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true, autoGainControl: true } });
  } catch (error) {
    throw new MicError(problemOfMic(error));
  }
  const context = new AudioContext();
  const release = () => {
    stream.getTracks().forEach((track) => track.stop());
    void context.close().catch(() => undefined); // closed already
  };
  try {
    await context.resume();
    const source = context.createMediaStreamSource(stream);
    const meter = context.createAnalyser();
    meter.fftSize = 1024;
    source.connect(meter);
    const taker = form === "wav" ? plain(context, source) : nativeOgg() ? native(context, source) : await encoded(source);
    await taker.start();
    return {
      level: () => loudness(meter),
      pause: taker.pause,
      resume: taker.resume,
      stop: async () => {
        try {
          const parts = await taker.stop();
          if (parts.size === 0) throw new MicError("micFailed");
          return new File([parts], `voz-${stamp(new Date())}.${form}`, { type: parts.type });
        } finally {
          release();
        }
      },
      cancel: () => {
        taker.cancel();
        release();
      },
    };
  } catch (error) {
    release();
    throw error instanceof MicError ? error : new MicError("micFailed");
  }
}

function nativeOgg(): boolean {
  return typeof MediaRecorder !== "undefined" && MediaRecorder.isTypeSupported(oggOpus);
}

interface Taker {
  start: () => Promise<void>;
  pause: () => void;
  resume: () => void;
  stop: () => Promise<Blob>;
  cancel: () => void;
}

/** A sound that every platform takes: what the browser records by itself, decoded and written as WAV. */
function plain(context: AudioContext, source: AudioNode): Taker {
  const taker = native(context, source, "");
  return {
    ...taker,
    stop: async () => {
      const sound = await context.decodeAudioData(await (await taker.stop()).arrayBuffer());
      // Rendering it again changes its rate and joins its channels.
      const offline = new OfflineAudioContext(1, Math.max(1, Math.ceil(sound.duration * waveRate)), waveRate);
      const again = offline.createBufferSource();
      again.buffer = sound;
      again.connect(offline.destination);
      again.start();
      return waveFile((await offline.startRendering()).getChannelData(0), waveRate);
    },
  };
}

/** Firefox makes the very file that phones want; the node before it sees to one channel. An empty type leaves it to the browser. */
function native(context: AudioContext, source: AudioNode, mimeType = oggOpus): Taker {
  const mono = context.createMediaStreamDestination();
  mono.channelCount = 1;
  mono.channelCountMode = "explicit";
  source.connect(mono);
  const recorder = new MediaRecorder(mono.stream, { mimeType, audioBitsPerSecond: mimeType === "" ? 2 * bitRate : bitRate });
  const parts: Blob[] = [];
  recorder.ondataavailable = (event) => parts.push(event.data);
  return {
    start: async () => recorder.start(1000),
    pause: () => recorder.pause(),
    resume: () => recorder.resume(),
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => resolve(new Blob(parts, { type: mimeType }));
        recorder.stop();
      }),
    cancel: () => {
      recorder.onstop = null;
      if (recorder.state !== "inactive") recorder.stop();
    },
  };
}

/** Elsewhere an encoder of our own origin makes it; it is loaded at the first recording. */
async function encoded(source: AudioNode): Promise<Taker> {
  const [{ default: OpusRecorder }, { default: encoderPath }] = await Promise.all([import("opus-recorder"), import("opus-recorder/dist/encoderWorker.min.js?url")]);
  const recorder = new OpusRecorder({
    encoderPath,
    numberOfChannels: 1,
    encoderApplication: 2048,
    encoderSampleRate: 48000,
    encoderBitRate: bitRate,
    sourceNode: source,
    streamPages: false,
  });
  const parts: BlobPart[] = [];
  recorder.ondataavailable = (file) => parts.push(file);
  return {
    start: () => recorder.start(),
    pause: () => recorder.pause(),
    resume: () => recorder.resume(),
    stop: () =>
      new Promise((resolve) => {
        recorder.onstop = () => resolve(new Blob(parts, { type: oggOpus }));
        recorder.stop();
      }),
    cancel: () => {
      recorder.ondataavailable = () => undefined;
      recorder.close();
    },
  };
}

function loudness(meter: AnalyserNode): number {
  const samples = new Float32Array(meter.fftSize);
  meter.getFloatTimeDomainData(samples);
  const power = samples.reduce((sum, sample) => sum + sample * sample, 0) / samples.length;
  return Math.min(1, Math.sqrt(power) * 4);
}

function stamp(at: Date): string {
  return at.toISOString().slice(0, 19).replace(/[:T]/g, "-");
}
