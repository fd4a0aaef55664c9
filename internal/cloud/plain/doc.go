// Package plain holds the rules of deploy/plain, the way to run the product on
// machines of one's own: systemd units, a compose file, a proxy, backups. It has
// no code; plaintest reads units for its tests and for the journeys of e2e, which
// start the product as the units say.
//
// Invariants:
//
//   - A process is told the same settings here as by Terraform's runtime, save
//     those that a test names with its reason.
//   - No secret stands in a unit, in an environment file or in the compose file:
//     they are files that the process reads.
//   - Images are named by digest.
package plain
