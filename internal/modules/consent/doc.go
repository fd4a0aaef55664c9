// Package consent owns what customers allowed and forbade the company to send
// them: a ledger that is only added to, and the rule by which sends are held
// against it.
//
// Invariants:
//
//   - The last word counts: of two entries of a customer and topic the later one
//     in time, of the same moment the one that forbids.
//   - An entry is never changed nor deleted but with its company. When two contacts
//     turn out to be one, the entries of both speak for them.
//   - Who said stop gets no marketing from anybody: not from a flow, a campaign
//     or an attendant. Where the company asks for a yes first, neither does who
//     never said it.
//   - A word of the platform (WhatsApp's own stop button, its error 131050) weighs
//     as much as the customer's own.
//
// Events in: none; conversation calls Heard in the transaction that stores a
// message and Refuses before a send. Events out: consent.changed.
package consent
