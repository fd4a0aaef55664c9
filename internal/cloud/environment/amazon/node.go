package amazon

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling"
	"github.com/aws/aws-sdk-go-v2/service/autoscaling/types"

	"prosa/internal/cloud/environment"
)

// mostNodes is how many nodes the stream's cluster may have.
const mostNodes = 5

// nodes looks at the machines of the stream: a group of one each, so that a
// node keeps its disk.
func (a *Account) nodes(ctx context.Context) (parts []environment.Part, err error) {
	names := make([]string, 0, mostNodes)
	for n := 1; n <= mostNodes; n++ {
		names = append(names, a.deployment+"-nats-"+strconv.Itoa(n))
	}
	found, err := a.groups.DescribeAutoScalingGroups(ctx, &autoscaling.DescribeAutoScalingGroupsInput{AutoScalingGroupNames: names})
	if err != nil {
		return nil, away("look at the machines of the stream", err)
	}
	for _, group := range found.AutoScalingGroups {
		part := environment.Part{Name: aws.ToString(group.AutoScalingGroupName), Role: environment.Stream, Count: int(aws.ToInt32(group.DesiredCapacity))}
		serving := 0
		for _, instance := range group.Instances {
			if instance.LifecycleState == types.LifecycleStateInService {
				serving++
			}
		}
		part.State = stateOf(part.Count, serving, len(group.Instances))
		parts = append(parts, part)
	}
	return parts, nil
}

// stateOf sums up how many are wanted, how many serve and how many there are.
func stateOf(wanted, serving, there int) environment.State {
	switch {
	case wanted == 0 && there == 0:
		return environment.Stopped
	case wanted == 0:
		return environment.Stopping
	case serving >= wanted:
		return environment.Running
	}
	return environment.Starting
}

func (a *Account) scaleNodes(ctx context.Context, name string, count int) error {
	_, err := a.groups.SetDesiredCapacity(ctx, &autoscaling.SetDesiredCapacityInput{
		AutoScalingGroupName: aws.String(name), DesiredCapacity: aws.Int32(int32(count)),
	})
	if err != nil {
		return away("set the size of "+name, err)
	}
	return nil
}
