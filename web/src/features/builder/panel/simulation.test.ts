// @vitest-environment jsdom
import { afterEach, describe, expect, it, vi } from "vitest";
import { builder, type Definition, type FlowTest, type Simulated } from "../contract";
import { dropOffs } from "./count";
import { answerOf, changes, inputOf, movesOf, replay, stepsOf, take, trailOf, type Moment, type Move, type Table } from "./simulation";

const definition: Definition = {
  schema: 1,
  name: "x",
  languages: ["pt-BR"],
  start: "menu",
  nodes: [{ name: "menu", kind: "choice", text: "?", options: [{ name: "horas", title: "Horários", next: "menu" }, { name: "pessoa", title: "Uma pessoa", next: "" }] }],
};
const table: Table = { bot: "bot_1", definition, channel: "whatsapp", person: { name: "Ana", language: "pt-BR" }, session: "s" };

const got = (fields: Partial<Simulated> = {}): Simulated => ({ state: "st", status: "waiting", node: "menu", variables: {}, messages: [], effects: [], trail: [], ...fields });
const menu = got({
  messages: [{ content: { kind: "choice", text: "?", choice: { options: [{ id: "o1", title: "Horários" }, { id: "o2", title: "Uma pessoa" }] } }, shown: [] }],
  timer: { name: "idle", at_ms: 61_000 },
  trail: [{ node: "menu", exit: "horas" }],
});
const moment = (move: Move, result: Simulated, nowMs = 1_000): Moment => ({ move, input: inputOf(move, [], definition) ?? { kind: "start" }, nowMs, got: result, changed: [] });
const asked = [moment({ kind: "text", text: "oi" }, menu)];

afterEach(() => vi.restoreAllMocks());

describe("an answer given by hand", () => {
  it.each([
    [true, 200, true],
    [true, 299, true],
    [true, 302, false],
    [true, 404, false],
    [true, 500, false],
    [false, 200, false],
  ])("came: %s with %i is good: %s", (came, status, ok) => {
    expect(answerOf(came, status, { a: 1 })).toEqual({ kind: "answer", ok, status: came ? status : 0, body: came ? { a: 1 } : undefined });
  });
});

describe("what a move is for the engine", () => {
  it.each<[string, Move, unknown]>([
    ["a tapped option, by its id", { kind: "pick", id: "o2", title: "?" }, { id: "o2", title: "Uma pessoa" }],
    ["by its name in the flow", { kind: "pick", name: "pessoa", title: "?" }, { id: "o2", title: "Uma pessoa" }],
    ["by its title", { kind: "pick", title: "Horários" }, { id: "o1", title: "Horários" }],
    ["an old button keeps its id", { kind: "pick", id: "old", title: "Antiga" }, { id: "old", title: "Antiga" }],
  ])("%s", (_, move, pick) => {
    expect(inputOf(move, asked, definition)).toEqual({ kind: "message", content: { kind: "pick", pick } });
  });

  it("is a text when no option is on show", () => {
    expect(inputOf({ kind: "pick", name: "horas", title: "horas" }, [], definition)).toEqual({ kind: "message", content: { kind: "text", text: "horas" } });
  });

  it("is a tap under a card, a vote on a poll, a contact, a filled form", () => {
    const deck = [moment({ kind: "text", text: "oi" }, got({ messages: [{ content: { kind: "deck", deck: [{ title: "A", options: [{ id: "d0", title: "Quero" }] }, { title: "B", options: [{ id: "d1", title: "Quero" }] }] }, shown: [] }] }))];
    expect(inputOf({ kind: "pick", id: "d1", title: "Quero" }, deck, definition)).toEqual({ kind: "message", content: { kind: "pick", pick: { id: "d1", title: "Quero" } } });
    const poll = [moment({ kind: "text", text: "oi" }, got({ messages: [{ content: { kind: "poll", poll: { question: "?", options: ["Sim", "Não"] } }, shown: [] }] }))];
    expect(inputOf({ kind: "pick", name: "pessoa", title: "?" }, poll, definition)).toEqual({ kind: "message", content: { kind: "pick", pick: { id: "poll:1:1", title: "2" } } });
    expect(inputOf({ kind: "contact" }, [], definition)).toMatchObject({ content: { kind: "contacts", contacts: [{ phones: ["+55 11 99999-1234"] }] } });
    const form = [moment({ kind: "text", text: "oi" }, got({ messages: [{ content: { kind: "form_ask", form_ask: { id: "7", button: "Abrir", token: "t.1.f" } }, shown: [] }] }))];
    expect(inputOf({ kind: "form", answers: { cidade: "Recife" } }, form, definition)).toEqual({ kind: "message", content: { kind: "form", form: { flow_token: "t.1.f", cidade: "Recife" } } });
    expect(stepsOf([moment({ kind: "form", answers: { cidade: "Recife" } }, got()), moment({ kind: "contact" }, got())], definition)).toEqual([{ customer: { form: { cidade: "Recife" } } }, { customer: { media: "contacts" } }]);
    expect(movesOf({ name: "x", steps: [{ customer: { form: { a: 1 } } }, { customer: { media: "contacts" } }] } as FlowTest)).toEqual([{ kind: "form", answers: { a: 1 } }, { kind: "contact" }]);
  });

  it("is nothing without a timer or an open call", () => {
    const quiet = [moment({ kind: "text", text: "oi" }, got())];
    expect(inputOf({ kind: "time" }, quiet, definition)).toBeNull();
    expect(inputOf({ kind: "answer", ok: true, status: 200, body: {} }, quiet, definition)).toBeNull();
  });

  it("names the timer and the call that wait", () => {
    const calling = [moment({ kind: "text", text: "oi" }, got({ ask: { id: "a1", node: "frete", kind: "web", request: {} } }))];
    expect(inputOf({ kind: "time" }, asked, definition)).toEqual({ kind: "timer", timer: "idle" });
    expect(inputOf({ kind: "answer", ok: true, status: 201, body: { a: 1 } }, calling, definition)).toEqual({ kind: "answer", answer: { id: "a1", ok: true, status: 201, body: { a: 1 } } });
  });
});

describe("a turn", () => {
  it("begins anew after the end, and goes to the timer when time passes", async () => {
    const simulate = vi.spyOn(builder, "simulate").mockResolvedValue(got({ variables: { pedido: 10 } }));
    const made = await take(table, asked, { kind: "time" }, 0);
    expect(simulate.mock.calls[0]?.[1]).toMatchObject({ state: "st", now_ms: 61_000, input: { kind: "timer", timer: "idle" } });
    expect(made?.changed).toEqual([{ name: "pedido", before: undefined, after: 10 }]);
    await take(table, [moment({ kind: "text", text: "oi" }, got({ status: "ended" }))], { kind: "text", text: "de novo" }, 0);
    expect(simulate.mock.calls[1]?.[1]).toMatchObject({ state: "", now_ms: 1_000 });
  });

  it("replays until a move can't be taken", async () => {
    vi.spyOn(builder, "simulate").mockResolvedValue(got());
    const moments = await replay(table, [{ kind: "text", text: "oi" }, { kind: "time" }, { kind: "text", text: "nunca" }], 5);
    expect(moments.map((each) => each.move.kind)).toEqual(["text"]);
    expect(moments[0]?.nowMs).toBe(5);
  });
});

describe("tests and conversations", () => {
  it("writes down what the customer did, options by their names", () => {
    const taps: Move = { kind: "pick", id: "o2", title: "Uma pessoa" };
    const moments: Moment[] = [...asked, { ...moment(taps, got()), input: inputOf(taps, asked, definition) ?? { kind: "start" } }, moment({ kind: "time" }, got(), 61_000)];
    expect(stepsOf(moments, definition)).toEqual([{ customer: { text: "oi" } }, { customer: { pick: "pessoa" } }, { wait: "60s" }]);
  });

  it("reads the moves of a test and leaves out what must hold", () => {
    const test = { name: "t", steps: [{ start: true }, { customer: { text: "oi" } }, { bot: { text: "?" } }, { customer: { pick: "horas" } }, { customer: { tap: "old" } }, { customer: { media: "voice", text: "?" } }, { customer: { location: {} } }, { wait: "1h" }, { answer: { ok: false } }, { expect: {} }] } as FlowTest;
    expect(movesOf(test)).toEqual([
      { kind: "start" },
      { kind: "text", text: "oi" },
      { kind: "pick", name: "horas", title: "horas" },
      { kind: "pick", id: "old", title: "old" },
      { kind: "media", media: "audio" },
      { kind: "location" },
      { kind: "time" },
      { kind: "answer", ok: false, status: 200, body: undefined },
    ]);
  });

  it("tells what a turn changed, and the way so far", () => {
    expect(changes({ a: 1, b: { c: 2 } }, { b: { c: 2 }, d: "x" }).map((each) => each.name)).toEqual(["a", "d"]);
    expect(trailOf([...asked, ...asked])).toEqual([{ node: "menu", exit: "horas" }, { node: "menu", exit: "horas" }]);
  });

  it("lists where most people leave, the worst first", () => {
    const node = (name: string, entered: number, left: number) => ({ node: name, entered, left, waiting: 0, exits: [] });
    expect(dropOffs([node("a", 100, 5), node("b", 10, 5), node("c", 50, 0), node("d", 90, 20)]).map((each) => each.node)).toEqual(["d", "b", "a"]);
  });
});
