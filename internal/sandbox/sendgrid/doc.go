// Package sendgrid simulates the part of Twilio SendGrid that sends single
// mails: POST /v3/mail/send, the suppression lists, the signed event webhook
// with its key, and a page of what was sent. It is a reading of its own of the
// vendor's documents, stateful, and keeps its state in a folder.
//
// What becomes of a mail is decided by the local part of its recipient: bounce@,
// block@, defer@, spam@ and unsubscribe@ do what they say, also followed by "+"
// and anything; all others are delivered. An address that bounced or complained
// is dropped the next time, until it is taken off the list. Faults (stage.Rule)
// delay, refuse and cut calls, lose answers after the effect, and delay,
// duplicate and drop events.
//
// An event call is a JSON array signed as the vendor does: ECDSA P-256 over
// SHA-256 of the timestamp and the body, in ASN.1 and base64. One that is not
// answered by 2xx is repeated with growing gaps.
//
// Invariants: a mail is in the journal before it is answered; each event has an
// id of its own that repetitions keep; keys never appear in what is shown. As at
// the vendor, a mail sent twice is two mails.
//
// Sources: twilio/sendgrid-oai, spec/json/tsg_mail_v3.json; twilio.com/docs/sendgrid,
// "v3 Mail Send", "Event Webhook Reference", "Event Webhook Security Features".
package sendgrid
