package subscription

import (
	"context"
	"log/slog"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// topic is rung by transactions that leave something to be done.
const topic = "subscription.due"

// Service holds the use cases.
type Service struct {
	cfg       Config
	db        *database.DB
	plans     Plans
	companies Companies
	people    tenancy.People
	used      Used
	post      Post
	site      string
	logger    *slog.Logger
	providers map[string]Provider
	order     []string // of the providers
	checkouts Checkouts
	wake      chan struct{}
	rests     rests
}

// Deps is what a Service is made of.
type Deps struct {
	DB        *database.DB
	Plans     Plans
	Companies Companies
	// People are whom letters about money go to.
	People tenancy.People
	Used   Used
	Post   Post
	// Site is where browsers reach the pages of companies, without a path.
	Site   string
	Logger *slog.Logger
}

// New makes the service.
func New(cfg Config, deps Deps) *Service {
	s := &Service{
		cfg: cfg, db: deps.DB, plans: deps.Plans, companies: deps.Companies, people: deps.People, used: deps.Used, post: deps.Post, site: strings.TrimRight(deps.Site, "/"), logger: deps.Logger,
		providers: map[string]Provider{}, wake: make(chan struct{}, 1),
		rests: rests{until: map[string]rest{}},
	}
	s.db.OnNotify(topic, func(int) {
		select {
		case s.wake <- struct{}{}:
		default: // a sweep is due already
		}
	})
	return s
}

// Bind names who takes money, the usual one first. app calls it once, before the
// start: the provider of contracts keeps its books here.
func (s *Service) Bind(providers ...Provider) {
	for _, p := range providers {
		s.providers[p.Name()] = p
		s.order = append(s.order, p.Name())
	}
}

// BindCheckouts names whose the checkouts of companies that are not there yet
// are. app calls it once, before the start.
func (s *Service) BindCheckouts(checkouts Checkouts) { s.checkouts = checkouts }

// Provider gives the provider of that name.
func (s *Service) Provider(name string) (Provider, bool) {
	p, ok := s.providers[name]
	return p, ok
}

// Vendors lists the providers that have a page to pay on, the usual one first.
func (s *Service) Vendors() []string {
	return slices.DeleteFunc(slices.Clone(s.order), func(name string) bool { return len(s.providers[name].Methods()) == 0 })
}

// provider gives who takes a subscription's money. Error: fault.Unavailable.
func (s *Service) provider(name string) (Provider, error) {
	p, ok := s.providers[name]
	if !ok {
		return nil, fault.New(fault.Unavailable, "this installation does not work with %q", name)
	}
	return p, nil
}

// By says who asks for something, for the log.
type By struct {
	Actor event.Actor
	IP    string
}

func (b By) log(ctx context.Context, tx *database.Tx, tenantID, action, target string, facts map[string]string) error {
	return audit.Write(ctx, tx, audit.Entry{TenantID: tenantID, Actor: b.Actor, Action: action, Target: target, Facts: facts, IP: b.IP})
}

// itself is who acts when nobody asked.
func itself() By { return By{Actor: event.Actor{Kind: "system", ID: "subscription"}} }

// Begin writes a company's subscription, with what its plan grants, in the
// caller's transaction. A company that has one gets the new one in its place
// when the old one has ended. Errors: fault.Invalid; fault.Conflict with reason
// subscribed.
func (s *Service) Begin(ctx context.Context, tx *database.Tx, tenantID string, start Start) error {
	if err := start.check(); err != nil {
		return err
	}
	old, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate())
	switch {
	case fault.Is(err, fault.NotFound):
	case err != nil:
		return err
	case old.runs():
		return &fault.Error{Code: fault.Conflict, Reason: "subscribed", Message: "the company has a subscription already"}
	}
	sub := Subscription{
		TenantID: tenantID, ID: old.ID, Provider: start.Provider, CustomerID: start.CustomerID, ExternalID: start.SubscriptionID, VersionID: start.VersionID,
		Interval: start.Interval, Price: start.Price, Discount: start.Discount, DiscountCycles: start.DiscountCycles, Currency: start.Currency, State: start.State,
		PeriodStartMS: tx.Now(), PeriodEndMS: start.PeriodEndMS, TrialEndMS: start.TrialEndMS, CreatedMS: tx.Now(), told: "active", dueMS: tx.Now(), version: old.version + 1,
	}
	if sub.ID == "" {
		sub.ID = id.New(id.Subscription, tx.Now())
	} else {
		sub.CreatedMS, sub.told = old.CreatedMS, old.told
	}
	if err := saveSubscription(ctx, tx, sub); err != nil {
		return err
	}
	if start.Payer.LegalName != "" {
		if err := savePayer(ctx, tx, tenantID, start.Payer); err != nil {
			return err
		}
	}
	tx.Notify(topic, 0)
	return s.entitle(ctx, tx, tenantID, start.VersionID)
}

// entitle gives a company what a plan's version grants.
func (s *Service) entitle(ctx context.Context, tx *database.Tx, tenantID, versionID string) error {
	version, err := s.plans.VersionIn(ctx, tx, versionID)
	if err != nil {
		return err
	}
	return tenancy.Entitle(ctx, tx, tenantID, version.Entitlements())
}

func (s Start) check() error {
	switch {
	case s.VersionID == "":
		return fault.OnField("version_id", "names no version of a plan")
	case s.Interval != Monthly && s.Interval != Annual:
		return fault.OnField("interval", "must be month or year")
	case s.State != Trialing && s.State != Active:
		return fault.OnField("state", "a subscription begins trialing or active")
	case (s.Provider == "") != (s.SubscriptionID == ""):
		return fault.OnField("provider", "a subscription of a vendor has its id there")
	case s.Provider == "" && s.TrialEndMS == 0:
		return fault.OnField("provider", "somebody has to take the money")
	case s.Price.Check() != nil || s.Discount.Check() != nil || s.Discount > s.Price:
		return fault.OnField("price_minor", "the price and its discount can't be worked with")
	}
	return s.Currency.Check()
}

// Of reads a company's subscription. Error: fault.NotFound with reason
// no_subscription.
func (s *Service) Of(ctx context.Context, tenantID string) (sub Subscription, err error) {
	err = s.db.Read(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		sub, err = loadSubscription(ctx, tx, tenantID, "")
		return err
	})
	return sub, err
}
