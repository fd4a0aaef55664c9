package tenancy

import (
	"context"
	"maps"

	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// Post sends letters once the caller's transaction is committed; *mail.Service
// fills it.
type Post interface {
	Works() bool
	Send(ctx context.Context, tx *database.Tx, l mail.Letter) error
}

// Person is somebody to write to.
type Person struct{ ID, Name, Email, Locale string }

// People gives the admins of a company, in the caller's transaction.
type People func(ctx context.Context, tx *database.Tx, tenantID string) ([]Person, error)

// BindPost lets the admins of companies be written to. publicURL is where the
// links of letters lead.
func (s *Service) BindPost(post Post, people People, publicURL string) {
	s.post, s.people, s.page = post, people, publicURL
}

// planPage is where admins see what their plan grants and pay it.
const planPage = "/billing"

// write sends a letter to each admin of a company, once a key.
func (s *Service) write(ctx context.Context, tx *database.Tx, company Company, template, key string, data map[string]string) error {
	if s.post == nil || !s.post.Works() {
		return nil
	}
	people, err := s.people(ctx, tx, company.ID)
	if err != nil {
		return err
	}
	for _, person := range people {
		letter := mail.Letter{
			TenantID: company.ID, Key: key + ":" + person.ID, Template: template, Locale: or(person.Locale, company.Locale), To: person.Email, Name: person.Name,
			Data: map[string]string{"company": company.Name, "link": s.page + planPage},
		}
		maps.Copy(letter.Data, data)
		for name, text := range meterNames[letter.Locale] {
			if data["meter"] == string(name) {
				letter.Data["meter"] = text
			}
		}
		if err := s.post.Send(ctx, tx, letter); err != nil {
			return err
		}
	}
	return nil
}

// meterNames are those of letters, by language.
var meterNames = map[string]map[Meter]string{
	"pt-BR": {Attendants: "atendentes", Channels: "canais", Bots: "robôs", Conversations: "conversas", Messages: "mensagens"},
	"en":    {Attendants: "attendants", Channels: "channels", Bots: "bots", Conversations: "conversations", Messages: "messages"},
}
