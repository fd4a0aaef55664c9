package consent

import (
	"context"
	"encoding/json"
	"errors"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
)

// Tell writes events into the outbox in the caller's transaction.
type Tell func(ctx context.Context, tx *database.Tx, envelopes ...event.Envelope) error

// Service is what the rest of the house asks of consent. Methods that take a
// transaction work inside the caller's; the others open their own.
type Service struct {
	db       *database.DB
	contacts *contact.Service
	tell     Tell
}

// New makes the service.
func New(db *database.DB, contacts *contact.Service, tell Tell) *Service {
	return &Service{db: db, contacts: contacts, tell: tell}
}

// Record adds words to the ledger. A word that a message brought is kept once,
// however often it comes.
func (s *Service) Record(ctx context.Context, tx *database.Tx, entries ...Entry) error {
	for _, entry := range entries {
		if err := entry.check(); err != nil {
			return err
		}
		entry.ID = id.New(id.Consent, tx.Now())
		fresh, err := insert(ctx, tx, entry)
		if err != nil {
			return err
		}
		if !fresh {
			continue
		}
		data, err := json.Marshal(Event{ContactID: entry.ContactID, Entry: entry})
		if err != nil {
			return fault.Wrap(err, fault.Internal, "the event could not be encoded")
		}
		if err := s.tell(ctx, tx, event.Envelope{TenantID: entry.TenantID, Type: event.ConsentChanged, Actor: entry.actor(), Cause: entry.cause(), Data: data}); err != nil {
			return err
		}
	}
	return nil
}

// Event is the data of consent.changed.
type Event struct {
	ContactID string `json:"contact_id"`
	Entry     Entry  `json:"entry"`
}

func (e Entry) actor() event.Actor {
	switch e.Source {
	case ByPerson:
		return event.Actor{Kind: "user", ID: e.ActorID, Name: e.ActorName}
	case ByBot:
		return event.Actor{Kind: "bot", ID: e.ActorID, Name: e.ActorName}
	case ByPlatform:
		return event.Actor{Kind: "system"}
	default:
		return event.Actor{Kind: "customer", ID: e.ContactID}
	}
}

func (e Entry) cause() event.Cause {
	switch e.Source {
	case ByPerson:
		return event.Manual
	case ByBot:
		return event.ByBot
	case ByPlatform:
		return event.ByProvider
	default:
		return event.ByCustomer
	}
}

// WriteDown is an attendant's word on what a customer said elsewhere.
type WriteDown struct {
	TenantID  string
	ContactID string
	Topic     string
	Granted   bool
	// Proof says by what: "signed in the shop on 3 May".
	Proof string
	Actor event.Actor
	IP    string
}

// Write records what a person of the company knows. A yes needs its proof.
// Errors: NotFound, Invalid with the field.
func (s *Service) Write(ctx context.Context, in WriteDown) (View, error) {
	var view View
	err := s.db.Write(ctx, database.Company(in.TenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.contacts.KnowContact(ctx, tx, in.TenantID, in.ContactID); err != nil {
			return err
		}
		entry := Entry{
			TenantID: in.TenantID, ContactID: in.ContactID, Topic: in.Topic, Granted: in.Granted, Source: ByPerson,
			ActorID: in.Actor.ID, ActorName: in.Actor.Name, Proof: in.Proof, AtMS: tx.Now(),
		}
		if err := entry.check(); err != nil {
			return err
		}
		if entry.Granted && entry.Proof == "" {
			return fault.OnField("proof", "say by what the customer agreed: a form, a signed list, their words")
		}
		if err := s.Record(ctx, tx, entry); err != nil {
			return err
		}
		action := "consent.revoked"
		if in.Granted {
			action = "consent.granted"
		}
		if err := audit.Write(ctx, tx, audit.Entry{TenantID: in.TenantID, Actor: in.Actor, Action: action, Target: in.ContactID,
			Facts: map[string]string{"topic": in.Topic}, IP: in.IP}); err != nil {
			return err
		}
		var err error
		view, err = s.view(ctx, tx, in.TenantID, in.ContactID)
		return err
	})
	return view, err
}

// View is what the company knows of a customer's wishes.
type View struct {
	States  []State `json:"states" nullable:"false" doc:"What counts now, by topic."`
	Entries []Entry `json:"entries" nullable:"false" doc:"The ledger, newest first, at most 200."`
	// Marketing says whether marketing may be sent.
	Marketing bool `json:"marketing" doc:"Whether marketing may be sent to them now."`
	OptIn     bool `json:"opt_in" doc:"Whether the company asks for a yes first."`
}

// Of reads what a customer said. Error: NotFound.
func (s *Service) Of(ctx context.Context, tenantID, contactID string) (view View, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if err := s.contacts.KnowContact(ctx, tx, tenantID, contactID); err != nil {
			return err
		}
		view, err = s.view(ctx, tx, tenantID, contactID)
		return err
	})
	return view, err
}

func (s *Service) view(ctx context.Context, tx *database.Tx, tenantID, contactID string) (View, error) {
	view := View{States: []State{}}
	var err error
	if view.Entries, err = entriesOf(ctx, tx, tenantID, contactID); err != nil {
		return view, err
	}
	// Newest first, so the first of a topic counts.
	seen := map[string]bool{}
	for _, e := range view.Entries {
		if !seen[e.Topic] {
			seen[e.Topic] = true
			view.States = append(view.States, State{e.Topic, e.Granted, e.Source, e.AtMS})
		}
	}
	if view.OptIn, err = optIn(ctx, tx, tenantID); err != nil {
		return view, err
	}
	refuses, err := s.Refuses(ctx, tx, tenantID, contactID, Marketing)
	view.Marketing = !refuses
	return view, err
}

// Refuses reports whether messages of a topic may not be sent to a customer.
func (s *Service) Refuses(ctx context.Context, tx *database.Tx, tenantID, contactID, topic string) (bool, error) {
	var granted bool
	err := tx.QueryRow(ctx, `SELECT granted FROM consent_entry WHERE tenant_id = $1 AND contact_id = $2 AND topic = $3
		ORDER BY at_ms DESC, granted, id DESC LIMIT 1`, tenantID, contactID, topic).Scan(&granted)
	if err == nil {
		return !granted, nil
	}
	if !errors.Is(err, database.ErrNoRows) {
		return false, err
	}
	return optIn(ctx, tx, tenantID)
}

// Token gives what the platform wants back with a message of a topic on an
// account, empty when the customer gave none that still counts.
func (s *Service) Token(ctx context.Context, tx *database.Tx, tenantID, contactID, accountID, topic string) (token string, err error) {
	var granted bool
	err = tx.QueryRow(ctx, `SELECT granted, token FROM consent_entry WHERE tenant_id = $1 AND contact_id = $2 AND topic = $3 AND account_id = $4
		ORDER BY at_ms DESC, granted, id DESC LIMIT 1`, tenantID, contactID, topic, accountID).Scan(&granted, &token)
	if errors.Is(err, database.ErrNoRows) || err == nil && !granted {
		return "", nil
	}
	return token, err
}

// Rule is how a company asks.
type Rule struct {
	OptIn bool `json:"opt_in" doc:"Marketing only to customers who said yes; else to all who did not say stop."`
}

// Rule reads the company's rule.
func (s *Service) Rule(ctx context.Context, tenantID string) (rule Rule, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		rule.OptIn, err = optIn(ctx, tx, tenantID)
		return err
	})
	return rule, err
}

// SetRule changes the company's rule.
func (s *Service) SetRule(ctx context.Context, tenantID string, rule Rule, actor event.Actor, ip string) error {
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO consent_rule (tenant_id, opt_in, updated_ms) VALUES ($1, $2, $3)
			ON CONFLICT (tenant_id) DO UPDATE SET opt_in = excluded.opt_in, updated_ms = excluded.updated_ms`, tenantID, rule.OptIn, tx.Now()); err != nil {
			return err
		}
		asks := "no"
		if rule.OptIn {
			asks = "yes"
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: actor, Action: "consent.rule_changed", Target: tenantID,
			Facts: map[string]string{"opt_in": asks}, IP: ip})
	})
}

// List pages through the ledger of a company, newest first; of who said yes or
// stop, when granted is given.
func (s *Service) List(ctx context.Context, tenantID, topic string, granted *bool, cursor string, limit int) (list page.List[Entry], err error) {
	before := "cns~"
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list.Items, err = listEntries(ctx, tx, tenantID, topic, granted, before, size+1)
		return err
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}
