package app

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"prosa/internal/cloud/account"
)

const (
	accountsFile  = "../../deploy/terraform/accounts.yaml"
	accessFile    = "../../deploy/terraform/access.yaml"
	catalogueFile = "../../deploy/terraform/contract/environment/catalogue.json"
)

func TestAccountCommands(t *testing.T) {
	both := []string{"--accounts", accountsFile, "--access", accessFile}
	one := both[:2]
	bad := filepath.Join(t.TempDir(), "accounts.yaml")
	text, err := os.ReadFile(accountsFile)
	if err != nil {
		t.Fatal(err)
	}
	overlapping := strings.Replace(string(text), "cidr: 10.17.0.0/18", "cidr: 10.16.0.0/18\n    settings: {PROSA_GARCE: 30s}", 1)
	if err := os.WriteFile(bad, []byte(overlapping), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		args []string
		code int
		says string
	}{
		"the accounts":             {append([]string{"account", "list"}, one...), exitOK, "massivo-homolog     100000000012  10.16.64.0/18"},
		"no problems":              {append([]string{"account", "check"}, both...), exitOK, "access.yaml: 0 problems"},
		"a network that overlaps":  {[]string{"account", "check", "--accounts", bad, "--access", accessFile}, exitFailure, "accounts[3].cidr: enterprise-dev (10.16.0.0/18) overlaps massivo-dev"},
		"an unknown setting":       {[]string{"account", "check", "--accounts", bad, "--access", accessFile}, exitFailure, "accounts[3].settings.PROSA_GARCE: the product has no such setting"},
		"nothing on a bad file":    {[]string{"account", "list", "--accounts", bad}, exitFailure, "overlaps"},
		"no file":                  {[]string{"account", "list", "--accounts", "none.yaml"}, exitFailure, "none.yaml"},
		"who may do what":          {append([]string{"account", "roles"}, both...), exitOK, "Elisa Melo"},
		"one account's roles":      {append([]string{"account", "roles", "--account", "management"}, both...), exitOK, "keep"},
		"roles of nowhere":         {append([]string{"account", "roles", "--account", "moon"}, both...), exitFailure, "no account moon"},
		"the document":             {append([]string{"account", "roles", "--markdown"}, both...), exitOK, "## enterprise-prod"},
		"the variable":             {append([]string{"account", "tfvars", "massivo-dev", "--layer", "40-data"}, one...), exitOK, `account = "massivo-dev"`},
		"where the state lies":     {append([]string{"account", "tfvars", "massivo-dev", "--layer", "40-data", "--backend"}, one...), exitOK, `= "massivo/dev/40-data.tfstate"`},
		"the organization's state": {append([]string{"account", "tfvars", "network", "--layer", "25-zone", "--backend"}, one...), exitOK, `"organization/network/25-zone.tfstate"`},
		"a layer outside":          {append([]string{"account", "tfvars", "massivo-dev", "--layer", "../../etc", "--backend"}, one...), exitFailure, "no layer ../../etc"},
		"a mistyped layer":         {append([]string{"account", "tfvars", "massivo-dev", "--layer", "40-dta", "--backend"}, one...), exitFailure, "no layer 40-dta"},
		"a layer of another":       {append([]string{"account", "tfvars", "massivo-dev", "--layer", "10-organization"}, one...), exitFailure, "applied in management"},
		"an account of nobody":     {append([]string{"account", "tfvars", "moon", "--layer", "40-data"}, one...), exitFailure, "no account moon"},
		"no layer":                 {append([]string{"account", "tfvars", "massivo-dev"}, one...), exitUsage, "layer"},
	} {
		t.Run(name, func(t *testing.T) {
			code, out, problem := invoke(t, nil, c.args...)
			if code != c.code || !strings.Contains(out+problem, c.says) {
				t.Errorf("exit %d, want %d with %q:\n%s%s", code, c.code, c.says, out, problem)
			}
		})
	}
}

func TestAccountsAsJSON(t *testing.T) {
	_, out, problem := invoke(t, nil, "account", "roles", "--json", "--accounts", accountsFile, "--access", accessFile)
	var roles []account.Role
	if err := json.Unmarshal([]byte(out), &roles); err != nil || len(roles) < 6*8 {
		t.Errorf("%d roles, %v %s", len(roles), err, problem)
	}
	code, out, _ := invoke(t, nil, "account", "check", "--json", "--accounts", accountsFile, "--access", accessFile)
	var checked []checkedFile
	if err := json.Unmarshal([]byte(out), &checked); err != nil || code != exitOK || len(checked) != 2 || len(checked[0].Problems) != 0 {
		t.Errorf("%v, %v", checked, err)
	}
}

// The deployment's files know the settings by the catalogue that the binary
// prints, whoever prints it.
func TestCatalogueIsFresh(t *testing.T) {
	committed, err := os.ReadFile(catalogueFile)
	if err != nil {
		t.Fatal(err)
	}
	_, out, problem := invoke(t, map[string]string{"PROSA_SHARDS": "3", "PROSA_GRACE": "never"}, "config", "--catalogue")
	if out != string(committed) {
		t.Errorf("the catalogue is stale: run 'go run ./cmd/prosa config --catalogue > deploy/terraform/contract/environment/catalogue.json'%s", problem)
	}
	var settings map[string]setting
	if err := json.Unmarshal(committed, &settings); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]setting{
		"PROSA_GRACE":       {Type: "duration", Default: "20s"},
		"PROSA_STRIPE_KEY":  {Type: "text", Secret: true},
		"PROSA_DEMO":        {Type: "bool", Default: "false"},
		"PROSA_SHARDS":      {Type: "integer"},
		"PROSA_OLD_HOSTS":   {Type: "list of text"},
		"PROSA_SANDBOX_URL": {Type: "text"},
	} {
		got := settings[name]
		if got.Type != want.Type || got.Secret != want.Secret || want.Default != "" && got.Default != want.Default || got.Doc == "" {
			t.Errorf("%s: %+v, want %+v", name, got, want)
		}
	}
}
