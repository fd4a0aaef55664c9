package aws

import (
	"fmt"
	"net/http"
	"strconv"
	"time"
)

// How long a machine takes to serve, and to go.
const (
	machineStarts = 90 * time.Second
	machineStops  = 60 * time.Second
)

// autoscalingState is what an account has of groups of machines.
type autoscalingState struct{ groups shelf[scalingGroup] }

type scalingGroup struct {
	Name              string
	min, max, desired int
	machines          []scalingMachine

	fields   map[string]string // as they were given, defaults among them
	template []element         // what its machines are made from
	zones    []string
	policies []string // which machine goes first
	tags     map[string]scalingTag
	made     time.Time
}

type scalingMachine struct {
	id   string
	born time.Time
	dies time.Time // zero while it is wanted
}

func autoscalingCalls() map[string]handler {
	return throttling(map[string]handler{
		"CreateAutoScalingGroup": createScalingGroup, "UpdateAutoScalingGroup": updateScalingGroup, "DeleteAutoScalingGroup": deleteScalingGroup,
		"DescribeAutoScalingGroups": describeScalingGroups, "SetDesiredCapacity": setDesiredCapacity,
		"DescribeTags": describeScalingTags, "CreateOrUpdateTags": tagScalingGroups(false), "DeleteTags": tagScalingGroups(true),
		"DescribeScalingActivities": func(*call) (any, error) { return answerXML{el("Activities")}, nil },
	})
}

func (c *call) scalingGroups() *autoscalingState {
	return state[autoscalingState](c.account, "autoscaling")
}

func (c *call) number(name string) int {
	n, _ := strconv.Atoi(c.form.Get(name))
	return n
}

// scale makes machines, or lets the oldest go.
func (g *scalingGroup) scale(c *call, desired int) {
	now := c.server.config.Now()
	alive := 0
	for n := range g.machines {
		if !g.machines[n].dies.IsZero() {
			continue
		}
		if alive++; alive > desired {
			g.machines[n].dies = now.Add(c.takes(machineStops))
		}
	}
	for ; alive < desired; alive++ {
		g.machines = append(g.machines, scalingMachine{id: fmt.Sprintf("i-%017x", c.account.next()), born: now})
	}
	g.desired = desired
}

func setDesiredCapacity(c *call) (any, error) {
	if err := c.need("DesiredCapacity"); err != nil {
		return nil, err
	}
	g, err := c.scalingGroup()
	if err != nil {
		return nil, err
	}
	desired := c.number("DesiredCapacity")
	if desired < g.min || desired > g.max {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "New SetDesiredCapacity value %d is not between the limits %d and %d.", desired, g.min, g.max)
	}
	g.scale(c, desired)
	return answerXML{}, nil
}

// living tells the machines that a group has by now.
func (g *scalingGroup) living(c *call) element {
	now := c.server.config.Now()
	machines := el("Instances")
	for _, m := range g.machines {
		state := "InService"
		switch {
		case !m.dies.IsZero() && !now.Before(m.dies):
			continue
		case !m.dies.IsZero():
			state = "Terminating"
		case now.Before(m.born.Add(c.takes(machineStarts))):
			state = "Pending"
		}
		machines.children = append(machines.children, el("member", say("InstanceId", m.id), say("LifecycleState", state),
			say("HealthStatus", "Healthy"), say("AvailabilityZone", c.region+"a"), say("ProtectedFromScaleIn", false)))
	}
	return machines
}

func describeScalingGroups(c *call) (any, error) {
	names := c.formList("AutoScalingGroupNames.member")
	if len(names) == 0 {
		names = c.scalingGroups().groups.names()
	}
	groups := el("AutoScalingGroups")
	for _, name := range names {
		if g := c.scalingGroups().groups[name]; g != nil {
			groups.children = append(groups.children, el("member", c.writeScalingGroup(g)...))
		}
	}
	return answerXML{groups}, nil
}
