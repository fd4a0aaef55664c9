package meter

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"slices"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/job"
)

// Source tells what a company used from a time until, and without, another.
type Source func(ctx context.Context, companyID string, fromMS, untilMS int64, add func(kind Kind, of string, count int64)) error

// Files are named files that outlive this deployment; a folder or a bucket.
type Files interface {
	// Put writes a file whole or not at all.
	Put(ctx context.Context, name string, content []byte) error
	// Open gives a file; the caller closes it. Error: fault.NotFound.
	Open(ctx context.Context, name string) (io.ReadCloser, error)
	// List tells the names behind a prefix and a tag each, which changes when the
	// file does.
	List(ctx context.Context, prefix string, each func(name, tag string) error) error
}

// Deps is what the service is made of.
type Deps struct {
	DB    *database.DB
	Clock clock.Clock
	// Files is nil where no files are written or read.
	Files Files
	// Others are where deployments lie that write to a place of their own, by
	// their names.
	Others map[string]Files
	Logger *slog.Logger
	// Deployment is <line>-<environment>.
	Deployment string
	// Companies lists all companies of the deployment.
	Companies func(ctx context.Context) ([]string, error)
	Sources   []Source
}

// Service measures days, writes their files, and imports those of all
// deployments.
type Service struct{ Deps }

// New makes the service.
func New(deps Deps) *Service { return &Service{deps} }

// When the days that have closed are looked at: soon, and twice more for what
// comes late. Bills are judged after two to three days too.
func looks() []time.Duration {
	return []time.Duration{30 * time.Minute, 26 * time.Hour, 50 * time.Hour}
}

// root is what all files lie in.
const root = "meters/"

// lookBack is for how many days files that are lacking are made up for.
const lookBack = 10

// allCompanies is the scope of what measures a deployment.
func allCompanies() database.Scope {
	return database.Platform("what all companies of a deployment used is measured together")
}

// Measure reads what a day used. Error: fault.Invalid for what is no day, or one
// that has not closed.
func (s *Service) Measure(ctx context.Context, day string) (Day, error) {
	fromMS, untilMS, err := bounds(day)
	if err != nil {
		return Day{}, err
	}
	if clock.MS(s.Clock.Now()) < untilMS {
		return Day{}, fault.OnField("day", "%s has not closed yet; days are those of UTC", day)
	}
	companies, err := s.Companies(ctx)
	if err != nil {
		return Day{}, err
	}
	uses, err := s.tallied(ctx, day)
	if err != nil {
		return Day{}, err
	}
	for _, company := range companies {
		for _, source := range s.Sources {
			err := source(ctx, company, fromMS, untilMS, func(kind Kind, of string, count int64) {
				uses = append(uses, Use{company, kind, of, count})
			})
			if err != nil {
				return Day{}, err
			}
		}
	}
	uses = tidy(uses)
	spent, err := cpu(uses)
	return Day{Deployment: s.Deployment, Day: day, Revision: 1, Uses: tidy(append(uses, spent...))}, err
}

// Written is what became of a day's file.
type Written struct {
	Day      string `json:"day"`
	Name     string `json:"name"`
	Revision int64  `json:"revision"`
	Rows     int    `json:"rows"`
	Changed  bool   `json:"changed"`
}

// Write measures a day and writes its file, unless the one that lies there says
// the same. Errors: those of Measure, fault.Refused when nowhere to write to is
// configured.
func (s *Service) Write(ctx context.Context, day string) (Written, error) {
	if s.Files == nil {
		return Written{}, fault.New(fault.Refused, "PROSA_FINOPS_METERS_URL says nowhere to write meters to")
	}
	measured, err := s.Measure(ctx, day)
	if err != nil {
		return Written{}, err
	}
	// The hash is of the numbers alone: the same ones make no new revision.
	content, err := Encode(measured)
	if err != nil {
		return Written{}, err
	}
	sum := sha256.Sum256(content)
	hash := hex.EncodeToString(sum[:])
	last, err := s.lookedAt(ctx, day)
	if err != nil {
		return Written{}, err
	}
	out := Written{Day: day, Name: measured.Name(), Revision: last.revision, Rows: len(measured.Uses)}
	// A day on which nothing ever was needs no file.
	if last.hash != hash && (len(measured.Uses) > 0 || last.revision > 0) {
		out.Changed, out.Revision = true, last.revision+1
		measured.Revision = out.Revision
		if content, err = Encode(measured); err != nil {
			return Written{}, err
		}
		// The file first: a kill between the two writes the same file again.
		if err := s.Files.Put(ctx, out.Name, content); err != nil {
			return Written{}, err
		}
	}
	return out, s.noteLook(ctx, day, looked{out.Revision, hash, clock.MS(s.Clock.Now())}, out.Rows)
}

// looked is when a day was measured last, and what that gave.
type looked struct {
	revision int64
	hash     string
	atMS     int64
}

// due tells whether a day is to be looked at now: once behind each of looks.
func due(untilMS, lastMS, nowMS int64) bool {
	for _, wait := range looks() {
		if at := untilMS + wait.Milliseconds(); lastMS < at && nowMS >= at {
			return true
		}
	}
	return false
}

// WriteDue writes the files of the days that are to be looked at. One that fails
// keeps no other back.
func (s *Service) WriteDue(ctx context.Context) (written []Written, err error) {
	if s.Files == nil {
		return nil, nil
	}
	now := s.Clock.Now().UTC()
	var errs []error
	for back := lookBack; back >= 1; back-- {
		day := now.AddDate(0, 0, -back).Format(dayLayout)
		_, untilMS, err := bounds(day)
		if err != nil {
			return written, err
		}
		last, err := s.lookedAt(ctx, day)
		if err != nil {
			return written, err
		}
		if !due(untilMS, last.atMS, clock.MS(now)) {
			continue
		}
		one, err := s.Write(ctx, day)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		written = append(written, one)
	}
	return written, errors.Join(errs...)
}

// JobKind names the job that closes days.
const JobKind = "finops.meters"

// closeDay is the job that writes what is due.
type closeDay struct{}

// Kind implements job.Args.
func (closeDay) Kind() string { return JobKind }

// Register has the due files written, and those of other deployments read, every
// quarter of an hour, in one process of all.
func (s *Service) Register(registry *job.Registry) error {
	if s.Files == nil && len(s.Others) == 0 {
		return nil
	}
	err := job.Register(registry, func(ctx context.Context, _ job.Job[closeDay]) error {
		_, failed := s.WriteDue(ctx)
		_, unread := s.Import(ctx)
		return errors.Join(failed, unread)
	})
	registry.Every(15*time.Minute, closeDay{})
	return err
}

// Imported is what became of the files that were looked at.
type Imported struct {
	Files int `json:"files" doc:"That lie there."`
	Read  int `json:"read" doc:"New ones and those that changed."`
	Rows  int `json:"rows"`
	// Refused are those that could not be read, each with its reason.
	Refused []string `json:"refused" nullable:"false"`
}

// Import reads the files of all deployments that are new or have changed; each
// replaces its day, in one transaction. One that is wrong is refused whole and
// named, and keeps no other back; nor does a place that cannot be reached.
func (s *Service) Import(ctx context.Context) (out Imported, err error) {
	out.Refused = []string{}
	known, err := s.tags(ctx)
	if err != nil {
		return out, err
	}
	var errs []error
	if s.Files != nil {
		errs = append(errs, s.importFrom(ctx, s.Files, "", known, &out))
	}
	for _, deployment := range slices.Sorted(maps.Keys(s.Others)) {
		if err := s.importFrom(ctx, s.Others[deployment], deployment, known, &out); err != nil {
			errs = append(errs, fmt.Errorf("meters of %s: %w", deployment, err))
		}
	}
	return out, errors.Join(errs...)
}

// importFrom reads what is new in a place: the files of one deployment, or, when
// none is named, those of all that have no place of their own.
func (s *Service) importFrom(ctx context.Context, files Files, deployment string, known map[string]string, out *Imported) error {
	prefix := root
	if deployment != "" {
		prefix += deployment + "/"
	}
	var fresh []file
	err := files.List(ctx, prefix, func(name, tag string) error {
		// A place speaks for nobody else, whatever its files are called.
		if d, err := named(name); err == nil && (deployment == "" && s.Others[d.Deployment] != nil || deployment != "" && d.Deployment != deployment) {
			return nil
		}
		out.Files++
		if before, seen := known[name]; !seen || before != tag {
			fresh = append(fresh, file{name, tag})
		}
		return nil
	})
	for _, f := range fresh {
		if err != nil {
			return err
		}
		var d Day
		if d, err = read(ctx, files, f.name); fault.Is(err, fault.Invalid) || fault.Is(err, fault.TooLarge) {
			out.Refused = append(out.Refused, err.Error())
			s.Logger.WarnContext(ctx, "a file of meters is refused", "error", err)
			err = nil
			continue
		}
		if err == nil {
			err = s.replace(ctx, d, f)
			out.Read, out.Rows = out.Read+1, out.Rows+len(d.Uses)
		}
	}
	return err
}

// file is one that lies there.
type file struct{ name, tag string }

func read(ctx context.Context, files Files, name string) (d Day, err error) {
	f, err := files.Open(ctx, name)
	if err != nil {
		return Day{}, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	content, err := io.ReadAll(io.LimitReader(f, 256<<20))
	if err != nil {
		return Day{}, err
	}
	return Decode(name, bytes.NewReader(content))
}
