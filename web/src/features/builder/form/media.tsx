import { Button, FileButton, Group, Stack, Text } from "@mantine/core";
import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "@/api";
import { Icon } from "@/ui/icon";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import { useField, useTarget } from "./context";
import { Choose, RowTools } from "./field";
import classes from "./form.module.css";

type Kind = "image" | "video" | "audio" | "document" | "sticker";

/** The key of a stored file is the SHA-256 of its bytes. */
async function hashOf(file: File): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", await file.arrayBuffer());
  return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** A file that the company uploads. */
export function MediaFields({ path = "media", kinds = ["image", "video", "audio", "document", "sticker"], optional = false }: { path?: string; kinds?: Kind[]; optional?: boolean }) {
  const { t } = useTranslation("builder");
  const { put, readOnly } = useTarget();
  const say = useProblemText();
  const [blob] = useField<string>(`${path}.blob`);
  const [name] = useField<string>(`${path}.name`);
  const upload = useMutation({
    mutationFn: async (file: File) => ({ upload: await api.media.upload(file), blob: await hashOf(file) }),
    onSuccess: ({ upload: made, blob: key }) => put(path, { kind: made.kind, blob: key, mime: made.mime, name: made.name }),
    onError: (error) => notify.bad(say(error)),
  });
  return (
    <Stack gap="xs">
      {(!optional || blob) && <Choose path={`${path}.kind`} label={t("form.mediaType")} data={kinds.map((each) => ({ value: each, label: t(`form.mediaKind.${each}`) }))} />}
      <Group gap="sm">
        <FileButton onChange={(file) => file !== null && upload.mutate(file)} accept={kinds.includes("document") ? "image/*,video/*,audio/*,application/pdf" : "image/*,video/*"}>
          {(props) => (
            <Button {...props} variant="light" size="compact-sm" loading={upload.isPending} disabled={readOnly} leftSection={<Icon name="attach" size={15} />}>
              {t(blob ? "form.changeFile" : "form.chooseFile")}
            </Button>
          )}
        </FileButton>
        <Text size="sm" c={blob ? undefined : "dimmed"}>
          {blob ? name || t("form.file") : t("form.noFile")}
        </Text>
        {optional && blob && !readOnly && (
          <Button variant="subtle" color="brick" size="compact-sm" onClick={() => put(path, undefined)}>
            {t("form.remove")}
          </Button>
        )}
      </Group>
    </Stack>
  );
}

/** Pictures and films that go out together. */
export function AlbumFields() {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [files, set] = useField<object[]>("album");
  const all = files ?? [];
  return (
    <Stack gap="xs">
      {all.map((_, i) => (
        <div key={i} className={classes.row}>
          <Group justify="flex-end">
            <RowTools path="album" index={i} least={1} label={t("form.file")} />
          </Group>
          <MediaFields path={`album.${i}`} kinds={["image", "video"]} />
        </div>
      ))}
      {!readOnly && (
        <Button variant="light" size="compact-sm" leftSection={<Icon name="plus" size={15} />} style={{ alignSelf: "flex-start" }} disabled={all.length >= 10} onClick={() => set([...all, { kind: "image", blob: "", mime: "" }])}>
          {t("form.addFile")}
        </Button>
      )}
    </Stack>
  );
}
