package trust

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"

	"prosa/internal/base/fault"
)

// action is what a pipeline asks for with its token.
const action = "sts:AssumeRoleWithWebIdentity"

// Policy is a role's trust policy.
type Policy struct{ statements []statement }

type statement struct {
	allow      bool
	anyone     bool     // the principal is *
	issuers    []string // of its OIDC providers, as in their ARNs: without https://
	actions    []string
	negated    bool // it has NotPrincipal or NotAction
	conditions []condition
}

// condition is one operator on one key.
type condition struct {
	set      string // ForAllValues, ForAnyValue or empty
	operator string // without set and IfExists
	ifExists bool
	key      string
	values   []string
}

// Parse reads a policy document. Error: fault.Invalid.
func Parse(document []byte) (Policy, error) {
	var text struct {
		Statement one[statementText]
	}
	decoder := json.NewDecoder(bytes.NewReader(document))
	if err := decoder.Decode(&text); err != nil {
		return Policy{}, fault.Wrap(err, fault.Invalid, "the trust policy can't be read")
	}
	if len(text.Statement) == 0 {
		return Policy{}, fault.New(fault.Invalid, "the trust policy has no statement")
	}
	var p Policy
	for _, s := range text.Statement {
		read, err := s.read()
		if err != nil {
			return Policy{}, err
		}
		p.statements = append(p.statements, read)
	}
	return p, nil
}

type statementText struct {
	Effect       string
	Principal    json.RawMessage
	NotPrincipal json.RawMessage
	Action       one[string]
	NotAction    one[string]
	Condition    map[string]map[string]one[scalar]
}

// one is a list that may be written as its only element.
type one[T any] []T

// UnmarshalJSON implements json.Unmarshaler.
func (o *one[T]) UnmarshalJSON(text []byte) error {
	if trimmed := bytes.TrimSpace(text); len(trimmed) > 0 && trimmed[0] == '[' {
		return json.Unmarshal(text, (*[]T)(o))
	}
	var single T
	if err := json.Unmarshal(text, &single); err != nil {
		return err
	}
	*o = []T{single}
	return nil
}

// scalar is a text, a number or a truth value, as a text.
type scalar string

// UnmarshalJSON implements json.Unmarshaler.
func (s *scalar) UnmarshalJSON(text []byte) error {
	var word string
	if json.Unmarshal(text, &word) == nil {
		*s = scalar(word)
		return nil
	}
	if len(text) > 0 && (text[0] == '{' || text[0] == '[') || string(text) == "null" {
		return fault.New(fault.Invalid, "a condition compares with texts")
	}
	*s = scalar(text)
	return nil
}

func (s statementText) read() (statement, error) {
	out := statement{allow: s.Effect == "Allow", actions: s.Action, negated: s.NotPrincipal != nil || s.NotAction != nil}
	if s.Effect != "Allow" && s.Effect != "Deny" {
		return out, fault.New(fault.Invalid, "the effect is Allow or Deny, not %q", s.Effect)
	}
	if err := out.principal(s.Principal); err != nil {
		return out, err
	}
	for _, operator := range slices.Sorted(maps.Keys(s.Condition)) {
		keys := s.Condition[operator]
		for _, key := range slices.Sorted(maps.Keys(keys)) {
			c := condition{operator: operator, key: key}
			if set, rest, found := strings.Cut(operator, ":"); found {
				c.set, c.operator = set, rest
			}
			c.operator, c.ifExists = strings.CutSuffix(c.operator, "IfExists")
			for _, value := range keys[key] {
				c.values = append(c.values, string(value))
			}
			out.conditions = append(out.conditions, c)
		}
	}
	return out, nil
}

func (s *statement) principal(text json.RawMessage) error {
	if len(text) == 0 {
		return nil
	}
	var star string
	if json.Unmarshal(text, &star) == nil {
		s.anyone = star == "*"
		return nil
	}
	var kinds map[string]one[string]
	if err := json.Unmarshal(text, &kinds); err != nil {
		return fault.Wrap(err, fault.Invalid, "the principal can't be read")
	}
	for kind, names := range kinds {
		for _, name := range names {
			switch {
			case name == "*":
				s.anyone = true
			case kind == "Federated":
				if _, issuer, found := strings.Cut(name, ":oidc-provider/"); found {
					s.issuers = append(s.issuers, issuer)
				}
			}
		}
	}
	slices.Sort(s.issuers)
	return nil
}

// federated reports whether a token can match the statement at all.
func (s statement) federated() bool {
	return (s.anyone || len(s.issuers) > 0 || s.negated) && (s.negated || s.takes(action))
}

// takes reports whether the statement is about an action; names of actions know
// no case.
func (s statement) takes(name string) bool {
	return slices.ContainsFunc(s.actions, func(pattern string) bool { return like(strings.ToLower(pattern), strings.ToLower(name)) })
}

// like matches a text with a pattern of IAM: * for any characters, ? for one.
func like(pattern, text string) bool {
	star, mark := -1, 0
	p, t := 0, 0
	for t < len(text) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, mark = p, t
			p++
		case p < len(pattern) && (pattern[p] == '?' || pattern[p] == text[t]):
			p++
			t++
		case star >= 0: // let the last star take one more
			mark++
			p, t = star+1, mark
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}
