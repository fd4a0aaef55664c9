package mail

import (
	"context"
	"encoding/json"
	"log/slog"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
	"prosa/internal/platform/secretbox"
)

// topic is rung by transactions that leave a letter to be sent.
const topic = "mail.due"

// Service holds the use cases.
type Service struct {
	cfg    Config
	db     *database.DB
	sealer Sealer
	sender Sender // nil sends nothing
	book   *book
	logger *slog.Logger
	wake   chan struct{}
}

// New makes the service. A nil sender means that this installation sends no
// mail: letters fail at once, with that as their reason.
func New(cfg Config, db *database.DB, sealer Sealer, sender Sender, logger *slog.Logger) (*Service, error) {
	texts, err := openBook()
	if err != nil {
		return nil, err
	}
	s := &Service{cfg: cfg, db: db, sealer: sealer, sender: sender, book: texts, logger: logger, wake: make(chan struct{}, 1)}
	db.OnNotify(topic, func(int) {
		select {
		case s.wake <- struct{}{}:
		default: // a sweep is due already
		}
	})
	return s, nil
}

// Works tells whether this installation sends mail.
func (s *Service) Works() bool { return s.sender != nil }

// Send leaves a letter to be sent once the caller's transaction is committed;
// one with the same company and key that is there already stays as it is.
// Errors: fault.Invalid for an address that is none, fault.Internal for a
// letter that can't be written.
func (s *Service) Send(ctx context.Context, tx *database.Tx, l Letter) error {
	if err := l.check(); err != nil {
		return err
	}
	// What can't be rendered is told to who asks, not found out later.
	if _, err := s.book.render(l.Template, l.Locale, l.Data); err != nil {
		return err
	}
	if l.ExpiresMS == 0 {
		l.ExpiresMS = tx.Now() + usualLife.Milliseconds()
	}
	letterID := id.New(id.Letter, tx.Now())
	plain, err := json.Marshal(l.Data)
	if err != nil {
		return err
	}
	sealed, err := s.sealer.Seal(place(l.TenantID, letterID), plain)
	if err != nil {
		return err
	}
	tx.Notify(topic, 0)
	return insertLetter(ctx, tx, l, letterID, sealed)
}

// Withdraw keeps a letter from being sent, if it still can be, and forgets what
// it says. A letter that is not there is no error.
func (s *Service) Withdraw(ctx context.Context, tx *database.Tx, tenantID, key string) error {
	_, err := tx.Exec(ctx, `UPDATE mail_letter SET data = '', updated_ms = $3,
			next_ms = CASE WHEN state = 'queued' THEN 0 ELSE next_ms END,
			reason = CASE WHEN state = 'queued' THEN 'withdrawn' ELSE reason END,
			state = CASE WHEN state = 'queued' THEN 'failed' ELSE state END
		WHERE tenant_id = $1 AND letter_key = $2`, tenantID, key, tx.Now())
	return err
}

// place names where a letter's data is sealed for.
func place(tenantID, letterID string) string {
	return secretbox.AAD(tenantID, "mail_letter", letterID)
}

// Of tells how far the letters of a company with the keys are, by key.
func (s *Service) Of(ctx context.Context, tenantID string, keys []string) (map[string]Status, error) {
	found := map[string]Status{}
	if len(keys) == 0 {
		return found, nil
	}
	err := s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err := byKeys(ctx, tx, tenantID, keys)
		clear(found)
		for _, status := range list {
			found[status.key] = status
		}
		return err
	})
	return found, err
}

// List gives all letters, newest first, for operators. Nothing of what a letter
// says is told. state narrows it, empty does not.
func (s *Service) List(ctx context.Context, state State, cursor string, limit int) (list page.List[Status], err error) {
	before := "ltr_~" // behind any id
	if _, err := page.Decode(cursor, &before); err != nil {
		return list, err
	}
	size := page.Size(limit)
	err = s.db.Read(ctx, database.Platform("operators see how far the letters of all companies are"), func(ctx context.Context, tx *database.Tx) error {
		list.Items, err = letters(ctx, tx, state, before, size+1)
		return err
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}

// Again sends a letter of a company once more, as it is. Errors:
// fault.NotFound; fault.Refused with reason letter_done when it is under way,
// arrived or out of date.
func (s *Service) Again(ctx context.Context, tenantID, key string, by event.Actor, ip string) (status Status, err error) {
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		list, err := byKeys(ctx, tx, tenantID, []string{key})
		if err != nil {
			return err
		}
		if len(list) == 0 {
			return errNoLetter()
		}
		status, err = again(ctx, tx, list[0])
		if err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: by, Action: "letter.sent_again", Target: status.ID, IP: ip})
	})
	return status, err
}

// Mend sends a letter of any company once more, for operators: the address is
// taken off the lists of those that take no mail, ours and the vendor's. Errors
// as of Again, and fault.Unavailable when the vendor can't be asked.
func (s *Service) Mend(ctx context.Context, letterID string, by event.Actor, ip string) (status Status, err error) {
	everywhere := database.Platform("an operator mends the letter of any company")
	err = s.db.Read(ctx, everywhere, func(ctx context.Context, tx *database.Tx) error {
		status, err = byID(ctx, tx, letterID, "")
		return err
	})
	if err != nil {
		return status, err
	}
	if !status.Again {
		return status, errLetterDone()
	}
	if vendor, ok := s.sender.(Absolver); ok {
		if err := vendor.Absolve(ctx, status.To); err != nil {
			return status, fault.Wrap(err, fault.Unavailable, "the vendor can't be asked to take the address off its lists")
		}
	}
	err = s.db.Write(ctx, everywhere, func(ctx context.Context, tx *database.Tx) error {
		if status, err = byID(ctx, tx, letterID, tx.ForUpdate()); err != nil {
			return err
		}
		if err := absolve(ctx, tx, status.To); err != nil {
			return err
		}
		if status, err = again(ctx, tx, status); err != nil {
			return err
		}
		return audit.Write(ctx, tx, audit.Entry{TenantID: status.TenantID, Actor: by, Action: "letter.mended", Target: status.ID, IP: ip})
	})
	return status, err
}

func again(ctx context.Context, tx *database.Tx, status Status) (Status, error) {
	if !status.Again {
		return status, errLetterDone()
	}
	tx.Notify(topic, 0)
	return requeue(ctx, tx, status)
}

func errNoLetter() error { return fault.New(fault.NotFound, "no such letter") }

func errLetterDone() error {
	return fault.Refuse("letter_done", "the letter is on its way, has arrived or is out of date")
}
