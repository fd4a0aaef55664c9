/** A simulated conversation: what the customer did, what the flow made of it, and the way back. Pure, but for the calls. */
import type { Channel, Content } from "@/api/types";
import { asProblem } from "@/api/problem";
import { builder, type Definition, type FlowTest, type Passed, type Simulated, type SimulatedInput, type TestStep } from "../contract";

/** What a customer, the clock or a called service does. */
export type Move =
  | { kind: "text"; text: string }
  /** Somebody of the team puts the bot on the conversation. */
  | { kind: "start" }
  /** A tapped option: by the id that was shown, else by its name in the flow, else by its title. */
  | { kind: "pick"; id?: string; name?: string; title: string }
  | { kind: "media"; media: "image" | "document" | "audio" | "video" }
  | { kind: "location" }
  | { kind: "contact" }
  /** The answers of the form that was offered last. */
  | { kind: "form"; answers: Record<string, unknown> }
  | { kind: "time" }
  | { kind: "answer"; ok: boolean; status: number; body: unknown };

export interface Changed {
  name: string;
  before: unknown;
  after: unknown;
}

/** One turn with all that is needed to go back to it. */
export interface Moment {
  move: Move;
  input: SimulatedInput;
  /** The simulated clock. */
  nowMs: number;
  got: Simulated;
  changed: Changed[];
}

export interface Person {
  name: string;
  language: string;
}

const place = { latitude: -23.5614, longitude: -46.6559, name: "Avenida Paulista, 1578" };
const card = { name: "Ana Souza", phones: ["+55 11 99999-1234"] };
const files = { image: ["image/jpeg", "foto.jpg"], document: ["application/pdf", "comprovante.pdf"], audio: ["audio/ogg", ""], video: ["video/mp4", "video.mp4"] } as const;

/** The options that wait for an answer, in the flow's order. */
export function offered(moments: Moment[]): { id: string; title: string }[] {
  for (const moment of moments.toReversed()) {
    for (const message of moment.got.messages.toReversed()) {
      const options = tappable(message.content);
      if (options.length > 0) return options;
    }
  }
  return [];
}

/** What of a message can be tapped: the options of a menu, of cards, of a poll. A vote brings the number of the answer. */
export function tappable(content: Content): { id: string; title: string }[] {
  if (content.choice !== undefined) return content.choice.options ?? [];
  if (content.poll !== undefined) return (content.poll.options ?? []).map((_, i) => ({ id: `poll:1:${i}`, title: String(i + 1) }));
  return (content.deck ?? []).flatMap((card) => card.options ?? []);
}

/** The options of a node by the names that they have in the flow. */
function namedOptions(definition: Definition, node: string): { name: string }[] {
  const found = definition.nodes.find((each) => each.name === node);
  const cards = Array.isArray(found?.cards) ? (found.cards as { options?: { name: string }[] }[]) : [];
  return Array.isArray(found?.options) ? (found.options as { name: string }[]) : cards.flatMap((card) => card.options ?? []);
}

/** The form that was offered last, with the word that binds its answers to it. */
function formToken(moments: Moment[]): string {
  for (const moment of moments.toReversed()) {
    for (const message of moment.got.messages.toReversed()) if (message.content.form_ask !== undefined) return message.content.form_ask.token ?? "";
  }
  return "";
}

/** The answer of a service as the live runtime takes it: one outside 200 to 299 has failed, and so has none at all. */
export function answerOf(came: boolean, status: number, body: unknown): Move {
  if (!came) return { kind: "answer", ok: false, status: 0, body: undefined };
  return { kind: "answer", ok: status >= 200 && status < 300, status, body };
}

/** What a move is for the engine, after these moments. Null when there is nothing to do: no timer, no open call. */
export function inputOf(move: Move, moments: Moment[], definition: Definition): SimulatedInput | null {
  const last = moments.at(-1)?.got;
  const written = (content: Content): SimulatedInput => ({ kind: "message", content });
  switch (move.kind) {
    case "text":
      return written({ kind: "text", text: move.text });
    case "pick": {
      const options = offered(moments);
      const index = move.name === undefined ? -1 : namedOptions(definition, last?.node ?? "").findIndex((each) => each.name === move.name);
      const option = options.find((each) => each.id === move.id) ?? options[index] ?? options.find((each) => each.title === move.title);
      if (option !== undefined) return written({ kind: "pick", pick: { id: option.id, title: option.title } });
      // A button of an older message keeps its id: the flow has to cope with it.
      if (move.id !== undefined) return written({ kind: "pick", pick: { id: move.id, title: move.title } });
      return written({ kind: "text", text: move.title });
    }
    case "media": {
      const [mime, name] = files[move.media];
      return written({ kind: move.media, media: { mime, ...(name === "" ? { voice: true } : { name }), state: "ready" } });
    }
    case "location":
      return written({ kind: "location", location: place });
    case "contact":
      return written({ kind: "contacts", contacts: [card] });
    case "form":
      return written({ kind: "form", form: { flow_token: formToken(moments), ...move.answers } });
    case "start":
      return { kind: "start" };
    case "time":
      return last?.timer === undefined ? null : { kind: "timer", timer: last.timer.name };
    case "answer":
      return last?.ask === undefined ? null : { kind: "answer", answer: { id: last.ask.id, ok: move.ok, status: move.status, ...(move.body === undefined ? {} : { body: move.body }) } };
  }
}

/** What a turn set. */
export function changes(before: Record<string, unknown>, after: Record<string, unknown>): Changed[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name])).map((name) => ({ name, before: before[name], after: after[name] }));
}

/** All exits taken up to now. */
export const trailOf = (moments: Moment[]): Passed[] => moments.flatMap((moment) => moment.got.trail);

export interface Table {
  bot: string;
  definition: Definition;
  channel: Channel;
  person: Person;
  session: string;
}

/** Takes one turn after these moments; they stay as they are. */
export async function take(table: Table, moments: Moment[], move: Move, startMs: number): Promise<Moment | null> {
  const input = inputOf(move, moments, table.definition);
  if (input === null) return null;
  const last = moments.at(-1);
  // The clock stands still but for the time that is let pass, as it does in a test.
  const nowMs = Math.max(move.kind === "time" ? (last?.got.timer?.at_ms ?? 0) : 0, last?.nowMs ?? startMs);
  const got = await builder.simulate(table.bot, {
    definition: table.definition,
    channel: table.channel,
    contact: { name: table.person.name, language: table.person.language },
    // What ended begins anew when the customer writes again.
    state: last === undefined || last.got.status !== "waiting" ? "" : last.got.state,
    session: table.session,
    input,
    now_ms: nowMs,
  });
  return { move, input, nowMs, got, changed: changes(last?.got.variables ?? {}, got.variables) };
}

/** Takes the moves one after the other from the beginning. Stops at the first that can't be taken. */
export async function replay(table: Table, moves: Move[], startMs: number): Promise<Moment[]> {
  const moments: Moment[] = [];
  for (const move of moves) {
    try {
      const moment = await take(table, moments, move, startMs);
      if (moment === null) break;
      moments.push(moment);
    } catch (error) {
      if (moments.length === 0 || asProblem(error).passing) throw error;
      break;
    }
  }
  return moments;
}

/** The moves of a test, to be shown in the simulator. */
export function movesOf(test: FlowTest): Move[] {
  return test.steps.flatMap((step): Move[] => {
    if (step.start === true) return [{ kind: "start" }];
    const customer = step.customer as { text?: string; pick?: string; tap?: string; media?: string; location?: unknown; form?: Record<string, unknown> } | undefined;
    if (customer?.media === "contacts") return [{ kind: "contact" }];
    if (customer?.form !== undefined) return [{ kind: "form", answers: customer.form }];
    if (customer?.media !== undefined) return [{ kind: "media", media: customer.media in files ? (customer.media as keyof typeof files) : customer.media === "voice" ? "audio" : "document" }];
    if (customer?.text !== undefined) return [{ kind: "text", text: customer.text }];
    if (customer?.pick !== undefined) return [{ kind: "pick", name: customer.pick, title: customer.pick }];
    if (customer?.tap !== undefined) return [{ kind: "pick", id: customer.tap, title: customer.tap }];
    if (customer?.location !== undefined) return [{ kind: "location" }];
    if (step.wait !== undefined) return [{ kind: "time" }];
    const answer = step.answer as { ok?: boolean; status?: number; body?: unknown } | undefined;
    if (answer !== undefined) return [{ kind: "answer", ok: answer.ok ?? true, status: answer.status ?? 200, body: answer.body }];
    return [];
  });
}

/** What the customer, the clock and the services did, as steps of a test; what the bot says to them is the server's to fill in. */
export function stepsOf(moments: Moment[], definition: Definition): TestStep[] {
  return moments.map((moment, i) => stepOf(moment, moments.slice(0, i), definition));
}

/** Keeps a conversation as a test. */
export function record(name: string, table: Table, moments: Moment[]): Promise<FlowTest> {
  return builder.record(table.bot, {
    name,
    definition: table.definition,
    channel: table.channel,
    contact: { name: table.person.name, language: table.person.language },
    session: table.session,
    now_ms: moments[0]?.nowMs ?? 0,
    steps: stepsOf(moments, table.definition),
  });
}

function stepOf({ move, input, nowMs }: Moment, before: Moment[], definition: Definition): TestStep {
  switch (move.kind) {
    case "pick": {
      const id = input.kind === "message" ? input.content.pick?.id : undefined;
      const index = offered(before).findIndex((each) => each.id === id);
      const name = namedOptions(definition, before.at(-1)?.got.node ?? "")[index]?.name;
      return { customer: name === undefined ? { text: move.title } : { pick: name } };
    }
    case "text":
      return { customer: { text: move.text } };
    case "start":
      return { start: true };
    case "media":
      return { customer: { media: move.media } };
    case "location":
      return { customer: { location: place } };
    case "contact":
      return { customer: { media: "contacts" } };
    case "form":
      return { customer: { form: move.answers } };
    case "time":
      return { wait: `${Math.max(1, Math.ceil((nowMs - (before.at(-1)?.nowMs ?? nowMs)) / 1000))}s` };
    case "answer":
      return { answer: { ok: move.ok, status: move.status, ...(move.body === undefined ? {} : { body: move.body }) } };
  }
}
