package schedule

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"
)

// year2026 is the schedule whose every day lies hand-checked in testdata.
const year2026 = "office: 08:00-20:00 mon-fri America/Sao_Paulo, place sp/sao-paulo, extra days 2026-11-28, skip days 12-24 12-31"

func parsed(t testing.TB, text string) Schedule {
	t.Helper()
	s, err := Parse(text)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	return s
}

// table reads the hand-checked days, and the lines of the months above them.
func table(t *testing.T) (days, months []string) {
	t.Helper()
	file, err := os.Open("testdata/2026-sao-paulo.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	for lines := bufio.NewScanner(file); lines.Scan(); {
		switch line := lines.Text(); {
		case strings.HasPrefix(line, "# month ") || strings.HasPrefix(line, "# year "):
			months = append(months, strings.TrimPrefix(line, "# "))
		case !strings.HasPrefix(line, "#"):
			days = append(days, line)
		}
	}
	return days, months
}

func spell(day Day) string {
	hours := "off"
	if len(day.Spans) > 0 {
		var spans []string
		for _, span := range day.Spans {
			spans = append(spans, span.From.Format("15:04")+"-"+span.To.Format("15:04"))
		}
		hours = strings.Join(spans, "+")
	}
	return strings.TrimSpace(fmt.Sprintf("%s %s %s %s %s", day.Date.Format(time.DateOnly), strings.ToLower(day.Date.Format("Mon")), hours, day.Reason, day.Name))
}

func TestTheYear2026(t *testing.T) {
	s := parsed(t, year2026)
	want, months := table(t)
	got := s.Days(2026)
	if len(got) != 365 || len(want) != 365 {
		t.Fatalf("%d days, and %d in the table", len(got), len(want))
	}
	for n, day := range got {
		if spell(day) != want[n] {
			t.Errorf("%q, want %q", spell(day), want[n])
		}
	}
	days, on, all := 0, time.Duration(0), time.Duration(0)
	for n, month := range s.Months(2026) {
		days, on, all = days+month.Days, on+month.On, all+month.All
		line := fmt.Sprintf("month %02d %d days %d h on: ", month.Month, month.Days, int(month.On.Hours()))
		if !strings.HasPrefix(months[n], line) {
			t.Errorf("%q, want %q", line, months[n])
		}
		if month.Off() != month.All-month.On || month.Year != 2026 {
			t.Errorf("%+v", month)
		}
	}
	if line := fmt.Sprintf("year %d days %d h on, %d h off of %d", days, int(on.Hours()), int((all - on).Hours()), int(all.Hours())); line != months[12] {
		t.Errorf("%q, want %q", line, months[12])
	}
}

// The arithmetic of a plain week: 60 of 168 hours.
func TestAWeekOfOfficeHours(t *testing.T) {
	s := parsed(t, "office")
	on := time.Duration(0)
	for day := range 7 {
		on += s.Day(time.Date(2026, 8, 3+day, 12, 0, 0, 0, s.Zone)).On()
	}
	if on != 60*time.Hour {
		t.Errorf("%s of 168 h", on)
	}
}

func TestDaysOff(t *testing.T) {
	for _, c := range []struct{ text, day, want string }{
		{"office, optional days on", "2026-02-17", "08:00-20:00 hours"},
		{"office, optional days off", "2027-02-09", "off optional_day Carnaval"},
		{"office, holidays on", "2026-04-03", "08:00-20:00 hours"},
		{"office", "2023-11-20", "08:00-20:00 hours"}, // a national holiday since 2024
		{"office", "2026-11-20", "off holiday Dia Nacional de Zumbi e da Consciência Negra"},
		{"office, place rj", "2026-04-23", "off holiday São Jorge"},
		{"office, place rj/rio-de-janeiro", "2026-04-23", "off holiday São Jorge"},
		{"office, place rj/rio-de-janeiro", "2026-01-20", "off holiday São Sebastião"},
		{"office, place rj", "2026-01-20", "08:00-20:00 hours"},
		{"office, place rj, holidays on", "2026-04-23", "08:00-20:00 hours"},
		{"office, skip days 01-02", "2027-01-02", "off skip_day"},
		{"office, skip days 2026-01-02", "2026-01-02", "off skip_day"},
		{"office, skip days 2025-01-02", "2026-01-02", "08:00-20:00 hours"},
		{"office, extra days 2026-04-03", "2026-04-03", "08:00-20:00 extra_day"},
		{"08:00-12:00 mon-fri and 09:00-13:00 sat America/Manaus", "2026-08-08", "09:00-13:00 hours"},
		{"13:00-18:00 mon-thu and 08:00-12:00 mon-fri America/Recife", "2026-08-03", "08:00-12:00+13:00-18:00 hours"},
		{"20:00-24:00 fri and 00:00-02:00 sat utc", "2026-08-07", "20:00-00:00 hours"},
		{"on-demand", "2026-08-03", "off nobody"},
		{"always", "2026-08-02", "00:00-00:00 always"},
	} {
		s := parsed(t, c.text)
		day, err := time.ParseInLocation(time.DateOnly, c.day, s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		got := spell(s.Day(day.Add(15 * time.Hour)))
		if _, rest, _ := strings.Cut(got[len("2026-01-01 "):], " "); rest != c.want {
			t.Errorf("%s on %s: %q, want %q", c.text, c.day, rest, c.want)
		}
	}
}

func TestNext(t *testing.T) {
	for _, c := range []struct{ text, at, want string }{
		{"office", "2026-08-03 07:59", "2026-08-03 08:00"},
		{"office", "2026-08-03 08:00", "2026-08-03 20:00"},
		{"office", "2026-08-03 20:00", "2026-08-04 08:00"},
		{"office", "2026-08-07 21:00", "2026-08-10 08:00"},                                  // over the week's end
		{"office", "2026-02-13 20:00", "2026-02-19 08:00"},                                  // over Carnaval
		{year2026, "2026-12-23 20:00", "2026-12-28 08:00"},                                  // over Christmas
		{"20:00-24:00 fri and 00:00-02:00 sat utc", "2026-08-07 21:00", "2026-08-08 02:00"}, // spans that touch are one
		{"00:00-24:00 mon-sun utc, holidays on, optional days on", "2026-08-07 21:00", ""},
		{"always", "2026-08-07 21:00", ""},
		{"on-demand", "2026-08-07 21:00", ""},
	} {
		s := parsed(t, c.text)
		at, err := time.ParseInLocation("2006-01-02 15:04", c.at, s.Zone)
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		if next := s.Next(at); !next.IsZero() {
			got = next.Format("2006-01-02 15:04")
		}
		if got != c.want {
			t.Errorf("%s after %s: %q, want %q", c.text, c.at, got, c.want)
		}
	}
}

// What a moment says does not depend on the zone that it is written in.
func TestAMomentIsTheSameInAnyZone(t *testing.T) {
	s := parsed(t, "office")
	at := time.Date(2026, 8, 3, 19, 30, 0, 0, s.Zone) // 22:30 UTC
	if !s.Open(at) || !s.Open(at.UTC()) || s.Open(at.UTC().Add(time.Hour)) {
		t.Error("the zone of the moment was taken for the schedule's")
	}
}

func TestPlacesAreStatesAndTowns(t *testing.T) {
	places := Places()
	if len(places) < 30 {
		t.Fatalf("only %d", len(places))
	}
	for _, local := range localDays {
		if parsed(t, "office, place "+local.place); placeHoliday(local.place, Date{2026, local.month, local.day}) == "" {
			t.Errorf("%+v has no day", local)
		}
		// A day of its own must be a day that exists, and no Sunday of every year.
		if day := time.Date(2026, local.month, local.day, 0, 0, 0, 0, time.UTC); day.Month() != local.month || local.name == "" {
			t.Errorf("%+v", local)
		}
	}
}
