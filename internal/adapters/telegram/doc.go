// Package telegram speaks the Telegram Bot API: it reads updates of private
// chats and turns canonical messages into its methods.
//
// Invariants:
//   - A bill is sent only if it adds up, with codes that a tap copies.
//   - A picture that Telegram cannot fetch is fetched and uploaded by us; one that
//     nobody can fetch costs the picture, not the words.
//   - A message's external id is "chat:message", since Telegram numbers messages
//     per chat only. In a chat of a person who lets the bot speak in their name
//     (Telegram Business) it is "connection/chat:message", and the address is
//     "connection/chat": the numbers there are apart from those of the bot's own.
//   - An update is one event. Only messages that were deleted come together, and
//     Split parts them.
//   - What a message of ours cannot be on Telegram is refused by name before the
//     call: a form, a reaction in a person's name, what is too large.
//   - The token, which is part of every URL, never shows in an error, a log or
//     the exchange log, and never goes to another host.
//   - Texts go out without a parse mode, so that nothing in them is markup.
//   - We sell nothing inside Telegram: what it asks before a payment is answered
//     with a refusal.
//   - Send calls an error ambiguous only when the request went out and no whole
//     answer came back. Telegram will not tell later, so it is never repeated.
//   - Groups and channels are ignored: a company talks to one person at a time.
//
// A tap on a button (callback_query) carries no time of its own: its Inbound
// has AtMS 0, and the time of its arrival stands for it.
package telegram
