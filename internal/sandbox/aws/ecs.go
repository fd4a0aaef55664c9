package aws

import (
	"fmt"
	"maps"
	"net/http"
	"strings"
	"time"
)

// How long a task takes to run, to stop, and to do its only work.
const (
	taskStarts = 40 * time.Second
	taskStops  = 30 * time.Second
	taskWorks  = 20 * time.Second
)

// ecsState is what an account has of services and tasks.
type ecsState struct {
	clusters    shelf[doc]
	definitions shelf[doc] // the newest of each family
	services    shelf[ecsService]
	tasks       shelf[ecsTask]
	tokens      map[string]string // client token -> task
	needs       map[string]string // family -> database that it cannot work without
}

// ecsService runs so many tasks as are desired, a while after it was told.
type ecsService struct {
	doc     doc
	cluster string
	desired int
	before  int // running before the last change
	changed time.Time
}

type ecsTask struct {
	doc    doc
	begun  time.Time
	exit   int
	reason string
}

func ecsCalls() map[string]handler {
	return throttling(map[string]handler{
		"CreateCluster":          jsonCall(createCluster),
		"RegisterTaskDefinition": jsonCall(registerTaskDefinition),
		"CreateService":          jsonCall(createService),
		"DescribeServices":       jsonCall(describeServices),
		"UpdateService":          jsonCall(updateService),
		"RunTask":                jsonCall(runTask),
		"DescribeTasks":          jsonCall(describeTasks),
	})
}

// NeedsDatabase says that the tasks of a family fail while a database is not
// available.
func (s *Server) NeedsDatabase(accountID, family, database string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if a := s.accounts[accountID]; a != nil {
		e := state[ecsState](a, "ecs")
		if e.needs == nil {
			e.needs = map[string]string{}
		}
		e.needs[family] = database
	}
}

func (c *call) containers() *ecsState { return state[ecsState](c.account, "ecs") }

func createCluster(c *call, in doc) (any, error) {
	name := text(in, "clusterName")
	made := maps.Clone(in)
	made["clusterArn"], made["status"] = c.arn("ecs", "cluster/"+name), "ACTIVE"
	c.containers().clusters.put(name, &made)
	return doc{"cluster": made}, nil
}

// short is the name in an ARN, or the name itself.
func short(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

func (c *call) cluster(in doc) (string, error) {
	name := short(text(in, "cluster"))
	if name == "" {
		name = "default"
	}
	if c.containers().clusters[name] == nil {
		return "", refuse(http.StatusBadRequest, "ClusterNotFoundException", "Cluster not found.")
	}
	return name, nil
}

func registerTaskDefinition(c *call, in doc) (any, error) {
	family := text(in, "family")
	revision := 1
	if held := c.containers().definitions[family]; held != nil {
		revision += (*held)["revision"].(int)
	}
	made := maps.Clone(in)
	made["revision"], made["status"] = revision, "ACTIVE"
	made["taskDefinitionArn"] = c.arn("ecs", fmt.Sprintf("task-definition/%s:%d", family, revision))
	c.containers().definitions.put(family, &made)
	return doc{"taskDefinition": made, "tags": in["tags"]}, nil
}

// whole reads a number of a decoded body.
func whole(in doc, name string) (int, bool) {
	n, ok := in[name].(float64)
	return int(n), ok
}

func createService(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	name := text(in, "serviceName")
	if c.containers().services[name] != nil {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Creation of service was not idempotent.")
	}
	desired, _ := whole(in, "desiredCount")
	made := &ecsService{doc: maps.Clone(in), cluster: cluster, desired: desired, changed: c.server.config.Now()}
	c.containers().services.put(name, made)
	return doc{"service": c.writeService(name, made)}, nil
}

// running counts the tasks by now.
func (s *ecsService) running(now time.Time) int {
	delay := taskStarts
	if s.desired < s.before {
		delay = taskStops
	}
	if now.Before(s.changed.Add(delay)) {
		return s.before
	}
	return s.desired
}

func (c *call) writeService(name string, s *ecsService) doc {
	running := s.running(c.server.config.Now())
	rollout := "COMPLETED"
	if running != s.desired {
		rollout = "IN_PROGRESS"
	}
	out := maps.Clone(s.doc)
	maps.Copy(out, doc{
		"serviceName": name, "serviceArn": c.arn("ecs", "service/"+s.cluster+"/"+name), "clusterArn": c.arn("ecs", "cluster/"+s.cluster), "status": "ACTIVE",
		"desiredCount": s.desired, "runningCount": running, "pendingCount": max(s.desired-running, 0),
		"deployments": []doc{{"id": "ecs-svc/1", "status": "PRIMARY", "rolloutState": rollout, "desiredCount": s.desired, "runningCount": running, "taskDefinition": s.doc["taskDefinition"]}},
	})
	return out
}

func describeServices(c *call, in doc) (any, error) {
	if _, err := c.cluster(in); err != nil {
		return nil, err
	}
	names, _ := in["services"].([]any)
	if len(names) == 0 || len(names) > 10 {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Services cannot be empty, nor more than 10.")
	}
	found, failures := []doc{}, []doc{}
	for _, value := range names {
		name := short(fmt.Sprint(value))
		if s := c.containers().services[name]; s != nil {
			found = append(found, c.writeService(name, s))
		} else {
			failures = append(failures, doc{"arn": c.arn("ecs", "service/"+name), "reason": "MISSING"})
		}
	}
	return doc{"services": found, "failures": failures}, nil
}

func updateService(c *call, in doc) (any, error) {
	if _, err := c.cluster(in); err != nil {
		return nil, err
	}
	name := short(text(in, "service"))
	s := c.containers().services[name]
	if s == nil {
		return nil, refuse(http.StatusBadRequest, "ServiceNotFoundException", "Service not found.")
	}
	if desired, ok := whole(in, "desiredCount"); ok && desired != s.desired {
		now := c.server.config.Now()
		s.before, s.desired, s.changed = s.running(now), desired, now
	}
	if definition := text(in, "taskDefinition"); definition != "" {
		s.doc["taskDefinition"] = definition
	}
	return doc{"service": c.writeService(name, s)}, nil
}

func runTask(c *call, in doc) (any, error) {
	cluster, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	family, _, _ := strings.Cut(short(text(in, "taskDefinition")), ":")
	definition := c.containers().definitions[family]
	if definition == nil {
		return nil, refuse(http.StatusBadRequest, "ClientException", "TaskDefinition not found.")
	}
	if in["networkConfiguration"] == nil {
		return nil, refuse(http.StatusBadRequest, "InvalidParameterException", "Network Configuration must be provided when networkMode 'awsvpc' is specified.")
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
		"taskDefinitionArn": (*definition)["taskDefinitionArn"], "startedBy": text(in, "startedBy"), "launchType": "FARGATE"}}
	if name := s.needs[family]; name != "" {
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
	container := doc{"name": "migrate", "lastStatus": "PENDING"}
	switch {
	case age < taskStarts:
		out["lastStatus"] = "PROVISIONING"
	case age < taskStarts+taskWorks:
		out["lastStatus"], container["lastStatus"] = "RUNNING", "RUNNING"
	default:
		out["lastStatus"], out["stopCode"], out["stoppedReason"] = "STOPPED", "EssentialContainerExited", "Essential container in task exited"
		container["lastStatus"], container["exitCode"], container["reason"] = "STOPPED", t.exit, t.reason
	}
	out["desiredStatus"], out["containers"] = "RUNNING", []doc{container}
	return out
}

func describeTasks(c *call, in doc) (any, error) {
	if _, err := c.cluster(in); err != nil {
		return nil, err
	}
	names, _ := in["tasks"].([]any)
	found, failures := []doc{}, []doc{}
	for _, value := range names {
		if t := c.containers().tasks[short(fmt.Sprint(value))]; t != nil {
			found = append(found, c.writeTask(t))
		} else {
			failures = append(failures, doc{"arn": fmt.Sprint(value), "reason": "MISSING"})
		}
	}
	return doc{"tasks": found, "failures": failures}, nil
}
