// Package stream is the house's use of NATS JetStream: in process on file
// storage by default, or a server or cluster by URL, with the same calls.
//
// There are three streams: IN holds what came from outside until its shard's
// owner has dealt with it; EVENT tells what happened, for as long as its age
// limit; DEAD keeps what a consumer could not deal with. Wake-ups travel beside
// them and are stored nowhere.
//
// Invariants:
//
//   - What Publish acknowledged on IN or DEAD is on the disk: the embedded
//     server, and the one that Serve runs, sync every message. Callers pack
//     many events into one message, since each costs a sync.
//   - EVENT is written lazily and may lose its tail in a crash; package outbox
//     notices and fills it again from the table. Append tells it apart: it only
//     continues the subject that the caller knows.
//   - IN is a work queue without an age limit. A full IN refuses: Publish
//     answers fault.Unavailable and nothing is overwritten.
//   - A consumer belongs to one epoch of its shard's lease. A newer epoch takes
//     over by deleting the older ones, and what they had not acknowledged comes
//     again at once; an older epoch can't come back.
//   - A disk that runs full stops the writing before the server trips over it,
//     and writing goes on by itself when there is room again.
package stream
