import type { Channel } from "@/api/types";

/** How each channel shows a choice: the ladder of internal/message, for hints while the options are typed. */
export type Shape = "buttons" | "list" | "keyboard" | "quick" | "numbered";

export interface Offered {
  title: string;
  description: string;
}

interface Rung {
  shape: Shape;
  most: number;
  title: number;
}

export const channels: Channel[] = ["whatsapp", "telegram", "messenger", "instagram"];

/** How many characters a body holds; Instagram counts bytes. */
export const bodyMost: Record<Channel, number> = { whatsapp: 4096, telegram: 4096, messenger: 2000, instagram: 1000 };

export function sizeOn(channel: Channel, text: string): number {
  return channel === "instagram" ? new TextEncoder().encode(text).length : text.length;
}

const buttons: Rung = { shape: "buttons", most: 3, title: 20 };
const list: Rung = { shape: "list", most: 10, title: 24 };
const keyboard: Rung = { shape: "keyboard", most: 100, title: 64 };
const quick: Rung = { shape: "quick", most: 13, title: 20 };
const descriptionMost = 72;

export interface Shown {
  channel: Channel;
  shape: Shape;
  /** Room of one title, 0 where a title may be of any length. */
  titleMost: number;
  /** Options whose title is cut there, by index. */
  cut: number[];
}

export function shownOn(channel: Channel, options: Offered[]): Shown {
  const rung = rungOf(channel, options);
  if (rung === null) return { channel, shape: "numbered", titleMost: 0, cut: [] };
  const cut = options.flatMap((option, i) => {
    if (option.title.length <= rung.title) return [];
    // A row that shows only the head of its title has the whole of it underneath.
    return rung.shape === "list" && option.description === "" && option.title.length <= descriptionMost ? [] : [i];
  });
  return { channel, shape: rung.shape, titleMost: rung.title, cut };
}

function rungOf(channel: Channel, options: Offered[]): Rung | null {
  switch (channel) {
    case "whatsapp": {
      if (options.length <= buttons.most && options.every((each) => each.description === "" && each.title.length <= buttons.title)) return buttons;
      const holds = (each: Offered) => each.title.length <= list.title || (each.description === "" && each.title.length <= descriptionMost);
      return options.length <= list.most && options.every(holds) ? list : null;
    }
    case "telegram":
      return options.length <= keyboard.most ? keyboard : null;
    default:
      return options.length <= quick.most ? quick : null;
  }
}
