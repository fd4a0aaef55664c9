package environment

import (
	"bytes"
	"context"
	"encoding/json"
	"math/rand/v2"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
)

// page is the file of a deployment: leases/<deployment>.json.
type page struct {
	Deployment string `json:"deployment"`
	// Revision counts the changes; with the runner's id it makes each content
	// differ, so that a conditional write can't take another's for its own.
	Revision int64 `json:"revision"`
	schedule.Book
	// Counts is how many of each part there were before they were stopped.
	Counts map[string]int `json:"counts,omitempty"`
	Runner Runner         `json:"runner"`
	Last   Last           `json:"last"`
}

// Runner is who brings the machines where they are wanted, one at a time.
type Runner struct {
	ID  string `json:"id,omitempty"`
	Who string `json:"who,omitempty"`
	// UntilMS is when another may take over, unless it is renewed.
	UntilMS int64 `json:"until_ms,omitempty"`
}

// Last is what was seen and done last.
type Last struct {
	// SeenMS is the last look at the machines, and Parts what it found.
	SeenMS int64  `json:"seen_ms,omitempty"`
	Parts  []Part `json:"parts,omitempty"`
	// Want, Reason, Detail and UntilMS are the last decision.
	Want    schedule.Want   `json:"want,omitempty"`
	Reason  schedule.Reason `json:"reason,omitempty"`
	Detail  string          `json:"detail,omitempty"`
	UntilMS int64           `json:"until_ms,omitempty"`
	// BeganMS and DoneMS are of the last switch: DoneMS is 0 while it goes on.
	Goal    schedule.Want `json:"goal,omitempty"`
	BeganMS int64         `json:"began_ms,omitempty"`
	DoneMS  int64         `json:"done_ms,omitempty"`
	Step    Step          `json:"step"`
	Problem string        `json:"problem,omitempty"`
}

// pageMax bounds the file; a month of leases has some hundred kilobytes. What is
// larger can't be read again, so it is not written either. From pageFull on
// people are refused: the rest is for what ticks remember.
const (
	pageMax  = 4 << 20
	pageFull = 3 << 20
)

// room refuses more words of people where the page is nearly full.
func (p *page) room(now time.Time) error {
	p.Prune(now)
	text, err := json.MarshalIndent(p, "", "  ")
	if err != nil {
		return fault.Wrap(err, fault.Internal, "the book of leases can't be written")
	}
	if len(text) > pageFull {
		return fault.New(fault.Conflict, "the book of leases of %s is full (%d leases): it forgets them a month after their end", p.Deployment, len(p.Leases))
	}
	return nil
}

func pageName(deployment string) string { return "leases/" + deployment + ".json" }

// read gives a deployment's page and the version of its file.
func (s *Service) read(ctx context.Context, deployment string) (page, string, error) {
	text, item, err := blob.ReadShelf(ctx, s.deps.Shelf, pageName(deployment), pageMax)
	if fault.Is(err, fault.NotFound) {
		return page{Deployment: deployment}, "", nil
	}
	if err != nil {
		return page{}, "", err
	}
	var p page
	if err := json.Unmarshal(text, &p); err != nil || p.Deployment != deployment {
		return page{}, "", fault.New(fault.Internal, "%s is no book of leases: %v", pageName(deployment), err)
	}
	return p, item.Version, nil
}

// attempts of a change against others; each loser means a winner, so that this
// many in a row means something else is wrong.
const attempts = 50

// change reads the page, lets fn change it and writes it if nobody else was
// faster, else begins again. fn may be called several times.
func (s *Service) change(ctx context.Context, deployment string, fn func(p *page, now time.Time) error) (page, error) {
	for range attempts {
		p, version, err := s.read(ctx, deployment)
		if err != nil {
			return page{}, err
		}
		now := s.deps.Clock.Now()
		before, err := json.Marshal(p)
		if err != nil {
			return page{}, fault.Wrap(err, fault.Internal, "the book of leases can't be written")
		}
		if err := fn(&p, now); err != nil {
			return page{}, err
		}
		p.Prune(now)
		if after, err := json.Marshal(p); err == nil && bytes.Equal(after, before) {
			return p, nil // nothing to write
		}
		p.Revision++
		text, err := json.MarshalIndent(p, "", "  ")
		if err != nil {
			return page{}, fault.Wrap(err, fault.Internal, "the book of leases can't be written")
		}
		if len(text) >= pageMax {
			return page{}, fault.New(fault.Conflict, "the book of leases of %s would be larger than can be read again", deployment)
		}
		_, err = s.deps.Shelf.PutIf(ctx, pageName(deployment), version, append(text, '\n'))
		if !fault.Is(err, fault.Conflict) {
			return p, err
		}
		// Somebody was faster; a random moment keeps two from meeting for ever.
		if err := s.deps.Sleep(ctx, time.Duration(rand.Int64N(int64(50*time.Millisecond)))); err != nil {
			return page{}, err
		}
	}
	return page{}, fault.New(fault.Unavailable, "the book of leases of %s changes too fast", deployment)
}
