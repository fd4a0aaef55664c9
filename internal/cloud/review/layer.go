package review

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/base/fault"
	"prosa/internal/cloud/account"
	"prosa/internal/cloud/plan"
)

// finopsLayer sets every account's budget from the account that pays.
const finopsLayer = "80-finops"

// bootstrapLayer makes the place of the states, in every account.
const bootstrapLayer = "00-bootstrap"

// Workloads names the accounts that carry a product line.
func Workloads(file account.File) []string {
	var names []string
	for _, a := range file.Accounts {
		names = append(names, a.Name)
	}
	return names
}

// Names gives every account that a layer is applied in, the organisation's first.
func Names(file account.File) []string {
	return append([]string{"management", "security", "network"}, Workloads(file)...)
}

// Expect reads from accounts.yaml what the plans of an account are held against.
func Expect(file account.File, name string, settings map[string]bool) (plan.Expected, error) {
	organization := file.Organization
	expected := plan.Expected{
		Account: name, Organization: organization.Name, Region: organization.Region, Apex: organization.Apex, Settings: settings,
		Known: []string{organization.Management.ID, organization.Security.ID, organization.Network.ID},
	}
	expected.Bills = []string{organization.Name + "-management-focus"}
	for _, a := range file.Accounts {
		expected.Known = append(expected.Known, a.ID)
		expected.Meters = append(expected.Meters, organization.Name+"-"+a.Name+"-meters")
	}
	if keeper, ok := file.Account(organization.Ledger); ok {
		expected.Ledger, expected.LedgerID = keeper.Name, keeper.ID
	}
	if a, ok := file.Account(name); ok {
		expected.ID, expected.Line, expected.Environment = a.ID, a.Line, a.Environment
		expected.CIDR, expected.Domain, expected.Owner, expected.Region = a.CIDR.String(), a.Domain, a.Owner.Team, a.Region
		expected.LogDays = []int{a.Retention.Logs, a.Retention.AccessLogs}
		expected.Signers = signers(organization, name)
		return expected, nil
	}
	holders := map[string]account.Holder{"management": organization.Management, "security": organization.Security, "network": organization.Network}
	held, ok := holders[name]
	if !ok {
		return plan.Expected{}, fault.New(fault.NotFound, "there is no account %s", name)
	}
	expected.ID = held.ID
	if held.CIDR.IsValid() {
		expected.CIDR = held.CIDR.String()
	}
	if name == "management" {
		expected.Budgets = map[string]string{}
		for _, a := range file.Accounts {
			expected.Budgets[a.ID] = a.Budget.Amount.Decimal() + " " + string(a.Budget.Currency)
		}
	}
	return expected, nil
}

// signers tells whose tokens an account's roles trust; the organization's own
// accounts trust none.
func signers(o account.Organization, name string) map[string]plan.Signer {
	found := map[string]plan.Signer{}
	if b := o.Bitbucket; b != nil {
		repository := "{" + b.RepositoryUUID + "}:"
		found[b.Issuer] = plan.Signer{Repository: repository, Environment: repository + "{" + b.Environments[name] + "}:"}
	}
	if g := o.GitHub; g != nil {
		repository := "repo:" + g.Owner + "/" + g.Repository + ":"
		found[g.Issuer] = plan.Signer{Repository: repository, Environment: repository + "environment:" + name}
	}
	return found
}

// accessLayer makes the roles by which pipelines come in; it and what comes
// before it is applied by hand.
const accessLayer = "20-access"

// pipeline names the role that applies a layer, empty for a person.
func pipeline(expected plan.Expected, layer string) string {
	if expected.Line == "" || layer <= accessLayer {
		return ""
	}
	return expected.Account + "-apply"
}

// digest stands for images and binaries that a deployment would name.
var digest = strings.Repeat("0123456789abcdef", 4)

// inputs are the variables of a layer in an account.
func inputs(layer, name string) map[string]string {
	vars := map[string]string{"account": name}
	switch layer {
	case "40-data":
		vars["nats_digest"] = digest
	case "50-runtime":
		vars["image_digest"] = "sha256:" + digest
	}
	return vars
}

// sampleState makes a state that holds outputs and no resource. In the sample's
// texts ${name}, ${account_id}, ${region}, ${domain}, ${organization} and ${cidr}
// stand for the account's own.
func sampleState(sample []byte, expected plan.Expected) ([]byte, error) {
	sample = []byte(strings.NewReplacer("${name}", expected.Account, "${account_id}", expected.ID, "${region}", expected.Region,
		"${domain}", expected.Domain, "${organization}", expected.Organization, "${cidr}", expected.CIDR).Replace(string(sample)))
	decoder := json.NewDecoder(bytes.NewReader(sample))
	var values map[string]any
	if err := decoder.Decode(&values); err != nil {
		return nil, fault.Wrap(err, fault.Invalid, "the sample outputs cannot be read")
	}
	outputs := map[string]any{}
	for name, value := range values {
		outputs[name] = map[string]any{"value": value, "type": typeOf(value)}
	}
	return json.Marshal(map[string]any{
		"version": 4, "terraform_version": "1.11.0", "serial": 1, "lineage": "00000000-0000-0000-0000-000000000000",
		"outputs": outputs, "resources": []any{}, "check_results": nil,
	})
}

// typeOf writes a value's type as a state does.
func typeOf(value any) any {
	switch v := value.(type) {
	case string:
		return "string"
	case bool:
		return "bool"
	case float64:
		return "number"
	case []any:
		types := make([]any, 0, len(v))
		for _, one := range v {
			types = append(types, typeOf(one))
		}
		return []any{"tuple", types}
	case map[string]any:
		types := map[string]any{}
		for name, one := range v {
			types[name] = typeOf(one)
		}
		return []any{"object", types}
	}
	return "dynamic"
}

// changed names what a plan would change.
func changed(p *tfjson.Plan) string {
	var names []string
	for _, change := range p.ResourceChanges {
		if !change.Change.Actions.NoOp() && !change.Change.Actions.Read() {
			names = append(names, fmt.Sprintf("%s (%s)", change.Address, difference(change.Change)))
		}
	}
	for name, change := range p.OutputChanges {
		if !change.Actions.NoOp() {
			names = append(names, "output "+name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// difference names the arguments that differ before and after.
func difference(change *tfjson.Change) string {
	before, _ := change.Before.(map[string]any)
	after, _ := change.After.(map[string]any)
	var names []string
	for name := range after {
		a, _ := json.Marshal(before[name])
		b, _ := json.Marshal(after[name])
		if !bytes.Equal(a, b) {
			names = append(names, fmt.Sprintf("%s: %.60s -> %.60s", name, a, b))
		}
	}
	slices.Sort(names)
	return strings.Join(names, "; ")
}
