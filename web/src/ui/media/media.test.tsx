import { fireEvent, screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { draw } from "@/test/render";
import { readOpus } from "./ogg";
import { decodeOpus } from "./opus";
import { Player } from "./player";
import { rememberPlayed, wasPlayed } from "./played";
import { MediaView } from "./view";
import { clock, peaksOf, waveFile } from "./wave";

/** Pages of an OGG file, a packet each or packets cut by hand. */
function page(flags: number, lacing: number[], body: number[]): number[] {
  return [...new TextEncoder().encode("OggS"), 0, flags, ...Array<number>(8).fill(0), 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, lacing.length, ...lacing, ...body];
}
const opusHead = (channels: number, preSkip: number) => [...new TextEncoder().encode("OpusHead"), 1, channels, preSkip & 255, preSkip >> 8, 0x80, 0xbb, 0, 0, 0, 0, 0];
const tags = [...new TextEncoder().encode("OpusTags"), 0, 0, 0, 0, 0, 0, 0, 0];
/** A frame of 20 ms of silence. */
const silence = [0xf8, 0xff, 0xfe];
const note = (frames: number) =>
  new Uint8Array([
    ...page(2, [19], opusHead(1, 312)),
    ...page(0, [tags.length], tags),
    ...page(4, Array<number>(frames).fill(silence.length), Array.from({ length: frames }, () => silence).flat()),
  ]);

/** What jsdom's blobs lack. */
const bytesOf = (blob: Blob) =>
  new Promise<ArrayBuffer>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result as ArrayBuffer);
    reader.onerror = () => reject(reader.error ?? new Error("not read"));
    reader.readAsArrayBuffer(blob);
  });

describe("a voice note", () => {
  it("is taken apart into packets", () => {
    expect(readOpus(note(3))).toEqual({ channels: 1, preSkip: 312, packets: Array.from({ length: 3 }, () => new Uint8Array(silence)) });
  });

  it("may have a packet that goes over two pages", () => {
    const long = Array.from({ length: 300 }, (_, n) => n & 255);
    const cut = [...page(2, [19], opusHead(2, 0)), ...page(0, [tags.length], tags), ...page(0, [255], long.slice(0, 255)), ...page(5, [45], long.slice(255))];
    expect(readOpus(new Uint8Array(cut)).packets).toEqual([new Uint8Array(long)]);
  });

  it("gives what is whole when it is cut off, and refuses what is none", () => {
    const whole = note(4);
    for (let length = 0; length < whole.length; length++) {
      try {
        expect(readOpus(whole.slice(0, length)).packets.length).toBeLessThanOrEqual(4);
      } catch (error) {
        expect(error).toBeInstanceOf(Error);
      }
    }
    expect(() => readOpus(new TextEncoder().encode("<html>not a note, by far".repeat(3)))).toThrow("OGG");
  });

  it("is decoded where the browser can't", async () => {
    const samples = await decodeOpus(note(10));
    expect(samples.length).toBe(10 * 960 - 312);
    expect(Math.max(...samples.map(Math.abs))).toBeLessThan(0.01);
  });

  it("has a shape, a WAV and a clock", async () => {
    expect(peaksOf(new Float32Array([0, 0.25, -0.5, 0.1]), 4)).toEqual([0, 0.5, 1, expect.closeTo(0.2)]);
    expect(peaksOf(new Float32Array(100), 5)).toEqual([0, 0, 0, 0, 0]);
    expect(peaksOf(new Float32Array(0), 2)).toEqual([0, 0]);
    const file = waveFile(new Float32Array([0, 1, -1]), 48_000);
    const bytes = new DataView(await bytesOf(file));
    expect([bytes.byteLength, bytes.getUint32(24, true), bytes.getInt16(46, true), bytes.getInt16(48, true)]).toEqual([50, 48_000, 32767, -32767]);
    expect([0, 9.9, 61, 3725, NaN].map(clock)).toEqual(["0:00", "0:09", "1:01", "1:02:05", "0:00"]);
  });

  it("is remembered as played", () => {
    rememberPlayed("/api/v1/media/msg_1");
    expect([wasPlayed("/api/v1/media/msg_1"), wasPlayed("/api/v1/media/msg_2")]).toEqual([true, false]);
  });
});

describe("the player", () => {
  const play = vi.fn(function (this: HTMLMediaElement) {
    this.dispatchEvent(new Event("play"));
    return Promise.resolve();
  });
  beforeEach(() => {
    localStorage.clear();
    vi.spyOn(HTMLMediaElement.prototype, "play").mockImplementation(play);
    vi.spyOn(HTMLMediaElement.prototype, "pause").mockImplementation(function (this: HTMLMediaElement) {
      this.dispatchEvent(new Event("pause"));
    });
    vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockReturnValue("probably");
    vi.stubGlobal("fetch", vi.fn(async () => new Response(note(3))));
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it("plays, changes speed, seeks by keyboard and says when it was heard", async () => {
    const heard = vi.fn();
    const { container } = await draw(<Player src="/api/v1/media/msg_9" mime="audio/ogg" seconds={60} voice onPlayed={heard} />, { language: "en" });
    const user = userEvent.setup();
    expect(screen.getByRole("img", { name: "Not listened to yet" })).toBeTruthy();
    const slider = screen.getByRole("slider", { name: "Position" });
    for (const [key, at] of [["ArrowRight", "5"], ["ArrowUp", "10"], ["ArrowLeft", "5"], ["End", "60"], ["Home", "0"]] as const) {
      fireEvent.keyDown(slider, { key });
      expect(slider.getAttribute("aria-valuenow")).toBe(at);
    }
    await user.click(screen.getByRole("button", { name: "Speed 1×. Change" }));
    await user.click(screen.getByRole("button", { name: "Speed 1.5×. Change" }));
    await user.click(screen.getByRole("button", { name: "Play" }));
    await screen.findByRole("button", { name: "Pause" });
    const audio = container.querySelector("audio") as HTMLAudioElement;
    expect([audio.getAttribute("src"), audio.playbackRate]).toEqual(["/api/v1/media/msg_9", 2]);
    fireEvent.ended(audio);
    expect(heard).toHaveBeenCalledOnce();
    expect(screen.queryByRole("img", { name: "Not listened to yet" })).toBeNull();
    expect(wasPlayed("/api/v1/media/msg_9")).toBe(true);
  });

  it("decodes by itself for a browser that can't", async () => {
    vi.spyOn(HTMLMediaElement.prototype, "canPlayType").mockReturnValue("");
    const made = vi.fn<(file: Blob) => string>(() => "blob:note");
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: made, revokeObjectURL: vi.fn() }));
    const { container } = await draw(<Player src="/api/v1/media/msg_8" mime="audio/ogg; codecs=opus" voice />, { language: "en" });
    await userEvent.setup().click(screen.getByRole("button", { name: "Play" }));
    await waitFor(() => expect(container.querySelector("audio")?.getAttribute("src")).toBe("blob:note"));
    expect(made.mock.calls[0]?.[0].type).toBe("audio/wav");
  });

  it("says that it could not be played, and may be tried again", async () => {
    vi.stubGlobal("fetch", vi.fn(async () => new Response(null, { status: 404 })));
    await draw(<Player src="/api/v1/media/msg_7" mime="audio/ogg" />, { language: "en" });
    await userEvent.setup().click(screen.getByRole("button", { name: "Play" }));
    await screen.findByText("Could not be played");
    expect(screen.getByRole("button", { name: "Play" })).toBeTruthy();
  });
});

describe("a file in a thread", () => {
  it("says why it is not here and is asked for again", async () => {
    const again = vi.fn(async () => undefined);
    await draw(<MediaView kind="image" media={{ state: "failed", problem: "O aplicativo não entrega mais este arquivo." }} src="/x" onRetry={again} />);
    await screen.findByText("O aplicativo não entrega mais este arquivo.");
    await userEvent.setup().click(screen.getByRole("button", { name: "Tentar de novo" }));
    expect(again).toHaveBeenCalledOnce();
  });

  it("waits for what has not come", async () => {
    await draw(<MediaView kind="video" media={{ state: "pending" }} src="/x" />, { language: "en" });
    expect(screen.getByRole("status").textContent).toContain("on its way");
  });

  it("shows the small picture, the large one on demand, and bytes to save", async () => {
    const { container } = await draw(
      <>
        <MediaView kind="image" media={{ state: "ready", blob: "b", thumb: "t", name: "bolo.png", width: 800, height: 600 }} src="/big" thumb="/small" caption="O bolo" />
        <MediaView kind="document" media={{ state: "ready", blob: "b", name: "nota.pdf", mime: "application/pdf", size: 2000 }} src="/doc" />
        <MediaView kind="video" media={{ state: "ready", blob: "b", thumb: "t", round: true }} src="/film" thumb="/poster" />
        <MediaView kind="audio" media={{ state: "ready", blob: "b", voice: true, mime: "audio/ogg", seconds: 7 }} src="/note" own />
      </>,
      { language: "en" },
    );
    expect(screen.getByRole("img", { name: "O bolo" }).getAttribute("src")).toBe("/small");
    expect(screen.getByRole("link", { name: /nota\.pdf/ }).getAttribute("href")).toBe("/doc");
    expect(container.querySelector("video")?.getAttribute("poster")).toBe("/poster");
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(found.violations.map((each) => each.id)).toEqual([]);
    await userEvent.setup().click(screen.getByRole("button", { name: "Open O bolo" }));
    await waitFor(() => expect(document.querySelector('img[src="/big"]')).not.toBeNull());
  });
});
