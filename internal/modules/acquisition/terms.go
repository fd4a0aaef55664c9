package acquisition

import (
	"context"
	"embed"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// termsVersion names the texts; change it with them.
const termsVersion = "2026-11"

//go:embed text
var texts embed.FS

// Terms are what a buyer agrees to, in one language.
type Terms struct {
	Version  string `json:"version"`
	Hash     string `json:"hash" doc:"SHA-256 of the text's bytes, in hexadecimal: what exactly was agreed to."`
	Title    string `json:"title"`
	Markdown string `json:"markdown"`
}

// CurrentTerms gives the terms in a language. The error is a defect of ours.
func CurrentTerms(locale string) (Terms, error) {
	if locale != "en" {
		locale = "pt-BR"
	}
	text, err := texts.ReadFile("text/terms." + locale + ".md")
	if err != nil {
		return Terms{}, fault.Wrap(err, fault.Internal, "the terms can't be read")
	}
	title, _, _ := strings.Cut(string(text), "\n")
	return Terms{Version: termsVersion, Hash: hashOf(string(text)), Title: strings.TrimPrefix(title, "# "), Markdown: string(text)}, nil
}

// Agree takes the terms for accepted, as they were shown: in either language.
// Errors: fault.Conflict with reason terms_changed, fault.Refused with reason
// journey_locked.
func (s *Service) Agree(ctx context.Context, token secret.Text, version, hash string, visitor Visitor) (Journey, error) {
	accepted := Accepted{Version: version, Hash: hash, IP: visitor.IP}
	for _, locale := range []string{"pt-BR", "en"} {
		terms, err := CurrentTerms(locale)
		if err != nil {
			return Journey{}, err
		}
		if terms.Version == version && terms.Hash == hash {
			accepted.Locale = locale
		}
	}
	if accepted.Locale == "" {
		return Journey{}, &fault.Error{Code: fault.Conflict, Reason: "terms_changed", Message: "these are not the terms of today: read them again"}
	}
	err := s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		if a.Terms.Version == version && a.Terms.Hash == hash {
			return nil
		}
		if a.State.sold() {
			return errLocked()
		}
		accepted.AtMS = tx.Now()
		a.Terms = accepted
		return audit.Write(ctx, tx, audit.Entry{
			Actor: visitorActor(*a), Action: "acquisition.terms_accepted", Target: a.ID, IP: visitor.IP,
			Facts: map[string]string{"version": version, "hash": hash, "locale": accepted.Locale},
		})
	})
	if err != nil {
		return Journey{}, err
	}
	return s.Look(ctx, token)
}
