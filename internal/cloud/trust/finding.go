package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Code names a mistake.
type Code string

// The mistakes, the worst first.
const (
	Anyone             Code = "anyone"              // the principal is *, or all but somebody
	WithoutSubject     Code = "without_sub"         // any token of the provider will do
	WithoutAudience    Code = "without_aud"         // tokens meant for others will do
	Vacuous            Code = "vacuous"             // true where the claim is absent
	WildcardRepository Code = "wildcard_repository" // more than one repository
	WildcardAudience   Code = "wildcard_aud"
	NotBound           Code = "not_bound" // any step, where an environment is wanted
	ForeignKey         Code = "foreign_key"
	NotJudged          Code = "not_judged"
)

// Finding is a mistake in a trust policy.
type Finding struct {
	Code    Code
	Message string
}

// Findings lists the mistakes of a policy that trusts tokens; none for one that
// trusts no provider of tokens. bound wants each subject to name a deployment
// environment, as a role must that changes things.
func (p Policy) Findings(bound bool) []Finding {
	var found []Finding
	for i, s := range p.statements {
		if s.allow && s.federated() {
			found = append(found, s.findings(fmt.Sprintf("statement %d", i+1), bound)...)
		}
	}
	return found
}

func (s statement) findings(name string, bound bool) (found []Finding) {
	say := func(code Code, format string, args ...any) {
		found = append(found, Finding{code, name + " " + fmt.Sprintf(format, args...)})
	}
	if s.anyone || s.negated {
		say(Anyone, "trusts anyone: name the provider")
	}
	if len(s.issuers) > 1 {
		say(NotJudged, "trusts %d providers at once, whose claims mean different things: one statement each", len(s.issuers))
	}
	for _, issuer := range s.issuers {
		subjects, audiences := s.asked(issuer, "sub"), s.asked(issuer, "aud")
		if len(subjects) == 0 {
			say(WithoutSubject, "does not ask for the subject: every repository that %s knows may take the role", issuer)
		}
		if len(audiences) == 0 {
			say(WithoutAudience, "does not ask for the audience: a token that was made for somebody else will do")
		}
		for _, subject := range subjects {
			place := subjectOf(subject)
			switch {
			case place.repository == "" || strings.ContainsAny(place.repository, "*?"):
				say(WildcardRepository, "takes the subject %q, which is not of one repository", subject)
			case bound && place.environment == "":
				say(NotBound, "takes the subject %q, which is of any step: bind it to the deployment environment", subject)
			}
		}
		for _, audience := range audiences {
			if strings.ContainsAny(audience, "*?") {
				say(WildcardAudience, "takes the audience %q", audience)
			}
		}
	}
	for _, c := range s.conditions {
		if !slices.ContainsFunc(s.issuers, func(issuer string) bool { _, ok := claimOf(c.key, issuer); return ok }) {
			say(ForeignKey, "asks for %s, which no token of its provider has", c.key)
			continue
		}
		if c.ifExists || c.set == "ForAllValues" {
			say(Vacuous, "asks %s of %s, which is true where it is absent", c.name(), c.key)
		}
		if _, _, known := comparison(c.operator); !known && c.operator != "Null" {
			say(NotJudged, "asks %s of %s, which can't be judged here", c.name(), c.key)
		}
	}
	return found
}

// asked lists the values that the statement insists on for a claim: compared
// positively, and false where the claim is absent.
func (s statement) asked(issuer, claim string) (values []string) {
	for _, c := range s.conditions {
		of, ok := claimOf(c.key, issuer)
		if !ok || of != claim || c.ifExists || c.set == "ForAllValues" {
			continue
		}
		if _, negated, known := comparison(c.operator); known && !negated {
			wild := c.operator == "StringLike"
			for _, value := range c.values {
				if !wild { // a star that means itself
					value = strings.NewReplacer("*", "_", "?", "_").Replace(value)
				}
				values = append(values, value)
			}
		}
	}
	return values
}

// place is what a subject says of where a token was made.
type place struct{ repository, environment string }

// subjectOf reads the subjects of the two vendors: GitHub's
// repo:<owner>/<name>:<environment:name | ref:... | pull_request>, Bitbucket's
// {repository}[:{environment}]:{step}.
func subjectOf(subject string) place {
	if rest, ok := strings.CutPrefix(subject, "repo:"); ok {
		repository, what, found := strings.Cut(rest, ":")
		if !found || !strings.Contains(repository, "/") {
			return place{}
		}
		environment, is := strings.CutPrefix(what, "environment:")
		if !is || strings.ContainsAny(environment, "*?") {
			environment = ""
		}
		return place{repository, environment}
	}
	parts := strings.Split(subject, ":")
	if len(parts) < 2 || !braced(parts[0]) {
		return place{}
	}
	p := place{repository: parts[0]}
	if len(parts) > 2 && braced(parts[1]) {
		p.environment = parts[1]
	}
	return p
}

// braced reports whether a part is an identifier of Bitbucket's, {uuid}, all of
// it.
func braced(part string) bool {
	return len(part) > 2 && part[0] == '{' && part[len(part)-1] == '}' && !strings.ContainsAny(part, "*?")
}
