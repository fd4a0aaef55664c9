package schedule

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/calendar"
	"prosa/internal/base/fault"
)

// OfficeHours is what `office` alone means.
const OfficeHours = "office: 08:00-20:00 mon-fri America/Sao_Paulo"

// Limits of what a schedule may say.
const (
	defaultWarning = 15 * time.Minute
	longestWarning = 4 * time.Hour
	// defaultManual is for a schedule without a next boundary.
	defaultManual = 4 * time.Hour
	longestManual = 24 * time.Hour
	longestText   = 2000
)

// Parse reads a schedule: a kind or the hours, then options.
//
//	always
//	on-demand, manual 2h
//	office
//	office: 08:00-20:00 mon-fri America/Sao_Paulo, optional days on
//	mon-fri 08:00-12:00 and 13:00-18:00 mon-thu, 09:00-13:00 sat America/Manaus
//
// Several windows are joined by `and`. Options, each after a comma:
//
//	holidays on|off          off by default: no hours on a public holiday
//	optional days on|off     off by default: Carnaval and Corpus Christi
//	place sp/sao-paulo       holidays of a state and a capital too; see Places
//	extra days 2026-11-21    worked whatever they are, in the first window's hours
//	skip days 12-24 2027-01-02   not worked: of every year, or of one
//	manual until boundary | 4h | off
//	warning 15m
//
// Error: fault.Invalid with a sentence.
func Parse(text string) (Schedule, error) {
	if len(text) > longestText {
		return Schedule{}, fault.New(fault.Invalid, "a schedule has at most %d characters", longestText)
	}
	head, rest, more := strings.Cut(strings.ToLower(strings.TrimSpace(text)), ",")
	s, err := parseHead(strings.TrimSpace(head))
	if err != nil {
		return Schedule{}, err
	}
	seen := map[string]bool{}
	for option := range strings.SplitSeq(rest, ",") {
		words := strings.Fields(option)
		if len(words) == 0 {
			if more {
				return Schedule{}, fault.New(fault.Invalid, "a schedule has a comma with nothing behind it")
			}
			continue
		}
		if seen[words[0]] {
			return Schedule{}, fault.New(fault.Invalid, "a schedule says %q twice", words[0])
		}
		seen[words[0]] = true
		if err := s.option(words); err != nil {
			return Schedule{}, err
		}
	}
	return s, s.check()
}

// parseHead reads what stands before the first comma.
func parseHead(head string) (Schedule, error) {
	s := Schedule{Zone: time.UTC, Warning: defaultWarning}
	switch head {
	case string(Always):
		s.Kind = Always
		return s, nil
	case string(OnDemand):
		s.Kind, s.Manual = OnDemand, Manual{For: defaultManual}
		return s, nil
	case string(Office):
		head = strings.ToLower(OfficeHours)
	}
	s.Kind, s.Manual, s.HolidaysOff, s.OptionalOff = Office, Manual{Boundary: true}, true, true
	if hours, found := strings.CutPrefix(head, "office:"); found {
		head = hours
	}
	words := strings.Fields(head)
	if len(words) == 0 {
		return Schedule{}, fault.New(fault.Invalid, "a schedule is always, on-demand, office, or hours such as 08:00-20:00 mon-fri America/Sao_Paulo")
	}
	zone, known := zoneOf(words[len(words)-1])
	if !known {
		if last := words[len(words)-1]; !strings.Contains(last, "/") {
			return Schedule{}, fault.New(fault.Invalid, "no zone stands behind %s: hours end with one of Brazil, such as America/Sao_Paulo", last)
		}
		return Schedule{}, fault.New(fault.Invalid, "%q is no zone of Brazil: hours end with one, such as America/Sao_Paulo", words[len(words)-1])
	}
	s.Zone = zone
	for _, part := range split(words[:len(words)-1], "and") {
		window, err := parseWindow(part)
		if err != nil {
			return Schedule{}, err
		}
		s.Windows = append(s.Windows, window)
	}
	return s, nil
}

// zoneOf finds a zone whatever its case.
func zoneOf(name string) (*time.Location, bool) {
	if name == "utc" {
		return time.UTC, true
	}
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '/' || r == '_' })
	for n, part := range parts {
		parts[n] = strings.ToUpper(part[:1]) + part[1:]
	}
	if len(parts) < 2 {
		return nil, false
	}
	return calendar.Zone(parts[0] + "/" + strings.Join(parts[1:], "_"))
}

func split(words []string, by string) (parts [][]string) {
	part := []string{}
	for _, word := range words {
		if word == by {
			parts, part = append(parts, part), []string{}
			continue
		}
		part = append(part, word)
	}
	return append(parts, part)
}

// parseWindow reads hours and days, in either order.
func parseWindow(words []string) (window Window, err error) {
	hours, days := false, false
	for _, word := range words {
		switch {
		case strings.Contains(word, ":") && !hours:
			hours = true
			window.From, window.To, err = parseHours(word)
		case !strings.Contains(word, ":"):
			days = true
			err = parseDays(word, &window.Days)
		default:
			err = fault.New(fault.Invalid, "%q: join several hours by `and`", word)
		}
		if err != nil {
			return Window{}, err
		}
	}
	if !hours || !days {
		return Window{}, fault.New(fault.Invalid, "%q needs hours and days, such as 08:00-20:00 mon-fri", strings.Join(words, " "))
	}
	return window, nil
}

func parseHours(word string) (from, to int, err error) {
	a, b, ok := strings.Cut(word, "-")
	from, okFrom := parseClock(a)
	to, okTo := parseClock(b)
	if !ok || !okFrom || !okTo || from == 24*60 {
		return 0, 0, fault.New(fault.Invalid, "%q are no hours such as 08:00-20:00", word)
	}
	if from >= to {
		return 0, 0, fault.New(fault.Invalid, "%q ends before it begins: over midnight, write two windows joined by `and`", word)
	}
	return from, to, nil
}

func parseClock(text string) (minutes int, ok bool) {
	if len(text) != 5 || text[2] != ':' {
		return 0, false
	}
	hour, errHour := strconv.ParseUint(text[:2], 10, 8)
	minute, errMinute := strconv.ParseUint(text[3:], 10, 8)
	if errHour != nil || errMinute != nil || minute > 59 || hour > 24 || hour == 24 && minute > 0 {
		return 0, false
	}
	return int(hour)*60 + int(minute), true
}

// weekdays in the order of time.Weekday.
var weekdays = []string{"sun", "mon", "tue", "wed", "thu", "fri", "sat"}

// parseDays reads mon, mon-fri (also over the week's end) or mon/wed/fri.
func parseDays(word string, days *[7]bool) error {
	for part := range strings.SplitSeq(word, "/") {
		from, to, ranged := strings.Cut(part, "-")
		if !ranged {
			to = from
		}
		first, last := slices.Index(weekdays, from), slices.Index(weekdays, to)
		if first < 0 || last < 0 {
			return fault.New(fault.Invalid, "%q are no days such as mon-fri or mon/wed", word)
		}
		for day := first; ; day = (day + 1) % 7 {
			days[day] = true
			if day == last {
				break
			}
		}
	}
	return nil
}

// option reads one option, as words.
func (s *Schedule) option(words []string) error {
	whole := strings.Join(words, " ")
	if s.Kind == Always || s.Kind == OnDemand && words[0] != "manual" && words[0] != "warning" {
		return fault.New(fault.Invalid, "%q says nothing to a schedule that is %s", whole, s.Kind)
	}
	arguments := words[1:]
	if (words[0] == "optional" || words[0] == "extra" || words[0] == "skip") && len(words) > 1 && words[1] == "days" {
		arguments = words[2:]
	}
	switch {
	case words[0] == "holidays" && len(arguments) == 1:
		return onOff(arguments[0], &s.HolidaysOff)
	case words[0] == "optional" && len(arguments) == 1:
		return onOff(arguments[0], &s.OptionalOff)
	case words[0] == "place" && len(arguments) == 1:
		if !slices.Contains(Places(), arguments[0]) {
			return fault.New(fault.Invalid, "the holidays of %q are not known here: name its state alone, or list them as skip days", arguments[0])
		}
		s.Place = arguments[0]
		return nil
	case words[0] == "extra" && len(arguments) > 0:
		return parseDates(arguments, &s.Extra)
	case words[0] == "skip" && len(arguments) > 0:
		return parseDates(arguments, &s.Skip)
	case words[0] == "manual" && len(arguments) > 0:
		return s.manual(strings.Join(arguments, " "))
	case words[0] == "warning" && len(arguments) == 1:
		warning, err := time.ParseDuration(arguments[0])
		if err != nil || warning < time.Minute || warning > longestWarning || warning%time.Minute != 0 {
			return fault.New(fault.Invalid, "a warning comes whole minutes before, at least 1m and at most %s", longestWarning)
		}
		s.Warning = warning
		return nil
	}
	return fault.New(fault.Invalid, "%q is no option of a schedule", whole)
}

func onOff(word string, off *bool) error {
	if word != "on" && word != "off" {
		return fault.New(fault.Invalid, "%q must be on or off", word)
	}
	*off = word == "off"
	return nil
}

func (s *Schedule) manual(text string) error {
	switch text {
	case "until boundary":
		s.Manual = Manual{Boundary: true}
		return nil
	case "off":
		s.Manual = Manual{}
		return nil
	}
	length, err := time.ParseDuration(text)
	if err != nil || length < time.Minute || length > longestManual || length%time.Minute != 0 {
		return fault.New(fault.Invalid, "manual is `until boundary`, off, or whole minutes up to %s", longestManual)
	}
	s.Manual = Manual{For: length}
	return nil
}

func parseDates(words []string, into *[]Date) error {
	for _, word := range words {
		layout, text := time.DateOnly, word
		yearly := len(word) == len("01-02")
		if yearly {
			text = "2000-" + word // which has a 29 February
		}
		day, err := time.Parse(layout, text)
		if err != nil {
			return fault.New(fault.Invalid, "%q is no day such as 2026-12-24, or 12-24 for every year", word)
		}
		date := dateOf(day)
		if yearly {
			date.Year = 0
		}
		if slices.Contains(*into, date) {
			return fault.New(fault.Invalid, "the day %s is listed twice", word)
		}
		*into = append(*into, date)
	}
	return nil
}

// check finds what no option alone is to blame for.
func (s Schedule) check() error {
	for _, day := range s.Extra {
		if slices.Contains(s.Skip, day) {
			return fault.New(fault.Invalid, "the day %s is extra and skipped", day)
		}
	}
	if s.Kind == OnDemand && s.Manual.Boundary {
		return fault.New(fault.Invalid, "on-demand has no boundary until which a start by hand could be respected: say for how long, such as manual 4h")
	}
	for n, a := range s.Windows {
		for _, b := range s.Windows[:n] {
			for day := range a.Days {
				if a.Days[day] && b.Days[day] && a.From < b.To && b.From < a.To {
					return fault.New(fault.Invalid, "two windows overlap on %s", weekdays[day])
				}
			}
		}
	}
	return nil
}

// String spells the date as in a schedule.
func (d Date) String() string {
	if d.Year == 0 {
		return fmt.Sprintf("%02d-%02d", d.Month, d.Day)
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// String spells a schedule in full, so that Parse reads the same again.
func (s Schedule) String() string {
	var text strings.Builder
	text.WriteString(string(s.Kind))
	if s.Kind == Office {
		text.WriteString(":")
		for n, window := range s.Windows {
			if n > 0 {
				text.WriteString(" and")
			}
			fmt.Fprintf(&text, " %02d:%02d-%02d:%02d %s", window.From/60, window.From%60, window.To/60, window.To%60, spellDays(window.Days))
		}
		fmt.Fprintf(&text, " %s, holidays %s, optional days %s", s.zone(), spellOff(s.HolidaysOff), spellOff(s.OptionalOff))
		if s.Place != "" {
			text.WriteString(", place " + s.Place)
		}
		spellDates(&text, "extra", s.Extra)
		spellDates(&text, "skip", s.Skip)
	}
	if s.Kind != Always {
		switch {
		case s.Manual.Boundary:
			text.WriteString(", manual until boundary")
		case s.Manual.For == 0:
			text.WriteString(", manual off")
		default:
			fmt.Fprintf(&text, ", manual %s", spellLength(s.Manual.For))
		}
		fmt.Fprintf(&text, ", warning %s", spellLength(s.Warning))
	}
	return text.String()
}

func spellOff(off bool) string {
	if off {
		return "off"
	}
	return "on"
}

func spellLength(length time.Duration) string { return strconv.Itoa(int(length/time.Minute)) + "m" }

func spellDates(text *strings.Builder, word string, days []Date) {
	if len(days) == 0 {
		return
	}
	text.WriteString(", " + word + " days")
	for _, day := range days {
		text.WriteString(" " + day.String())
	}
}

// spellDays writes mon-fri for one run of days, else mon/wed.
func spellDays(days [7]bool) string {
	var runs []string
	for first := 1; first <= 7; first++ {
		if !days[first%7] {
			continue
		}
		last := first
		for last < 7 && days[(last+1)%7] {
			last++
		}
		run := weekdays[first%7]
		if last > first {
			run += "-" + weekdays[last%7]
		}
		runs = append(runs, run)
		first = last
	}
	return strings.Join(runs, "/")
}
