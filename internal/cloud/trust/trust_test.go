package trust_test

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"prosa/internal/cloud/trust"
)

// The documents are what deploy/terraform/aws/modules/trust makes for
// massivo-prod; its own tests hold it to them.
const documents = "../../../deploy/terraform/aws/modules/trust/testdata/"

const (
	bitbucket   = "api.bitbucket.org/2.0/workspaces/prosa/pipelines-config/identity/oidc"
	github      = "token.actions.githubusercontent.com"
	workspace   = "ari:cloud:bitbucket::workspace/6f1c1a52-0b5e-4a53-9d3f-2a5f6a1d7c10"
	repository  = "{0d9a3a8e-7a0c-4c55-8f0e-5b7e3c2f4b11}"
	production  = "{3f6f0a31-5f0b-4c67-9a35-6a8f5e1c2d03}"
	homologated = "{3f6f0a31-5f0b-4c67-9a35-6a8f5e1c2d02}"
	step        = "{aaaaaaaa-0000-4000-8000-000000000001}"
	stranger    = "{ffffffff-0000-4000-8000-00000000000f}"
)

func document(t testing.TB, name string) trust.Policy {
	t.Helper()
	text, err := os.ReadFile(documents + name + ".json")
	if err != nil {
		t.Fatal(err)
	}
	return parse(t, string(text))
}

func parse(t testing.TB, text string) trust.Policy {
	t.Helper()
	policy, err := trust.Parse([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return policy
}

func token(issuer, audience string, subject ...string) trust.Token {
	return trust.Token{Issuer: issuer, Claims: map[string][]string{"aud": {audience}, "sub": subject}}
}

// Who may apply and push (environment) and who may plan (repository).
var tokens = map[string]struct {
	token             trust.Token
	environment, plan bool
}{
	"bitbucket, a deployment to production":            {token(bitbucket, workspace, repository+":"+production+":"+step), true, true},
	"bitbucket, a pull request":                        {token(bitbucket, workspace, repository+":"+step), false, true},
	"bitbucket, a deployment to homologation":          {token(bitbucket, workspace, repository+":"+homologated+":"+step), false, true},
	"bitbucket, another repository":                    {token(bitbucket, workspace, stranger+":"+production+":"+step), false, false},
	"bitbucket, a pull request of a fork":              {token(bitbucket, workspace, stranger+":"+step), false, false},
	"bitbucket, a step called like the environment":    {token(bitbucket, workspace, repository+":"+production), false, true},
	"bitbucket, a repository whose name begins alike":  {token(bitbucket, workspace, repository+"x:"+production+":"+step), false, false},
	"bitbucket, the form with the workspace's name":    {token(bitbucket, workspace, "prosa:prosa:"+production+":"+step), false, false},
	"bitbucket, without braces":                        {token(bitbucket, workspace, strings.Trim(repository, "{}")+":"+strings.Trim(production, "{}")+":"+step), false, false},
	"bitbucket, no subject":                            {token(bitbucket, workspace), false, false},
	"bitbucket, an empty subject":                      {token(bitbucket, workspace, ""), false, false},
	"bitbucket, two subjects":                          {token(bitbucket, workspace, repository+":"+production+":"+step, "other"), false, false},
	"bitbucket, another workspace":                     {token(bitbucket, "ari:cloud:bitbucket::workspace/ffffffff-0000-4000-8000-00000000000f", repository+":"+production+":"+step), false, false},
	"bitbucket, an audience of the provider's default": {token(bitbucket, "sts.amazonaws.com", repository+":"+production+":"+step), false, false},
	"bitbucket, no audience":                           {trust.Token{Issuer: bitbucket, Claims: map[string][]string{"sub": {repository + ":" + production + ":" + step}}}, false, false},
	"bitbucket, signed by another workspace":           {token(strings.Replace(bitbucket, "/prosa/", "/others/", 1), workspace, repository+":"+production+":"+step), false, false},
	"github, a deployment to production":               {token(github, "sts.amazonaws.com", "repo:prosa/prosa:environment:massivo-prod"), true, false},
	"github, the main branch":                          {token(github, "sts.amazonaws.com", "repo:prosa/prosa:ref:refs/heads/main"), false, true},
	"github, a pull request":                           {token(github, "sts.amazonaws.com", "repo:prosa/prosa:pull_request"), false, true},
	"github, another branch":                           {token(github, "sts.amazonaws.com", "repo:prosa/prosa:ref:refs/heads/feature"), false, false},
	"github, a tag":                                    {token(github, "sts.amazonaws.com", "repo:prosa/prosa:ref:refs/tags/v1"), false, false},
	"github, a deployment to homologation":             {token(github, "sts.amazonaws.com", "repo:prosa/prosa:environment:massivo-homolog"), false, false},
	"github, a deployment to the other line":           {token(github, "sts.amazonaws.com", "repo:prosa/prosa:environment:enterprise-prod"), false, false},
	"github, a pull request of a fork":                 {token(github, "sts.amazonaws.com", "repo:stranger/prosa:pull_request"), false, false},
	"github, another repository of the owner":          {token(github, "sts.amazonaws.com", "repo:prosa/site:environment:massivo-prod"), false, false},
	"github, another owner":                            {token(github, "sts.amazonaws.com", "repo:prosa-evil/prosa:environment:massivo-prod"), false, false},
	"github, in capitals":                              {token(github, "sts.amazonaws.com", "repo:Prosa/prosa:environment:massivo-prod"), false, false},
	"github, an audience of another cloud":             {token(github, "https://github.com/prosa", "repo:prosa/prosa:environment:massivo-prod"), false, false},
	"github, no subject":                               {token(github, "sts.amazonaws.com"), false, false},
	"github, a subject of Bitbucket's":                 {token(github, "sts.amazonaws.com", repository+":"+production+":"+step), false, false},
	"bitbucket, a subject of GitHub's":                 {token(bitbucket, workspace, "repo:prosa/prosa:environment:massivo-prod"), false, false},
	"a provider that nobody trusts":                    {token("accounts.example.com", "sts.amazonaws.com", "repo:prosa/prosa:environment:massivo-prod"), false, false},
}

func TestTokensAreAdmittedOrRefused(t *testing.T) {
	environment, plan := document(t, "environment"), document(t, "repository")
	for name, c := range tokens {
		for role, policy := range map[string]struct {
			trust.Policy
			want bool
		}{"apply": {environment, c.environment}, "plan": {plan, c.plan}} {
			verdict := policy.Judge(c.token)
			if verdict.Allowed != policy.want || verdict.Why == "" {
				t.Errorf("%s, role %s: allowed %v (%s), want %v", name, role, verdict.Allowed, verdict.Why, policy.want)
			}
		}
	}
	if why := environment.Judge(tokens["github, a deployment to homologation"].token).Why; !strings.Contains(why, "massivo-homolog") || !strings.Contains(why, "massivo-prod") {
		t.Errorf("a refusal does not say what was shown and what is wanted: %s", why)
	}
}

func TestOurTrustsHaveNoFindings(t *testing.T) {
	if found := document(t, "environment").Findings(true); len(found) > 0 {
		t.Errorf("%v", found)
	}
	plan := document(t, "repository")
	if found := plan.Findings(false); len(found) > 0 {
		t.Errorf("%v", found)
	}
	if found := plan.Findings(true); len(found) != 3 || found[0].Code != trust.NotBound {
		t.Errorf("a plan's trust is bound: %v", found)
	}
}

// policy writes a document of one statement with a condition.
func policy(condition string) string {
	return fmt.Sprintf(`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::100000000013:oidc-provider/%s"},
	"Action":"sts:AssumeRoleWithWebIdentity","Condition":%s}]}`, github, condition)
}

// Mistakes that published modules and tutorials make, each with a token that
// nobody meant to admit.
func TestMistakesOfTrusts(t *testing.T) {
	evil := token(github, "sts.amazonaws.com", "repo:stranger/evil:ref:refs/heads/main")
	empty := trust.Token{Issuer: github, Claims: map[string][]string{}}
	for name, c := range map[string]struct {
		document string
		code     trust.Code
		lets     *trust.Token
	}{
		"no subject":                       {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"}}`), trust.WithoutSubject, &evil},
		"no condition":                     {policy(`{}`), trust.WithoutAudience, &empty},
		"no audience":                      {policy(`{"StringEquals":{"` + github + `:sub":"repo:stranger/evil:ref:refs/heads/main"}}`), trust.WithoutAudience, &evil},
		"all of the values":                {policy(`{"ForAllValues:StringEquals":{"` + github + `:aud":"sts.amazonaws.com","` + github + `:sub":"repo:prosa/prosa:environment:x"}}`), trust.Vacuous, &empty},
		"if exists":                        {policy(`{"StringEqualsIfExists":{"` + github + `:sub":"repo:prosa/prosa:environment:x","` + github + `:aud":"sts.amazonaws.com"}}`), trust.Vacuous, &empty},
		"any repository":                   {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringLike":{"` + github + `:sub":"repo:*"}}`), trust.WildcardRepository, &evil},
		"any repository of a prefix":       {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringLike":{"` + github + `:sub":"repo:stranger/*"}}`), trust.WildcardRepository, &evil},
		"a repository that begins alike":   {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringLike":{"` + github + `:sub":"repo:stranger/ev*:ref:refs/heads/main"}}`), trust.WildcardRepository, &evil},
		"any subject":                      {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringLike":{"` + github + `:sub":"*"}}`), trust.WildcardRepository, &evil},
		"any audience":                     {policy(`{"StringLike":{"` + github + `:aud":"*","` + github + `:sub":"repo:stranger/evil:ref:refs/heads/main"}}`), trust.WildcardAudience, &evil},
		"anything but":                     {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringNotEquals":{"` + github + `:sub":"repo:prosa/site:pull_request"}}`), trust.WithoutSubject, &evil},
		"any environment":                  {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringLike":{"` + github + `:sub":"repo:stranger/evil:*"}}`), trust.NotBound, &evil},
		"an environment that begins alike": {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringLike":{"` + github + `:sub":"repo:prosa/prosa:environment:*"}}`), trust.NotBound, nil},
		"a claim of another provider":      {policy(`{"StringEquals":{"` + bitbucket + `:aud":"sts.amazonaws.com","` + bitbucket + `:sub":"x"}}`), trust.ForeignKey, nil},
		"an operator that nobody knows":    {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com"},"StringRegex":{"` + github + `:sub":"repo:prosa/.*"}}`), trust.NotJudged, nil},
		"a star that compares":             {policy(`{"StringEquals":{"` + github + `:aud":"sts.amazonaws.com","` + github + `:sub":"*"}}`), trust.WildcardRepository, nil},
		"anyone":                           {`{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:*"}}`, trust.Anyone, &evil},
		"anyone by a list":                 {`{"Statement":{"Effect":"Allow","Principal":{"Federated":["*"]},"Action":["sts:AssumeRoleWithWebIdentity"]}}`, trust.Anyone, &evil},
		"all but somebody":                 {`{"Statement":{"Effect":"Allow","NotPrincipal":{"AWS":"arn:aws:iam::100000000013:root"},"Action":"sts:AssumeRoleWithWebIdentity"}}`, trust.Anyone, nil},
		"one environment's UUID half":      {strings.ReplaceAll(policy(`{"StringEquals":{"`+github+`:aud":"w"},"StringLike":{"`+github+`:sub":"`+repository+`:{3f6f*"}}`), github, bitbucket), trust.NotBound, nil},
		"half of a repository's UUID":      {strings.ReplaceAll(policy(`{"StringEquals":{"`+github+`:aud":"w"},"StringLike":{"`+github+`:sub":"{0d9a*:`+production+`:*"}}`), github, bitbucket), trust.WildcardRepository, nil},
	} {
		t.Run(name, func(t *testing.T) {
			parsed := parse(t, c.document)
			found := parsed.Findings(true)
			if !slices.ContainsFunc(found, func(f trust.Finding) bool { return f.Code == c.code && f.Message != "" }) {
				t.Errorf("%s is not among %v", c.code, found)
			}
			if c.lets != nil && !parsed.Judge(*c.lets).Allowed {
				t.Errorf("the stranger is refused, so this is no mistake: %s", parsed.Judge(*c.lets).Why)
			}
			if c.lets == nil && parsed.Judge(evil).Allowed {
				t.Error("the stranger is let in")
			}
		})
	}
}

// Conditions as IAM evaluates them.
func TestConditions(t *testing.T) {
	for name, c := range map[string]struct {
		condition string
		subjects  []string
		want      bool
	}{
		"one of several values":           {`{"StringEquals":{"K":["a","b"]}}`, []string{"b"}, true},
		"none of several values":          {`{"StringEquals":{"K":["a","b"]}}`, []string{"c"}, false},
		"not one of several":              {`{"StringNotEquals":{"K":["a","b"]}}`, []string{"b"}, false},
		"not any of several":              {`{"StringNotEquals":{"K":["a","b"]}}`, []string{"c"}, true},
		"negated and absent":              {`{"StringNotEquals":{"K":"a"}}`, nil, true},
		"absent":                          {`{"StringLike":{"K":"*"}}`, nil, false},
		"any of the token's":              {`{"ForAnyValue:StringEquals":{"K":"a"}}`, []string{"b", "a"}, true},
		"any of nothing":                  {`{"ForAnyValue:StringEquals":{"K":"a"}}`, nil, false},
		"all of the token's":              {`{"ForAllValues:StringEquals":{"K":["a","b"]}}`, []string{"b", "a"}, true},
		"all but one of the token's":      {`{"ForAllValues:StringEquals":{"K":["a","b"]}}`, []string{"b", "c"}, false},
		"all of nothing":                  {`{"ForAllValues:StringEquals":{"K":"a"}}`, nil, true},
		"null wanted":                     {`{"Null":{"K":"true"}}`, nil, true},
		"null not wanted":                 {`{"Null":{"K":"false"}}`, nil, false},
		"a question mark":                 {`{"StringLike":{"K":"a?c"}}`, []string{"abc"}, true},
		"a question mark is one":          {`{"StringLike":{"K":"a?c"}}`, []string{"abbc"}, false},
		"stars":                           {`{"StringLike":{"K":"a*b*c"}}`, []string{"axxbyybc"}, true},
		"stars to the end":                {`{"StringLike":{"K":"a*b*c"}}`, []string{"axxbyybcd"}, false},
		"case counts":                     {`{"StringEquals":{"K":"A"}}`, []string{"a"}, false},
		"case does not count":             {`{"StringEqualsIgnoreCase":{"K":"A"}}`, []string{"a"}, true},
		"two operators, both":             {`{"StringLike":{"K":"a*"},"StringNotLike":{"K":"*b"}}`, []string{"ab"}, false},
		"a variable":                      {`{"StringEquals":{"K":"${aws:username}"}}`, []string{"${aws:username}"}, false},
		"a truth value":                   {`{"Bool":{"K":true}}`, []string{"true"}, true},
		"two values and a plain operator": {`{"StringEquals":{"K":"a"}}`, []string{"a", "b"}, false},
		"a key in other letters":          {`{"StringEquals":{"` + strings.ToUpper(github) + `:SUB":"a"}}`, []string{"a"}, true},
	} {
		condition := strings.ReplaceAll(c.condition, `"K"`, `"`+github+`:sub"`)
		if got := parse(t, policy(condition)).Judge(token(github, "x", c.subjects...)); got.Allowed != c.want {
			t.Errorf("%s: %v (%s), want %v", name, got.Allowed, got.Why, c.want)
		}
	}
}

func TestADenialWins(t *testing.T) {
	allow := `{"Effect":"Allow","Principal":{"Federated":"arn:aws:iam::1:oidc-provider/` + github + `"},"Action":"sts:AssumeRole*","Condition":{"StringLike":{"` + github + `:sub":"*"}}}`
	deny := strings.Replace(strings.Replace(allow, `"Allow"`, `"Deny"`, 1), `"*"}`, `"*:pull_request"}`, 1)
	both := parse(t, `{"Statement":[`+allow+`,`+deny+`]}`)
	if !both.Judge(token(github, "x", "repo:a/b:ref:x")).Allowed || both.Judge(token(github, "x", "repo:a/b:pull_request")).Allowed {
		t.Error("the denial does not decide")
	}
	unknown := parse(t, `{"Statement":[`+allow+`,`+strings.Replace(deny, "StringLike", "DateLessThan", 1)+`]}`)
	if verdict := unknown.Judge(token(github, "x", "repo:a/b:ref:x")); verdict.Allowed {
		t.Error("a denial that can't be judged was passed over")
	}
	people := parse(t, `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root","Service":"ecs.amazonaws.com"},"Action":"sts:AssumeRole"}}`)
	if found := people.Findings(true); len(found) > 0 || people.Judge(token(github, "x", "y")).Allowed {
		t.Errorf("a trust in people and services is judged as one in tokens: %v", found)
	}
}

func TestWhatIsNoPolicy(t *testing.T) {
	for _, text := range []string{"", "x", "{}", `{"Statement":[]}`, `{"Statement":{"Effect":"Perhaps"}}`, `{"Statement":{"Effect":"Allow","Principal":7}}`,
		`{"Statement":{"Effect":"Allow","Condition":{"StringEquals":{"k":{}}}}}`} {
		if _, err := trust.Parse([]byte(text)); err == nil {
			t.Errorf("%q was read", text)
		}
	}
}

// A policy without findings admits no token of another repository, whatever its
// subject looks like.
func TestNoFindingsNoStrangers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		part := rapid.SampledFrom([]string{"repo:", "prosa/prosa", "stranger/evil", ":", "*", "?", "environment:", "prod", "ref:", "x", repository, stranger})
		pattern := strings.Join(rapid.SliceOfN(part, 0, 6).Draw(t, "pattern"), "")
		subject := strings.Join(rapid.SliceOfN(part, 0, 6).Draw(t, "subject"), "")
		operator := rapid.SampledFrom([]string{"StringEquals", "StringLike", "StringEqualsIfExists", "ForAllValues:StringLike", "StringNotEquals"}).Draw(t, "operator")
		value, err := json.Marshal(pattern)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := trust.Parse([]byte(policy(`{"StringEquals":{"` + github + `:aud":"w"},"` + operator + `":{"` + github + `:sub":` + string(value) + `}}`)))
		if err != nil {
			t.Skip("two operators of one name")
		}
		if len(parsed.Findings(true)) > 0 || !parsed.Judge(token(github, "w", subject)).Allowed {
			return
		}
		owner := strings.SplitN(pattern, ":", 3)
		if !strings.HasPrefix(subject, strings.Join(owner[:len(owner)-1], ":")) {
			t.Fatalf("%q admits %q", pattern, subject)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, name := range []string{"environment", "repository"} {
		text, err := os.ReadFile(documents + name + ".json")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(policy(`{"ForAllValues:StringLike":{"` + github + `:sub":["*","?"]}}`)))
	f.Fuzz(func(t *testing.T, text []byte) {
		policy, err := trust.Parse(text)
		if err != nil {
			return
		}
		for _, finding := range policy.Findings(true) {
			if finding.Message == "" {
				t.Error("a finding without a sentence")
			}
		}
		// No claims at all: let in only where a finding says so.
		if policy.Judge(trust.Token{Issuer: github}).Allowed && len(policy.Findings(true)) == 0 {
			t.Errorf("a token without claims is let in: %s", text)
		}
	})
}
