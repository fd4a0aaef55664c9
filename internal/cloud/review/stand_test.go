package review_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/clock"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/plan"
	"prosa/internal/cloud/review"
	"prosa/internal/cloud/terraform"
	"prosa/internal/platform/config"
	"prosa/internal/sandbox/aws"
)

const tree = "../../../deploy/terraform"

var accounts = flag.String("accounts", "", "accounts whose layers are planned: one, all, or names with commas; empty for none")
var update = flag.Bool("update", false, "write the plans of massivo-prod and management into testdata")
var applying = flag.String("apply", "all", "layers that are applied and planned again: all, none, or names with commas")
var only = flag.String("layers", "", "only these layers, with commas")

// stand is the imitated cloud behind a server of its own.
type stand struct {
	*aws.Server
	endpoint string
}

func (s stand) Endpoint() string { return s.endpoint }

func (s stand) Key(account, role string) (access, secret string) {
	if role == "" {
		return aws.AccessKey(account), aws.Secret
	}
	return s.Session(account, role), aws.Secret
}

// newStand imitates every account of the file.
func newStand(t *testing.T) stand {
	t.Helper()
	file, err := account.Load(filepath.Join(tree, "accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	var held []aws.Account
	for _, a := range file.Accounts {
		held = append(held, aws.Account{ID: a.ID, Name: a.Name})
	}
	organization := file.Organization
	held = append(held, aws.Account{ID: organization.Management.ID, Name: "management"},
		aws.Account{ID: organization.Security.ID, Name: "security"}, aws.Account{ID: organization.Network.ID, Name: "network"})
	s := aws.New(aws.Config{Accounts: held, IssuerKey: []byte("issuer")})
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	return stand{Server: s, endpoint: server.URL}
}

// applied are the layers that are applied.
func applied(t *testing.T) []string {
	t.Helper()
	switch *applying {
	case "none":
		return nil
	case "all":
		layers, err := terraform.Layers(tree)
		if err != nil {
			t.Fatal(err)
		}
		return layers
	}
	return strings.Split(*applying, ",")
}

func newReview(t *testing.T) (*review.Review, stand) {
	t.Helper()
	tool, err := terraform.Find(config.Environment())
	if err != nil {
		t.Skipf("NOT PROVED, %d plans were not made: %v", planned(t), err)
	}
	s := newStand(t)
	r, err := review.New(tool, tree, t.TempDir(), s, clock.System{}, applied(t))
	if err != nil {
		t.Fatal(err)
	}
	return r, s
}

// TestShowPlans plans the layers of one account or of all and prints what would
// stand in each.
func TestShowPlans(t *testing.T) {
	if *accounts == "" {
		t.Skip("no account was named: -accounts one")
	}
	r, s := newReview(t)
	var names []string
	switch *accounts {
	case "one":
		names = []string{tried}
	case "all":
		names = review.Names(r.File())
	default:
		names = strings.Split(*accounts, ",")
	}
	var layers []string
	if *only != "" {
		layers = strings.Split(*only, ",")
	}
	var cells []review.Cell
	breaches := 0
	for _, name := range names {
		made, plans, broken, err := r.Account(context.Background(), name, layers)
		if err != nil {
			t.Fatal(err)
		}
		cells = append(cells, made...)
		if *update {
			writePlans(t, name, plans)
		}
		for _, b := range broken {
			t.Errorf("%s: %s", name, b)
		}
		breaches += len(broken)
	}
	review.Print(os.Stdout, cells, breaches)
	for _, c := range cells {
		t.Logf("%s in %s took %s", c.Layer, c.Account, c.Took.Round(time.Second))
	}
	for _, c := range cells {
		if c.Problem != "" {
			t.Errorf("%s in %s: %s", c.Layer, c.Account, c.Problem)
		}
	}
	for _, call := range s.Repeated() {
		t.Logf("the answer to %s was lost on the way and given again", call)
	}
	for _, call := range s.Unanswered() {
		t.Errorf("the stand does not have %s", call)
	}
}

// writePlans keeps of each plan what the rules read, one resource a line.
func writePlans(t *testing.T, name string, plans plan.Plans) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(samples, name), 0o750); err != nil {
		t.Fatal(err)
	}
	for layer, p := range plans {
		slim := tfjson.Plan{FormatVersion: p.FormatVersion, TerraformVersion: p.TerraformVersion, Variables: p.Variables, Config: &tfjson.Config{RootModule: slimModule(p.Config.RootModule)}}
		for _, change := range p.ResourceChanges {
			if change.Mode != tfjson.ManagedResourceMode {
				continue
			}
			slim.ResourceChanges = append(slim.ResourceChanges, &tfjson.ResourceChange{
				Address: change.Address, ModuleAddress: change.ModuleAddress, Mode: change.Mode, Type: change.Type, Name: change.Name, Index: change.Index,
				Change: &tfjson.Change{Actions: change.Change.Actions, After: change.Change.After, AfterUnknown: change.Change.AfterUnknown},
			})
		}
		text, err := json.Marshal(slim)
		if err != nil {
			t.Fatal(err)
		}
		text = append(bytes.ReplaceAll(text, []byte(`},{"address":`), []byte("},\n{\"address\":")), '\n')
		if err := os.WriteFile(filepath.Join(samples, name, layer+".json"), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// slimModule keeps what each argument names.
func slimModule(m *tfjson.ConfigModule) *tfjson.ConfigModule {
	slim := &tfjson.ConfigModule{ModuleCalls: map[string]*tfjson.ModuleCall{}}
	for _, r := range m.Resources {
		kept := &tfjson.ConfigResource{Address: r.Address, Mode: r.Mode, Type: r.Type, Name: r.Name, Expressions: map[string]*tfjson.Expression{}}
		for name, expression := range r.Expressions {
			if expression.ExpressionData != nil && len(expression.References) > 0 {
				kept.Expressions[name] = &tfjson.Expression{ExpressionData: &tfjson.ExpressionData{References: expression.References}}
			}
		}
		slim.Resources = append(slim.Resources, kept)
	}
	for name, call := range m.ModuleCalls {
		slim.ModuleCalls[name] = &tfjson.ModuleCall{Source: call.Source, Module: slimModule(call.Module)}
	}
	return slim
}

// planned counts the plans that a machine without the tool does not make.
func planned(t *testing.T) (count int) {
	t.Helper()
	file, err := account.Load(filepath.Join(tree, "accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	layers, err := terraform.Layers(tree)
	if err != nil {
		t.Fatal(err)
	}
	for _, layer := range layers {
		for _, name := range file.Holders(layer) {
			if *accounts == "all" || name == tried {
				count++
			}
		}
	}
	return count
}
