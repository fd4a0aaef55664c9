package plan

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

var byDigest = regexp.MustCompile(`@sha256:[0-9a-f]{64}$`)

// running holds what runs against the rules.
func (j *judge) running(r *Resource) {
	switch r.Type {
	case "aws_ecs_task_definition":
		j.task(r)
	case "aws_ecs_service":
		for _, network := range r.blocks("network_configuration") {
			if network["assign_public_ip"] == true {
				j.breach("public-address", r, "tasks get a public address")
			}
		}
	case "aws_launch_template":
		j.machine(r)
	case "aws_instance":
		if r.truth("associate_public_ip_address") {
			j.breach("public-address", r, "the machine gets a public address")
		}
	}
}

// container is what the rules read of a task's container.
type container struct {
	Name        string   `json:"name"`
	Image       string   `json:"image"`
	Command     []string `json:"command"`
	Environment []struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	} `json:"environment"`
	Secrets []struct {
		Name string `json:"name"`
		From string `json:"valueFrom"`
	} `json:"secrets"`
}

// withoutKey is an address of objects that carries no key: the machine's role
// opens it. Several stand behind each other, with a name each.
var withoutKey = regexp.MustCompile(`^(?:[a-z0-9-]+=)?s3://[^@,]+[?&]credentials=role(?:&[^@,]*)?$`)

// keyless says whether a text is nothing but addresses without a key.
func keyless(text string) bool {
	for place := range strings.SplitSeq(text, ",") {
		if !withoutKey.MatchString(place) {
			return false
		}
	}
	return true
}

// ours are the names that the catalogue rules; the rest of a process's variables
// (AWS_REGION, TZ) is the cloud's and the system's.
const ours = "PROSA_"

// keys are names by which programs find the cloud's keys, keyID what one looks
// like: a task has a role, and no key.
var (
	keys  = regexp.MustCompile(`^AWS_(?:SECRET_ACCESS_KEY|ACCESS_KEY_ID|SESSION_TOKEN)$`)
	keyID = regexp.MustCompile(`\bA(?:KI|SI)A[A-Z0-9]{16}\b`)
)

func (j *judge) task(r *Resource) {
	var containers []container
	text := r.text("container_definitions")
	if text == "" {
		j.breach("unreadable", r, "its containers are not known when planning")
		return
	}
	if err := json.Unmarshal([]byte(text), &containers); err != nil {
		j.breach("unreadable", r, "its containers cannot be read: %s", err)
		return
	}
	for _, c := range containers {
		j.ownerTold(r, c)
		if !byDigest.MatchString(c.Image) {
			j.breach("image-digest", r, "%s runs %s", c.Name, quoted(c.Image))
		}
		for _, e := range c.Environment {
			secret, listed := j.expected.Settings[e.Name]
			switch {
			case strings.HasPrefix(e.Name, ours) && !listed:
				j.breach("environment-catalogue", r, "%s is no setting", e.Name)
			case keys.MatchString(e.Name), keyID.MatchString(e.Value):
				j.breach("environment-secret", r, "%s is a key of the cloud", e.Name)
			case secret && !keyless(e.Value):
				j.breach("environment-secret", r, "%s stands in the open", e.Name)
			}
		}
		for _, s := range c.Secrets {
			if _, listed := j.expected.Settings[s.Name]; strings.HasPrefix(s.Name, ours) && !listed {
				j.breach("environment-catalogue", r, "%s is no setting", s.Name)
			}
		}
	}
}

func (j *judge) machine(r *Resource) {
	tokens := slices.ContainsFunc(r.blocks("metadata_options"), func(m map[string]any) bool { return m["http_tokens"] == "required" })
	if !tokens {
		j.breach("machine-metadata", r, "http_tokens is not required")
	}
	for _, card := range r.blocks("network_interfaces") {
		if card["associate_public_ip_address"] == true || card["associate_public_ip_address"] == "true" {
			j.breach("public-address", r, "machines get a public address")
		}
	}
	for _, mapping := range r.blocks("block_device_mappings") {
		for _, disk := range blocksOf(mapping["ebs"]) {
			if disk["encrypted"] != true && disk["encrypted"] != "true" {
				j.breach("encrypted", r, "a disk is not encrypted")
			}
		}
	}
}
