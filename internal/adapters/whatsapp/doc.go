// Package whatsapp speaks the WhatsApp Cloud API: it cuts and reads webhooks
// of whatsapp_business_account and turns canonical messages into calls of the
// Graph API.
//
// Invariants:
//   - Split and Parse never panic and lose nothing: what cannot be read becomes
//     a Piece with a Problem or an error, which both end in quarantine.
//   - A piece carries all that Parse needs: the message with its contact, the
//     number's metadata and the errors beside it.
//   - Render gives only requests within the platform's limits.
//   - A bill is sent only if it adds up; in Meta's own form or in words it says
//     the same, with the same codes.
//   - A form that Meta may refuse (its catalog's, its payments') carries what is
//     said instead. A repeated try of it after a lost answer may be refused for
//     its reference being used, and is then said in words: read twice rather
//     than never.
//   - Send calls an error ambiguous only when the request went out and no whole
//     answer came back; uploading a file first never makes it so.
//
// Events about the whole business account (templates, bans) have no number:
// their Piece carries the account's id ("waba_id" in the settings of our
// accounts) as ExternalID.
package whatsapp
