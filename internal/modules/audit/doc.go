// Package audit keeps the log of sensitive actions: who did what to which
// thing, when and from where. It owns the table audit_entry.
//
// Invariants: an entry is written in the transaction of the action that it
// tells of, so that neither exists without the other; entries are never
// changed or removed; facts never hold a secret or what a customer wrote.
// What operators do to the platform itself has no company.
//
// It produces and consumes no events.
package audit
