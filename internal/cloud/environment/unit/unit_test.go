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
// use, with its exit codes (3 for what is not active).
const systemctl = `#!/bin/sh
cd "$(dirname "$0")"
echo "$*" >> calls
verb=$1; shift
[ "$1" = --no-block ] && shift
[ -e "$1" ] || { echo "Unit $1 not found." >&2; exit 5; }
case $verb in
is-active) cat "$1"; [ "$(cat "$1")" = active ] || exit 3;;
start|restart) echo active > "$1";;
stop) echo inactive > "$1";;
esac
`

func machine(t *testing.T, state string) (*Machine, string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "systemctl"), []byte(systemctl), 0o700); err != nil {
		t.Fatal(err)
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

// The units of deploy/plain go down and come up in the same order as the cloud's
// machines.
func TestUnitsAreSwitchedInOrder(t *testing.T) {
	m, dir := machine(t, "active")
	shelf, err := blob.OpenShelf(secret.New(t.TempDir()))
	if err != nil {
		t.Fatal(err)
	}
	hours, err := schedule.Parse("on-demand")
	if err != nil {
		t.Fatal(err)
	}
	now := clock.NewManual(time.Date(2026, 8, 3, 9, 0, 0, 0, time.UTC))
	s := environment.New(environment.Deps{
		Deployments: []environment.Deployment{{Name: "massivo-homolog", Environment: "homolog", Schedule: hours}}, Shelf: shelf, Clock: now, Logger: slog.New(slog.DiscardHandler),
		Sleep: func(_ context.Context, length time.Duration) error { now.Advance(length); return nil },
	})
	if outcome, err := s.Down(t.Context(), "massivo-homolog", "ana", "", false, environment.Machines{Power: m}); err != nil || !outcome.Ready {
		t.Fatal(outcome, err)
	}
	now.Advance(time.Minute)
	outcome, err := s.Up(t.Context(), "massivo-homolog", environment.Wish{Why: "teste", For: time.Hour}, environment.Machines{Power: m})
	if err != nil || !outcome.Ready || outcome.Lease.Who == "" || !strings.Contains(outcome.Lease.Proof, "@") {
		t.Fatal(outcome, err)
	}
	calls, err := os.ReadFile(filepath.Join(dir, "calls"))
	if err != nil {
		t.Fatal(err)
	}
	var verbs []string
	for line := range strings.Lines(string(calls)) {
		if line = strings.TrimSpace(line); !strings.HasPrefix(line, "is-active") {
			verbs = append(verbs, strings.ReplaceAll(line, "--no-block ", ""))
		}
	}
	want := []string{
		"stop prosa-gateway.service", "stop prosa-api.service", "stop prosa-worker.service", "stop prosa-nats.service", "stop postgresql.service",
		"start postgresql.service", "start prosa-nats.service", "restart prosa-migrate.service", "start prosa-worker.service", "start prosa-api.service", "start prosa-gateway.service",
	}
	if !slices.Equal(verbs, want) {
		t.Errorf("%q, want %q", verbs, want)
	}
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
