package app

import (
	"cmp"
	"context"
	"log/slog"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
	"prosa/internal/cloud/schedule"
	"prosa/internal/edge/httpapi"
)

// leasesOf opens the operators' page of environments: nil where no leases are
// kept.
func leasesOf(cfg Config, logger *slog.Logger) (httpapi.Environments, error) {
	if cfg.Environments.Leases.IsZero() {
		return nil, nil
	}
	service, err := environments(cfg, logger)
	if err != nil {
		return nil, err
	}
	return environmentDoor{service}, nil
}

// environmentDoor shows the leases to operators. It switches nothing: what they
// say is done by the environment's own timer.
type environmentDoor struct{ service *environment.Service }

// List implements httpapi.Environments.
func (d environmentDoor) List(ctx context.Context) ([]httpapi.Environment, error) {
	views, err := d.service.List(ctx)
	if err != nil {
		return nil, err
	}
	shown := make([]httpapi.Environment, 0, len(views))
	for _, view := range views {
		one := httpapi.Environment{
			Deployment: view.Deployment, Line: view.Line, Environment: view.Environment, Schedule: view.Schedule, Switchable: view.Switchable,
			Leases: showLeases(view.Leases), Past: showLeases(view.Past), SeenMS: view.Last.SeenMS, Parts: []httpapi.EnvironmentPart{},
			Want: string(view.Last.Want), Reason: string(view.Last.Reason), Detail: view.Last.Detail, UntilMS: view.Last.UntilMS,
			Switching: view.Last.BeganMS > 0 && view.Last.DoneMS == 0, Problem: view.Last.Problem, NextMS: view.NextMS, Floor: []string{}, Times: showTimes(view.Times),
		}
		for _, cost := range view.Floor {
			one.Floor = append(one.Floor, string(cost))
		}
		for _, part := range view.Last.Parts {
			one.Parts = append(one.Parts, httpapi.EnvironmentPart{Name: part.Name, Role: string(part.Role), State: string(part.State), Count: part.Count})
		}
		if view.Switchable {
			hours, err := d.service.Hours(ctx, view.Deployment, time.Now())
			if err != nil {
				return nil, err
			}
			one.Hours = httpapi.EnvironmentHours{
				Month: hours.Month, AllMinutes: minutes(hours.All), PlannedMinutes: minutes(hours.PlannedOn), OnMinutes: minutes(hours.On),
				OffMinutes: minutes(hours.Off), UnseenMinutes: minutes(hours.Unseen), SwitchedOnTimes: int64(hours.Switches),
			}
		}
		shown = append(shown, one)
	}
	return shown, nil
}

// showTimes tells a schedule in parts, for pages in any language.
func showTimes(s schedule.Schedule) httpapi.EnvironmentTimes {
	shown := httpapi.EnvironmentTimes{Kind: string(s.Kind), Windows: []httpapi.EnvironmentWindow{}, HolidaysOff: s.HolidaysOff, OptionalOff: s.OptionalOff}
	if s.Kind != schedule.Office {
		return shown
	}
	shown.Zone = cmp.Or(s.Zone, time.UTC).String()
	for _, window := range s.Windows {
		one := httpapi.EnvironmentWindow{Days: []int{}, FromMinute: window.From, ToMinute: window.To}
		for day, on := range window.Days {
			if on {
				one.Days = append(one.Days, day)
			}
		}
		shown.Windows = append(shown.Windows, one)
	}
	return shown
}

func minutes(length time.Duration) int64 { return int64(length / time.Minute) }

func showLeases(leases []schedule.Lease) []httpapi.EnvironmentLease {
	shown := make([]httpapi.EnvironmentLease, 0, len(leases))
	for _, lease := range leases {
		shown = append(shown, showLease(lease))
	}
	return shown
}

func showLease(lease schedule.Lease) httpapi.EnvironmentLease {
	shown := httpapi.EnvironmentLease{
		ID: lease.ID, Who: lease.Who, Why: lease.Why, FromMS: lease.FromMS, UntilMS: lease.UntilMS, EndedMS: lease.EndedMS, EndedBy: lease.EndedBy,
	}
	if n := len(lease.Extended); n > 0 {
		shown.Extended = lease.Extended[n-1].By
	}
	return shown
}

// Take implements httpapi.Environments.
func (d environmentDoor) Take(ctx context.Context, name string, who httpapi.EnvironmentHolder, why string, length time.Duration) (httpapi.EnvironmentLease, error) {
	lease, err := d.service.Take(ctx, name, environment.Wish{Who: who.Name, Proof: who.Proof, Why: why, For: length})
	return showLease(lease), err
}

// Extend implements httpapi.Environments.
func (d environmentDoor) Extend(ctx context.Context, name, leaseID, by string, more time.Duration) (httpapi.EnvironmentLease, error) {
	if leaseID == "" {
		return httpapi.EnvironmentLease{}, fault.OnField("lease", "names no lease")
	}
	lease, err := d.service.Extend(ctx, name, leaseID, by, more)
	return showLease(lease), err
}

// End implements httpapi.Environments.
func (d environmentDoor) End(ctx context.Context, name, leaseID, by string, force bool) error {
	_, err := d.service.End(ctx, name, leaseID, by, force)
	return err
}
