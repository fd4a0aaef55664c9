// Package meta is what WhatsApp, Messenger and Instagram have in common: the
// webhook's handshake, signature and envelope, and calls to the Graph API with
// their errors.
//
// Invariants:
//   - A signature is checked over the raw bytes, in constant time, against every
//     candidate's secret, and nothing computed is ever told to the caller.
//   - The envelope is opened level by level: what cannot be read becomes an
//     Update with a Problem and its neighbours go on.
//   - A token leaves only in the Authorization header, only to the configured
//     base URL, and never shows in an error, a log or the exchange log. The one
//     question about a token itself (debug_token) has it in its query, as Meta
//     wants it.
//   - Every failure of a call is a *channel.SendError, decided by the vendor's
//     code and never by its text.
package meta
