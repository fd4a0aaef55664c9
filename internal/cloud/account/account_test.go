package account_test

import (
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
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
	if file.Organization.ZoneID != "Z0000000000000APEX00" {
		t.Errorf("the zone of the apex is %q", file.Organization.ZoneID)
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
	"a budget in another currency":      {"currency: USD", "currency: BRL", "accounts[0].budget.currency", "none of USD"},
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
	"memory that the runtime has not":   {"{cpu: 1024, memory: 2048", "{cpu: 1024, memory: 16384", "accounts[2].size.gateway.memory", "2048 to 8192"},
	"backups of three days":             {"backups: 30", "backups: 3", "accounts[2].retention_days.backups", "a week"},
	"logs for a number of days":         {"logs: 90", "logs: 91", "accounts[2].retention_days.logs", "none of"},
	"a secret in clear":                 {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_STRIPE_KEY: x}\n    secrets: [PROSA_STRIPE_KEY]\n", "accounts[2].settings.PROSA_STRIPE_KEY", "in clear"},
	"name servers of production":        {"    domain: app.prosa.example\n", "    domain: app.prosa.example\n    name_servers: [ns1.example.com, ns2.example.com]\n", "accounts[2].name_servers", "no name servers"},
	"two environments of one UUID":      {"c2d02", "c2d01", "organization.ci.bitbucket.environments.massivo-homolog", "massivo-dev already"},
	"a stranger's environment":          {"        massivo-dev: 3f", "        massivo-moon: 3f", "organization.ci.bitbucket.environments.massivo-moon", "no account massivo-moon"},
	"tokens that others sign, GitHub":   {"issuer: token.actions.githubusercontent.com", "issuer: token.evil.example", "organization.ci.github.issuer", "form"},
	"tokens that others sign":           {"issuer: api.bitbucket.org/2.0/workspaces/prosa/", "issuer: evil.example/2.0/workspaces/prosa/", "organization.ci.bitbucket.issuer", "form"},
	"tokens of another thing":           {"pipelines-config/identity/oidc", "snippets/prosa", "organization.ci.bitbucket.issuer", "form"},
	"a host of the other line, the API": {"domain: enterprise.prosa.example", "domain: api.app.prosa.example", "accounts[5].domain", "massivo-prod (app.prosa.example), which has api.app.prosa.example as a host"},
	"a host of the other line, hooks":   {"domain: enterprise.prosa.example", "domain: hooks.app.prosa.example", "accounts[5].domain", "which has hooks.app.prosa.example"},
	"a host below the other line":       {"domain: enterprise.prosa.example", "domain: x.app.prosa.example", "accounts[5].domain", "may write every name"},
	"the other line's domain above":     {"domain: app.prosa.example", "domain: prod.enterprise.prosa.example", "accounts[2].domain", "enterprise-prod (enterprise.prosa.example)"},
	"dev of the other line below it":    {"domain: dev.massivo.prosa.example", "domain: dev.enterprise.prosa.example", "accounts[0].domain", "enterprise-prod (enterprise.prosa.example), which may write"},
	"dev on a host of its production":   {"domain: dev.enterprise.prosa.example", "domain: operator.enterprise.prosa.example", "accounts[3].domain", "which has operator.enterprise.prosa.example"},
	"an environment's own name":         {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_ENVIRONMENT: dev}\n", "accounts[2].settings.PROSA_ENVIRONMENT", "layers set"},
	"streams of someone else":           {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_STREAM_URL: \"nats://evil:4222\"}\n", "accounts[2].settings.PROSA_STREAM_URL", "layers set"},
	"another port":                      {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_LISTEN: \"0.0.0.0:80\"}\n", "accounts[2].settings.PROSA_LISTEN", "layers set"},
	"half a GiB that is not sold":       {"{cpu: 1024, memory: 2048", "{cpu: 1024, memory: 2500", "accounts[2].size.gateway.memory", "steps of 1024"},
	"a GiB and a half at the smallest":  {"{cpu: 256, memory: 512", "{cpu: 256, memory: 1536", "accounts[0].size.gateway.memory", "512, 1024 or 2048"},
	"a machine that cannot run it":      {"type: t4g.small", "type: t3.small", "accounts[0].size.nats.type", "arm64"},
	"a graphics card":                   {"type: t4g.small", "type: g4dn.xlarge", "accounts[0].size.nats.type", "arm64"},
	"a machine of no size":              {"type: t4g.small", "type: t4g.huge", "accounts[0].size.nats.type", "arm64"},
	"a database that is not sold":       {"class: db.t4g.micro", "class: db.t9z.huge", "accounts[0].size.database.class", "db.t9z.huge"},
	"a zone that the region has not":    {"sa-east-1: [a, b, c]", "sa-east-1: [a, b, f]", "organization.regions.sa-east-1", "no zone f"},
	"a region that there is not":        {"sa-east-1: [a, b, c]", "sa-east-1: [a, b, c]\n    sa-east-9: [a, b]", "organization.regions.sa-east-9", "no region"},
	"an id of zeros":                    {`"100000000021"`, `"000000000000"`, "accounts[3].account_id", "no account"},
	"a root address in capitals":        {"aws+enterprise-dev@", "AWS+Massivo-Dev@", "accounts[3].email", "e-mail address"},
	"an office that never closes":       {"schedule: office", "schedule: mon-sun 00:00-24:00 America/Sao_Paulo", "accounts[0].schedule", "168 hours a week"},
	"an office that hardly closes":      {"schedule: office", "schedule: mon-sun 01:00-23:00 America/Sao_Paulo", "accounts[0].schedule", "154 hours a week"},
	"everybody's office never closes":   {"office: mon-fri 08:00-20:00", "office: mon-sun 00:00-24:00", "organization.office", "168 hours a week"},
	"a workspace of others":             {"workspaces/prosa/", "workspaces/others/", "organization.ci.bitbucket.issuer", "another workspace"},
	"a UUID with braces":                {"repository_uuid: 0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11", `repository_uuid: "{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}"`, "organization.ci.bitbucket.repository_uuid", "form"},
	"the tables' owner for every task":  {"    zones: 3\n", "    zones: 3\n    secrets: [PROSA_STRIPE_KEY, PROSA_DATABASE_OWNER_URL]\n", "accounts[2].secrets[1]", "layers hand PROSA_DATABASE_OWNER_URL"},
	"a secret that every task has":      {"    zones: 3\n", "    zones: 3\n    secrets: [PROSA_SECRET_KEYS]\n", "accounts[2].secrets[0]", "layers hand PROSA_SECRET_KEYS"},
	// What Terraform would refuse, or read otherwise.
	"an organization of two words":          {"  name: prosa\n", "  name: prosa-br\n", "organization.name", "form"},
	"an organization of one letter":         {"  name: prosa\n", "  name: p\n", "organization.name", "form"},
	"a team of one letter":                  {"team: massivo,", "team: x,", "accounts[2].owner.team", "2"},
	"always in capitals":                    {"schedule: always", "schedule: Always", "accounts[2].schedule", "small letters"},
	"an office that is not ours":            {"schedule: office", "schedule: Office", "accounts[0].schedule", "small letters"},
	"an office with a space":                {"schedule: office", "schedule: \"office \"", "accounts[0].schedule", "small letters"},
	"an office with options and a space":    {"schedule: office", "schedule: \"office , holidays on\"", "accounts[0].schedule", "small letters"},
	"hours of one digit":                    {"schedule: office", "schedule: mon-fri 8:00-20:00 America/Sao_Paulo", "accounts[0].schedule", "8:00-20:00"},
	"always with an option":                 {"schedule: always", "schedule: \"always, warning 15m\"", "accounts[2].schedule", "always"},
	"hours without a zone":                  {"schedule: office", "schedule: mon-fri 08:00-20:00", "accounts[0].schedule", "no zone stands behind 08:00-20:00"},
	"an office without a zone":              {"office: mon-fri 08:00-20:00 America/Sao_Paulo", "office: mon-fri 08:00-20:00", "organization.office", "no zone stands behind 08:00-20:00"},
	"an office that says office":            {"office: mon-fri 08:00-20:00 America/Sao_Paulo", "office: office", "organization.office", "hours"},
	"a label of 64 letters":                 {"domain: dev.massivo.prosa.example", "domain: " + strings.Repeat("a", 64) + ".prosa.example", "accounts[0].domain", "form"},
	"a family of machines that there isn't": {"type: t4g.small", "type: zz9g.48xlarge", "accounts[0].size.nats.type", "arm64"},
	"a size that the family has not":        {"type: t4g.small", "type: t4g.16xlarge", "accounts[0].size.nats.type", "arm64"},
	"a demo in production":                  {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_DEMO: \"true\"}\n", "accounts[2].settings.PROSA_DEMO", "without a password"},
	"hours among the settings":              {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_ENVIRONMENT_SCHEDULE: always}\n", "accounts[2].settings.PROSA_ENVIRONMENT_SCHEDULE", "schedule of this account"},
	"an id among the settings":              {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_ENVIRONMENT_ACCOUNT_ID: \"100000000011\"}\n", "accounts[2].settings.PROSA_ENVIRONMENT_ACCOUNT_ID", "the layers"},
	"a power among the settings":            {"    zones: 3\n", "    zones: 3\n    settings: {PROSA_ENVIRONMENT_POWER: units}\n", "accounts[2].settings.PROSA_ENVIRONMENT_POWER", "the layers"},
	"leases of its own":                     {"    zones: 3\n", "    zones: 3\n    secrets: [PROSA_ENVIRONMENT_LEASES_URL]\n", "accounts[2].secrets[0]", "layers hand PROSA_ENVIRONMENT_LEASES_URL"},
	// Keys are told as values are: by their path, at their line.
	"a setting in small letters":   {"    zones: 3\n", "    zones: 3\n    settings: {prosa_x: y}\n", "accounts[2].settings.prosa_x", "the name does not have the form ^PROSA_"},
	"a neighbour in capitals":      {"    office: 192", "    Office: 192", "organization.neighbours.Office", "the name does not have the form"},
	"a neighbour with a long name": {"    office: 192", "    o" + strings.Repeat("x", 40) + ": 192", "organization.neighbours.o" + strings.Repeat("x", 40), "the name: maxLength"},
	"a region in capitals":         {"    sa-east-1: [a, b, c]", "    sa-east-1: [a, b, c]\n    SA-east-1: [a, b]", "organization.regions.SA-east-1", "the name does not have the form"},
	"an environment in capitals":   {"        massivo-dev: 3f", "        Massivo-dev: 3f", "organization.ci.bitbucket.environments.Massivo-dev", "the name does not have the form"},
	"an anchor":                    {"    zones: 3\n", "    zones: &three 3\n", "accounts[2].zones", "anchors"},
	"a date for a text":            {"schedule: on-demand", "schedule: 2026-11-23", "accounts[1].schedule", "quotation marks"},
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

// A wrong key is told at its own line.
func TestLinesLeadToTheKey(t *testing.T) {
	bad := strings.Replace(text(t, accountsPath), "    zones: 3\n", "    zones: 3\n    settings:\n      PROSA_LOG_FORMAT: json\n      prosa_x: y\n", 1)
	file, err := account.Parse([]byte(bad))
	if err != nil {
		t.Fatal(err)
	}
	problems := file.Problems()
	if len(problems) != 1 || !strings.Contains(strings.Split(bad, "\n")[problems[0].Line-1], "prosa_x") {
		t.Errorf("%v", problems)
	}
}

// What is sold is taken.
func TestMachinesThatThereAre(t *testing.T) {
	good := text(t, accountsPath)
	for _, machine := range []string{"t4g.medium", "m6g.medium", "m7gd.large", "c7gn.xlarge", "r8g.24xlarge", "x2gd.16xlarge", "m8g.48xlarge"} {
		file, err := account.Parse([]byte(strings.Replace(good, "type: t4g.small", "type: "+machine, 1)))
		if err != nil || len(file.Problems()) > 0 {
			t.Errorf("%s: %v %v", machine, err, file.Problems())
		}
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

// What the layers set is refused among the settings: nobody would see that the
// one or the other won.
func TestSettingsOfTheLayers(t *testing.T) {
	const terraform = "../../../deploy/terraform/"
	name := regexp.MustCompile(`\b(PROSA_[A-Z_]+) +=`)
	runtime := text(t, terraform+"aws/layers/50-runtime/main.tf")
	_, common, _ := strings.Cut(runtime, "common = merge(")
	common, rest, _ := strings.Cut(common, "try(local.account.settings")
	_, secrets, _ := strings.Cut(rest, "secrets = merge(")
	secrets, _, _ = strings.Cut(secrets, "})")
	_, named, _ := strings.Cut(text(t, terraform+"contract/environment/main.tf"), "values = merge(var.values")
	set := name.FindAllStringSubmatch(common+secrets+text(t, terraform+"contract/hosts/main.tf")+named, -1)
	if len(set) < 20 {
		t.Fatalf("%d settings", len(set))
	}
	for _, one := range set {
		bad := strings.Replace(text(t, accountsPath), "    zones: 3\n", "    zones: 3\n    settings: {"+one[1]+": x}\n", 1)
		file, err := account.Parse([]byte(bad))
		if err != nil {
			t.Fatal(err)
		}
		told(t, file.Problems(), edit{path: "accounts[2].settings." + one[1], says: "layers set"})
	}
}

// The surfaces are those of the contract module hosts.
func TestSurfacesAreTheContracts(t *testing.T) {
	hosts := regexp.MustCompile(`"([a-z]+)\.\$\{var\.domain\}"`).FindAllStringSubmatch(text(t, "../../../deploy/terraform/contract/hosts/main.tf"), -1)
	if len(hosts) != 4 {
		t.Fatalf("%d hosts", len(hosts))
	}
	for _, host := range hosts {
		bad := strings.Replace(text(t, accountsPath), "domain: enterprise.prosa.example", "domain: "+host[1]+".app.prosa.example", 1)
		file, err := account.Parse([]byte(bad))
		if err != nil {
			t.Fatal(err)
		}
		told(t, file.Problems(), edit{path: "accounts[5].domain", says: "which has " + host[1] + ".app.prosa.example"})
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

// A layer's state lies where the layer is applied, and nowhere else: a mistyped
// one would begin with an empty state, and make everything a second time.
func TestBackendsOfTheLayers(t *testing.T) {
	file, err := account.Load(accountsPath)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ account, layer, key, says string }{
		{"massivo-dev", "40-data", "massivo/dev/40-data.tfstate", ""},
		{"massivo-dev", "00-bootstrap", "massivo/dev/00-bootstrap.tfstate", ""},
		{"management", "10-organization", "organization/management/10-organization.tfstate", ""},
		{"network", "00-bootstrap", "organization/network/00-bootstrap.tfstate", ""},
		{"massivo-dev", "../../etc", "", "no layer ../../etc"},
		{"massivo-dev", "40-dta", "", "no layer 40-dta"},
		{"massivo-dev", "", "", "no layer"},
		{"massivo-dev", "10-organization", "", "10-organization is applied in management, not in massivo-dev"},
		{"management", "40-data", "", "40-data is applied in massivo-dev, massivo-homolog"},
		{"moon", "40-data", "", "no account moon"},
	} {
		place, err := file.Backend(c.account, c.layer)
		if place.Key != c.key || (err == nil) != (c.says == "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s of %s: %+v, %v", c.layer, c.account, place, err)
		}
	}
}

// The layers are the folders, and each is applied somewhere.
func TestLayersAreTheFolders(t *testing.T) {
	folders, err := filepath.Glob("../../../deploy/terraform/aws/layers/*/main.tf")
	if err != nil || len(folders) == 0 {
		t.Fatal(err)
	}
	file, err := account.Load(accountsPath)
	if err != nil {
		t.Fatal(err)
	}
	all := 0
	for _, folder := range folders {
		layer := filepath.Base(filepath.Dir(folder))
		held := file.Holders(layer)
		if len(held) == 0 {
			t.Errorf("%s is applied nowhere", layer)
		}
		for _, name := range held {
			if _, err := file.Backend(name, layer); err != nil {
				t.Error(err)
			}
		}
		all += len(held)
	}
	if all != 9+1+1+1+1+6*6 {
		t.Errorf("%d layers in all accounts", all)
	}
}
