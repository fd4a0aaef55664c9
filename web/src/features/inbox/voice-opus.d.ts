/** The part of opus-recorder 8 that we use (its README). */
declare module "opus-recorder" {
  interface Settings {
    encoderPath: string;
    numberOfChannels: 1;
    encoderApplication: 2048;
    encoderSampleRate: 48000;
    encoderBitRate: number;
    sourceNode: AudioNode;
    streamPages: false;
  }
  export default class OpusRecorder {
    constructor(settings: Settings);
    ondataavailable: (file: Uint8Array<ArrayBuffer>) => void;
    onstop: () => void;
    start(): Promise<void>;
    pause(): void;
    resume(): void;
    stop(): void;
    close(): void;
  }
}
declare module "opus-recorder/dist/encoderWorker.min.js?url" {
  const address: string;
  export default address;
}
