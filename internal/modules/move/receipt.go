package move

import (
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/hold"
)

// Receipt is what a move came to, in counts, seconds and hashes.
type Receipt struct {
	Form      string     `json:"form"` // "prosa.move.receipt.v1"
	MoveID    string     `json:"move_id"`
	CompanyID string     `json:"company_id"`
	Company   string     `json:"company"`
	From      Deployment `json:"from"`
	To        Deployment `json:"to"`
	Side      string     `json:"side"`
	Step      Step       `json:"step"`
	Verdict   string     `json:"verdict"` // cut | back, empty for none yet
	Level     hold.Level `json:"level,omitempty"`
	Findings  []Finding  `json:"findings,omitempty"`

	Manifest int                         `json:"manifest"`
	Final    bool                        `json:"final"`
	Root     string                      `json:"root"`
	Equal    bool                        `json:"equal"` // every range at the target has the source's hash
	Rows     map[string]int64            `json:"rows,omitempty"`
	Sums     map[string]map[string]int64 `json:"sums,omitempty"`
	Total    int64                       `json:"total_rows"`
	Ranges   int                         `json:"ranges"`
	Replaced int                         `json:"replaced_ranges"` // by the last load
	People   map[string]int64            `json:"people,omitempty"`
	Files    int                         `json:"files"`
	Bytes    int64                       `json:"file_bytes"`
	Waiting  int64                       `json:"pieces_waiting"` // on this side
	SentOn   int64                       `json:"pieces_sent_on"`

	CopyMS  int64     `json:"copy_ms"`
	LoadMS  int64     `json:"load_ms"`
	PauseMS int64     `json:"pause_ms"` // nothing was written for the company; 0 while it is not over
	Pointed []Pointed `json:"pointed,omitempty"`
	AtMS    int64     `json:"at_ms"`
}

// Receipt tells how a move stands, as this side and the files know it.
func (s *Service) Receipt(ctx context.Context, moveID string) (*Receipt, error) {
	m, err := s.find(ctx, moveID)
	if err != nil {
		return nil, err
	}
	f, err := s.open(moveID)
	if err != nil {
		return nil, err
	}
	r := &Receipt{Form: "prosa.move.receipt.v1", MoveID: moveID, CompanyID: m.CompanyID, Side: m.Side, Step: m.Step, SentOn: m.Facts.SentOn, AtMS: s.nowMS()}
	var plan Plan
	var answer Answer
	var loaded Loaded
	var landing Landing
	for name, into := range map[string]any{"plan.json": &plan, "target.json": &answer, "landed.json": &landing} {
		if err := f.getJSON(ctx, name, into); err != nil && !fault.Is(err, fault.NotFound) {
			return nil, err
		}
	}
	r.Company, r.From, r.To, r.Findings, r.Pointed = plan.Name, plan.From, answer.To, answer.Findings, landing.Pointed
	if r.Verdict, err = f.verdict(ctx); err != nil {
		return nil, err
	}
	h, err := hold.Find(ctx, s.db, m.CompanyID)
	if err != nil {
		return nil, err
	}
	r.Level = h.Level
	if r.Waiting, err = s.pieces.Count(ctx, m.CompanyID); err != nil {
		return nil, err
	}
	manifest, err := f.latest(ctx)
	if err != nil || manifest == nil {
		return r, err
	}
	r.Manifest, r.Final, r.Root, r.CopyMS, r.Total, r.Files = manifest.Number, manifest.Final, manifest.Root, manifest.TookMS, manifest.Rows(), len(manifest.Files)
	for _, file := range manifest.Files {
		r.Bytes += file.Size
	}
	if err := f.getJSON(ctx, loadedName(manifest.Number), &loaded); err != nil && !fault.Is(err, fault.NotFound) {
		return nil, err
	}
	r.Equal = loaded.Root == manifest.Root
	r.Rows, r.Sums, r.Ranges, r.Replaced, r.People, r.LoadMS = loaded.Rows, loaded.Sums, loaded.Ranges, loaded.Replaced, loaded.People, loaded.TookMS
	switch {
	case landing.AtMS > 0 && m.Side == Source && m.Facts.FrozenMS > 0:
		r.PauseMS = landing.AtMS - m.Facts.FrozenMS
	case landing.AtMS > 0 && manifest.Final:
		r.PauseMS = landing.AtMS - manifest.BeganMS
	}
	return r, nil
}

// Print writes the receipt for a person.
func (r *Receipt) Print(to io.Writer) error {
	var text strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&text, format+"\n", args...) }
	line("Move %s: %s (%s)", r.MoveID, r.Company, r.CompanyID)
	line("  from %s (%s) to %s (%s); here: %s, step %s, verdict %q, company %s", r.From.Name, r.From.Engine, r.To.Name, r.To.Engine, r.Side, r.Step, r.Verdict, or(string(r.Level), "working"))
	for _, finding := range r.Findings {
		line("  %-5s %-9s %s", map[bool]string{true: "go", false: "NO-GO"}[finding.Go], finding.Point, finding.Text)
	}
	if r.Manifest == 0 {
		_, err := io.WriteString(to, text.String())
		return err
	}
	line("  copy %d (%s): %d rows in %d ranges, %d replaced by the last load, %d files of %d bytes; equal: %t", r.Manifest,
		map[bool]string{true: "final", false: "while it lived"}[r.Final], r.Total, r.Ranges, r.Replaced, r.Files, r.Bytes, r.Equal)
	line("  root %s", r.Root)
	for _, name := range slices.Sorted(maps.Keys(r.Rows)) {
		if r.Rows[name] == 0 {
			continue
		}
		sums := ""
		for _, column := range slices.Sorted(maps.Keys(r.Sums[name])) {
			sums += fmt.Sprintf("  %s=%d", column, r.Sums[name][column])
		}
		line("    %-24s %9d%s", name, r.Rows[name], sums)
	}
	line("  copied in %s, loaded in %s, stood still for %s", seconds(r.CopyMS), seconds(r.LoadMS), seconds(r.PauseMS))
	line("  pieces of webhooks sent on: %d, waiting here: %d", r.SentOn, r.Waiting)
	for _, p := range r.Pointed {
		line("  %-10s %-24s %s", p.Channel, p.Name, or(p.Problem, "delivers to the target"))
	}
	_, err := io.WriteString(to, text.String())
	return err
}

func seconds(ms int64) string { return (time.Duration(ms) * time.Millisecond).String() }

func or(text, otherwise string) string {
	if text == "" {
		return otherwise
	}
	return text
}
