// Package botrun runs bots: it owns the tables bot, flow_version, bot_session
// and bot_turn, and fills conversation.Turns with the pure engine of package
// flow.
//
// Invariants:
//
//   - A turn happens inside the transaction that brought its input, under the
//     lock of the conversation's row: input, new session, replies and the record
//     of the turn are committed together or not at all.
//   - The ids of a session and of its replies are made from the input, so that a
//     turn that is repeated after a crash makes the same rows.
//   - A session is pinned to the version that it began with. Versions are
//     immutable and numbered by bot.
//   - Whatever goes wrong with a bot, a panic in the engine included, ends with
//     an apology and a hand-off, and its neighbours in the batch are not touched.
//   - A turn is recorded as (input, environment, effects): Replay runs it again.
//   - Timers are a column, swept by a ticking service; one that fires late is
//     recognised by the turn it belongs to and does nothing.
//
// Events in and out: none; what a bot does becomes events of conversation.
package botrun
