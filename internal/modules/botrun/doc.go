// Package botrun runs bots: it owns the tables bot, flow_version, bot_session,
// bot_turn, bot_call, bot_wait, bot_secret, bot_rating, bot_tally and bot_count, and fills
// conversation.Turns with the pure engine of package flow.
//
// Invariants:
//
//   - A turn happens inside the transaction that brought its input, under the
//     lock of the conversation's row: input, new session, replies, what is asked
//     of the outside and the record of the turn are committed together or not at
//     all.
//   - The ids of a session, of its replies and of its calls are made from the
//     input, so that a turn that is repeated after a crash makes the same rows.
//   - A session is pinned to the version that it began with, unless a publication
//     moves it (Policy). Versions are immutable and numbered by bot; each holds
//     the texts of the flows that it calls.
//   - Whatever goes wrong with a bot, a panic in the engine included, ends with
//     an apology and a hand-off, and its neighbours in the batch are not touched.
//   - A turn is recorded as (input, environment, effects): Replay runs it again,
//     Fork runs it on another version.
//   - Timers are a column, swept by a ticking service; one that fires late is
//     recognised by the turn it belongs to and does nothing.
//   - A web call is a row that waits (bot_call); it is made outside every lock, by
//     a client that reaches the public internet only, and its answer is a turn of
//     its own. A process that dies over a call leaves it to be made again under
//     the same Idempotency-Key. Secrets stand in it by name and are filled in
//     when it leaves; no record, log or answer holds one.
//   - A session that waits for a topic (an order that is to be paid) is a row too
//     (bot_wait). Fire writes the answer into it, in the transaction of whoever
//     knows; the answer is a turn of its own. A session that stops waiting, for
//     whatever reason, takes its row along.
//   - The counts of a version are exact: what a batch passed is one row, added up
//     in the transaction that deletes it.
//
// Requirements S1 to S17 of a bot's safety, with their tests: docs/bot-safety.md.
// Why calls are a table of their own: docs/adr/0009-web-calls-in-a-table.md.
//
// Events in and out: none; what a bot does becomes events of conversation.
package botrun
