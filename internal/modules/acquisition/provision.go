package acquisition

import (
	"context"
	"fmt"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// itself is who makes companies.
func itself() event.Actor { return event.Actor{Kind: "system", ID: "acquisition"} }

// runCompany makes the company, with all that it needs to begin, in the
// transaction that completes the step: either all of it is there, or none.
func (s *Service) runCompany(_ context.Context, job saga.Job) (saga.Commit, error) {
	return func(ctx context.Context, tx *database.Tx) (tenantID string, err error) {
		err = within(ctx, tx, job.SagaID, func(a *Acquisition) error {
			if a.TenantID == "" {
				if err := s.found(ctx, tx, a); err != nil {
					return err
				}
			}
			tenantID = a.TenantID
			return nil
		})
		return tenantID, err
	}, nil
}

// found makes the company of a journey.
func (s *Service) found(ctx context.Context, tx *database.Tx, a *Acquisition) error {
	// Made of the journey's id: a transaction that runs again makes the same one.
	tenantID := id.Derive(id.Tenant, tx.Now(), a.ID)
	company, err := s.insertCompany(ctx, tx, tenantID, *a)
	if err != nil {
		return err
	}
	start, err := s.start(ctx, tx, *a)
	if err != nil {
		return err
	}
	if err := s.with.Subscriptions.Begin(ctx, tx, tenantID, start); err != nil {
		return err
	}
	a.TenantID, a.State = tenantID, Active
	if _, _, err := s.inviteFirst(ctx, tx, a, 0); err != nil {
		return err
	}
	return audit.Write(ctx, tx, audit.Entry{
		TenantID: tenantID, Actor: itself(), Action: "company.created", Target: tenantID,
		Facts: map[string]string{"slug": company.Slug, "acquisition": a.ID, "contract": a.ContractNo, "version": a.VersionID, "terms": a.Terms.Hash},
	})
}

// insertCompany finds the company a free short name.
func (s *Service) insertCompany(ctx context.Context, tx *database.Tx, tenantID string, a Acquisition) (tenancy.Company, error) {
	draft := tenancy.Draft{Name: clip(a.known(), 120), Line: or(s.cfg.Line, tenancy.Massivo), Locale: a.Locale, TaxID: a.taxID}
	slug := tenancy.Slug(draft.Name)
	const tries = 50
	for n := 1; n <= tries; n++ {
		draft.Slug = slug
		if n > 1 {
			draft.Slug = fmt.Sprintf("%s-%d", tenancy.Slug(clip(slug, 42)), n)
		}
		company, err := tenancy.Insert(ctx, tx, tenantID, draft)
		if !fault.Is(err, fault.Conflict) {
			return company, err
		}
	}
	draft.Slug = "empresa-" + tenantID[len(tenantID)-12:]
	return tenancy.Insert(ctx, tx, tenantID, draft)
}

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most])
	}
	return text
}

// start is what the company pays from now on: what was paid for.
func (s *Service) start(ctx context.Context, tx *database.Tx, a Acquisition) (subscription.Start, error) {
	list, err := attempts(ctx, tx, a.ID)
	if err != nil {
		return subscription.Start{}, err
	}
	var paid attempt
	for _, t := range list {
		if t.state == string(subscription.CheckoutPaid) && !t.dropped {
			paid = t
		}
	}
	if paid.try == 0 {
		return subscription.Start{}, fault.New(fault.Internal, "the journey %s makes a company and has no checkout that was paid", a.ID)
	}
	start := subscription.Start{
		Provider: paid.provider, CustomerID: or(paid.detail.CustomerID, a.CustomerID), SubscriptionID: paid.detail.SubscriptionID,
		VersionID: paid.versionID, Interval: subscription.Interval(paid.interval), Price: paid.quote.Price, Discount: paid.quote.Discount,
		DiscountCycles: paid.quote.DiscountCycles, Currency: paid.quote.Currency, State: subscription.Active, Payer: a.payer(),
	}
	start.PeriodEndMS = periodEnd(a.PaidMS, plan.Interval(paid.interval))
	if paid.quote.TrialDays > 0 {
		start.State = subscription.Trialing
		start.TrialEndMS = a.PaidMS + int64(paid.quote.TrialDays)*24*time.Hour.Milliseconds()
		start.PeriodEndMS = start.TrialEndMS
	}
	return start, nil
}

// payer is who gets bills and fiscal documents.
func (a Acquisition) payer() subscription.Payer {
	c := a.Company
	return subscription.Payer{
		Kind: c.Kind, LegalName: a.billed(), TaxID: a.taxID, StateRegistration: c.StateRegistration, MunicipalRegistration: c.MunicipalRegistration, Regime: c.Regime,
		ISSWithheld: c.ISSWithheld, Email: or(c.FiscalEmail, a.Email), Phone: a.Person.Phone, ZIP: c.ZIP, Street: c.Street, Number: c.Number, Complement: c.Complement,
		District: c.District, City: c.City, CityCode: c.CityCode, State: c.State,
	}
}

// periodEnd is when the first period ends, on the same day of a later month, or
// its last one.
func periodEnd(fromMS int64, interval plan.Interval) int64 {
	from := clock.FromMS(fromMS).In(houseZone())
	months := 1
	if interval == plan.Year {
		months = 12
	}
	to := from.AddDate(0, months, 0)
	if to.Day() != from.Day() {
		to = to.AddDate(0, 0, -to.Day()) // 31 January, and a month, is 28 February
	}
	return clock.MS(to)
}

// runBots asks for the bots of the trade, as drafts. What the plan has no room
// for is left out: the company finds it among the templates.
func (s *Service) runBots(_ context.Context, job saga.Job) (saga.Commit, error) {
	return func(ctx context.Context, tx *database.Tx) (string, error) {
		a, err := load(ctx, tx, job.SagaID, "")
		if err != nil {
			return "", err
		}
		first := ""
		for _, bot := range botsOf(a.Trade, a.Locale) {
			botID, err := s.with.Bots.Make(ctx, tx, a.TenantID, bot)
			if fault.Is(err, fault.Refused) && reasonOf(err) == "plan_limit" {
				break
			}
			if err != nil {
				return "", err
			}
			first = or(first, botID)
		}
		return first, nil
	}, nil
}

// runCatalog fills the shop, when that was wished.
func (s *Service) runCatalog(ctx context.Context, job saga.Job) (saga.Commit, error) {
	a, _, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	if !a.SampleCatalog {
		return nil, &saga.Omit{Note: "no sample catalog was wished"}
	}
	return nil, s.with.Goods.Sample(ctx, a.TenantID, a.Trade)
}

// runRehearsal gives the company a simulated number with its first bot.
func (s *Service) runRehearsal(ctx context.Context, job saga.Job) (saga.Commit, error) {
	if s.with.Rehearsal == nil {
		return nil, &saga.Omit{Note: "this installation has no simulators"}
	}
	botID := job.Output[stepBots]
	if botID == "" {
		return nil, &saga.Omit{Note: "the company has no bot"}
	}
	a, _, err := s.read(ctx, job.SagaID)
	if err != nil {
		return nil, err
	}
	return nil, s.with.Rehearsal.Open(ctx, a.TenantID, botID)
}
