package plan

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	tfjson "github.com/hashicorp/terraform-json"
)

// Expected is what accounts.yaml says of an account, and what its plans are held
// against.
type Expected struct {
	Account      string // name: massivo-prod; or network, management, security
	ID           string
	Organization string
	Region       string
	Line         string // empty for an account of the organisation
	Environment  string
	CIDR         string
	Domain       string
	Apex         string
	Owner        string
	LogDays      []int // that a log may be kept; empty for any
	// Signers are who signs the tokens of pipelines, by issuer (an address without
	// https://): no other may be trusted, and these for our repository alone.
	Signers map[string]Signer
	// Known are the ids of all accounts of the organisation.
	Known []string
	// Ledger is the account whose deployment keeps the cost ledger, and LedgerID
	// its id: the one account that reads in others.
	Ledger, LedgerID string
	// Meters are the buckets with what a deployment measured, Bills those with the
	// bill, of the whole organisation.
	Meters, Bills []string
	// Budgets are the limits that the finops layer must set, by account id: "1500.00 USD".
	Budgets map[string]string
	// Settings are the names of the environment catalogue; true for a secret one.
	Settings map[string]bool
}

// Signer tells how the subjects begin that one issuer's tokens may have.
type Signer struct {
	Repository  string // any step of our repository: repo:owner/name:
	Environment string // a step of the account's own environment; whole, or up to the colon that it ends with
}

// production says whether what stands in the account must not be lost.
func (e Expected) production() bool { return e.Environment == "prod" }

// Plans are the plans of one account by layer.
type Plans map[string]*tfjson.Plan

// Resource is one resource that a plan would leave standing.
type Resource struct {
	Layer   string
	Address string
	Type    string
	module  string
	name    string
	index   any
	after   map[string]any
	unknown map[string]any
	refs    map[string][]string // what each argument names, by argument
}

// Where names the resource in a breach.
func (r *Resource) Where() string { return r.Layer + " " + r.Address }

// Judge holds the plans of an account against the rules.
func Judge(expected Expected, plans Plans) []Breach {
	j := &judge{expected: expected, byType: map[string][]*Resource{}}
	for _, layer := range sortedKeys(plans) {
		j.take(layer, plans[layer])
	}
	for _, layer := range sortedKeys(plans) {
		j.account(layer, plans[layer])
	}
	for _, r := range j.all {
		j.tags(r)
		j.accountsNamed(r)
		j.identity(r)
		j.across(r)
		j.stored(r)
		j.running(r)
		j.reached(r)
		if what := j.lost(r); what != "" {
			j.breach("dead-letter", r, "%s", what)
		}
	}
	j.budgets()
	return sorted(j.breaches)
}

type judge struct {
	expected Expected
	all      []*Resource
	byType   map[string][]*Resource
	breaches []Breach
}

// take adds what a plan would leave standing to what is judged together.
func (j *judge) take(layer string, p *tfjson.Plan) {
	for _, r := range Resources(layer, p) {
		j.byType[r.Type] = append(j.byType[r.Type], r)
		j.all = append(j.all, r)
	}
}

func (j *judge) breach(rule string, r *Resource, format string, args ...any) {
	j.breaches = append(j.breaches, Breach{Rule: rule, Where: r.Where(), Found: fmt.Sprintf(format, args...)})
}

// Resources lists what a plan would leave standing: made, changed or kept, not
// what it removes.
func Resources(layer string, p *tfjson.Plan) []*Resource {
	written := configured(p)
	var found []*Resource
	for _, change := range p.ResourceChanges {
		if change == nil || change.Change == nil {
			continue
		}
		after, _ := change.Change.After.(map[string]any)
		if change.Mode != tfjson.ManagedResourceMode || after == nil {
			continue
		}
		unknown, _ := change.Change.AfterUnknown.(map[string]any)
		found = append(found, &Resource{
			Layer: layer, Address: change.Address, Type: change.Type, module: change.ModuleAddress, name: change.Name, index: change.Index,
			after: after, unknown: unknown, refs: written[withoutIndexes(change.Address)],
		})
	}
	return found
}

var anIndex = regexp.MustCompile(`\[(?:"[^"]*"|\d+)\]`)

func withoutIndexes(address string) string { return anIndex.ReplaceAllString(address, "") }

// configured gives the references of each resource's arguments, by the address
// without indexes.
func configured(p *tfjson.Plan) map[string]map[string][]string {
	found := map[string]map[string][]string{}
	if p.Config != nil && p.Config.RootModule != nil {
		configuredModule(p.Config.RootModule, "", found)
	}
	return found
}

func configuredModule(m *tfjson.ConfigModule, prefix string, found map[string]map[string][]string) {
	for _, r := range m.Resources {
		if r == nil {
			continue
		}
		refs := map[string][]string{}
		for name, expression := range r.Expressions {
			if expression != nil && expression.ExpressionData != nil {
				refs[name] = expression.References
			}
		}
		found[prefix+r.Address] = refs
	}
	for name, call := range m.ModuleCalls {
		if call != nil && call.Module != nil {
			configuredModule(call.Module, prefix+"module."+name+".", found)
		}
	}
}

// Name is what the resource is called in the code.
func (r *Resource) Name() string { return r.name }

// Values gives what is known of the resource's attributes when planning.
func (r *Resource) Values() map[string]any { return r.after }

// Unknown says whether an attribute is known after the apply only.
func (r *Resource) Unknown(name string) bool { return willBe(r.unknown[name]) }

// text reads a string attribute; empty when absent or unknown.
func (r *Resource) text(name string) string { s, _ := r.after[name].(string); return s }

func (r *Resource) truth(name string) bool { b, _ := r.after[name].(bool); return b }

// number reads a number; JSON has but one kind of them.
func (r *Resource) number(name string) int {
	switch n := r.after[name].(type) {
	case float64:
		return int(n)
	case string:
		i, _ := strconv.Atoi(n)
		return i
	}
	return 0
}

// blocks reads nested blocks of a name.
func (r *Resource) blocks(name string) []map[string]any { return blocksOf(r.after[name]) }

func blocksOf(value any) []map[string]any {
	many, _ := value.([]any)
	var found []map[string]any
	for _, one := range many {
		if block, ok := one.(map[string]any); ok {
			found = append(found, block)
		}
	}
	return found
}

// given says whether an attribute has a value, or will have one that is not known
// yet.
func (r *Resource) given(name string) bool { return known(r.after[name]) || willBe(r.unknown[name]) }

func known(value any) bool {
	switch v := value.(type) {
	case nil:
		return false
	case string:
		return v != ""
	case []any:
		return len(v) > 0
	}
	return true
}

// willBe says whether a mark of what is unknown holds a true somewhere.
func willBe(mark any) bool {
	switch v := mark.(type) {
	case bool:
		return v
	case []any:
		return slices.ContainsFunc(v, willBe)
	case map[string]any:
		for _, one := range v {
			if willBe(one) {
				return true
			}
		}
	}
	return false
}

// belongs finds the resource of a kind in the same module that names r: a
// bucket's block of public access, a load balancer's firewall.
func (j *judge) belongs(kind, argument string, r *Resource) *Resource {
	for _, other := range j.byType[kind] {
		if other.Layer != r.Layer {
			continue
		}
		if name := r.text(argument); name != "" && other.text(argument) == name {
			return other
		}
		if other.module == r.module && slices.Contains(other.refs[argument], r.Type+"."+r.name) && (fmt.Sprint(other.index) == fmt.Sprint(r.index) || r.index == nil) {
			return other
		}
	}
	return nil
}

// account holds the plan's variable against the account that was asked for.
func (j *judge) account(layer string, p *tfjson.Plan) {
	variable := p.Variables["account"]
	if variable == nil {
		j.breaches = append(j.breaches, Breach{"account", layer, "the layer has no variable account"})
		return
	}
	if named, _ := variable.Value.(string); named != j.expected.Account {
		j.breaches = append(j.breaches, Breach{"account", layer, "the plan is of " + quoted(named) + ", not of " + quoted(j.expected.Account)})
	}
}

// accountID stands in an ARN, or alone.
var accountID = regexp.MustCompile(`\barn:aws[a-z-]*:[a-z0-9-]*:[a-z0-9-]*:(\d{12}):`)

// vendorAccounts are the cloud's own: the load balancers of sa-east-1 write their
// logs from the first (docs.aws.amazon.com, "Enable access logs").
var vendorAccounts = []string{"507241528517"}

// accountsNamed looks for ids of accounts that are none of ours, in every text of
// a resource, policies among them.
func (j *judge) accountsNamed(r *Resource) {
	eachText(r.after, func(text string) {
		for _, match := range accountID.FindAllStringSubmatch(text, -1) {
			if match[1] != j.expected.ID && !slices.Contains(vendorAccounts, match[1]) && !slices.Contains(j.expected.Known, match[1]) {
				j.breach("foreign-account", r, "it names account %s", match[1])
			}
		}
	})
}

// eachText visits every string below a value.
func eachText(value any, visit func(string)) {
	switch v := value.(type) {
	case string:
		visit(v)
	case []any:
		for _, one := range v {
			eachText(one, visit)
		}
	case map[string]any:
		for _, name := range sortedKeys(v) {
			eachText(v[name], visit)
		}
	}
}

// tags holds the tags that the provider computed against the account, and those
// that a template hands to what is made from it, where the provider's end.
func (j *judge) tags(r *Resource) {
	if raw, taggable := r.after["tags_all"]; taggable {
		j.tagged(r, "", raw)
	}
	if r.Type != "aws_launch_template" {
		return
	}
	handed := map[string]any{}
	for _, one := range r.blocks("tag_specifications") {
		kind, _ := one["resource_type"].(string)
		handed[kind] = one["tags"]
	}
	for _, kind := range []string{"instance", "volume"} {
		j.tagged(r, " of its "+kind, handed[kind])
	}
}

// tagged tells which of the account's tags something lacks.
func (j *judge) tagged(r *Resource, whose string, raw any) {
	tags, _ := raw.(map[string]any)
	want := map[string]string{"product_line": j.expected.Line, "environment": j.expected.Environment, "owner": j.expected.Owner, "layer": r.Layer, "managed_by": "terraform"}
	for _, name := range sortedKeys(want) {
		switch have, _ := tags[name].(string); {
		case have == "":
			j.breach("tags", r, "the tag %s%s is missing", name, whose)
		case want[name] != "" && have != want[name]:
			j.breach("tags", r, "the tag %s%s is %q, not %q", name, whose, have, want[name])
		}
	}
}

// budgets looks for the budget of each account that the plans must set one for.
func (j *judge) budgets() {
	for _, id := range sortedKeys(j.expected.Budgets) {
		if found := j.budgetOf(id); found != "" {
			j.breaches = append(j.breaches, Breach{"budget", "account " + id, found})
		}
	}
}

func (j *judge) budgetOf(id string) string {
	amount, unit, _ := strings.Cut(j.expected.Budgets[id], " ")
	for _, r := range j.byType["aws_budgets_budget"] {
		mentioned := false
		eachText(r.after["cost_filter"], func(text string) { mentioned = mentioned || text == id })
		if !mentioned && len(j.expected.Budgets) > 1 {
			continue
		}
		if !sameAmount(r.text("limit_amount"), amount) || r.text("limit_unit") != unit {
			return "the budget is " + r.text("limit_amount") + " " + r.text("limit_unit") + ", not " + amount + " " + unit
		}
		if missing := missingNotification(r); missing != "" {
			return "nobody is told at " + missing
		}
		return ""
	}
	return "it has no budget"
}

func sameAmount(a, b string) bool {
	trim := func(s string) string {
		if strings.Contains(s, ".") {
			s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
		}
		return s
	}
	return trim(a) == trim(b)
}

func missingNotification(r *Resource) string {
	for _, want := range []struct {
		kind    string
		percent float64
	}{{"ACTUAL", 50}, {"ACTUAL", 80}, {"ACTUAL", 100}, {"FORECASTED", 100}} {
		told := slices.ContainsFunc(r.blocks("notification"), func(n map[string]any) bool {
			return n["notification_type"] == want.kind && n["threshold"] == want.percent && n["threshold_type"] == "PERCENTAGE" &&
				(known(n["subscriber_email_addresses"]) || known(n["subscriber_sns_topic_arns"]))
		})
		if !told {
			return fmt.Sprintf("%.0f %% %s", want.percent, strings.ToLower(want.kind))
		}
	}
	return ""
}
