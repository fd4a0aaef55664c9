// Package mail owns letters: mails that the product sends to one person, each a
// row with its state. It owns the tables mail_letter, mail_event,
// mail_suppression and mail_circuit.
//
// A letter is written in the transaction of what it tells (Send) and sent later
// by the sweeper through the port Sender, so that no vendor delays or undoes
// anything, and no letter is lost with a process.
//
// Invariants:
//
//   - One letter a (company, key): asked for twice, it is the same letter.
//
//   - A row is marked as sending before the vendor is called, with a number that
//     only the latest sender of it may settle. What was being sent when a process
//     died, or whose answer was lost, is unknown: it waits for an event of the
//     vendor, and is sent again only when none came (Config.SettleAfter).
//
//   - A state is a function of what is known of a letter, never of the order in
//     which it was heard: events only move it forward, along rank.
//
//   - A sender in trouble opens its circuit: letters wait without using up their
//     attempts, one a minute tries, and a success lets all go.
//
//   - What a letter says is sealed while it may be needed, and gone when it was
//     delivered or is out of date: a stored link would open a door. Nothing of it
//     is in logs, lists or the vendor's categories.
//
//   - An address that bounced, complained or left takes nothing more until an
//     operator clears it.
//
// Events in and out: none; a vendor's events come by its signed webhook (Hear).
//
// Source of the retry classes and of what SendGrid's events mean: reference
// acquisition, sections 2 (class S) and 3.2.
package mail
