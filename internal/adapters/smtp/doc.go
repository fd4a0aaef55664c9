// Package smtp sends mails through a mail server of the operator: the second
// sender, for installations without an account at a vendor.
//
// Invariants:
//
//   - With tls and starttls no byte of a mail or a password goes out
//     unencrypted, and the server's certificate is checked; a server that lacks
//     STARTTLS is refused, not obeyed.
//   - A mail counts as taken when the server answered the end of its data. What
//     broke before that is Down, what broke while that answer was awaited is
//     Ambiguous: the server may have it. The letter's Message-ID stays the same,
//     by which mailboxes know a repetition.
//   - A server tells nothing after that: letters stay accepted.
//
// Sources: RFC 5321 (4.2.1 reply codes, 4.5.3.2 time-outs), RFC 3207 (STARTTLS),
// RFC 8314 (implicit TLS), RFC 4954 (AUTH).
package smtp
