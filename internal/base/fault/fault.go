// Package fault is the one error type of the house: a code that a program can
// switch on and a message that a person can read. Edges translate the code
// once (to an HTTP status, to an exit code); nobody else guesses from texts.
package fault

import (
	"errors"
	"fmt"
)

// Code says what kind of failure it is. Codes are stable: clients switch on
// them.
type Code string

// The codes, from the caller's mistakes to ours.
const (
	Invalid      Code = "invalid"      // the input breaks a rule; Field says which
	Unauthorized Code = "unauthorized" // nobody is signed in
	Forbidden    Code = "forbidden"    // signed in, but not allowed
	NotFound     Code = "not_found"    // absent, or of another company
	Conflict     Code = "conflict"     // the state moved on under the caller
	Refused      Code = "refused"      // a domain rule says no (window closed, limit reached)
	TooLarge     Code = "too_large"    // over a stated limit
	RateLimited  Code = "rate_limited" // try again later
	Unavailable  Code = "unavailable"  // something we need is away; try again
	Internal     Code = "internal"     // a defect of ours; the message is generic
)

// Error carries a code, a message for a human, and optionally the field that
// the message is about and the cause.
type Error struct {
	Code    Code
	Message string
	// Field is the path of the offending input ("body.name"), empty when the
	// fault is not about one field.
	Field string
	// Reason is a stable machine-readable word inside a code, such as
	// "window_closed" inside Refused; empty when the code says it all.
	Reason string
	cause  error
}

// Error implements error.
func (e *Error) Error() string {
	text := string(e.Code) + ": " + e.Message
	if e.Field != "" {
		text = string(e.Code) + ": " + e.Field + ": " + e.Message
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.cause }

// New makes an error of the given code. The format is fmt's; %w keeps a cause.
func New(code Code, format string, args ...any) *Error {
	wrapped := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: wrapped.Error(), cause: errors.Unwrap(wrapped)}
}

// Wrap puts a code and a sentence in front of cause. A nil cause gives nil.
func Wrap(cause error, code Code, message string) error {
	if cause == nil {
		return nil
	}
	return &Error{Code: code, Message: message, cause: cause}
}

// OnField makes an Invalid error about one field of the input.
func OnField(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// Refuse makes a Refused error with a machine-readable reason.
func Refuse(reason, format string, args ...any) *Error {
	return &Error{Code: Refused, Reason: reason, Message: fmt.Sprintf(format, args...)}
}

// CodeOf gives the code of the first *Error in err's chain; anything else,
// which nobody classified, is Internal. A nil error has the empty code.
func CodeOf(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// MessageOf gives the text that may be shown to a caller: the message of the
// first *Error, or a generic sentence for everything unclassified and for
// Internal, so that no detail of ours leaks.
func MessageOf(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Code != Internal {
		return e.Message
	}
	return "something went wrong on our side"
}

// Is reports whether err's first *Error has the code.
func Is(err error, code Code) bool { return err != nil && CodeOf(err) == code }
