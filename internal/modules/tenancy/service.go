package tenancy

import (
	"context"
	"encoding/json"
	"strings"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Service holds the use cases; each opens its own transaction.
type Service struct {
	db       *database.DB
	emit     Emit
	clock    clock.Clock
	post     Post   // nil until bound
	people   People // nil until bound
	page     string
	counts   map[Meter]Count
	standing standing
}

// New makes the service.
func New(db *database.DB, emit Emit, clock clock.Clock) *Service {
	return &Service{db: db, emit: emit, clock: clock}
}

// By says who asks for a change, for the log and the event.
type By struct {
	Actor event.Actor
	IP    string
}

// Create makes a company, for an operator. Errors: fault.Invalid,
// fault.Conflict with reason slug_taken.
func (s *Service) Create(ctx context.Context, draft Draft, by By) (Company, error) {
	tenantID := id.New(id.Tenant, clock.MS(s.clock.Now()))
	var company Company
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if company, err = Insert(ctx, tx, tenantID, draft); err != nil {
			return err
		}
		return s.note(ctx, tx, company, "company.created", map[string]string{"slug": company.Slug}, by)
	})
	return company, err
}

// Get reads one company. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, tenantID string) (company Company, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		company, err = Load(ctx, tx, tenantID)
		return err
	})
	return company, err
}

// List gives all companies, oldest first, for operators.
func (s *Service) List(ctx context.Context, cursor string, limit int) (page.List[Company], error) {
	var after struct {
		ID string `json:"i"`
	}
	if _, err := page.Decode(cursor, &after); err != nil {
		return page.List[Company]{}, err
	}
	size := page.Size(limit)
	var list page.List[Company]
	err := s.db.Read(ctx, database.Platform("operators see all companies"), func(ctx context.Context, tx *database.Tx) (err error) {
		list.Items, err = listAfter(ctx, tx, after.ID, size+1)
		return err
	})
	if len(list.Items) > size {
		list.Items = list.Items[:size]
		after.ID = list.Items[size-1].ID
		list.Next = page.Encode(after)
	}
	return list, err
}

// Update is a change of a company's own settings; nil leaves a field as it is.
type Update struct {
	Name     *string
	Locale   *string
	Timezone *string
}

// Update changes a company's settings. Errors: fault.Invalid, fault.NotFound.
func (s *Service) Update(ctx context.Context, tenantID string, update Update, by By) (Company, error) {
	return s.change(ctx, tenantID, "company.updated", by, func(company *Company) (map[string]string, error) {
		facts := map[string]string{}
		for _, field := range []struct {
			name  string
			value *string
			into  *string
			check func(string) error
		}{
			{"name", update.Name, &company.Name, checkName},
			{"locale", update.Locale, &company.Locale, checkLocale},
			{"timezone", update.Timezone, &company.Timezone, checkTimezone},
		} {
			if field.value == nil {
				continue
			}
			value := strings.TrimSpace(*field.value)
			if err := field.check(value); err != nil {
				return nil, err
			}
			facts[field.name], *field.into = value, value
		}
		return facts, nil
	})
}

func (s *Service) change(ctx context.Context, tenantID, action string, by By, mutate func(*Company) (map[string]string, error)) (Company, error) {
	var company Company
	if err := checkID(tenantID); err != nil {
		return company, err
	}
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		if company, err = load(ctx, tx, tenantID, tx.ForUpdate()); err != nil {
			return err
		}
		facts, err := mutate(&company)
		if err != nil {
			return err
		}
		if err := save(ctx, tx, &company); err != nil {
			return err
		}
		return s.note(ctx, tx, company, action, facts, by)
	})
	return company, err
}

// checkID refuses what can't be a company's id, before it becomes the scope of a
// transaction. Error: fault.NotFound.
func checkID(tenantID string) error {
	if id.Check(id.Tenant, tenantID) != nil {
		return fault.New(fault.NotFound, "no such company")
	}
	return nil
}

// note writes the entry of the log and the event of a change.
func (s *Service) note(ctx context.Context, tx *database.Tx, company Company, action string, facts map[string]string, by By) error {
	err := audit.Write(ctx, tx, audit.Entry{TenantID: company.ID, Actor: by.Actor, Action: action, Target: company.ID, Facts: facts, IP: by.IP})
	if err != nil {
		return err
	}
	data, err := json.Marshal(struct {
		State State `json:"state"`
	}{company.State})
	if err != nil {
		return err
	}
	return s.emit(ctx, tx, 0, event.Envelope{
		Version: event.Version, TenantID: company.ID, Type: event.TenantUpdated, AtMS: tx.Now(),
		Actor: by.Actor, Cause: event.Manual, Data: data,
	})
}
