import { act, screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import axe from "axe-core";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { MediaLimit } from "@/api/media";
import type { Upload } from "@/api/types";
import { draw } from "@/test/render";
import { checkFile, voiceFormOf } from "./composer-check";
import { due, reduceFiles, useFiles, type Chosen } from "./composer-files";
import { Tray } from "./composer-tray";
import { VoiceNote } from "./voice-note";
import { MicError, problemOfMic, record, type Recorder } from "./voice-recorder";

const whatsapp: MediaLimit[] = [
  { kind: "image", max: 5 << 20, types: ["image/jpeg", "image/png"] },
  { kind: "video", max: 16 << 20, types: ["video/mp4", "video/3gpp"] },
  { kind: "audio", max: 16 << 20, types: ["audio/ogg", "audio/mpeg"] },
  { kind: "document", max: 25 << 20, types: [] },
];
const instagram: MediaLimit[] = [
  { kind: "image", max: 8 << 20, types: ["image/jpeg", "image/png"] },
  { kind: "document", max: 0, types: [] },
];

describe("the check before a file travels", () => {
  it.each([
    ["a picture", { type: "image/jpeg", size: 1000 }, whatsapp, { do: "send" }],
    ["a picture that is too large", { type: "image/png", size: 6 << 20 }, whatsapp, { do: "shrink", max: 5 << 20 }],
    ["a film that is too large", { type: "video/mp4", size: 17 << 20 }, whatsapp, { do: "refuse", why: "tooLarge", max: 16 << 20 }],
    ["a format that is not shown", { type: "video/x-matroska", size: 1000 }, whatsapp, { do: "document" }],
    ["WebP where documents go", { type: "image/webp", size: 1000 }, whatsapp, { do: "document" }],
    ["WebP where none go", { type: "image/webp", size: 1000 }, instagram, { do: "shrink", max: 8 << 20 }],
    ["a document where none go", { type: "application/pdf", size: 1000 }, instagram, { do: "refuse", why: "wrongType", max: 0 }],
    ["a document", { type: "application/pdf", size: 1000 }, whatsapp, { do: "send" }],
    ["nothing", { type: "image/jpeg", size: 0 }, whatsapp, { do: "refuse", why: "empty", max: 0 }],
    ["anything while the limits are unknown", { type: "application/pdf", size: 1 << 30 }, undefined, { do: "send" }],
    ["a note with a codec in its type", { type: "audio/ogg; codecs=opus", size: 1000 }, whatsapp, { do: "send" }],
  ])("%s", (_, file, limits, verdict) => {
    expect(checkFile(file, limits)).toEqual(verdict);
  });

  it("says how a voice note is recorded: as OGG, or as WAV where the channel does not take that", () => {
    expect(voiceFormOf(whatsapp)).toBe("ogg");
    expect(voiceFormOf(undefined)).toBe("ogg");
    expect(voiceFormOf([{ kind: "audio", max: 25 << 20, types: ["audio/aac", "audio/mp4", "audio/wav"] }])).toBe("wav");
  });
});

describe("the files of a reply", () => {
  const chosen = (id: string, state: Chosen["state"]): Chosen => ({ id, name: id, size: 1, type: "", state, progress: 0 });

  it("travel two at a time, in order", () => {
    expect(due([chosen("a", "waiting"), chosen("b", "waiting"), chosen("c", "waiting")]).map((each) => each.id)).toEqual(["a", "b"]);
    expect(due([chosen("a", "ready"), chosen("b", "sending"), chosen("c", "waiting"), chosen("d", "waiting")]).map((each) => each.id)).toEqual(["c"]);
    expect(reduceFiles([chosen("a", "failed")], { type: "change", id: "a", to: { state: "waiting" } })[0]?.state).toBe("waiting");
    expect(reduceFiles([chosen("a", "ready"), chosen("b", "ready")], { type: "remove", ids: ["a"] }).map((each) => each.id)).toEqual(["b"]);
  });
});

/** A server that takes files when it is told to. */
class Line {
  static open: Line[] = [];
  upload: { onprogress?: (event: { lengthComputable: boolean; loaded: number; total: number }) => void } = {};
  onload: () => void = () => {};
  onerror: () => void = () => {};
  onabort: () => void = () => {};
  status = 0;
  responseText = "";
  aborted = false;
  open() {}
  setRequestHeader() {}
  getResponseHeader() {
    return null;
  }
  send() {
    Line.open.push(this);
  }
  abort() {
    this.aborted = true;
    this.onabort();
  }
  answer(status: number, body: unknown) {
    this.status = status;
    this.responseText = JSON.stringify(body);
    act(() => this.onload());
  }
}

const upload = (id: string, name: string): Upload => ({ id, kind: "document", mime: "application/pdf", name, size: 3, created_ms: 1 });

function Bench() {
  const files = useFiles("whatsapp");
  return (
    <>
      <input type="file" multiple aria-label="choose" onChange={(event) => files.add(event.target.files ?? [])} />
      <Tray files={files} channel="whatsapp" />
      <output>{files.busy ? "busy" : files.ready.map((each) => each.id).join(" ")}</output>
    </>
  );
}

describe("the tray", () => {
  beforeEach(() => {
    Line.open = [];
    vi.stubGlobal("XMLHttpRequest", Line);
    vi.stubGlobal("fetch", vi.fn(async () => Response.json({ items: [{ channel: "whatsapp", kinds: whatsapp }] })));
    URL.createObjectURL ??= () => "blob:x";
    URL.revokeObjectURL ??= () => undefined;
  });
  afterEach(() => vi.unstubAllGlobals());

  it("shows progress, cancels one, retries one, and keeps the order", async () => {
    const { container } = await draw(<Bench />, { language: "en" });
    await waitFor(() => expect(fetch).toHaveBeenCalled());
    const user = userEvent.setup();
    const file = (name: string) => new File(["abc"], name, { type: "application/pdf" });
    await user.upload(screen.getByLabelText("choose"), [file("a.pdf"), file("b.pdf"), file("c.pdf")]);
    await waitFor(() => expect(Line.open.length).toBe(2));
    act(() => Line.open[0]?.upload.onprogress?.({ lengthComputable: true, loaded: 1, total: 4 }));
    expect(screen.getByRole("progressbar", { name: "a.pdf: 25%" })).toBeTruthy();
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(found.violations.map((each) => each.id)).toEqual([]);
    Line.open[1]?.answer(503, { code: "unavailable" });
    await waitFor(() => expect(Line.open.length).toBe(3));
    Line.open[0]?.answer(201, upload("med_a", "a.pdf"));
    await user.click(screen.getByRole("button", { name: "Cancel the upload of c.pdf" }));
    expect(Line.open[2]?.aborted).toBe(true);
    expect(screen.queryByText(/c\.pdf/)).toBeNull();
    await user.click(screen.getByRole("button", { name: "Try again" }));
    await waitFor(() => expect(Line.open.length).toBe(4));
    Line.open[3]?.answer(201, upload("med_b", "b.pdf"));
    await waitFor(() => expect(screen.getByText("med_a med_b")).toBeTruthy());
  });

  it("says what the channel does not take, in words", async () => {
    await draw(<Bench />, { language: "pt-BR" });
    await waitFor(() => expect(fetch).toHaveBeenCalled());
    const big = new File([new Uint8Array(17 << 20)], "festa.mp4", { type: "video/mp4" });
    await userEvent.setup().upload(screen.getByLabelText("choose"), [big]);
    expect((await screen.findByRole("alert")).textContent).toMatch(/festa\.mp4 tem 17,8 MB; WhatsApp aceita até 16,8 MB/);
    expect(Line.open.length).toBe(0);
  });
});

describe("a voice note", () => {
  beforeEach(() => {
    Line.open = [];
    vi.stubGlobal("XMLHttpRequest", Line);
    vi.stubGlobal("fetch", vi.fn(async () => new Response("x")));
    vi.stubGlobal("URL", Object.assign(URL, { createObjectURL: () => "blob:note", revokeObjectURL: () => undefined }));
  });
  afterEach(() => vi.unstubAllGlobals());

  function fake(): Recorder {
    return { level: () => 0.5, pause: vi.fn(), resume: vi.fn(), cancel: vi.fn(), stop: vi.fn(async () => new File(["OggS"], "voz.ogg", { type: "audio/ogg; codecs=opus" })) };
  }

  it("is paused, listened to and sent", async () => {
    const recorder = fake();
    const sent = vi.fn();
    const open = async () => recorder;
    const { container } = await draw(<VoiceNote open={open} onSend={sent} onClose={() => undefined} />, { language: "en" });
    const user = userEvent.setup();
    await user.click(await screen.findByRole("button", { name: "Pause the recording" }));
    expect(recorder.pause).toHaveBeenCalledOnce();
    await user.click(screen.getByRole("button", { name: "Go on recording" }));
    expect(recorder.resume).toHaveBeenCalledOnce();
    const found = await axe.run(container, { rules: { "color-contrast": { enabled: false }, region: { enabled: false } } });
    expect(found.violations.map((each) => each.id)).toEqual([]);
    await user.click(screen.getByRole("button", { name: "Stop and listen" }));
    expect(within(screen.getByRole("group", { name: "Recording a voice message" })).getByRole("button", { name: "Play" })).toBeTruthy();
    await user.click(screen.getByRole("button", { name: "Send the voice message" }));
    await waitFor(() => expect(Line.open.length).toBe(1));
    Line.open[0]?.answer(201, upload("med_v", "voz.ogg"));
    await waitFor(() => expect(sent).toHaveBeenCalledWith(expect.objectContaining({ id: "med_v" })));
  });

  it("is recorded in the form that the channel takes", async () => {
    const open = vi.fn(async () => fake());
    await draw(<VoiceNote open={open} form="wav" onSend={() => undefined} onClose={() => undefined} />, { language: "en" });
    await screen.findByRole("button", { name: "Pause the recording" });
    expect(open).toHaveBeenCalledExactlyOnceWith("wav");
  });

  it("lets the microphone go when it is discarded", async () => {
    const recorder = fake();
    const open = async () => recorder;
    const { unmount } = await draw(<VoiceNote open={open} onSend={() => undefined} onClose={() => undefined} />, { language: "en" });
    await screen.findByRole("button", { name: "Pause the recording" });
    unmount();
    expect(recorder.cancel).toHaveBeenCalledOnce();
  });

  it("says in words why there is no microphone", async () => {
    const open = () => Promise.reject(new MicError("micDenied"));
    await draw(<VoiceNote open={open} onSend={() => undefined} onClose={() => undefined} />, { language: "pt-BR" });
    expect((await screen.findByRole("alert")).textContent).toContain("Permita o microfone");
    for (const [name, why] of [["NotAllowedError", "micDenied"], ["NotFoundError", "micMissing"], ["NotReadableError", "micBusy"], ["TypeError", "micFailed"]] as const) {
      expect(problemOfMic(new DOMException("", name))).toBe(why);
    }
    await expect(record()).rejects.toBeInstanceOf(MicError);
  });
});
