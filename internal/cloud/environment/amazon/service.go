package amazon

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/environment"
)

// roles are the services of a deployment: <deployment>-<role>.
var roles = []environment.Role{environment.Worker, environment.API, environment.Gateway}

func (a *Account) names() (names []string) {
	for _, role := range roles {
		names = append(names, a.deployment+"-"+string(role))
	}
	return names
}

func (a *Account) describe(ctx context.Context) ([]types.Service, error) {
	found, err := a.ecs.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(a.cluster), Services: a.names()})
	if err != nil {
		return nil, away("look at the services of "+a.deployment, err)
	}
	if len(found.Services) == 0 {
		return nil, fault.New(fault.NotFound, "the cluster %s has no services of %s", a.cluster, a.deployment)
	}
	return found.Services, nil
}

func (a *Account) services(ctx context.Context) (parts []environment.Part, err error) {
	found, err := a.describe(ctx)
	if err != nil {
		return nil, err
	}
	for _, service := range found {
		name := aws.ToString(service.ServiceName)
		part := environment.Part{Name: name, Count: int(service.DesiredCount)}
		for n, known := range a.names() {
			if name == known {
				part.Role = roles[n]
			}
		}
		part.State = stateOf(part.Count, int(service.RunningCount), int(service.RunningCount+service.PendingCount))
		parts = append(parts, part)
	}
	return parts, nil
}

func (a *Account) scaleService(ctx context.Context, name string, count int) error {
	_, err := a.ecs.UpdateService(ctx, &ecs.UpdateServiceInput{
		Cluster: aws.String(a.cluster), Service: aws.String(name), DesiredCount: aws.Int32(int32(count)),
	})
	if err != nil {
		return away("set the size of "+name, err)
	}
	return nil
}

// Migrate implements environment.Power: the one-shot task of the deployment, in
// the network of its services, to its end.
func (a *Account) Migrate(ctx context.Context, wait func(context.Context) error) error {
	family := a.deployment + "-migrate"
	services, err := a.describe(ctx)
	if err != nil {
		return err
	}
	begun, err := a.ecs.RunTask(ctx, &ecs.RunTaskInput{
		Cluster: aws.String(a.cluster), TaskDefinition: aws.String(family), LaunchType: types.LaunchTypeFargate, Count: aws.Int32(1),
		NetworkConfiguration: services[0].NetworkConfiguration, StartedBy: aws.String("prosa-environment"),
	})
	if err != nil {
		return away("run "+family, err)
	}
	if len(begun.Tasks) == 0 {
		return fault.New(fault.Unavailable, "AWS did not run %s: %s", family, reasons(begun.Failures))
	}
	arn := aws.ToString(begun.Tasks[0].TaskArn)
	for {
		if err := wait(ctx); err != nil {
			return err
		}
		found, err := a.ecs.DescribeTasks(ctx, &ecs.DescribeTasksInput{Cluster: aws.String(a.cluster), Tasks: []string{arn}})
		if err != nil {
			return away("look at "+family, err)
		}
		if len(found.Tasks) == 0 {
			return fault.New(fault.Unavailable, "%s is gone: %s", family, reasons(found.Failures))
		}
		if done, err := ended(family, found.Tasks[0]); done {
			return err
		}
	}
}

// ended tells whether a task is over, and how.
func ended(family string, task types.Task) (done bool, err error) {
	if aws.ToString(task.LastStatus) != string(types.DesiredStatusStopped) {
		return false, nil
	}
	for _, container := range task.Containers {
		if container.ExitCode == nil || *container.ExitCode != 0 {
			code := "never began"
			if container.ExitCode != nil {
				code = "ended with " + strconv.Itoa(int(*container.ExitCode))
			}
			return true, fault.New(fault.Unavailable, "%s %s: %s %s", family, code, aws.ToString(container.Reason), aws.ToString(task.StoppedReason))
		}
	}
	return true, nil
}

func reasons(failures []types.Failure) string {
	if len(failures) == 0 {
		return "no reason given"
	}
	return aws.ToString(failures[0].Reason) + " " + aws.ToString(failures[0].Detail)
}
