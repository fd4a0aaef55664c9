package aws

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// ecsState is what an account has of services and tasks.
type ecsState struct {
	clusters    shelf[doc]
	definitions shelf[doc]     // by family:revision
	revisions   map[string]int // the newest of each family
	services    shelf[ecsService]
	tasks       shelf[ecsTask]
	tokens      map[string]string // client token -> task
	needs       map[string]string // family -> database that it cannot work without
}

func ecsCalls() map[string]handler {
	return throttling(map[string]handler{
		"CreateCluster":            jsonCall(createCluster),
		"DescribeClusters":         jsonCall(describeClusters),
		"UpdateCluster":            jsonCall(updateCluster),
		"UpdateClusterSettings":    jsonCall(updateCluster),
		"DeleteCluster":            jsonCall(deleteCluster),
		"RegisterTaskDefinition":   jsonCall(registerTaskDefinition),
		"DescribeTaskDefinition":   jsonCall(describeTaskDefinition),
		"DeregisterTaskDefinition": jsonCall(deregisterTaskDefinition),
		"CreateService":            jsonCall(createService),
		"DescribeServices":         jsonCall(describeServices),
		"UpdateService":            jsonCall(updateService),
		"DeleteService":            jsonCall(deleteService),
		"RunTask":                  jsonCall(runTask),
		"DescribeTasks":            jsonCall(describeTasks),
		"ListTagsForResource":      jsonCall(containerTags),
		"TagResource":              jsonCall(tagContainers),
		"UntagResource":            jsonCall(untagContainers),
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

// wrong is how ECS refuses a parameter.
func wrong(format string, args ...any) *failure {
	return refuse(http.StatusBadRequest, "InvalidParameterException", format, args...)
}

// unfit is how ECS refuses what it cannot work with.
func unfit(format string, args ...any) *failure {
	return refuse(http.StatusBadRequest, "ClientException", format, args...)
}

// short is the name in an ARN, or the name itself.
func short(name string) string { return name[strings.LastIndexByte(name, '/')+1:] }

// whole reads a number of a decoded body.
func whole(in doc, name string) (int, bool) {
	n, ok := in[name].(float64)
	return int(n), ok
}

// items reads a list of objects of a decoded body.
func items(in doc, name string) []doc {
	values, _ := in[name].([]any)
	found := make([]doc, 0, len(values))
	for _, value := range values {
		if one, ok := value.(doc); ok {
			found = append(found, one)
		}
	}
	return found
}

// told gives a document with only those optional parts that the call includes;
// tags and settings are left out unless they are asked for.
func told(in, whole doc, optional map[string]string) doc {
	out := maps.Clone(whole)
	asked := wordsOf(in["include"])
	for word, field := range optional {
		if !slices.Contains(asked, word) {
			delete(out, field)
		}
	}
	return out
}

// withDefault sets what the caller left out to what the vendor takes.
func withDefault(made doc, values doc) doc {
	for name, value := range values {
		if made[name] == nil {
			made[name] = value
		}
	}
	return made
}

func createCluster(c *call, in doc) (any, error) {
	name := text(in, "clusterName")
	if name == "" {
		name = "default"
	}
	if held := c.containers().clusters[name]; held != nil {
		return doc{"cluster": *held}, nil // to make it again is no error
	}
	if !entityName.MatchString(name) || len(name) > 255 {
		return nil, wrong("Cluster name %s is not valid.", name)
	}
	made := withDefault(maps.Clone(in), doc{"settings": []any{doc{"name": "containerInsights", "value": "disabled"}}, "tags": []any{}})
	made["clusterName"], made["clusterArn"], made["status"] = name, c.arn("ecs", "cluster/"+name), "ACTIVE"
	c.containers().clusters.put(name, &made)
	return doc{"cluster": made}, nil
}

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

func describeClusters(c *call, in doc) (any, error) {
	names := wordsOf(in["clusters"])
	if len(names) == 0 {
		names = []string{"default"}
	}
	found, failures := []doc{}, []doc{}
	for _, name := range names {
		held := c.containers().clusters[short(name)]
		if held == nil {
			failures = append(failures, doc{"arn": c.arn("ecs", "cluster/"+short(name)), "reason": "MISSING"})
			continue
		}
		out := told(in, *held, map[string]string{"TAGS": "tags", "SETTINGS": "settings", "CONFIGURATIONS": "configuration"})
		services := 0
		for _, s := range c.containers().services {
			if s.cluster == short(name) && !s.deleted {
				services++
			}
		}
		out["activeServicesCount"] = services
		found = append(found, out)
	}
	return doc{"clusters": found, "failures": failures}, nil
}

func updateCluster(c *call, in doc) (any, error) {
	name, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	held := *c.containers().clusters[name]
	for _, field := range []string{"settings", "configuration", "serviceConnectDefaults"} {
		if in[field] != nil {
			held[field] = in[field]
		}
	}
	return doc{"cluster": held}, nil
}

func deleteCluster(c *call, in doc) (any, error) {
	name, err := c.cluster(in)
	if err != nil {
		return nil, err
	}
	for _, s := range c.containers().services {
		if s.cluster == name && s.status(c) != "INACTIVE" {
			return nil, refuse(http.StatusBadRequest, "ClusterContainsServicesException", "The Cluster cannot be deleted while Services are active.")
		}
	}
	gone := maps.Clone(*c.containers().clusters[name])
	gone["status"] = "INACTIVE"
	delete(c.containers().clusters, name)
	return doc{"cluster": gone}, nil
}

// labelled finds what an ARN names, whose tags are asked for or changed.
func (c *call) labelled(in doc) (doc, error) {
	arn := text(in, "resourceArn")
	for _, cluster := range c.containers().clusters {
		if (*cluster)["clusterArn"] == arn {
			return *cluster, nil
		}
	}
	for _, definition := range c.containers().definitions {
		if (*definition)["taskDefinitionArn"] == arn {
			return *definition, nil
		}
	}
	for _, service := range c.containers().services {
		if service.doc["serviceArn"] == arn {
			return service.doc, nil
		}
	}
	return nil, wrong("The specified resource %s cannot be found.", arn)
}

func containerTags(c *call, in doc) (any, error) {
	held, err := c.labelled(in)
	if err != nil {
		return nil, err
	}
	return doc{"tags": held["tags"]}, nil
}

func tagContainers(c *call, in doc) (any, error) {
	held, err := c.labelled(in)
	if err != nil {
		return nil, err
	}
	held["tags"] = retag(held["tags"], items(in, "tags"), nil, "key")
	return nil, nil
}

func untagContainers(c *call, in doc) (any, error) {
	held, err := c.labelled(in)
	if err != nil {
		return nil, err
	}
	held["tags"] = retag(held["tags"], nil, wordsOf(in["tagKeys"]), "key")
	return nil, nil
}

// retag gives a list of tags with some set and some taken away. key is what the
// service calls a tag's key.
func retag(held any, set []doc, without []string, key string) []any {
	kept := []any{}
	for _, one := range items(doc{"tags": held}, "tags") {
		name := fmt.Sprint(one[key])
		replaced := slices.ContainsFunc(set, func(other doc) bool { return other[key] == name })
		if !replaced && !slices.Contains(without, name) {
			kept = append(kept, one)
		}
	}
	for _, one := range set {
		kept = append(kept, one)
	}
	return kept
}
