// Package schedule decides when an environment runs: by office hours of Brazil,
// by leases that people take, or always. It is pure: the time, what is known
// and what was observed come in; what to do, why and until when comes out.
//
// Invariants:
//
//   - While a lease is valid the environment is wanted up, whatever else says.
//   - Outside of its hours, without a lease, it is wanted up only for as long as
//     a start by hand is respected or somebody is still being warned.
//   - Nobody is cut off without a warning of at least Schedule.Warning before;
//     only a stop that a person asks for goes without.
//   - A decision is a function of levels, not of moments: a tick that was missed
//     is made up for by the next, and the same tick twice decides the same.
//
// Sources: the public holidays are those of base/calendar; a stopped database
// instance that is started by its vendor after seven days: Amazon RDS User
// Guide, "Stopping an Amazon RDS DB instance temporarily", RDS-EVENT-0154.
package schedule
