package health

import (
	"slices"
	"time"
)

const (
	hourMS      = int64(time.Hour / time.Millisecond)
	dayMS       = 24 * hourMS
	weekHours   = 168
	weekMS      = weekHours * hourMS
	rhythmWeeks = 8
	// enoughWeeks of history are needed before a silence can be unusual.
	enoughWeeks = 3
	// unusual is how many webhooks must have been due, by a slow week, before their
	// absence is one. Customers come in bursts, so that a plain estimate of chance
	// would be too sure of itself.
	unusual = 10
)

// Hour counts what an account heard and said.
type Hour struct {
	AtMS   int64 `json:"at_ms" doc:"When the hour began."`
	Heard  int64 `json:"heard" doc:"Webhooks."`
	Sent   int64 `json:"sent"`
	Failed int64 `json:"failed"`
}

// rhythm is what an account hears in each hour of a week: in a slow week (the
// lower quartile of what is known of that hour) and in a usual one (the median).
// A night without customers, or an hour in which half of the weeks were still,
// expects nothing.
type rhythm struct {
	slow, usual [weekHours]float64
	weeks       int
}

// rhythmOf learns from the whole weeks before now. Hours without a row are hours
// of silence, as far back as the account has been heard at all.
func rhythmOf(hours []Hour, nowMS int64) (r rhythm) {
	end := nowMS - nowMS%hourMS
	first := end
	for _, h := range hours {
		if h.Heard > 0 {
			first = min(first, h.AtMS)
		}
	}
	r.weeks = int(min((end-first)/weekMS, rhythmWeeks))
	if r.weeks == 0 {
		return r
	}
	var known [weekHours][]float64
	heard := make(map[int64]int64, len(hours))
	for _, h := range hours {
		heard[h.AtMS] = h.Heard
	}
	for at := end - int64(r.weeks)*weekMS; at < end; at += hourMS {
		known[hourOf(at)] = append(known[hourOf(at)], float64(heard[at]))
	}
	for h, counts := range known {
		slices.Sort(counts)
		r.slow[h], r.usual[h] = counts[(len(counts)-1)/4], counts[(len(counts)-1)/2]
	}
	return r
}

// hourOf gives the hour of the week, from Thursday at 0 h UTC, when the epoch
// began.
func hourOf(atMS int64) int { return int(atMS / hourMS % weekHours) }

// due is how many webhooks a slow week brings between two times.
func (r *rhythm) due(fromMS, toMS int64) (sum float64) {
	fromMS = max(fromMS, toMS-weekMS) // a week of silence says all
	for at := fromMS; at < toMS; {
		next := min(at-at%hourMS+hourMS, toMS)
		sum += r.slow[hourOf(at)] * float64(next-at) / float64(hourMS)
		at = next
	}
	return sum
}

// silent reports whether it is unusual that nothing was heard since a time.
func (r *rhythm) silent(sinceMS, nowMS int64) bool {
	return r.weeks >= enoughWeeks && sinceMS > 0 && r.due(sinceMS, nowMS) >= unusual
}

// gapMS is the usual time between two webhooks at this hour, 0 unknown.
func (r *rhythm) gapMS(nowMS int64) int64 {
	if usual := r.usual[hourOf(nowMS)]; usual > 0 {
		return int64(float64(hourMS) / usual)
	}
	return 0
}
