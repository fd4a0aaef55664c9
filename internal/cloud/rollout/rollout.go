package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/ecs"
	"github.com/aws/aws-sdk-go-v2/service/ecs/types"

	"prosa/internal/base/fault"
)

// ReasonRolledBack is the reason of a refusal: the runtime gave the image up.
const ReasonRolledBack = "rolled_back"

// Cluster is where a deployment's services run.
type Cluster struct {
	ECS      *ecs.Client
	Name     string
	Services []string
}

// Await looks until every service runs the digest; wait pauses between two looks
// and ends the wait with an error. The sentence tells what each service runs.
func (c Cluster) Await(ctx context.Context, digest string, wait func(context.Context) error) (string, error) {
	for {
		state, err := c.look(ctx, digest)
		if err != nil {
			return "", err
		}
		if state.done {
			return state.text, nil
		}
		if err := wait(ctx); err != nil {
			return "", fault.New(fault.Unavailable, "the services do not run %s yet: %s: %w", digest, state.text, err)
		}
	}
}

type sight struct {
	done bool
	text string
}

func (c Cluster) look(ctx context.Context, digest string) (sight, error) {
	answer, err := c.ECS.DescribeServices(ctx, &ecs.DescribeServicesInput{Cluster: aws.String(c.Name), Services: c.Services})
	if err != nil {
		return sight{}, away(err, "the services of "+c.Name+" can't be looked at")
	}
	if len(answer.Services) != len(c.Services) {
		return sight{}, fault.New(fault.NotFound, "%s has %d of the services %s", c.Name, len(answer.Services), strings.Join(c.Services, ", "))
	}
	all := sight{done: true}
	var words []string
	for _, service := range answer.Services {
		done, text, err := c.judge(ctx, service, digest)
		if err != nil {
			return sight{}, err
		}
		all.done = all.done && done
		words = append(words, aws.ToString(service.ServiceName)+" "+text)
	}
	slices.Sort(words)
	all.text = strings.Join(words, "; ")
	return all, nil
}

// judge tells whether a service runs the digest and nothing else.
func (c Cluster) judge(ctx context.Context, service types.Service, digest string) (bool, string, error) {
	for _, one := range service.Deployments {
		image, err := c.image(ctx, aws.ToString(one.TaskDefinition))
		if err != nil {
			return false, "", err
		}
		ours := strings.HasSuffix(image, "@"+digest)
		switch {
		case ours && one.RolloutState == types.DeploymentRolloutStateFailed:
			return false, "", fault.Refuse(ReasonRolledBack, "%s did not take %s: %s", aws.ToString(service.ServiceName), digest, aws.ToString(one.RolloutStateReason))
		case aws.ToString(one.Status) == "PRIMARY" && !ours && one.RolloutState == types.DeploymentRolloutStateCompleted:
			return false, "", fault.Refuse(ReasonRolledBack, "%s runs %s, not %s: it was rolled back, or another deployment came after", aws.ToString(service.ServiceName), image, digest)
		}
	}
	if len(service.Deployments) != 1 {
		return false, fmt.Sprintf("is between %d deployments", len(service.Deployments)), nil
	}
	only := service.Deployments[0]
	text := fmt.Sprintf("runs %d of %d", only.RunningCount, only.DesiredCount)
	return only.RolloutState == types.DeploymentRolloutStateCompleted && only.RunningCount == only.DesiredCount && only.DesiredCount > 0, text, nil
}

// image is what a task definition runs: that of its first container.
func (c Cluster) image(ctx context.Context, definition string) (string, error) {
	answer, err := c.ECS.DescribeTaskDefinition(ctx, &ecs.DescribeTaskDefinitionInput{TaskDefinition: aws.String(definition)})
	if err != nil {
		return "", away(err, "the task definition "+definition+" can't be looked at")
	}
	if answer.TaskDefinition == nil || len(answer.TaskDefinition.ContainerDefinitions) == 0 {
		return "", fault.New(fault.NotFound, "the task definition %s runs nothing", definition)
	}
	return aws.ToString(answer.TaskDefinition.ContainerDefinitions[0].Image), nil
}

// away says what can't be done; of who is not signed in that is all there is.
func away(err error, what string) error {
	var known *fault.Error
	if errors.As(err, &known) && known.Code == fault.Forbidden {
		return known
	}
	return fault.Wrap(err, fault.Unavailable, what)
}
