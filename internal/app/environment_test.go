package app

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
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

	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/environment"
	"prosa/internal/edge/httpapi"
	"prosa/internal/sandbox/aws"
)

const homologAccount = "100000000012" // of accounts.yaml

// hasty is a clock on which a minute takes 50 ms, and that can be moved.
type hasty struct {
	mu   sync.Mutex
	from time.Time
	more time.Duration
}

func (h *hasty) now() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.from.Add(time.Since(h.from)*1200 + h.more)
}

func (h *hasty) advance(length time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.more += length
}

// leased is an imitated account, and the settings of commands that switch it.
type leased struct {
	t        *testing.T
	clock    *hasty
	cloud    *aws.Server
	settings map[string]string
}

func openLeased(t *testing.T) *leased {
	t.Helper()
	l := &leased{t: t, clock: &hasty{from: time.Now()}}
	l.cloud = aws.New(aws.Config{Now: l.clock.now, Accounts: []aws.Account{{ID: homologAccount, Name: "massivo-homolog"}}})
	server := httptest.NewServer(l.cloud)
	t.Cleanup(server.Close)
	root, err := filepath.Abs("../../deploy/terraform/accounts.yaml")
	if err != nil {
		t.Fatal(err)
	}
	l.settings = map[string]string{
		"PROSA_ENVIRONMENT_LEASES_URL": t.TempDir(), "PROSA_ENVIRONMENT_ACCOUNTS": root, "PROSA_ENVIRONMENT_AWS_URL": server.URL, "PROSA_ENVIRONMENT_PAUSE": "20ms",
		"AWS_ACCESS_KEY_ID": aws.AccessKey(homologAccount), "AWS_SECRET_ACCESS_KEY": aws.Secret, "AWS_EC2_METADATA_DISABLED": "true",
	}
	l.furnish(server.URL)
	return l
}

func (l *leased) furnish(url string) {
	l.t.Helper()
	ctx, name := l.t.Context(), "massivo-homolog"
	config := awssdk.Config{Region: aws.Region, BaseEndpoint: awssdk.String(url), Credentials: credentials.NewStaticCredentialsProvider(aws.AccessKey(homologAccount), aws.Secret, "")}
	services, groups, databases := ecs.NewFromConfig(config), autoscaling.NewFromConfig(config), rds.NewFromConfig(config)
	must := func(_ any, err error) {
		l.t.Helper()
		if err != nil {
			l.t.Fatal(err)
		}
	}
	must(services.CreateCluster(ctx, &ecs.CreateClusterInput{ClusterName: awssdk.String(name)}))
	for _, role := range []string{"gateway", "api", "worker", "migrate"} {
		must(services.RegisterTaskDefinition(ctx, &ecs.RegisterTaskDefinitionInput{Family: awssdk.String(name + "-" + role), ContainerDefinitions: []ecstypes.ContainerDefinition{{Name: awssdk.String(role)}}}))
	}
	for _, role := range []string{"gateway", "api", "worker"} {
		must(services.CreateService(ctx, &ecs.CreateServiceInput{
			Cluster: awssdk.String(name), ServiceName: awssdk.String(name + "-" + role), TaskDefinition: awssdk.String(name + "-" + role), DesiredCount: awssdk.Int32(1),
			NetworkConfiguration: &ecstypes.NetworkConfiguration{AwsvpcConfiguration: &ecstypes.AwsVpcConfiguration{Subnets: []string{"subnet-a"}}},
		}))
	}
	must(groups.CreateAutoScalingGroup(ctx, &autoscaling.CreateAutoScalingGroupInput{AutoScalingGroupName: awssdk.String(name + "-nats-1"), MinSize: awssdk.Int32(0), MaxSize: awssdk.Int32(1), DesiredCapacity: awssdk.Int32(1)}))
	must(databases.CreateDBInstance(ctx, &rds.CreateDBInstanceInput{DBInstanceIdentifier: awssdk.String(name + "-db"), DBInstanceClass: awssdk.String("db.t4g.small"), Engine: awssdk.String("postgres")}))
	l.cloud.NeedsDatabase(homologAccount, name+"-migrate", name+"-db")
	l.clock.advance(10 * time.Minute)
}

// TestMainAsAChild is the program in a process of its own, for tests that kill it.
func TestMainAsAChild(t *testing.T) {
	if args := os.Getenv("PROSA_TEST_ARGS"); args != "" {
		os.Exit(Main(strings.Split(args, "\n")))
	}
}

// child prepares a command line as a process.
func (l *leased) child(args ...string) *exec.Cmd {
	command := exec.Command(os.Args[0], "-test.run=^TestMainAsAChild$")
	command.Env = []string{"PROSA_TEST_ARGS=" + strings.Join(append([]string{"environment"}, args...), "\n"), "HOME=" + l.t.TempDir(), "PATH=" + os.Getenv("PATH")}
	for name, value := range l.settings {
		command.Env = append(command.Env, name+"="+value)
	}
	return command
}

// prosa runs a command to its end.
func (l *leased) prosa(args ...string) (said string, ok bool) {
	l.t.Helper()
	text, err := l.child(args...).CombinedOutput()
	if testing.Verbose() {
		l.t.Logf("prosa environment %s\n%s", strings.Join(args, " "), strings.TrimSpace(string(text)))
	}
	return string(text), err == nil
}

func (l *leased) wants(ok bool, says string, args ...string) {
	l.t.Helper()
	said, done := l.prosa(args...)
	if done != ok || !strings.Contains(said, says) {
		l.t.Fatalf("prosa environment %s: done %v, want %v with %q:\n%s", strings.Join(args, " "), done, ok, says, said)
	}
}

// killAt starts a command and kills it, as kill -9 does, once it says a step.
func (l *leased) killAt(step string, args ...string) {
	l.t.Helper()
	command := l.child(args...)
	said, err := command.StderrPipe()
	if err != nil {
		l.t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		l.t.Fatal(err)
	}
	reached := false
	for lines := bufio.NewScanner(said); !reached && lines.Scan(); {
		reached = strings.Contains(lines.Text(), step)
	}
	_ = command.Process.Kill()
	_, _ = io.Copy(io.Discard, said)
	if err := command.Wait(); !reached || err == nil {
		l.t.Fatalf("%v was not killed at %s: %v", args, step, err)
	}
	l.t.Logf("prosa environment %s: killed at %q", strings.Join(args, " "), step)
}

// states asks for the parts as the status page shows them.
func (l *leased) states() map[string]environment.State {
	l.t.Helper()
	text, err := l.child("status", "massivo-homolog", "--json").Output()
	if err != nil {
		l.t.Fatal(err)
	}
	var views []environment.View
	if err := json.Unmarshal(text, &views); err != nil || len(views) != 1 {
		l.t.Fatalf("%v: %s", err, text)
	}
	states := map[string]environment.State{}
	for _, part := range views[0].Last.Parts {
		states[strings.TrimPrefix(part.Name, "massivo-homolog-")] = part.State
	}
	return states
}

func (l *leased) all(want environment.State) {
	l.t.Helper()
	states := l.states()
	for name, state := range states {
		if state != want {
			l.t.Fatalf("%s is %s: %v", name, state, states)
		}
	}
	if len(states) != 5 {
		l.t.Fatalf("%v", states)
	}
}

// The whole of it by the command line, in processes of their own: two people
// take a lease at once, one is killed on the way up and a tick goes on, who
// holds it is respected, and a database that the cloud starts is stopped again.
func TestShowEnvironmentsByCommand(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts some twenty processes")
	}
	l := openLeased(t)
	l.wants(false, "production", "up", "massivo-prod", "--why", "x")
	l.wants(false, "names no deployment", "up", "massivo-teste", "--why", "x")
	l.wants(true, "warning", "tick", "massivo-homolog") // the first ever: it runs, and nobody said why
	l.wants(true, "stop massivo-homolog-db", "down", "massivo-homolog", "--who", "ana", "--dry-run")
	l.wants(true, "ready after", "down", "massivo-homolog", "--who", "ana")
	l.all(environment.Stopped)

	var asking sync.WaitGroup
	for _, who := range []string{"ana", "bruno"} {
		asking.Go(func() {
			if said, ok := l.prosa("up", "massivo-homolog", "--who", who, "--why", "teste de "+who, "--for", "3h", "--lease-only"); !ok {
				t.Error(said)
			}
		})
	}
	asking.Wait()
	said, _ := l.prosa("status", "massivo-homolog")
	if !strings.Contains(said, "teste de ana") || !strings.Contains(said, "teste de bruno") {
		t.Fatalf("a lease was lost:\n%s", said)
	}
	l.killAt("migrate", "tick", "massivo-homolog")
	if states := l.states(); states["db"] != environment.Running || states["api"] != environment.Stopped {
		t.Fatalf("killed too late: %v", states)
	}
	l.forget()
	l.wants(true, "ready after", "tick", "massivo-homolog")
	l.all(environment.Running)
	l.wants(true, "nothing to do", "tick", "massivo-homolog")

	l.wants(false, "several hold", "extend", "massivo-homolog", "--who", "carla")
	l.wants(false, "holds it until", "down", "massivo-homolog", "--who", "ana", "--why", "acabou")
	l.all(environment.Running)
	l.wants(true, "ready after", "down", "massivo-homolog", "--who", "ana", "--why", "acabou", "--force")
	l.all(environment.Stopped)

	l.clock.advance(7*24*time.Hour + time.Minute)
	l.wants(true, "massivo-homolog-db", "tick", "massivo-homolog", "--dry-run")
	l.wants(true, "ready after", "tick", "massivo-homolog")
	l.all(environment.Stopped)
}

// forget lets the killed runner's time pass: two minutes in which nobody else may
// switch.
func (l *leased) forget() {
	l.t.Helper()
	path := filepath.Join(l.settings["PROSA_ENVIRONMENT_LEASES_URL"], "leases", "massivo-homolog.json")
	text, err := os.ReadFile(path)
	if err != nil {
		l.t.Fatal(err)
	}
	var page map[string]any
	if err := json.Unmarshal(text, &page); err != nil {
		l.t.Fatal(err)
	}
	runner, _ := page["runner"].(map[string]any)
	if runner["id"] == nil {
		l.t.Fatalf("nobody was at work: %s", text)
	}
	l.wants(true, "switches it right now", "tick", "massivo-homolog")
	runner["until_ms"] = 1
	text, err = json.Marshal(page)
	if err != nil {
		l.t.Fatal(err)
	}
	if err := os.WriteFile(path, text, 0o600); err != nil {
		l.t.Fatal(err)
	}
}

func TestTheCalendarByCommand(t *testing.T) {
	code, out, problem := invoke(t, nil, "environment", "calendar", "--schedule", "office, place sp/sao-paulo", "--year", "2026")
	if code != exitOK || !strings.Contains(out, "2964 h on, 5796 h off of 8760: 66.2% off") || !strings.Contains(out, "Revolução Constitucionalista") {
		t.Fatalf("%d %s%s", code, out, problem)
	}
	code, out, problem = invoke(t, nil, "environment", "calendar", "--schedule", "office", "--year", "2026", "--json")
	var months []plannedMonth
	if err := json.Unmarshal([]byte(out), &months); code != exitOK || err != nil || len(months) != 12 || months[1].On != 204 {
		t.Fatalf("%d %s%s %v", code, out, problem, err)
	}
	if code, _, problem := invoke(t, nil, "environment", "calendar", "--schedule", "sometimes"); code != exitFailure || !strings.Contains(problem, "zone") {
		t.Fatal(code, problem)
	}
	for _, year := range []string{"1", "1999", "2101", "99999", "-1"} {
		if code, out, problem := invoke(t, nil, "environment", "calendar", "--schedule", "office", "--year="+year); code != exitFailure || !strings.Contains(problem, "2000 to 2100") {
			t.Errorf("year %s: %d %s%s", year, code, out, problem)
		}
	}
	if code, _, problem := invoke(t, nil, "environment", "status"); code != exitFailure || !strings.Contains(problem, "PROSA_ENVIRONMENT_LEASES_URL") {
		t.Fatal(code, problem)
	}
}

// Without accounts.yaml a process knows its own deployment alone, and one that
// says nothing of itself is never switched.
func TestADeploymentKnowsItself(t *testing.T) {
	known := func(settings map[string]string) []environment.Deployment {
		t.Helper()
		cfg, err := load(func(name string) (string, bool) { value, ok := settings[name]; return value, ok })
		if err != nil {
			t.Fatal(err)
		}
		found, err := deployments(cfg)
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	if got := known(nil); len(got) != 1 || got[0].Name != "massivo-dev" || got[0].Schedule.String() != "always" {
		t.Errorf("%+v", got)
	}
	own := map[string]string{"PROSA_LINE": "enterprise", "PROSA_ENVIRONMENT": "homolog", "PROSA_ENVIRONMENT_SCHEDULE": "on-demand", "PROSA_ENVIRONMENT_ACCOUNT_ID": "100000000022"}
	if got := known(own); got[0].Name != "enterprise-homolog" || got[0].AccountID != "100000000022" || got[0].Schedule.Kind != "on-demand" {
		t.Errorf("%+v", got)
	}
	all := known(map[string]string{"PROSA_ENVIRONMENT_ACCOUNTS": "../../deploy/terraform/accounts.yaml"})
	if len(all) != 6 || all[1].Name != "massivo-homolog" || all[1].AccountID != homologAccount {
		t.Errorf("%+v", all)
	}
	plain := known(map[string]string{"PROSA_ENVIRONMENT_ACCOUNTS": "../../deploy/terraform/accounts.yaml", "PROSA_ENVIRONMENT_POWER": "units"})
	if plain[1].AccountID != "" {
		t.Errorf("a plain machine is of account %s", plain[1].AccountID)
	}
}

// From a desk, as homolog.md says it: without rights in the cloud, and with the
// name of what is missing.
func TestALeaseFromADesk(t *testing.T) {
	settings := map[string]string{"PROSA_ENVIRONMENT_LEASES_URL": t.TempDir()}
	asks := func(want int, says string, args ...string) {
		t.Helper()
		code, out, problem := invoke(t, settings, append([]string{"environment"}, args...)...)
		if code != want || !strings.Contains(out+problem, says) {
			t.Errorf("%v: %d, want %d with %q:\n%s%s", args, code, want, says, out, problem)
		}
	}
	up := []string{"up", "massivo-homolog", "--lease-only", "--why", "flow of orders", "--for", "3h"}
	asks(exitFailure, "--who", up...)
	asks(exitFailure, "--who", append(up, "--who= ")...)
	asks(exitFailure, "PROSA_ENVIRONMENT_ACCOUNTS", append(up, "--who", "ana")...)
	asks(exitFailure, "PROSA_ENVIRONMENT_ACCOUNTS", "status", "massivo-homolog")
	settings["PROSA_ENVIRONMENT_ACCOUNTS"] = "../../deploy/terraform/accounts.yaml"
	asks(exitOK, "the next tick brings it up", append(up, "--who", "ana")...)
	asks(exitFailure, "no deployment", "status", "massivo-teste")

	// What begins later says when, and that no tick before it does anything.
	asks(exitFailure, "--who", "up", "massivo-homolog", "--in", "48h", "--why", "carga")
	begin := clockOf(time.Now().Add(48 * time.Hour).UnixMilli())[:len("Mon 2006-01-02")]
	asks(exitOK, "from "+begin, "up", "massivo-homolog", "--in", "48h", "--why", "carga", "--who", "bia")
	asks(exitOK, "bia from "+begin, "status", "massivo-homolog")
	_, out, _ := invoke(t, settings, "environment", "status", "massivo-homolog")
	if strings.Count(out, " from ") != 1 {
		t.Errorf("what has begun has no begin to tell:\n%s", out)
	}
	_, out, _ = invoke(t, settings, "environment", "up", "massivo-homolog", "--in", "48h", "--why", "carga", "--who", "bia")
	if strings.Contains(out, "next tick") {
		t.Errorf("the next tick brings nothing up: %s", out)
	}
}

// The command of the guides is one that runs.
func TestTheGuidesNameTheWholeCommand(t *testing.T) {
	for _, path := range []string{"../../docs/guides/en/homolog.md", "../../docs/guides/pt-BR/homolog.md"} {
		text, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		told := 0
		for line := range strings.Lines(string(text)) {
			if !strings.Contains(line, "prosa environment up") || !strings.Contains(line, "--lease-only") {
				continue
			}
			told++
			for _, part := range []string{"--who", "--why"} {
				if !strings.Contains(line, part) {
					t.Errorf("%s: the command lacks %s: %s", path, part, line)
				}
			}
		}
		if told == 0 || !strings.Contains(string(text), "PROSA_ENVIRONMENT_ACCOUNTS=deploy/terraform/accounts.yaml") {
			t.Errorf("%s tells %d commands that take a lease alone, without accounts.yaml", path, told)
		}
	}
}

// Operators see and hold what the commands keep.
func TestTheDoorToTheLeases(t *testing.T) {
	if door, err := leasesOf(Config{}, slog.New(slog.DiscardHandler)); door != nil || err != nil {
		t.Fatal(door, err)
	}
	var cfg Config
	cfg.Environments = environment.Config{Leases: secret.New(t.TempDir()), Accounts: "../../deploy/terraform/accounts.yaml", Power: "aws"}
	door, err := leasesOf(cfg, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	lease, err := door.Take(ctx, "massivo-homolog", httpapi.EnvironmentHolder{Name: "ana@prosa.example", Proof: "usr_1"}, "fluxo de pedidos", time.Hour)
	if err != nil || lease.Who != "ana@prosa.example" || lease.UntilMS-lease.FromMS != time.Hour.Milliseconds() {
		t.Fatal(lease, err)
	}
	if _, err := door.Take(ctx, "massivo-prod", httpapi.EnvironmentHolder{Name: "ana"}, "x", time.Hour); !fault.Is(err, fault.Refused) {
		t.Fatal(err)
	}
	if got, err := door.Extend(ctx, "massivo-homolog", lease.ID, "bruno@prosa.example", 5*time.Hour); err != nil || got.Extended != "bruno@prosa.example" {
		t.Fatal(got, err)
	}
	if _, err := door.Extend(ctx, "massivo-homolog", "", "bruno", time.Hour); !fault.Is(err, fault.Invalid) {
		t.Fatal(err)
	}
	shown, err := door.List(ctx)
	if err != nil || len(shown) != 6 || len(shown[1].Leases) != 1 || shown[2].Switchable || len(shown[1].Floor) == 0 || shown[1].Hours.AllMinutes == 0 {
		t.Fatalf("%+v, %v", shown, err)
	}
	office := httpapi.EnvironmentTimes{Kind: "office", Zone: "America/Sao_Paulo", HolidaysOff: true, OptionalOff: true,
		Windows: []httpapi.EnvironmentWindow{{Days: []int{1, 2, 3, 4, 5}, FromMinute: 8 * 60, ToMinute: 20 * 60}}}
	if got := shown[0].Times; !reflect.DeepEqual(got, office) {
		t.Errorf("dev runs %+v", got)
	}
	if got := shown[1].Times; got.Kind != "on-demand" || len(got.Windows) != 0 {
		t.Errorf("homolog runs %+v", got)
	}
	if got := shown[2].Times; got.Kind != "always" || got.Zone != "" || len(got.Windows) != 0 {
		t.Errorf("production runs %+v", got)
	}
	if err := door.End(ctx, "massivo-homolog", lease.ID, "bruno@prosa.example", false); !fault.Is(err, fault.Refused) {
		t.Fatal(err)
	}
	if err := door.End(ctx, "massivo-homolog", lease.ID, "bruno@prosa.example", true); err != nil {
		t.Fatal(err)
	}
	if shown, err := door.List(ctx); err != nil || len(shown[1].Leases) != 0 || shown[1].Past[0].EndedBy != "bruno@prosa.example" {
		t.Fatalf("%+v, %v", shown, err)
	}
}
