// Package job runs work later, and again until it succeeds: calls to outside
// services that nobody waits for, imports, clean-ups. Jobs live in the
// database, on both engines.
//
// Invariants:
//
//   - Enqueue writes the job in the caller's transaction: it exists exactly if
//     the transaction commits.
//   - A job runs at least once. After a crash it runs again (about a minute
//     later), so what it does must bear repetition; Job.Complete finishes it in
//     the same transaction as its effect where that matters.
//   - A job that fails runs again after a growing pause, MaxAttempts times; then
//     it is kept as discarded for a week.
//   - The queue is the cold path, for hundreds of jobs a second. Its scheduler
//     looks every five seconds, so a job that is to run later, or again, may be
//     that much late. Short waits of a conversation are columns that its module
//     sweeps, not jobs.
//
// What an operator must see of a job is a business row of its module.
//
// The queue is River (github.com/riverqueue/river); no other package knows.
package job
