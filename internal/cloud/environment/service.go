package environment

import (
	"cmp"
	"context"
	"log/slog"
	"slices"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
)

// Deployment is an environment of a product line.
type Deployment struct {
	// Name is <line>-<environment>.
	Name, Line, Environment string
	// AccountID is whose machines may be switched; empty for plain machines.
	AccountID string
	Schedule  schedule.Schedule
}

// production is what is never switched.
const production = "prod"

// Deps is what the service works with.
type Deps struct {
	// Deployments are those of accounts.yaml; or this one alone, which Alone says.
	Deployments []Deployment
	Alone       bool
	Shelf       blob.Shelf
	Clock       clock.Clock
	// Power is what is switched: see Config.
	Power string
	// Sleep waits, or returns ctx's error.
	Sleep func(ctx context.Context, length time.Duration) error
	// Pause is the time between two looks at machines that move; 10 s when zero.
	Pause time.Duration
	// Tell tells people; a failure is logged and stops nothing. Nil tells nobody.
	Tell   func(ctx context.Context, note Note) error
	Logger *slog.Logger
}

// Service keeps the leases and switches the machines.
type Service struct{ deps Deps }

// New makes the service.
func New(deps Deps) *Service {
	deps.Pause = cmp.Or(deps.Pause, pause)
	return &Service{deps}
}

// find gives a deployment that may be switched. Errors: fault.NotFound,
// fault.Refused with the reason "production".
func (s *Service) find(name string) (Deployment, error) {
	n := slices.IndexFunc(s.deps.Deployments, func(d Deployment) bool { return d.Name == name })
	if n < 0 {
		return Deployment{}, s.unknown(name)
	}
	d := s.deps.Deployments[n]
	if d.Environment == production {
		return Deployment{}, fault.Refuse("production", "%s is production: it is never switched", name)
	}
	return d, nil
}

// unknown says why a deployment is not known here.
func (s *Service) unknown(name string) error {
	if s.deps.Alone && len(s.deps.Deployments) == 1 {
		return fault.New(fault.NotFound, "this process knows %s alone, and no %q: let PROSA_ENVIRONMENT_ACCOUNTS name accounts.yaml to reach the others", s.deps.Deployments[0].Name, name)
	}
	return fault.New(fault.NotFound, "accounts.yaml names no deployment %q", name)
}

// Wish is what somebody asks for when they take a lease.
type Wish struct {
	Who, Proof, Why string
	For             time.Duration
	// From is when it begins; the zero time is now.
	From time.Time
}

// Take keeps a lease. Nothing is started by it: the next tick does, or Up.
// Errors: fault.NotFound, fault.Refused ("production", "always_on"), fault.Invalid.
func (s *Service) Take(ctx context.Context, name string, wish Wish) (schedule.Lease, error) {
	d, err := s.find(name)
	if err != nil {
		return schedule.Lease{}, err
	}
	if d.Schedule.Kind == schedule.Always {
		return schedule.Lease{}, fault.Refuse("always_on", "%s is always on: nobody needs a lease", name)
	}
	var lease schedule.Lease
	_, err = s.change(ctx, name, func(p *page, now time.Time) error {
		if err := p.room(now); err != nil {
			return err
		}
		from := wish.From
		if from.IsZero() {
			from = now
		}
		lease = schedule.Lease{
			ID: id.New(id.Lease, now.UnixMilli()), Who: wish.Who, Proof: wish.Proof, Why: wish.Why,
			FromMS: from.UnixMilli(), UntilMS: from.Add(wish.For).UnixMilli(),
		}
		if err := p.Take(lease, now); err != nil {
			return err
		}
		lease = p.Leases[len(p.Leases)-1] // its words as they are kept
		return nil
	})
	if err != nil {
		return schedule.Lease{}, err
	}
	s.tell(ctx, d, Note{Kind: LeaseTaken, Who: lease.Who, Why: lease.Why, EndsMS: lease.UntilMS})
	return lease, nil
}

// Extend puts so much more behind a lease's end. An empty id means the only one
// that is valid. Errors: fault.NotFound, fault.Conflict (several are valid),
// fault.Invalid.
func (s *Service) Extend(ctx context.Context, name, leaseID, by string, more time.Duration) (lease schedule.Lease, err error) {
	d, err := s.find(name)
	if err != nil {
		return schedule.Lease{}, err
	}
	if by, err = schedule.Words("who", by); err != nil {
		return schedule.Lease{}, err
	}
	_, err = s.change(ctx, name, func(p *page, now time.Time) error {
		if err := p.room(now); err != nil {
			return err
		}
		chosen, err := p.choose(leaseID, now)
		if err != nil {
			return err
		}
		lease, err = p.Extend(chosen, by, more, now)
		return err
	})
	if err != nil {
		return schedule.Lease{}, err
	}
	s.tell(ctx, d, Note{Kind: LeaseExtended, Who: by, Why: lease.Why, EndsMS: lease.UntilMS})
	return lease, nil
}

func (p *page) choose(leaseID string, now time.Time) (string, error) {
	valid := p.Valid(now)
	switch {
	case leaseID != "":
		return leaseID, nil
	case len(valid) == 0:
		return "", fault.New(fault.NotFound, "nobody holds a lease of %s", p.Deployment)
	case len(valid) > 1:
		return "", fault.New(fault.Conflict, "several hold a lease of %s: say whose, by its id", p.Deployment)
	}
	return valid[0].ID, nil
}

// End ends one lease early. Whether the environment goes off then is for the
// schedule to say. Errors: fault.NotFound; fault.Refused "held" for another's
// lease without force.
func (s *Service) End(ctx context.Context, name, leaseID, by string, force bool) (lease schedule.Lease, err error) {
	d, err := s.find(name)
	if err != nil {
		return schedule.Lease{}, err
	}
	if by, err = schedule.Words("who", by); err != nil {
		return schedule.Lease{}, err
	}
	_, err = s.change(ctx, name, func(p *page, now time.Time) error {
		chosen, err := p.choose(leaseID, now)
		if err != nil {
			return err
		}
		if n := slices.IndexFunc(p.Leases, func(l schedule.Lease) bool { return l.ID == chosen }); n >= 0 && !force {
			if err := heldByOthers(p.Leases[n:n+1], by); err != nil {
				return err
			}
		}
		lease, err = p.End(chosen, by, now)
		return err
	})
	if err != nil {
		return schedule.Lease{}, err
	}
	s.tell(ctx, d, Note{Kind: LeaseEnded, Who: by, Why: lease.Why})
	return lease, nil
}

// heldByOthers refuses while somebody else counts on the environment, and says
// who.
func heldByOthers(valid []schedule.Lease, by string) error {
	for _, lease := range valid {
		if lease.Who != by {
			return fault.Refuse("held", "%s holds it until %s: %s. To end it all the same, force it",
				lease.Who, time.UnixMilli(lease.UntilMS).UTC().Format("2006-01-02 15:04 UTC"), lease.Why)
		}
	}
	return nil
}

// restOnDemand is how long a stop that a person asked for counts where no
// boundary of hours ends it: long enough to get there.
const restOnDemand = time.Hour

// Release ends the leases that are valid and asks for the environment to be
// down, until its next hours. Errors: fault.Refused ("held", "always_on").
func (s *Service) Release(ctx context.Context, name, who, why string, force bool) error {
	d, err := s.find(name)
	if err != nil {
		return err
	}
	if d.Schedule.Kind == schedule.Always {
		return fault.Refuse("always_on", "%s is always on: change its schedule in accounts.yaml", name)
	}
	if who, err = schedule.Words("who", who); err != nil {
		return err
	}
	if why, err = schedule.Words("why", why); err != nil {
		return err
	}
	_, err = s.change(ctx, name, func(p *page, now time.Time) error {
		valid := p.Valid(now)
		if err := heldByOthers(valid, who); err != nil && !force {
			return err
		}
		for _, lease := range valid {
			if _, err := p.End(lease.ID, who, now); err != nil {
				return err
			}
		}
		until := now.Add(restOnDemand)
		if next := d.Schedule.Next(now); d.Schedule.Open(now) && !next.IsZero() {
			until = next
		}
		p.Rest = schedule.Rest{Who: who, Why: why, FromMS: now.UnixMilli(), UntilMS: until.UnixMilli()}
		return nil
	})
	if err != nil {
		return err
	}
	s.tell(ctx, d, Note{Kind: LeaseEnded, Who: who, Why: why})
	return nil
}

// View is what people see of a deployment.
type View struct {
	Deployment  string `json:"deployment"`
	Line        string `json:"line"`
	Environment string `json:"environment"`
	// Schedule in full, and whether the deployment may be switched at all.
	Schedule   string            `json:"schedule"`
	Times      schedule.Schedule `json:"-"` // the same, read
	Switchable bool              `json:"switchable"`
	Leases     []schedule.Lease  `json:"leases" nullable:"false"` // valid and coming
	Past       []schedule.Lease  `json:"past" nullable:"false"`   // of the last month, the newest first
	Rest       *schedule.Rest    `json:"rest,omitempty"`
	Last       Last              `json:"last"`
	// NextMS is when its hours change the next time; 0 for never.
	NextMS int64 `json:"next_ms"`
	// Floor is what goes on costing while it is off.
	Floor []Floor `json:"floor" nullable:"false"`
}

// List shows every deployment of accounts.yaml.
func (s *Service) List(ctx context.Context) (views []View, err error) {
	for _, d := range s.deps.Deployments {
		view, err := s.view(ctx, d)
		if err != nil {
			return nil, err
		}
		views = append(views, view)
	}
	return views, nil
}

// Status shows one. Error: fault.NotFound.
func (s *Service) Status(ctx context.Context, name string) (View, error) {
	n := slices.IndexFunc(s.deps.Deployments, func(d Deployment) bool { return d.Name == name })
	if n < 0 {
		return View{}, s.unknown(name)
	}
	return s.view(ctx, s.deps.Deployments[n])
}

func (s *Service) view(ctx context.Context, d Deployment) (View, error) {
	view := View{
		Deployment: d.Name, Line: d.Line, Environment: d.Environment, Schedule: d.Schedule.String(), Times: d.Schedule, Floor: []Floor{},
		Switchable: d.Environment != production && d.Schedule.Kind != schedule.Always, Leases: []schedule.Lease{}, Past: []schedule.Lease{},
	}
	if !view.Switchable {
		return view, nil
	}
	p, _, err := s.read(ctx, d.Name)
	if err != nil {
		return View{}, err
	}
	now := s.deps.Clock.Now()
	for _, lease := range p.Leases {
		if lease.Valid(now) || lease.Coming(now) {
			view.Leases = append(view.Leases, lease)
		} else {
			view.Past = append(view.Past, lease)
		}
	}
	slices.Reverse(view.Past)
	if p.Rest.Valid(now) {
		view.Rest = &p.Rest
	}
	if next := d.Schedule.Next(now); !next.IsZero() {
		view.NextMS = next.UnixMilli()
	}
	view.Last, view.Floor = p.Last, floors[s.deps.Power]
	return view, nil
}
