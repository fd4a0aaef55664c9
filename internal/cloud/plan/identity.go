package plan

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

// document is an IAM policy.
type document struct{ Statement statements }

type statements []clause

// UnmarshalJSON takes one statement or a list of them.
func (s *statements) UnmarshalJSON(text []byte) error {
	var many []clause
	if err := json.Unmarshal(text, &many); err == nil {
		*s = many
		return nil
	}
	var one clause
	err := json.Unmarshal(text, &one)
	*s = statements{one}
	return err
}

type clause struct {
	Sid                                                  string
	Effect                                               string
	Principal, NotPrincipal, Action, NotAction, Resource any
	Condition                                            map[string]map[string]any
}

// words reads what may stand alone or in a list.
func words(value any) []string {
	switch v := value.(type) {
	case string:
		return []string{v}
	case []any:
		var all []string
		for _, one := range v {
			all = append(all, words(one)...)
		}
		return all
	case map[string]any:
		var all []string
		for _, name := range sortedKeys(v) {
			all = append(all, words(v[name])...)
		}
		return all
	}
	return nil
}

// identity holds roles and policies against the rules.
func (j *judge) identity(r *Resource) {
	switch r.Type {
	case "aws_iam_openid_connect_provider":
		if url, found := strings.CutPrefix(r.text("url"), "https://"); !found || !j.signs(url) {
			j.breach("trust-issuer", r, "tokens signed by %s are taken", quoted(r.text("url")))
		}
	case "aws_iam_saml_provider":
		j.breach("trust-issuer", r, "whoever signs for it may say anybody's name")
	case "aws_iam_role":
		if !r.given("permissions_boundary") {
			j.breach("boundary", r, "the role has no permissions boundary")
		}
		j.trust(r)
		for _, inline := range r.blocks("inline_policy") {
			text, _ := inline["policy"].(string)
			j.permissions(r, text)
		}
		for _, arn := range words(r.after["managed_policy_arns"]) {
			j.attached(r, arn)
		}
	case "aws_iam_policy", "aws_iam_role_policy", "aws_iam_group_policy", "aws_iam_user_policy", "aws_ssoadmin_permission_set_inline_policy":
		text := r.text("policy")
		if r.Type == "aws_ssoadmin_permission_set_inline_policy" {
			text = r.text("inline_policy")
		}
		if !strings.HasSuffix(r.text("name"), "boundary") {
			j.permissions(r, text)
			if strings.HasPrefix(r.Type, "aws_iam_") {
				j.ownerRead(r, statementsOf(text))
			}
		}
	case "aws_iam_role_policy_attachment", "aws_iam_group_policy_attachment", "aws_iam_user_policy_attachment":
		j.attached(r, r.text("policy_arn"))
	case "aws_ssoadmin_managed_policy_attachment":
		if j.expected.production() {
			j.attached(r, r.text("managed_policy_arn"))
		}
	}
}

// trust reads who may take a role.
func (j *judge) trust(r *Resource) {
	if willBe(r.unknown["assume_role_policy"]) {
		j.breach("unreadable", r, "who may take the role is not known when planning")
		return
	}
	var trust document
	if err := json.Unmarshal([]byte(r.text("assume_role_policy")), &trust); err != nil {
		j.breach("unreadable", r, "the trust is no policy: %s", err)
		return
	}
	for _, s := range trust.Statement {
		if s.Effect != "Allow" {
			continue
		}
		if s.open() {
			j.breach("trust-open", r, "anyone may take the role")
			continue
		}
		if principals, ok := s.Principal.(map[string]any); ok && known(principals["Federated"]) {
			j.federated(r, s, words(principals["Federated"]))
		}
	}
}

// vendors is who signs tokens of pipelines that may be trusted at all, whatever
// accounts.yaml says.
var vendors = regexp.MustCompile(`^(?:token\.actions\.githubusercontent\.com|api\.bitbucket\.org/2\.0/workspaces/[\w-]+/pipelines-config/identity/oidc)$`)

// signs says whether an issuer is one of the vendors, and ours.
func (j *judge) signs(issuer string) bool {
	_, ours := j.expected.Signers[issuer]
	return ours && vendors.MatchString(issuer)
}

// issuer is who signs for a trusted provider; empty when it is none that may.
func (j *judge) issuer(r *Resource, providers []string) (issuer string) {
	for _, provider := range providers {
		signer, found := strings.CutPrefix(provider, "arn:aws:iam::"+j.expected.ID+":oidc-provider/")
		if found && j.signs(signer) {
			issuer = signer
			continue
		}
		j.breach("trust-issuer", r, "tokens signed by %s are taken", quoted(provider))
	}
	return issuer
}

// federated holds a trust in an identity provider against the traps.
func (j *judge) federated(r *Resource, s clause, providers []string) {
	issuer := j.issuer(r, providers)
	signer := j.expected.Signers[issuer]
	subject, audience := false, false
	for _, operator := range sortedKeys(s.Condition) {
		quantified := strings.HasPrefix(operator, "ForAllValues:")
		absentHolds := quantified || strings.HasSuffix(operator, "IfExists")
		for _, key := range sortedKeys(s.Condition[operator]) {
			if absentHolds {
				j.breach("trust-for-all-values", r, "%s over %s holds when the claim is absent", operator, key)
			}
			if issuer != "" && !strings.HasPrefix(key, issuer+":") {
				continue // of tokens that another signs: this one's are not compared
			}
			values := words(s.Condition[operator][key])
			switch plain := strings.TrimPrefix(strings.TrimPrefix(operator, "ForAllValues:"), "ForAnyValue:"); {
			case strings.HasSuffix(key, ":sub") && slices.Contains([]string{"StringEquals", "StringLike"}, plain):
				subject = true
				for _, value := range values {
					switch {
					case plain == "StringLike" && tooWide(value):
						j.breach("trust-wildcard", r, "the subject %s fits other repositories", quoted(value))
					case !strings.HasPrefix(value, signer.Repository):
						j.breach("trust-repository", r, "the subject %s is of another repository", quoted(value))
					case changes.MatchString(r.text("name")) && !anEnvironment.MatchString(value):
						j.breach("trust-environment", r, "the subject %s is of no environment", quoted(value))
					case changes.MatchString(r.text("name")) && !signer.deploys(value):
						j.breach("trust-environment", r, "the subject %s is of another account's environment", quoted(value))
					}
				}
			case strings.HasSuffix(key, ":aud") && slices.Contains([]string{"StringEquals", "StringLike"}, plain):
				audience = len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool { return strings.Contains(v, "*") })
			}
		}
	}
	if !subject {
		j.breach("trust-subject", r, "any subject of the provider may take the role")
	}
	if !audience {
		j.breach("trust-audience", r, "a token for any audience may take the role")
	}
}

// deploys says whether a subject is of a step in the account's own environment.
func (s Signer) deploys(subject string) bool {
	return subject == s.Environment || (s.Environment == "" || strings.HasSuffix(s.Environment, ":")) && strings.HasPrefix(subject, s.Environment)
}

// aRepository is how a subject begins that names one: GitHub's repo:owner/name:,
// Bitbucket's {uuid}[:{uuid}]:.
var aRepository = regexp.MustCompile(`^(?:repo:[\w.-]+/[\w.-]+:|\{[0-9a-f-]{36}\}:|\{?[\w-]+\}?:\{[0-9a-f-]{36}\}:)`)

// changes is how roles are called that change an account, and anEnvironment what a
// subject is like that only a step of one environment has: GitHub's
// repo:owner/name:environment:name, Bitbucket's [issuer:]{repository}:{environment}:
// with any step behind it.
var (
	changes       = regexp.MustCompile(`-(?:apply|push)$`)
	anEnvironment = regexp.MustCompile(`^(?:repo:[\w.-]+/[\w.-]+:environment:[\w.-]+|\{[0-9a-f-]{36}\}:\{[0-9a-f-]{36}\}:(?:\*|\{[0-9a-f-]{36}\}))$`)
)

// narrowing are keys of a condition by which a principal that is anyone becomes
// one of the organisation, or a service that acts for it.
var narrowing = []string{"aws:principalorgid", "aws:principalarn", "aws:principalaccount", "aws:sourceaccount", "aws:sourcearn", "aws:sourceorgid"}

// open says whether a statement lets in just anyone. A condition counts when it
// compares who asks with something; that the call came by TLS says nothing.
func (s clause) open() bool {
	if s.NotPrincipal != nil {
		return true
	}
	if !slices.Contains(words(s.Principal), "*") {
		return false
	}
	for operator, compared := range s.Condition {
		if strings.Contains(operator, "Not") || strings.HasSuffix(operator, "IfExists") || strings.HasPrefix(operator, "ForAllValues:") || operator == "Null" {
			continue
		}
		for key, values := range compared {
			if slices.Contains(narrowing, strings.ToLower(key)) && !slices.Contains(words(values), "*") {
				return false
			}
		}
	}
	return true
}

func tooWide(subject string) bool {
	return strings.ContainsAny(subject, "*?") && !aRepository.MatchString(subject)
}

// allPowers are the vendor's policies that allow everything or nearly so.
var allPowers = []string{"AdministratorAccess", "PowerUserAccess", "IAMFullAccess"}

func (j *judge) attached(r *Resource, arn string) {
	name := arn[strings.LastIndexByte(arn, '/')+1:]
	if slices.Contains(allPowers, name) {
		j.breach("admin-wildcard", r, "%s is attached", name)
	}
}

// everything is a resource that leaves nothing out, or nothing of an account's
// identities.
var everything = regexp.MustCompile(`^(?:\*|arn:aws:(?:\*|iam|sts|organizations)(?::[^:]*){2}:(?:role/)?\*|arn:aws:\*)$`)

// permissions refuses what allows everything, or everything of what gives rights.
func (j *judge) permissions(r *Resource, text string) {
	if text == "" {
		return // built from what does not exist yet; the parts are other resources' rules
	}
	var policy document
	if err := json.Unmarshal([]byte(text), &policy); err != nil {
		j.breach("unreadable", r, "the policy cannot be read: %s", err)
		return
	}
	for _, s := range policy.Statement {
		if s.Effect != "Allow" {
			continue
		}
		if s.NotAction != nil && slices.Contains(words(s.Resource), "*") && len(s.Condition) == 0 {
			j.breach("admin-wildcard", r, "all actions but some are allowed everywhere")
		}
		if !slices.ContainsFunc(words(s.Resource), everything.MatchString) {
			continue
		}
		for _, action := range words(s.Action) {
			if strings.EqualFold(action, "iam:PassRole") && len(s.Condition) == 0 {
				j.breach("admin-wildcard", r, "any role may be given to anything")
			}
			if slices.Contains([]string{"*", "*:*", "iam:*", "sts:*", "organizations:*"}, action) {
				j.breach("admin-wildcard", r, "%s is allowed on everything", action)
			}
		}
	}
}
