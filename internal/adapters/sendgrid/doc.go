// Package sendgrid sends mails by Twilio SendGrid's v3 API and reads what its
// signed event webhook tells of them.
//
// Invariants:
//
//   - A 202 says that the vendor has the mail, not that it arrived; that is told
//     by events, which carry our letter's id as a custom argument. Nothing else of
//     ours goes into custom arguments and categories: they can't be erased.
//   - The API is not idempotent. A call whose answer was lost is mail.Ambiguous,
//     never repeated here; only one that surely did not reach the vendor, or was
//     answered by a status, is something else.
//   - Clicks and openings are not tracked: a rewritten link would show a token to
//     a third party.
//   - An event is believed when its signature over the raw bytes fits. Its age
//     does not matter, since the vendor repeats for a day; its id makes it count
//     once.
//   - The key leaves in the Authorization header only, and no error shows it.
//
// Sources: twilio/sendgrid-oai, spec/json/tsg_mail_v3.json; twilio.com/docs/sendgrid,
// "v3 Mail Send", "Rate Limits", "Event Webhook Reference", "Event Webhook Security
// Features", "Suppressions".
package sendgrid
