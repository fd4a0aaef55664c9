package schedule

import (
	"slices"
	"time"

	"prosa/internal/base/calendar"
)

// Kind says what makes an environment run.
type Kind string

// The kinds.
const (
	Always   Kind = "always"    // never off: production
	OnDemand Kind = "on-demand" // off unless somebody holds a lease
	Office   Kind = "office"    // by its windows, and by leases
)

// Window is a time of some days of the week, in the schedule's zone.
type Window struct {
	// Days holds true for the days of the week, by time.Weekday.
	Days [7]bool
	// From and To are minutes of the day, From < To <= 1440.
	From, To int
}

// Date is a day to work or to skip. Year 0 is every year.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

func dateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{year, month, day}
}

// falls tells whether the date, of one year or of each, is that day.
func (d Date) falls(day Date) bool {
	return d.Month == day.Month && d.Day == day.Day && (d.Year == 0 || d.Year == day.Year)
}

// Manual says for how long a start or stop that somebody made by hand, past us,
// is left alone.
type Manual struct {
	// Boundary leaves it until the schedule says on or off the next time.
	Boundary bool
	// For leaves it so long; 0 without Boundary does not respect it.
	For time.Duration
}

// Schedule says when an environment runs. Make it by Parse.
type Schedule struct {
	Kind    Kind
	Windows []Window
	Zone    *time.Location
	// HolidaysOff and OptionalOff keep it off on public holidays, and on the days
	// that the law leaves to each employer (Carnaval, Corpus Christi).
	HolidaysOff, OptionalOff bool
	// Place adds the holidays of a state and a town; see Places.
	Place string
	// Extra days are worked, in the hours of the first window, whatever they are;
	// Skip days are not.
	Extra, Skip []Date
	Manual      Manual
	// Warning is how long before an end people are warned, at least.
	Warning time.Duration
}

// Reason says in a word why an environment is wanted up or down.
type Reason string

// The reasons of a day, and below those of a moment.
const (
	ByHours    Reason = "hours"
	ByExtraDay Reason = "extra_day"
	ByWeekday  Reason = "weekday" // no window has this day of the week
	ByHoliday  Reason = "holiday"
	ByOptional Reason = "optional_day"
	BySkipDay  Reason = "skip_day"

	ByAlways   Reason = "always"
	ByNobody   Reason = "nobody" // on demand, and nobody holds a lease
	OffHours   Reason = "off_hours"
	ByLease    Reason = "lease"
	ByRest     Reason = "rest"   // somebody asked for it to be down
	ByHand     Reason = "manual" // somebody started or stopped it past us
	ByWarning  Reason = "warning"
	ByRestart  Reason = "restarted_by_vendor"
	ByNoReason Reason = ""
)

// Span is a time from From up to To.
type Span struct{ From, To time.Time }

// Day is what a schedule says of a day.
type Day struct {
	Date time.Time // its midnight, in the schedule's zone
	// Spans are the hours on, in order; none for a day off.
	Spans  []Span
	Reason Reason
	// Name of the holiday, in Portuguese, if that is what the reason is about.
	Name string
}

// On is how long the environment runs on that day by its schedule.
func (d Day) On() (on time.Duration) {
	for _, span := range d.Spans {
		on += span.To.Sub(span.From)
	}
	return on
}

// Day tells what the schedule says of the day of a moment.
func (s Schedule) Day(at time.Time) Day {
	at = at.In(s.zone())
	day := Day{Date: midnight(at)}
	if s.Kind == Always {
		day.Spans, day.Reason = []Span{{day.Date, day.Date.AddDate(0, 0, 1)}}, ByAlways
		return day
	}
	if s.Kind == OnDemand {
		day.Reason = ByNobody
		return day
	}
	day.Reason, day.Name = s.reason(at)
	for n, window := range s.Windows {
		if day.Reason == ByExtraDay && n == 0 || day.Reason == ByHours && window.Days[at.Weekday()] {
			day.Spans = append(day.Spans, Span{minute(day.Date, window.From), minute(day.Date, window.To)})
		}
	}
	slices.SortFunc(day.Spans, func(a, b Span) int { return a.From.Compare(b.From) })
	return day
}

// reason sorts a day of office hours; what is said of the very day comes first.
func (s Schedule) reason(at time.Time) (Reason, string) {
	date := dateOf(at)
	falls := func(listed Date) bool { return listed.falls(date) }
	if slices.ContainsFunc(s.Extra, falls) {
		return ByExtraDay, ""
	}
	if slices.ContainsFunc(s.Skip, falls) {
		return BySkipDay, ""
	}
	if s.HolidaysOff {
		if name := calendar.Holiday(at); name != "" {
			return ByHoliday, name
		}
		if name := placeHoliday(s.Place, date); name != "" {
			return ByHoliday, name
		}
	}
	if s.OptionalOff {
		if name := calendar.Optional(at); name != "" {
			return ByOptional, name
		}
	}
	if !slices.ContainsFunc(s.Windows, func(w Window) bool { return w.Days[at.Weekday()] }) {
		return ByWeekday, ""
	}
	return ByHours, ""
}

// Open tells whether the schedule alone has the environment on at a moment.
func (s Schedule) Open(at time.Time) bool {
	return slices.ContainsFunc(s.Day(at).Spans, func(span Span) bool { return !at.Before(span.From) && at.Before(span.To) })
}

// horizon is how far ahead a change is looked for, in days: no schedule is
// silent for longer than a year.
const horizon = 370

// Next gives the next moment after at when the schedule alone turns on or off;
// the zero time for one that never does.
func (s Schedule) Next(at time.Time) time.Time {
	if s.Kind != Office {
		return time.Time{}
	}
	open := s.Open(at)
	day := midnight(at.In(s.zone()))
	for range horizon {
		for _, span := range s.Day(day).Spans {
			for _, edge := range []time.Time{span.From, span.To} {
				// Two spans that touch, also at midnight, are one.
				if edge.After(at) && s.Open(edge) != open {
					return edge
				}
			}
		}
		day = day.AddDate(0, 0, 1)
	}
	return time.Time{}
}

// Days lists the days of a year.
func (s Schedule) Days(year int) (days []Day) {
	for day := time.Date(year, time.January, 1, 0, 0, 0, 0, s.zone()); day.Year() == year; day = day.AddDate(0, 0, 1) {
		days = append(days, s.Day(day))
	}
	return days
}

// Month is what a schedule plans for a month.
type Month struct {
	Year  int
	Month time.Month
	// Days are those with any hour on.
	Days int
	// On and All are hours: those on, and those of the month.
	On, All time.Duration
}

// Off is what is saved of the month against running always.
func (m Month) Off() time.Duration { return m.All - m.On }

// Months sums the days of a year.
func (s Schedule) Months(year int) []Month {
	months := make([]Month, 12)
	for _, day := range s.Days(year) {
		month := &months[day.Date.Month()-1]
		month.Year, month.Month = year, day.Date.Month()
		month.All += day.Date.AddDate(0, 0, 1).Sub(day.Date)
		if on := day.On(); on > 0 {
			month.Days++
			month.On += on
		}
	}
	return months
}

func (s Schedule) zone() *time.Location {
	if s.Zone == nil {
		return time.UTC
	}
	return s.Zone
}

func midnight(at time.Time) time.Time {
	year, month, day := at.Date()
	return time.Date(year, month, day, 0, 0, 0, 0, at.Location())
}

func minute(day time.Time, minutes int) time.Time {
	return time.Date(day.Year(), day.Month(), day.Day(), 0, minutes, 0, 0, day.Location())
}
