package aws

import (
	"fmt"
	"maps"
	"time"
)

// How long a task takes to run, to stop, and to do its only work.
const (
	taskStarts = 40 * time.Second
	taskStops  = 30 * time.Second
	taskWorks  = 20 * time.Second
)

type ecsTask struct {
	doc        doc
	containers []string
	begun      time.Time
	exit       int
	reason     string
}

func runTask(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	definition, err := c.definition(text(in, "taskDefinition"))
	if err != nil {
		return nil, err
	}
	if definition["status"] != "ACTIVE" {
		return nil, unfit("TaskDefinition is inactive")
	}
	if in["networkConfiguration"] == nil {
		return nil, wrong("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
	}
	if definition["networkMode"] == "awsvpc" {
		if _, err := c.placed(in["networkConfiguration"]); err != nil {
			return nil, err
		}
	}
	s := c.containers()
	id := fmt.Sprintf("%032x", c.account.next())
	if token := text(in, "clientToken"); token != "" {
		if held, ok := s.tokens[token]; ok {
			return doc{"tasks": []doc{c.writeTask(s.tasks[held])}, "failures": []doc{}}, nil
		}
		if s.tokens == nil {
			s.tokens = map[string]string{}
		}
		s.tokens[token] = id
	}
	made := &ecsTask{begun: c.server.config.Now(), doc: doc{"taskArn": c.arn("ecs", "task/"+cluster+"/"+id), "clusterArn": c.arn("ecs", "cluster/"+cluster),
		"taskDefinitionArn": definition["taskDefinitionArn"], "startedBy": text(in, "startedBy"), "launchType": "FARGATE"}}
	for _, container := range items(definition, "containerDefinitions") {
		made.containers = append(made.containers, text(container, "name"))
	}
	if name := s.needs[text(definition, "family")]; name != "" {
		if d := c.databases().instances[name]; d == nil || d.status != "available" {
			made.exit, made.reason = 1, "the database is away"
		}
	}
	s.tasks.put(id, made)
	return doc{"tasks": []doc{c.writeTask(made)}, "failures": []doc{}}, nil
}

func (c *call) writeTask(t *ecsTask) doc {
	out := maps.Clone(t.doc)
	age := c.server.config.Now().Sub(t.begun)
	state := doc{"lastStatus": "PENDING"}
	switch {
	case age < c.takes(taskStarts):
		out["lastStatus"] = "PROVISIONING"
	case age < c.takes(taskStarts+taskWorks):
		out["lastStatus"], state["lastStatus"] = "RUNNING", "RUNNING"
	default:
		out["lastStatus"], out["stopCode"], out["stoppedReason"] = "STOPPED", "EssentialContainerExited", "Essential container in task exited"
		state["lastStatus"], state["exitCode"], state["reason"] = "STOPPED", t.exit, t.reason
	}
	containers := []doc{}
	for _, name := range t.containers {
		container := maps.Clone(state)
		container["name"] = name
		containers = append(containers, container)
	}
	out["desiredStatus"], out["containers"] = "RUNNING", containers
	return out
}

func describeTasks(c *call, in doc) (any, error) {
	if _, err := c.cluster(in); err != nil {
		return nil, err
	}
	found, failures := []doc{}, []doc{}
	for _, name := range wordsOf(in["tasks"]) {
		if t := c.containers().tasks[short(name)]; t != nil {
			found = append(found, c.writeTask(t))
		} else {
			failures = append(failures, doc{"arn": name, "reason": "MISSING"})
		}
	}
	return doc{"tasks": found, "failures": failures}, nil
}
