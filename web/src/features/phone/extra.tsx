import { useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { Icon } from "@/ui/icon";
import type { Bubble, Choice, Poll, Sending } from "./api";
import classes from "./bubble.module.css";
import phone from "./phone.module.css";
import { Sheet } from "./sheet";

/** The story that a bubble answers or that names the business. It dies with its day. */
export function StoryCard({ bubble, children }: { bubble: Bubble; children: ReactNode }) {
  const { t } = useTranslation("phone");
  return (
    <span className={classes.story}>
      <small>{t(bubble.kind === "story_mention" ? "story.mention" : bubble.dir === "mine" ? "story.replied" : "story.story")}</small>
      {bubble.story?.media === undefined ? <em className={classes.dim}>{t("story.gone")}</em> : children}
    </span>
  );
}

/** A post or a reel that was passed on. */
export function ShareCard({ share }: { share: NonNullable<Bubble["share"]> }) {
  const { t } = useTranslation("phone");
  const body = (
    <>
      <Icon name={share.kind === "reel" ? "play" : "link"} size={22} />
      <span>
        <strong dir="auto">{share.title || t(`share.${share.kind}`)}</strong>
        {share.url && <span>{share.url.replace(/^https?:\/\//, "")}</span>}
      </span>
    </>
  );
  if (!/^https?:\/\//.test(share.url ?? "")) return <span className={classes.file}>{body}</span>;
  return (
    <a className={classes.file} href={share.url} target="_blank" rel="noopener noreferrer">
      {body}
    </a>
  );
}

/** A question to vote on: one answer at once, or several and then sent. */
export function PollCard({ bubble, poll, onVote }: { bubble: Bubble; poll: Poll; onVote: (picks: number[]) => void }) {
  const { t } = useTranslation("phone");
  const given = poll.answers.flatMap((answer, i) => (answer.chosen ? [i] : []));
  const [picks, setPicks] = useState<number[]>(given);
  const open = bubble.dir === "theirs" && !poll.closed;
  const total = poll.answers.reduce((sum, answer) => sum + (answer.votes ?? 0), 0);
  const choose = (i: number) => {
    if (!poll.several) return onVote(given.includes(i) ? [] : [i]);
    setPicks((old) => (old.includes(i) ? old.filter((each) => each !== i) : [...old, i]));
  };
  return (
    <fieldset className={classes.poll} disabled={!open}>
      <legend dir="auto">{poll.question}</legend>
      {poll.answers.map((answer, i) => (
        <label key={i}>
          <input type={poll.several ? "checkbox" : "radio"} name={`poll-${bubble.id}`} checked={(poll.several ? picks : given).includes(i)} onChange={() => choose(i)} />
          <span dir="auto">{answer.text}</span>
          {total > 0 && <small>{answer.votes ?? 0}</small>}
        </label>
      ))}
      {poll.several && open && (
        <button type="button" className={classes.option} onClick={() => onVote(picks)}>
          {t("poll.vote")}
        </button>
      )}
      <small className={classes.dim}>{poll.closed ? t("poll.closed") : t("poll.votes", { count: total })}</small>
    </fieldset>
  );
}

/** What a filled form says. */
export function FilledForm({ fields }: { fields: { name: string; value: string }[] }) {
  return (
    <dl className={classes.form}>
      {fields.map((field) => (
        <div key={field.name}>
          <dt>{field.name}</dt>
          <dd dir="auto">{field.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** Quick replies: chips above the keyboard that vanish with the next message. */
export function QuickReplies({ bubble, onSend }: { bubble: Bubble | undefined; onSend: (sending: Sending) => void }) {
  const { t } = useTranslation("phone");
  if (bubble?.quick === undefined || bubble.dir === "mine") return null;
  return (
    <div className={phone.quick} role="group" aria-label={t("quick")}>
      {bubble.quick.map((choice: Choice) => (
        <button type="button" key={choice.id} onClick={() => onSend({ kind: "tap", bubble: bubble.id, choice: choice.id })}>
          {choice.text}
        </button>
      ))}
    </div>
  );
}

const fields = ["name", "day", "note"] as const;

/** A form of the business's, as a sheet from below. What the platform asks for is the company's own; here it is a simple one. */
export function FormSheet({ bubble, onClose, onSend }: { bubble: Bubble; onClose: () => void; onSend: (values: Record<string, string>) => void }) {
  const { t } = useTranslation("phone");
  const [values, setValues] = useState<Record<string, string>>({});
  const title = bubble.rows?.flat().find((choice) => choice.kind === "flow")?.text ?? t("form.title");
  const filled = Object.values(values).some((value) => value.trim() !== "");
  return (
    <Sheet title={title} onClose={onClose}>
      <form
        className={phone.form}
        onSubmit={(event) => {
          event.preventDefault();
          onSend(values);
        }}
      >
        {fields.map((field) => (
          <label key={field}>
            <span>{t(`form.${field}`)}</span>
            <input value={values[field] ?? ""} onChange={(event) => setValues((old) => ({ ...old, [field]: event.target.value }))} autoComplete="off" />
          </label>
        ))}
        <button type="submit" className={phone.sendChoice} disabled={!filled}>
          {t("form.send")}
        </button>
      </form>
    </Sheet>
  );
}
