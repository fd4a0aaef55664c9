package finops

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/database"
	"prosa/internal/platform/service"
)

// Source is where bills come from, with what became of its files.
type Source struct {
	Name       string    `json:"name"`
	Configured bool      `json:"configured" doc:"False: bills of it were imported by hand."`
	Sets       []FileSet `json:"sets"`
}

// FileSet is one or more files that make up a bill.
type FileSet struct {
	Name    string `json:"name"`
	Outcome string `json:"outcome" enum:"imported,known,refused,waiting"`
	Problem string `json:"problem" doc:"Why it was refused, or what it waits for."`
	SeenMS  int64  `json:"seen_ms"`

	mark  string
	files []blob.Item
}

// Sources gives the configured sources and those that have bills, with the
// files that were looked at.
func (s *Service) Sources(ctx context.Context) ([]Source, error) {
	configured, err := s.cfg.sources()
	if err != nil {
		return nil, err
	}
	known := map[string]*Source{}
	for _, place := range configured {
		known[place.name] = &Source{Name: place.name, Configured: true, Sets: []FileSet{}}
	}
	at := func(name string) *Source {
		if known[name] == nil {
			known[name] = &Source{Name: name, Sets: []FileSet{}}
		}
		return known[name]
	}
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		err := eachRow(ctx, tx, "SELECT DISTINCT source FROM finops_import WHERE state <> 'staging'", nil, func(row database.Row) error {
			var name string
			err := row.Scan(&name)
			at(name)
			return err
		})
		if err != nil {
			return err
		}
		return eachRow(ctx, tx, "SELECT source, name, outcome, problem, seen_ms FROM finops_file WHERE source <> '' ORDER BY source, name", nil, func(row database.Row) error {
			var source string
			var set FileSet
			err := row.Scan(&source, &set.Name, &set.Outcome, &set.Problem, &set.SeenMS)
			at(source).Sets = append(at(source).Sets, set)
			return err
		})
	})
	if err != nil {
		return nil, err
	}
	list := make([]Source, 0, len(known))
	for _, source := range known {
		list = append(list, *source)
	}
	slices.SortFunc(list, func(a, b Source) int { return strings.Compare(a.Name, b.Name) })
	return list, nil
}

// Sweeper looks at the configured sources every day, on one of the machines.
func (s *Service) Sweeper() service.Service {
	return service.Service{Run: func(ctx context.Context) error {
		const look = 5 * time.Minute
		ticker := time.NewTicker(min(look, s.cfg.Every))
		defer ticker.Stop()
		for {
			if err := s.sweepIfDue(ctx); err != nil && ctx.Err() == nil {
				s.logger.ErrorContext(ctx, "bills could not be read", "error", err)
			}
			select {
			case <-ctx.Done():
				return nil
			case <-ticker.C:
			}
		}
	}}
}

func (s *Service) sweepIfDue(ctx context.Context) error {
	configured, err := s.cfg.sources()
	if err != nil || len(configured) == 0 {
		return err
	}
	due := false
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Exec(ctx, `INSERT INTO finops_file (source, name, mark, outcome, problem, seen_ms) VALUES ('', 'sweep', '', 'known', '', $1)
			ON CONFLICT (source, name) DO UPDATE SET seen_ms = excluded.seen_ms WHERE finops_file.seen_ms <= $2`, tx.Now(), tx.Now()-s.cfg.Every.Milliseconds())
		due = rows > 0
		return err
	})
	if err != nil || !due {
		return err
	}
	return errors.Join(s.forget(ctx), s.Sweep(ctx, ""))
}

// Sweep looks at a configured source, or at all of them (the empty name), and
// imports what changed. A file that is refused does not keep the others; the
// error tells of it.
func (s *Service) Sweep(ctx context.Context, name string) error {
	configured, err := s.cfg.sources()
	if err != nil {
		return err
	}
	var errs []error
	found := name == ""
	for _, from := range configured {
		if name != "" && from.name != name {
			continue
		}
		found = true
		if err := s.sweepFeed(ctx, from); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", from.name, err))
		}
	}
	if !found {
		return fault.New(fault.NotFound, "no source %s is configured (PROSA_FINOPS_SOURCES)", name)
	}
	return errors.Join(errs...)
}

func (s *Service) sweepFeed(ctx context.Context, from feed) error {
	shelf, err := blob.OpenShelf(from.location)
	if err != nil {
		return err
	}
	var items []blob.Item
	if err := shelf.List(ctx, "", func(item blob.Item) error {
		items = append(items, item)
		return nil
	}); err != nil {
		return err
	}
	sets, err := groupFiles(items, func(name string) ([]byte, error) { return readSmall(ctx, shelf, name) })
	if err != nil {
		return err
	}
	known, err := s.knownSets(ctx, from.name)
	if err != nil {
		return err
	}
	var errs []error
	for _, set := range sets {
		if before, there := known[set.Name]; there && before.mark == set.mark && before.Outcome != "waiting" {
			continue
		}
		if set.Outcome != "waiting" {
			err := s.importSet(ctx, from.name, shelf, &set)
			if ctx.Err() != nil || err != nil && !fault.Is(err, fault.Invalid) && !fault.Is(err, fault.Conflict) {
				return errors.Join(append(errs, err)...) // it is tried again
			}
			if err != nil {
				set.Outcome, set.Problem = "refused", fault.MessageOf(err)
				errs = append(errs, err)
			}
			if fault.Is(err, fault.Conflict) {
				set.mark = "" // what stands against it may go: it is tried again too
			}
		}
		if err := s.keepSet(ctx, from.name, set); err != nil {
			return errors.Join(append(errs, err)...)
		}
	}
	return errors.Join(errs...)
}

// importSet brings the files of a set to this machine and imports them.
func (s *Service) importSet(ctx context.Context, source string, shelf blob.Shelf, set *FileSet) (err error) {
	dir, err := os.MkdirTemp("", "prosa-bill-")
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "a bill can't be kept on this machine")
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	paths := make([]string, len(set.files))
	for i, item := range set.files {
		// A folder each: parts of a bill may share their names.
		folder := filepath.Join(dir, fmt.Sprint(i))
		if err := os.Mkdir(folder, 0o700); err != nil {
			return fault.Wrap(err, fault.Unavailable, "a bill can't be kept on this machine")
		}
		paths[i] = filepath.Join(folder, path.Base(item.Name))
		if err := s.fetch(ctx, shelf, item, paths[i]); err != nil {
			return err
		}
	}
	wish := Wish{Source: source, Paths: paths, Set: set.Name}
	wish.Actor.Actor.Kind, wish.Actor.Actor.ID = "system", "sweep"
	done, err := s.Import(ctx, wish)
	if err != nil {
		return err
	}
	set.Outcome = "imported"
	if len(done) == 0 || !done[0].Known {
		return nil
	}
	// The source went back to what it said before: what it says now is to stand,
	// unless somebody took it out.
	if slices.ContainsFunc(done, func(one Import) bool { return one.State == "replaced" }) {
		wish.Again = true
		_, err := s.Import(ctx, wish)
		return err
	}
	set.Outcome = "known"
	return nil
}

func (s *Service) fetch(ctx context.Context, shelf blob.Shelf, item blob.Item, to string) (err error) {
	from, _, err := shelf.Open(ctx, item.Name)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	file, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fault.Wrap(err, fault.Unavailable, "a bill can't be kept on this machine")
	}
	size, err := io.Copy(file, io.LimitReader(contextReader{ctx, from}, s.cfg.MaxBytes+1))
	if err := errors.Join(err, file.Close()); err != nil {
		return fault.Wrap(err, fault.Unavailable, item.Name+" can't be fetched now")
	}
	if size > s.cfg.MaxBytes {
		return fault.New(fault.Invalid, "%s is larger than allowed", item.Name)
	}
	return nil
}

func (s *Service) knownSets(ctx context.Context, source string) (known map[string]FileSet, err error) {
	known = map[string]FileSet{}
	err = s.each(ctx, "SELECT name, mark, outcome FROM finops_file WHERE source = $1", []any{source}, func(row database.Row) error {
		var set FileSet
		err := row.Scan(&set.Name, &set.mark, &set.Outcome)
		known[set.Name] = set
		return err
	})
	return known, err
}

func (s *Service) keepSet(ctx context.Context, source string, set FileSet) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO finops_file (source, name, mark, outcome, problem, seen_ms) VALUES ($1, $2, $3, $4, $5, $6)
			ON CONFLICT (source, name) DO UPDATE SET mark = excluded.mark, outcome = excluded.outcome, problem = excluded.problem, seen_ms = excluded.seen_ms`,
			source, set.Name, set.mark, set.Outcome, set.Problem, tx.Now())
		return err
	})
}

// mostManifest bounds a list of files, in bytes.
const mostManifest = 1 << 20

func readSmall(ctx context.Context, shelf blob.Shelf, name string) (content []byte, err error) {
	file, _, err := shelf.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	return io.ReadAll(io.LimitReader(contextReader{ctx, file}, mostManifest))
}

var (
	// partition is the folder that AWS Data Exports makes a billing period.
	partition = regexp.MustCompile(`^(.*?)(data|metadata)/(BILLING_PERIOD=[0-9-]+)/(.*)$`)
	// chunk is the number of a part of a file: bill-00001.csv.gz.
	// A number of six digits that does not begin with zeros is a month, such as 202610.
	chunk = regexp.MustCompile(`[-_.](\d{3,5}|00\d{4})$`)
	// dataFile is what a bill may be called.
	dataFile = regexp.MustCompile(`^(.*?)((\.snappy|\.zstd|\.gz)?\.parquet|\.csv\.gz|\.csv|\.gz)$`)
)

// groupFiles finds out which files make up a bill together: those that the
// newest manifest of an AWS Data Export names (which waits while one is
// missing), those of its billing period's newest folder when there is no
// manifest, and elsewhere those whose names differ in the number of the part
// only. read gives a manifest.
func groupFiles(items []blob.Item, read func(name string) ([]byte, error)) ([]FileSet, error) {
	type exported struct{ data, manifests []blob.Item }
	exports, plain := map[string]*exported{}, map[string][]blob.Item{}
	for _, item := range items {
		if parts := partition.FindStringSubmatch(item.Name); parts != nil {
			key := parts[1] + parts[3]
			if exports[key] == nil {
				exports[key] = &exported{}
			}
			switch base := path.Base(item.Name); {
			case parts[2] == "metadata" && strings.HasSuffix(strings.ToLower(base), "manifest.json"):
				exports[key].manifests = append(exports[key].manifests, item)
			case parts[2] == "data" && dataFile.MatchString(base):
				exports[key].data = append(exports[key].data, item)
			}
			continue
		}
		if dataFile.MatchString(item.Name) {
			key := plainSet(item.Name)
			plain[key] = append(plain[key], item)
		}
	}
	var sets []FileSet
	for name, export := range exports {
		set, err := exportSet(name, export.data, export.manifests, read)
		if err != nil {
			return nil, err
		}
		if len(set.files) > 0 || set.Outcome == "waiting" {
			sets = append(sets, set)
		}
	}
	for name, files := range plain {
		sets = append(sets, FileSet{Name: name, files: files})
	}
	for i := range sets {
		sets[i].mark = markOf(sets[i])
	}
	// Of two bills of one period, the younger is to stand in the end.
	slices.SortFunc(sets, func(a, b FileSet) int {
		if c := youngest(a.files) - youngest(b.files); c != 0 {
			return int(max(-1, min(1, c)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	return sets, nil
}

// plainSet is the name of a file without the number of its part.
func plainSet(name string) string {
	parts := dataFile.FindStringSubmatch(name)
	if parts == nil {
		return name
	}
	return chunk.ReplaceAllString(parts[1], "") + parts[2]
}

func youngest(files []blob.Item) (ms int64) {
	for _, file := range files {
		ms = max(ms, file.ModifiedMS)
	}
	return ms
}

func markOf(set FileSet) string {
	hash := sha256.New()
	fmt.Fprintf(hash, "%s\n", set.Problem)
	for _, file := range set.files {
		fmt.Fprintf(hash, "%s %d %d %s\n", file.Name, file.Size, file.ModifiedMS, file.Version)
	}
	return hex.EncodeToString(hash.Sum(nil))
}

// exportSet chooses the files of a billing period of an export.
func exportSet(name string, data, manifests []blob.Item, read func(name string) ([]byte, error)) (FileSet, error) {
	set := FileSet{Name: name}
	if len(manifests) == 0 {
		set.files = newestFolder(data)
		return set, nil
	}
	newest := slices.MaxFunc(manifests, func(a, b blob.Item) int {
		if a.ModifiedMS != b.ModifiedMS {
			return int(max(-1, min(1, a.ModifiedMS-b.ModifiedMS)))
		}
		return strings.Compare(a.Name, b.Name)
	})
	content, err := read(newest.Name)
	if err != nil {
		return set, err
	}
	wantedFiles := manifestFiles(content)
	if len(wantedFiles) == 0 {
		set.Outcome, set.Problem = "waiting", newest.Name+" names no files"
		return set, nil
	}
	for _, wanted := range wantedFiles {
		at := slices.IndexFunc(data, func(item blob.Item) bool { return wanted == item.Name || strings.HasSuffix(wanted, "/"+item.Name) })
		if at < 0 {
			set.Outcome, set.Problem, set.files = "waiting", path.Base(wanted)+" has not come yet", nil
			return set, nil
		}
		set.files = append(set.files, data[at])
	}
	return set, nil
}

// manifestFiles gives the files that a manifest names; none when it is no
// manifest (Amazon, "Data Exports: understanding the manifest").
func manifestFiles(content []byte) []string {
	var manifest struct {
		DataFiles []string `json:"dataFiles"`
	}
	if json.Unmarshal(content, &manifest) != nil {
		return nil
	}
	return manifest.DataFiles
}

// newestFolder gives the files of the last folder by name: an export that keeps
// its old versions writes each into a folder named by the time.
func newestFolder(data []blob.Item) (files []blob.Item) {
	last := ""
	for _, item := range data {
		last = max(last, path.Dir(item.Name))
	}
	for _, item := range data {
		if path.Dir(item.Name) == last {
			files = append(files, item)
		}
	}
	return files
}
