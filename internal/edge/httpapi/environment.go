package httpapi

import (
	"context"
	"net/http"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/identity"
)

// Environments is what the API asks of the leases of environments. It only
// keeps what people say: the machines are switched by a timer of theirs.
type Environments interface {
	List(ctx context.Context) ([]Environment, error)
	// Take keeps a lease for who asks. Errors: fault.NotFound, fault.Refused with
	// the reasons production and always_on.
	Take(ctx context.Context, name string, who EnvironmentHolder, why string, length time.Duration) (EnvironmentLease, error)
	// Extend puts so much more behind a lease's end. Errors: fault.NotFound,
	// fault.Invalid.
	Extend(ctx context.Context, name, leaseID, by string, more time.Duration) (EnvironmentLease, error)
	// End ends one. Errors: fault.NotFound; fault.Refused with the reason held for
	// somebody else's, unless it is forced.
	End(ctx context.Context, name, leaseID, by string, force bool) error
}

// EnvironmentHolder is who takes a lease.
type EnvironmentHolder struct {
	Name  string // for people
	Proof string // the operator's id
}

// Environment is a deployment as operators see it.
type Environment struct {
	Deployment  string             `json:"deployment" doc:"Product line and environment: massivo-homolog."`
	Line        string             `json:"line"`
	Environment string             `json:"environment"`
	Schedule    string             `json:"schedule" doc:"When it runs, in full, as accounts.yaml spells it."`
	Times       EnvironmentTimes   `json:"times"`
	Switchable  bool               `json:"switchable" doc:"Production is not, nor what is always on."`
	Leases      []EnvironmentLease `json:"leases" nullable:"false" doc:"Those that count, and those that begin later."`
	Past        []EnvironmentLease `json:"past" nullable:"false" doc:"Those of the last month that are over, the newest first."`
	// What was seen and decided last; SeenMS is 0 before the first time.
	SeenMS    int64             `json:"seen_ms"`
	Parts     []EnvironmentPart `json:"parts" nullable:"false"`
	Want      string            `json:"want" enum:",up,down"`
	Reason    string            `json:"reason" doc:"hours, lease, nobody, off_hours, holiday, optional_day, weekday, skip_day, extra_day, rest, manual, warning, restarted_by_vendor."`
	Detail    string            `json:"detail" doc:"Who holds it, or the name of the holiday."`
	UntilMS   int64             `json:"until_ms" doc:"When that ends by itself; 0 for never."`
	Switching bool              `json:"switching" doc:"It is on its way up or down."`
	Problem   string            `json:"problem" doc:"Why the last switch came to a halt; empty for none."`
	NextMS    int64             `json:"next_ms" doc:"When its hours change the next time; 0 for never."`
	Hours     EnvironmentHours  `json:"hours"`
	Floor     []string          `json:"floor" nullable:"false" enum:"nat,balancer,firewall,database_disks,stream_disks,objects,names,logs,rented" doc:"What goes on costing while it is off."`
}

// EnvironmentTimes are the hours of a schedule, in parts.
type EnvironmentTimes struct {
	Kind        string              `json:"kind" enum:"always,on-demand,office" doc:"office: by windows, and by leases."`
	Windows     []EnvironmentWindow `json:"windows" nullable:"false"`
	Zone        string              `json:"zone" doc:"IANA name of the time zone; empty where there are no windows."`
	HolidaysOff bool                `json:"holidays_off"`
	OptionalOff bool                `json:"optional_off" doc:"Off on days that the law leaves to each employer."`
}

// EnvironmentWindow is a time of some days of the week.
type EnvironmentWindow struct {
	Days       []int `json:"days" nullable:"false" doc:"Days of the week, 0 for Sunday."`
	FromMinute int   `json:"from_minute" doc:"Minute of the day."`
	ToMinute   int   `json:"to_minute" doc:"Minute of the day, 1440 for its end."`
}

// EnvironmentHours are this month's so far, in minutes.
type EnvironmentHours struct {
	Month           string `json:"month" doc:"2026-11"`
	AllMinutes      int64  `json:"all_minutes"`
	PlannedMinutes  int64  `json:"planned_on_minutes" doc:"On by its schedule, without any lease."`
	OnMinutes       int64  `json:"on_minutes" doc:"Measured: something ran."`
	OffMinutes      int64  `json:"off_minutes"`
	UnseenMinutes   int64  `json:"unseen_minutes" doc:"Nobody looked."`
	SwitchedOnTimes int64  `json:"switched_on_times"`
}

// EnvironmentPart is a service, a machine or the database.
type EnvironmentPart struct {
	Name  string `json:"name"`
	Role  string `json:"role" enum:"database,nats,worker,api,gateway"`
	State string `json:"state" enum:"stopped,starting,running,stopping,busy"`
	Count int    `json:"count" doc:"How many are wanted; 0 is off."`
}

// EnvironmentLease is somebody's word that they need it.
type EnvironmentLease struct {
	ID       string `json:"id"`
	Who      string `json:"who"`
	Why      string `json:"why"`
	FromMS   int64  `json:"from_ms"`
	UntilMS  int64  `json:"until_ms"`
	Extended string `json:"extended_by" doc:"Who gave it its present end; empty for nobody."`
	EndedMS  int64  `json:"ended_ms" doc:"When somebody ended it early; 0 for never."`
	EndedBy  string `json:"ended_by"`
}

func (a *api) registerEnvironment() {
	handle(a, route{
		id: "list-environments", method: http.MethodGet, path: "/operator/environments", tag: "operator", needs: identity.PlatformOperate,
		summary: "Deployments, who holds them, what runs and the month's hours. Reason: not_configured.",
	}, a.listEnvironments)
	handle(a, route{
		id: "take-environment", method: http.MethodPost, path: "/operator/environments/{environment}/leases", tag: "operator", needs: identity.PlatformOperate, status: http.StatusCreated,
		summary: "Take a lease: the next tick brings the environment up. Reasons: production, always_on, not_configured.",
	}, a.takeEnvironment)
	handle(a, route{
		id: "extend-environment", method: http.MethodPost, path: "/operator/environments/{environment}/leases/{lease}/extend", tag: "operator", needs: identity.PlatformOperate,
		summary: "Give a lease more time, behind its end.",
	}, a.extendEnvironment)
	handle(a, route{
		id: "end-environment", method: http.MethodDelete, path: "/operator/environments/{environment}/leases/{lease}", tag: "operator", needs: identity.PlatformOperate, status: http.StatusNoContent,
		summary: "End a lease early. Reason: held, for somebody else's without force.",
	}, a.endEnvironment)
}

// environments gives the port, where leases are kept at all.
func (a *api) environments() (Environments, error) {
	if a.deps.Environments == nil {
		return nil, &fault.Error{Code: fault.NotFound, Reason: "not_configured", Message: "no place for leases is configured: PROSA_ENVIRONMENT_LEASES_URL"}
	}
	return a.deps.Environments, nil
}

type environmentList struct {
	Body struct {
		Items []Environment `json:"items" nullable:"false"`
	}
}

func (a *api) listEnvironments(ctx context.Context, _ *struct{}) (*environmentList, error) {
	environments, err := a.environments()
	if err != nil {
		return nil, err
	}
	found, err := environments.List(ctx)
	out := &environmentList{}
	out.Body.Items = append([]Environment{}, found...)
	return out, err
}

type takeEnvironmentInput struct {
	Environment string `path:"environment" maxLength:"64"`
	Body        struct {
		Minutes int    `json:"minutes" minimum:"5" maximum:"1440"`
		Why     string `json:"why" minLength:"3" maxLength:"300" doc:"What for: others read it."`
	}
}

type environmentLeaseOutput struct{ Body EnvironmentLease }

func (a *api) takeEnvironment(ctx context.Context, in *takeEnvironmentInput) (*environmentLeaseOutput, error) {
	environments, err := a.environments()
	if err != nil {
		return nil, err
	}
	who := caller(ctx).User
	lease, err := environments.Take(ctx, in.Environment, EnvironmentHolder{Name: who.Email, Proof: who.ID}, in.Body.Why, time.Duration(in.Body.Minutes)*time.Minute)
	if err != nil {
		return nil, err
	}
	a.noteStaff(ctx, "environment.taken", in.Environment)
	return &environmentLeaseOutput{lease}, nil
}

type extendEnvironmentInput struct {
	Environment string `path:"environment" maxLength:"64"`
	Lease       string `path:"lease" maxLength:"64"`
	Body        struct {
		Minutes int `json:"minutes" minimum:"5" maximum:"1440" doc:"How much longer."`
	}
}

func (a *api) extendEnvironment(ctx context.Context, in *extendEnvironmentInput) (*environmentLeaseOutput, error) {
	environments, err := a.environments()
	if err != nil {
		return nil, err
	}
	lease, err := environments.Extend(ctx, in.Environment, in.Lease, caller(ctx).User.Email, time.Duration(in.Body.Minutes)*time.Minute)
	if err != nil {
		return nil, err
	}
	a.noteStaff(ctx, "environment.extended", in.Environment)
	return &environmentLeaseOutput{lease}, nil
}

type endEnvironmentInput struct {
	Environment string `path:"environment" maxLength:"64"`
	Lease       string `path:"lease" maxLength:"64"`
	Force       bool   `query:"force" doc:"Also somebody else's."`
}

func (a *api) endEnvironment(ctx context.Context, in *endEnvironmentInput) (*struct{}, error) {
	environments, err := a.environments()
	if err != nil {
		return nil, err
	}
	if err := environments.End(ctx, in.Environment, in.Lease, caller(ctx).User.Email, in.Force); err != nil {
		return nil, err
	}
	a.noteStaff(ctx, "environment.ended", in.Environment)
	return nil, nil
}
