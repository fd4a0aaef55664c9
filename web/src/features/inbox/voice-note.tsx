import { ActionIcon, Alert, Loader, Text, Tooltip } from "@mantine/core";
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { uploadFile } from "@/api/media";
import type { Upload } from "@/api/types";
import { Icon } from "@/ui/icon";
import { Player } from "@/ui/media/player";
import { clock } from "@/ui/media/wave";
import { useProblemText } from "@/ui/problem-text";
import classes from "./composer-tray.module.css";
import { MicError, mostMinutes, record, type MicProblem, type Recorder, type VoiceForm } from "./voice-recorder";

const meterMs = 100;
const meterBars = 36;

interface Props {
  /** Opens the microphone; other tests and browsers may have another way. */
  open?: (form: VoiceForm) => Promise<Recorder>;
  /** What the channel takes. */
  form?: VoiceForm;
  onSend: (upload: Upload) => void;
  onClose: () => void;
}

type Phase = "preparing" | "recording" | "paused" | "made" | "sending";

/** Records a voice note: with its level, a pause, and a listening before it goes. */
export function VoiceNote({ open = record, form = "ogg", onSend, onClose }: Props) {
  const { t } = useTranslation("media");
  const say = useProblemText();
  const [phase, setPhase] = useState<Phase>("preparing");
  const [problem, setProblem] = useState<MicProblem | null>(null);
  const [levels, setLevels] = useState<number[]>([]);
  const [tenths, setTenths] = useState(0);
  const [note, setNote] = useState<{ file: File; url: string } | null>(null);
  const [failed, setFailed] = useState<unknown>(null);
  const recorder = useRef<Recorder | null>(null);
  const sending = useRef<AbortController | null>(null);

  useEffect(() => {
    let gone = false;
    open(form).then(
      (opened) => {
        if (gone) return opened.cancel();
        recorder.current = opened;
        setPhase("recording");
      },
      (error: unknown) => !gone && setProblem(error instanceof MicError ? error.why : "micFailed"),
    );
    return () => {
      gone = true;
      recorder.current?.cancel();
      recorder.current = null;
      sending.current?.abort();
    };
  }, [open, form]);

  const url = note?.url;
  useEffect(() => () => void (url !== undefined && URL.revokeObjectURL(url)), [url]);

  const stop = useCallback(async (): Promise<File | null> => {
    const running = recorder.current;
    if (running === null) return null;
    recorder.current = null;
    try {
      const file = await running.stop();
      setNote({ file, url: URL.createObjectURL(file) });
      setPhase("made");
      return file;
    } catch {
      setProblem("micFailed");
      return null;
    }
  }, []);

  useEffect(() => {
    if (phase !== "recording") return;
    const timer = setInterval(() => {
      setTenths((past) => past + 1);
      setLevels((past) => [...past, recorder.current?.level() ?? 0].slice(-meterBars));
    }, meterMs);
    return () => clearInterval(timer);
  }, [phase]);
  const seconds = (tenths * meterMs) / 1000;
  const over = seconds >= mostMinutes[form] * 60;
  useEffect(() => {
    if (over) void stop();
  }, [over, stop]);

  const send = async () => {
    const file = note?.file ?? (await stop());
    if (file === null) return;
    const control = new AbortController();
    sending.current = control;
    setPhase("sending");
    setFailed(null);
    try {
      onSend(await uploadFile(file, { signal: control.signal }));
    } catch (error) {
      if (control.signal.aborted) return;
      setFailed(error);
      setPhase("made");
    }
  };

  if (problem !== null) {
    return (
      <Alert color="honey" variant="light" icon={<Icon name="mic" />} withCloseButton onClose={onClose} closeButtonLabel={t("discard")} role="alert">
        {t(problem)}
      </Alert>
    );
  }
  const paused = phase === "paused";
  return (
    <div>
      <div className={classes.voice} role="group" aria-label={t("recording")} data-testid="voice-note">
        <Tooltip label={t("discard")}>
          <ActionIcon size="xl" onClick={onClose} aria-label={t("discard")}>
            <Icon name="close" />
          </ActionIcon>
        </Tooltip>
        {phase === "preparing" && (
          <>
            <Loader size="xs" />
            <Text size="sm" role="status" style={{ flex: 1 }}>
              {t("preparing")}
            </Text>
          </>
        )}
        {(phase === "recording" || paused) && (
          <>
            <span className={classes.lamp} data-paused={paused || undefined} aria-hidden />
            <span className={classes.clock} role="timer">
              {clock(seconds)}
            </span>
            <span className={classes.level} role="meter" aria-label={t("level")} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round((levels.at(-1) ?? 0) * 100)}>
              {Array.from({ length: meterBars }, (_, n) => (
                <span key={n} style={{ height: `${Math.round(8 + (levels[levels.length - meterBars + n] ?? 0) * 92)}%` }} />
              ))}
            </span>
            <Tooltip label={t(paused ? "resumeRecording" : "pauseRecording")}>
              <ActionIcon
                size="lg"
                aria-label={t(paused ? "resumeRecording" : "pauseRecording")}
                onClick={() => {
                  if (paused) recorder.current?.resume();
                  else recorder.current?.pause();
                  setPhase(paused ? "recording" : "paused");
                }}
              >
                <Icon name={paused ? "mic" : "pause"} />
              </ActionIcon>
            </Tooltip>
            <Tooltip label={t("stopRecording")}>
              <ActionIcon size="lg" onClick={() => void stop()} aria-label={t("stopRecording")}>
                <Icon name="stop" />
              </ActionIcon>
            </Tooltip>
          </>
        )}
        {(phase === "made" || phase === "sending") && note !== null && (
          <div style={{ flex: 1 }} title={t("preview")}>
            <Player src={note.url} mime={note.file.type} seconds={Math.round(seconds)} voice own />
          </div>
        )}
        <Tooltip label={t("sendVoice")}>
          <ActionIcon size="xl" variant="filled" color="plum" disabled={phase === "preparing"} loading={phase === "sending"} onClick={() => void send()} aria-label={t("sendVoice")} data-testid="send-voice">
            <Icon name="send" />
          </ActionIcon>
        </Tooltip>
      </div>
      {over && (
        <Text size="xs" c="dimmed" role="status">
          {t("recordingLimit", { minutes: mostMinutes[form] })}
        </Text>
      )}
      {failed !== null && (
        <Text size="xs" c="red" role="alert">
          {t("uploadFailed", { why: say(failed) })}
        </Text>
      )}
    </div>
  );
}
