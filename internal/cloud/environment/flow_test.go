package environment_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	ecstypes "github.com/aws/aws-sdk-go-v2/service/ecs/types"
	"github.com/aws/aws-sdk-go-v2/service/rds"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/environment"
	"prosa/internal/cloud/environment/amazon"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
	"prosa/internal/sandbox/aws"
)

const (
	homolog   = "massivo-homolog"
	accountID = "100000000012"
)

// cloud is an account on the stand-in whose deployment runs, with a clock that
// moves when somebody waits.
type cloud struct {
	t     *testing.T
	clock *clock.Manual
	aws   *aws.Server
	url   string
	shelf blob.Shelf
	deps  environment.Deps
	s     *environment.Service

	mu    sync.Mutex
	notes []environment.Note
}

func open(t *testing.T, schedules string, at time.Time) *cloud {
	t.Helper()
	t.Parallel() // each has a cloud and a clock of its own, and mostly waits for the disk
	c := &cloud{t: t, clock: clock.NewManual(at)}
	c.aws = aws.New(aws.Config{Now: c.clock.Now, Accounts: []aws.Account{{ID: accountID, Name: homolog}, {ID: "100000000022", Name: "enterprise-homolog"}}})
	server := httptest.NewServer(c.aws)
	t.Cleanup(server.Close)
	c.url = server.URL
	shelf, err := blob.OpenShelf(secret.New(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	c.shelf = shelf
	hours, err := schedule.Parse(schedules)
	if err != nil {
		t.Fatal(err)
	}
	always, err := schedule.Parse("always")
	if err != nil {
		t.Fatal(err)
	}
	c.deps = environment.Deps{
		Deployments: []environment.Deployment{
			{Name: homolog, Line: "massivo", Environment: "homolog", AccountID: accountID, Schedule: hours},
			{Name: "massivo-prod", Line: "massivo", Environment: "prod", AccountID: "100000000013", Schedule: always},
			{Name: "enterprise-dev", Line: "enterprise", Environment: "dev", AccountID: "100000000021", Schedule: always},
		},
		Shelf: shelf, Clock: c.clock, Sleep: c.sleep, Logger: slog.New(slog.DiscardHandler),
		Tell: func(_ context.Context, note environment.Note) error {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.notes = append(c.notes, note)
			return errors.New("nobody listens") // which stops nothing
		},
	}
	c.s = environment.New(c.deps)
	c.furnish()
	return c
}

// sleep moves the clock, unless it ended.
func (c *cloud) sleep(ctx context.Context, length time.Duration) error {
	c.clock.Advance(length)
	return ctx.Err()
}

// furnish makes what Terraform's layers make, by the SDK.
func (c *cloud) furnish() {
	c.t.Helper()
	ctx := c.t.Context()
	config := awssdk.Config{Region: aws.Region, BaseEndpoint: awssdk.String(c.url), Credentials: credentials.NewStaticCredentialsProvider(aws.AccessKey(accountID), aws.Secret, "")}
	services, groups, databases := ecs.NewFromConfig(config), autoscaling.NewFromConfig(config), rds.NewFromConfig(config)
	must := func(_ any, err error) {
		c.t.Helper()
		if err != nil {
			c.t.Fatal(err)
		}
	}
	must(services.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: awssdk.String(homolog)}))
	for _, role := range []string{"gateway", "api", "worker", "migrate"} {
		must(services.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: awssdk.String(homolog + "-" + role), ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: awssdk.String(role)}}}))
	}
	for role, count := range map[string]int32{"gateway": 2, "api": 1, "worker": 1} {
		must(services.CreateService(ctx, &ecs.CreateServiceInput{
			Cluster: awssdk.String(homolog), ServiceName: awssdk.String(homolog + "-" + role), TaskDefinition: awssdk.String(homolog + "-" + role), DesiredCount: awssdk.Int32(count),
			NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{Subnets: []string{"subnet-a"}}},
		}))
	}
	must(groups.CreateAutoScalingGroup(ctx, &autoscaling.CreateAutoScalingGroupInput{AutoScalingGroupName: awssdk.String(homolog + "-nats-1"), MinSize: awssdk.Int32(0), MaxSize: awssdk.Int32(1), DesiredCapacity: awssdk.Int32(1)}))
	must(databases.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{DBInstanceIdentifier: awssdk.String(homolog + "-db"), DBInstanceClass: awssdk.String("db.t4g.small"), Engine: awssdk.String("postgres")}))
	c.aws.NeedsDatabase(accountID, homolog+"-migrate", homolog+"-db")
	c.clock.Advance(10 * time.Minute) // until all of it runs
	c.aws.Forget()
}

func (c *cloud) power(account string) *amazon.Account {
	c.t.Helper()
	power, err := amazon.New(c.t.Context(), amazon.Config{Region: aws.Region, BaseURL: c.url, Cluster: homolog}, homolog, credentials.NewStaticCredentialsProvider(aws.AccessKey(account), aws.Secret, ""))
	if err != nil {
		c.t.Fatal(err)
	}
	return power
}

func (c *cloud) machines() environment.Machines {
	return environment.Machines{Power: c.power(accountID)}
}

func (c *cloud) tick() environment.Outcome {
	c.t.Helper()
	outcome, err := c.s.Tick(c.t.Context(), homolog, c.machines())
	if err != nil {
		c.t.Fatal(err)
	}
	return outcome
}

// ticks runs the clock up to a moment, with a tick every quarter of an hour.
func (c *cloud) ticks(until time.Time) environment.Outcome {
	c.t.Helper()
	return c.every(15*time.Minute, until)
}

func (c *cloud) every(gap time.Duration, until time.Time) environment.Outcome {
	c.t.Helper()
	for at := c.clock.Now(); at.Before(until); at = at.Add(gap) {
		if wait := at.Sub(c.clock.Now()); wait > 0 {
			c.clock.Advance(wait)
		}
		c.tick()
	}
	if wait := until.Sub(c.clock.Now()); wait > 0 {
		c.clock.Advance(wait)
	}
	return c.tick()
}

// states are the parts by their names, without the deployment's.
func (c *cloud) states() map[string]string {
	c.t.Helper()
	sight, err := c.power(accountID).Look(c.t.Context())
	if err != nil {
		c.t.Fatal(err)
	}
	states := map[string]string{}
	for _, part := range sight.Parts {
		states[strings.TrimPrefix(part.Name, homolog+"-")] = fmt.Sprintf("%s %d", part.State, part.Count)
	}
	return states
}

func (c *cloud) mustBe(want map[string]string) {
	c.t.Helper()
	got := c.states()
	for name, state := range want {
		if got[name] != state {
			c.t.Fatalf("at %s %s is %q, want %q; all: %v", c.clock.Now(), name, got[name], state, got)
		}
	}
}

var (
	allUp   = map[string]string{"gateway": "running 2", "api": "running 1", "worker": "running 1", "nats-1": "running 1", "db": "running 1"}
	allDown = map[string]string{"gateway": "stopped 0", "api": "stopped 0", "worker": "stopped 0", "nats-1": "stopped 0", "db": "stopped 0"}
)

func (c *cloud) told(kind environment.Kind) (count int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, note := range c.notes {
		if note.Kind == kind {
			count++
		}
	}
	return count
}

// verbs are the calls that changed something, in their order.
func (c *cloud) verbs() (verbs []string) {
	for _, call := range c.aws.Calls() {
		if call.Refused == "" && slices.Contains([]string{"UpdateService", "SetDesiredCapacity", "StartDBInstance", "StopDBInstance", "RunTask"}, call.Action) {
			verbs = append(verbs, call.Action)
		}
	}
	return verbs
}

// saturday is a morning on which nobody works.
var saturday = time.Date(2026, 8, 8, 12, 0, 0, 0, time.UTC)

// off is an environment that its first ticks took down, after a warning.
func off(t *testing.T, schedules string) *cloud {
	t.Helper()
	c := open(t, schedules, saturday)
	if outcome := c.tick(); outcome.Want != schedule.Up || outcome.Reason != schedule.ByWarning || len(outcome.Steps) != 0 {
		t.Fatalf("%+v", outcome)
	}
	c.clock.Advance(15 * time.Minute)
	if outcome := c.tick(); outcome.Want != schedule.Down || !outcome.Ready {
		t.Fatalf("%+v", outcome)
	}
	c.mustBe(allDown)
	return c
}

func (c *cloud) up(who string, length time.Duration) (environment.Outcome, error) {
	return c.s.Up(c.t.Context(), homolog, environment.Wish{Who: who, Why: "teste de " + who, For: length}, c.machines())
}

// The whole of a lease: taken, up in the order in which the parts need each
// other, warned of, extended by another, ended, down in the other order.
func TestALeaseFromEndToEnd(t *testing.T) {
	c := off(t, "on-demand")
	want := []string{"UpdateService", "UpdateService", "UpdateService", "SetDesiredCapacity", "StopDBInstance"}
	if got := c.verbs(); !slices.Equal(got, want) {
		t.Fatalf("went down by %v, want %v", got, want)
	}
	if c.told(environment.GoesOff) != 1 || c.told(environment.WentDown) != 1 {
		t.Fatalf("told %+v", c.notes)
	}
	c.aws.Forget()
	asked := 0
	machines := c.machines()
	machines.Ready = func(context.Context) error {
		if asked++; asked < 3 {
			return errors.New("not yet")
		}
		return nil
	}
	outcome, err := c.s.Up(t.Context(), homolog, environment.Wish{Who: "ana", Why: "fluxo de pedidos", For: 3 * time.Hour}, machines)
	if err != nil {
		t.Fatal(err)
	}
	if !outcome.Ready || outcome.Want != schedule.Up || outcome.Lease == nil || outcome.Lease.Proof != "arn:aws:iam::"+accountID+":user/operator" || asked != 3 {
		t.Fatalf("%+v, asked %d times", outcome, asked)
	}
	if took := time.Duration(outcome.TookMS) * time.Millisecond; took < 8*time.Minute || took > 12*time.Minute {
		t.Errorf("took %s", took)
	}
	c.mustBe(allUp)
	if got, want := c.verbs(), []string{"StartDBInstance", "SetDesiredCapacity", "RunTask", "UpdateService", "UpdateService", "UpdateService"}; !slices.Equal(got, want) {
		t.Fatalf("came up by %v, want %v", got, want)
	}
	if last := outcome.Steps[len(outcome.Steps)-1]; last.Verb != environment.Ready {
		t.Errorf("the last step was %+v", last)
	}
	// A tick changes nothing.
	if outcome := c.tick(); outcome.Want != schedule.Up || len(outcome.Steps) != 0 || outcome.Reason != schedule.ByLease {
		t.Fatalf("%+v", outcome)
	}
	ends := time.UnixMilli(outcome.Lease.UntilMS)
	if c.ticks(ends.Add(-15 * time.Minute)); c.told(environment.GoesOff) != 2 {
		t.Fatalf("warned %d times", c.told(environment.GoesOff))
	}
	if _, err := c.s.Extend(t.Context(), homolog, "", "bruno", time.Hour); err != nil {
		t.Fatal(err)
	}
	c.ticks(ends.Add(30 * time.Minute))
	c.mustBe(allUp)
	if outcome := c.ticks(ends.Add(90 * time.Minute)); outcome.Want != schedule.Down {
		t.Fatalf("%+v", outcome)
	}
	c.mustBe(allDown)
	if c.told(environment.GoesOff) != 3 {
		t.Errorf("the new end was warned of %d times", c.told(environment.GoesOff)-2)
	}
	view, err := c.s.Status(t.Context(), homolog)
	if err != nil || len(view.Leases) != 0 || len(view.Past) != 1 || view.Past[0].Extended[0].By != "bruno" || view.Last.DoneMS == 0 || view.Last.Want != schedule.Down {
		t.Fatalf("%+v, %v", view, err)
	}
}

func TestTwoPeople(t *testing.T) {
	c := off(t, "on-demand")
	var asking sync.WaitGroup
	for _, who := range []string{"ana", "bruno", "carla", "davi"} {
		asking.Go(func() {
			// Each takes a lease at the same moment; one of them switches.
			if _, err := c.s.Take(t.Context(), homolog, environment.Wish{Who: who, Why: "teste", For: time.Duration(len(who)) * time.Hour}); err != nil {
				t.Error(err)
			}
		})
	}
	asking.Wait()
	view, err := c.s.Status(t.Context(), homolog)
	if err != nil || len(view.Leases) != 4 {
		t.Fatalf("%d of 4 leases, %v", len(view.Leases), err)
	}
	c.tick()
	c.mustBe(allUp)
	// Ana's is over after three hours, Bruno's and Carla's last for five.
	c.ticks(c.clock.Now().Add(4*time.Hour + 30*time.Minute))
	c.mustBe(allUp)
	_, err = c.s.Down(t.Context(), homolog, "ana", "acabou", false, c.machines())
	if !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "bruno") && !strings.Contains(err.Error(), "carla") {
		t.Fatalf("somebody else's lease was ended: %v", err)
	}
	if _, err := c.s.Extend(t.Context(), homolog, "", "ana", time.Hour); !fault.Is(err, fault.Conflict) {
		t.Fatalf("one of two was extended: %v", err)
	}
	if _, err := c.s.End(t.Context(), homolog, view.Leases[1].ID, "ana", false); !fault.Is(err, fault.Refused) && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	c.mustBe(allUp)
	warned := c.told(environment.GoesOff)
	outcome, err := c.s.Down(t.Context(), homolog, "ana", "acabou", true, c.machines())
	if err != nil || !outcome.Ready {
		t.Fatal(outcome, err)
	}
	c.mustBe(allDown)
	if c.told(environment.GoesOff) != warned {
		t.Error("who asks for it was warned of it")
	}
}

// Killed at any call that changes something, the next tick goes on, and the end
// is the same.
func TestKilledAtAnyStep(t *testing.T) {
	for _, action := range []string{"StartDBInstance", "SetDesiredCapacity", "RunTask", "UpdateService", "DescribeTasks", "DescribeServices"} {
		for _, after := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s after=%v", action, after), func(t *testing.T) {
				c := off(t, "on-demand")
				ctx, kill := context.WithCancel(t.Context())
				machines := c.machines()
				machines.Power = &killed{Power: machines.Power, ctx: ctx, kill: kill, action: action, after: after}
				deps := c.deps
				deps.Shelf = mortal{c.shelf, ctx}
				_, err := environment.New(deps).Up(ctx, homolog, environment.Wish{Who: "ana", Why: "teste", For: 3 * time.Hour}, machines)
				if err == nil {
					t.Fatal("it was not killed")
				}
				if action == "RunTask" { // it still counts as at work for two minutes
					if outcome := c.tick(); outcome.Waits != "operator" || len(outcome.Steps) != 0 {
						t.Fatalf("%+v", outcome)
					}
				}
				c.clock.Advance(3 * time.Minute)
				if outcome := c.tick(); outcome.Want != schedule.Up {
					t.Fatalf("%+v", outcome)
				}
				c.clock.Advance(2 * time.Minute)
				c.tick()
				c.mustBe(allUp)
				view, err := c.s.Status(t.Context(), homolog)
				if err != nil || view.Last.DoneMS == 0 || len(view.Leases) != 1 {
					t.Fatalf("%+v, %v", view.Last, err)
				}
			})
		}
	}
}

// mortal is a shelf that a dead process writes to no more.
type mortal struct {
	blob.Shelf
	alive context.Context
}

func (m mortal) PutIf(ctx context.Context, name, version string, content []byte) (blob.Item, error) {
	if err := m.alive.Err(); err != nil {
		return blob.Item{}, err
	}
	return m.Shelf.PutIf(ctx, name, version, content)
}

// killed dies before or after the first change of a kind: nothing more is
// written, as after kill -9.
type killed struct {
	environment.Power
	ctx    context.Context
	kill   context.CancelFunc
	action string
	after  bool
}

func (k *killed) die(action string, call func() error) error {
	if k.ctx.Err() != nil {
		return k.ctx.Err()
	}
	if action != k.action {
		return call()
	}
	if k.after {
		_ = call()
	}
	k.kill()
	return k.ctx.Err()
}

func (k *killed) Start(ctx context.Context, part environment.Part, count int) error {
	action := map[environment.Role]string{environment.Database: "StartDBInstance", environment.Stream: "SetDesiredCapacity"}[part.Role]
	if action == "" {
		action = "UpdateService"
	}
	return k.die(action, func() error { return k.Power.Start(ctx, part, count) })
}

func (k *killed) Migrate(ctx context.Context, wait func(context.Context) error) error {
	if k.action == "DescribeTasks" {
		return k.Power.Migrate(ctx, func(context.Context) error { k.kill(); return k.ctx.Err() })
	}
	return k.die("RunTask", func() error { return k.Power.Migrate(ctx, wait) })
}

func (k *killed) Look(ctx context.Context) (environment.Sight, error) {
	if err := k.ctx.Err(); err != nil {
		return environment.Sight{}, err
	}
	sight, err := k.Power.Look(ctx)
	if err == nil && k.action == "DescribeServices" && k.after == sight.Parts[0].On() {
		k.kill()
	}
	return sight, err
}

func TestTheVendorStartsTheDatabase(t *testing.T) {
	for _, knows := range []bool{true, false} {
		t.Run(fmt.Sprintf("its event is known=%v", knows), func(t *testing.T) {
			c := off(t, "on-demand")
			c.clock.Advance(7*24*time.Hour - time.Hour)
			c.tick()
			c.mustBe(allDown)
			c.aws.Forget()
			c.clock.Advance(90 * time.Minute)
			if !knows { // nobody ticked for a day, and the event is not told any more
				c.clock.Advance(26 * time.Hour)
			}
			outcome := c.tick()
			if outcome.Want != schedule.Down || !outcome.Ready {
				t.Fatalf("%+v", outcome)
			}
			c.mustBe(allDown)
			if got := c.verbs(); !slices.Equal(got, []string{"StopDBInstance"}) || c.told(environment.Restarted) != 1 {
				t.Fatalf("%v, told %d times", got, c.told(environment.Restarted))
			}
			// And a week later again.
			c.every(time.Hour, c.clock.Now().Add(7*24*time.Hour+time.Hour))
			c.mustBe(allDown)
			if c.told(environment.Restarted) != 2 {
				t.Errorf("told %d times", c.told(environment.Restarted))
			}
		})
	}
}

func TestADatabaseThatIsBusyIsWaitedFor(t *testing.T) {
	c := off(t, "on-demand")
	if _, err := c.up("ana", time.Hour); err != nil {
		t.Fatal(err)
	}
	c.aws.BackUp(accountID, homolog+"-db", 20*time.Minute)
	c.aws.Throttle(accountID, "rds:StopDBInstance", 1)
	c.aws.Throttle(accountID, "ecs:UpdateService", 1)
	begun := c.clock.Now()
	outcome, err := c.s.Down(t.Context(), homolog, "ana", "acabou", false, c.machines())
	if err != nil || !outcome.Ready || c.clock.Now().Sub(begun) < 20*time.Minute {
		t.Fatalf("%+v, %v after %s", outcome, err, c.clock.Now().Sub(begun))
	}
	c.mustBe(allDown)
}

func TestWhatIsRefused(t *testing.T) {
	c := open(t, "on-demand", saturday)
	ctx, wish := t.Context(), environment.Wish{Who: "ana", Why: "teste", For: time.Hour}
	for name, reason := range map[string]string{"massivo-prod": "production", "enterprise-dev": "wrong_account", "massivo-teste": ""} {
		for what, err := range map[string]error{
			"up":   second(c.s.Up(ctx, name, wish, c.machines())),
			"down": second(c.s.Down(ctx, name, "ana", "", true, c.machines())),
			"tick": second(c.s.Tick(ctx, name, c.machines())),
			"plan": second(c.s.Plan(ctx, name, schedule.Down, c.machines())),
		} {
			var told *fault.Error
			if !errors.As(err, &told) || told.Reason != reason || reason == "" && told.Code != fault.NotFound {
				t.Errorf("%s %s: %v", what, name, err)
			}
		}
	}
	if _, err := c.s.Take(ctx, "massivo-prod", wish); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
	if _, err := c.s.Extend(ctx, "massivo-prod", "", "ana", time.Hour); !fault.Is(err, fault.Refused) {
		t.Error(err)
	}
	if _, err := c.s.Take(ctx, "enterprise-dev", wish); !fault.Is(err, fault.Refused) {
		t.Error("a lease of what is always on:", err)
	}
	// Another account's keys move nothing of ours.
	_, err := c.s.Up(ctx, homolog, wish, environment.Machines{Power: c.power("100000000022")})
	if !fault.Is(err, fault.Refused) || !strings.Contains(err.Error(), "100000000022") {
		t.Error(err)
	}
	if got := c.verbs(); len(got) != 0 {
		t.Errorf("%v was done", got)
	}
	if view, err := c.s.Status(ctx, homolog); err != nil || len(view.Leases) != 0 {
		t.Errorf("a refused lease was kept: %+v, %v", view, err)
	}
}

func second[T any](_ T, err error) error { return err }

func TestADryRunTellsAndDoesNothing(t *testing.T) {
	c := off(t, "on-demand")
	c.aws.Forget()
	outcome, err := c.s.Plan(t.Context(), homolog, schedule.Up, c.machines())
	if err != nil || !outcome.Dry {
		t.Fatal(outcome, err)
	}
	var said []string
	for _, step := range outcome.Steps {
		if step.Verb != environment.Await {
			said = append(said, fmt.Sprint(step.Verb, " ", step.Role, " ", step.Count))
		}
	}
	if want := []string{"start database 1", "start nats 1", "migrate  0", "start worker 1", "start api 1", "start gateway 2"}; !slices.Equal(said, want) {
		t.Errorf("%q, want %q", said, want)
	}
	if got := c.verbs(); len(got) != 0 {
		t.Errorf("%v was done", got)
	}
	c.mustBe(allDown)
}

// A migration that fails stops the way up, says so, and is tried again by the
// next tick.
func TestAFailedMigration(t *testing.T) {
	c := off(t, "on-demand")
	c.aws.NeedsDatabase(accountID, homolog+"-migrate", "another-db")
	_, err := c.up("ana", 2*time.Hour)
	if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "ended with 1") {
		t.Fatal(err)
	}
	c.mustBe(map[string]string{"db": "running 1", "nats-1": "running 1", "worker": "stopped 0", "api": "stopped 0"})
	view, err := c.s.Status(t.Context(), homolog)
	if err != nil || !strings.Contains(view.Last.Problem, "migrate") || c.told(environment.Failed) != 1 {
		t.Fatalf("%+v, %v", view.Last, err)
	}
	c.aws.NeedsDatabase(accountID, homolog+"-migrate", homolog+"-db")
	c.tick()
	c.mustBe(allUp)
	if view, err := c.s.Status(t.Context(), homolog); err != nil || view.Last.Problem != "" || view.Last.DoneMS == 0 {
		t.Fatalf("%+v, %v", view.Last, err)
	}
}

// A day of office hours: the hours that were measured are those that were
// planned, less the minutes of switching.
func TestADayIsMeasured(t *testing.T) {
	c := open(t, "office", time.Date(2026, 8, 3, 3, 0, 0, 0, time.UTC)) // midnight in São Paulo
	c.ticks(time.Date(2026, 8, 4, 3, 0, 0, 0, time.UTC))
	c.mustBe(allDown)
	hours, err := c.s.Hours(t.Context(), homolog, c.clock.Now())
	if err != nil {
		t.Fatal(err)
	}
	if hours.PlannedOn != 12*time.Hour || hours.On < 12*time.Hour || hours.On > 13*time.Hour || hours.Switches != 2 {
		t.Errorf("%s", hours)
	}
	text, _, err := blob.ReadShelf(t.Context(), c.shelf, "power/massivo-homolog/2026-08.csv", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	intervals, err := environment.ReadRecord(text)
	if err != nil {
		t.Fatal(err)
	}
	sum := map[string]time.Duration{}
	for _, i := range intervals {
		sum[i.Part+" "+i.State] += i.To.Sub(i.From)
	}
	if day := sum["database up"] + sum["database down"]; day < 23*time.Hour || sum["database up"] < sum["services up"] || sum["services up"] < 11*time.Hour+30*time.Minute {
		t.Errorf("%v\n%s", sum, text)
	}
}
