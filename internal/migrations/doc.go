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
// release, when the one before serves everywhere. So a binary runs on a schema that newer ones brought up, and changes
// nothing of it: that is what going back to an earlier release is, and what a
// process does that is started between a migration and its own replacement.
//
// What removes or renames breaks the releases that still use it. Such a
// migration says which is the oldest that may run, in the same file:
//
//	UPDATE schema_floor SET version = 202701150000;
//
// where the number is the newest migration of that release. Binaries below the
// floor neither serve nor migrate. A test refuses a file that removes without
// it. A release that only stops using something and brings no migration has no
// number of its own: the floor then is the next one that has.
//
// A file that was released is never edited.
package migrations
