// Package telegram simulates Telegram's Bot API (10.1) for private chats, as a
// reading of its own of the Bot API manual and of what its open server is
// known to do. It is stateful and keeps its state in a folder, so that it can
// be the witness of a test that kills the product, and so that a company can
// try its bot without Telegram.
//
// One Server answers three families of paths:
//
//   - the Bot API: /bot<token>/<method>, parameters by query, form, multipart
//     or JSON, with the vendor's error descriptions;
//   - files: /file/bot<token>/<path>;
//   - the control API: /_sandbox/..., which plays the people, their telephones
//     and the faults of the network. See control.go for its routes.
//
// Updates go one a POST. The updates of one chat go one after the other: a
// webhook that is not answered by 2xx is repeated with growing gaps, and that
// chat is stuck meanwhile; other chats go on.
//
// It behaves like a Bot API server in its local mode in one thing: a webhook
// may have a plain http address on any port when the host is this machine.
//
// Sources: core.telegram.org/bots/api and tdlib/telegram-bot-api. Lengths are
// counted in code points after entities were parsed, callback data in bytes.
//
// Invariants: a message whose id was answered is in the ledger and in the
// journal before the answer leaves; message ids rise within a chat and are
// unique only there, update ids rise within a bot; tokens never appear in what
// is shown of an exchange.
package telegram
