package stream

import (
	"errors"
	"strings"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"prosa/internal/base/fault"
)

// Error codes of the JetStream API, nats-server 2.15 server/errors.json.
const (
	codeStoreFailed   jetstream.ErrorCode = 10077 // also "maximum bytes exceeded"
	codeNotUnique     jetstream.ErrorCode = 10100 // a second consumer of a subject of a work queue
	codeLastSequence                      = jetstream.JSErrCodeStreamWrongLastSequence
	codeLastSequenceR                     = jetstream.JSErrCodeStreamWrongLastSequenceConstant
)

// classify turns what NATS says into the house's faults. What can't be told
// apart is Unavailable: the caller may try again.
func classify(err error, doing string) error {
	if err == nil {
		return nil
	}
	switch code := apiCode(err); {
	case code == codeLastSequence, code == codeLastSequenceR:
		return fault.Wrap(err, fault.Conflict, doing+": the stream moved on")
	case code == jetstream.JSErrCodeStreamMessageExceedsMaximum, errors.Is(err, nats.ErrMaxPayload):
		return fault.Wrap(err, fault.TooLarge, doing+": the message is too large")
	case isFull(err):
		return fault.Wrap(err, fault.Unavailable, doing+": the stream is full")
	}
	return fault.Wrap(err, fault.Unavailable, doing)
}

func apiCode(err error) jetstream.ErrorCode {
	var known jetstream.JetStreamError
	if errors.As(err, &known) && known.APIError() != nil {
		return known.APIError().ErrorCode
	}
	var raw *jetstream.APIError
	if errors.As(err, &raw) {
		return raw.ErrorCode
	}
	return 0
}

// isFull reports that the stream's own limit refused the message.
func isFull(err error) bool {
	return apiCode(err) == codeStoreFailed && strings.Contains(err.Error(), "maximum bytes exceeded")
}

// isBroken reports that the server's store has failed, which only a new start
// of the server cures.
func isBroken(err error) bool {
	switch apiCode(err) {
	case codeStoreFailed:
		return !isFull(err)
	case jetstream.JSErrCodeJetStreamNotEnabled, jetstream.JSErrCodeJetStreamNotEnabledForAccount:
		return true
	}
	return false
}
