package unit

import (
	"context"
	"strconv"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
)

// The units that make backups (deploy/plain/systemd). The timer fires at night,
// when a machine that rests has no database to read: it is backed up each time
// it goes off instead, where the timer says that somebody wants backups at all.
const (
	backupTimer = "prosa-backup.timer"
	backupUnit  = "prosa-backup.service"
)

// Properties of a unit (org.freedesktop.systemd1(5)): microseconds of the
// monotonic clock, 0 for never; and the job that waits for it, if any.
const (
	cameUp   = "InactiveExitTimestampMonotonic"
	wentDown = "InactiveEnterTimestampMonotonic"
	active   = "ActiveState"
	job      = "Job"
)

// backingUp tells whether a backup runs, or is about to.
func (m *Machine) backingUp(ctx context.Context) (bool, error) {
	says, err := m.show(ctx, backupUnit)
	if err != nil {
		return false, err
	}
	waits := says[job] != "" && says[job] != "0"
	return waits || says[active] == "activating" || says[active] == "active", nil
}

// backupDue tells whether the database has to be backed up before it stops: no
// backup began since the product stopped and the database came up. One that
// failed is not repeated, or a machine would never rest; systemd lists it.
func (m *Machine) backupDue(ctx context.Context) (bool, error) {
	if m.backedUp {
		return false, nil
	}
	if timer, err := m.show(ctx, backupTimer); err != nil || timer[active] != "active" {
		return false, err
	}
	backup, err := m.show(ctx, backupUnit)
	if err != nil {
		return false, err
	}
	begun := microseconds(backup[cameUp])
	for _, u := range m.units {
		says, err := m.show(ctx, u.name)
		if err != nil {
			return false, err
		}
		since := microseconds(says[wentDown])
		if u.role == environment.Database {
			since = microseconds(says[cameUp])
		}
		if begun <= since {
			return true, nil
		}
	}
	return false, nil
}

// backUp begins a backup. Its error says that the database can't be stopped yet.
func (m *Machine) backUp(ctx context.Context) error {
	m.backedUp = true // once a run: what can't be begun keeps nothing on
	if err := m.order(ctx, "start", "--no-block", backupUnit); err != nil {
		return err
	}
	return fault.New(fault.Conflict, "a backup comes before the database stops")
}

// show asks for the properties of a unit; those of one that is not there are
// empty, or of their zero.
func (m *Machine) show(ctx context.Context, name string) (map[string]string, error) {
	said, err := m.run(ctx, "show", "--property="+strings.Join([]string{active, job, cameUp, wentDown}, ","), name)
	if err != nil {
		return nil, fault.New(fault.Unavailable, "systemctl show %s: %v %s", name, err, said)
	}
	says := map[string]string{}
	for line := range strings.Lines(said) {
		if key, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok {
			says[key] = value
		}
	}
	return says, nil
}

// microseconds reads a moment of the monotonic clock; what is none was never.
func microseconds(text string) uint64 {
	at, _ := strconv.ParseUint(text, 10, 64)
	return at
}
