package unit

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/base/fault"
	"prosa/internal/base/secret"
	"prosa/internal/cloud/environment"
	"prosa/internal/cloud/schedule"
	"prosa/internal/platform/blob"
	"prosa/internal/platform/config"
)

// systemctl is a machine whose units are files: as much of systemctl(1) as we
// use, with its exit codes (3 for what is not active). A backup waits as a job,
// then runs, then has ended, a question each.
const systemctl = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls
at=$(($(cat clock) + 1)); echo $at > clock
verb=$1; shift
if [ $verb = show ]; then
  job=; state=inactive
  [ -e "$2" ] && state=$(cat "$2")
  case $state in
  queued) job=7; state=inactive; echo activating > "$2"; echo $at > "$2.up";;
  activating) [ -e "$2.stays" ] || echo inactive > "$2";;
  esac
  printf 'InactiveExitTimestampMonotonic=%s\nInactiveEnterTimestampMonotonic=%s\nActiveState=%s\nJob=%s\n' \
    "$(cat "$2.up" 2>/dev/null || echo 0)" "$(cat "$2.down" 2>/dev/null || echo 0)" $state "$job"
  exit
fi
[ "$1" = --no-block ] && shift
[ -e "$1" ] || { echo "Unit $1 not found." >&2; exit 5; }
case $verb in
is-active) cat "$1"; [ "$(cat "$1")" = active ] || exit 3;;
start|restart) if [ "$1" = prosa-backup.service ]; then [ -e broken ] || echo queued > "$1"; else echo active > "$1"; echo $at > "$1.up"; fi;;
stop) echo inactive > "$1"; echo $at > "$1.down";;
esac
`

func machine(t *testing.T, state string) (*Machine, string) {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{"systemctl": systemctl, "clock": "0"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	var cfg environment.Config
	if err := config.Load(&cfg, config.Map(map[string]string{"PROSA_ENVIRONMENT_SYSTEMCTL": filepath.Join(dir, "systemctl"), "PROSA_ENVIRONMENT_POWER": "units"})); err != nil {
		t.Fatal(err)
	}
	for _, unit := range append(slices.Clone(cfg.Units), "x="+cfg.Migrate) {
		_, name, _ := strings.Cut(unit, "=")
		if err := os.WriteFile(filepath.Join(dir, name), []byte(state+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	return m, dir
}

// resting is a service that switches the machine by leases.
func resting(t *testing.T) (*environment.Service, *clock.Manual) {
	t.Helper()
	shelf, err := blob.OpenShelf(secret.New(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	hours, err := schedule.Parse("on-demand")
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC))
	return environment.New(environment.Deps{
		Deployments: []environment.Deployment{{Name: "massivo-homolog", Environment: "homolog", Schedule: hours}}, Shelf: shelf, Clock: now, Logger: slog.New(slog.DiscardHandler),
		Sleep: func(_ context.Context, length time.Duration) error { now.Advance(length); return nil },
	}), now
}

// orders are the calls that changed something since the last question.
func orders(t *testing.T, dir string) (verbs []string) {
	t.Helper()
	path := filepath.Join(dir, "calls")
	calls, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(calls)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "is-active") && !strings.HasPrefix(line, "show") {
			verbs = append(verbs, strings.ReplaceAll(line, "--no-block ", ""))
		}
	}
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	return verbs
}

var (
	down = []string{"stop prosa-gateway.service", "stop prosa-api.service", "stop prosa-worker.service", "stop prosa-nats.service", "stop postgresql.service"}
	up   = []string{"start postgresql.service", "start prosa-nats.service", "restart prosa-migrate.service", "start prosa-worker.service", "start prosa-api.service", "start prosa-gateway.service"}
)

// The units of deploy/plain go down and come up in the same order as the cloud's
// machines.
func TestUnitsAreSwitchedInOrder(t *testing.T) {
	m, dir := machine(t, "active")
	s, now := resting(t)
	if outcome, err := s.Down(t.Context(), "massivo-homolog", "ana", "", false, environment.Machines{Power: m}); err != nil || !outcome.Ready {
		t.Fatal(outcome, err)
	}
	now.Advance(time.Minute)
	outcome, err := s.Up(t.Context(), "massivo-homolog", environment.Wish{Why: "teste", For: time.Hour}, environment.Machines{Power: m})
	if err != nil || !outcome.Ready || outcome.Lease.Who == "" || !strings.Contains(outcome.Lease.Proof, "@") {
		t.Fatal(outcome, err)
	}
	if verbs, want := orders(t, dir), append(slices.Clone(down), up...); !slices.Equal(verbs, want) {
		t.Errorf("%q, want %q", verbs, want)
	}
}

// A machine that is off at night is backed up each time it goes off, between the
// last that the product wrote and the end of the database.
func TestAMachineThatRestsIsBackedUp(t *testing.T) {
	m, dir := machine(t, "active")
	put := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("prosa-backup.timer", "active")
	put("prosa-backup.service", "inactive")
	put("prosa-backup.service.up", "0") // last night's, before all that follows
	s, now := resting(t)
	goDown := func(m *Machine) environment.Outcome {
		t.Helper()
		now.Advance(time.Minute)
		outcome, err := s.Down(t.Context(), "massivo-homolog", "ana", "", true, environment.Machines{Power: m})
		if err != nil || !outcome.Ready {
			t.Fatal(outcome, err)
		}
		return outcome
	}
	comeUp := func() {
		t.Helper()
		now.Advance(time.Minute)
		if outcome, err := s.Up(t.Context(), "massivo-homolog", environment.Wish{Why: "teste", For: time.Hour}, environment.Machines{Power: again(m)}); err != nil || !outcome.Ready {
			t.Fatal(outcome, err)
		}
		orders(t, dir)
	}
	backedUp := slices.Insert(slices.Clone(down), 4, "start prosa-backup.service")
	goDown(again(m))
	if verbs := orders(t, dir); !slices.Equal(verbs, backedUp) {
		t.Errorf("%q, want %q", verbs, backedUp)
	}
	// Once more after the next lease; and a night's backup that still runs is waited
	// for, not joined: it began before the product stopped.
	comeUp()
	put("prosa-backup.service", "activating")
	goDown(again(m))
	if verbs := orders(t, dir); !slices.Equal(verbs, backedUp) {
		t.Errorf("%q, want %q", verbs, backedUp)
	}

	// Who was killed while it ran leaves it to the next run, which waits and makes no
	// second one.
	comeUp()
	put("prosa-backup.service.stays", "")
	killed, kill := context.WithCancel(t.Context())
	begun := environment.Machines{Power: again(m), Report: func(step environment.Step) {
		if state, err := os.ReadFile(filepath.Join(dir, "prosa-backup.service")); err == nil && string(state) == "activating\n" && step.Verb == environment.Await {
			kill()
		}
	}}
	now.Advance(time.Minute)
	if _, err := s.Down(killed, "massivo-homolog", "ana", "", true, begun); err == nil {
		t.Fatal("it was not killed")
	}
	if err := os.Remove(filepath.Join(dir, "prosa-backup.service.stays")); err != nil {
		t.Fatal(err)
	}
	goDown(again(m))
	if verbs := orders(t, dir); !slices.Equal(verbs, backedUp) {
		t.Errorf("%q, want %q", verbs, backedUp)
	}

	// A database that somebody started alone may have been written to.
	if err := m.order(t.Context(), "start", "postgresql.service"); err != nil {
		t.Fatal(err)
	}
	sight, err := m.Look(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := again(m).Stop(t.Context(), sight.Parts[0]); !fault.Is(err, fault.Conflict) {
		t.Errorf("stopped without a backup: %v", err)
	}
	put("prosa-backup.service", "inactive")

	// One that can't begin keeps no machine on.
	comeUp()
	put("broken", "")
	goDown(again(m))
	if verbs := orders(t, dir); !slices.Equal(verbs, backedUp) {
		t.Errorf("%q, want %q", verbs, backedUp)
	}

	// Nobody wants backups, or nobody has them: the machine rests all the same.
	comeUp()
	put("prosa-backup.timer", "inactive")
	goDown(again(m))
	if verbs := orders(t, dir); !slices.Equal(verbs, down) {
		t.Errorf("%q, want %q", verbs, down)
	}
}

// again is the machine as the next process finds it.
func again(m *Machine) *Machine {
	next := *m
	next.backedUp = false
	return &next
}

// The default names are those of the units that we ship.
func TestTheUnitsExist(t *testing.T) {
	var cfg environment.Config
	if err := config.Load(&cfg, config.Map(nil)); err != nil {
		t.Fatal(err)
	}
	for _, unit := range append(slices.Clone(cfg.Units), "x="+cfg.Migrate) {
		_, name, _ := strings.Cut(unit, "=")
		if _, err := os.Stat(filepath.Join("../../../../deploy/plain/systemd", name)); err != nil && name != "postgresql.service" {
			t.Errorf("%s is not shipped: %v", name, err)
		}
	}
}

func TestWhatUnitsSay(t *testing.T) {
	m, dir := machine(t, "deactivating")
	if sight, err := m.Look(t.Context()); err != nil || sight.Parts[0].State != environment.Stopping || sight.Parts[0].On() {
		t.Fatalf("%+v, %v", sight, err)
	}
	if err := os.WriteFile(filepath.Join(dir, "prosa-nats.service"), []byte("unknown\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := m.Look(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(dir, "prosa-migrate.service")); err != nil {
		t.Fatal(err)
	}
	if err := m.Migrate(t.Context(), nil); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "not found") {
		t.Fatal(err)
	}
	for _, units := range [][]string{{"database"}, {"cache=redis.service"}, {"api="}, {"api=--now"}} {
		if _, err := New(environment.Config{Units: units}); !fault.Is(err, fault.Invalid) {
			t.Errorf("%q: %v", units, err)
		}
	}
	m.systemctl = filepath.Join(dir, "nothing")
	if _, err := m.Look(t.Context()); !fault.Is(err, fault.Unavailable) {
		t.Fatal(err)
	}
}
