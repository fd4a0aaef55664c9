package review_test

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"text/tabwriter"

	tfjson "github.com/hashicorp/terraform-json"

	"prosa/internal/cloud/account"
	"prosa/internal/cloud/plan"
	"prosa/internal/cloud/review"
)

// mistake is one slip that someone could make, and the rule that refuses it.
type mistake struct {
	name string
	rule string // of package plan; of accounts.yaml: the path of the value
	// One of these seeds it.
	accounts replacement                // in accounts.yaml, or access.yaml
	code     replacement                // in the Terraform code
	planned  func(changes []change) int // in the plans; how many it changed
}

// replacement of the first match of a pattern in the first file that has one;
// without a pattern, a file that was not there.
type replacement struct{ files, pattern, with string }

// change is a resource of a plan that a mistake may alter.
type change struct {
	layer, kind, address string
	after, unknown       map[string]any
	drop                 func()
}

// of picks the resources of a type and alters each that alter says it changed.
func of(kind string, alter func(c change) bool) func([]change) int {
	return func(changes []change) int {
		n := 0
		for _, c := range changes {
			if c.kind == kind && alter(c) {
				n++
			}
		}
		return n
	}
}

// set puts a value into every resource of a type.
func set(kind, name string, value any) func([]change) int {
	return of(kind, func(c change) bool {
		c.after[name] = value
		delete(c.unknown, name)
		return true
	})
}

// drop takes every resource of a type away.
func drop(kind string) func([]change) int {
	return of(kind, func(c change) bool { c.drop(); return true })
}

// within replaces a text in a string argument, where it stands.
func within(kind, name, pattern, with string) func([]change) int {
	find := regexp.MustCompile(pattern)
	return of(kind, func(c change) bool {
		text, _ := c.after[name].(string)
		c.after[name] = find.ReplaceAllString(text, with)
		return c.after[name] != text
	})
}

// federated alters the trusts in an identity provider.
func federated(pattern, with string) func([]change) int {
	return within("aws_iam_role", "assume_role_policy", pattern, with)
}

// block alters the first nested block of a name.
func block(kind, name, field string, value any) func([]change) int {
	return of(kind, func(c change) bool {
		many, _ := c.after[name].([]any)
		if len(many) == 0 {
			return false
		}
		nested, _ := many[0].(map[string]any)
		nested[field] = value
		return true
	})
}

// opened makes the first way in to a port open to all.
func opened(port float64, network string) func([]change) int {
	seen := false
	return of("aws_vpc_security_group_ingress_rule", func(c change) bool {
		if seen || c.after["from_port"] != port {
			return false
		}
		seen = true
		c.after["cidr_ipv4"], c.after["referenced_security_group_id"] = network, nil
		return true
	})
}

const layersTF, modulesTF = "aws/layers/*/*.tf", "aws/modules/*/*.tf"

var mistakes = []mistake{
	// accounts.yaml
	{name: "overlapping networks", rule: "cidr", accounts: replacement{"accounts.yaml", `10\.16\.64\.0/18`, "10.16.32.0/19"}},
	{name: "an account id twice", rule: "account_id", accounts: replacement{"accounts.yaml", `"100000000012"`, `"100000000011"`}},
	{name: "a domain outside the apex", rule: "domain", accounts: replacement{"accounts.yaml", `dev\.massivo\.prosa\.example`, "dev.massivo.elsewhere.example"}},
	{name: "no budget in accounts.yaml", rule: "budget", accounts: replacement{"accounts.yaml", `    budget: \{amount: "250.00", currency: USD\}\n`, ""}},
	{name: "production on office hours", rule: "schedule", accounts: replacement{"accounts.yaml", `schedule: always`, "schedule: office"}},
	{name: "the ledger where machines sleep", rule: "ledger", accounts: replacement{"accounts.yaml", `ledger: massivo-prod`, "ledger: massivo-homolog"}},
	{name: "tokens that someone else signs", rule: "github.issuer", accounts: replacement{"accounts.yaml", `issuer: token\.actions\.githubusercontent\.com`, "issuer: token.evil.example"}},
	{name: "tokens of Bitbucket that someone else signs", rule: "bitbucket.issuer", accounts: replacement{"accounts.yaml", `issuer: api\.bitbucket\.org`, "issuer: evil.example"}},
	{name: "two product lines with one host", rule: "domain", accounts: replacement{"accounts.yaml", `domain: enterprise\.prosa\.example`, "domain: api.app.prosa.example"}},
	{name: "office hours that never end", rule: "schedule", accounts: replacement{"accounts.yaml", `schedule: office`, "schedule: mon-sun 00:00-24:00 America/Sao_Paulo"}},
	{name: "a size that is not sold", rule: "memory", accounts: replacement{"accounts.yaml", `\{cpu: 1024, memory: 2048`, "{cpu: 1024, memory: 2500"}},
	{name: "a machine of another architecture", rule: "type", accounts: replacement{"accounts.yaml", `type: t4g\.small`, "type: t3.small"}},
	{name: "a setting that the layers set", rule: "PROSA_STREAM_URL", accounts: replacement{"accounts.yaml", `(    domain: app\.prosa\.example\n)`, "$1    settings: {PROSA_STREAM_URL: \"nats://evil.example:4222\"}\n"}},
	{name: "the tables' owner for every task", rule: "secrets[0]", accounts: replacement{"accounts.yaml", `(    domain: app\.prosa\.example\n)`, "$1    secrets: [PROSA_DATABASE_OWNER_URL]\n"}},
	{name: "a sign-in without a password in production", rule: "PROSA_DEMO", accounts: replacement{"accounts.yaml", `(    domain: app\.prosa\.example\n)`, "$1    settings: {PROSA_DEMO: \"true\"}\n"}},
	{name: "a schedule that Terraform reads otherwise", rule: "schedule", accounts: replacement{"accounts.yaml", `schedule: office`, "schedule: Office"}},
	{name: "a budget that the provider does not keep", rule: "currency", accounts: replacement{"accounts.yaml", `currency: USD`, "currency: BRL"}},
	// access.yaml
	{name: "a pipeline that changes who may enter", rule: "push.rights", accounts: replacement{"access.yaml", `push: \{rights: push`, "push: {rights: keep"}},
	{name: "everything for a group", rule: "grants[1].rights", accounts: replacement{"access.yaml", `\{rights: operate, environments: \[dev\]\}`, "{rights: everything, environments: [dev]}"}},
	{name: "a change that is called a look", rule: "operate.changes", accounts: replacement{"access.yaml", `(no data"), changes: true`, "$1, changes: false"}},
	{name: "production changed by a mere code", rule: "auditors.second_factor", accounts: replacement{"access.yaml", `\{rights: audit, environments:`, "{rights: operate, environments:"}},
	{name: "many who keep the organization", rule: "most_in_production", accounts: replacement{"access.yaml", `\{rights: operate, environments: \[dev\]\}`, "{rights: keep, holders: [management]}"}},
	{name: "nobody who may change access", rule: "groups", accounts: replacement{"access.yaml", `\{rights: keep, environments: \[dev, homolog, prod\]`, "{rights: keep, environments: [dev]"}},
	{name: "no pipeline that applies", rule: "pipelines.apply", accounts: replacement{"access.yaml", `  apply: \{rights: apply, from: environment\}\n`, ""}},
	{name: "two people whom the table can't tell apart", rule: "people.elisa.melo.name", accounts: replacement{"access.yaml", `elisa\.melo: \{name: "Elisa Melo"`, `elisa.melo: {name: "ANA Souza"`}},
	// The text of the code
	{name: "provider of any version", rule: "provider-pinned", code: replacement{layersTF, `version = "5\.100\.0"`, `version = ">= 5.0"`}},
	{name: "lock file of another version", rule: "lock-file", code: replacement{"aws/layers/*/.terraform.lock.hcl", `version( *)= "5\.100\.0"`, `version$1= "5.99.0"`}},
	{name: "provider without an account guard", rule: "account-guard", code: replacement{layersTF, `  allowed_account_ids = .*\n`, ""}},
	{name: "account id written out", rule: "account-guard", code: replacement{layersTF, `allowed_account_ids = .*`, `allowed_account_ids = ["100000000013"]`}},
	{name: "region written out", rule: "provider-region", code: replacement{layersTF, `(provider "aws" \{\n  region +=) .*`, `$1 "sa-east-1"`}},
	{name: "provider without default tags", rule: "default-tags", code: replacement{layersTF, `  default_tags \{.*\}\n`, ""}},
	{name: "state without a lock", rule: "state-locked", code: replacement{layersTF, `use_lockfile = true`, `use_lockfile = false`}},
	{name: "state in plain", rule: "state-locked", code: replacement{layersTF, `    encrypt +=.*\n`, ""}},
	{name: "state on a laptop", rule: "state-remote", code: replacement{layersTF, `backend "s3" \{`, `backend "local" {`}},
	{name: "module from the internet", rule: "module-pinned", code: replacement{layersTF, `source( *)= "\.\./\.\./modules/bucket"`, `source$1= "terraform-aws-modules/s3-bucket/aws"`}},
	{name: "module that nobody reads", rule: "module-pinned", code: replacement{layersTF, `source( *)= "\.\./\.\./modules/bucket"`, `source$1= "./testdata"`}},
	{name: "module outside of the tree", rule: "module-pinned", code: replacement{layersTF, `source( *)= "\.\./\.\./modules/bucket"`, `source$1= "../../../../bucket"`}},
	{name: "a layer that nobody knows", rule: "layer", code: replacement{files: "aws/layers/99-more/main.tf", with: "locals { more = true }"}},
	{name: "asking the cloud for what another layer made", rule: "data-source", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\ndata \"aws_vpc\" \"this\" {}\n"}},
	{name: "literal account id", rule: "literal-account", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nlocals { other = \"100000000099\" }\n"}},
	{name: "literal ARN", rule: "literal-arn", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nlocals { key = \"arn:aws:kms:sa-east-1:100000000013:key/1\" }\n"}},
	{name: "literal region", rule: "literal-region", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nlocals { there = \"sa-east-1a\" }\n"}},
	{name: "literal endpoint", rule: "literal-endpoint", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nlocals { api = \"https://api.prosa.example/v1\" }\n"}},
	{name: "account id as a number", rule: "literal-account", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nlocals { other = 100000000099 }\n"}},
	{name: "code that nobody reads", rule: "unread-file", code: replacement{files: "aws/layers/40-data/more.tf.json", with: `{"resource": {}}`}},
	{name: "values that nobody reads", rule: "unread-file", code: replacement{files: "aws/layers/45-edge/mine.auto.tfvars", with: `firewall = "count"`}},
	{name: "a command on the pipeline", rule: "no-command", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nresource \"terraform_data\" \"run\" {\n  provisioner \"local-exec\" { command = \"env\" }\n}\n"}},
	{name: "changes by hand unseen", rule: "drift-seen", code: replacement{modulesTF, `ignore_changes = \[[^\]]*\]`, "ignore_changes = all"}},
	{name: "a variable that takes a password", rule: "secret-variable", code: replacement{"aws/layers/40-data/main.tf", `\z`, "\nvariable \"database_password\" { type = string }\n"}},
	// The plans
	{name: "wrong account", rule: "account", planned: nil}, // seeded by asking for another account
	{name: "missing tag", rule: "tags", planned: of("aws_s3_bucket", func(c change) bool { delete(c.after["tags_all"].(map[string]any), "owner"); return true })},
	{name: "machines that stand in the bill as nobody's", rule: "tags", planned: of("aws_launch_template", func(c change) bool {
		c.after["tag_specifications"] = c.after["tag_specifications"].([]any)[:1]
		return true
	})},
	{name: "tag of another environment", rule: "tags", planned: of("aws_kms_key", func(c change) bool { c.after["tags_all"].(map[string]any)["environment"] = "dev"; return true })},
	{name: "an account of someone else", rule: "foreign-account", planned: federatedOrRole(`arn:aws:iam::\d{12}:`, "arn:aws:iam::999999999999:")},
	{name: "trust in tokens that someone else signs", rule: "trust-issuer", planned: federated(`token\.actions\.githubusercontent\.com`, "token.evil.example")},
	{name: "a provider of someone else's tokens", rule: "trust-issuer", planned: set("aws_iam_openid_connect_provider", "url", "https://token.evil.example")},
	{name: "trust in another repository", rule: "trust-repository", planned: federated(`repo:prosa/prosa:`, "repo:mallory/theirs:")},
	{name: "production from the environment of dev", rule: "trust-environment", planned: federated(`:environment:massivo-prod"`, `:environment:massivo-dev"`)},
	{name: "trust without sub", rule: "trust-subject", planned: federated(`:sub"`, `:actor"`)},
	{name: "trust without aud", rule: "trust-audience", planned: federated(`:aud"`, `:azp"`)},
	{name: "trust in any repository", rule: "trust-wildcard", planned: federated(`("StringEquals"|"StringLike"):(\{[^}]*:sub":)(\[[^\]]*\]|"[^"]*")`, `"StringLike":$2"*"`)},
	{name: "proposals that may apply", rule: "trust-environment", planned: federated(`:environment:[\w-]+"`, `:pull_request"`)},
	{name: "any step that may apply", rule: "trust-environment", planned: federated(`(\{[0-9a-f-]{36}\}):\{[0-9a-f-]{36}\}:\*`, `$1:*`)},
	{name: "trust by ForAllValues", rule: "trust-for-all-values", planned: federated(`"(StringEquals|StringLike)":`, `"ForAllValues:$1":`)},
	{name: "a role for anyone", rule: "trust-open", planned: set("aws_iam_role", "assume_role_policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole"}]}`)},
	{name: "a role for anyone who speaks TLS", rule: "trust-open", planned: set("aws_iam_role", "assume_role_policy", `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":{"Bool":{"aws:SecureTransport":"true"}}}]}`)},
	{name: "role without boundary", rule: "boundary", planned: set("aws_iam_role", "permissions_boundary", nil)},
	{name: "meters for another role of the ledger's account", rule: "others-let-in", planned: within("aws_s3_bucket_policy", "policy", `massivo-prod-worker-process`, "massivo-prod-api-process")},
	{name: "bill for another account", rule: "others-let-in", planned: within("aws_s3_bucket_policy", "policy", `100000000013:root`, "100000000021:root")},
	{name: "key for all of the ledger's account", rule: "others-let-in", planned: within("aws_kms_key", "policy", `"ArnEquals":\{"aws:PrincipalArn":"[^"]*"\},?`, "")},
	{name: "meters that the ledger overwrites", rule: "others-read", planned: within("aws_s3_bucket_policy", "policy", `s3:GetObject"(,"Condition":\{"ArnEquals")`, `s3:PutObject"$1`)},
	{name: "all of a bucket for the ledger", rule: "others-read", planned: within("aws_s3_bucket_policy", "policy", `-meters/meters/\*`, "-meters/*")},
	{name: "key that opens any object for the ledger", rule: "others-read", planned: within("aws_kms_key", "policy", `,"StringLike":\{"kms:EncryptionContext[^}]*\}`, "")},
	{name: "the API reads other accounts", rule: "others-things", planned: within("aws_iam_role_policy", "role", `worker-process`, "api-process")},
	{name: "the ledger's worker reads what customers sent", rule: "others-things", planned: within("aws_iam_role_policy", "policy", `massivo-dev-meters/meters/`, "massivo-dev-media/")},
	{name: "what runs may go to any account", rule: "others-things", planned: within("aws_iam_policy", "policy", `,"aws:ResourceAccount":"\d+"`, "")},
	{name: "policy that allows everything", rule: "admin-wildcard", planned: set("aws_iam_role_policy", "policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}`)},
	{name: "any role given to anything", rule: "admin-wildcard", planned: set("aws_iam_role_policy", "policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":["ecs:RunTask","iam:PassRole"],"Resource":"*"}}`)},
	{name: "administrator's policy attached", rule: "admin-wildcard", planned: set("aws_iam_role_policy_attachment", "policy_arn", "arn:aws:iam::aws:policy/AdministratorAccess")},
	{name: "database with a public address", rule: "database-public", planned: set("aws_db_instance", "publicly_accessible", true)},
	{name: "database open to the internet", rule: "database-public", planned: opened(5432, "0.0.0.0/0")},
	{name: "database that takes plain connections", rule: "database-tls", planned: set("aws_db_parameter_group", "parameter", []any{})},
	{name: "database password in the code", rule: "database-password", planned: set("aws_db_instance", "password", "hunter2")},
	{name: "database not encrypted", rule: "encrypted", planned: set("aws_db_instance", "storage_encrypted", false)},
	{name: "prod without deletion protection", rule: "prod-protected", planned: set("aws_db_instance", "deletion_protection", false)},
	{name: "prod in one zone", rule: "prod-protected", planned: set("aws_db_instance", "multi_az", false)},
	{name: "NATS reachable from outside", rule: "nats-private", planned: opened(4222, "0.0.0.0/0")},
	{name: "SSH open to a neighbour", rule: "open-port", planned: of("aws_vpc_security_group_ingress_rule", func(c change) bool {
		c.after["cidr_ipv4"], c.after["from_port"], c.after["to_port"] = "203.0.113.0/24", float64(22), float64(22)
		return true
	})},
	{name: "tasks with public addresses", rule: "public-address", planned: block("aws_ecs_service", "network_configuration", "assign_public_ip", true)},
	{name: "mutable tags", rule: "registry-immutable", planned: set("aws_ecr_repository", "image_tag_mutability", "MUTABLE")},
	{name: "images not scanned", rule: "registry-scanned", planned: set("aws_ecr_repository", "image_scanning_configuration", []any{})},
	{name: "image by tag", rule: "image-digest", planned: within("aws_ecs_task_definition", "container_definitions", `@sha256:[0-9a-f]{64}`, ":latest")},
	{name: "unknown environment variable", rule: "environment-catalogue", planned: within("aws_ecs_task_definition", "container_definitions", `"PROSA_LOG_FORMAT"`, `"PROSA_LOG_FROMAT"`)},
	{name: "signing key in a task", rule: "environment-catalogue", planned: within("aws_ecs_task_definition", "container_definitions", `"PROSA_LOG_FORMAT"`, `"PROSA_IMAGE_KEY"`)},
	{name: "secret among plain variables", rule: "environment-secret", planned: within("aws_ecs_task_definition", "container_definitions", `"PROSA_LOG_FORMAT"`, `"PROSA_SECRET_KEYS"`)},
	{name: "the cloud's key in a task", rule: "environment-secret", planned: within("aws_ecs_task_definition", "container_definitions", `"PROSA_LOG_FORMAT"`, `"AWS_SECRET_ACCESS_KEY"`)},
	{name: "the tables' owner in a service", rule: "owner-secret", planned: within("aws_ecs_task_definition", "container_definitions", `"PROSA_STREAM_TOKEN"`, `"PROSA_DATABASE_OWNER_URL"`)},
	{name: "the tables' owner by another name", rule: "owner-secret", planned: within("aws_ecs_task_definition", "container_definitions", `/database-url-`, `/database-owner-url-`)},
	{name: "the tables' owner for who starts a service", rule: "owner-secret", planned: within("aws_iam_role_policy", "policy", `/database-url-`, `/database-owner-url-`)},
	{name: "bucket not encrypted", rule: "bucket-encrypted", planned: drop("aws_s3_bucket_server_side_encryption_configuration")},
	{name: "bucket that could be public", rule: "bucket-public", planned: drop("aws_s3_bucket_public_access_block")},
	{name: "bucket that anyone may read", rule: "bucket-public", planned: set("aws_s3_bucket_policy", "policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*"}}`)},
	{name: "bucket that anyone may read by TLS", rule: "bucket-public", planned: set("aws_s3_bucket_policy", "policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}}`)},
	{name: "key that anyone may use", rule: "resource-open", planned: set("aws_kms_key", "policy", `{"Version":"2012-10-17","Statement":{"Effect":"Allow","Principal":"*","Action":"kms:Decrypt","Resource":"*"}}`)},
	{name: "no retention", rule: "log-retention", planned: set("aws_cloudwatch_log_group", "retention_in_days", float64(0))},
	{name: "secret value in the plan", rule: "secret-value", planned: func(changes []change) int {
		return of("aws_secretsmanager_secret", func(c change) bool {
			c.after["@type"] = "aws_secretsmanager_secret_version"
			c.after["secret_string"] = "hunter2"
			return true
		})(changes)
	}},
	{name: "no budget", rule: "budget", planned: drop("aws_budgets_budget")},
	{name: "budget larger than agreed", rule: "budget", planned: set("aws_budgets_budget", "limit_amount", "99999")},
	{name: "nobody is told of the budget", rule: "budget", planned: set("aws_budgets_budget", "notification", []any{})},
	{name: "queue that loses what it cannot deliver", rule: "dead-letter", planned: set("aws_sqs_queue", "name", "massivo-prod-work")},
	{name: "queue of deadlines that loses them", rule: "dead-letter", planned: set("aws_sqs_queue", "name", "massivo-prod-deadline-reminders")},
	{name: "network of another account", rule: "network-cidr", planned: set("aws_vpc", "cidr_block", "10.99.0.0/18")},
	{name: "old TLS", rule: "listener-tls", planned: of("aws_lb_listener", func(c change) bool {
		c.after["ssl_policy"] = "ELBSecurityPolicy-2016-08"
		return c.after["protocol"] == "HTTPS"
	})},
	{name: "new TLS that takes the oldest too", rule: "listener-tls", planned: of("aws_lb_listener", func(c change) bool {
		c.after["ssl_policy"] = "ELBSecurityPolicy-TLS13-1-0-2021-06"
		return c.after["protocol"] == "HTTPS"
	})},
	{name: "load balancer without a firewall", rule: "firewall", planned: drop("aws_wafv2_web_acl_association")},
	{name: "machine whose credentials any process may read", rule: "machine-metadata", planned: block("aws_launch_template", "metadata_options", "http_tokens", "optional")},
	{name: "certificate of another domain", rule: "domain", planned: set("aws_acm_certificate", "domain_name", "login.elsewhere.example")},
	{name: "containers not known when planning", rule: "unreadable", planned: set("aws_ecs_task_definition", "container_definitions", nil)},
}

func federatedOrRole(pattern, with string) func([]change) int {
	return within("aws_iam_role", "permissions_boundary", pattern, with)
}

// letsIn is a deployment whose meters the ledger reads: the plan of its data.
const letsIn = "massivo-dev"

// samples are the plans of one production account and of those of the
// organisation, as the real provider made them.
const samples = "testdata/plans"

// loadPlans reads the plans of an account.
func loadPlans(t *testing.T, name string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(samples, name, "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no plans of %s", name)
	}
	texts := map[string][]byte{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		texts[strings.TrimSuffix(filepath.Base(file), ".json")] = text
	}
	return texts
}

// judged alters the plans and judges them; nil alter judges them as they are.
func judged(t *testing.T, expected plan.Expected, texts map[string][]byte, alter func([]change) int) (breaches []plan.Breach, altered int) {
	t.Helper()
	raw := map[string]map[string]any{}
	var changes []change
	for layer, text := range texts {
		var p map[string]any
		if err := json.Unmarshal(text, &p); err != nil {
			t.Fatal(err)
		}
		raw[layer] = p
		for _, one := range p["resource_changes"].([]any) {
			resource := one.(map[string]any)
			body := resource["change"].(map[string]any)
			after, _ := body["after"].(map[string]any)
			unknown, _ := body["after_unknown"].(map[string]any)
			if after == nil {
				continue
			}
			kind, _ := resource["type"].(string)
			address, _ := resource["address"].(string)
			changes = append(changes, change{layer: layer, kind: kind, address: address, after: after, unknown: unknown, drop: func() { body["after"] = nil }})
		}
	}
	slices.SortFunc(changes, func(a, b change) int { return strings.Compare(a.layer+a.address, b.layer+b.address) })
	if alter != nil {
		altered = alter(changes)
	}
	plans := plan.Plans{}
	for layer, p := range raw {
		for _, one := range p["resource_changes"].([]any) {
			resource := one.(map[string]any)
			after, _ := resource["change"].(map[string]any)["after"].(map[string]any)
			if as, ok := after["@type"].(string); ok {
				resource["type"] = as
			}
		}
		text, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		plans[layer] = new(tfjson.Plan)
		if err := json.Unmarshal(text, plans[layer]); err != nil {
			t.Fatal(err)
		}
	}
	return plan.Judge(expected, plans), altered
}

// TestSeededMistakes seeds one mistake at a time and wants its rule to refuse it.
func TestSeededMistakes(t *testing.T) {
	file, err := account.Load(filepath.Join(tree, "accounts.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	settings, err := review.Catalogue(tree)
	if err != nil {
		t.Fatal(err)
	}
	expected := map[string]plan.Expected{}
	texts := map[string]map[string][]byte{}
	holders := []string{"massivo-prod", "management", "network", letsIn}
	for _, name := range holders {
		if expected[name], err = review.Expect(file, name, settings); err != nil {
			t.Fatal(err)
		}
		texts[name] = loadPlans(t, name)
		clean, _ := judged(t, expected[name], texts[name], nil)
		for _, b := range clean {
			t.Errorf("without a mistake, %s: %s", name, b)
		}
	}
	copied := t.TempDir()
	if err := os.CopyFS(copied, os.DirFS(tree)); err != nil {
		t.Fatal(err)
	}
	table := tabwriter.NewWriter(os.Stdout, 0, 4, 2, ' ', 0)
	fmt.Fprintln(table, "no.\tmistake\trefused by\twhere")
	refused := 0
	for i, m := range mistakes {
		var rules, where []string
		switch {
		case m.accounts.pattern != "":
			rules, where = seededAccounts(t, m.accounts)
		case m.code.files != "":
			rules, where = seededCode(t, copied, m.code)
		case m.planned == nil:
			breaches, _ := judged(t, expected["massivo-prod"], texts["management"], nil)
			rules, where = names(breaches)
		default:
			total := 0
			for _, name := range holders {
				breaches, altered := judged(t, expected[name], texts[name], m.planned)
				r, w := names(breaches)
				rules, where, total = append(rules, r...), append(where, w...), total+altered
			}
			if total == 0 {
				t.Errorf("%s: nothing in the plans can be altered so", m.name)
			}
		}
		at := slices.IndexFunc(rules, func(rule string) bool { return rule == m.rule || strings.HasSuffix(rule, "."+m.rule) })
		if at < 0 {
			t.Errorf("%s: not refused by %s, but by %v", m.name, m.rule, slices.Compact(rules))
			continue
		}
		refused++
		fmt.Fprintf(table, "%d\t%s\t%s\t%s\n", i+1, m.name, rules[at], where[at])
	}
	_ = table.Flush()
	fmt.Printf("%d mistakes seeded, %d refused by their rule\n", len(mistakes), refused)
	for _, rule := range plan.Rules() {
		if !slices.ContainsFunc(mistakes, func(m mistake) bool { return m.rule == rule.ID }) {
			t.Errorf("no mistake shows that the rule %s works", rule.ID)
		}
	}
}

func names(breaches []plan.Breach) (rules, where []string) {
	for _, b := range breaches {
		rules, where = append(rules, b.Rule), append(where, b.Where)
	}
	return rules, where
}

func seededAccounts(t *testing.T, r replacement) (rules, where []string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(tree, r.files))
	if err != nil {
		t.Fatal(err)
	}
	var judged interface{ Problems() []account.Problem }
	if judged, err = account.Parse(replaceFirst(t, r, text)); r.files == "access.yaml" {
		judged, err = account.ParseAccess(replaceFirst(t, r, text))
	}
	if err != nil {
		return []string{err.Error()}, []string{r.files}
	}
	for _, p := range judged.Problems() {
		rules, where = append(rules, p.Path), append(where, fmt.Sprintf("%s:%d %s", r.files, p.Line, p.Message))
	}
	return rules, where
}

// replaceFirst replaces the first match.
func replaceFirst(t *testing.T, r replacement, text []byte) []byte {
	t.Helper()
	find := regexp.MustCompile(r.pattern)
	at := find.FindSubmatchIndex(text)
	if at == nil {
		t.Fatalf("%s does not stand in %s", r.pattern, r.files)
	}
	return slices.Concat(text[:at[0]], find.Expand(nil, []byte(r.with), text, at), text[at[1]:])
}

// seededCode scans a copy of the tree with the replacement in it, and takes the
// replacement out again.
func seededCode(t *testing.T, copied string, r replacement) (rules, where []string) {
	t.Helper()
	if r.pattern == "" {
		added := filepath.Join(copied, r.files)
		if err := os.MkdirAll(filepath.Dir(added), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(added, []byte(r.with), 0o600); err != nil {
			t.Fatal(err)
		}
		defer func() { // for the next mistake
			_ = os.Remove(added)
			_ = os.Remove(filepath.Dir(added)) // when it was made for this one, and is empty
		}()
		breaches, err := plan.Scan(copied, account.Layers())
		if err != nil {
			t.Fatal(err)
		}
		return names(breaches)
	}
	files, err := fs.Glob(os.DirFS(copied), r.files)
	if err != nil {
		t.Fatal(err)
	}
	done := false
	for _, name := range files {
		full := filepath.Join(copied, name)
		text, err := os.ReadFile(full)
		if err != nil {
			t.Fatal(err)
		}
		if done || !regexp.MustCompile(r.pattern).Match(text) {
			continue
		}
		done = true
		if err := os.WriteFile(full, replaceFirst(t, r, text), 0o600); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.WriteFile(full, text, 0o600) }() // for the next mistake
	}
	if !done {
		t.Fatalf("%s stands in none of %s", r.pattern, r.files)
	}
	breaches, err := plan.Scan(copied, account.Layers())
	if err != nil {
		t.Fatal(err)
	}
	return names(breaches)
}

// TestTheReadmeCountsRightly holds the numbers that are told to people.
func TestTheReadmeCountsRightly(t *testing.T) {
	for name, said := range map[string]string{"README.md": "judged by %d rules, %d seeded mistakes", "README.pt-BR.md": "julgadas por %d regras, %d erros plantados"} {
		text, err := os.ReadFile(filepath.Join("../../..", name))
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf(said, len(plan.Rules()), len(mistakes)); !strings.Contains(string(text), want) {
			t.Errorf("%s does not say %q", name, want)
		}
	}
}
