package calendar

import (
	"testing"
	"time"
)

// The years' Easters as the Brazilian calendar printed or will print them.
func TestEaster(t *testing.T) {
	for year, want := range map[int]string{
		1961: "04-02", 1981: "04-19", 2000: "04-23", 2008: "03-23", 2011: "04-24", 2019: "04-21", 2024: "03-31", 2025: "04-20", 2026: "04-05", 2027: "03-28", 2028: "04-16",
		2029: "04-01", 2030: "04-21", 2038: "04-25", 2049: "04-18", 2076: "04-19", 2100: "03-28",
	} {
		month, day := Easter(year)
		if got := time.Date(year, month, day, 0, 0, 0, 0, time.UTC); got.Format("01-02") != want || got.Weekday() != time.Sunday {
			t.Errorf("%d: %s, a %s, want %s", year, got.Format("01-02"), got.Weekday(), want)
		}
	}
}

// Easter lies between 22 March and 25 April and on a Sunday, in every year.
func TestEasterIsASundayInSpring(t *testing.T) {
	for year := 1583; year < 4100; year++ {
		month, day := Easter(year)
		at := time.Date(year, month, day, 0, 0, 0, 0, time.UTC)
		if at.Weekday() != time.Sunday || at.Format("01-02") < "03-22" || at.Format("01-02") > "04-25" {
			t.Errorf("%d: %s", year, at.Format(time.DateOnly))
		}
	}
}

func TestHolidaysOf2026(t *testing.T) {
	want := map[string]string{
		"2026-01-01": "Confraternização Universal", "2026-04-03": "Sexta-feira Santa", "2026-04-21": "Tiradentes", "2026-05-01": "Dia do Trabalho", "2026-09-07": "Independência do Brasil",
		"2026-10-12": "Nossa Senhora Aparecida", "2026-11-02": "Finados", "2026-11-15": "Proclamação da República", "2026-11-20": "Dia Nacional de Zumbi e da Consciência Negra", "2026-12-25": "Natal",
	}
	optional := map[string]string{"2026-02-16": "Carnaval", "2026-02-17": "Carnaval", "2026-02-18": "Quarta-feira de Cinzas", "2026-06-04": "Corpus Christi"}
	for day := time.Date(2026, 1, 1, 23, 59, 0, 0, time.FixedZone("-03", -3*60*60)); day.Year() == 2026; day = day.AddDate(0, 0, 1) {
		date := day.Format(time.DateOnly)
		if got := Holiday(day); got != want[date] {
			t.Errorf("%s: %q, want %q", date, got, want[date])
		}
		if got := Optional(day); got != optional[date] {
			t.Errorf("%s: %q, want the day off %q", date, got, optional[date])
		}
	}
}

func TestConscienciaNegraIsNationalSince2024(t *testing.T) {
	for year, want := range map[int]bool{2022: false, 2023: false, 2024: true, 2025: true, 2040: true} {
		if got := Holiday(time.Date(year, 11, 20, 12, 0, 0, 0, time.UTC)) != ""; got != want {
			t.Errorf("%d: %v", year, got)
		}
	}
}

func TestMovingDaysOfOtherYears(t *testing.T) {
	for date, want := range map[string]string{"2024-02-13": "Carnaval", "2024-05-30": "Corpus Christi", "2025-03-04": "Carnaval", "2025-06-19": "Corpus Christi", "2027-02-08": "Carnaval", "2028-02-29": "Carnaval"} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		if got := Optional(day); got != want {
			t.Errorf("%s: %q, want %q", date, got, want)
		}
	}
	for _, date := range []string{"2024-03-29", "2025-04-18", "2028-04-14"} {
		day, err := time.Parse(time.DateOnly, date)
		if err != nil {
			t.Fatal(err)
		}
		if Holiday(day) != "Sexta-feira Santa" {
			t.Errorf("%s is %q", date, Holiday(day))
		}
	}
}

// Our table says what the zone files say of today, where this machine has them.
func TestZones(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	for name, hours := range map[string]int{
		"America/Noronha": -2, "America/Sao_Paulo": -3, "America/Recife": -3, "America/Bahia": -3, "America/Manaus": -4, "America/Cuiaba": -4, "America/Rio_Branco": -5, "America/Eirunepe": -5,
	} {
		zone, known := Zone(name)
		if !known {
			t.Fatalf("%s is unknown", name)
		}
		_, offset := at.In(zone).Zone()
		if offset != hours*60*60 {
			t.Errorf("%s: %d", name, offset)
		}
		if real, err := time.LoadLocation(name); err == nil {
			if _, theirs := at.In(real).Zone(); theirs != offset {
				t.Errorf("%s is %d here and %d in the zone files", name, offset, theirs)
			}
		}
	}
	for _, name := range []string{"", "UTC", "America/New_York", "Brazil/East", "america/recife"} {
		if _, known := Zone(name); known {
			t.Errorf("%q is known", name)
		}
	}
}
