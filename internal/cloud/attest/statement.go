package attest

import (
	"encoding/json"

	"prosa/internal/base/fault"
)

// StatementKind is the media type of a statement, the payload of its envelope.
const StatementKind = "application/vnd.in-toto+json"

// ReasonStatement is the reason of a refusal: what is signed is no statement of
// the kind that was asked for.
const ReasonStatement = "statement_of_another_kind"

// Statement says something about things that are named by digest.
type Statement struct {
	Type          string          `json:"_type"`
	Subject       []Subject       `json:"subject"`
	PredicateType string          `json:"predicateType"`
	Predicate     json.RawMessage `json:"predicate"`
}

// Subject is a thing: a name for people, and digests by algorithm in
// hexadecimal ("sha256": 64 characters).
type Subject struct {
	Name   string            `json:"name"`
	Digest map[string]string `json:"digest"`
}

// NewStatement makes a statement of a kind of predicate. Its JSON is the same
// for the same values.
func NewStatement(predicateType string, predicate any, subject ...Subject) ([]byte, error) {
	raw, err := json.Marshal(predicate)
	if err != nil {
		return nil, fault.Wrap(err, fault.Internal, "the statement can't be written")
	}
	return json.Marshal(Statement{Type: statementType, Subject: subject, PredicateType: predicateType, Predicate: raw})
}

// ReadStatement reads a statement and decodes its predicate into out. One with
// another kind of predicate is refused.
func ReadStatement(raw []byte, predicateType string, out any) (Statement, error) {
	var read Statement
	if err := json.Unmarshal(raw, &read); err != nil || read.Type != statementType {
		return Statement{}, fault.Refuse(ReasonStatement, "what is signed is no in-toto statement")
	}
	if read.PredicateType != predicateType {
		return Statement{}, fault.Refuse(ReasonStatement, "the statement is a %.200q, not a %q", read.PredicateType, predicateType)
	}
	if err := json.Unmarshal(read.Predicate, out); err != nil {
		return Statement{}, fault.Refuse(ReasonStatement, "the statement's predicate can't be read")
	}
	return read, nil
}

// Names reports whether the statement is about the thing with this SHA-256, in
// hexadecimal.
func (s Statement) Names(sha256 string) bool {
	for _, subject := range s.Subject {
		if sha256 != "" && subject.Digest["sha256"] == sha256 {
			return true
		}
	}
	return false
}
