package flow

import (
	"slices"
	"time"

	"prosa/internal/base/calendar"
)

// hoursNode goes one way while the company is open and another while it is not.
type hoursNode struct {
	Head
	Zone string   `json:"zone,omitempty"` // a zone of Brazil ("America/Manaus"); the company's when empty
	Week weekNode `json:"week"`
	// Holidays is "br", the national ones, on which the company is closed, or
	// "none". OptionalDays closes on Carnaval and Corpus Christi as well.
	Holidays     string   `json:"holidays,omitempty"`
	OptionalDays bool     `json:"optional_days,omitzero"`
	ClosedDays   []string `json:"closed_days,omitempty"` // "2026-12-24"
	OpenDays     []string `json:"open_days,omitempty"`   // as on their day of the week, holiday or not
	Open         string   `json:"open"`
	Closed       string   `json:"closed"`
}

// weekNode has the opening times of each day, as pairs of "HH:MM". A time that
// ends before it begins goes on past midnight.
type weekNode struct {
	Monday    [][]string `json:"mon,omitempty"`
	Tuesday   [][]string `json:"tue,omitempty"`
	Wednesday [][]string `json:"wed,omitempty"`
	Thursday  [][]string `json:"thu,omitempty"`
	Friday    [][]string `json:"fri,omitempty"`
	Saturday  [][]string `json:"sat,omitempty"`
	Sunday    [][]string `json:"sun,omitempty"`
}

const (
	maxSpans = 6   // a day
	maxDays  = 100 // in a list
)

func (n *hoursNode) exits() []exit {
	return []exit{{label: "open", to: n.Open}, {label: "closed", to: n.Closed}}
}

func (n *hoursNode) says() int { return 0 }

func (n *hoursNode) gist(string) string {
	for _, day := range [][][]string{n.Week.Monday, n.Week.Tuesday, n.Week.Saturday, n.Week.Sunday} {
		if len(day) > 0 && len(day[0]) == 2 {
			return day[0][0] + " - " + day[len(day)-1][len(day[len(day)-1])-1]
		}
	}
	return ""
}

type hours struct {
	node         *hoursNode
	zone         *time.Location
	week         [7][]span // by time.Weekday
	closed, open []string  // sorted
}

// span is an opening time in minutes of the day; one past midnight ends after
// the end of the day.
type span struct{ from, to int }

func (n *hoursNode) prepare(c *compiler) runner {
	out := &hours{node: n}
	if n.Zone != "" {
		zone, known := calendar.Zone(n.Zone)
		if !known {
			c.report(Error, codeZone, n.Zone)
		}
		out.zone = zone
	}
	switch n.Holidays {
	case "", "none", "br":
	default:
		c.report(Error, codeHolidays, n.Holidays)
	}
	spans := 0
	for weekday, day := range [7][][]string{n.Week.Sunday, n.Week.Monday, n.Week.Tuesday, n.Week.Wednesday, n.Week.Thursday, n.Week.Friday, n.Week.Saturday} {
		out.week[weekday] = c.spans("week."+[7]string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}[weekday], day)
		spans += len(day)
	}
	if spans == 0 {
		c.report(Warning, codeNeverOpen)
	}
	out.closed, out.open = c.days("closed_days", n.ClosedDays), c.days("open_days", n.OpenDays)
	return out
}

func (c *compiler) spans(field string, day [][]string) []span {
	if len(day) > maxSpans {
		c.report(Error, codeOptions, itoa(len(day)), itoa(maxSpans), field)
		return nil
	}
	var out []span
	for _, pair := range day {
		if len(pair) != 2 {
			c.report(Error, codeSpan, field)
			continue
		}
		from, ok := clock(pair[0])
		to, also := clock(pair[1])
		switch {
		case !ok || !also || from == to || from == minutesOfDay:
			c.report(Error, codeSpan, field)
			continue
		case to < from:
			to += minutesOfDay
		}
		for _, other := range out {
			if from < other.to && other.from < to {
				c.report(Error, codeOverlap, field)
			}
		}
		out = append(out, span{from, to})
	}
	return out
}

func (c *compiler) days(field string, days []string) []string {
	if len(days) > maxDays {
		c.report(Error, codeOptions, itoa(len(days)), itoa(maxDays), field)
		return nil
	}
	for _, text := range days {
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			c.report(Error, codeDay, field, text)
		}
	}
	out := slices.Clone(days)
	slices.Sort(out)
	return out
}

func (h *hours) enter(r *run) step {
	zone := h.zone
	if zone == nil {
		zone = r.zone()
	}
	if h.opens(time.UnixMilli(r.env.NowMS).In(zone)) {
		return leave("open", h.node.Open)
	}
	return leave("closed", h.node.Closed)
}

// opens reports whether the company is open at a time: by the times of the day,
// or by those of the day before that go on past midnight.
func (h *hours) opens(at time.Time) bool {
	minute := at.Hour()*60 + at.Minute()
	yesterday := time.Date(at.Year(), at.Month(), at.Day()-1, 12, 0, 0, 0, at.Location())
	for _, span := range h.on(at) {
		if minute >= span.from && minute < span.to {
			return true
		}
	}
	for _, span := range h.on(yesterday) {
		if minute+minutesOfDay < span.to {
			return true
		}
	}
	return false
}

// on gives the opening times of a day.
func (h *hours) on(day time.Time) []span {
	date := day.Format(time.DateOnly)
	if _, open := slices.BinarySearch(h.open, date); open {
		return h.week[day.Weekday()]
	}
	if _, closed := slices.BinarySearch(h.closed, date); closed {
		return nil
	}
	if h.node.Holidays == "br" && calendar.Holiday(day) != "" || h.node.OptionalDays && calendar.Optional(day) != "" {
		return nil
	}
	return h.week[day.Weekday()]
}
