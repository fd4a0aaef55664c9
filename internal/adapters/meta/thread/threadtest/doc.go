// Package threadtest holds the adapters of the Messenger Platform against files:
// what must come of a webhook, and what must be sent of a message. Both products
// are held by the same rules.
//
// A folder testdata has in/<kind>/<name>.json, a webhook of our own making after
// Meta's reference, and out/<kind>/<name>.json, a channel.Outbound; beside each
// stands <name>.golden with what must come of it. A kind is a message.Kind or a
// channel.InboundKind, that of the case's first event.
package threadtest
