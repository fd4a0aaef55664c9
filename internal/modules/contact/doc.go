// Package contact owns the company's customers and the addresses by which the
// platforms know them.
//
// A customer is a set of addresses, never a phone number: a WhatsApp user may
// come with a number, with a business-scoped id, or with both.
//
// Invariants:
//
//   - An address belongs to one contact of the company and is never taken from
//     it: new addresses of a known contact are linked beside the old ones.
//   - An address is stored as the platform gave it last and is sent to as such;
//     it is matched by its key, which leaves out the ninth digit of Brazilian
//     mobiles.
//   - When one event names addresses of two contacts, it counts for the contact
//     of the stronger address (see strength), the other stays as it is, and the
//     meeting is kept in contact_conflict.
//   - Resolving the same event again, in any batch, gives the same contact.
//   - Two contacts are joined by a person only, and parted again: see Merge.
//   - What attendants call a customer follows the platform's profile name only
//     until somebody changes it.
//
// Events out: contact.updated. Events in: none; conversation calls Resolve in
// the transaction of its batch.
package contact
