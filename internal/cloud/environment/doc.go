// Package environment switches environments on and off: it keeps the leases that
// people take, asks package schedule what is wanted, and brings the machines
// there in the order in which they need each other.
//
// What it owns, all of it files of one shelf (blob.Shelf) that the deployments
// share: leases/<deployment>.json, who holds it and what was done last;
// power/<deployment>/<yyyy-mm>.csv, the hours that were really on.
//
// Invariants:
//
//   - Production is never switched, nor anything that accounts.yaml does not
//     name, nor an account other than the one it names.
//   - A lease is kept before anything is started for it; two people at once lose
//     neither's.
//   - Down: gateway, api and worker, then the stream, then the database. Up:
//     database, stream, migration, worker, then api and gateway, then healthy.
//     A step begins when all before it have ended.
//   - What to do next follows from what the machines do now. Who is killed at any
//     step leaves nothing that the next run, of anybody, would not go on with.
package environment
