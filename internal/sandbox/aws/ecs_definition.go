package aws

import (
	"fmt"
	"maps"
	"net/http"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var familyName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,255}$`)

func registerTaskDefinition(c *call, in doc) (any, error) {
	family := text(in, "family")
	if !familyName.MatchString(family) {
		return nil, unfit("Family should only contain letters, numbers, hyphens and underscores, 255 at most.")
	}
	if err := c.judgeDefinition(in); err != nil {
		return nil, err
	}
	s := c.containers()
	if s.revisions == nil {
		s.revisions = map[string]int{}
	}
	s.revisions[family]++ // a number is never used again, not even after all were taken away
	name := fmt.Sprintf("%s:%d", family, s.revisions[family])
	made := withDefault(maps.Clone(in), doc{"volumes": []any{}, "placementConstraints": []any{}, "tags": []any{}})
	delete(made, "tags")
	for _, container := range items(made, "containerDefinitions") {
		settle(container, text(in, "networkMode"))
	}
	for _, volume := range items(made, "volumes") {
		if len(volume) == 1 { // a name alone: empty space of the task's own
			volume["host"] = doc{}
		}
	}
	maps.Copy(made, doc{
		"revision": s.revisions[family], "status": "ACTIVE", "taskDefinitionArn": c.arn("ecs", "task-definition/"+name),
		"registeredAt": seconds(c.server.config.Now()), "registeredBy": c.principal, "compatibilities": in["requiresCompatibilities"], "tags": in["tags"],
	})
	withDefault(made, doc{"tags": []any{}})
	s.definitions.put(name, &made)
	return writeDefinition(doc{"include": []any{"TAGS"}}, made), nil
}

// settle fills in what the vendor answers for a container that did not say it.
func settle(container doc, network string) {
	withDefault(container, doc{
		"cpu": 0, "essential": true, "environment": []any{}, "portMappings": []any{}, "mountPoints": []any{}, "volumesFrom": []any{}, "systemControls": []any{},
	})
	for _, port := range items(container, "portMappings") {
		withDefault(port, doc{"protocol": "tcp"})
		if network == "awsvpc" {
			withDefault(port, doc{"hostPort": port["containerPort"]})
		}
	}
	if check, ok := container["healthCheck"].(doc); ok {
		withDefault(check, doc{"interval": 30, "timeout": 5, "retries": 3})
	}
}

// writeDefinition tells a definition, its tags beside it and only when asked for.
func writeDefinition(in, held doc) doc {
	out := maps.Clone(held)
	delete(out, "tags")
	answer := doc{"taskDefinition": out}
	if slices.Contains(wordsOf(in["include"]), "TAGS") {
		answer["tags"] = held["tags"]
	}
	return answer
}

// definition finds a revision by its ARN or by family:revision, and the newest
// that was not taken away by the family alone.
func (c *call) definition(name string) (doc, error) {
	s := c.containers()
	name = short(name)
	if strings.Contains(name, ":") {
		if held := s.definitions[name]; held != nil {
			return *held, nil
		}
		return nil, unfit("TaskDefinition not found.")
	}
	for revision := s.revisions[name]; revision > 0; revision-- {
		if held := s.definitions[name+":"+strconv.Itoa(revision)]; held != nil && (*held)["status"] == "ACTIVE" {
			return *held, nil
		}
	}
	return nil, unfit("TaskDefinition not found.")
}

func describeTaskDefinition(c *call, in doc) (any, error) {
	held, err := c.definition(text(in, "taskDefinition"))
	if err != nil {
		return nil, refuse(http.StatusBadRequest, "ClientException", "Unable to describe task definition.")
	}
	return writeDefinition(in, held), nil
}

func deregisterTaskDefinition(c *call, in doc) (any, error) {
	name := short(text(in, "taskDefinition"))
	held := c.containers().definitions[name]
	if held == nil {
		return nil, unfit("The specified task definition does not exist. Specify a valid account, family, revision and try again.")
	}
	(*held)["status"], (*held)["deregisteredAt"] = "INACTIVE", seconds(c.server.config.Now())
	return writeDefinition(doc{}, *held), nil
}

// judgeDefinition refuses what the vendor would not register.
func (c *call) judgeDefinition(in doc) error {
	containers := items(in, "containerDefinitions")
	if len(containers) == 0 {
		return unfit("Container list cannot be empty.")
	}
	// That a role is not there, or does not let tasks in, the vendor tells for
	// sure only when a task starts; here it is told at once.
	for _, field := range []string{"executionRoleArn", "taskRoleArn"} {
		if arn := text(in, field); arn != "" && !c.passed(arn, "ecs-tasks.amazonaws.com", "") {
			return unfit("Role is not valid: %s", arn)
		}
	}
	fargate := slices.Contains(wordsOf(in["requiresCompatibilities"]), "FARGATE")
	if fargate {
		if err := judgeFargate(in); err != nil {
			return err
		}
	}
	var names []string
	for _, container := range containers {
		name := text(container, "name")
		if name == "" || slices.Contains(names, name) {
			return unfit("Container.name should not be null or empty, and two containers cannot have one: '%s'", name)
		}
		names = append(names, name)
		if err := judgeContainer(in, container, fargate); err != nil {
			return err
		}
	}
	return nil
}

// fargate sizes are sold so: for each CPU the least and the most of memory, and
// its steps, in MiB (ECS developer guide, "Task CPU and memory").
var fargateSizes = map[int]struct{ least, most, step int }{
	256: {512, 2048, 512}, 512: {1024, 4096, 1024}, 1024: {2048, 8192, 1024}, 2048: {4096, 16384, 1024},
	4096: {8192, 30720, 1024}, 8192: {16384, 61440, 4096}, 16384: {32768, 122880, 8192},
}

func judgeFargate(in doc) error {
	if text(in, "networkMode") != "awsvpc" {
		return unfit("Fargate only supports network mode 'awsvpc'.")
	}
	cpu, _ := strconv.Atoi(text(in, "cpu"))
	memory, _ := strconv.Atoi(text(in, "memory"))
	size, sold := fargateSizes[cpu]
	if !sold || memory < size.least || memory > size.most || (memory-size.least)%size.step != 0 || (cpu == 256 && memory == 1536) {
		return unfit("No Fargate configuration exists for given values: %s CPU, %s memory. See the Amazon ECS documentation for the valid values.", text(in, "cpu"), text(in, "memory"))
	}
	for _, container := range items(in, "containerDefinitions") {
		driver, _ := container["logConfiguration"].(doc)
		if text(in, "executionRoleArn") == "" && (text(driver, "logDriver") == "awslogs" || len(items(container, "secrets")) > 0) {
			return unfit("Fargate requires task definition to have execution role ARN to support log driver awslogs and secrets.")
		}
		if container["privileged"] == true {
			return unfit("Fargate does not support privileged containers.")
		}
		if wait, given := whole(container, "stopTimeout"); given && wait > 120 {
			return unfit("Fargate tasks support a stopTimeout of 120 seconds at most.")
		}
	}
	return nil
}

func judgeContainer(in, container doc, fargate bool) error {
	name := text(container, "name")
	if fargate && text(container, "image") == "" {
		return unfit("Container.image should not be null or empty.")
	}
	for _, port := range items(container, "portMappings") {
		if host := port["hostPort"]; text(in, "networkMode") == "awsvpc" && host != nil && host != port["containerPort"] {
			return unfit("When networkMode=awsvpc, the host ports and container ports in port mappings must match.")
		}
	}
	for _, mount := range items(container, "mountPoints") {
		if !slices.ContainsFunc(items(in, "volumes"), func(volume doc) bool { return volume["name"] == mount["sourceVolume"] }) {
			return unfit("Unknown volume '%s'.", text(mount, "sourceVolume"))
		}
	}
	var known []any
	for _, one := range append(items(container, "environment"), items(container, "secrets")...) {
		if slices.Contains(known, one["name"]) {
			return unfit("The secret name must be unique and not shared with any new or existing environment variables set on the container, such as '%s'.", text(one, "name"))
		}
		known = append(known, one["name"])
	}
	if log, ok := container["logConfiguration"].(doc); ok && text(log, "logDriver") == "awslogs" {
		options, _ := log["options"].(doc)
		for _, option := range []string{"awslogs-group", "awslogs-region", "awslogs-stream-prefix"} {
			if text(options, option) == "" && fargate {
				return unfit("Log driver awslogs requires options: awslogs-group, awslogs-region, awslogs-stream-prefix; container %s", name)
			}
		}
	}
	if check, ok := container["healthCheck"].(doc); ok {
		for field, limits := range map[string][2]int{"interval": {5, 300}, "timeout": {2, 60}, "retries": {1, 10}, "startPeriod": {0, 300}} {
			if n, given := whole(check, field); given && (n < limits[0] || n > limits[1]) {
				return unfit("The health check's %s must be between %d and %d.", field, limits[0], limits[1])
			}
		}
	}
	return nil
}
