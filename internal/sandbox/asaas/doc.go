// Package asaas simulates the part of Asaas that the money of plans goes
// through: customers, subscriptions that make their bills ahead, payments by Pix,
// boleto and card on the vendor's own page, refunds, chargebacks, and callbacks,
// as a reading of its own of the vendor's documents. It is stateful and keeps its
// state in a folder, so that it can be the witness of a test that kills the
// product, and so that a demo sells plans without an account.
//
// One Server answers:
//
//   - the API: /v3/..., key in the header access_token, errors as
//     {"errors":[{"code","description"}]};
//   - /i/{payment}: the page of a bill, with the Pix code as text and QR, the line
//     of the boleto, and a button for each outcome of a card. It has no field for
//     a card number;
//   - the control API: /_sandbox/... (control.go), which makes accounts, pays,
//     lets bills go overdue, charges back and injects faults.
//
// Time: a subscription makes its bills 40 days ahead, a bill that is unpaid on
// the day after its own is OVERDUE, a card that paid once pays the next bills on
// their days. What became due is worked on before each call is answered, and
// every second while Run runs.
//
// A callback carries the token of the webhook's settings and the whole payment;
// one that is not answered by 2xx is repeated with growing gaps. The vendor
// promises no order and tells things twice at times.
//
// Sources: docs.asaas.com, reference of version 3 and the guides "Assinaturas",
// "Webhooks", "Cobranças via Pix", "Cobranças via boleto".
//
// Invariants: there is no idempotency key, so the same POST twice makes two
// things, as the vendor does; a status only moves along its table; what was
// answered is in the journal before the answer leaves; keys and tokens never
// appear in what is shown.
package asaas
