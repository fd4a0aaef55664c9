package migrations

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"embed"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

//go:embed *.sql all:sqlite all:postgres
var files embed.FS

// Up applies the migrations that the database lacks, in order, and tells how
// many. db is the owner's handle (database.OpenOwner). Two processes that
// migrate at once on PostgreSQL wait for each other. A database that a newer
// binary migrated is fault.Conflict and is left alone.
func Up(ctx context.Context, engine database.Engine, db *sql.DB) (applied int, err error) {
	provider, err := newProvider(engine, db)
	if err != nil {
		return 0, err
	}
	if engine == database.Postgres {
		if err := checkOrder(ctx, db); err != nil {
			return 0, err
		}
	}
	if _, err := pending(ctx, provider); err != nil {
		return 0, err
	}
	results, err := provider.Up(ctx)
	if err != nil {
		return len(results), fmt.Errorf("migrations: %w", err)
	}
	jobs, err := upJobs(ctx, engine, db)
	applied = len(results) + jobs
	if err != nil || engine != database.Postgres {
		return applied, err
	}
	return applied, secure(ctx, db)
}

// Pending tells how many migrations the database lacks. The app role may ask.
// A database that a newer binary migrated, whose schema this one doesn't know,
// is fault.Conflict: serve must not start on it.
func Pending(ctx context.Context, engine database.Engine, db *sql.DB) (int, error) {
	provider, err := newProvider(engine, db)
	if err != nil {
		return 0, err
	}
	// goose would make its table by asking, which the app role may not.
	fresh, err := isFresh(ctx, engine, db)
	if err != nil {
		return 0, err
	}
	lacking := len(provider.ListSources())
	if !fresh {
		if lacking, err = pending(ctx, provider); err != nil {
			return 0, err
		}
	}
	jobs, err := pendingJobs(ctx, engine, db)
	return lacking + jobs, err
}

// isFresh reports whether the database was never migrated.
func isFresh(ctx context.Context, engine database.Engine, db *sql.DB) (fresh bool, err error) {
	query := "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema WHERE name = 'goose_db_version')"
	if engine == database.Postgres {
		query = "SELECT to_regclass('goose_db_version') IS NULL"
	}
	err = db.QueryRowContext(ctx, query).Scan(&fresh)
	return fresh, err
}

func pending(ctx context.Context, provider *goose.Provider) (int, error) {
	current, target, err := provider.GetVersions(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	if current > target {
		return 0, fault.New(fault.Conflict, "the database is at schema %d, which is newer than this binary's %d: run a newer binary", current, target)
	}
	status, err := provider.Status(ctx)
	if err != nil {
		return 0, fmt.Errorf("migrations: %w", err)
	}
	lacking := 0
	for _, file := range status {
		if file.State == goose.StatePending {
			lacking++
		}
	}
	return lacking, nil
}

func newProvider(engine database.Engine, db *sql.DB) (*goose.Provider, error) {
	dialect, options := goose.DialectSQLite3, []goose.ProviderOption{
		goose.WithDisableGlobalRegistry(true),
		// Modules are developed side by side: a file may land with a number
		// below one that a development database already has.
		goose.WithAllowOutofOrder(true),
	}
	if engine == database.Postgres {
		locker, err := lock.NewPostgresSessionLocker()
		if err != nil {
			return nil, err
		}
		dialect, options = goose.DialectPostgres, append(options, goose.WithSessionLocker(locker))
	}
	provider, err := goose.NewProvider(dialect, db, overlay{string(engine)}, options...)
	if errors.Is(err, goose.ErrNoMigrations) {
		return nil, fault.New(fault.Internal, "the binary holds no migrations")
	}
	return provider, err
}

// overlay shows the common files and those of one engine as one folder.
type overlay struct{ engine string }

// Open implements fs.FS.
func (o overlay) Open(name string) (fs.File, error) {
	file, err := files.Open(o.engine + "/" + name)
	if errors.Is(err, fs.ErrNotExist) {
		return files.Open(name)
	}
	return file, err
}

// ReadDir implements fs.ReadDirFS, by which goose lists the files.
func (o overlay) ReadDir(name string) ([]fs.DirEntry, error) {
	common, err := files.ReadDir(name)
	if err != nil {
		return nil, err
	}
	own, err := files.ReadDir(o.engine)
	return append(common, own...), err
}

// Fingerprint changes when any migration does, ours or the job queue's.
func Fingerprint() string {
	hash := sha256.New()
	// Walking embedded files can't fail.
	_ = fs.WalkDir(files, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := files.ReadFile(path)
		fmt.Fprintf(hash, "%s %d\n%s", path, len(content), content)
		return err
	})
	for _, statement := range append(grants(), policy, riverVersion()) {
		fmt.Fprintf(hash, "%s\n", statement)
	}
	return hex.EncodeToString(hash.Sum(nil))
}
