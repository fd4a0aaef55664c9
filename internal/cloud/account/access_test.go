package account_test

import (
	"flag"
	"os"
	"strings"
	"testing"

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
		{"Carla Dias", "massivo-prod", "cost", true},
		{"Carla Dias", "massivo-prod", "operate", false},
		{"Carla Dias", "enterprise-dev", "operate", true},
		{"Davi Rocha", "massivo-prod", "observe", false},
		{"Ana Souza", "enterprise-prod", "operate", true},
		{"break-glass-2", "massivo-prod", "everything", true},
		{"Bitbucket pipeline", "massivo-homolog", "apply", true},
		{"GitHub pipeline", "massivo-homolog", "plan", true},
		{"Ana Souza", "management", "keep", true},
		{"Carla Dias", "management", "keep", false},
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
