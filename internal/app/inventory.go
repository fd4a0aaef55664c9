package app

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/inventory"
	"prosa/internal/edge/httpapi"
	"prosa/internal/migrations"
	"prosa/internal/platform/config"
)

type inventoryCommand struct {
	JSON     bool     `help:"As JSON."`
	Markdown bool     `help:"As the document docs/inventory.md, with defaults only."`
	Plan     []string `help:"Plans to join, each the JSON of 'terraform show -json', named <deployment>/<layer>.json: massivo-prod/50-runtime.json. A folder holds many." type:"path"`
	Check    bool     `help:"Fail when something has no owner, or a queue no place for what can't be worked on."`
}

// Run implements the command.
func (c *inventoryCommand) Run(around *surroundings) error {
	lookup := around.lookup
	if c.Markdown {
		lookup = config.Map(nil) // the document does not depend on who prints it
	}
	what, err := gather(lookup)
	if err != nil {
		return err
	}
	for _, path := range c.Plan {
		if err := join(&what, path); err != nil {
			return err
		}
	}
	switch {
	case c.JSON:
		encoder := json.NewEncoder(around.out)
		encoder.SetIndent("", "  ")
		err = encoder.Encode(what)
	case c.Markdown:
		_, err = fmt.Fprint(around.out, what.Markdown())
	default:
		_, err = fmt.Fprint(around.out, what.Text())
	}
	if err != nil || !c.Check {
		return err
	}
	if problems := what.Problems(); len(problems) > 0 {
		return fault.New(fault.Invalid, "the inventory has gaps:\n  %s", strings.Join(problems, "\n  "))
	}
	return nil
}

// gather lists what the code, the schema and the settings say of themselves.
func gather(lookup config.Lookup) (inventory.Inventory, error) {
	var cfg Config
	if err := config.Load(&cfg, lookup); err != nil {
		return inventory.Inventory{}, err
	}
	fields, err := config.Describe(&cfg)
	if err != nil {
		return inventory.Inventory{}, err
	}
	what := inventory.Inventory{Consumers: consumers(), Queues: queues(), Jobs: jobs()}
	all := targets()
	for _, name := range slices.Sorted(maps.Keys(all)) {
		what.Targets = append(what.Targets, inventory.Target{Name: name, Services: all[name]})
	}
	for _, route := range Topology() {
		what.Subjects = append(what.Subjects, inventory.Subject{
			Stream: route.Stream, Name: route.Subject, Carries: route.Carries, Owner: route.Owner,
			Writers: route.Writers, Readers: route.Readers, Retained: route.Retained,
		})
	}
	tables, err := migrations.Tables()
	if err != nil {
		return inventory.Inventory{}, err
	}
	for _, t := range tables {
		what.Tables = append(what.Tables, inventory.Table{Name: t.Name, Owner: t.Owner, Company: t.Company})
	}
	for _, f := range fields {
		what.Settings = append(what.Settings, inventory.Setting{Name: f.Name, Owner: f.Owner, Secret: f.Secret})
		if isAddress(f) {
			what.Hosts = append(what.Hosts, inventory.Host{Setting: f.Name, URL: f.Default, Owner: f.Owner})
		}
	}
	what.Endpoints, err = endpoints()
	return what, err
}

// isAddress reports whether a setting names a host that the product calls. What
// it is called by itself has no such name: the server's own addresses.
func isAddress(f config.Field) bool {
	if strings.HasPrefix(f.Default, "http://") || strings.HasPrefix(f.Default, "https://") {
		return f.Owner != "app"
	}
	return strings.HasSuffix(f.Name, "_URL") && f.Owner != "app"
}

// endpoints reads the contract of the API, and adds the doors beside it.
func endpoints() ([]inventory.Endpoint, error) {
	document, err := httpapi.Contract()
	if err != nil {
		return nil, err
	}
	var contract struct {
		Paths map[string]map[string]struct {
			Tags  []string
			Needs string `yaml:"x-permission"`
		}
	}
	if err := yaml.Unmarshal(document, &contract); err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the contract of the API is unreadable")
	}
	var list []inventory.Endpoint
	for _, path := range slices.Sorted(maps.Keys(contract.Paths)) {
		operations := contract.Paths[path]
		for _, method := range slices.Sorted(maps.Keys(operations)) {
			operation := operations[method]
			list = append(list, inventory.Endpoint{
				Method: strings.ToUpper(method), Path: httpapi.Prefix + path, Needs: operation.Needs, Target: targetAPI,
				Owner: "edge/httpapi: " + strings.Join(operation.Tags, ", "),
			})
		}
	}
	return append(list, doors()...), nil
}

// join reads a plan, or all plans of a folder; <deployment>/<layer>.json names
// whose it is.
func join(what *inventory.Inventory, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return fault.OnField("plan", "%s can't be read: %v", path, err)
	}
	files := []string{path}
	if info.IsDir() {
		if files, err = filepath.Glob(filepath.Join(path, "*", "*.json")); err != nil || len(files) == 0 {
			return fault.OnField("plan", "%s holds no <deployment>/<layer>.json", path)
		}
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			return fault.Wrap(err, fault.Invalid, "the plan can't be read")
		}
		deployment, layer := filepath.Base(filepath.Dir(file)), strings.TrimSuffix(filepath.Base(file), ".json")
		if err := what.Join(deployment, layer, data); err != nil {
			return err
		}
	}
	return nil
}
