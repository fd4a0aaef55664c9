// Package conversation owns the conversations of companies with their
// customers and every message in them; nobody else writes a message.
//
// It reads what the gateway accepted (Worker: parse, then one transaction a
// batch), lets the bot that owns a conversation take its turn, and carries out
// what attendants ask (Service).
//
// Invariants:
//
//   - A conversation has one owner: nobody, a bot, or a person. Its state says
//     which (see transition, the only place that changes either).
//   - A bot is silent while a person owns the conversation: what it computed
//     before a take-over is dropped.
//   - A customer has at most one conversation that is not resolved with an
//     account; three photos at once make one.
//   - A live conversation has exactly one open interval, and its intervals are
//     without gap: they are the ledger of every report.
//   - An event acts once: its key is stored in the transaction of what it did.
//   - A message's status only moves forward.
//   - waiting_since is set while a customer waits for a person, and only then.
//   - A failure of a bot ends with a person and an apology, never in silence.
//
// Events out: message.created, message.updated, conversation.created,
// conversation.updated, conversation.read. In: frames of in.channel.<shard>.
package conversation
