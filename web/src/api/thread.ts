import { client, take } from "./client";
import type { components } from "./schema";
import type { Channel, Message } from "./types";

const { GET, POST } = client;

type Schemas = components["schemas"];
/** What an attendant may do on a channel. */
export type Ability = Omit<Schemas["Ability"], "channel"> & { channel: Channel };
/** What the platform bills of a conversation. */
export type Bills = Schemas["Bills"];

const keyed = (message: string, key: string) => ({ params: { path: { message }, header: { "Idempotency-Key": key } } });

/** What is done to a message that stands. The answer is a message of its own; the other one changes when the platform has it. */
export const mending = {
  react: (message: string, key: string, emoji: string) => take<Message>(POST("/messages/{message}/react", { ...keyed(message, key), body: { emoji } })),
  edit: (message: string, key: string, text: string) => take<Message>(POST("/messages/{message}/edit", { ...keyed(message, key), body: { text } })),
  withdraw: (message: string, key: string) => take<Message>(POST("/messages/{message}/withdraw", keyed(message, key))),
  abilities: () => take<{ items: Ability[] }>(GET("/abilities")),
};
