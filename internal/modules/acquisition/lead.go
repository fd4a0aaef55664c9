package acquisition

import (
	"context"

	"prosa/internal/base/fault"
	"prosa/internal/modules/crm"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// KindLead names the sagas of purchases that were begun and abandoned. Each is
// told to the CRM once, where that is wished.
const KindLead = "lead"

const stepLead = "lead"

// Leads gives the step of an abandoned purchase, for registering.
func (s *Service) Leads() saga.Kind {
	return saga.Kind{Name: KindLead, Steps: []saga.Step{{Name: stepLead, Retry: saga.CRM, Circuit: crmCircuit, Run: s.runLead}}}
}

// leadOf names the saga of a purchase's lead.
func leadOf(acquisitionID string) string { return "lead:" + acquisitionID }

// startLeads has the purchases that nobody touched for a while told to the CRM.
// Only who proved an address left a way to be written to.
func (s *Service) startLeads(ctx context.Context, tx *database.Tx) error {
	rows, err := tx.Query(ctx, `UPDATE acquisition SET lead_ms = $1 WHERE id IN (
			SELECT id FROM acquisition WHERE lead_ms = 0 AND state IN ('draft', 'expired') AND email_proven_ms > 0 AND updated_ms < $2 ORDER BY id LIMIT $3)
		RETURNING id`, tx.Now(), tx.Now()-s.cfg.LeadAfter.Milliseconds(), sweepBatch)
	if err != nil {
		return err
	}
	defer rows.Close()
	var ids []string
	for rows.Next() {
		var acquisitionID string
		if err := rows.Scan(&acquisitionID); err != nil {
			return err
		}
		ids = append(ids, acquisitionID)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	rows.Close()
	for _, acquisitionID := range ids {
		if err := s.sagas.Start(ctx, tx, KindLead, leadOf(acquisitionID)); err != nil {
			return err
		}
	}
	return nil
}

// runLead writes an abandoned purchase into the CRM, unless its visitor came
// back meanwhile or leads are not wished.
func (s *Service) runLead(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, _, err := s.read(ctx, job.SagaID[len(leadOf("")):])
	switch {
	case fault.Is(err, fault.NotFound):
		return nil, &saga.Omit{Note: "the purchase was forgotten"}
	case err != nil:
		return nil, err
	case a.State != Draft && a.State != Expired:
		return nil, &saga.Omit{Note: "the purchase went on"}
	}
	version, err := s.plans.Version(ctx, a.VersionID)
	if err != nil {
		return nil, err
	}
	leadID, err := s.with.CRM.Lead(ctx, crm.Lead{
		Email: mended(job, "email", a.Email), Name: mended(job, "name", or(a.Person.Name, a.Email)), Company: mended(job, "company", or(a.billed(), a.Email)),
		Phone: mended(job, "phone", a.Person.Phone), Note: version.Name.In("pt-BR"),
	})
	if err == nil && leadID == "" {
		return nil, &saga.Omit{Note: "leads are not wished"}
	}
	return output(leadID, err)
}
