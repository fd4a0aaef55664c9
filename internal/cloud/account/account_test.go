package account_test

import (
	"net/netip"
	"os"
	"strings"
	"testing"

	"prosa/internal/cloud/account"
	"prosa/internal/cloud/schedule"
)

const (
	accountsPath = "../../../deploy/terraform/accounts.yaml"
	accessPath   = "../../../deploy/terraform/access.yaml"
)

func text(t testing.TB, path string) string {
	t.Helper()
	bytes, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(bytes)
}

func TestTheAccountsAreInOrder(t *testing.T) {
	file, err := account.Load(accountsPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, problem := range file.Problems() {
		t.Error(problem)
	}
	if len(file.Accounts) != 6 {
		t.Fatalf("%d accounts", len(file.Accounts))
	}
	homolog, ok := file.Account("massivo-homolog")
	if !ok || homolog.ID != "100000000012" || homolog.Schedule.Kind != schedule.OnDemand || homolog.Budget.Amount != 400_00 ||
		homolog.CIDR != netip.MustParsePrefix("10.16.64.0/18") || strings.Join(homolog.Zones, "") != "ab" || homolog.Size.Database.StorageGB != 50 {
		t.Errorf("%+v", homolog)
	}
	dev, _ := file.Account("massivo-dev")
	if dev.Schedule.String() != file.Organization.Office.String() || len(dev.Schedule.Windows) != 1 || dev.Schedule.Windows[0].From != 8*60 {
		t.Errorf("the office is %s", dev.Schedule)
	}
	if _, ok := file.Account("massivo-moon"); ok {
		t.Error("an account that nobody has")
	}
}

// edit is a mistake that somebody could make in one of the files.
type edit struct {
	old, new string
	// path and says are of the problem that must be told.
	path, says string
}

var mistakes = map[string]edit{
	"networks that overlap":             {"cidr: 10.17.0.0/18", "cidr: 10.16.32.0/19", "accounts[3].cidr", "enterprise-dev (10.16.32.0/19) overlaps massivo-dev (10.16.0.0/18)"},
	"a network inside the organization": {"cidr: 10.17.0.0/18", "cidr: 10.0.0.0/18", "organization.security.cidr", "overlaps enterprise-dev"},
	"a network of the office":           {"cidr: 10.17.0.0/18", "cidr: 192.168.0.0/18", "organization.neighbours.office", "overlaps enterprise-dev"},
	"an address, not a network":         {"cidr: 10.17.0.0/18", "cidr: 10.17.0.1/18", "accounts[3].cidr", "the network is 10.17.0.0/18"},
	"a public network":                  {"cidr: 10.17.0.0/18", "cidr: 8.8.0.0/18", "accounts[3].cidr", "RFC 1918"},
	"a network too small":               {"cidr: 10.17.0.0/18", "cidr: 10.17.0.0/26", "accounts[3].cidr", "/16 to /24"},
	"a network that is none":            {"cidr: 10.17.0.0/18", "cidr: 10.17.0.999/18", "accounts[3].cidr", "no IPv4 network"},
	"an id twice":                       {`"100000000021"`, `"100000000011"`, "accounts[3].account_id", "account id 100000000011 is that of accounts[0]"},
	"an id of the organization":         {`"100000000021"`, `"100000000001"`, "accounts[3].account_id", "organization.management"},
	"an id without quotation marks":     {`"100000000021"`, `100000000021`, "accounts[3].account_id", "quotation marks"},
	"an id of eleven digits":            {`"100000000021"`, `"10000000021"`, "accounts[3].account_id", "does not have the form"},
	"a root address twice":              {"aws+enterprise-dev@", "aws+massivo-dev@", "accounts[3].email", "e-mail address"},
	"a domain twice":                    {"dev.enterprise.prosa.example", "dev.massivo.prosa.example", "accounts[3].domain", "domain dev.massivo.prosa.example"},
	"a domain elsewhere":                {"dev.enterprise.prosa.example", "dev.other.example", "accounts[3].domain", "under prosa.example"},
	"a domain that only ends alike":     {"dev.enterprise.prosa.example", "devprosa.example", "accounts[3].domain", "under prosa.example"},
	"the apex as a domain":              {"domain: enterprise.prosa.example", "domain: prosa.example", "accounts[5].domain", "under prosa.example"},
	"production in a delegated zone":    {"domain: enterprise.prosa.example", "domain: live.dev.massivo.prosa.example", "accounts[5].domain", "lies in the zone of massivo-dev"},
	"a schedule that is none":           {"schedule: on-demand", "schedule: sometimes", "accounts[1].schedule", "sometimes"},
	"a schedule of an impossible hour":  {"schedule: on-demand", "schedule: mon-fri 20:00-08:00 America/Sao_Paulo", "accounts[1].schedule", "20:00-08:00"},
	"a schedule of another country":     {"schedule: on-demand", "schedule: mon-fri 08:00-20:00 Europe/Rome", "accounts[1].schedule", "no zone of Brazil"},
	"homologation that always runs":     {"schedule: on-demand", "schedule: always", "accounts[1].schedule", "massivo-homolog is always"},
	"production by the hour":            {"schedule: always", "schedule: office", "accounts[2].schedule", "massivo-prod is office"},
	"an office without hours":           {"office: mon-fri 08:00-20:00 America/Sao_Paulo", "office: always", "organization.office", "hours"},
	"a ledger that nobody keeps":        {"ledger: massivo-prod", "ledger: massivo-moon", "organization.ledger", "no account massivo-moon"},
	"a ledger that sleeps":              {"ledger: massivo-prod", "ledger: massivo-homolog", "organization.ledger", "massivo-homolog sleeps"},
	"no ledger":                         {"  ledger: massivo-prod\n", "", "organization.ledger", "is missing"},
	"a budget of nothing":               {`amount: "400.00"`, `amount: "0.00"`, "accounts[1].budget.amount", "above zero"},
	"a budget of a float":               {`amount: "400.00"`, `amount: 400.00`, "accounts[1].budget.amount", "quotation marks"},
	"a budget of a tenth of a cent":     {`amount: "400.00"`, `amount: "400.001"`, "accounts[1].budget.amount", "form"},
	"a budget in another currency":      {"currency: USD", "currency: GBP", "accounts[0].budget.currency", "none of USD, BRL"},
	"an owner without an address":       {"email: massivo@prosa.example}", "email: massivo}", "accounts[2].owner.email", "form"},
	"no owner":                          {"    owner: {team: massivo, email: massivo@prosa.example}\n", "", "accounts[2].owner", "is missing"},
	"an unknown field":                  {"    zones: 3\n", "    zones: 3\n    colour: blue\n", "accounts[2].colour", "not known"},
	"a field twice":                     {"    zones: 3\n", "    zones: 3\n    zones: 3\n", "accounts[2].zones", "twice"},
	"a name of another environment":     {"name: enterprise-homolog", "name: enterprise-hml", "accounts[4].name", "is the account of enterprise-homolog"},
	"two of one environment":            {"  - name: enterprise-homolog\n    line: enterprise\n    environment: homolog", "  - name: enterprise-homolog\n    line: enterprise\n    environment: dev", "accounts", "enterprise-homolog is missing"},
	"too many zones":                    {"zones: 3", "zones: 4", "accounts[2].zones", "has 3 zones"},
	"production in two zones":           {"zones: 3", "zones: 2", "accounts[2].zones", "three zones"},
	"a single zone":                     {"zones: 2", "zones: 1", "accounts[0].zones", "two zones"},
	"an unknown region":                 {"region: sa-east-1\n    zones", "region: us-east-1\n    zones", "accounts[0].region", "us-east-1"},
	"an unknown home region":            {"region: sa-east-1\n  # Zones", "region: eu-west-1\n  # Zones", "organization.region", "eu-west-1"},
	"fewer at most than run":            {"count: 3, most: 9", "count: 3, most: 2", "accounts[2].size.gateway.most", "fewer"},
	"one alone in production":           {"count: 3, most: 9", "count: 1, most: 9", "accounts[2].size.gateway.count", "no production"},
	"memory that the runtime has not":   {"{cpu: 1024, memory: 2048", "{cpu: 1024, memory: 16384", "accounts[2].size.gateway.memory", "eight"},
	"backups of three days":             {"backups: 30", "backups: 3", "accounts[2].retention_days.backups", "a week"},
	"logs for a number of days":         {"logs: 90", "logs: 91", "accounts[2].retention_days.logs", "none of"},
	"a secret in clear":                 {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_STRIPE_KEY: x}\n    secrets: [PROSA_STRIPE_KEY]\n", "accounts[2].settings.PROSA_STRIPE_KEY", "in clear"},
	"name servers of production":        {"    domain: app.prosa.example\n", "    domain: app.prosa.example\n    name_servers: [ns1.example.com, ns2.example.com]\n", "accounts[2].name_servers", "no name servers"},
	"two environments of one UUID":      {"c2d02", "c2d01", "organization.ci.bitbucket.environments.massivo-homolog", "massivo-dev already"},
	"a stranger's environment":          {"        massivo-dev: 3f", "        massivo-moon: 3f", "organization.ci.bitbucket.environments.massivo-moon", "no account massivo-moon"},
	"a workspace of others":             {"workspaces/prosa/", "workspaces/others/", "organization.ci.bitbucket.issuer", "another workspace"},
	"a UUID with braces":                {"repository_uuid: 0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11", `repository_uuid: "{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}"`, "organization.ci.bitbucket.repository_uuid", "form"},
	"an anchor":                         {"    zones: 3\n", "    zones: &three 3\n", "accounts[2].zones", "anchors"},
	"a date for a text":                 {"schedule: on-demand", "schedule: 2026-11-23", "accounts[1].schedule", "quotation marks"},
}

func TestMistakesAreRefusedByName(t *testing.T) {
	good := text(t, accountsPath)
	for name, m := range mistakes {
		t.Run(name, func(t *testing.T) {
			bad := strings.Replace(good, m.old, m.new, 1)
			if bad == good {
				t.Fatalf("%q is not in the file", m.old)
			}
			file, err := account.Parse([]byte(bad))
			if err != nil {
				t.Fatal(err)
			}
			told(t, file.Problems(), m)
		})
	}
}

func told(t *testing.T, problems []account.Problem, m edit) {
	t.Helper()
	for _, problem := range problems {
		if problem.Path != m.path || !strings.Contains(problem.Message, m.says) {
			continue
		}
		if problem.Line == 0 {
			t.Errorf("%s: no line", problem)
		}
		return
	}
	t.Errorf("%s: …%s… is not told among %v", m.path, m.says, problems)
}

func TestLinesLeadToTheMistake(t *testing.T) {
	good := text(t, accountsPath)
	bad := strings.Replace(good, `account_id: "100000000021"`, `account_id: "100000000011"`, 1)
	file, err := account.Parse([]byte(bad))
	if err != nil {
		t.Fatal(err)
	}
	problems := file.Problems()
	if len(problems) != 1 {
		t.Fatal(problems)
	}
	line := strings.Split(bad, "\n")[problems[0].Line-1]
	if !strings.Contains(line, "account_id") || strings.Count(strings.Join(strings.Split(bad, "\n")[:problems[0].Line], "\n"), "- name:") != 4 {
		t.Errorf("line %d is %q", problems[0].Line, line)
	}
}

func TestWhatIsNoFile(t *testing.T) {
	for name, text := range map[string]string{
		"nothing":        "",
		"no YAML":        "a: [",
		"two documents":  "version: 1\n---\nversion: 1\n",
		"a huge comment": "#" + strings.Repeat("x", 1<<20),
	} {
		if _, err := account.Parse([]byte(text)); err == nil {
			t.Errorf("%s was read", name)
		}
	}
	if _, err := account.Load("no such file"); err == nil {
		t.Error("a missing file was read")
	}
	file, err := account.Parse([]byte("- a\n- b\n"))
	if err != nil || len(file.Problems()) != 1 {
		t.Errorf("a list: %v, %v", file.Problems(), err)
	}
}

func TestSettingsThatTheProductDoesNotKnow(t *testing.T) {
	bad := strings.Replace(text(t, accountsPath), "    zones: 3\n", "    zones: 3\n    settings: {PROSA_GRACE: 30s, PROSA_GARCE: 30s, PROSA_STRIPE_KEY: x}\n    secrets: [PROSA_ZOHO_SECRET, PROSA_GRACE]\n", 1)
	file, err := account.Parse([]byte(bad))
	if err != nil {
		t.Fatal(err)
	}
	problems := file.CheckSettings(map[string]bool{"PROSA_GRACE": false, "PROSA_STRIPE_KEY": true, "PROSA_ZOHO_SECRET": true})
	for _, want := range []edit{
		{path: "accounts[2].settings.PROSA_GARCE", says: "no such setting"},
		{path: "accounts[2].settings.PROSA_STRIPE_KEY", says: "in clear"},
		{path: "accounts[2].secrets[1]", says: "PROSA_GRACE is no secret"},
	} {
		told(t, problems, want)
	}
	if len(problems) != 3 {
		t.Errorf("%v", problems)
	}
}

// The table is that of the contract module cidr (deploy/terraform/contract/cidr).
func TestSubnets(t *testing.T) {
	subnets, err := account.Subnets(netip.MustParsePrefix("10.16.64.0/18"), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range subnets {
		got = append(got, s.Tier+" "+s.Zone+" "+s.Prefix.String())
	}
	want := "public a 10.16.64.0/22, public b 10.16.68.0/22, private a 10.16.80.0/22, private b 10.16.84.0/22, data a 10.16.96.0/22, data b 10.16.100.0/22"
	if strings.Join(got, ", ") != want {
		t.Errorf("got  %s\nwant %s", strings.Join(got, ", "), want)
	}
	for _, bad := range []string{"10.0.0.0/15", "10.0.0.0/25", "fd00::/20"} {
		if _, err := account.Subnets(netip.MustParsePrefix(bad), []string{"a"}); err == nil {
			t.Errorf("%s was cut", bad)
		}
	}
	if _, err := account.Subnets(netip.MustParsePrefix("10.0.0.0/16"), []string{"a", "b", "c", "d", "e"}); err == nil {
		t.Error("five zones fit into four")
	}
}
