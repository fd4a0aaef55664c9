package unit

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"os/user"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
)

// Machine is this machine's units. It implements environment.Power.
type Machine struct {
	systemctl string
	units     []unit
	migrate   string
	// backedUp says that this run has asked for a backup.
	backedUp bool
}

type unit struct {
	role environment.Role
	name string
}

// New reads the units of a configuration. Error: fault.Invalid.
func New(cfg environment.Config) (*Machine, error) {
	machine := &Machine{systemctl: cfg.Systemd, migrate: cfg.Migrate}
	for _, text := range cfg.Units {
		role, name, ok := strings.Cut(text, "=")
		switch r := environment.Role(role); r {
		case environment.Database, environment.Stream, environment.Worker, environment.API, environment.Gateway:
			machine.units = append(machine.units, unit{r, name})
		default:
			ok = false
		}
		if !ok || name == "" || strings.HasPrefix(name, "-") {
			return nil, fault.OnField("PROSA_ENVIRONMENT_UNITS", "%q is no role=unit, with a role of database, nats, worker, api or gateway", text)
		}
	}
	return machine, nil
}

// Who implements environment.Power: the user of this machine.
func (m *Machine) Who(context.Context) (environment.Caller, error) {
	who, err := user.Current()
	if err != nil {
		return environment.Caller{}, fault.Wrap(err, fault.Internal, "this machine does not say who you are; use --who")
	}
	host, err := os.Hostname()
	return environment.Caller{Name: who.Username, Proof: who.Username + "@" + host}, err
}

// states of a unit by systemctl(1), is-active.
var states = map[string]environment.State{
	"active": environment.Running, "reloading": environment.Running, "activating": environment.Starting,
	"deactivating": environment.Stopping, "inactive": environment.Stopped, "failed": environment.Stopped,
}

// Look implements environment.Power.
func (m *Machine) Look(ctx context.Context) (environment.Sight, error) {
	var sight environment.Sight
	for _, u := range m.units {
		word, err := m.run(ctx, "is-active", u.name)
		// It exits with 3 for what is not active, and says its word all the same.
		var exit *exec.ExitError
		if err != nil && !errors.As(err, &exit) {
			return environment.Sight{}, fault.Wrap(err, fault.Unavailable, "the units can't be looked at")
		}
		state, known := states[word]
		if !known {
			return environment.Sight{}, fault.New(fault.Unavailable, "the unit %s is %q", u.name, word)
		}
		part := environment.Part{Name: u.name, Role: u.role, State: state, Word: word}
		if state == environment.Running || state == environment.Starting {
			part.Count = 1
		}
		if u.role == environment.Database && state == environment.Running {
			if busy, err := m.backingUp(ctx); err != nil {
				return environment.Sight{}, err
			} else if busy {
				part.State, part.Word = environment.Busy, "backing-up"
			}
		}
		sight.Parts = append(sight.Parts, part)
	}
	return sight, nil
}

// Start implements environment.Power.
func (m *Machine) Start(ctx context.Context, part environment.Part, _ int) error {
	return m.order(ctx, "start", "--no-block", part.Name)
}

// Stop implements environment.Power. A database is backed up before, since at
// night, when backups are made, it is off.
func (m *Machine) Stop(ctx context.Context, part environment.Part) error {
	if part.Role == environment.Database {
		due, err := m.backupDue(ctx)
		if err != nil {
			return err
		}
		if due {
			return m.backUp(ctx)
		}
	}
	return m.order(ctx, "stop", "--no-block", part.Name)
}

// Migrate implements environment.Power: a oneshot unit is run to its end, also one that counts as
// active after it.
func (m *Machine) Migrate(ctx context.Context, _ func(context.Context) error) error {
	return m.order(ctx, "restart", m.migrate)
}

func (m *Machine) order(ctx context.Context, arguments ...string) error {
	said, err := m.run(ctx, arguments...)
	if err != nil {
		return fault.New(fault.Unavailable, "systemctl %s: %v %s", strings.Join(arguments, " "), err, said)
	}
	return nil
}

// run gives what systemctl says, without its line ends.
func (m *Machine) run(ctx context.Context, arguments ...string) (string, error) {
	said, err := exec.CommandContext(ctx, m.systemctl, arguments...).CombinedOutput()
	return strings.TrimSpace(string(said)), err
}
