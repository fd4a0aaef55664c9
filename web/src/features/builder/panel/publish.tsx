import { Alert, Button, Group, Loader, Modal, Stack, Text, Textarea } from "@mantine/core";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { asProblem } from "@/api/problem";
import { Icon } from "@/ui/icon";
import { useProblemText } from "@/ui/problem-text";
import { builder, keys, type Passage } from "../contract";
import type { BuilderDocument } from "../document/port";
import { Diff } from "./diff";
import classes from "./panel.module.css";
import { PassageChoice } from "./passage";

/** Makes the draft the live version: proofs, tests, what changes, and what becomes of those who are talking to it. */
export function PublishDialog({ document, opened, onClose, onTests }: { document: BuilderDocument; opened: boolean; onClose: () => void; onTests: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  return (
    <Modal opened={opened} onClose={onClose} title={t("version.publish")} size="lg" closeButtonProps={{ "aria-label": t("common:close") }}>
      {opened && <Steps document={document} onClose={onClose} onTests={onTests} />}
    </Modal>
  );
}

function Steps({ document, onClose, onTests }: { document: BuilderDocument; onClose: () => void; onTests: () => void }) {
  const { t } = useTranslation(["builder", "common"]);
  const client = useQueryClient();
  const say = useProblemText();
  const [note, setNote] = useState("");
  const [sessions, setSessions] = useState<Passage>("drain");
  const { botId, definition, tests } = document;
  // What is looked at here is what is published: the draft is saved first.
  const saved = useQuery({ queryKey: [...keys.bot(botId), "publish", definition, tests], queryFn: () => document.save(), gcTime: 0, staleTime: Infinity, retry: false });
  const ready = saved.isSuccess;
  const checked = useQuery({ queryKey: [...keys.bot(botId), "publish-check", definition], queryFn: () => builder.check({ definition, bot_id: botId }), gcTime: 0, staleTime: Infinity });
  const ran = useQuery({ queryKey: [...keys.bot(botId), "publish-tests", definition, tests], queryFn: () => builder.runTests(botId, { definition, tests }), enabled: tests.length > 0, gcTime: 0, staleTime: Infinity });
  const impact = useQuery({ queryKey: keys.impact(botId), queryFn: () => builder.impact(botId), enabled: ready, gcTime: 0, refetchInterval: 15_000 });
  const bot = useQuery({ queryKey: keys.bot(botId), queryFn: () => builder.get(botId) });
  const first = bot.data?.live_number === 0;
  const diff = useQuery({ queryKey: [...keys.bot(botId), "publish-diff", saved.data], queryFn: () => builder.diff(botId, "live", "draft"), enabled: ready && bot.data !== undefined && !first, gcTime: 0, retry: false });
  const [wasFirst, setWasFirst] = useState(false);
  const publish = useMutation({
    onMutate: () => setWasFirst(first),
    mutationFn: () => builder.publish(botId, { revision: saved.data ?? 0, note: note.trim(), sessions }),
    onSuccess: async () => {
      await document.reload();
      void client.invalidateQueries({ queryKey: keys.bots });
    },
  });
  const errors = (checked.data?.issues ?? []).filter((issue) => issue.weight === "error");
  const warnings = (checked.data?.issues ?? []).filter((issue) => issue.weight === "warning");
  const failed = ran.data?.results.filter((result) => !result.passed) ?? [];
  const go = (node: string) => {
    onClose();
    document.select(node);
  };
  if (publish.data !== undefined) {
    return (
      <Stack align="center" ta="center" py="md" role="status">
        <span className={classes.success}>
          <Icon name="check" size={34} />
        </span>
        <Text size="lg" fw={650}>
          {t("version.published", { number: publish.data.number })}
        </Text>
        <Text c="dimmed" maw={420}>
          {t(wasFirst ? "version.publishedFirst" : `version.publishedText.${sessions}`)}
        </Text>
        <Button onClick={onClose} data-autofocus>
          {t("common:done")}
        </Button>
      </Stack>
    );
  }
  const blocked = !ready || checked.data?.ok !== true || (tests.length > 0 && (ran.data === undefined || failed.length > 0));
  return (
    <Stack>
      {saved.isError && <Alert color="brick">{say(saved.error)}</Alert>}
      <Gate good={checked.data?.ok} busy={checked.isPending} title={checked.isError ? say(checked.error) : checked.data?.ok === false ? t("version.unproved", { count: errors.length }) : t("version.proved")}>
        {[...errors, ...warnings].map((issue, i) => (
          <li key={i} data-weight={issue.weight}>
            {issue.node === "" ? (
              issue.sentence
            ) : (
              <button type="button" className={classes.issue} onClick={() => go(issue.node)}>
                <strong>{issue.node}</strong> {issue.sentence}
              </button>
            )}
          </li>
        ))}
      </Gate>
      {tests.length === 0 ? (
        <Gate good={true} quiet busy={false} title={t("version.noTests")} />
      ) : (
        <Gate good={ran.data === undefined ? undefined : failed.length === 0} busy={ran.isPending} title={ran.isError ? say(ran.error) : failed.length > 0 ? t("test.someFailed", { count: failed.length }) : t("test.allPassed", { count: tests.length })}>
          {failed.map((result) => (
            <li key={result.name} data-weight="error">
              <button
                type="button"
                className={classes.issue}
                onClick={() => {
                  onClose();
                  onTests();
                }}
              >
                <strong>{result.name}</strong> {result.sentence}
              </button>
            </li>
          ))}
        </Gate>
      )}
      {first && (
        <Text size="sm" c="dimmed">
          {t("version.first")}
        </Text>
      )}
      {diff.data !== undefined && diff.data.changes.length > 0 && (
        <details className={classes.fold}>
          <summary>{t("version.changes", { count: diff.data.changes.length })}</summary>
          <Diff changes={diff.data.changes} onNode={go} />
        </details>
      )}
      {!first && <PassageChoice value={sessions} onChange={setSessions} impact={impact.data} failed={impact.isError} />}
      <Textarea label={t("version.note")} description={t("version.noteText")} value={note} onChange={(event) => setNote(event.currentTarget.value)} maxLength={500} autosize minRows={2} />
      {publish.isError && <Alert color="brick">{refusal(publish.error, t("version.draftChanged"), say)}</Alert>}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          {t("common:cancel")}
        </Button>
        <Button onClick={() => publish.mutate()} disabled={blocked} loading={publish.isPending} leftSection={<Icon name="send" size={16} />}>
          {t("version.publishNow")}
        </Button>
      </Group>
    </Stack>
  );
}

function refusal(error: unknown, changed: string, say: (error: unknown) => string): string {
  return asProblem(error).reason === "draft_changed" ? changed : say(error);
}

/** One thing that has to be right before a version goes live. */
function Gate({ good, busy, quiet = false, title, children }: { good: boolean | undefined; busy: boolean; quiet?: boolean; title: string; children?: ReactNode }) {
  const state = busy ? "none" : good === true ? (quiet ? "none" : "good") : "bad";
  return (
    <div className={classes.gate}>
      <Group gap="xs" wrap="nowrap">
        <span className={classes.mark} data-state={state} aria-hidden="true">
          {busy ? <Loader size={14} /> : <Icon name={state === "bad" ? "close" : state === "good" ? "check" : "note"} size={15} />}
        </span>
        <Text fw={550}>{title}</Text>
      </Group>
      {children !== undefined && <ul className={classes.issues}>{children}</ul>}
    </div>
  );
}
