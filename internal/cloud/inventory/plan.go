package inventory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/plan"
)

// Resource is one resource of a Terraform plan, joined with what of ours it
// carries.
type Resource struct {
	Deployment string `json:"deployment"` // the account's name: massivo-prod
	Layer      string `json:"layer"`
	Address    string `json:"address"`
	Type       string `json:"type"`
	Name       string `json:"name"`  // as the provider knows it
	Owner      string `json:"owner"` // who is asked about it
	// Carries names what of ours stands on it: "target worker", "setting
	// PROSA_DATABASE_URL"; empty for what only the cloud needs.
	Carries []string `json:"carries,omitempty"`
	// Settings are the variables that it hands to a process.
	Settings []string `json:"settings,omitempty"`

	unknown []string // settings that the product does not know
	lost    string   // what it loses, when it has nowhere for what can't be worked on
}

// Join adds the resources that a plan (the JSON of `terraform show`) would leave
// standing. deployment and layer say whose plan it is.
// Error: Invalid, with what is wrong in the plan; also for one that does not say
// what would stand: a state, or what somebody cut out of a plan.
func (i *Inventory) Join(deployment, layer string, text []byte) error {
	whose := fmt.Sprintf("the plan of %s, layer %s,", deployment, layer)
	var read tfjson.Plan
	if err := read.UnmarshalJSON(text); err != nil {
		return fault.Wrap(err, fault.Invalid, whose+" is not the JSON of terraform show")
	}
	if len(read.ResourceChanges) == 0 && (read.PlannedValues == nil || read.PlannedValues.RootModule == nil || stands(read.PlannedValues.RootModule)) {
		return fault.New(fault.Invalid, "%s does not say what would stand: give the whole JSON of terraform show", whose)
	}
	lost := plan.Lost(&read)
	for _, r := range plan.Resources(layer, &read) {
		resource := i.resource(deployment, r)
		resource.lost = lost[r.Address]
		i.Resources = append(i.Resources, resource)
	}
	slices.SortFunc(i.Resources, func(a, b Resource) int {
		return cmp.Or(strings.Compare(a.Deployment, b.Deployment), strings.Compare(a.Layer, b.Layer), strings.Compare(a.Address, b.Address))
	})
	return nil
}

// stands says whether a module holds anything that is made.
func stands(module *tfjson.StateModule) bool {
	made := func(r *tfjson.StateResource) bool { return r != nil && r.Mode == tfjson.ManagedResourceMode }
	return slices.ContainsFunc(module.Resources, made) ||
		slices.ContainsFunc(module.ChildModules, func(child *tfjson.StateModule) bool { return child != nil && stands(child) })
}

// owned are the types that hold or do something of ours: each says by its tag
// whose it is. The provider leaves the tags of what can't have any out of a plan,
// so that their absence says nothing of other types.
var owned = []string{
	"aws_db_instance", "aws_dynamodb_table", "aws_ecs_service", "aws_ecs_task_definition", "aws_kinesis_stream", "aws_lambda_function", "aws_rds_cluster",
	"aws_s3_bucket", "aws_secretsmanager_secret", "aws_sfn_state_machine", "aws_sns_topic", "aws_sqs_queue",
}

// owner is who is asked about a resource: by its tag, or where it can have none,
// whoever keeps the layer. Empty where it could say so and does not.
func owner(r *plan.Resource) string {
	tags, taggable := r.Values()["tags_all"]
	if name := text(object(tags)["owner"]); name != "" || taggable || r.Unknown("tags_all") || slices.Contains(owned, r.Type) {
		return name
	}
	return "deploy/terraform " + r.Layer
}

func (i *Inventory) resource(deployment string, r *plan.Resource) Resource {
	values := r.Values()
	out := Resource{Deployment: deployment, Layer: r.Layer, Address: r.Address, Type: r.Type, Name: r.Name(), Owner: owner(r)}
	for _, key := range []string{"name", "identifier", "bucket", "family", "cluster_identifier", "id"} {
		if name := text(values[key]); name != "" {
			out.Name = name
			break
		}
	}
	noun := strings.TrimPrefix(out.Name, deployment+"-")
	switch r.Type {
	case "aws_ecs_service", "aws_ecs_task_definition":
		if target := find(i.Targets, func(t Target) bool { return t.Name == noun }); target != nil {
			out.Carries = append(out.Carries, "target "+target.Name)
		}
		i.readTask(&out, text(values["container_definitions"]))
	case "aws_db_instance", "aws_rds_cluster":
		out.Carries = append(out.Carries, "all tables")
	case "aws_autoscaling_group", "aws_launch_template":
		if strings.Contains(noun, "nats") {
			out.Carries = append(out.Carries, "all streams")
		}
	case "aws_secretsmanager_secret", "aws_ssm_parameter":
		for _, s := range i.Settings {
			if s.Secret && strings.HasSuffix(out.Name, strings.ToLower(strings.ReplaceAll(strings.TrimPrefix(s.Name, "PROSA_"), "_", "-"))) {
				out.Carries = append(out.Carries, "setting "+s.Name)
			}
		}
	}
	return out
}

// readTask lists the variables that a task is started with.
func (i *Inventory) readTask(out *Resource, definitions string) {
	var containers []struct {
		Environment []struct{ Name string } `json:"environment"`
		Secrets     []struct{ Name string } `json:"secrets"`
	}
	if json.Unmarshal([]byte(definitions), &containers) != nil {
		return // known after apply only
	}
	for _, c := range containers {
		for _, v := range append(c.Environment, c.Secrets...) {
			out.Settings = append(out.Settings, v.Name)
			if strings.HasPrefix(v.Name, "PROSA_") && find(i.Settings, func(s Setting) bool { return s.Name == v.Name }) == nil {
				out.unknown = append(out.unknown, v.Name)
			}
		}
	}
	slices.Sort(out.Settings)
	out.Settings = slices.Compact(out.Settings)
}

func (r Resource) problems() (problems []string) {
	for _, name := range r.unknown {
		problems = append(problems, fmt.Sprintf("resource %s of %s sets %s, which is no setting of the product", r.Address, r.Deployment, name))
	}
	if r.lost != "" {
		problems = append(problems, fmt.Sprintf("resource %s of %s has no place for what can't be worked on: %s", r.Address, r.Deployment, r.lost))
	}
	return problems
}

func text(value any) string {
	s, _ := value.(string)
	return s
}

func object(value any) map[string]any {
	m, _ := value.(map[string]any)
	return m
}
