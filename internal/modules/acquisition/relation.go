package acquisition

import (
	"context"

	"prosa/internal/modules/crm"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// output completes a step with what the CRM calls the record.
func output(recordID string, err error) (saga.Commit, error) {
	if err != nil {
		return nil, crmTrouble(err)
	}
	return func(context.Context, *database.Tx) (string, error) { return recordID, nil }, nil
}

// mended gives a field as an operator corrected it.
func mended(job saga.Job, field, value string) string { return or(job.Mended[field], value) }

// runAccount writes who bought into the CRM.
func (s *Service) runAccount(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, _, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	c := a.Company
	street := c.Street + ", " + c.Number
	if c.Complement != "" {
		street += " " + c.Complement
	}
	return output(s.with.CRM.Account(ctx, crm.Account{
		Key: a.ID, Name: mended(job, "name", a.billed()), TaxID: mended(job, "tax_id", a.taxID), Phone: mended(job, "phone", a.Person.Phone),
		Street: mended(job, "street", street), City: mended(job, "city", c.City), State: mended(job, "state", c.State), ZIP: mended(job, "zip", c.ZIP), Country: "Brasil",
	}))
}

// runContact writes the person into the CRM.
func (s *Service) runContact(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, _, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if job.Output[stepAccount] == "" {
		return nil, &saga.Omit{Note: "there is no account in the CRM"}
	}
	return output(s.with.CRM.Contact(ctx, crm.Contact{
		Email: mended(job, "email", a.Email), Name: mended(job, "name", a.Person.Name), Phone: mended(job, "phone", a.Person.Phone), AccountID: job.Output[stepAccount],
	}))
}

// runDeal writes the contract into the CRM: found again by its number, so that
// it is there once, however often this runs.
func (s *Service) runDeal(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, list, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if job.Output[stepAccount] == "" {
		return nil, &saga.Omit{Note: "there is no account in the CRM"}
	}
	deal := crm.Deal{
		ContractID: a.ContractNo, Name: mended(job, "name", a.known()+" - "+a.ContractNo), ClosingMS: a.PaidMS,
		AccountID: job.Output[stepAccount], ContactID: job.Output[stepContact], Stage: crm.StageWon,
	}
	for _, t := range list {
		if t.dropped || t.state != string(subscription.CheckoutPaid) {
			continue
		}
		version, err := s.plans.Version(ctx, t.versionID)
		if err != nil {
			return nil, err
		}
		deal.Amount, deal.Currency = t.quote.due(), t.quote.Currency
		deal.Name = mended(job, "name", a.known()+" - "+version.Name.In("pt-BR")+" - "+a.ContractNo)
	}
	return output(s.with.CRM.Deal(ctx, deal))
}

// runActivated tells the CRM that the company's people have come.
func (s *Service) runActivated(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, _, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if job.Output[stepDeal] == "" {
		return nil, &saga.Omit{Note: "there is no deal in the CRM"}
	}
	return output(job.Output[stepDeal], s.with.CRM.Stage(ctx, a.ContractNo, job.Output[stepDeal], crm.StageActive))
}
