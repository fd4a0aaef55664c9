// Package health watches the connections of channel: whether each hears, says
// and may go on.
//
// It owns the tables channel_health (but for its last failed send, which channel
// notes), channel_alarm and channel_news, and reads channel_pulse, the hours that
// channel counts.
//
// Invariants:
//   - An alarm is raised once and cleared by itself: the table holds what is so
//     now (alarmsOf, a pure function of what is known), never what somebody
//     clicked away. Its admins are written to when it is raised and when it gets
//     worse, in the transaction that says so.
//   - What a platform says of an account may come twice and in any order: the
//     latest word of a kind counts.
//   - A new token replaces the old one only when the platform has said that it is
//     of the same account.
//   - No network call is made inside a transaction.
//
// Events out: channel.updated, with the alarm.
package health
