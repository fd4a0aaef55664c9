package product

import (
	"strings"

	"prosa/internal/message/fold"
)

// maxTerms bounds the words that a search looks for.
const maxTerms = 6

// folded is what the product is found by: every word of its name, brand, codes
// and options, accents folded, each also without its plural.
func (p *Product) folded() string {
	texts := []string{p.Name, p.Brand, p.Handle}
	for _, v := range p.Variants {
		if !v.Archived {
			texts = append(texts, v.SKU, v.Barcode)
			texts = append(texts, v.Options...)
		}
	}
	seen := map[string]bool{}
	var words []string
	for _, word := range strings.Fields(fold.Text(strings.Join(texts, " "))) {
		for _, form := range []string{word, singular(word)} {
			if !seen[form] {
				seen[form] = true
				words = append(words, form)
			}
		}
	}
	return strings.Join(words, " ")
}

// terms are the LIKE patterns of a person's words (escaped by a backslash); all
// must be found.
func terms(query string) []string {
	words := strings.Fields(fold.Text(query))
	patterns := []string{}
	for _, word := range words[:min(len(words), maxTerms)] {
		patterns = append(patterns, "%"+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(singular(word))+"%")
	}
	return patterns
}

// singular takes a Portuguese plural off a folded word: "pizzas", "paes",
// "limoes", "papeis", "flores". A word that only looks like one is shortened on
// both sides of the search, so that it is still found.
func singular(word string) string {
	if len(word) < 4 || !strings.HasSuffix(word, "s") {
		return word
	}
	for _, ending := range [...][2]string{{"oes", "ao"}, {"aes", "ao"}, {"ais", "al"}, {"eis", "el"}, {"ois", "ol"}, {"ns", "m"}, {"res", "r"}, {"zes", "z"}, {"ses", "s"}, {"ss", "ss"}} {
		if stem, ok := strings.CutSuffix(word, ending[0]); ok && stem != "" {
			return stem + ending[1]
		}
	}
	return word[:len(word)-1]
}
