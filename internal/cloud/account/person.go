package account

import (
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// people refuses somebody whom a reader of the table could take for another, or
// who would get another's mail, and whoever may do nothing.
func (j *judge) people(a Access, inGroup map[string]bool) {
	emails, names := map[string]string{}, map[string]string{}
	for _, short := range slices.Sorted(maps.Keys(a.People)) {
		person, path := a.People[short], "people."+short
		email := strings.ToLower(person.Email) // mail does not tell capitals from small letters
		if first, twice := emails[email]; twice {
			j.say(path+".email", "is that of %s: two people would share what one may do", first)
		}
		emails[email] = short
		seen := seen(person.Name)
		if first, twice := names[seen]; twice {
			j.say(path+".name", "is the name of %s to whoever reads it: write out another of theirs", first)
		}
		names[seen] = short
		if strings.ContainsFunc(person.Name, foreign) {
			j.say(path+".name", "has a letter that is not Latin: some of those look like another")
		}
		if !inGroup[short] {
			j.say(path, "is in no group: take the entry out")
		}
	}
}

// seen is a name as a hurried reader sees it: without capitals and accents.
func seen(name string) string {
	bare := strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFKD.String(name))
	return strings.Join(strings.Fields(bare), " ")
}

// foreign says whether a letter is of another alphabet than ours.
func foreign(r rune) bool { return unicode.IsLetter(r) && !unicode.Is(unicode.Latin, r) }
