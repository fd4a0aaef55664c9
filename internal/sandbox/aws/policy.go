package aws

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
)

// request is what a policy is asked about.
type request struct {
	action     string
	resource   string              // ARN; empty when the policy is of one thing, as a trust is
	principals map[string][]string // by kind: AWS, Federated, Service; nil when the policy is the caller's own and names none
	claims     map[string][]string // condition keys of the request
}

// statement of a policy document, with its one-or-many fields read as lists.
type statement struct {
	Sid       string
	Effect    string
	Principal any
	Action    any
	Resource  any
	Condition map[string]map[string]any
	// Instead of the two without Not: all that is not listed.
	NotAction, NotResource any
}

// evaluate says whether a policy allows the request: an explicit deny wins, else
// one allow is enough (IAM user guide, "Policy evaluation logic").
func evaluate(document string, asked request) (bool, error) {
	allowed, denied, err := verdict(document, asked)
	return allowed && !denied, err
}

// statementsOf reads a document, whose statement may stand alone or in a list.
func statementsOf(document string) ([]statement, error) {
	var policy struct {
		Version   string
		Statement json.RawMessage
	}
	if err := json.Unmarshal([]byte(document), &policy); err != nil {
		return nil, fmt.Errorf("policy is not JSON: %w", err)
	}
	var statements []statement
	if err := json.Unmarshal(policy.Statement, &statements); err != nil {
		var one statement
		if err := json.Unmarshal(policy.Statement, &one); err != nil {
			return nil, fmt.Errorf("statement cannot be read: %w", err)
		}
		statements = []statement{one}
	}
	return statements, nil
}

// verdict says what a document says of the request, for those who weigh several.
func verdict(document string, asked request) (allowed, denied bool, err error) {
	statements, err := statementsOf(document)
	if err != nil {
		return false, false, err
	}
	for _, s := range statements {
		applies, err := s.applies(asked)
		if err != nil {
			return false, false, err
		}
		allowed = allowed || (applies && s.Effect == "Allow")
		denied = denied || (applies && s.Effect == "Deny")
	}
	return allowed, denied, nil
}

func (s statement) applies(asked request) (bool, error) {
	if !s.means(asked) || asked.principals != nil && !s.names(asked.principals) {
		return false, nil
	}
	for operator, keys := range s.Condition {
		for key, wanted := range keys {
			holds, err := condition(operator, asked.claim(key), wordsOf(wanted))
			if err != nil || !holds {
				return false, err
			}
		}
	}
	return true, nil
}

// means says whether the statement is about the action and the resource.
func (s statement) means(asked request) bool {
	action := func(pattern string) bool { return like(strings.ToLower(pattern), strings.ToLower(asked.action)) }
	if s.NotAction != nil && slices.ContainsFunc(wordsOf(s.NotAction), action) || s.NotAction == nil && !slices.ContainsFunc(wordsOf(s.Action), action) {
		return false
	}
	resource := func(pattern string) bool { return like(pattern, asked.resource) }
	if s.NotResource != nil {
		return !slices.ContainsFunc(wordsOf(s.NotResource), resource)
	}
	return asked.resource == "" || slices.ContainsFunc(wordsOf(s.Resource), resource)
}

// names says whether the statement's principal is among those of the request.
func (s statement) names(principals map[string][]string) bool {
	if s.Principal == "*" {
		return true
	}
	kinds, _ := s.Principal.(map[string]any)
	for kind, values := range kinds {
		for _, value := range wordsOf(values) {
			if value == "*" || slices.Contains(principals[kind], value) {
				return true
			}
		}
	}
	return false
}

// claim gives the values of a condition key; keys are not case sensitive.
func (r request) claim(key string) []string {
	for name, values := range r.claims {
		if strings.EqualFold(name, key) {
			return values
		}
	}
	return nil
}

// condition evaluates one operator over one key. ForAllValues holds when the key
// is absent: that is the vendor's rule, and why it is a trap in a trust policy.
func condition(operator string, have, wanted []string) (bool, error) {
	quantifier, plain, found := strings.Cut(operator, ":")
	if !found {
		quantifier, plain = "", operator
	}
	plain, ifExists := strings.CutSuffix(plain, "IfExists")
	if ifExists && len(have) == 0 {
		return true, nil
	}
	if plain == "Null" {
		return slices.Contains(wanted, "true") == (len(have) == 0), nil
	}
	match, negated, err := comparison(plain)
	if err != nil {
		return false, err
	}
	fits := func(value string) bool {
		return slices.ContainsFunc(wanted, func(pattern string) bool { return match(pattern, value) }) != negated
	}
	switch quantifier {
	case "ForAllValues":
		return !slices.ContainsFunc(have, func(value string) bool { return !fits(value) }), nil
	case "", "ForAnyValue":
		if len(have) == 0 {
			return negated, nil // nothing is certainly not that
		}
		return slices.ContainsFunc(have, fits), nil
	}
	return false, fmt.Errorf("condition operator %s is not known", operator)
}

// comparison gives an operator's test of one value, and whether it is negated.
func comparison(operator string) (match func(pattern, value string) bool, negated bool, err error) {
	equal := func(pattern, value string) bool { return pattern == value }
	switch operator {
	case "StringEquals":
		return equal, false, nil
	case "StringNotEquals":
		return equal, true, nil
	case "StringEqualsIgnoreCase", "Bool":
		return strings.EqualFold, false, nil
	case "NumericLessThan":
		return func(limit, value string) bool {
			most, err := strconv.ParseFloat(limit, 64)
			have, bad := strconv.ParseFloat(value, 64)
			return err == nil && bad == nil && have < most
		}, false, nil
	case "StringLike", "ArnLike", "ArnEquals":
		return like, false, nil
	case "StringNotLike", "ArnNotLike", "ArnNotEquals":
		return like, true, nil
	}
	return nil, false, fmt.Errorf("condition operator %s is not known", operator)
}

// like matches * and ? as the policy language has them: over any character, a
// slash among them.
func like(pattern, value string) bool {
	// path.Match stops at a slash and reads [ and \; neither may mean anything here.
	hide := strings.NewReplacer("/", "\x00", "[", `\[`, `\`, `\\`)
	matched, err := path.Match(hide.Replace(pattern), strings.ReplaceAll(value, "/", "\x00"))
	return err == nil && matched
}

// wordsOf reads what may stand alone or in a list: strings, numbers, truths.
func wordsOf(value any) []string {
	switch v := value.(type) {
	case nil:
		return nil
	case string:
		return []string{v}
	case []any:
		var words []string
		for _, one := range v {
			words = append(words, wordsOf(one)...)
		}
		return words
	default:
		return []string{fmt.Sprint(v)}
	}
}
