package crm

import (
	"context"
	"encoding/json"
	"errors"
	"regexp"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
)

// Settings say what things are called in this CRM. Names of fields are its API
// names.
type Settings struct {
	TaxIDField    string           `json:"tax_id_field" maxLength:"100" doc:"Field of an account that holds CNPJ or CPF; it must be unique in the CRM."`
	ContractField string           `json:"contract_field" maxLength:"100" doc:"Field of a deal that holds the contract's number; it must be unique in the CRM."`
	Stages        map[Stage]string `json:"stages" doc:"What the stages of a deal are called: won, active, canceled."`
	Pipeline      string           `json:"pipeline" maxLength:"200" doc:"Pipeline of new deals; empty where the CRM has none."`
	LeadSource    string           `json:"lead_source" maxLength:"200" doc:"Source of new deals and leads; empty leaves it."`
	LeadStatus    string           `json:"lead_status" maxLength:"200" doc:"Status of new leads; empty leaves it."`
	Leads         bool             `json:"leads" doc:"Purchases that were begun and abandoned become leads."`
	UpdatedMS     int64            `json:"updated_ms" readOnly:"true" doc:"0: never changed."`
	Version       int64            `json:"version" doc:"The version that was seen; a later one is a conflict."`
}

// fieldName is what an API name of a field may be.
var fieldName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_]{0,99}$`)

func (s *Settings) check() error {
	for field, name := range map[string]string{"tax_id_field": s.TaxIDField, "contract_field": s.ContractField} {
		if !fieldName.MatchString(name) {
			return fault.OnField(field, "must be the API name of a field: letters, digits and _")
		}
	}
	for _, stage := range Stages() {
		s.Stages[stage] = strings.TrimSpace(s.Stages[stage])
		if name := s.Stages[stage]; name == "" || len(name) > 200 {
			return fault.OnField("stages."+string(stage), "must have a name of at most 200 characters")
		}
	}
	if len(s.Stages) != len(Stages()) {
		return fault.OnField("stages", "holds a stage that is none")
	}
	return nil
}

// Settings gives what things are called.
func (s *Service) Settings(ctx context.Context) (settings Settings, err error) {
	err = s.db.Read(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		settings, err = s.settings(ctx, tx)
		return err
	})
	return settings, err
}

func (s *Service) settings(ctx context.Context, tx *database.Tx) (Settings, error) {
	settings := s.vendor.Usual()
	var content string
	var updatedMS, version int64
	err := tx.QueryRow(ctx, `SELECT content, updated_ms, version FROM crm_setting WHERE vendor = $1`, s.vendor.Name()).Scan(&content, &updatedMS, &version)
	if errors.Is(err, database.ErrNoRows) {
		return settings, nil
	}
	if err != nil {
		return settings, err
	}
	// Over the usual ones, so that a setting of a later version has its usual value.
	if err := json.Unmarshal([]byte(content), &settings); err != nil {
		return settings, fault.Wrap(err, fault.Internal, "the settings of the CRM can't be read")
	}
	settings.UpdatedMS, settings.Version = updatedMS, version
	return settings, nil
}

// Set changes what things are called. Errors: fault.Invalid, fault.Conflict for a
// version that is not the newest.
func (s *Service) Set(ctx context.Context, in Settings, by event.Actor, ip string) (Settings, error) {
	if in.Stages == nil {
		in.Stages = map[Stage]string{}
	}
	if err := in.check(); err != nil {
		return in, err
	}
	err := s.db.Write(ctx, platform(), func(ctx context.Context, tx *database.Tx) error {
		before, err := s.settings(ctx, tx)
		if err != nil {
			return err
		}
		if in.Version != before.Version {
			return fault.New(fault.Conflict, "the settings were changed by somebody else; load them again")
		}
		in.UpdatedMS, in.Version = tx.Now(), in.Version+1
		content, err := json.Marshal(in)
		if err != nil {
			return err
		}
		changed, err := tx.Exec(ctx, `INSERT INTO crm_setting (vendor, content, updated_ms, version) VALUES ($1, $2, $3, $4)
			ON CONFLICT (vendor) DO UPDATE SET content = excluded.content, updated_ms = excluded.updated_ms, version = excluded.version
			WHERE crm_setting.version = excluded.version - 1`, s.vendor.Name(), string(content), in.UpdatedMS, in.Version)
		if err != nil {
			return err
		}
		if changed == 0 {
			return fault.New(fault.Conflict, "the settings were changed by somebody else; load them again")
		}
		return audit.Write(ctx, tx, audit.Entry{
			Actor: by, IP: ip, Action: "crm.settings_changed", Target: s.vendor.Name(),
			Facts: map[string]string{"tax_id_field": in.TaxIDField, "contract_field": in.ContractField},
		})
	})
	return in, err
}
