// Package e2e holds the black-box journeys: the real binary as processes, the
// simulators as a process of their own, real protocol traffic between them.
// Every journey runs in both modes: "all" on SQLite with the embedded stream,
// and "split" (stream, gateway, api and worker) on PostgreSQL.
//
// The simulators are the witness: what they took and when is what happened.
//
//	TestJourney   a customer writes, the bot answers, an attendant takes over
//	TestProbes    what a known gateway got wrong, tried on ours, as a table
//	TestFaults    platforms that are down, slow, throttling, cut off or away
//	TestDiskFull  a full disk under the data folder (needs root)
//	TestKills     kill -9 at random moments under load, judged afterwards
//	TestTakeOver  a worker that dies for good beside another
//
// PROSA_E2E_UNITS names a folder of systemd units: the split houses are started
// as they say, and PROSA_E2E_IMAGE an OCI layout whose program is tried then,
// with its keys in PROSA_E2E_KEYS.
//
// PROSA_BINARY names the binary to try; without it one is built. PROSA_KILLS,
// PROSA_SEED and PROSA_MODE steer TestKills. A process cannot signal a test in
// another, so what must come is polled for, up to a bound (until).
package e2e
