// Package crm tells the installation's own CRM who bought: accounts, contacts,
// deals and, where it is wished, abandoned purchases as leads. It owns the
// tables crm_connection, crm_setting and crm_shape.
//
// It is a side branch: nobody's purchase waits for it. Who calls it (the steps of
// an acquisition) gets a *Trouble whose Kind says what to do, and calls again
// with the same record for as long as it takes.
//
// Invariants:
//
//   - A record is found again by a field that is unique in the CRM: the tax id of
//     an account, the e-mail of a contact, the number of a contract. So a call
//     that is repeated changes one record and never makes a second, also when the
//     answer of the first was lost, and two companies of one name stay two.
//
//   - There is one access token for all processes. Who finds it too old claims
//     the row by a lease and fetches another one, outside any transaction; the
//     others go on with the old one while it lives, else wait for the row. The
//     vendor is asked once, however many ask us.
//
//   - A token that the vendor refuses is replaced once and the call repeated
//     once. One that was young is not replaced: the trouble lies elsewhere, and
//     the vendor counts the tokens that it gives.
//
//   - After a refusal to give a token nobody asks again for a while (cooldown_ms),
//     so that fifty waiting contracts are one call, not fifty.
//
//   - Credentials and tokens are sealed in the database and never shown.
//
// Events in and out: none.
//
// Source: reference acquisition, sections 2 (class Z) and 3.1.
package crm
