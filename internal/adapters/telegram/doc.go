// Package telegram speaks the Telegram Bot API: it reads updates of private
// chats and turns canonical messages into its methods.
//
// Invariants:
//   - A bill is sent only if it adds up, with codes that a tap copies.
//   - A picture that Telegram cannot fetch costs the picture, not the words.
//   - A message's external id is "chat:message", since Telegram numbers messages
//     per chat only.
//   - The token, which is part of every URL, never shows in an error, a log or
//     the exchange log, and never goes to another host.
//   - Texts go out without a parse mode, so that nothing in them is markup.
//   - Send calls an error ambiguous only when the request went out and no whole
//     answer came back. Telegram will not tell later, so it is never repeated.
//   - Groups and channels are ignored: a company talks to one person at a time.
//
// A tap on a button (callback_query) carries no time of its own: its Inbound
// has AtMS 0, and the time of its arrival stands for it.
package telegram
