package schedule

import (
	"slices"
	"strings"
	"time"
)

// localDay is a holiday of a state, or of a town: "sp", "sp/sao-paulo".
type localDay struct {
	place string
	month time.Month
	day   int
	name  string
}

// localDays are the holidays that a state (its data magna: Lei 9.093/1995, art.
// 1, II) or a town (at most four, art. 2) has by its own law, and that have one
// date for all years. Only those of capitals are here; others come by skip
// days. A state that moved its day to a Sunday (SC), or only frees its own
// offices (ES, GO, PR), has none.
var localDays = []localDay{
	{"ac", time.June, 15, "Aniversário do Acre"},
	{"al", time.September, 16, "Emancipação Política de Alagoas"},
	{"am", time.September, 5, "Elevação do Amazonas à categoria de província"},
	{"ba", time.July, 2, "Independência da Bahia"},
	{"ce", time.March, 25, "Data Magna do Ceará"},
	{"ma", time.July, 28, "Adesão do Maranhão à Independência"},
	{"ms", time.October, 11, "Criação do Estado de Mato Grosso do Sul"},
	{"pa", time.August, 15, "Adesão do Pará à Independência"},
	{"pb", time.August, 5, "Fundação do Estado da Paraíba"},
	{"pe", time.March, 6, "Data Magna de Pernambuco"},
	{"pi", time.October, 19, "Dia do Piauí"},
	{"rj", time.April, 23, "São Jorge"},
	{"rn", time.October, 3, "Mártires de Cunhaú e Uruaçu"},
	{"ro", time.January, 4, "Criação do Estado de Rondônia"},
	{"rr", time.October, 5, "Criação do Estado de Roraima"},
	{"rs", time.September, 20, "Revolução Farroupilha"},
	{"se", time.July, 8, "Emancipação Política de Sergipe"},
	{"sp", time.July, 9, "Revolução Constitucionalista"},
	{"to", time.October, 5, "Criação do Estado do Tocantins"},
	{"df", time.November, 30, "Dia do Evangélico"},

	{"am/manaus", time.October, 24, "Aniversário de Manaus"},
	{"ba/salvador", time.December, 8, "Nossa Senhora da Conceição da Praia"},
	{"ce/fortaleza", time.August, 15, "Nossa Senhora da Assunção"},
	{"mg/belo-horizonte", time.August, 15, "Assunção de Nossa Senhora"},
	{"mg/belo-horizonte", time.December, 8, "Imaculada Conceição"},
	{"pe/recife", time.July, 16, "Nossa Senhora do Carmo"},
	{"pe/recife", time.December, 8, "Nossa Senhora da Conceição"},
	{"pr/curitiba", time.September, 8, "Nossa Senhora da Luz"},
	{"rj/rio-de-janeiro", time.January, 20, "São Sebastião"},
	{"rs/porto-alegre", time.February, 2, "Nossa Senhora dos Navegantes"},
	{"sc/florianopolis", time.March, 23, "Aniversário de Florianópolis"},
	{"sp/sao-paulo", time.January, 25, "Aniversário de São Paulo"},
}

// Places lists the states and towns whose holidays are known.
func Places() (places []string) {
	for _, local := range localDays {
		if !slices.Contains(places, local.place) {
			places = append(places, local.place)
		}
		if state, _, ok := strings.Cut(local.place, "/"); ok && !slices.Contains(places, state) {
			places = append(places, state) // one without a day of its own
		}
	}
	slices.Sort(places)
	return places
}

// placeHoliday names the holiday of a town or its state on a day.
func placeHoliday(place string, day Date) string {
	if place == "" {
		return ""
	}
	state, _, _ := strings.Cut(place, "/")
	for _, local := range localDays {
		if (local.place == place || local.place == state) && local.month == day.Month && local.day == day.Day {
			return local.name
		}
	}
	return ""
}
