package acquisition

import (
	"context"
	"log/slog"
	"net/netip"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/secret"
	"prosa/internal/event"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/subscription"
	"prosa/internal/modules/tenancy"
	"prosa/internal/platform/database"
)

// Deps is what the service is made of.
type Deps struct {
	DB    *database.DB
	Plans *plan.Service
	Sagas Sagas
	Post  Post
	// Providers take the money, the preferred one first.
	Providers     []subscription.Provider
	Subscriptions Subscriptions
	Inviter       Inviter
	Bots          Bots
	Goods         Goods
	Rehearsal     Rehearsal // nil where there are no simulators
	CRM           CRM
	// Keys derive the tokens of first admins, the newest first: at least 32 bytes.
	Keys   [][]byte
	Logger *slog.Logger
}

// Service holds the use cases.
type Service struct {
	cfg       Config
	db        *database.DB
	plans     *plan.Service
	sagas     Sagas
	post      Post
	providers []subscription.Provider
	with      Deps // those that one place alone uses
	logger    *slog.Logger
}

// New makes the service.
func New(cfg Config, deps Deps) *Service {
	return &Service{cfg: cfg, db: deps.DB, plans: deps.Plans, sagas: deps.Sagas, post: deps.Post, providers: deps.Providers, with: deps, logger: deps.Logger}
}

// Visitor is who asks, for limits and for the log.
type Visitor struct{ IP string }

// network gives what one household has: an IPv4 address, or the /64 of an IPv6
// one, which its owner changes at will.
func (v Visitor) network() string {
	addr, err := netip.ParseAddr(v.IP)
	if err != nil || addr.Unmap().Is4() {
		return v.IP
	}
	prefix, err := addr.Prefix(64)
	if err != nil {
		return v.IP
	}
	return prefix.String()
}

// visitorActor is who acts in the log: nobody of a company yet.
func visitorActor(a Acquisition) event.Actor {
	return event.Actor{Kind: "visitor", ID: a.ID, Name: a.Person.Name}
}

// everybody is the scope of all work here: a journey begins before there is a
// company, and is no company's but its visitor's.
func everybody() database.Scope {
	return database.Platform("a purchase begins before there is a company")
}

// Open tells whether companies buy here by themselves.
func (s *Service) Open() bool {
	return (s.cfg.Line == "" || s.cfg.Line == tenancy.Massivo) && len(s.providers) > 0
}

// Methods are the ways to pay that the providers offer, each once.
func (s *Service) Methods() []string {
	list := []string{}
	for _, method := range []string{"card", "pix", "boleto"} {
		if s.providerFor(method, "") != nil {
			list = append(list, method)
		}
	}
	return list
}

// Beginning is what a journey begins with.
type Beginning struct {
	VersionID string
	Interval  string
	Locale    string
	Coupon    string
}

// Begin makes a journey and the token that opens it. Errors: fault.NotFound for
// an unknown plan, fault.Refused with reasons signup_closed, plan_withdrawn and
// interval_not_offered, *Throttled.
func (s *Service) Begin(ctx context.Context, b Beginning, visitor Visitor) (token secret.Text, journey Journey, err error) {
	if !s.Open() {
		return token, journey, fault.Refuse("signup_closed", "companies of this installation come by contract: talk to us")
	}
	err = s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := count(ctx, tx, "begin:"+visitor.network(), beginsAnHour); err != nil {
			return err
		}
		// Refuses a version that is not sold.
		if _, err := s.plans.QuoteIn(ctx, tx, b.VersionID, plan.Interval(b.Interval), ""); err != nil {
			return err
		}
		a := Acquisition{
			ID: id.New(id.Acquisition, tx.Now()), State: Draft, Locale: b.Locale, VersionID: b.VersionID, Interval: subscription.Interval(b.Interval),
			Coupon: strings.TrimSpace(b.Coupon), Company: Company{Kind: kindCompany}, CreatedMS: tx.Now(), UpdatedMS: tx.Now(), ExpiresMS: tx.Now() + s.cfg.DraftLife.Milliseconds(),
		}
		if a.Locale != "en" {
			a.Locale = "pt-BR"
		}
		if err := insert(ctx, tx, a); err != nil {
			return err
		}
		if token, err = giveToken(ctx, tx, a, cookieToken, s.cfg.DraftLife); err != nil {
			return err
		}
		journey, err = s.show(ctx, tx, a)
		return err
	})
	return token, journey, err
}

// Look shows the journey of a token. Error: fault.NotFound with reason
// no_journey.
func (s *Service) Look(ctx context.Context, token secret.Text) (journey Journey, err error) {
	var a Acquisition
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if a, _, err = opened(ctx, tx, token, cookieToken, ""); err != nil {
			return err
		}
		journey, err = s.show(ctx, tx, a)
		return err
	})
	if err == nil && a.TenantID != "" {
		journey.Letter, err = s.welcomeLetter(ctx, a)
	}
	return journey, err
}

// show reads what a journey is seen with.
func (s *Service) show(ctx context.Context, tx *database.Tx, a Acquisition) (Journey, error) {
	f := facts{problems: a.flaws()}
	var err error
	if f.attempts, err = attempts(ctx, tx, a.ID); err != nil {
		return Journey{}, err
	}
	if f.steps, err = s.sagas.Of(ctx, tx, a.ID); err != nil && !fault.Is(err, fault.NotFound) {
		return Journey{}, err
	}
	if a.VersionID != "" {
		version, err := s.plans.VersionIn(ctx, tx, a.VersionID)
		switch {
		case err == nil:
			f.offer = offerOf(version, a.Locale)
		case !fault.Is(err, fault.NotFound):
			return Journey{}, err
		}
	}
	if err := s.price(ctx, tx, a, &f); err != nil {
		return Journey{}, err
	}
	taken, err := s.taken(ctx, tx, a)
	if err != nil {
		return Journey{}, err
	}
	if taken {
		f.problems = append(f.problems, Problem{Field: "tax_id", Code: "company_exists", Message: "this company has a contract: sign in, or confirm a second one"})
	}
	if a.TenantID != "" {
		company, err := tenancy.Load(ctx, tx, a.TenantID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return Journey{}, err
		}
		f.name = company.Name
	}
	return a.view(f), nil
}

// price finds what the plan costs: as promised by the checkout, or as of today.
func (s *Service) price(ctx context.Context, tx *database.Tx, a Acquisition, f *facts) error {
	if n := len(f.attempts); n > 0 && a.State != Draft {
		f.quote = &f.attempts[n-1].quote
		return nil
	}
	if a.VersionID == "" {
		return nil
	}
	quote, err := s.plans.QuoteIn(ctx, tx, a.VersionID, plan.Interval(a.Interval), a.Coupon)
	switch {
	case fault.Is(err, fault.NotFound), fault.Is(err, fault.Refused):
		if !a.State.sold() {
			f.problems = append(f.problems, priceProblem(err))
		}
		return nil
	case err != nil:
		return err
	}
	f.quote = quoteOf(quote)
	if quote.CouponProblem != "" {
		f.problems = append(f.problems, Problem{Field: "coupon", Code: quote.CouponProblem, Message: "the coupon counts for nothing here"})
	}
	return nil
}

// taken tells whether the tax number is that of a company that is here already.
// It is told to who proved an e-mail only: nobody else may ask whose numbers we
// know.
func (s *Service) taken(ctx context.Context, tx *database.Tx, a Acquisition) (bool, error) {
	if a.State.sold() || a.SecondContract || a.EmailProvenMS == 0 {
		return false, nil
	}
	return taxIDTaken(ctx, tx, a.taxID, a.ID)
}

// write changes the journey of a token under its lock.
func (s *Service) write(ctx context.Context, token secret.Text, fn func(ctx context.Context, tx *database.Tx, a *Acquisition) error) error {
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		a, _, err := opened(ctx, tx, token, cookieToken, tx.ForUpdate())
		if err != nil {
			return err
		}
		if err := fn(ctx, tx, &a); err != nil {
			return err
		}
		if !a.State.sold() {
			a.ExpiresMS = tx.Now() + s.cfg.DraftLife.Milliseconds()
		}
		return save(ctx, tx, &a)
	})
}

func errLocked() error {
	return fault.Refuse("journey_locked", "the payment is under way or made: this can't be changed here any more")
}

// Change saves what was typed. While the provider's page is open, a change goes
// back to the form: the page is closed and another one opens at the next
// checkout. Errors: fault.NotFound with reason no_journey, fault.Invalid for
// what can't be stored, fault.Refused with reason journey_locked, *Throttled with
// reason too_many_attempts for one tax number after another.
func (s *Service) Change(ctx context.Context, token secret.Text, patch Patch) (Journey, error) {
	err := s.write(ctx, token, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		if a.State.sold() || a.State == Awaiting {
			return errLocked()
		}
		if a.State != Draft {
			if err := s.reopen(ctx, tx, a); err != nil {
				return err
			}
		}
		payer, email, taxID := a.customer(), a.Email, a.taxID
		if err := a.apply(patch); err != nil {
			return err
		}
		if a.taxID != "" && a.taxID != taxID {
			// Who may learn whether a company is here asks of few.
			if err := count(ctx, tx, "tax:"+a.ID, numbersAnHour); err != nil {
				return err
			}
		}
		if a.Email != email {
			// Who came by a link to the former address is somebody else.
			if err := shutOut(ctx, tx, a.ID, "email NOT IN ('', $2) AND token_hash <> $3", a.Email, hashOf(token.Reveal())); err != nil {
				return err
			}
		}
		if a.customer() != payer {
			a.CustomerID = "" // the provider knows somebody else
		}
		return nil
	})
	if err != nil {
		return Journey{}, err
	}
	return s.Look(ctx, token)
}

// priceProblem tells why a plan can't be bought as it was chosen.
func priceProblem(err error) Problem {
	p := Problem{Field: "version_id", Code: "plan_withdrawn", Message: fault.MessageOf(err)}
	if f := reasonOf(err); f == "interval_not_offered" {
		p.Field, p.Code = "interval", f
	}
	return p
}

// BindRehearsal lets new companies try their bot with a simulated number. app
// calls it before anything runs, where there are simulators.
func (s *Service) BindRehearsal(r Rehearsal) { s.with.Rehearsal = r }
