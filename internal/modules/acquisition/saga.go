package acquisition

import (
	"context"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/crm"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// Kind names the sagas of journeys.
const Kind = "acquisition"

// Steps of a journey, with the numbers of the reference.
const (
	stepCustomer   = "customer"   // 3: the payer at the provider
	stepCheckout   = "checkout"   // 4: the provider's page
	stepPayment    = "payment"    // 5: waits for the money
	stepCompany    = "company"    // 6: all of ours, in one transaction
	stepBots       = "bots"       // 7
	stepCatalog    = "catalog"    // 7: on request
	stepRehearsal  = "rehearsal"  // 7: a number to try with, where there are simulators
	stepAccount    = "account"    // 8a
	stepContact    = "contact"    // 8b
	stepDeal       = "deal"       // 8c
	stepLetter     = "letter"     // 9
	stepActivation = "activation" // 10
	stepActivated  = "activated"  // 11: told to the CRM
)

// crmCircuit is the integration that the steps of the CRM share.
const crmCircuit = "zoho"

// Journey gives the steps, for registering.
func (s *Service) Journey() saga.Kind {
	payments := s.paymentCircuit()
	return saga.Kind{Name: Kind, Steps: []saga.Step{
		{Name: stepCustomer, Retry: saga.Net, Circuit: payments, Run: s.runCustomer, Poll: s.cfg.PollEvery},
		{Name: stepCheckout, After: []string{stepCustomer}, Retry: saga.Net, Circuit: payments, Run: s.runCheckout, Poll: s.cfg.PollEvery},
		{Name: stepPayment, After: []string{stepCheckout}, Retry: saga.Net, Circuit: payments, Run: s.runPayment, Poll: s.cfg.PollEvery},
		{Name: stepCompany, After: []string{stepPayment}, Retry: saga.DB, Run: s.runCompany},
		{Name: stepBots, After: []string{stepCompany}, Retry: saga.DB, Run: s.runBots},
		{Name: stepCatalog, After: []string{stepCompany}, Retry: saga.DB, Run: s.runCatalog},
		{Name: stepRehearsal, After: []string{stepBots}, Retry: saga.Net, Run: s.runRehearsal},
		{Name: stepAccount, After: []string{stepPayment}, Retry: saga.CRM, Circuit: crmCircuit, Run: s.runAccount},
		{Name: stepContact, After: []string{stepAccount}, Retry: saga.CRM, Circuit: crmCircuit, Run: s.runContact},
		{Name: stepDeal, After: []string{stepAccount, stepContact}, Retry: saga.CRM, Circuit: crmCircuit, Run: s.runDeal},
		{Name: stepLetter, After: []string{stepCompany}, Retry: saga.DB, Run: s.runLetter},
		{Name: stepActivation, After: []string{stepCompany}, Retry: saga.DB, Run: s.runActivation, Poll: time.Minute},
		{Name: stepActivated, After: []string{stepDeal, stepActivation}, Retry: saga.CRM, Circuit: crmCircuit, Run: s.runActivated},
	}}
}

// paymentCircuit names the integration that takes the money: where there are
// several, what stops one of them is tried through the others too.
func (s *Service) paymentCircuit() string {
	if len(s.providers) == 1 {
		return s.providers[0].Name()
	}
	return "payment"
}

// read loads a journey for a step.
func (s *Service) read(ctx context.Context, acquisitionID string) (a Acquisition, list []attempt, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if a, err = load(ctx, tx, acquisitionID, ""); err != nil {
			return err
		}
		list, err = attempts(ctx, tx, acquisitionID)
		return err
	})
	return a, list, err
}

// change writes to a journey under its lock, outside of the transaction that
// completes a step.
func (s *Service) change(ctx context.Context, acquisitionID string, fn func(ctx context.Context, tx *database.Tx, a *Acquisition) error) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		return within(ctx, tx, acquisitionID, func(a *Acquisition) error { return fn(ctx, tx, a) })
	})
}

// within changes a journey under its lock in a transaction that is there.
func within(ctx context.Context, tx *database.Tx, acquisitionID string, fn func(a *Acquisition) error) error {
	a, err := load(ctx, tx, acquisitionID, tx.ForUpdate())
	if err != nil {
		return err
	}
	if err := fn(&a); err != nil {
		return err
	}
	return save(ctx, tx, &a)
}

// patience is how many failures in a row a step of the payment takes for hiccups.
// From then on the provider counts as away: the step waits for it without using
// up its tries, since there is nothing that an operator could do.
const patience = 3

// paymentTrouble says what follows from a provider's answer, or its lack: all but
// what is about this buyer alone is trouble of the integration.
func paymentTrouble(job saga.Job, err error) error {
	var trouble *subscription.Trouble
	if !errors.As(err, &trouble) {
		return &saga.Outage{Class: "lost", Message: err.Error(), AtOnce: job.Attempt > patience}
	}
	switch trouble.Kind {
	case subscription.Refused:
		return &saga.Halt{Field: trouble.Field, Message: trouble.Message}
	case subscription.Throttled:
		return &saga.Outage{Class: "throttled", Message: trouble.Message, UntilMS: trouble.UntilMS, AtOnce: true}
	case subscription.Locked:
		return &saga.Outage{Class: "locked", Message: trouble.Message, AtOnce: true}
	case subscription.Down:
	}
	return &saga.Outage{Class: "down", Message: trouble.Message, AtOnce: job.Attempt > patience}
}

// crmTrouble says what follows from an answer of the CRM.
func crmTrouble(err error) error {
	var trouble *crm.Trouble
	switch {
	case err == nil:
		return nil
	case errors.Is(err, crm.ErrOff):
		return &saga.Omit{Note: "no CRM is connected"}
	case !errors.As(err, &trouble):
		return err
	}
	switch trouble.Kind {
	case crm.Refused:
		return &saga.Halt{Field: or(trouble.Ours, trouble.Field), Message: trouble.Message}
	case crm.Held:
		return err // this record alone: tried again by its class
	case crm.Throttled:
		return &saga.Outage{Class: "throttled", Message: trouble.Message, UntilMS: trouble.UntilMS, AtOnce: true}
	case crm.Locked:
		return &saga.Outage{Class: "locked", Message: trouble.Message, UntilMS: trouble.UntilMS, AtOnce: true}
	case crm.Down, crm.Stale:
	}
	return &saga.Outage{Class: "down", Message: trouble.Message, UntilMS: trouble.UntilMS}
}

// reasonOf gives the reason of an error, empty for none.
func reasonOf(err error) string {
	var f *fault.Error
	if errors.As(err, &f) {
		return f.Reason
	}
	return ""
}
