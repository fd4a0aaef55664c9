import { Button, Group, MultiSelect, SegmentedControl, Select } from "@mantine/core";
import { useTranslation } from "react-i18next";
import type { FlowNode } from "../contract";
import { asVariable } from "../document/change";
import { Pairs } from "./act";
import { Links } from "./card";
import { Misses } from "./choice";
import { useField, useTarget } from "./context";
import { Amount, Choose, Plain, Say, Target, Template, Tick, Variable, Variables, Words } from "./field";
import { AlbumFields, MediaFields } from "./media";
import { More } from "./part";

const contents = ["media", "album", "location", "contact", "links"] as const;
type Content = "text" | (typeof contents)[number];

const fresh: Record<(typeof contents)[number], unknown> = {
  media: { kind: "image", blob: "", mime: "" },
  album: [{ kind: "image", blob: "", mime: "" }, { kind: "image", blob: "", mime: "" }],
  location: { latitude: -23.5505, longitude: -46.6333 },
  contact: { name: "", phones: [] },
  links: [{ title: "", url: "https://" }],
};

/** Something that the bot says: a text, files, a place, a contact, pages to open. */
export function MessageForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const { put, readOnly } = useTarget();
  const content: Content = contents.find((each) => node[each] !== undefined) ?? "text";
  const change = (next: Content) => {
    // One step of the history each, so that a slip of the hand loses nothing.
    if (content !== "text") put(content, undefined);
    if (next !== "text") put(next, fresh[next]);
  };
  return (
    <>
      <Select
        label={t("form.content")} readOnly={readOnly} allowDeselect={false} value={content} onChange={(next) => next !== null && next !== content && change(next as Content)}
        data={(["text", ...contents] as const).map((each) => ({ value: each, label: t(`form.contentKind.${each}`) }))}
        comboboxProps={{ withinPortal: true }}
      />
      {content === "media" && <MediaFields />}
      {content === "album" && <AlbumFields />}
      <Say path="text" label={t(content === "media" ? "form.caption" : content === "text" || content === "links" ? "form.text" : "form.textBefore")} most={content === "media" ? 1024 : 4096} minRows={3} required={content === "text" || content === "links"} />
      {content === "location" && <PlaceFields />}
      {content === "contact" && (
        <>
          <Plain path="contact.name" label={t("form.contactName")} />
          <Words path="contact.phones" label={t("form.contactPhones")} placeholder="+55 11 4000-1000" />
          <Words path="contact.emails" label={t("form.contactEmails")} />
        </>
      )}
      {content === "links" && <Links path="links" />}
    </>
  );
}

function PlaceFields() {
  const { t } = useTranslation("builder");
  return (
    <>
      <Plain path="location.name" label={t("form.placeName")} />
      <Plain path="location.address" label={t("form.placeAddress")} />
      <Group grow>
        <Amount path="location.latitude" label={t("form.latitude")} min={-90} max={90} />
        <Amount path="location.longitude" label={t("form.longitude")} min={-180} max={180} />
      </Group>
    </>
  );
}

const expectations = ["text", "number", "money", "email", "phone", "date", "time", "cpf", "cnpj", "cep", "file", "location"] as const;

/** The parts that an answer has beside its value. */
const parts: Record<string, readonly ("latitude" | "longitude" | "name" | "address" | "id" | "kind" | "mime")[]> = {
  location: ["latitude", "longitude", "address", "name"],
  file: ["id", "kind", "mime", "name"],
  phone: ["name"],
};

/** A question in the customer's own words, and what counts as an answer. */
export function QuestionForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const { readOnly } = useTarget();
  const [kinds, setKinds] = useField<string[]>("kinds");
  const expect = typeof node.expect === "string" ? node.expect : "text";
  const known = expectations.find((each) => each === expect);
  return (
    <>
      <Say path="text" label={t("form.question")} minRows={2} most={4096} required />
      <Choose path="expect" label={t("form.expect")} description={known === undefined ? undefined : t(`form.expectText.${known}`)} data={expectations.map((each) => ({ value: each, label: t(`form.expectKind.${each}`) }))} />
      {(expect === "text" || expect === "number" || expect === "money") && (
        <Group grow align="flex-start">
          <Amount path="min" label={t(expect === "text" ? "form.minLength" : expect === "money" ? "form.minCents" : "form.min")} />
          <Amount path="max" label={t(expect === "text" ? "form.maxLength" : expect === "money" ? "form.maxCents" : "form.max")} />
        </Group>
      )}
      {expect === "file" && (
        <MultiSelect label={t("form.fileKinds")} readOnly={readOnly} value={kinds ?? []} onChange={(next) => setKinds(next.length === 0 ? undefined : next)} placeholder={(kinds ?? []).length === 0 ? t("form.anyFile") : undefined} data={(["image", "video", "audio", "document"] as const).map((each) => ({ value: each, label: t(`form.mediaKind.${each}`) }))} comboboxProps={{ withinPortal: true }} />
      )}
      {(expect === "location" || expect === "phone" || expect === "email") && <Tick path="request" label={t("form.request")} description={t("form.requestText")} />}
      <Variable path="save" label={t("form.saveAnswer")} description={t("form.saveAnswerText", { name: `{{vars.${typeof node.save === "string" && node.save !== "" ? node.save : "nome"}}}` })} />
      <Plain path="field" label={t("form.saveField")} description={t("form.saveFieldText")} maxLength={40} />
      {parts[expect] !== undefined && (
        <Pairs path="parts" label={t("form.parts")} from={t("form.variable")} to={t("form.part")} clean={asVariable} offered={parts[expect].map((each) => ({ value: each, label: t(`form.partKind.${each}`) }))} />
      )}
      <More>
        <Misses />
      </More>
    </>
  );
}

/** A question for a score, a comment after it, and another way for low ones. */
export function RatingForm({ node }: { node: FlowNode }) {
  const { t } = useTranslation("builder");
  const { put, readOnly } = useTarget();
  const ten = node.scale === 10;
  return (
    <>
      <Say path="text" label={t("form.question")} minRows={2} required />
      <SegmentedControl
        fullWidth size="xs" disabled={readOnly} aria-label={t("form.scale")} value={ten ? "10" : "5"} onChange={(next) => put("scale", Number(next))}
        data={[{ value: "5", label: t("form.scale5") }, { value: "10", label: t("form.scale10") }]}
      />
      <Variable path="save" label={t("form.saveScore")} />
      <Say path="comment" label={t("form.comment")} description={t("form.commentText")} />
      {node.low === undefined ? (
        !readOnly && (
          <Button variant="subtle" size="compact-sm" style={{ alignSelf: "flex-start" }} onClick={() => put("low", { most: ten ? 6 : 2, next: "" })}>
            {t("form.addLow")}
          </Button>
        )
      ) : (
        <>
          <Group align="flex-end" wrap="nowrap">
            <Amount path="low.most" label={t("form.lowMost")} min={0} max={ten ? 9 : 4} />
            {!readOnly && (
              <Button variant="subtle" color="brick" size="compact-sm" onClick={() => put("low", undefined)}>
                {t("form.remove")}
              </Button>
            )}
          </Group>
          <Target path="low.next" label={t("form.lowNext")} />
        </>
      )}
      <More>
        <Misses deaf={false} />
      </More>
    </>
  );
}

/** The end of the bot's part: people take over. */
export function HandOffForm() {
  const { t } = useTranslation("builder");
  return (
    <>
      <Say path="text" label={t("form.handoffText")} description={t("form.handoffTextHint")} most={4096} />
      <Plain path="team" label={t("form.team")} description={t("form.teamText")} maxLength={80} />
      <Plain path="assignee" label={t("form.assignee")} description={t("form.assigneeText")} placeholder="ana@empresa.com.br" />
      <Template path="note" label={t("form.handoffNote")} description={t("form.handoffNoteText")} multiline />
      <Variables path="fields" label={t("form.handoffFields")} description={t("form.handoffFieldsText")} />
    </>
  );
}

export function EndForm() {
  const { t } = useTranslation("builder");
  return <Say path="text" label={t("form.endText")} description={t("form.endTextHint")} most={4096} minRows={2} />;
}

export function TagForm() {
  const { t } = useTranslation("builder");
  return (
    <>
      <Words path="add" label={t("form.tagAdd")} description={t("form.tagText")} />
      <Words path="remove" label={t("form.tagRemove")} />
    </>
  );
}
