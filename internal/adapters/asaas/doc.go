// Package asaas takes the money of plans through Asaas: subscription.Provider
// over its REST API of version 3. Payers pay on Asaas's own page of a bill
// (invoiceUrl) by Pix, boleto or card; no card number ever reaches us.
//
// Source of facts: docs.asaas.com, reference of version 3 (customers,
// subscriptions, payments, pixQrCode, identificationField, refund) and its
// guides on webhooks, redirection and subscriptions. What they mean here:
//
//   - A checkout is a subscription: its first bill's page is what is paid, and
//     its id is the checkout's. Asaas's own checkouts know no boleto, and only
//     cards for what recurs.
//
//   - There is no idempotency key. What is made carries the wish's key in
//     externalReference, and is looked for by it before it is made: a wish that
//     is repeated after a lost answer makes nothing twice. Two that are made at
//     the same moment by two processes would: who asks holds a lease.
//
//   - Bills are made 40 days ahead of their day. Those that are further away than
//     noticeAhead are not told as bills yet, since a change of plan takes them
//     back.
//
//   - A discount of some cycles is put on bills, one by one, when the
//     subscription is read, since Asaas discounts all of them or none. How much
//     and how many stands in externalReference.
//
//   - A method of payment can't be taken without charging it, so a trial begins
//     at once and its first bill is due when it ends.
//
//   - A subscription that ends with its period is INACTIVE and its bills to come
//     are taken back; it goes on with the day of its next bill.
//
//   - Amounts are decimal numbers of BRL, days are days of Brasília.
package asaas
