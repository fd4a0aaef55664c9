package environment

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
)

// Interval is a time in which a part was seen in one state.
type Interval struct {
	// Part is services, nats, database or all; all is up when anything runs.
	Part string
	// State is up, down or partial.
	State    string
	From, To time.Time // To is excluded
	// Why is the reason of the decision when it began.
	Why string
}

// recordHead is the first line of power/<deployment>/<yyyy-mm>.csv: times are
// RFC 3339 in UTC, to the second. Intervals of a part never overlap and end with
// the month, in UTC as bills are; a time that nobody saw has no row.
var recordHead = []string{"part", "state", "from", "to", "why"}

// blind is the longest time between two looks for which the first still speaks:
// four ticks. After it nobody knows.
const blind = time.Hour

const recordMax = 8 << 20

func recordName(deployment string, at time.Time) string {
	return "power/" + deployment + "/" + at.UTC().Format("2006-01") + ".csv"
}

// ReadRecord reads a file of intervals. Error: fault.Invalid with the line.
func ReadRecord(text []byte) (intervals []Interval, err error) {
	lines := csv.NewReader(bytes.NewReader(text))
	lines.FieldsPerRecord = len(recordHead)
	for n := 1; ; n++ {
		fields, err := lines.Read()
		if errors.Is(err, io.EOF) && n > 1 {
			return intervals, nil
		}
		if err != nil {
			return nil, fault.New(fault.Invalid, "line %d is no interval: %v", n, err)
		}
		if n == 1 {
			if fields[0] != recordHead[0] {
				return nil, fault.New(fault.Invalid, "line 1 must name the columns")
			}
			continue
		}
		from, errFrom := time.Parse(time.RFC3339, fields[2])
		to, errTo := time.Parse(time.RFC3339, fields[3])
		if errFrom != nil || errTo != nil || to.Before(from) {
			return nil, fault.New(fault.Invalid, "line %d has no times such as 2026-11-23T08:00:00Z, in their order", n)
		}
		intervals = append(intervals, Interval{Part: fields[0], State: fields[1], From: from, To: to, Why: fields[4]})
	}
}

func writeRecord(intervals []Interval) ([]byte, error) {
	var text bytes.Buffer
	lines := csv.NewWriter(&text)
	rows := [][]string{recordHead}
	for _, i := range intervals {
		rows = append(rows, []string{i.Part, i.State, i.From.UTC().Format(time.RFC3339), i.To.UTC().Format(time.RFC3339), i.Why})
	}
	err := lines.WriteAll(rows)
	return text.Bytes(), err
}

// Groups of parts as the record names them.
const (
	groupAll      = "all"
	groupServices = "services"
	groupStream   = "nats"
	groupDatabase = "database"
)

// states sums a sight up by group.
func (s Sight) states() map[string]string {
	on, of := map[string]int{}, map[string]int{}
	for _, part := range s.Parts {
		group := groupServices
		switch part.Role {
		case Database:
			group = groupDatabase
		case Stream:
			group = groupStream
		}
		of[group]++
		if part.On() || part.State != Stopped { // what still stops still costs
			on[group]++
			on[groupAll]++
		}
	}
	states := map[string]string{}
	for group, count := range of {
		switch on[group] {
		case 0:
			states[group] = "down"
		case count:
			states[group] = "up"
		default:
			states[group] = "partial"
		}
	}
	if states[groupAll] = "down"; on[groupAll] > 0 {
		states[groupAll] = "up"
	}
	return states
}

// record keeps what was seen. Who else looked at the same moment wrote the same.
func (s *Service) record(ctx context.Context, d Deployment, sight Sight, decision schedule.Decision) error {
	now := s.deps.Clock.Now().UTC().Truncate(time.Second)
	name := recordName(d.Name, now)
	for range attempts {
		held, version, err := s.readRecord(ctx, name)
		if err != nil {
			return err
		}
		if version == "" {
			if held, err = s.carry(ctx, d, now); err != nil {
				return err
			}
		}
		states := sight.states()
		if written(held, states, now) {
			return nil
		}
		text, err := writeRecord(extend(held, states, now, string(decision.Reason)))
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the hours can't be written")
		}
		_, err = s.deps.Shelf.PutIf(ctx, name, version, text)
		if !fault.Is(err, fault.Conflict) {
			return err
		}
	}
	return fault.New(fault.Unavailable, "the record of %s changes too fast", d.Name)
}

// written tells whether a look adds nothing to one that was written moments ago.
func written(held []Interval, states map[string]string, now time.Time) bool {
	for part, state := range states {
		n := last(held, part)
		if n < 0 || held[n].State != state || now.Before(held[n].To) || now.Sub(held[n].To) >= stale {
			return false
		}
	}
	return true
}

func (s *Service) readRecord(ctx context.Context, name string) ([]Interval, string, error) {
	text, item, err := blob.ReadShelf(ctx, s.deps.Shelf, name, recordMax)
	if fault.Is(err, fault.NotFound) {
		return nil, "", nil
	}
	if err != nil {
		return nil, "", err
	}
	intervals, err := ReadRecord(text)
	if err != nil {
		return nil, "", fault.New(fault.Internal, "%s: %w", name, err)
	}
	return intervals, item.Version, nil
}

// carry begins a month with what ran over its beginning, and gives the old month
// the rest of its hours.
func (s *Service) carry(ctx context.Context, d Deployment, now time.Time) (begun []Interval, err error) {
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	name := recordName(d.Name, first.Add(-time.Second))
	held, version, err := s.readRecord(ctx, name)
	if err != nil || version == "" {
		return nil, err
	}
	for n := range held {
		if open := &held[n]; last(held, open.Part) == n && !open.To.Before(now.Add(-blind)) {
			open.To = first
			begun = append(begun, Interval{Part: open.Part, State: open.State, From: first, To: first, Why: open.Why})
		}
	}
	if len(begun) == 0 {
		return nil, nil
	}
	text, err := writeRecord(held)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the hours can't be written")
	}
	if _, err := s.deps.Shelf.PutIf(ctx, name, version, text); err != nil && !fault.Is(err, fault.Conflict) {
		return nil, err
	}
	return begun, nil
}

func last(intervals []Interval, part string) int {
	for n := len(intervals) - 1; n >= 0; n-- {
		if intervals[n].Part == part {
			return n
		}
	}
	return -1
}

// extend adds a look: what was seen last counts up to now, unless nobody looked
// for too long.
func extend(held []Interval, states map[string]string, now time.Time, why string) []Interval {
	for _, part := range []string{groupAll, groupServices, groupStream, groupDatabase} {
		state, known := states[part]
		if !known {
			continue
		}
		n := last(held, part)
		if n >= 0 && now.Before(held[n].To) {
			continue // another's clock is ahead
		}
		if n >= 0 && now.Sub(held[n].To) <= blind {
			held[n].To = now
			if held[n].State == state {
				continue
			}
		}
		held = append(held, Interval{Part: part, State: state, From: now, To: now, Why: why})
	}
	return held
}

// Hours compares a month as it was planned with how it was.
type Hours struct {
	Month string `json:"month"` // 2026-11
	// All are the hours of the month so far, PlannedOn those that its schedule has
	// on, without any lease.
	All, PlannedOn time.Duration
	// On, Off and Unseen were measured, on anything that ran.
	On, Off, Unseen time.Duration
	// Switches are the times it came up.
	Switches int
}

// Hours sums the month of a moment, up to that moment.
func (s *Service) Hours(ctx context.Context, name string, at time.Time) (Hours, error) {
	d, err := s.find(name)
	if err != nil {
		return Hours{}, err
	}
	first := time.Date(at.UTC().Year(), at.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	end := first.AddDate(0, 1, 0)
	if now := s.deps.Clock.Now(); now.Before(end) {
		end = now
	}
	held, _, err := s.readRecord(ctx, recordName(name, first))
	if err != nil {
		return Hours{}, err
	}
	hours := Hours{Month: first.Format("2006-01"), All: max(end.Sub(first), 0), PlannedOn: planned(d.Schedule, first, end)}
	for _, i := range held {
		if i.Part != groupAll {
			continue
		}
		if i.State == "up" {
			hours.On += i.To.Sub(i.From)
			hours.Switches++
		} else {
			hours.Off += i.To.Sub(i.From)
		}
	}
	hours.Unseen = hours.All - hours.On - hours.Off
	return hours, nil
}

// planned sums the hours on of a schedule within a time.
func planned(s schedule.Schedule, from, to time.Time) (on time.Duration) {
	for day := from.AddDate(0, 0, -1); day.Before(to.AddDate(0, 0, 1)); day = day.AddDate(0, 0, 1) {
		for _, span := range s.Day(day).Spans {
			begin, end := span.From, span.To
			if begin.Before(from) {
				begin = from
			}
			if end.After(to) {
				end = to
			}
			on += max(end.Sub(begin), 0)
		}
	}
	return on
}

// String is the month on a line.
func (h Hours) String() string {
	return fmt.Sprintf("%s: %.1f h so far; planned on %.1f h (off %.0f%%); measured on %.1f h, off %.1f h, unseen %.1f h, %d times up",
		h.Month, h.All.Hours(), h.PlannedOn.Hours(), share(h.All-h.PlannedOn, h.All), h.On.Hours(), h.Off.Hours(), h.Unseen.Hours(), h.Switches)
}

func share(part, of time.Duration) float64 {
	if of <= 0 {
		return 0
	}
	return 100 * part.Hours() / of.Hours()
}
