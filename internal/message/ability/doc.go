// Package ability says what a person may send and do on each channel: what a
// composer offers. It is data beside message.Limits; the channel's adapter has
// the last word, and refuses with a sentence.
package ability
