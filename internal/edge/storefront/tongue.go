package storefront

import (
	"embed"
	"encoding/json"
	"fmt"
	"html/template"
	"strings"
	"time"

	"golang.org/x/text/language"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
)

//go:embed page text
var files embed.FS

// Languages that the pages speak; the first is everybody's who speaks none of
// them.
const (
	portuguese = "pt-BR"
	english    = "en"
)

// tongue is a language with the pages in it.
type tongue struct {
	lang  string
	words map[string]string
	pages *template.Template
}

// tongueOf chooses by Accept-Language (RFC 9110, 12.5.4).
func tongueOf(header string) string {
	if len(header) > 200 {
		return portuguese
	}
	tags, _, err := language.ParseAcceptLanguage(header)
	if err != nil {
		return portuguese
	}
	for _, tag := range tags {
		switch base, _ := tag.Base(); base.String() {
		case "pt":
			return portuguese
		case "en":
			return english
		}
	}
	return portuguese
}

func readTongues(assets assets) (map[string]*tongue, error) {
	all := map[string]*tongue{}
	for _, lang := range []string{portuguese, english} {
		raw, err := files.ReadFile("text/" + lang + ".json")
		if err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the words of the pages are lacking")
		}
		t := &tongue{lang: lang}
		if err := json.Unmarshal(raw, &t.words); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the words of the pages can't be read")
		}
		t.pages = template.New("").Funcs(template.FuncMap{
			"t": t.tell, "n": t.count, "money": price, "moment": t.moment, "clock": t.hour, "asset": assets.path, "lang": func() string { return lang },
			"stamp": func(ms int64) string { return time.UnixMilli(ms).UTC().Format(time.RFC3339) },
		})
		if _, err := t.pages.ParseFS(files, "page/*.html"); err != nil {
			return nil, fault.Wrap(err, fault.Internal, "the pages can't be read")
		}
		all[lang] = t
	}
	return all, nil
}

// tell gives words by their key. A key that is not there fails the page, so
// that a test sees it.
func (t *tongue) tell(key string, args ...any) (string, error) {
	words, ok := t.words[key]
	if !ok {
		return "", fault.New(fault.Internal, "no words for %s in %s", key, t.lang)
	}
	if len(args) > 0 {
		return fmt.Sprintf(words, args...), nil
	}
	return words, nil
}

// count gives the words for a number of things, with the number.
func (t *tongue) count(key string, n int64) (string, error) {
	if n == 1 {
		return t.tell(key + ".one")
	}
	return t.tell(key+".many", n)
}

// say is tell for keys that stand in this package.
func (t *tongue) say(key string, args ...any) string {
	words, err := t.tell(key, args...)
	if err != nil {
		return key
	}
	return words
}

// reason gives the words for why something was refused.
func (t *tongue) reason(reason string) string {
	if words, ok := t.words["reason."+reason]; ok {
		return words
	}
	return t.words["reason.other"]
}

// price spells an amount in its currency, its parts held together.
func price(amount money.Amount, currency money.Currency) string {
	if currency == "" {
		currency = money.BRL
	}
	return strings.ReplaceAll(amount.Text(currency), " ", "\u00a0")
}

// moment spells a time with its day.
func (t *tongue) moment(ms int64, zone *time.Location) string {
	at := time.UnixMilli(ms).In(zone)
	if t.lang == english {
		return at.Format("Jan 2, 15:04")
	}
	return at.Format("02/01") + ", " + at.Format("15:04")
}

func (t *tongue) hour(ms int64, zone *time.Location) string {
	return time.UnixMilli(ms).In(zone).Format("15:04")
}
