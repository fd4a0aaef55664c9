package template

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/message"
	"prosa/internal/message/fold"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/channel"
	"prosa/internal/platform/database"
)

// settingWABA is where an account keeps its WhatsApp business account.
const settingWABA = "waba_id"

// Deps are what the module needs of others.
type Deps struct {
	DB       *database.DB
	Platform Platform
	Accounts Accounts
	Blobs    Blobs
	Emit     Emit
	Later    Later
	Clock    clock.Clock
	Logger   *slog.Logger
}

// Service is what the rest of the house asks of template. Methods that take a
// transaction work inside the caller's; the others open their own.
type Service struct{ Deps }

// New makes the service.
func New(deps Deps) *Service { return &Service{deps} }

// account gives a WhatsApp account with its business account. Errors: NotFound,
// Refused "no_waba".
func (s *Service) account(ctx context.Context, tenantID, accountID string) (channel.Account, string, error) {
	account, err := s.Accounts.Get(ctx, tenantID, accountID)
	if err != nil {
		return account, "", err
	}
	waba, err := wabaOf(account)
	return account, waba, err
}

func wabaOf(account channel.Account) (string, error) {
	switch {
	case account.Channel != message.WhatsApp:
		return "", fault.Refuse("no_templates", "only WhatsApp has message templates")
	case account.Settings[settingWABA] == "":
		return "", fault.Refuse("no_waba", "the account %s names no WhatsApp business account: add it to its settings", account.Name)
	}
	return account.Settings[settingWABA], nil
}

// manager gives an account whose token speaks for a business account: one that
// works, if there is one. Error: Refused "no_account".
func (s *Service) manager(ctx context.Context, tenantID, waba string) (channel.Account, error) {
	accounts, err := s.Accounts.List(ctx, tenantID)
	if err != nil {
		return channel.Account{}, err
	}
	var found *channel.Account
	for n, account := range accounts {
		if account.Channel == message.WhatsApp && account.Settings[settingWABA] == waba && (found == nil || found.State != channel.Active) {
			found = &accounts[n]
		}
	}
	if found == nil {
		return channel.Account{}, fault.Refuse("no_account", "no WhatsApp account of the company belongs to this template's business account any more")
	}
	return *found, nil
}

// Place is a WhatsApp account with what is known of its templates.
type Place struct {
	AccountID string `json:"account_id"`
	Name      string `json:"name"`
	Display   string `json:"display"`
	WABA      string `json:"waba_id" doc:"Empty: the account's settings name none, so it has no templates here."`
	Reading
}

// Places lists the company's WhatsApp accounts.
func (s *Service) Places(ctx context.Context, tenantID string) ([]Place, error) {
	accounts, err := s.Accounts.List(ctx, tenantID)
	if err != nil {
		return nil, err
	}
	var known map[string]Reading
	err = s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		known, err = readings(ctx, tx, tenantID)
		return err
	})
	places := []Place{}
	for _, a := range accounts {
		if a.Channel == message.WhatsApp {
			waba := a.Settings[settingWABA]
			places = append(places, Place{AccountID: a.ID, Name: a.Name, Display: a.Display, WABA: waba, Reading: known[waba]})
		}
	}
	return places, err
}

// Search is what a list is asked for; zero fields don't narrow it.
type Search struct {
	TenantID  string
	AccountID string
	Status    Status
	Category  Category
	Language  string
	Query     string // in names and words, without regard to accents
	Sendable  bool   // only what can be sent
	Cursor    string
	Limit     int
}

type listPlace struct {
	Name     string `json:"n"`
	Language string `json:"l"`
	ID       string `json:"i"`
}

// List gives templates by name and language.
func (s *Service) List(ctx context.Context, q Search) (page.List[Template], error) {
	list := page.List[Template]{Items: []Template{}}
	var from listPlace
	if _, err := page.Decode(q.Cursor, &from); err != nil {
		return list, err
	}
	waba := ""
	if q.AccountID != "" {
		account, err := s.Accounts.Get(ctx, q.TenantID, q.AccountID)
		if err != nil {
			return list, err
		}
		if waba = account.Settings[settingWABA]; account.Channel != message.WhatsApp || waba == "" {
			return list, nil // such an account has none
		}
	}
	if q.Sendable {
		if q.Status != "" && q.Status != Approved {
			return list, nil
		}
		q.Status = Approved
	}
	size := page.Size(q.Limit)
	err := s.DB.Read(ctx, database.Company(q.TenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		list.Items, err = selected(ctx, tx, q.TenantID, `(name, language, id) > ($2, $3, $4) AND ($5 = '' OR waba_id = $5) AND ($6 = '' OR status = $6)
			AND ($7 = '' OR category = $7) AND ($8 = '' OR language = $8) AND ($9 = '' OR folded LIKE $9 ESCAPE '\')
			ORDER BY name, language, id LIMIT $10`,
			from.Name, from.Language, from.ID, waba, string(q.Status), string(q.Category), q.Language, like(q.Query), size+1)
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		last := list.Items[size-1]
		list.Next = page.Encode(listPlace{last.Name, last.Language, last.ID})
	}
	return list, err
}

// like makes the pattern of a search; empty finds everything.
func like(query string) string {
	query = fold.Text(strings.TrimSpace(query))
	if query == "" {
		return ""
	}
	return "%" + strings.NewReplacer(`\`, `\\`, "%", `\%`, "_", `\_`).Replace(query) + "%"
}

// Detail is a template with what became of it.
type Detail struct {
	Template
	History   []Change `json:"history" doc:"Newest first."`
	Languages []string `json:"languages" doc:"Other languages of the same name."`
}

// Get gives a template. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, tenantID, templateID string) (d Detail, err error) {
	err = s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if d.Template, err = load(ctx, tx, tenantID, templateID); err != nil {
			return err
		}
		if d.History, err = history(ctx, tx, tenantID, templateID); err != nil {
			return err
		}
		others, err := selected(ctx, tx, tenantID, "waba_id = $2 AND name = $3 AND id <> $4 ORDER BY language", d.WABA, d.Name, d.ID)
		d.Languages = []string{}
		for _, other := range others {
			d.Languages = append(d.Languages, other.Language)
		}
		return err
	})
	return d, err
}

// Preview shows a template with values; those that are missing are named.
func (s *Service) Preview(ctx context.Context, tenantID, templateID string, values map[string]string) (Preview, error) {
	d, err := s.Get(ctx, tenantID, templateID)
	if err != nil {
		return Preview{}, err
	}
	return d.preview(values), nil
}

// Fill makes a message of a template for an account, in the caller's
// transaction. header is the file of a header that shows one; nil takes the
// template's own. Errors: NotFound, Refused with a sentence for an attendant
// (template_not_approved, template_paused, template_disabled, template_gone,
// template_foreign, template_account), Invalid on "values.KEY", "values" or
// "header".
func (s *Service) Fill(ctx context.Context, tx *database.Tx, tenantID, accountID, templateID string, values map[string]string, header *message.Media) (message.TemplateRef, error) {
	t, err := load(ctx, tx, tenantID, templateID)
	if err != nil {
		return message.TemplateRef{}, err
	}
	if err := s.belongs(ctx, tx, &t, accountID); err != nil {
		return message.TemplateRef{}, err
	}
	return t.fill(values, header)
}

// Category is what the platform calls a template now, empty for one that is
// gone.
func (s *Service) Category(ctx context.Context, tx *database.Tx, tenantID, templateID string) (string, error) {
	t, err := load(ctx, tx, tenantID, templateID)
	if fault.Is(err, fault.NotFound) {
		return "", nil
	}
	return string(t.Category), err
}

// FillNamed is Fill by name and language, for those who know no ids.
func (s *Service) FillNamed(ctx context.Context, tx *database.Tx, tenantID, accountID, name, language string, values map[string]string, header *message.Media) (message.TemplateRef, error) {
	account, err := s.Accounts.Account(ctx, tx, tenantID, accountID)
	if err != nil {
		return message.TemplateRef{}, err
	}
	waba, err := wabaOf(account)
	if err != nil {
		return message.TemplateRef{}, err
	}
	t, found, err := find(ctx, tx, tenantID, waba, name, language)
	if err == nil && !found {
		err = fault.Refuse("template_gone", "WhatsApp has no template %s in %s", name, language)
	}
	if err != nil {
		return message.TemplateRef{}, err
	}
	return t.fill(values, header)
}

func (s *Service) belongs(ctx context.Context, tx *database.Tx, t *Template, accountID string) error {
	account, err := s.Accounts.Account(ctx, tx, t.TenantID, accountID)
	if err != nil {
		return err
	}
	waba, err := wabaOf(account)
	if err == nil && waba != t.WABA {
		err = fault.Refuse("template_account", "the template %s belongs to another WhatsApp business account than this conversation", t.Name)
	}
	return err
}

// Sendable lists what the company can send, each as name/language.
func (s *Service) Sendable(ctx context.Context, tenantID string) ([]string, error) {
	list := []string{}
	err := s.DB.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		found, err := selected(ctx, tx, tenantID, "status = $2 ORDER BY name, language, id", string(Approved))
		for _, t := range found {
			if t.Obstacle == "" {
				list = append(list, t.Name+"/"+t.Language)
			}
		}
		return err
	})
	return list, err
}

// By is who does something, and from where.
type By struct {
	Actor event.Actor
	IP    string
}

// Event is the data of template.updated. Without an id, all of the business
// account were read.
type Event struct {
	TemplateID string `json:"template_id,omitempty"`
	WABA       string `json:"waba_id"`
	Status     Status `json:"status,omitempty"`
	Name       string `json:"name,omitempty"`
}

// tell emits template.updated in the transaction of what happened.
func (s *Service) tell(ctx context.Context, tx *database.Tx, tenantID string, actor event.Actor, cause event.Cause, e Event) error {
	data, err := json.Marshal(e)
	if err != nil {
		return fault.Wrap(err, fault.Internal, "an event could not be written")
	}
	return s.Emit(ctx, tx, event.Envelope{
		Version: event.Version, ID: id.New(id.Event, tx.Now()), TenantID: tenantID, Type: event.TemplateUpdated, AtMS: tx.Now(), Actor: actor, Cause: cause, Data: data,
	})
}

func eventOf(t *Template) Event {
	return Event{TemplateID: t.ID, WABA: t.WABA, Status: t.Status, Name: t.Name}
}

// note writes the audit log in the transaction of what happened.
func note(ctx context.Context, tx *database.Tx, t *Template, by By, action string) error {
	return audit.Write(ctx, tx, audit.Entry{TenantID: t.TenantID, Actor: by.Actor, Action: action, Target: t.ID, IP: by.IP,
		Facts: map[string]string{"name": t.Name, "language": t.Language}})
}
