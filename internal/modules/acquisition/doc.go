// Package acquisition brings a company from the page of prices to its first
// sign-in: what it typed, the proof of its e-mail, the terms that it agreed to,
// the payment, and then the company itself with all that it begins with. It
// owns the tables acquisition, acquisition_checkout, acquisition_token,
// acquisition_count and acquisition_series.
//
// Invariants:
//
//   - What is typed is saved as typed; what is wrong with it is told beside it,
//     and only keeps the payment from beginning.
//
//   - From the payment on, a journey is a saga (Steps): each step may run twice,
//     and all calls to the outside carry keys made of ids. However often notices,
//     polls and clicks come, and in whatever order, there is one company for a
//     journey, one contract number, and one deal.
//
//   - Money counts whenever it comes: also after its checkout expired, and also
//     when the visitor has begun another one. What was paid for is what the
//     checkout said, not what the form says now.
//
//   - The company is made in one transaction: company, entitlements,
//     subscription, the first admin's invitation, and the log.
//
//   - The CRM and the mail are side branches: nothing that the company needs
//     stands behind them.
//
//   - A journey is opened by a random token that its browser holds, or by a link
//     that was mailed to the address in it, which proves that address.
//
// Events in and out: none. What providers tell comes by CheckoutNews, and that
// somebody took an invitation by Joined.
//
// Source of the steps, their classes of retries and the failures that they must
// survive: reference acquisition, section 2.
package acquisition
