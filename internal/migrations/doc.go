// Package migrations holds the schema of both engines and brings a database up
// to it.
//
// A file is named YYYYMMDDHHMM_<module>_<what>.sql and holds goose's
// annotations. One text serves both engines; where it can't, the two variants
// lie in sqlite/ and postgres/ under the same number. The tables of the job
// queue (River) are brought up to date by River's own migrations.
//
// On PostgreSQL two things are not written in files but derived from the
// schema after every run, so that no later table can miss them: the rights of
// the app role, and forced row level security on each table with a tenant_id
// (security.go).
//
// A migration never breaks the binary before it: add first, remove in a later
// release. A file that was released is never edited.
package migrations
