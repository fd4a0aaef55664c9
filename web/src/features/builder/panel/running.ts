import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { Channel } from "@/api/types";
import { notify } from "@/ui/notify";
import { useProblemText } from "@/ui/problem-text";
import type { Definition, FlowTest } from "../contract";
import type { BuilderDocument } from "../document/port";
import { movesOf, replay, take, type Moment, type Move, type Person, type Table } from "./simulation";

export type Simulation = ReturnType<typeof useSimulation>;

interface Run {
  moments: Moment[];
  /** How many of the moments are looked at; less than all after a step back. */
  at: number;
  /** The flow that the last turn was taken with. */
  with: Definition | null;
}

const nothing: Run = { moments: [], at: 0, with: null };

/** One simulated conversation with the open draft. Lives above the panel, so that it outlives a look at the others. */
export function useSimulation(document: BuilderDocument) {
  const say = useProblemText();
  const [sides, setSides] = useState<[Channel, Channel]>(["whatsapp", "telegram"]);
  const [person, setPerson] = useState<Person>({ name: "Ana Souza", language: document.definition.languages[0] ?? "pt-BR" });
  const [began, setBegan] = useState(() => ({ ms: Date.now(), session: newSession() }));
  const [run, setRun] = useState<Run>(nothing);
  const seen = run.moments.slice(0, run.at);
  const table: Table = { bot: document.botId, definition: document.definition, channel: sides[0], person, session: began.session };
  const onError = (error: unknown) => notify.bad(say(error));
  const act = useMutation({
    mutationFn: (move: Move) => take(table, seen, move, began.ms),
    onSuccess: (moment) => {
      if (moment !== null) setRun({ moments: [...seen, moment], at: seen.length + 1, with: table.definition });
    },
    onError,
  });
  const again = useMutation({
    mutationFn: ({ moves, channel }: { moves: Move[]; channel: Channel }) => replay({ ...table, channel }, moves, began.ms),
    onSuccess: (moments) => setRun({ moments, at: moments.length, with: table.definition }),
    onError,
  });
  const moves = run.moments.map((moment) => moment.move);
  return {
    table,
    sides,
    person,
    setPerson,
    /** What is looked at. */
    seen,
    at: run.at,
    length: run.moments.length,
    busy: act.isPending || again.isPending,
    /** The flow has changed since the last turn. */
    stale: run.with !== null && run.with !== document.definition,
    move: (move: Move) => act.mutate(move),
    look: (at: number) => setRun({ ...run, at }),
    repeat: () => again.mutate({ moves, channel: sides[0] }),
    restart: () => {
      setBegan({ ms: Date.now(), session: newSession() });
      setRun(nothing);
    },
    /** Puts another channel on one of the two phones; the first decides what the flow sees. */
    swap: (side: 0 | 1, channel: Channel) => {
      setSides(side === 0 ? [channel, sides[1]] : [sides[0], channel]);
      if (side === 0 && moves.length > 0) again.mutate({ moves, channel });
    },
    show: (test: FlowTest) => {
      const channel = test.channel ?? "whatsapp";
      setSides([channel, sides[1] === channel ? (channel === "whatsapp" ? "telegram" : "whatsapp") : sides[1]]);
      setRun(nothing);
      again.mutate({ moves: movesOf(test), channel });
    },
  };
}

function newSession(): string {
  return `sim_${Date.now().toString(36)}`;
}
