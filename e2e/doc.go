// Package e2e holds the black-box journeys: the real binary as processes, the
// simulators as a process of their own, real protocol traffic between them.
// Every journey runs in both modes: "all" on SQLite with the embedded stream,
// and "split" (gateway, api and worker) on PostgreSQL and a NATS server.
//
// The simulators are the witness: what they took and when is what happened.
package e2e
