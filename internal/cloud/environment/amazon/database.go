package amazon

import (
	"context"
	"errors"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/rds"
	"github.com/aws/aws-sdk-go-v2/service/rds/types"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
)

// databaseStates are the statuses that are not simply on and busy (Amazon RDS
// User Guide, "Viewing DB instance status").
var databaseStates = map[string]environment.State{
	"available": environment.Running, "stopped": environment.Stopped, "stopping": environment.Stopping, "starting": environment.Starting, "creating": environment.Starting,
}

// restarted is how RDS-EVENT-0154 begins to be told from other starts; events
// carry no number in the API.
const restarted = "exceeding the maximum allowed time being stopped"

// eventWindow is how far back events are asked for, in minutes: a day, since a
// tick or two may have been missed.
const eventWindow = 24 * 60

// database looks at the deployment's database, and when it was started by itself.
func (a *Account) database(ctx context.Context) (environment.Part, int64, error) {
	name := a.deployment + "-db"
	found, err := a.rds.DescribeDBInstances(ctx, &rds.DescribeDBInstancesInput{DBInstanceIdentifier: aws.String(name)})
	if err != nil {
		return environment.Part{}, 0, away("look at the database "+name, err)
	}
	if len(found.DBInstances) != 1 {
		return environment.Part{}, 0, fault.New(fault.NotFound, "there is no database %s", name)
	}
	word := aws.ToString(found.DBInstances[0].DBInstanceStatus)
	state, known := databaseStates[word]
	if !known {
		state = environment.Busy // backing-up, modifying, upgrading, ...
	}
	part := environment.Part{Name: name, Role: environment.Database, State: state, Word: word, Count: 1}
	if state == environment.Stopped || state == environment.Stopping {
		part.Count = 0
		return part, 0, nil
	}
	events, err := a.rds.DescribeEvents(ctx, &rds.DescribeEventsInput{
		SourceIdentifier: aws.String(name), SourceType: types.SourceTypeDbInstance, Duration: aws.Int32(eventWindow),
	})
	if err != nil {
		return part, 0, nil //nolint:nilerr // the time is then told by our own clock
	}
	last := int64(0)
	for _, event := range events.Events {
		if strings.Contains(aws.ToString(event.Message), restarted) && event.Date != nil {
			last = max(last, event.Date.UnixMilli())
		}
	}
	return part, last, nil
}

func (a *Account) startDatabase(ctx context.Context, name string) error {
	_, err := a.rds.StartDBInstance(ctx, &rds.StartDBInstanceInput{DBInstanceIdentifier: aws.String(name)})
	return switched("start the database "+name, err)
}

func (a *Account) stopDatabase(ctx context.Context, name string) error {
	_, err := a.rds.StopDBInstance(ctx, &rds.StopDBInstanceInput{DBInstanceIdentifier: aws.String(name)})
	return switched("stop the database "+name, err)
}

// switched tells a database that moves on by itself from one that is away.
func switched(what string, err error) error {
	var moving *types.InvalidDBInstanceStateFault
	switch {
	case err == nil:
		return nil
	case errors.As(err, &moving):
		return fault.New(fault.Conflict, "AWS can't %s now: %s", what, moving.ErrorMessage())
	}
	return away(what, err)
}
