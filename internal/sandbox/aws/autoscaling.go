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
}

type scalingMachine struct {
	id   string
	born time.Time
	dies time.Time // zero while it is wanted
}

func autoscalingCalls() map[string]handler {
	return throttling(map[string]handler{
		"CreateAutoScalingGroup":    createScalingGroup,
		"DescribeAutoScalingGroups": describeScalingGroups,
		"SetDesiredCapacity":        setDesiredCapacity,
	})
}

func (c *call) scalingGroups() *autoscalingState {
	return state[autoscalingState](c.account, "autoscaling")
}

func createScalingGroup(c *call) (any, error) {
	if err := c.need("AutoScalingGroupName", "MinSize", "MaxSize"); err != nil {
		return nil, err
	}
	name := c.form.Get("AutoScalingGroupName")
	if c.scalingGroups().groups[name] != nil {
		return nil, refuse(http.StatusBadRequest, "AlreadyExists", "AutoScalingGroup by this name already exists")
	}
	made := &scalingGroup{Name: name, min: c.number("MinSize"), max: c.number("MaxSize")}
	c.scalingGroups().groups.put(name, made)
	made.scale(c, max(made.min, c.number("DesiredCapacity")))
	return answerXML{}, nil
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
			g.machines[n].dies = now.Add(machineStops)
		}
	}
	for ; alive < desired; alive++ {
		g.machines = append(g.machines, scalingMachine{id: fmt.Sprintf("i-%017x", c.account.next()), born: now})
	}
	g.desired = desired
}

func setDesiredCapacity(c *call) (any, error) {
	if err := c.need("AutoScalingGroupName", "DesiredCapacity"); err != nil {
		return nil, err
	}
	g := c.scalingGroups().groups[c.form.Get("AutoScalingGroupName")]
	if g == nil {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "AutoScalingGroup name not found - null")
	}
	desired := c.number("DesiredCapacity")
	if desired < g.min || desired > g.max {
		return nil, refuse(http.StatusBadRequest, "ValidationError", "New SetDesiredCapacity value %d is not between the limits %d and %d.", desired, g.min, g.max)
	}
	g.scale(c, desired)
	return answerXML{}, nil
}

func describeScalingGroups(c *call) (any, error) {
	now := c.server.config.Now()
	names := c.formList("AutoScalingGroupNames.member")
	if len(names) == 0 {
		names = c.scalingGroups().groups.names()
	}
	groups := el("AutoScalingGroups")
	for _, name := range names {
		g := c.scalingGroups().groups[name]
		if g == nil {
			continue
		}
		machines := el("Instances")
		for _, m := range g.machines {
			state := "InService"
			switch {
			case !m.dies.IsZero() && !now.Before(m.dies):
				continue
			case !m.dies.IsZero():
				state = "Terminating"
			case now.Before(m.born.Add(machineStarts)):
				state = "Pending"
			}
			machines.children = append(machines.children, el("member", say("InstanceId", m.id), say("LifecycleState", state),
				say("HealthStatus", "Healthy"), say("AvailabilityZone", c.region+"a"), say("ProtectedFromScaleIn", false)))
		}
		groups.children = append(groups.children, el("member", say("AutoScalingGroupName", g.Name), say("AutoScalingGroupARN", c.arn("autoscaling", "autoScalingGroup:"+g.Name)),
			say("MinSize", g.min), say("MaxSize", g.max), say("DesiredCapacity", g.desired), say("DefaultCooldown", 300), say("HealthCheckType", "EC2"),
			say("CreatedTime", now), machines))
	}
	return answerXML{groups}, nil
}
