package app

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/environment"
	"prosa/internal/cloud/environment/amazon"
	"prosa/internal/cloud/environment/unit"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/httpclient"
	"prosa/internal/platform/telemetry"
)

// environmentCommand switches environments that nobody needs all day.
type environmentCommand struct {
	Up       environmentUpCommand       `cmd:"" help:"Take a lease and bring an environment up, until it serves."`
	Down     environmentDownCommand     `cmd:"" help:"End the leases and take an environment down."`
	Extend   environmentExtendCommand   `cmd:"" help:"Give a lease more time."`
	Status   environmentStatusCommand   `cmd:"" help:"Show who holds what, what runs and what the month's hours were."`
	Tick     environmentTickCommand     `cmd:"" help:"Decide and act once: what a timer runs every quarter of an hour."`
	Calendar environmentCalendarCommand `cmd:"" help:"Print a year of a schedule: hours on by day and by month."`
}

// named is the deployment that a command is about.
type namedEnvironment struct {
	Name string `arg:"" optional:"" help:"Deployment, such as massivo-homolog; this one when it is left out."`
}

func (n namedEnvironment) of(cfg Config) string {
	if n.Name != "" {
		return n.Name
	}
	return cfg.Server.Line + "-" + cfg.Server.Environment
}

// spoken is how a command tells what it did.
type spoken struct {
	JSON bool `help:"As JSON."`
}

func (s spoken) say(around *surroundings, value any, text string) error {
	if s.JSON {
		encoder := json.NewEncoder(around.out)
		encoder.SetIndent("", "  ")
		return encoder.Encode(value)
	}
	_, err := fmt.Fprintln(around.out, text)
	return err
}

// deployments lists what may be asked about: those of accounts.yaml, or this
// one alone.
func deployments(cfg Config) ([]environment.Deployment, error) {
	if cfg.Environments.Accounts != "" {
		file, err := accountFiles{Accounts: cfg.Environments.Accounts}.load()
		if err != nil {
			return nil, err
		}
		var found []environment.Deployment
		for _, a := range file.Accounts {
			found = append(found, deploymentOf(a, cfg.Environments.Power))
		}
		return found, nil
	}
	alone := environment.Deployment{
		Name: cfg.Server.Line + "-" + cfg.Server.Environment, Line: cfg.Server.Line, Environment: cfg.Server.Environment, AccountID: cfg.Environments.Account,
	}
	text := cfg.Environments.Schedule
	if text == "" {
		text = string(schedule.Always) // what says nothing of itself is never switched
	}
	var err error
	if alone.Schedule, err = schedule.Parse(text); err != nil {
		return nil, fault.OnField("PROSA_ENVIRONMENT_SCHEDULE", "%s", fault.MessageOf(err))
	}
	return []environment.Deployment{alone}, nil
}

func deploymentOf(a account.Account, power string) environment.Deployment {
	d := environment.Deployment{Name: a.Name, Line: a.Line, Environment: a.Environment, AccountID: a.ID, Schedule: a.Schedule}
	if power == powerUnits {
		d.AccountID = "" // a plain machine belongs to no account
	}
	return d
}

const powerUnits = "units"

// environments makes the service. Error: fault.Invalid where no shelf of leases
// is configured.
func environments(cfg Config, logger *slog.Logger) (*environment.Service, error) {
	if cfg.Environments.Leases.IsZero() {
		return nil, needs("a place for leases", "set PROSA_ENVIRONMENT_LEASES_URL to a folder or a bucket that all of them share")
	}
	shelf, err := blob.OpenShelf(cfg.Environments.Leases)
	if err != nil {
		return nil, err
	}
	known, err := deployments(cfg)
	if err != nil {
		return nil, err
	}
	deps := environment.Deps{Deployments: known, Alone: cfg.Environments.Accounts == "", Shelf: shelf, Clock: clock.System{}, Power: cfg.Environments.Power, Sleep: sleep, Pause: cfg.Environments.Pause, Logger: logger}
	if !cfg.Environments.Notify.IsZero() {
		deps.Tell = environment.Webhook(httpclient.Guarded(httpclient.Policy{}), cfg.Environments.Notify)
	}
	return environment.New(deps), nil
}

// sleep waits, or ends with its context.
func sleep(ctx context.Context, length time.Duration) error {
	timer := time.NewTimer(length)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-timer.C:
		return nil
	}
}

// machinesOf gives what a deployment is switched with, and tells its steps to
// who stands before the screen.
func machinesOf(around *surroundings, cfg Config, deployment string, quiet bool) (machines environment.Machines, err error) {
	if machines.Ready, err = environment.Probe(cfg.Environments.Ready); err != nil {
		return machines, err
	}
	begun := time.Now()
	if !quiet {
		machines.Report = func(step environment.Step) {
			fmt.Fprintf(around.err, "%6s  %s\n", time.Since(begun).Round(time.Second), spellStep(step))
		}
	}
	if cfg.Environments.Power == powerUnits {
		machines.Power, err = unit.New(cfg.Environments)
		return machines, err
	}
	machines.Power, err = amazon.New(around.ctx, cfg.Amazon, deployment, nil)
	return machines, err
}

func spellStep(step environment.Step) string {
	text := strings.TrimSpace(string(step.Verb) + " " + step.Part)
	if step.Verb == environment.Start && step.Count > 1 {
		text += fmt.Sprintf(" (%d)", step.Count)
	}
	return text
}

type environmentUpCommand struct {
	namedEnvironment `embed:""`
	For              time.Duration `default:"2h" help:"How long you need it (24h at most)."`
	Why              string        `required:"" help:"What for: others read it before they switch it off."`
	Who              string        `help:"Who you are, for others. Needed where the cloud is not asked (--lease-only, --in); else its word for you when it is left out."`
	In               time.Duration `help:"Begin so much later."`
	LeaseOnly        bool          `help:"Take the lease and leave the switching to the next tick; needs no rights in the cloud."`
	DryRun           bool          `help:"Say what would be done."`
	spoken           `embed:""`
}

// Run implements the command.
func (c *environmentUpCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	service, err := environments(cfg, telemetry.NewLogger(around.err, cfg.Telemetry))
	if err != nil {
		return err
	}
	wish := environment.Wish{Who: c.Who, Why: c.Why, For: c.For}
	if c.In > 0 {
		wish.From = time.Now().Add(c.In)
	}
	name := c.of(cfg)
	if c.LeaseOnly || c.In > 0 {
		if c.DryRun {
			return fault.New(fault.Invalid, "a lease alone has no steps to show")
		}
		if strings.TrimSpace(c.Who) == "" {
			return fault.OnField("--who", "must say who you are: a lease alone asks no cloud")
		}
		lease, err := service.Take(around.ctx, name, wish)
		if err != nil {
			return err
		}
		return c.say(around, lease, name+": "+spellTaken(lease, c.In > 0))
	}
	machines, err := machinesOf(around, cfg, name, c.JSON)
	if err != nil {
		return err
	}
	if c.DryRun {
		outcome, err := service.Plan(around.ctx, name, schedule.Up, machines)
		return sayOutcome(around, c.spoken, outcome, err)
	}
	outcome, err := service.Up(around.ctx, name, wish, machines)
	return sayOutcome(around, c.spoken, outcome, err)
}

// spellTaken tells from when to when a lease is, and what brings it up.
func spellTaken(lease schedule.Lease, later bool) string {
	if later {
		return fmt.Sprintf("lease %s from %s until %s; the first tick of it brings it up", lease.ID, clockOf(lease.FromMS), clockOf(lease.UntilMS))
	}
	return fmt.Sprintf("lease %s until %s; the next tick brings it up", lease.ID, clockOf(lease.UntilMS))
}

type environmentDownCommand struct {
	namedEnvironment `embed:""`
	Who              string `help:"Who you are; the cloud's word for you when it is left out."`
	Why              string `help:"Why, for others."`
	Force            bool   `help:"Also when somebody else holds a lease."`
	DryRun           bool   `help:"Say what would be done."`
	spoken           `embed:""`
}

// Run implements the command.
func (c *environmentDownCommand) Run(around *surroundings) error {
	return switching(around, c.namedEnvironment, c.spoken, func(service *environment.Service, name string, machines environment.Machines) (environment.Outcome, error) {
		if c.DryRun {
			return service.Plan(around.ctx, name, schedule.Down, machines)
		}
		return service.Down(around.ctx, name, c.Who, c.Why, c.Force, machines)
	})
}

type environmentTickCommand struct {
	namedEnvironment `embed:""`
	DryRun           bool `help:"Say what would be done."`
	spoken           `embed:""`
}

// Run implements the command.
func (c *environmentTickCommand) Run(around *surroundings) error {
	return switching(around, c.namedEnvironment, c.spoken, func(service *environment.Service, name string, machines environment.Machines) (environment.Outcome, error) {
		if c.DryRun {
			return service.Plan(around.ctx, name, "", machines)
		}
		return service.Tick(around.ctx, name, machines)
	})
}

// switching is what commands that touch machines share.
func switching(around *surroundings, named namedEnvironment, out spoken, do func(*environment.Service, string, environment.Machines) (environment.Outcome, error)) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	service, err := environments(cfg, telemetry.NewLogger(around.err, cfg.Telemetry))
	if err != nil {
		return err
	}
	machines, err := machinesOf(around, cfg, named.of(cfg), out.JSON)
	if err != nil {
		return err
	}
	outcome, err := do(service, named.of(cfg), machines)
	return sayOutcome(around, out, outcome, err)
}

func sayOutcome(around *surroundings, out spoken, outcome environment.Outcome, err error) error {
	if err != nil {
		return err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s: wanted %s", outcome.Deployment, outcome.Want)
	if outcome.Reason != "" {
		fmt.Fprintf(&text, " (%s)", strings.TrimSpace(string(outcome.Reason)+" "+outcome.Detail))
	}
	if outcome.UntilMS > 0 {
		text.WriteString(" until " + clockOf(outcome.UntilMS))
	}
	switch {
	case outcome.Dry:
		text.WriteString("\nwould be done:")
		for _, step := range outcome.Steps {
			text.WriteString("\n  " + spellStep(step))
		}
		if len(outcome.Steps) == 0 {
			text.WriteString(" nothing")
		}
	case outcome.Waits != "":
		text.WriteString("; " + outcome.Waits + " switches it right now")
	case outcome.Ready && len(outcome.Steps) > 0:
		fmt.Fprintf(&text, "; ready after %s", (time.Duration(outcome.TookMS) * time.Millisecond).Round(time.Second))
	case outcome.Ready:
		text.WriteString("; nothing to do")
	default:
		text.WriteString("; not there yet")
	}
	return out.say(around, outcome, text.String())
}

// clockOf spells a moment for people, in the time of Brasília, in which the
// platform's people live.
func clockOf(ms int64) string {
	zone := time.FixedZone("BRT", -3*60*60)
	return time.UnixMilli(ms).In(zone).Format("Mon 2006-01-02 15:04 MST")
}

type environmentExtendCommand struct {
	namedEnvironment `embed:""`
	For              time.Duration `default:"1h" help:"How much longer than it would last."`
	Lease            string        `help:"Id of the lease; needed when several are valid."`
	Who              string        `required:"" help:"Who you are."`
	spoken           `embed:""`
}

// Run implements the command.
func (c *environmentExtendCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	service, err := environments(cfg, telemetry.NewLogger(around.err, cfg.Telemetry))
	if err != nil {
		return err
	}
	lease, err := service.Extend(around.ctx, c.of(cfg), c.Lease, c.Who, c.For)
	if err != nil {
		return err
	}
	return c.say(around, lease, fmt.Sprintf("%s: %s holds it until %s", c.of(cfg), lease.Who, clockOf(lease.UntilMS)))
}

type environmentStatusCommand struct {
	namedEnvironment `embed:""`
	All              bool   `help:"Every deployment."`
	Month            string `help:"Show the hours of a month, such as 2026-11, instead of this one's."`
	spoken           `embed:""`
}

// Run implements the command.
func (c *environmentStatusCommand) Run(around *surroundings) error {
	cfg, err := load(around.lookup)
	if err != nil {
		return err
	}
	service, err := environments(cfg, telemetry.NewLogger(around.err, cfg.Telemetry))
	if err != nil {
		return err
	}
	views, err := c.views(around.ctx, service, c.of(cfg))
	if err != nil {
		return err
	}
	month := time.Now()
	if c.Month != "" {
		if month, err = time.Parse("2006-01", c.Month); err != nil {
			return fault.OnField("--month", "%q is no month such as 2026-11", c.Month)
		}
	}
	var text strings.Builder
	for n, view := range views {
		if n > 0 {
			text.WriteString("\n\n")
		}
		printView(&text, view, time.Now())
		if view.Switchable {
			hours, err := service.Hours(around.ctx, view.Deployment, month)
			if err != nil {
				return err
			}
			fmt.Fprintf(&text, "\n  hours     %s\n  floor     goes on costing while it is off: %s", hours, spellFloor(view.Floor))
		}
	}
	return c.say(around, views, text.String())
}

// views asks about one deployment alone unless all are wanted: the place of
// leases may hold no other's.
func (c *environmentStatusCommand) views(ctx context.Context, service *environment.Service, name string) ([]environment.View, error) {
	if c.All {
		return service.List(ctx)
	}
	view, err := service.Status(ctx, name)
	return []environment.View{view}, err
}

func spellFloor(floor []environment.Floor) string {
	said := make([]string, len(floor))
	for n, one := range floor {
		said[n] = one.String()
	}
	return strings.Join(said, ", ")
}

func printView(text *strings.Builder, view environment.View, now time.Time) {
	fmt.Fprintf(text, "%s\n  schedule  %s", view.Deployment, view.Schedule)
	if !view.Switchable {
		text.WriteString("\n  never switched")
		return
	}
	for _, lease := range view.Leases {
		begin := ""
		if lease.Coming(now) {
			begin = "from " + clockOf(lease.FromMS) + " "
		}
		fmt.Fprintf(text, "\n  lease     %s  %s %suntil %s: %s", lease.ID, lease.Who, begin, clockOf(lease.UntilMS), lease.Why)
	}
	if len(view.Leases) == 0 {
		text.WriteString("\n  lease     nobody's")
	}
	if view.Rest != nil {
		fmt.Fprintf(text, "\n  rest      asked by %s until %s: %s", view.Rest.Who, clockOf(view.Rest.UntilMS), view.Rest.Why)
	}
	if last := view.Last; last.SeenMS > 0 {
		fmt.Fprintf(text, "\n  seen      %s, wanted %s (%s)", clockOf(last.SeenMS), last.Want, strings.TrimSpace(string(last.Reason)+" "+last.Detail))
		for _, part := range last.Parts {
			fmt.Fprintf(text, "\n    %-28s %s %s", part.Name, part.State, part.Word)
		}
		if last.Problem != "" {
			fmt.Fprintf(text, "\n  problem   %s", last.Problem)
		}
	}
	if view.NextMS > 0 {
		fmt.Fprintf(text, "\n  next      %s", clockOf(view.NextMS))
	}
}

type environmentCalendarCommand struct {
	namedEnvironment `embed:""`
	Schedule         string `help:"A schedule in words, instead of a deployment's."`
	Year             int    `help:"The year, 2000 to 2100; this one when it is left out."`
	spoken           `embed:""`
}

// plannedMonth is a month of a schedule, in hours.
type plannedMonth struct {
	Month string  `json:"month"`
	Days  int     `json:"days"`
	On    float64 `json:"hours_on"`
	Off   float64 `json:"hours_off"`
}

// Run implements the command.
func (c *environmentCalendarCommand) Run(around *surroundings) error {
	hours, err := c.schedule(around)
	if err != nil {
		return err
	}
	year := c.Year
	switch {
	case year == 0:
		year = time.Now().Year()
	case year < 2000 || year > 2100:
		return fault.OnField("year", "the calendar knows the years from 2000 to 2100")
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%s\n", hours)
	var on, all time.Duration
	var months []plannedMonth
	for _, month := range hours.Months(year) {
		on, all = on+month.On, all+month.All
		months = append(months, plannedMonth{fmt.Sprintf("%d-%02d", year, month.Month), month.Days, month.On.Hours(), month.Off().Hours()})
		fmt.Fprintf(&text, "%d-%02d  %2d days  %5.0f h on  %5.0f h off\n", year, month.Month, month.Days, month.On.Hours(), month.Off().Hours())
	}
	fmt.Fprintf(&text, "%d     %.0f h on, %.0f h off of %.0f: %.1f%% off\ndays off that are none of the week's end:", year, on.Hours(), (all - on).Hours(), all.Hours(), 100*(all-on).Hours()/all.Hours())
	for _, day := range hours.Days(year) {
		if day.Reason != schedule.ByHours && day.Reason != schedule.ByWeekday && day.Reason != schedule.ByAlways && day.Reason != schedule.ByNobody {
			fmt.Fprintf(&text, "\n%s  %-12s %s", day.Date.Format("2006-01-02 Mon"), day.Reason, day.Name)
		}
	}
	return c.say(around, months, text.String())
}

func (c *environmentCalendarCommand) schedule(around *surroundings) (schedule.Schedule, error) {
	if c.Schedule != "" {
		return schedule.Parse(c.Schedule)
	}
	cfg, err := load(around.lookup)
	if err != nil {
		return schedule.Schedule{}, err
	}
	known, err := deployments(cfg)
	if err != nil {
		return schedule.Schedule{}, err
	}
	n := slices.IndexFunc(known, func(d environment.Deployment) bool { return d.Name == c.of(cfg) })
	if n < 0 {
		return schedule.Schedule{}, fault.New(fault.NotFound, "no deployment is called %q", c.of(cfg))
	}
	return known[n].Schedule, nil
}
