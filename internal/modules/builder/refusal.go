package builder

import (
	"strconv"

	"prosa/internal/base/fault"
)

// Refusal is a refusal with what a screen needs to explain it.
type Refusal struct {
	cause *fault.Error
	// Facts are small texts by name, such as who changed a draft.
	facts map[string]string
	// Flaws are what has to be mended: a node or a test, and a sentence.
	flaws []Flaw
}

// Flaw is one thing to be mended.
type Flaw struct{ Field, Message string }

// Error implements error.
func (r *Refusal) Error() string { return r.cause.Error() }

// Unwrap gives the fault.
func (r *Refusal) Unwrap() error { return r.cause }

// Facts are small texts by name, for a program.
func (r *Refusal) Facts() map[string]string { return r.facts }

// Flaws are what has to be mended.
func (r *Refusal) Flaws() []Flaw { return r.flaws }

// draftChanged says that somebody else has saved the draft since.
func draftChanged(now Draft) error {
	return &Refusal{
		cause: &fault.Error{Code: fault.Conflict, Reason: "draft_changed", Field: "revision", Message: "the draft was saved by somebody else since"},
		facts: map[string]string{
			"revision": strconv.FormatInt(now.Revision, 10), "author_id": now.AuthorID, "author_name": now.AuthorName,
			"updated_ms": strconv.FormatInt(now.UpdatedMS, 10),
		},
	}
}
