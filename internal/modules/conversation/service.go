package conversation

import (
	"context"
	"log/slog"

	"prosa/internal/base/fault"
	"prosa/internal/modules/channel"
	"prosa/internal/modules/contact"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
)

// Service is what the rest of the house asks of conversation. Methods that
// take a transaction work inside the caller's; the others open their own.
type Service struct {
	db        *database.DB
	cfg       Config
	contacts  *contact.Service
	deliverer Deliverer
	directory Directory
	turns     Turns
	tell      tell
	signal    Signaler
	media     MediaQueue
	attendant Attendants
	locale    Locale
	serves    func(tenantID string) (bots, sends bool)
	consents  Consents
	templates Templates
	news      []channel.NewsReader
	aside     hold.Aside
	logger    *slog.Logger
}

// Deps is what a Service is made of.
type Deps struct {
	DB        *database.DB
	Contacts  *contact.Service
	Deliverer Deliverer
	Directory Directory
	Tell      tell
	Logger    *slog.Logger
	// Locale may be nil: all companies then read Brazilian Portuguese.
	Locale Locale
	// Serves tells what is done for a company just now: whether its bots answer,
	// and whether messages leave for its customers. It is asked for every message,
	// so it answers from memory. It may be nil: every company is then served.
	Serves func(tenantID string) (bots, sends bool)
	// Signal may be nil: no small signs are shown.
	Signal Signaler
	// Media may be nil: files stay where the platform keeps them.
	Media MediaQueue
	// Attendants may be nil: bots then hand off to teams only.
	Attendants Attendants
	// Consents may be nil: then nobody has opted out.
	Consents Consents
	// Aside may be nil: then no company ever stands still.
	Aside hold.Aside
}

// New makes the service. BindTurns gives it the bots before the first batch.
func New(cfg Config, deps Deps) *Service {
	s := &Service{
		db: deps.DB, cfg: cfg, contacts: deps.Contacts, deliverer: deps.Deliverer, directory: deps.Directory, tell: deps.Tell,
		signal: deps.Signal, media: deps.Media, locale: deps.Locale, logger: deps.Logger,
		attendant: deps.Attendants, serves: deps.Serves, consents: deps.Consents, aside: deps.Aside,
	}
	if s.locale == nil {
		s.locale = func(string) string { return "pt-BR" }
	}
	if s.serves == nil {
		s.serves = func(string) (bots, sends bool) { return true, true }
	}
	if s.logger == nil {
		s.logger = slog.New(slog.DiscardHandler)
	}
	return s
}

// BindTurns names who takes the bots' turns. app calls it once, before the
// start; without it every conversation of a bot goes to people.
func (s *Service) BindTurns(turns Turns) { s.turns = turns }

// BindNews names who is told what platforms say of accounts. app calls it once,
// before the start.
func (s *Service) BindNews(readers ...channel.NewsReader) { s.news = readers }

func (s *Service) newWork(tx *database.Tx) *work {
	w := newWork(tx.Now(), s.locale, s.cfg)
	w.tx = tx
	return w
}

// FollowContacts keeps the names in list rows true when contacts change.
func (s *Service) FollowContacts(ctx context.Context, tx *database.Tx, contacts []contact.Contact) error {
	for _, c := range contacts {
		if err := s.followContact(ctx, tx, c); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) followContact(ctx context.Context, tx *database.Tx, c contact.Contact) error {
	rows, err := tx.Query(ctx, `SELECT `+conversationColumns+` FROM conversation WHERE tenant_id = $1 AND contact_id = $2
		AND (contact_name <> $3 OR contact_blocked <> $4) ORDER BY id`+tx.ForUpdate(), c.TenantID, c.ID, c.Name, c.Blocked)
	if err != nil {
		return err
	}
	defer rows.Close()
	w := s.newWork(tx)
	for rows.Next() {
		found, err := scanConversation(rows)
		if err != nil {
			return err
		}
		found.ContactName, found.Blocked = c.Name, c.Blocked
		e := w.take(found)
		e.dirty = true
		if found.Live() {
			e.moved = append(e.moved, move{actor: Actor{Kind: fromSystem}, cause: "auto", from: found.Owner})
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	return s.flush(ctx, tx, w)
}

// change runs one use case on one locked conversation. want is the version
// that the caller saw, 0 for any.
func (s *Service) change(ctx context.Context, tenantID, conversationID string, want int64, viewer *Viewer,
	apply func(ctx context.Context, tx *database.Tx, w *work, e *entry) error) (after Conversation, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		c, err := lock(ctx, tx, tenantID, conversationID)
		if err != nil {
			return err
		}
		if viewer != nil && !s.cfg.sees(*viewer, c) {
			return errAbsent()
		}
		if want != 0 && want != c.Version {
			return fault.New(fault.Conflict, "the conversation was changed by somebody else; load it again")
		}
		w := s.newWork(tx)
		e := w.take(c)
		if err := apply(ctx, tx, w, e); err != nil {
			return err
		}
		if err := s.flush(ctx, tx, w); err != nil {
			return err
		}
		after = *c
		return nil
	})
	if database.IsUnique(err) {
		return after, fault.New(fault.Conflict, "the customer has a newer conversation that is open")
	}
	return after, err
}
