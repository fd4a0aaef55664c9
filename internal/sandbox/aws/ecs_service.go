package aws

import (
	"maps"
	"net/http"
	"slices"
	"time"
)

// ecsService runs so many tasks as are desired, a while after it was told.
type ecsService struct {
	doc     doc
	cluster string
	desired int
	before  int // running before the last change
	changed time.Time
	deleted bool
}

// running counts the tasks by now.
func (s *ecsService) running(c *call) int {
	delay := taskStarts
	if s.desired < s.before {
		delay = taskStops
	}
	if c.server.config.Now().Before(s.changed.Add(c.takes(delay))) {
		return s.before
	}
	return s.desired
}

// status tells a service that was taken away until its last task has stopped,
// and for good after that.
func (s *ecsService) status(c *call) string {
	switch {
	case !s.deleted:
		return "ACTIVE"
	case s.running(c) > 0:
		return "DRAINING"
	}
	return "INACTIVE"
}

func (s *ecsService) scale(c *call, desired int) {
	if desired != s.desired {
		s.before, s.desired, s.changed = s.running(c), desired, c.server.config.Now()
	}
}

// containerService finds one of a cluster by its name or ARN.
func (c *call) containerService(cluster, name string) *ecsService {
	return c.containers().services[cluster+"/"+short(name)]
}

func createService(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	name := text(in, "serviceName")
	if !familyName.MatchString(name) {
		return nil, wrong("Service name %s is not valid.", name)
	}
	now := c.server.config.Now()
	if held := c.containerService(cluster, name); held != nil {
		switch held.status(c) {
		case "ACTIVE":
			return nil, wrong("Creation of service was not idempotent.")
		case "DRAINING":
			return nil, wrong("Unable to Start a service that is still Draining.")
		}
	}
	made := withDefault(maps.Clone(in), doc{
		"launchType": "EC2", "schedulingStrategy": "REPLICA", "propagateTags": "NONE", "enableECSManagedTags": false, "enableExecuteCommand": false,
		"deploymentController": doc{"type": "ECS"}, "deploymentConfiguration": doc{}, "availabilityZoneRebalancing": "ENABLED",
		"loadBalancers": []any{}, "serviceRegistries": []any{}, "placementConstraints": []any{}, "placementStrategy": []any{}, "tags": []any{},
	})
	if deployment, ok := made["deploymentConfiguration"].(doc); ok {
		withDefault(deployment, doc{"maximumPercent": 200, "minimumHealthyPercent": 100, "deploymentCircuitBreaker": doc{"enable": false, "rollback": false}})
	}
	if err := c.judgeService(made); err != nil {
		return nil, err
	}
	if text(made, "launchType") == "FARGATE" {
		withDefault(made, doc{"platformVersion": "LATEST", "platformFamily": "Linux"})
	}
	if made["networkConfiguration"] != nil {
		withDefault(made, doc{"roleArn": c.globalARN("iam", "role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")})
	}
	maps.Copy(made, doc{
		"serviceArn": c.arn("ecs", "service/"+cluster+"/"+name), "clusterArn": c.arn("ecs", "cluster/"+cluster), "createdAt": seconds(now), "createdBy": c.principal, "events": []any{},
	})
	delete(made, "cluster")
	delete(made, "clientToken")
	service := &ecsService{doc: made, cluster: cluster, changed: now}
	service.desired, _ = whole(in, "desiredCount")
	c.containers().services.put(cluster+"/"+name, service)
	return doc{"service": c.writeService(service)}, nil
}

// judgeService refuses what the vendor would not start, and names the task
// definition by its revision.
func (c *call) judgeService(made doc) error {
	definition, err := c.definition(text(made, "taskDefinition"))
	if err != nil {
		return err
	}
	if definition["status"] != "ACTIVE" {
		return unfit("TaskDefinition is inactive")
	}
	made["taskDefinition"] = definition["taskDefinitionArn"]
	if launch := text(made, "launchType"); launch == "FARGATE" && !slices.Contains(wordsOf(definition["requiresCompatibilities"]), launch) {
		return wrong("Task definition does not support launch_type FARGATE.")
	}
	deployment, _ := made["deploymentConfiguration"].(doc)
	if most, given := whole(deployment, "maximumPercent"); given && most <= 100 && made["availabilityZoneRebalancing"] == "ENABLED" {
		return wrong("Services with Availability Zone rebalancing enabled must have a maximumPercent above 100.")
	}
	network := ""
	if definition["networkMode"] == "awsvpc" {
		if network, err = c.placed(made["networkConfiguration"]); err != nil {
			return err
		}
	}
	balancers := items(made, "loadBalancers")
	if grace, given := whole(made, "healthCheckGracePeriodSeconds"); given && grace > 0 && len(balancers) == 0 {
		return wrong("Health check grace period is only valid for services configured to use load balancers")
	}
	for _, balancer := range balancers {
		if err := c.balanced(definition, balancer, network); err != nil {
			return err
		}
	}
	return nil
}

// placed finds the network that tasks stand in: all subnets and groups of one.
func (c *call) placed(configuration any) (network string, err error) {
	outer, _ := configuration.(doc)
	inner, _ := outer["awsvpcConfiguration"].(doc)
	subnets := wordsOf(inner["subnets"])
	if len(subnets) == 0 {
		return "", wrong("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	for kind, ids := range map[string][]string{"subnet": subnets, "group": wordsOf(inner["securityGroups"])} {
		for _, id := range ids {
			found := c.ec2().kinds[kind][id]
			if found == nil {
				return "", wrong("Error retrieving %s information for [%s]: The ID '%s' does not exist (ErrorCode: %s)", kind, id, id, absent[kind])
			}
			if network != "" && found.facts["vpc-id"] != network {
				return "", wrong("The subnets and security groups of a service must stand in one VPC: %s does not.", id)
			}
			network = found.facts["vpc-id"]
		}
	}
	return network, nil
}

// balanced judges how a service hangs on a balancer.
func (c *call) balanced(definition, balancer doc, network string) error {
	name := text(balancer, "containerName")
	for _, container := range items(definition, "containerDefinitions") {
		if container["name"] != name {
			continue
		}
		if !slices.ContainsFunc(items(container, "portMappings"), func(port doc) bool { return port["containerPort"] == balancer["containerPort"] }) {
			return wrong("The container %s did not have a container port %v defined.", name, balancer["containerPort"])
		}
		return c.targeted(definition, text(balancer, "targetGroupArn"), network)
	}
	return wrong("The container %s does not exist in the task definition.", name)
}

// targeted judges the group of targets that the tasks of a network join.
func (c *call) targeted(definition doc, arn, network string) error {
	group, kind, listened, found := c.targetGroupFacts(arn)
	switch {
	case !found:
		return wrong("Unable to assume role and validate the specified targetGroupArn. The target group %s does not exist.", arn)
	case definition["networkMode"] == "awsvpc" && kind != "ip":
		return wrong("The provided target group %s has target type %s, which is incompatible with the awsvpc network mode specified in the task definition.", arn, kind)
	case !listened:
		return wrong("The target group with targetGroupArn %s does not have an associated load balancer.", arn)
	case network != "" && group != network:
		return wrong("The target group %s stands in %s, the subnets of the service in %s.", arn, group, network)
	}
	return nil
}

func (c *call) writeService(s *ecsService) doc {
	running := s.running(c)
	rollout := "COMPLETED"
	if running != s.desired {
		rollout = "IN_PROGRESS"
	}
	out := maps.Clone(s.doc)
	deployment := doc{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": rollout, "desiredCount": s.desired, "runningCount": running, "pendingCount": max(s.desired-running, 0),
		"createdAt": s.doc["createdAt"], "updatedAt": seconds(s.changed)}
	for _, field := range []string{"taskDefinition", "launchType", "platformVersion", "networkConfiguration"} {
		if out[field] != nil {
			deployment[field] = out[field]
		}
	}
	maps.Copy(out, doc{
		"status": s.status(c), "desiredCount": s.desired, "runningCount": running, "pendingCount": max(s.desired-running, 0), "deployments": []doc{deployment},
	})
	return out
}

func describeServices(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	names := wordsOf(in["services"])
	if len(names) == 0 || len(names) > 10 {
		return nil, wrong("Services cannot be empty, nor more than 10.")
	}
	found, failures := []doc{}, []doc{}
	for _, name := range names {
		if s := c.containerService(cluster, name); s != nil {
			found = append(found, told(in, c.writeService(s), map[string]string{"TAGS": "tags"}))
		} else {
			failures = append(failures, doc{"arn": c.arn("ecs", "service/"+cluster+"/"+short(name)), "reason": "MISSING"})
		}
	}
	return doc{"services": found, "failures": failures}, nil
}

// changeable are the fields of a service that UpdateService sets.
var changeable = []string{
	"taskDefinition", "networkConfiguration", "deploymentConfiguration", "platformVersion", "healthCheckGracePeriodSeconds", "enableECSManagedTags",
	"enableExecuteCommand", "propagateTags", "loadBalancers", "serviceRegistries", "availabilityZoneRebalancing", "capacityProviderStrategy", "placementStrategy", "placementConstraints",
}

func updateService(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	s := c.containerService(cluster, text(in, "service"))
	if s == nil {
		return nil, refuse(http.StatusBadRequest, "ServiceNotFoundException", "Service not found.")
	}
	if s.deleted {
		return nil, refuse(http.StatusBadRequest, "ServiceNotActiveException", "Service was not ACTIVE.")
	}
	changed := maps.Clone(s.doc)
	touched := false
	for _, field := range changeable {
		if in[field] != nil {
			changed[field], touched = in[field], true
		}
	}
	if touched {
		if err := c.judgeService(changed); err != nil {
			return nil, err
		}
		s.doc = changed
	}
	if desired, ok := whole(in, "desiredCount"); ok {
		s.scale(c, desired)
	}
	return doc{"service": c.writeService(s)}, nil
}

func deleteService(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	s := c.containerService(cluster, text(in, "service"))
	if s == nil || s.deleted {
		return nil, refuse(http.StatusBadRequest, "ServiceNotFoundException", "Service not found.")
	}
	if s.desired > 0 && in["force"] != true {
		return nil, wrong("The service cannot be stopped while it is scaled above 0.")
	}
	s.scale(c, 0)
	s.deleted = true
	return doc{"service": c.writeService(s)}, nil
}
