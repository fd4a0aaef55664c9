// Package message is the canonical message: what a customer wrote or a company
// says, the same for every channel. Adapters translate it from and to a
// vendor's words; everybody else only knows this form.
//
// The package also holds, as data, what each channel can carry (limits.go) and
// how a list of options is laid out within it (ladder.go).
//
// It is a leaf: no I/O, no clock, nothing of the business.
package message
