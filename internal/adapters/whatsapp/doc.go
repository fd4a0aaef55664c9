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
// accounts) as ExternalID. They come as News; what is not known is kept whole.
//
// What comes as what: a call is one message of kind call for each of its states,
// joined by Call.ID; a word on marketing messages is a message of kind consent,
// and so is, for who reads codes, a send or status refused with 131050: the
// customer stopped them; a contact that answers our request is marked Own and
// its number becomes an address of the customer; a changed number or user id is
// a message of kind system with Change; messages of a group and taps on links of
// marketing messages are ignored; what WhatsApp gives to no company (polls, what
// may be seen once) is unsupported with WhatsApp's word for it in Share.Kind.
// Media carry the platform's id only: the direct address beside it lives for five
// minutes and needs the token.
//
// A company that keeps the phone app beside us (coexistence) is heard by echoes,
// by its history (marked History) and by its address book (past.go).
package whatsapp
