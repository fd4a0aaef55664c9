package migrations

import (
	"context"
	"database/sql"
	"io/fs"
	"slices"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Standing is how a database stands to a binary. Migrations of the job queue
// count as ours do.
type Standing struct {
	Schema  int64 // newest migration that the database has; 0 when it has none
	Known   int64 // newest migration that the binary carries
	Lacking int   // migrations of the binary that the database lacks
	Unknown int   // migrations of the database that the binary does not carry
}

// Ahead tells that newer binaries brought the database up: this one may run
// there, and has nothing to apply.
func (s Standing) Ahead() bool { return s.Unknown > 0 && s.Lacking == 0 }

// stand is Stand with the files of a release. It reads and makes nothing, since
// the app role may neither make goose's table nor wait for its lock.
func stand(ctx context.Context, engine database.Engine, db *sql.DB, folder fs.FS) (Standing, error) {
	provider, err := newProvider(engine, db, folder)
	if err != nil {
		return Standing{}, err
	}
	var known []int64
	for _, source := range provider.ListSources() {
		known = append(known, source.Version)
	}
	applied, err := versions(ctx, engine, db, "goose_db_version", "SELECT version_id FROM goose_db_version WHERE version_id > 0 AND is_applied")
	if err != nil {
		return Standing{}, err
	}
	jobs, err := jobVersions()
	if err != nil {
		return Standing{}, err
	}
	appliedJobs, err := versions(ctx, engine, db, "river_migration", "SELECT version FROM river_migration WHERE line = 'main'")
	if err != nil {
		return Standing{}, err
	}
	standing := Standing{
		Schema: highest(applied), Known: highest(known),
		Lacking: beyond(known, applied) + beyond(jobs, appliedJobs),
		Unknown: beyond(applied, known) + beyond(appliedJobs, jobs),
	}
	floor, err := versions(ctx, engine, db, "schema_floor", "SELECT version FROM schema_floor")
	if err != nil {
		return standing, err
	}
	switch {
	case highest(floor) > standing.Known:
		return standing, fault.New(fault.Conflict, "the database's schema may be run by binaries from schema %d on, and this one's is %d: run a newer binary", highest(floor), standing.Known)
	case standing.Schema > standing.Known && beyond(known, applied) > 0:
		return standing, fault.New(fault.Conflict, "the database is at schema %d, which is newer than this binary's %d, and lacks %d of its migrations: a binary of another line of development brought it up", standing.Schema, standing.Known, beyond(known, applied))
	}
	return standing, nil
}

// versions reads numbers from a table; a table that is not there holds none.
func versions(ctx context.Context, engine database.Engine, db *sql.DB, table, query string) ([]int64, error) {
	there := "SELECT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = $1)"
	if engine == database.Postgres {
		there = "SELECT to_regclass($1) IS NOT NULL"
	}
	var known bool
	if err := db.QueryRowContext(ctx, there, table).Scan(&known); err != nil || !known {
		return nil, err
	}
	rows, err := db.QueryContext(ctx, query)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var list []int64
	for rows.Next() {
		var version int64
		if err := rows.Scan(&version); err != nil {
			return nil, err
		}
		list = append(list, version)
	}
	return list, rows.Err()
}

func highest(list []int64) (most int64) {
	for _, one := range list {
		most = max(most, one)
	}
	return most
}

// beyond counts what is in list and not in other.
func beyond(list, other []int64) (n int) {
	for _, one := range list {
		if !slices.Contains(other, one) {
			n++
		}
	}
	return n
}
