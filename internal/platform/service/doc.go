// Package service starts the parts of a process in order and stops them in the
// reverse one.
//
// Invariants:
//
//   - A service starts only after all before it have started; it stops only
//     after all behind it have stopped. What a service needs is therefore there
//     for its whole life, its draining included.
//   - The first failure stops the whole group, and is what Run returns.
//   - Stopping is bounded: a service that doesn't end in its time is named in
//     the error and left behind, so that a hung one can't keep a process alive.
//   - Start and Stop may be called again, and from several goroutines.
package service
