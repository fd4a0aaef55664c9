package inventory

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/fault"
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
	noDead  bool
}

// Join adds the resources that a plan (the JSON of `terraform show`) would leave
// standing. deployment and layer say whose plan it is.
// Error: Invalid, with what is wrong in the plan.
func (i *Inventory) Join(deployment, layer string, plan []byte) error {
	var read tfjson.Plan
	if err := read.UnmarshalJSON(plan); err != nil {
		return fault.Wrap(err, fault.Invalid, fmt.Sprintf("the plan of %s, layer %s, is not the JSON of terraform show", deployment, layer))
	}
	if read.PlannedValues == nil || read.PlannedValues.RootModule == nil {
		return nil
	}
	i.walk(deployment, layer, read.PlannedValues.RootModule)
	slices.SortFunc(i.Resources, func(a, b Resource) int {
		return cmp.Or(strings.Compare(a.Deployment, b.Deployment), strings.Compare(a.Layer, b.Layer), strings.Compare(a.Address, b.Address))
	})
	return nil
}

func (i *Inventory) walk(deployment, layer string, module *tfjson.StateModule) {
	for _, r := range module.Resources {
		if r.Mode == tfjson.ManagedResourceMode {
			i.Resources = append(i.Resources, i.resource(deployment, layer, r))
		}
	}
	for _, child := range module.ChildModules {
		i.walk(deployment, layer, child)
	}
}

func (i *Inventory) resource(deployment, layer string, r *tfjson.StateResource) Resource {
	out := Resource{Deployment: deployment, Layer: layer, Address: r.Address, Type: r.Type, Name: r.Name, Owner: "deploy/terraform " + layer}
	for _, key := range []string{"name", "identifier", "bucket", "family", "cluster_identifier", "id"} {
		if name := text(r.AttributeValues[key]); name != "" {
			out.Name = name
			break
		}
	}
	if owner := text(object(r.AttributeValues["tags_all"])["owner"]); owner != "" {
		out.Owner = owner
	}
	noun := strings.TrimPrefix(out.Name, deployment+"-")
	switch r.Type {
	case "aws_ecs_service", "aws_ecs_task_definition":
		if target := find(i.Targets, func(t Target) bool { return t.Name == noun }); target != nil {
			out.Carries = append(out.Carries, "target "+target.Name)
		}
		i.readTask(&out, text(r.AttributeValues["container_definitions"]))
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
	case "aws_sqs_queue":
		out.noDead = text(r.AttributeValues["redrive_policy"]) == "" && !strings.Contains(out.Name, "dead")
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
	if r.noDead {
		problems = append(problems, fmt.Sprintf("resource %s of %s is a queue without a redrive policy", r.Address, r.Deployment))
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
