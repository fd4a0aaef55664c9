package crm

import (
	"context"
	"errors"

	"prosa/internal/platform/database"
)

// Finding is something about the CRM's fields that an operator should know.
type Finding struct {
	Entity Entity `json:"entity" doc:"account, contact, deal or lead."`
	Field  string `json:"field" doc:"The CRM's API name."`
	Code   string `json:"code" enum:"missing,not_unique,too_short,mandatory,unknown_value,unreadable" doc:"missing: there is no such field. not_unique: two records could hold the same. too_short. mandatory: the CRM wants it and we don't fill it. unknown_value: the pick list has no such value. unreadable: the fields could not be read."`
	Value  string `json:"value" doc:"What was looked for, or how long it must be; empty for none."`
	// Blocks says that records will be refused, or doubled, until it is mended.
	Blocks bool `json:"blocks" doc:"Contracts can't be written until it is mended."`
}

// Report is what a field check found.
type Report struct {
	CheckedMS int64     `json:"checked_ms"`
	OK        bool      `json:"ok" doc:"Nothing blocks."`
	Findings  []Finding `json:"findings" nullable:"false"`
}

// FieldCheck reads the fields of the CRM, keeps what it read, and compares it
// with what is written into them. Errors: ErrOff, fault.Refused (reason
// crm_refused) and fault.Unavailable with what the vendor said.
func (s *Service) FieldCheck(ctx context.Context) (Report, error) {
	settings, err := s.Settings(ctx)
	if err != nil {
		return Report{}, err
	}
	entities := []Entity{EntityAccount, EntityContact, EntityDeal}
	if settings.Leads {
		entities = append(entities, EntityLead)
	}
	fields := map[Entity][]Field{}
	report := Report{Findings: []Finding{}}
	for _, entity := range entities {
		err := s.call(ctx, func(ctx context.Context, access Access) (err error) {
			fields[entity], err = s.vendor.Fields(ctx, access, entity)
			return err
		})
		if err == nil {
			err = s.saveShape(ctx, entity, fields[entity])
		}
		if t := new(Trouble); errors.As(err, &t) && t.Kind == Locked {
			delete(fields, entity)
			report.Findings = append(report.Findings, Finding{Entity: entity, Code: "unreadable", Value: t.Message})
			err = nil
			if len(report.Findings) == len(entities) {
				err = t
			}
		}
		if err != nil {
			return report, told(err)
		}
	}
	report.Findings = append(report.Findings, s.vendor.Check(settings, fields)...)
	report.OK = true
	for _, finding := range report.Findings {
		report.OK = report.OK && !finding.Blocks
	}
	err = s.db.Read(ctx, platform(), func(_ context.Context, tx *database.Tx) error {
		report.CheckedMS = tx.Now()
		return nil
	})
	return report, err
}
