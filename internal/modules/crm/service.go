package crm

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"sync/atomic"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
)

// Service holds the use cases.
type Service struct {
	cfg    Config
	db     *database.DB
	sealer Sealer
	vendor Vendor
	logger *slog.Logger
	places chan struct{} // calls under way
	noted  atomic.Int64  // when a success was written down last, in milliseconds
}

// New makes the service.
func New(cfg Config, db *database.DB, sealer Sealer, vendor Vendor, logger *slog.Logger) *Service {
	return &Service{cfg: cfg, db: db, sealer: sealer, vendor: vendor, logger: logger, places: make(chan struct{}, cfg.AtOnce)}
}

// Account makes the account, or changes the one with the same tax id, and gives
// its id. Errors: ErrOff, *Trouble.
func (s *Service) Account(ctx context.Context, a Account) (string, error) {
	if err := a.check(); err != nil {
		return "", err
	}
	return s.write(ctx, EntityAccount, func(ctx context.Context, session Session) (Written, error) {
		return s.vendor.Account(ctx, session, a)
	})
}

// Contact makes the contact, or changes the one with the same e-mail address, and
// gives its id. Errors: ErrOff, *Trouble.
func (s *Service) Contact(ctx context.Context, c Contact) (string, error) {
	if err := c.check(); err != nil {
		return "", err
	}
	return s.write(ctx, EntityContact, func(ctx context.Context, session Session) (Written, error) {
		return s.vendor.Contact(ctx, session, c)
	})
}

// Deal makes the deal, or changes the one with the same contract, and gives its
// id. Errors: ErrOff, *Trouble.
func (s *Service) Deal(ctx context.Context, d Deal) (string, error) {
	if err := d.check(); err != nil {
		return "", err
	}
	return s.write(ctx, EntityDeal, func(ctx context.Context, session Session) (Written, error) {
		return s.vendor.Deal(ctx, session, d)
	})
}

// Stage moves a deal to a stage. dealID may be empty: the contract finds it.
// Errors: ErrOff, *Trouble.
func (s *Service) Stage(ctx context.Context, contractID, dealID string, stage Stage) error {
	if err := stage.check(); err != nil {
		return err
	}
	if contractID == "" && dealID == "" {
		return refused("contract_id", "the deal has no contract number")
	}
	_, err := s.write(ctx, EntityDeal, func(ctx context.Context, session Session) (Written, error) {
		return s.vendor.Stage(ctx, session, contractID, dealID, stage)
	})
	return err
}

// Lead makes the lead, or changes the one with the same e-mail address, and gives
// its id; empty when leads are not wished. Errors: ErrOff, *Trouble.
func (s *Service) Lead(ctx context.Context, l Lead) (string, error) {
	if err := l.check(); err != nil {
		return "", err
	}
	settings, err := s.Settings(ctx)
	if err != nil || !settings.Leads {
		return "", err
	}
	return s.write(ctx, EntityLead, func(ctx context.Context, session Session) (Written, error) {
		return s.vendor.Lead(ctx, session, l)
	})
}

// write has the vendor write one record.
func (s *Service) write(ctx context.Context, entity Entity, write func(context.Context, Session) (Written, error)) (string, error) {
	var written Written
	err := s.call(ctx, func(ctx context.Context, access Access) error {
		session, err := s.session(ctx, access, entity)
		if err != nil {
			return err
		}
		written, err = write(ctx, session)
		return err
	})
	if err != nil {
		return "", err
	}
	s.note(ctx, written)
	return written.ID, nil
}

func (s *Service) session(ctx context.Context, access Access, entity Entity) (Session, error) {
	session := Session{Access: access}
	var err error
	if session.Settings, err = s.Settings(ctx); err != nil {
		return session, err
	}
	session.Fields, err = s.shape(ctx, access, entity)
	return session, err
}

// note writes down that the CRM works, at most once a minute. The record is
// written, so a failure is only logged.
func (s *Service) note(ctx context.Context, written Written) {
	err := s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		before := s.noted.Load()
		if tx.Now()-before < successEvery.Milliseconds() || !s.noted.CompareAndSwap(before, tx.Now()) {
			return nil
		}
		_, err := tx.Exec(ctx, `UPDATE crm_connection SET success_ms = $2, credits = $3, trouble = '', problem = '' WHERE vendor = $1`, s.vendor.Name(), tx.Now(), written.Credits)
		return err
	})
	if err != nil {
		s.logger.WarnContext(ctx, "that the CRM works could not be written down", "error", err)
	}
}

// shape gives the fields of a kind of record, from the row while it is believed.
// Without the right to read them records are written unshortened: that alone
// must not stop contracts, and the field check tells it.
func (s *Service) shape(ctx context.Context, access Access, entity Entity) ([]Field, error) {
	fields, ageMS, err := s.loadShape(ctx, entity)
	if err != nil {
		return nil, err
	}
	if ageMS >= 0 && ageMS < s.cfg.ShapeLife.Milliseconds() {
		return fields, nil
	}
	told, err := s.vendor.Fields(ctx, access, entity)
	if err == nil {
		return told, s.saveShape(ctx, entity, told)
	}
	switch t := troubleOf(err); {
	case t.Kind == Stale:
		return nil, t
	case ageMS >= 0 || t.Kind == Locked:
		return fields, nil
	default:
		return nil, t
	}
}

// loadShape gives a negative age when nothing is known.
func (s *Service) loadShape(ctx context.Context, entity Entity) (fields []Field, ageMS int64, err error) {
	err = s.db.Read(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		var content string
		var fetchedMS int64
		err := tx.QueryRow(ctx, `SELECT content, fetched_ms FROM crm_shape WHERE vendor = $1 AND entity = $2`, s.vendor.Name(), string(entity)).Scan(&content, &fetchedMS)
		if errors.Is(err, database.ErrNoRows) {
			ageMS = -1
			return nil
		}
		if err != nil {
			return err
		}
		ageMS = max(tx.Now()-fetchedMS, 0)
		return fault.Wrap(json.Unmarshal([]byte(content), &fields), fault.Internal, "the fields of the CRM can't be read")
	})
	return fields, ageMS, err
}

func (s *Service) saveShape(ctx context.Context, entity Entity, fields []Field) error {
	content, err := json.Marshal(fields)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO crm_shape (vendor, entity, content, fetched_ms) VALUES ($1, $2, $3, $4)
			ON CONFLICT (vendor, entity) DO UPDATE SET content = excluded.content, fetched_ms = excluded.fetched_ms`, s.vendor.Name(), string(entity), string(content), tx.Now())
		return err
	})
}
