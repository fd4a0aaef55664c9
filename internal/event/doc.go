// Package event holds what travels on the streams: the frames of raw webhook
// pieces (frame.go) and the events that tell what happened (envelope.go, and
// one file for each module that produces them). Structs are versioned and only
// grow; golden JSON files prove that an old event still reads.
//
// It is a leaf beside message: no I/O, nothing of the business.
package event
