package trust

import (
	"fmt"
	"slices"
	"strings"
)

// Token is what a pipeline shows: who signed it and what it claims.
type Token struct {
	// Issuer is the provider's address without https://.
	Issuer string
	// Claims by name (sub, aud); one without values is absent.
	Claims map[string][]string
}

// Verdict is the answer to a token, with its reason for people.
type Verdict struct {
	Allowed bool
	Why     string
}

// Judge answers whether the token may take the role. A statement that denies
// wins; without one that allows the answer is no.
func (p Policy) Judge(token Token) Verdict {
	why := "no statement is about tokens of " + token.Issuer
	allowed := ""
	for i, s := range p.statements {
		name := fmt.Sprintf("statement %d", i+1)
		if s.negated {
			return Verdict{Why: name + " says whom it is not about: that can't be judged"}
		}
		if !s.takes(action) || !s.anyone && !slices.Contains(s.issuers, token.Issuer) {
			continue
		}
		holds, reason, judged := s.holds(token)
		switch {
		case !judged && !s.allow:
			return Verdict{Why: name + " denies, and can't be judged: " + reason}
		case !holds:
			why = name + ": " + reason
		case !s.allow:
			return Verdict{Why: name + " denies"}
		default:
			allowed = name
		}
	}
	if allowed != "" {
		return Verdict{Allowed: true, Why: allowed + " allows"}
	}
	return Verdict{Why: why}
}

// holds reports whether every condition of the statement is met, and if not why.
func (s statement) holds(token Token) (holds bool, reason string, judged bool) {
	for _, c := range s.conditions {
		met, judged := c.met(token)
		if !judged {
			return false, fmt.Sprintf("%s of %s can't be judged", c.name(), c.key), false
		}
		if !met {
			claim, _ := claimOf(c.key, token.Issuer)
			return false, fmt.Sprintf("%s is %s, and the policy wants %s %s", claim, quote(token.Claims[claim]), c.name(), quote(c.values)), true
		}
	}
	return true, "", true
}

func quote(values []string) string {
	if len(values) == 0 {
		return "absent"
	}
	return `"` + strings.Join(values, `" or "`) + `"`
}

// name is the operator as it is written.
func (c condition) name() string {
	name := c.operator
	if c.ifExists {
		name += "IfExists"
	}
	if c.set != "" {
		name = c.set + ":" + name
	}
	return name
}

// claimOf gives the claim that a key is about: <issuer>:<claim>. Keys know no
// case.
func claimOf(key, issuer string) (claim string, ok bool) {
	if len(key) <= len(issuer) || !strings.EqualFold(key[:len(issuer)], issuer) || key[len(issuer)] != ':' {
		return "", false
	}
	return strings.ToLower(key[len(issuer)+1:]), true
}

// met holds one condition against the token.
func (c condition) met(token Token) (met, judged bool) {
	claim, ok := claimOf(c.key, token.Issuer)
	if !ok || slices.ContainsFunc(c.values, func(value string) bool { return strings.Contains(value, "${") }) {
		return false, false
	}
	have := token.Claims[claim]
	if c.operator == "Null" && c.set == "" && !c.ifExists && len(c.values) == 1 {
		return (c.values[0] == "true") == (len(have) == 0), true
	}
	match, negated, known := comparison(c.operator)
	if !known {
		return false, false
	}
	if len(have) == 0 && c.ifExists {
		return true, true
	}
	// Negated operators ask that no value of the policy matches.
	one := func(value string) bool {
		return slices.ContainsFunc(c.values, func(want string) bool { return match(want, value) }) != negated
	}
	switch c.set {
	case "ForAllValues": // true of nothing: the trap
		return !slices.ContainsFunc(have, func(value string) bool { return !one(value) }), true
	case "ForAnyValue":
		return slices.ContainsFunc(have, one), true
	case "":
		if len(have) == 0 {
			return negated, true
		}
		if len(have) > 1 { // what IAM makes of it is not documented
			return false, false
		}
		return one(have[0]), true
	default:
		return false, false
	}
}

// comparison gives an operator's way to compare (policy's value, token's value).
func comparison(operator string) (match func(want, have string) bool, negated, known bool) {
	equal := func(want, have string) bool { return want == have }
	switch operator {
	case "StringEquals":
		return equal, false, true
	case "StringNotEquals":
		return equal, true, true
	case "StringEqualsIgnoreCase":
		return strings.EqualFold, false, true
	case "StringNotEqualsIgnoreCase":
		return strings.EqualFold, true, true
	case "StringLike":
		return like, false, true
	case "StringNotLike":
		return like, true, true
	case "Bool":
		return strings.EqualFold, false, true
	default:
		return nil, false, false
	}
}
