// Package meter measures what each company of a deployment used on a day, and
// writes it to a file that the ledger of costs imports like a bill.
//
// A day is one of UTC, as those of bills are. Messages, conversations, files and
// what platforms bill are read from their own tables once the day has closed
// (Source), so that counting costs the path of messages nothing and gives the
// same numbers whenever it is done again. What no table holds is counted while it
// happens, in memory, and written down every minute (Tally): API requests, the
// time that they took, and the CPU seconds of each process; a kill loses a minute
// of it at most.
//
// Invariants:
//
//   - A file holds ids and numbers, no name and nothing of a customer.
//   - A file is written whole or not at all, and is named by its deployment and
//     day: meters/<deployment>/<yyyy-mm-dd>.csv.gz. The same numbers give the same
//     bytes; other numbers of the same day (late data) replace the file by one
//     with the next revision. A kill at any moment leaves the old file or the new
//     one, and the next look writes what is lacking.
//   - The CPU of a day is an exact number of milliseconds, measured by the
//     operating system, and is split among companies exactly; how it is split is
//     an estimate (CPUMethod), since goroutines of all companies share processes.
package meter
