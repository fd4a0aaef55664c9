package finops

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/finops/exact"
	"prosa/internal/modules/finops/focus"
	"prosa/internal/platform/database"
)

// Import is one reading of the bill of a source for a billing period.
type Import struct {
	No     int64  `json:"no"`
	Source string `json:"source"`
	Period int64  `json:"period" doc:"yyyymm of the billing period."`
	FromMS int64  `json:"from_ms"`
	ToMS   int64  `json:"to_ms" doc:"Not included."`
	State  string `json:"state" enum:"staging,current,replaced,withdrawn"`
	// Set is what the files are called together: by it a bill is known again.
	Set string `json:"set"`
	// Payers are the billing accounts of the bill, in order.
	Payers   []string `json:"payers"`
	SetHash  string   `json:"set_hash"`
	Files    []File   `json:"files"`
	Version  string   `json:"version" doc:"Of FOCUS, as detected."`
	Rows     int64    `json:"rows"`
	Totals   []Sums   `json:"totals"`
	Late     bool     `json:"late" doc:"It came when the period should have been closed, and the source was read before that."`
	Replaces int64    `json:"replaces" doc:"The reading before, the latest of several; 0: none."`
	Actor    string   `json:"actor"`

	StartedMS  int64 `json:"started_ms"`
	FinishedMS int64 `json:"finished_ms"`
	// Known tells that the same files had been read before, so that nothing was
	// done.
	Known bool `json:"known,omitempty"`
	// Twins are told of a bill that counts.
	Twins []Twin `json:"twins,omitempty" doc:"Bills of other sources that have a billing account and days in common with it: what both hold counts twice."`
}

// File is a file of a bill as it was read.
type File struct {
	Name string `json:"name"`
	Size int64  `json:"size"`
	Hash string `json:"hash" doc:"SHA-256."`

	path string
}

// Sums are the totals of a currency; currencies are never added.
type Sums struct {
	Currency  string       `json:"currency"`
	Billed    exact.Amount `json:"billed"`
	Effective exact.Amount `json:"effective"`
}

// Wish says how an import is made.
type Wish struct {
	Source string
	// Paths of files on this machine that make up the bill together.
	Paths []string
	// Set is the name of the files where they lie; empty for files that somebody
	// names by hand, which are called as they are called.
	Set string
	// Again reads what had been read before, also to bring back a bill that was
	// replaced since.
	Again bool
	Actor audit.Entry // who asks: Actor and IP
}

const (
	// lateMS is how long after its end a billing period still changes: providers
	// close it within days.
	lateMS = 10 * dayMS
	dayMS  = int64(24 * 3600 * 1000)
	// mostPeriods a set of files may hold.
	mostPeriods = 36
)

// Import reads the files and puts what they say in the place of what was known
// of their billing periods, all at once. The same files again are no work. What
// was known is the bill of the same name, and every bill of a billing account that
// is in them and of a period that begins on the same day and does not end later; a
// bill of other accounts or of other days stays beside it.
// Errors: fault.Invalid, with row and column, when a file is refused;
// fault.Conflict when a file counts in another source already, or when some days
// of one of its accounts count in a bill of another period. Then nothing has
// changed.
func (s *Service) Import(ctx context.Context, wish Wish) ([]Import, error) {
	if err := checkSource(wish.Source); err != nil {
		return nil, err
	}
	if len(wish.Paths) == 0 {
		return nil, fault.OnField("file", "no file is named")
	}
	files, setHash, err := weigh(ctx, wish.Paths)
	if err != nil {
		return nil, err
	}
	if !wish.Again {
		known, err := s.known(ctx, wish.Source, setHash)
		if err != nil || len(known) > 0 {
			return known, err
		}
	}
	// Asked again when the numbers take their place; here it spares the reading.
	if err := s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error { return refuseElsewhere(ctx, tx, wish.Source, files) }); err != nil {
		return nil, err
	}
	r := &reading{service: s, source: wish.Source, set: cmp.Or(wish.Set, setNameOf(files)), laid: wish.Set != "", files: files, setHash: setHash, actor: wish.Actor.Actor.ID, startedMS: clock.MS(s.clock.Now()), stages: map[term]*stage{}}
	if err := r.readAll(ctx); err != nil {
		// What was staged is nobody's; the sweep forgets it if we can't.
		return nil, errors.Join(err, r.abandon(context.WithoutCancel(ctx)))
	}
	done, err := r.flip(ctx, wish.Actor)
	if err != nil {
		return nil, errors.Join(err, r.abandon(context.WithoutCancel(ctx)))
	}
	for _, one := range done {
		for _, twin := range one.Twins {
			s.logger.WarnContext(ctx, "a bill may count twice", "source", one.Source, "number", one.No, "other_source", twin.Source, "other_number", twin.No, "billing_accounts", twin.Payers)
		}
	}
	return done, s.forget(ctx)
}

// weigh hashes the files; the order in which they are named says nothing.
func weigh(ctx context.Context, paths []string) (files []File, setHash string, err error) {
	seen := map[string]bool{}
	for _, path := range paths {
		file, err := weighOne(ctx, path)
		if err != nil {
			return nil, "", err
		}
		if seen[file.Hash] {
			return nil, "", fault.New(fault.Invalid, "%s is the same as a file before it", file.Name)
		}
		seen[file.Hash] = true
		files = append(files, file)
	}
	return files, hashOfSet(files), nil
}

func weighOne(ctx context.Context, path string) (File, error) {
	file, err := os.Open(path)
	if err != nil {
		return File{}, fault.New(fault.NotFound, "%s can't be opened", path)
	}
	defer file.Close()
	hash := sha256.New()
	size, err := io.Copy(hash, contextReader{ctx, file})
	if err != nil {
		return File{}, err
	}
	return File{Name: filepath.Base(path), Size: size, Hash: hex.EncodeToString(hash.Sum(nil)), path: path}, nil
}

// contextReader ends with its context.
type contextReader struct {
	ctx  context.Context
	from io.Reader
}

// Read implements io.Reader.
func (r contextReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.from.Read(p)
}

// known gives what the same files made before, the latest a period.
func (s *Service) known(ctx context.Context, source, setHash string) (list []Import, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = selectImports(ctx, tx, "source = $1 AND set_hash = $2 AND state <> 'staging' ORDER BY period_from_ms, period_to_ms, no DESC", source, setHash)
		return err
	})
	kept := list[:0]
	for _, one := range list {
		if len(kept) == 0 || kept[len(kept)-1].term() != one.term() {
			one.Known = true
			kept = append(kept, one)
		}
	}
	return kept, err
}

// reading is an import under way.
type reading struct {
	service   *Service
	source    string
	set       string
	laid      bool // in a configured source, where a name is one bill's for ever
	files     []File
	setHash   string
	actor     string
	startedMS int64

	stages   map[term]*stage // by billing period
	order    []term
	last     *focus.Reader // of the file before
	version  string
	findings map[findingKey]*focus.Finding
}

type findingKey struct {
	rule   focus.Rule
	column string
}

func (r *reading) readAll(ctx context.Context) error {
	r.findings = map[findingKey]*focus.Finding{}
	for _, file := range r.files {
		if err := r.readFile(ctx, file); err != nil {
			var refusal *focus.Refusal
			if errors.As(err, &refusal) {
				return &fault.Error{Code: fault.Invalid, Reason: string(refusal.Rule), Message: file.Name + ": " + refusal.Error()}
			}
			return err
		}
	}
	for _, period := range r.order {
		if err := r.stages[period].flush(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (r *reading) readFile(ctx context.Context, file File) (err error) {
	opened, err := os.Open(file.path)
	if err != nil {
		return fault.New(fault.NotFound, "%s can't be opened", file.Name)
	}
	defer opened.Close()
	reader, err := focus.Open(opened, file.Size, focus.Limits{Rows: r.service.cfg.MaxRows, Bytes: r.service.cfg.MaxBytes})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, reader.Close()) }()
	if r.last != nil {
		reader.After(r.last)
	}
	r.version, r.last = max(r.version, reader.Version()), reader
	for {
		row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		if row.Number%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		stage, err := r.stage(ctx, row)
		if err != nil {
			return err
		}
		if err := stage.add(ctx, row); err != nil {
			return err
		}
	}
	for _, finding := range reader.Findings() {
		r.collect(finding)
	}
	return sameStill(ctx, opened, file)
}

// sameStill holds a file that was read against what it was when it was weighed:
// an import is never kept under the hash of other bytes. Error: fault.Conflict.
func sameStill(ctx context.Context, opened *os.File, file File) error {
	if _, err := opened.Seek(0, io.SeekStart); err != nil {
		return err
	}
	hash := sha256.New()
	if _, err := io.Copy(hash, contextReader{ctx, opened}); err != nil {
		return err
	}
	if hex.EncodeToString(hash.Sum(nil)) != file.Hash {
		return fault.New(fault.Conflict, "%s changed while it was read: import it again", file.Name)
	}
	return nil
}

func (r *reading) collect(finding focus.Finding) {
	key := findingKey{finding.Rule, finding.Column}
	if known := r.findings[key]; known != nil {
		known.Count += finding.Count
		return
	}
	r.findings[key] = &finding
}

// stage gives where rows of the row's billing period are gathered.
func (r *reading) stage(ctx context.Context, row *focus.Row) (*stage, error) {
	period := term{row.BillingFromMS, row.BillingToMS}
	if known := r.stages[period]; known != nil {
		return known, nil
	}
	if len(r.order) == mostPeriods {
		return nil, &focus.Refusal{Row: row.Number, Column: focus.BillingPeriodStart.String(), Rule: focus.BadPeriod, Message: fmt.Sprintf("the files hold more than %d billing periods", mostPeriods)}
	}
	no, err := r.begin(ctx, period)
	if err != nil {
		return nil, err
	}
	fresh := newStage(r.service, no)
	r.stages[period] = fresh
	r.order = append(r.order, period)
	return fresh, nil
}
