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

// Up applies the migrations that the database lacks, in order, and tells how the
// database stood before. db is the owner's handle (database.OpenOwner). Two
// processes that migrate at once on PostgreSQL wait for each other. A database
// that is ahead is left as it is; one whose floor is above this binary, or that
// went another way, is fault.Conflict.
func Up(ctx context.Context, engine database.Engine, db *sql.DB) (Standing, error) {
	return up(ctx, engine, db, overlay{string(engine)})
}

// Stand tells how a database stands to this binary. The app role may ask. The
// refusals are those of Up: serve must not start there.
func Stand(ctx context.Context, engine database.Engine, db *sql.DB) (Standing, error) {
	return stand(ctx, engine, db, overlay{string(engine)})
}

// up is Up with the files of a release.
func up(ctx context.Context, engine database.Engine, db *sql.DB, folder fs.FS) (Standing, error) {
	if engine == database.Postgres {
		if err := checkOrder(ctx, db); err != nil {
			return Standing{}, err
		}
	}
	standing, err := stand(ctx, engine, db, folder)
	if err != nil || standing.Ahead() {
		return standing, err
	}
	provider, err := newProvider(engine, db, folder)
	if err != nil {
		return standing, err
	}
	if _, err := provider.Up(ctx); err != nil {
		return standing, fmt.Errorf("migrations: %w", err)
	}
	if err := upJobs(ctx, engine, db); err != nil || engine != database.Postgres {
		return standing, err
	}
	return standing, secure(ctx, db)
}

func newProvider(engine database.Engine, db *sql.DB, folder fs.FS) (*goose.Provider, error) {
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
	provider, err := goose.NewProvider(dialect, db, folder, options...)
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
