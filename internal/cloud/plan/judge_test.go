package plan_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	tfjson "github.com/hashicorp/terraform-json"
	"pgregory.net/rapid"

	"prosa/internal/cloud/plan"
)

// expected is the account that the plans of these tests are made in.
var expected = plan.Expected{
	Account: "massivo-prod", ID: "100000000013", Line: "massivo", Environment: "prod", CIDR: "10.16.128.0/18", Domain: "app.prosa.example",
	Owner: "massivo", Known: []string{"100000000003"}, Settings: map[string]bool{"PROSA_LOG_FORMAT": false, "PROSA_BLOB_URL": true, "PROSA_DATABASE_URL": true, "PROSA_DATABASE_OWNER_URL": true},
	Signers: map[string]plan.Signer{
		github:    {Repository: "repo:prosa/prosa:", Environment: "repo:prosa/prosa:environment:massivo-prod"},
		bitbucket: {Repository: "{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:", Environment: "{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:{1d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:"},
	},
}

// Who signs the tokens of pipelines.
const (
	github    = "token.actions.githubusercontent.com"
	bitbucket = "api.bitbucket.org/2.0/workspaces/prosa/pipelines-config/identity/oidc"
)

// one is a plan of one resource.
func one(t *testing.T, kind, after, unknown string) plan.Plans {
	t.Helper()
	text := `{"format_version":"1.2","variables":{"account":{"value":"massivo-prod"}},"resource_changes":[{"address":"` + kind + `.this","mode":"managed","type":"` + kind + `","name":"this",
		"change":{"actions":["create"],"after":` + after + `,"after_unknown":` + unknown + `}}]}`
	p := new(tfjson.Plan)
	if err := json.Unmarshal([]byte(text), p); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	return plan.Plans{"40-data": p}
}

func broken(t *testing.T, kind, after, unknown string) []string {
	t.Helper()
	return brokenIn(t, expected, kind, after, unknown)
}

func brokenIn(t *testing.T, expected plan.Expected, kind, after, unknown string) []string {
	t.Helper()
	var rules []string
	for _, b := range plan.Judge(expected, one(t, kind, after, unknown)) {
		rules = append(rules, b.Rule)
	}
	return slices.Compact(rules)
}

func TestEdgesOfTheRules(t *testing.T) {
	by := func(provider, condition string) string {
		text, _ := json.Marshal(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"` + provider + `"},"Action":"sts:AssumeRoleWithWebIdentity","Condition":` + condition + `}]}`)
		return `{"permissions_boundary":"arn:aws:iam::100000000013:policy/b","assume_role_policy":` + string(text) + `}`
	}
	const ours = "arn:aws:iam::100000000013:oidc-provider/"
	// In a condition x stands for whose subject it is.
	trust := func(condition string) string {
		issuer := github
		if strings.Contains(condition, `"{`) {
			issuer = bitbucket
		}
		return by(ours+issuer, strings.ReplaceAll(condition, `"x:`, `"`+issuer+`:`))
	}
	good := `{"StringEquals":{"` + github + `:aud":"a","` + github + `:sub":"repo:prosa/prosa:environment:massivo-prod"}}`
	named := func(condition string) string { return `{"name":"massivo-prod-apply",` + trust(condition)[1:] }
	anyone := func(condition string) string {
		text, _ := json.Marshal(`{"Statement":[{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"sts:AssumeRole","Condition":` + condition + `}]}`)
		return `{"permissions_boundary":"arn:aws:iam::100000000013:policy/b","assume_role_policy":` + string(text) + `}`
	}
	policy := func(statement string) string {
		text, _ := json.Marshal(`{"Statement":` + statement + `}`)
		return `{"policy":` + string(text) + `}`
	}
	task := func(environment string) string {
		text, _ := json.Marshal(`[{"name":"api","image":"x@sha256:` + strings.Repeat("a", 64) + `","environment":[` + environment + `]}]`)
		return `{"container_definitions":` + string(text) + `}`
	}
	const owner, user = "arn:aws:secretsmanager:sa-east-1:100000000013:secret:massivo-prod/database-owner-url-AbCdEf", "arn:aws:secretsmanager:sa-east-1:100000000013:secret:massivo-prod/database-url-AbCdEf"
	told := func(family, command, name, from string) string {
		text, _ := json.Marshal(`[{"name":"x","image":"x@sha256:` + strings.Repeat("a", 64) + `","command":` + command + `,"secrets":[{"name":"` + name + `","valueFrom":"` + from + `"}]}]`)
		return `{"family":"` + family + `","container_definitions":` + string(text) + `}`
	}
	opens := func(role, resource string) string {
		text, _ := json.Marshal(`{"Statement":{"Effect":"Allow","Action":["secretsmanager:GetSecretValue"],"Resource":"` + resource + `"}}`)
		return `{"role":"` + role + `","policy":` + string(text) + `}`
	}
	for _, c := range []struct{ name, kind, after, unknown, want string }{
		{"the tables' owner in the migration", "aws_ecs_task_definition", told("massivo-prod-migrate", `["migrate"]`, "PROSA_DATABASE_OWNER_URL", owner), `{}`, ""},
		{"the tables' owner in a service", "aws_ecs_task_definition", told("massivo-prod-api", `["serve"]`, "PROSA_DATABASE_OWNER_URL", user), `{}`, "owner-secret"},
		{"the tables' owner by another name", "aws_ecs_task_definition", told("massivo-prod-api", `["serve"]`, "PROSA_DATABASE_URL", owner), `{}`, "owner-secret"},
		{"a service that is called a migration", "aws_ecs_task_definition", told("massivo-prod-migrate", `["serve"]`, "PROSA_DATABASE_OWNER_URL", owner), `{}`, "owner-secret"},
		{"the migration of another deployment", "aws_ecs_task_definition", told("massivo-dev-migrate", `["migrate"]`, "PROSA_DATABASE_OWNER_URL", owner), `{}`, "owner-secret"},
		{"the tables' owner in the open", "aws_ecs_task_definition", task(`{"name":"PROSA_DATABASE_OWNER_URL","value":"postgres://x"}`), `{}`, "environment-secret,owner-secret"},
		{"who starts the migration", "aws_iam_role_policy", opens("massivo-prod-migrate-start", owner), `{}`, ""},
		{"who starts a service", "aws_iam_role_policy", opens("massivo-prod-api-start", user), `{}`, ""},
		{"who starts a service, with the owner's secret", "aws_iam_role_policy", opens("massivo-prod-api-start", owner), `{}`, "owner-secret"},
		{"a service that reads every secret", "aws_iam_role_policy", opens("massivo-prod-api-process", "arn:aws:secretsmanager:sa-east-1:100000000013:secret:massivo-prod/*"), `{}`, "owner-secret"},
		{"a service that reads each of the database's", "aws_iam_role_policy", opens("massivo-prod-api-process", "arn:aws:secretsmanager:*:100000000013:secret:massivo-prod/database-*-url-??????"), `{}`, "owner-secret"},
		{"the migration itself, running", "aws_iam_role_policy", opens("massivo-prod-migrate-process", owner), `{}`, "owner-secret"},
		{"GitHub's subject with an environment", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a","x:sub":"repo:prosa/prosa:environment:massivo-prod"}}`), `{}`, ""},
		{"Bitbucket's subject with any step", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:*"}}`), `{}`, ""},
		{"any repository of the owner", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"repo:prosa/*"}}`), `{}`, "trust-wildcard"},
		{"any owner", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"repo:*:ref:refs/heads/main"}}`), `{}`, "trust-wildcard"},
		{"who applies, from any branch", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"repo:prosa/prosa:*"}}`), `{}`, "trust-environment"},
		{"who applies, from a proposal", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a","x:sub":"repo:prosa/prosa:pull_request"}}`), `{}`, "trust-environment"},
		{"who applies, from any environment", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"repo:prosa/prosa:environment:*"}}`), `{}`, "trust-environment"},
		{"who applies, from its environment", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a","x:sub":"repo:prosa/prosa:environment:massivo-prod"}}`), `{}`, ""},
		{"who applies, from any step of an environment", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:{1d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:*"}}`), `{}`, ""},
		{"who applies, from another account's environment", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a","x:sub":"repo:prosa/prosa:environment:massivo-dev"}}`), `{}`, "trust-environment"},
		{"who applies, from an environment that begins alike", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a","x:sub":"repo:prosa/prosa:environment:massivo-prod-2"}}`), `{}`, "trust-environment"},
		{"who applies, from any step of another environment", "aws_iam_role", named(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:{2d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:*"}}`), `{}`, "trust-environment"},
		{"another repository", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a","x:sub":"repo:mallory/theirs:pull_request"}}`), `{}`, "trust-repository"},
		{"a repository that begins alike", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a","x:sub":"repo:prosa/prosa-2:pull_request"}}`), `{}`, "trust-repository"},
		{"another repository of Bitbucket's", "aws_iam_role", trust(`{"StringEquals":{"x:aud":"a"},"StringLike":{"x:sub":"{9d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}:*"}}`), `{}`, "trust-repository"},
		{"a signer of one's own", "aws_iam_role", by(ours+"token.evil.example", strings.ReplaceAll(good, github, "token.evil.example")), `{}`, "trust-issuer"},
		{"a signer that only begins alike", "aws_iam_role", by(ours+github+".evil.example", strings.ReplaceAll(good, github, github+".evil.example")), `{}`, "trust-issuer"},
		{"the vendor, for another workspace", "aws_iam_role", by(ours+strings.Replace(bitbucket, "/prosa/", "/others/", 1), strings.ReplaceAll(good, github, strings.Replace(bitbucket, "/prosa/", "/others/", 1))), `{}`, "trust-issuer"},
		{"a provider of tokens of another account", "aws_iam_role", by("arn:aws:iam::100000000003:oidc-provider/"+github, good), `{}`, "trust-issuer"},
		{"a provider of SAML", "aws_iam_role", by("arn:aws:iam::100000000013:saml-provider/x", good), `{}`, "trust-issuer"},
		{"a second signer", "aws_iam_role", strings.Replace(by("FEDERATED", good), `\"FEDERATED\"`, `[\"`+ours+github+`\",\"`+ours+`token.evil.example\"]`, 1), `{}`, "trust-issuer"},
		{"the subject that another signs", "aws_iam_role", by(ours+bitbucket, good), `{}`, "trust-audience,trust-subject"},
		{"the provider of GitHub's tokens", "aws_iam_openid_connect_provider", `{"url":"https://` + github + `"}`, `{}`, ""},
		{"the provider of someone's tokens", "aws_iam_openid_connect_provider", `{"url":"https://token.evil.example"}`, `{}`, "trust-issuer"},
		{"a provider that is not known yet", "aws_iam_openid_connect_provider", `{}`, `{"url":true}`, "trust-issuer"},
		{"a provider of SAML itself", "aws_iam_saml_provider", `{"name":"x"}`, `{}`, "trust-issuer"},
		{"anyone, by TLS", "aws_iam_role", anyone(`{"Bool":{"aws:SecureTransport":"true"}}`), `{}`, "trust-open"},
		{"anyone but one account", "aws_iam_role", anyone(`{"StringNotEquals":{"aws:PrincipalAccount":"100000000013"}}`), `{}`, "trust-open"},
		{"anyone of an organisation, or of none", "aws_iam_role", anyone(`{"StringEqualsIfExists":{"aws:PrincipalOrgID":"o-1"}}`), `{}`, "trust-open"},
		{"anyone of the organisation", "aws_iam_role", anyone(`{"StringEquals":{"aws:PrincipalOrgID":"o-1"}}`), `{}`, ""},
		{"a bucket for anyone by TLS", "aws_s3_bucket_policy", policy(`{"Effect":"Allow","Principal":{"AWS":"*"},"Action":"s3:GetObject","Resource":"*","Condition":{"Bool":{"aws:SecureTransport":"true"}}}`), `{}`, "bucket-public"},
		{"a queue for anyone", "aws_sqs_queue_policy", policy(`{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*"}`), `{}`, "resource-open"},
		{"a queue for a service of ours", "aws_sqs_queue_policy", policy(`{"Effect":"Allow","Principal":"*","Action":"sqs:SendMessage","Resource":"*","Condition":{"ArnEquals":{"aws:SourceArn":"arn:aws:sns:sa-east-1:100000000013:x"}}}`), `{}`, ""},
		{"any role given to anything", "aws_iam_role_policy", policy(`{"Effect":"Allow","Action":["ecs:RunTask","iam:PassRole"],"Resource":"*"}`), `{}`, "admin-wildcard"},
		{"all identities of the account", "aws_iam_role_policy", policy(`{"Effect":"Allow","Action":"iam:*","Resource":"arn:aws:iam::100000000013:*"}`), `{}`, "admin-wildcard"},
		{"a role of ours to tasks", "aws_iam_role_policy", policy(`{"Effect":"Allow","Action":"iam:PassRole","Resource":"arn:aws:iam::100000000013:role/massivo-prod-*"}`), `{}`, ""},
		{"a key of the cloud", "aws_ecs_task_definition", task(`{"name":"AWS_SECRET_ACCESS_KEY","value":"x"}`), `{}`, "environment-secret"},
		{"a key of the cloud by another name", "aws_ecs_task_definition", task(`{"name":"PROSA_LOG_FORMAT","value":"AKIAIOSFODNN7EXAMPLE"}`), `{}`, "environment-secret"},
		{"TLS 1.3 with 1.0 behind it", "aws_lb_listener", `{"protocol":"HTTPS","ssl_policy":"ELBSecurityPolicy-TLS13-1-0-2021-06"}`, `{}`, "listener-tls"},
		{"TLS 1.3 with 1.2 behind it", "aws_lb_listener", `{"protocol":"HTTPS","ssl_policy":"ELBSecurityPolicy-TLS13-1-2-2021-06"}`, `{}`, ""},
		{"networks of a list", "aws_vpc_security_group_ingress_rule", `{"from_port":443,"to_port":443,"ip_protocol":"tcp","prefix_list_id":"pl-1"}`, `{}`, "open-port"},
		{"StringEqualsIfExists is absent's friend", "aws_iam_role", trust(`{"StringEqualsIfExists":{"x:aud":"a","x:sub":"repo:prosa/prosa:x"}}`), `{}`, "trust-audience,trust-for-all-values,trust-subject"},
		{"no condition at all", "aws_iam_role", trust(`{}`), `{}`, "trust-audience,trust-subject"},
		{"a boundary that is not known yet is one", "aws_iam_role", `{"assume_role_policy":"{\"Statement\":[]}"}`, `{"permissions_boundary":true}`, ""},
		{"a trust that is not known yet", "aws_iam_role", `{"permissions_boundary":"b"}`, `{"assume_role_policy":true}`, "unreadable"},
		{"everything, but where a service must", "aws_iam_role_policy", `{"policy":"{\"Statement\":{\"Effect\":\"Allow\",\"Action\":\"ecr:GetAuthorizationToken\",\"Resource\":\"*\"}}"}`, `{}`, ""},
		{"all but a few", "aws_iam_role_policy", `{"policy":"{\"Statement\":{\"Effect\":\"Allow\",\"NotAction\":\"iam:*\",\"Resource\":\"*\"}}"}`, `{}`, "admin-wildcard"},
		{"objects without a key in the URL", "aws_ecs_task_definition", task(`{"name":"PROSA_BLOB_URL","value":"s3://s3.sa-east-1.amazonaws.com/b?region=sa-east-1&credentials=role"}`), `{}`, ""},
		{"objects with a key in the URL", "aws_ecs_task_definition", task(`{"name":"PROSA_BLOB_URL","value":"s3://key:secret@host/b?credentials=role"}`), `{}`, "environment-secret"},
		{"a role named elsewhere", "aws_ecs_task_definition", task(`{"name":"PROSA_BLOB_URL","value":"s3://host/b?credentials=roles"}`), `{}`, "environment-secret"},
		{"several places without a key", "aws_ecs_task_definition", task(`{"name":"PROSA_BLOB_URL","value":"a=s3://host/b?region=x&credentials=role,b=s3://host/c?credentials=role&region=x"}`), `{}`, ""},
		{"a key in one of several places", "aws_ecs_task_definition", task(`{"name":"PROSA_BLOB_URL","value":"a=s3://host/b?credentials=role,b=s3://key:secret@host/c?credentials=role"}`), `{}`, "environment-secret"},
		{"a key behind places without one", "aws_ecs_task_definition", task(`{"name":"PROSA_BLOB_URL","value":"a=s3://host/b?credentials=role,secret"}`), `{}`, "environment-secret"},
		{"HTTPS for all at the load balancer", "aws_security_group", `{"name":"massivo-prod-balancer","ingress":[{"cidr_blocks":["0.0.0.0/0"],"from_port":443,"to_port":443,"protocol":"tcp"}]}`, `{}`, ""},
		{"HTTPS for all elsewhere", "aws_security_group", `{"name":"massivo-prod-db","ingress":[{"cidr_blocks":["0.0.0.0/0"],"from_port":443,"to_port":443,"protocol":"tcp"}]}`, `{}`, "open-port"},
		{"every protocol for all", "aws_security_group", `{"name":"x","ingress":[{"cidr_blocks":["0.0.0.0/0"],"from_port":0,"to_port":0,"protocol":"-1"}]}`, `{}`, "nats-private"},
		{"the same by the newer version of IP", "aws_security_group", `{"name":"x","ingress":[{"ipv6_cidr_blocks":["::/0"],"from_port":5000,"to_port":6000,"protocol":"tcp"}]}`, `{}`, "database-public"},
		{"NATS for the account's own network", "aws_security_group", `{"name":"x","ingress":[{"cidr_blocks":["10.16.130.0/24"],"from_port":4222,"to_port":4222,"protocol":"tcp"}]}`, `{}`, ""},
		{"NATS for a neighbour", "aws_security_group", `{"name":"x","ingress":[{"cidr_blocks":["10.16.0.0/18"],"from_port":6222,"to_port":6222,"protocol":"tcp"}]}`, `{}`, "nats-private"},
		{"a queue of what is undelivered", "aws_sqs_queue", `{"name":"x-undelivered","sqs_managed_sse_enabled":true}`, `{}`, ""},
		{"a queue with a target", "aws_sqs_queue", `{"name":"x","sqs_managed_sse_enabled":true,"redrive_policy":"{}"}`, `{}`, ""},
		{"a queue whose target the provider computes", "aws_sqs_queue", `{"name":"x","sqs_managed_sse_enabled":true}`, `{"redrive_policy":true}`, "dead-letter"},
		{"a queue that loses", "aws_sqs_queue", `{"name":"x","sqs_managed_sse_enabled":true}`, `{}`, "dead-letter"},
		{"a queue of deadlines", "aws_sqs_queue", `{"name":"massivo-prod-deadline-reminders","sqs_managed_sse_enabled":true}`, `{}`, "dead-letter"},
		{"a queue of what may be undelivered yet", "aws_sqs_queue", `{"name":"undelivered-orders","sqs_managed_sse_enabled":true}`, `{}`, "dead-letter"},
		{"a queue of what is undelivered, in order", "aws_sqs_queue", `{"name":"x-undelivered.fifo","sqs_managed_sse_enabled":true}`, `{}`, ""},
		{"a function that loses", "aws_lambda_function", `{}`, `{}`, "dead-letter"},
		{"a schedule that loses", "aws_scheduler_schedule", `{"target":[{}]}`, `{}`, "dead-letter"},
		{"a secret that is only written", "aws_secretsmanager_secret_version", `{"secret_string_wo_version":1}`, `{}`, ""},
		{"a secret that will be known", "aws_secretsmanager_secret_version", `{}`, `{"secret_string":true}`, "secret-value"},
		{"a parameter that is no secret", "aws_ssm_parameter", `{"type":"String","value":"x"}`, `{}`, ""},
		{"a name below the domain", "aws_route53_record", `{"name":"api.app.prosa.example"}`, `{}`, ""},
		{"a name that only ends alike", "aws_route53_record", `{"name":"myapp.prosa.example"}`, `{}`, "domain"},
		{"redirected HTTP", "aws_lb_listener", `{"protocol":"HTTP","port":80,"default_action":[{"type":"redirect"}]}`, `{}`, ""},
		{"served HTTP", "aws_lb_listener", `{"protocol":"HTTP","port":80,"default_action":[{"type":"forward"}]}`, `{}`, "listener-tls"},
	} {
		if got := strings.Join(broken(t, c.kind, c.after, c.unknown), ","); got != c.want {
			t.Errorf("%s: breaks %q, want %q", c.name, got, c.want)
		}
	}
}

// A file that swaps who signs is held against the vendors all the same.
func TestSignersAreTheVendors(t *testing.T) {
	swapped := expected
	swapped.Signers = map[string]plan.Signer{"token.evil.example": {Repository: "repo:mallory/theirs:", Environment: "repo:mallory/theirs:environment:massivo-prod"}}
	if got := brokenIn(t, swapped, "aws_iam_openid_connect_provider", `{"url":"https://token.evil.example"}`, `{}`); !slices.Contains(got, "trust-issuer") {
		t.Errorf("breaks %v", got)
	}
}

// What a plan removes is judged by nobody.
func TestWhatGoesIsNotJudged(t *testing.T) {
	if got := broken(t, "aws_ecr_repository", "null", "{}"); len(got) > 0 {
		t.Errorf("a registry that goes breaks %v", got)
	}
}

// No way in from outside the account's network passes, whatever the ports, but
// 80 and 443 of the load balancer.
func TestNothingFromOutsideComesIn(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		low := rapid.IntRange(0, 65535).Draw(rt, "low")
		high := rapid.IntRange(low, 65535).Draw(rt, "high")
		name := rapid.SampledFrom([]string{"massivo-prod-db", "massivo-prod-nats", "massivo-prod-balancer"}).Draw(rt, "group")
		network := rapid.SampledFrom([]string{"0.0.0.0/0", "::/0", "10.16.0.0/16", "203.0.113.0/24"}).Draw(rt, "network")
		after := fmt.Sprintf(`{"name":%q,"ingress":[{"cidr_blocks":[%q],"from_port":%d,"to_port":%d,"protocol":"tcp"}]}`, name, network, low, high)
		front := strings.HasSuffix(name, "balancer") && low == high && (low == 80 || low == 443)
		if got := broken(t, "aws_security_group", after, "{}"); (len(got) == 0) != front {
			rt.Errorf("%s: breaks %v", after, got)
		}
	})
}

// Every rule says what holds and what to do, and has a name of its own.
func TestRulesSpeak(t *testing.T) {
	seen := map[string]bool{}
	for _, rule := range plan.Rules() {
		if seen[rule.ID] || rule.Sentence == "" || rule.Mend == "" {
			t.Errorf("%+v", rule)
		}
		seen[rule.ID] = true
	}
	b := plan.Breach{Rule: "boundary", Where: "20-access aws_iam_role.this", Found: "no boundary"}
	if got := b.String(); !strings.Contains(got, "20-access aws_iam_role.this") || !strings.Contains(got, "set permissions_boundary") {
		t.Errorf("a breach is told as %q", got)
	}
}
