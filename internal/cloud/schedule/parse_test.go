package schedule

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

func TestParse(t *testing.T) {
	const office = "office: 08:00-20:00 mon-fri America/Sao_Paulo, holidays off, optional days off"
	for text, want := range map[string]string{
		"always":    "always",
		" Always ":  "always",
		"on-demand": "on-demand, manual 240m, warning 15m",
		"office":    office + ", manual until boundary, warning 15m",
		OfficeHours: office + ", manual until boundary, warning 15m",
		"office: mon-fri 08:00-20:00 America/Sao_Paulo":                             office + ", manual until boundary, warning 15m",
		"mon-fri 08:00-20:00 america/sao_paulo":                                     office + ", manual until boundary, warning 15m",
		"office, optional days on, holidays on, manual off, warning 1h":             "office: 08:00-20:00 mon-fri America/Sao_Paulo, holidays on, optional days on, manual off, warning 60m",
		"08:00-12:00 sat-mon/wed and 13:30-24:00 thu America/Porto_Velho, place ro": "office: 08:00-12:00 mon/wed/sat-sun and 13:30-24:00 thu America/Porto_Velho, holidays off, optional days off, place ro, manual until boundary, warning 15m",
		"office, extra days 2026-11-28, skip days 12-24 02-29 2027-01-02":           office + ", extra days 2026-11-28, skip days 12-24 02-29 2027-01-02, manual until boundary, warning 15m",
		"on-demand, manual 2h": "on-demand, manual 120m, warning 15m",
	} {
		if got := parsed(t, text).String(); got != want {
			t.Errorf("%q:\n%s, want\n%s", text, got, want)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	for text, names := range map[string]string{
		"":                            "always, on-demand",
		"never":                       "no zone",
		"office:":                     "always, on-demand",
		"office: 08:00-20:00 mon-fri": "no zone stands behind mon-fri",
		"office: 08:00-20:00 mon-fri America/New_York":  "no zone of Brazil",
		"office: 20:00-08:00 mon-fri America/Sao_Paulo": "ends before it begins",
		"office: 8:00-20:00 mon-fri America/Sao_Paulo":  "no hours",
		"office: 08:00-24:30 mon-fri America/Sao_Paulo": "no hours",
		"office: 08:60-20:00 mon-fri America/Sao_Paulo": "no hours",
		"office: +8:00-20:00 mon-fri America/Sao_Paulo": "no hours",
		"office: 08:00-20:00 seg-sex America/Sao_Paulo": "no days",
		"office: 08:00-20:00 America/Sao_Paulo":         "hours and days",
		"office: mon America/Sao_Paulo":                 "hours and days",
		"08:00-12:00 13:00-18:00 mon America/Sao_Paulo": "by `and`",
		"08:00-12:00 mon and 11:00-18:00 mon-tue utc":   "overlap on mon",
		"office,":                                   "nothing behind it",
		"office, lunch off":                         "no option",
		"office, holidays perhaps":                  "on or off",
		"office, holidays off, holidays on":         "twice",
		"office, place xx":                          "not known",
		"office, place sp/campinas":                 "not known",
		"office, skip days 2026-02-30":              "no day",
		"office, skip days 13-01":                   "no day",
		"office, skip days 12-24 12-24":             "listed twice",
		"office, skip days 12-24, extra days 12-24": "extra and skipped",
		"office, skip days":                         "no option",
		"office, warning 10s":                       "whole minutes",
		"office, warning 5h":                        "whole minutes",
		"office, manual 25h":                        "manual is",
		"on-demand, manual until boundary":          "no boundary",
		"on-demand, holidays off":                   "says nothing",
		"always, warning 5m":                        "says nothing",
		"office" + strings.Repeat(", ", 1000):       "at most",
	} {
		s, err := Parse(text)
		if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), names) {
			t.Errorf("%q: %v, %v; want %q", text, s, err, names)
		}
	}
}

func anySchedule(t *rapid.T) Schedule {
	kind := rapid.SampledFrom([]Kind{OnDemand, Office, Office, Office}).Draw(t, "kind")
	s := Schedule{Kind: kind, Zone: time.UTC, Warning: time.Duration(rapid.IntRange(1, 60).Draw(t, "warning")) * time.Minute, Manual: Manual{For: time.Duration(rapid.IntRange(0, 600).Draw(t, "manual")) * time.Minute}}
	if kind == OnDemand {
		return s
	}
	s.Zone, _ = zoneOf(rapid.SampledFrom([]string{"america/sao_paulo", "america/noronha", "america/rio_branco"}).Draw(t, "zone"))
	if s.Manual.For == 0 {
		s.Manual.Boundary = rapid.Bool().Draw(t, "boundary")
	}
	s.HolidaysOff, s.OptionalOff = rapid.Bool().Draw(t, "holidays"), rapid.Bool().Draw(t, "optional")
	s.Place = rapid.SampledFrom([]string{"", "sp", "sp/sao-paulo", "rj/rio-de-janeiro"}).Draw(t, "place")
	at := 0
	for range rapid.IntRange(1, 3).Draw(t, "windows") {
		from := rapid.IntRange(at, 1300).Draw(t, "from")
		to := rapid.IntRange(from+1, 1440).Draw(t, "to")
		window := Window{From: from, To: to}
		for day := range window.Days {
			window.Days[day] = rapid.Bool().Draw(t, "day")
		}
		window.Days[rapid.IntRange(0, 6).Draw(t, "a day")] = true
		s.Windows = append(s.Windows, window)
		if at = to; at > 1300 {
			break
		}
	}
	for n := range rapid.IntRange(0, 3).Draw(t, "dates") {
		date := Date{rapid.SampledFrom([]int{0, 2026, 2027}).Draw(t, "year"), time.Month(1 + n), rapid.IntRange(1, 28).Draw(t, "date")}
		if rapid.Bool().Draw(t, "extra") {
			s.Extra = append(s.Extra, date)
		} else {
			s.Skip = append(s.Skip, date)
		}
	}
	return s
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := anySchedule(t)
		again, err := Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%s\nis read as\n%s, %v", s, again, err)
		}
		at := time.Date(2026, 1, 1, 0, rapid.IntRange(0, 600_000).Draw(t, "minute"), 0, 0, time.UTC)
		if again.Open(at) != s.Open(at) {
			t.Fatalf("%s and %s differ at %s", s, again, at)
		}
		if next := s.Next(at); !next.IsZero() && (s.Open(next) == s.Open(at) || s.Open(next.Add(-time.Second)) != s.Open(at) || !next.After(at)) {
			t.Fatalf("%s: after %s comes no change at %s", s, at, next)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, seed := range []string{"always", "on-demand, manual 2h", "office", year2026, "08:00-12:00 sat-mon/wed and 13:30-24:00 thu America/Porto_Velho, place ro, warning 5m"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		s, err := Parse(text)
		if err != nil {
			if !fault.Is(err, fault.Invalid) {
				t.Fatal(err)
			}
			return
		}
		again, err := Parse(s.String())
		if err != nil || again.String() != s.String() {
			t.Fatalf("%q is %s and is read again as %s, %v", text, s, again, err)
		}
	})
}
