package account_test

import (
	"encoding/json"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
	"github.com/zclconf/go-cty/cty/function/stdlib"
	ctyjson "github.com/zclconf/go-cty/cty/json"

	"prosa/internal/cloud/account"
)

var update = flag.Bool("update", false, "rewrite docs/access.md")

func both(t *testing.T) (account.File, account.Access) {
	t.Helper()
	file, err := account.Load(accountsPath)
	if err != nil {
		t.Fatal(err)
	}
	access, err := account.LoadAccess(accessPath)
	if err != nil {
		t.Fatal(err)
	}
	return file, access
}

func TestTheAccessIsInOrder(t *testing.T) {
	_, access := both(t)
	for _, problem := range access.Problems() {
		t.Error(problem)
	}
}

func TestMistakesInAccess(t *testing.T) {
	good := text(t, accessPath)
	for name, m := range map[string]edit{
		"a right that there is not":         {"rights: observe, environments: [dev, homolog]}", "rights: see, environments: [dev, homolog]}", "groups.developers.grants[0].rights", "no right see"},
		"a stranger in a group":             {"people: [carla.dias, davi.rocha]", "people: [carla.dias, zoe.silva]", "groups.developers.people[1]", "nobody called zoe.silva"},
		"somebody in no group":              {"people: [carla.dias, davi.rocha]", "people: [carla.dias]", "people.davi.rocha", "in no group"},
		"an address twice":                  {"email: davi.rocha@", "email: carla.dias@", "people.davi.rocha.email", "carla.dias"},
		"an address twice, in capitals":     {"email: davi.rocha@", "email: Carla.Dias@", "people.davi.rocha.email", "carla.dias"},
		"two of one name":                   {"elisa.melo: {name: \"Elisa Melo\"", "elisa.melo: {name: \"Ana Souza\"", "people.elisa.melo.name", "name of ana.souza"},
		"two of one name, to the eye":       {"elisa.melo: {name: \"Elisa Melo\"", "elisa.melo: {name: \"ána SOUZA\"", "people.elisa.melo.name", "name of ana.souza"},
		"a name of look-alikes":             {"elisa.melo: {name: \"Elisa Melo\"", "elisa.melo: {name: \"\u0410na Souza\"", "people.elisa.melo.name", "Latin"},
		"a name that ends a row":            {"elisa.melo: {name: \"Elisa Melo\"", "elisa.melo: {name: \"Elisa Melo|x\"", "people.elisa.melo.name", "form"},
		"a name of two lines":               {"elisa.melo: {name: \"Elisa Melo\"", "elisa.melo: {name: \"Elisa Melo\\nx\"", "people.elisa.melo.name", "form"},
		"somebody in capitals":              {"  ana.souza: {", "  Ana.souza: {", "people.Ana.souza", "the name does not have the form"},
		"nobody keeps":                      {"      - {rights: keep, environments: [dev, homolog, prod], holders: [management, security, network]}", "      - {rights: cost, environments: [dev]}", "groups", "nobody may keep massivo-dev, massivo-homolog, massivo-prod, enterprise-dev, enterprise-homolog, enterprise-prod, management, security, network"},
		"nobody keeps the domain":           {"holders: [management, security, network]}", "holders: [management, security]}", "groups", "nobody may keep network"},
		"nobody keeps production":           {"{rights: keep, environments: [dev, homolog, prod], holders", "{rights: keep, environments: [dev, homolog], holders", "groups", "nobody may keep massivo-prod, enterprise-prod"},
		"nobody keeps the other line":       {"{rights: keep, environments: [dev, homolog, prod], holders", "{rights: keep, lines: [massivo], environments: [dev, homolog, prod], holders", "groups", "nobody may keep enterprise-dev, enterprise-homolog, enterprise-prod"},
		"no pipeline that applies":          {"  apply: {rights: apply, from: environment}\n", "", "pipelines.apply", "is missing"},
		"no pipeline that plans":            {"  plan: {rights: plan, from: repository}\n", "", "pipelines.plan", "is missing"},
		"a pull request that applies":       {"{rights: apply, from: environment}", "{rights: apply, from: repository}", "pipelines.apply.from", "any pull request"},
		"too many hands in production":      {"{rights: operate, environments: [dev]}", "{rights: operate, environments: [dev, prod]}", "most_in_production", "4 people"},
		"a long session that changes":       {"changes: true, hours: 2}", "changes: true, hours: 12}", "rights.operate.hours", "four hours"},
		"no second factor":                  {"    second_factor: passkey-or-code\n", "", "groups.developers.second_factor", "missing"},
		"a second factor that is none":      {"second_factor: passkey-or-code", "second_factor: sms", "groups.developers.second_factor", "none of"},
		"one sealed user":                   {"users: [break-glass-1, break-glass-2]", "users: [break-glass-1]", "sealed.users", "2"},
		"sealed without a key":              {"  second_factor: security-key\n  second_factor_minutes", "  second_factor: passkey-or-code\n  second_factor_minutes", "sealed.second_factor", "security-key"},
		"a right of the sealed that's gone": {"  rights: everything\n", "  rights: all\n", "sealed.rights", "no right all"},
		"an unknown field":                  {"most_in_production: 3", "most_in_production: 3\nmost: 4", "most", "not known"},
		"a grant of nowhere":                {"{rights: observe, environments: [dev, homolog]}", "{rights: observe}", "groups.developers.grants[0].environments", "missing"},
		"a pipeline that keeps access":      {"push: {rights: push,", "push: {rights: keep,", "pipelines.push.rights", "keep is for people"},
		"a pipeline that may everything":    {"push: {rights: push,", "push: {rights: everything,", "pipelines.push.rights", "everything is for the sealed users"},
		"a pipeline of another name":        {"plan: {rights: plan, from: repository}", "plan: {rights: apply, from: environment}", "pipelines.plan.rights", "the role plan may plan"},
		"everything for a group":            {"{rights: operate, environments: [dev]}", "{rights: everything, environments: [dev]}", "groups.developers.grants[1].rights", "everything is for the sealed users"},
		"a pipeline's right for a group":    {"{rights: operate, environments: [dev]}", "{rights: apply, environments: [dev]}", "groups.developers.grants[1].rights", "apply is for pipelines"},
		"the sealed with a person's right":  {"  rights: everything\n", "  rights: keep\n", "sealed.rights", "keep is for people"},
		"a change that is called a look":    {"no data\", changes: true", "no data\", changes: false", "rights.operate.changes", "aws/modules/rights"},
		"a look that is called a change":    {"nothing else\", changes: false", "nothing else\", changes: true", "rights.cost.changes", "aws/modules/rights"},
		"a right without a policy":          {"rights:\n  cost:", "rights:\n  mend: {says: \"mends\", changes: false, hours: 1}\n  cost:", "rights.mend", "aws/modules/rights"},
		"operating the organization":        {"{rights: audit, environments: [dev, homolog, prod]}", "{rights: operate, holders: [management]}", "groups.auditors.grants[0].rights", "only keep changes"},
		"production by a code":              {"{rights: audit, environments: [dev, homolog, prod]}", "{rights: operate, environments: [prod]}", "groups.auditors.second_factor", "security-key"},
		"the organization by a code":        {"{rights: audit, environments: [dev, homolog, prod]}", "{rights: keep, holders: [security]}", "groups.auditors.second_factor", "security-key"},
		"access of dev by a code":           {"{rights: operate, environments: [dev]}", "{rights: keep, environments: [dev]}", "groups.developers.second_factor", "security-key"},
		"many who keep the organization":    {"{rights: operate, environments: [dev]}", "{rights: keep, holders: [management]}", "most_in_production", "4 people"},
		"an unknown environment":            {"environments: [dev]}", "environments: [moon]}", "groups.developers.grants[1].environments[0]", "none of"},
	} {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, m.old, m.new, 1)
			if bad == good {
				t.Fatalf("%q is not in the file", m.old)
			}
			access, err := account.ParseAccess([]byte(bad))
			if err != nil {
				t.Fatal(err)
			}
			told(t, access.Problems(), m)
		})
	}
	if _, err := account.LoadAccess("no such file"); err == nil {
		t.Error("a missing file was read")
	}
}

// What a right is said to allow is what its policy allows: the locals of the
// module are evaluated as Terraform would, and every action that is allowed is
// looked at.
func TestRightsAreTheirPolicies(t *testing.T) {
	policies := rightsPolicies(t)
	_, access := both(t)
	if len(policies) != len(access.Rights) {
		t.Errorf("%d policies, %d rights", len(policies), len(access.Rights))
	}
	looks := regexp.MustCompile(`^[a-z0-9-]+:(?:Get|List|Describe|View|Lookup|Filter|Batch(?:Get|Check)|Generate|Validate|StartQuery|StopQuery)|^pricing:\*$|^sts:AssumeRole$`)
	for name, right := range access.Rights {
		changing := ""
		for _, s := range policies[name] {
			if s.Effect != "Allow" {
				continue
			}
			if s.NotAction != nil {
				changing = "all but something"
			}
			for _, action := range s.actions() {
				if !looks.MatchString(action) {
					changing = action
				}
			}
		}
		if len(policies[name]) == 0 || right.Changes != (changing != "") {
			t.Errorf("%s changes things: %v; its policy has %d statements and allows %q", name, right.Changes, len(policies[name]), changing)
		}
	}
}

// allowed is a statement of a policy.
type allowed struct {
	Effect            string
	Action, NotAction any
}

func (s allowed) actions() (actions []string) {
	switch action := s.Action.(type) {
	case string:
		return []string{action}
	case []any:
		for _, one := range action {
			actions = append(actions, one.(string))
		}
	}
	return actions
}

// rightsPolicies reads aws/modules/rights.
func rightsPolicies(t *testing.T) (policies map[string][]allowed) {
	t.Helper()
	const path = "../../../deploy/terraform/aws/modules/rights/main.tf"
	file, problems := hclsyntax.ParseConfig([]byte(text(t, path)), path, hcl.InitialPos)
	if problems.HasErrors() {
		t.Fatal(problems)
	}
	body, _ := file.Body.(*hclsyntax.Body)
	waiting := map[string]hclsyntax.Expression{}
	for _, block := range body.Blocks {
		if block.Type == "locals" {
			for name, attribute := range block.Body.Attributes {
				waiting[name] = attribute.Expr
			}
		}
	}
	known := map[string]cty.Value{}
	scope := &hcl.EvalContext{
		Variables: map[string]cty.Value{"var": cty.ObjectVal(map[string]cty.Value{
			"name": cty.StringVal("*"), "account_id": cty.StringVal("*"), "organization": cty.StringVal("prosa"), "regions": cty.TupleVal([]cty.Value{cty.StringVal("sa-east-1")}),
			"names_role": cty.StringVal("role"), "names_read_role": cty.StringVal("role"),
		})},
		Functions: map[string]function.Function{"concat": stdlib.ConcatFunc, "distinct": first, "merge": stdlib.MergeFunc, "startswith": startsWith},
	}
	for len(waiting) > 0 {
		before := len(waiting)
		for name, expression := range waiting {
			scope.Variables["local"] = cty.ObjectVal(known)
			if value, problems := expression.Value(scope); !problems.HasErrors() {
				known[name] = value
				delete(waiting, name)
			}
		}
		if len(waiting) == before {
			for name, expression := range waiting {
				_, problems := expression.Value(scope)
				t.Errorf("%s: %v", name, problems)
			}
			t.FailNow()
		}
	}
	text, err := json.Marshal(ctyjson.SimpleJSONValue{Value: known["policies"]})
	if err == nil {
		err = json.Unmarshal(text, &policies)
	}
	if err != nil {
		t.Fatal(err)
	}
	return policies
}

// first stands for distinct, whose value no action hangs on.
var first = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.DynamicPseudoType}}, Type: func(args []cty.Value) (cty.Type, error) { return args[0].Type(), nil },
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) { return args[0], nil },
})

var startsWith = function.New(&function.Spec{
	Params: []function.Parameter{{Type: cty.String}, {Type: cty.String}}, Type: function.StaticReturnType(cty.Bool),
	Impl: func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		return cty.BoolVal(strings.HasPrefix(args[0].AsString(), args[1].AsString())), nil
	},
})

func TestRolesSayWhoMayDoWhat(t *testing.T) {
	file, access := both(t)
	roles := account.Roles(file, access)
	has := func(who, account, rights string) (found bool) {
		for _, role := range roles {
			if role.Who == who && role.Account == account && role.Rights == rights {
				found = true
			}
		}
		return found
	}
	for _, c := range []struct {
		who, account, rights string
		want                 bool
	}{
		{"Carla Dias (carla.dias)", "massivo-prod", "cost", true},
		{"Carla Dias (carla.dias)", "massivo-prod", "operate", false},
		{"Carla Dias (carla.dias)", "enterprise-dev", "operate", true},
		{"Davi Rocha (davi.rocha)", "massivo-prod", "observe", false},
		{"Ana Souza (ana.souza)", "enterprise-prod", "operate", true},
		{"break-glass-2", "massivo-prod", "everything", true},
		{"Bitbucket pipeline", "massivo-homolog", "apply", true},
		{"GitHub pipeline", "massivo-homolog", "plan", true},
		{"Ana Souza (ana.souza)", "management", "keep", true},
		{"Carla Dias (carla.dias)", "management", "keep", false},
		{"Bitbucket pipeline", "management", "apply", false},
	} {
		if has(c.who, c.account, c.rights) != c.want {
			t.Errorf("%s, %s in %s: want %v", c.who, c.rights, c.account, c.want)
		}
	}
	for _, role := range roles {
		if role.SecondFactor == "" || role.Hours == 0 {
			t.Errorf("nothing is asked of %+v", role)
		}
	}
}

// Whoever changes who signs, which repository is meant, where people sign in or
// whose account it is changes the document, and so shows in a review.
func TestAccessDocumentSaysWhoIsTrusted(t *testing.T) {
	good := text(t, accountsPath)
	file, access := both(t)
	document := account.RolesMarkdown(file, access)
	for what, m := range map[string]edit{
		"the workspace":            {old: "workspaces/prosa/", new: "workspaces/others/", says: "workspaces/others/pipelines-config/identity/oidc"},
		"the workspace's id":       {old: "6f1c1a52", new: "7f1c1a52", says: "7f1c1a52"},
		"Bitbucket's repository":   {old: "0d9a3a8e", new: "1d9a3a8e", says: "{1d9a3a8e"},
		"Bitbucket's environment":  {old: "c2d03", new: "c2d99", says: "in the environment massivo-prod {3f6f0a31-5f0b-4c67-9a35-6a8f5e1c2d99}"},
		"GitHub's owner":           {old: "owner: prosa", new: "owner: mallory", says: "mallory/prosa"},
		"GitHub's repository":      {old: "      repository: prosa", new: "      repository: theirs", says: "prosa/theirs"},
		"one vendor less":          {old: "    github:\n      issuer: token.actions.githubusercontent.com\n      owner: prosa\n      repository: prosa\n", new: ""},
		"the directory":            {old: "d-0000000000", new: "d-0000000001", says: "d-0000000001"},
		"the directory's instance": {old: "ssoins-0000000000000000", new: "ssoins-0000000000000001", says: "ssoins-0000000000000001"},
		"an account":               {old: `"100000000023"`, new: `"100000000024"`, says: "100000000024"},
		"an account's names":       {old: "domain: app.prosa.example", new: "domain: other.prosa.example", says: "names under other.prosa.example"},
		"who keeps the ledger":     {old: "ledger: massivo-prod", new: "ledger: enterprise-prod", says: "The worker of enterprise-prod"},
	} {
		bad := strings.Replace(good, m.old, m.new, 1)
		if bad == good {
			t.Fatalf("%q is not in the file", m.old)
		}
		changed, err := account.Parse([]byte(bad))
		if err != nil {
			t.Fatal(err)
		}
		if got := account.RolesMarkdown(changed, access); got == document || !strings.Contains(got, m.says) {
			t.Errorf("%s changes, and the document says nothing of it", what)
		}
	}
}

// Whose name stands in the document is said by what they sign in as and by the
// address of their mail: whoever puts another in somebody's place shows.
func TestAccessDocumentSaysWhoPeopleAre(t *testing.T) {
	good := text(t, accessPath)
	file, access := both(t)
	document := account.RolesMarkdown(file, access)
	for what, m := range map[string]edit{
		"an address": {old: "email: ana.souza@prosa.example", new: "email: mallory@evil.example", says: "| `ana.souza` | Ana Souza | mallory@evil.example | keepers, platform |"},
		"a name":     {old: "\"Ana Souza\"", new: "\"Mallory Evil\"", says: "| Mallory Evil (ana.souza) | group keepers | `keep` |"},
		"who signs in": {
			old: "  ana.souza: {", new: "  a.souza: {", says: "| `a.souza` | Ana Souza |",
		},
		"a group": {old: "people: [carla.dias, davi.rocha]", new: "people: [carla.dias, davi.rocha, elisa.melo]", says: "| `elisa.melo` | Elisa Melo | elisa.melo@prosa.example | auditors, developers |"},
	} {
		bad := strings.Replace(good, m.old, m.new, 1)
		if bad == good {
			t.Fatalf("%q is not in the file", m.old)
		}
		changed, err := account.ParseAccess([]byte(bad))
		if err != nil {
			t.Fatal(err)
		}
		if got := account.RolesMarkdown(file, changed); got == document || !strings.Contains(got, m.says) {
			t.Errorf("%s changes, and the document does not say %s", what, m.says)
		}
	}
}

// The document for people follows from the files; a change of either shows in
// its review.
func TestAccessDocumentIsFresh(t *testing.T) {
	file, access := both(t)
	const path = "../../../docs/access.md"
	want := account.RolesMarkdown(file, access)
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("docs/access.md is stale (%v): run 'go run ./cmd/prosa account roles --markdown > docs/access.md'", err)
	}
}
