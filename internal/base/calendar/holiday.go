package calendar

import "time"

// Holiday gives the Portuguese name of the national holiday on a day, empty for
// none. Sources: Lei 662/1949 and Lei 10.607/2002 (the fixed days), Lei
// 6.802/1980 (12 October), Lei 14.759/2023 (20 November, since 2024); Good
// Friday is in the federal government's list of every year.
func Holiday(day time.Time) string {
	year, month, date := day.Date()
	switch {
	case month == time.January && date == 1:
		return "Confraternização Universal"
	case month == time.April && date == 21:
		return "Tiradentes"
	case month == time.May && date == 1:
		return "Dia do Trabalho"
	case month == time.September && date == 7:
		return "Independência do Brasil"
	case month == time.October && date == 12:
		return "Nossa Senhora Aparecida"
	case month == time.November && date == 2:
		return "Finados"
	case month == time.November && date == 15:
		return "Proclamação da República"
	case month == time.November && date == 20 && year >= 2024:
		return "Dia Nacional de Zumbi e da Consciência Negra"
	case month == time.December && date == 25:
		return "Natal"
	case fromEaster(day) == -2:
		return "Sexta-feira Santa"
	}
	return ""
}

// Optional gives the Portuguese name of the day off that the law leaves to each
// employer (ponto facultativo), empty for none: Carnaval's Monday, Tuesday and
// Ash Wednesday, and Corpus Christi.
func Optional(day time.Time) string {
	switch fromEaster(day) {
	case -48, -47:
		return "Carnaval"
	case -46:
		return "Quarta-feira de Cinzas"
	case 60:
		return "Corpus Christi"
	}
	return ""
}

// fromEaster counts the days from Easter Sunday of the same year.
func fromEaster(day time.Time) int {
	month, date := Easter(day.Year())
	easter := time.Date(day.Year(), month, date, 0, 0, 0, 0, time.UTC)
	return time.Date(day.Year(), day.Month(), day.Day(), 0, 0, 0, 0, time.UTC).YearDay() - easter.YearDay()
}

// Easter gives Easter Sunday of a year of the Gregorian calendar: the computus
// of Meeus, Jones and Butcher (Nature, 20 April 1876).
func Easter(year int) (time.Month, int) {
	a, b, c := year%19, year/100, year%100
	d, e := b/4, b%4
	g := (8*b + 13) / 25
	h := (19*a + b - d - g + 15) % 30
	i, k := c/4, c%4
	l := (32 + 2*e + 2*i - h - k) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return time.Month(n / 31), n%31 + 1
}
