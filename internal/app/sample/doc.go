// Package sample makes up the lived-in company of the demo: its people, its
// customers, and three weeks of what they said. It is pure: the same seed and
// day give the same history, and it knows nothing of how a conversation is
// stored. All names and numbers are invented; the phone numbers are in ranges
// that the demo's simulator alone knows.
package sample
