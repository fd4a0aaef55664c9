// Package lay puts messages that not every channel can carry as they are onto
// the best rung that a channel has: buttons that open pages, requests for a
// place or a phone number, cards side by side. What is left over is said in
// plain words, so that no laying fails.
//
// Invariants: nothing that the company wrote is lost (a text that does not fit
// beside its buttons goes before them; a link that has no button is written
// out); every text fits its channel; the order of slides is kept.
//
// Choices and goods are laid out by message.Lay and message.Arrange. The
// package is a leaf like message itself: no I/O, no clock.
package lay
