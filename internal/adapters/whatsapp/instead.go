package whatsapp

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"

	"prosa/internal/modules/channel"
)

// standIns remembers how many of a delivery's stand-ins were said, so that a
// repeated try goes on after them. It is lost with the process: then the try
// begins anew, and the customer reads a part twice rather than never.
type standIns struct {
	mu   sync.Mutex
	said map[string]int
}

// mostStandIns bounds what is remembered: deliveries between two tries.
const mostStandIns = 4096

func (s *standIns) begun(deliveryID string) (int, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, ok := s.said[deliveryID]
	return n, ok
}

func (s *standIns) set(deliveryID string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.said == nil {
		s.said = map[string]int{}
	}
	if deliveryID == "" || len(s.said) >= mostStandIns && s.said[deliveryID] == 0 {
		return
	}
	s.said[deliveryID] = n
}

func (s *standIns) forget(deliveryID string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.said, deliveryID)
}

// sendOrInstead sends the part, or when Meta refuses its form for good the
// parts that say the same in plainer words. The receipt is that of the last of
// them: its fate is the delivery's.
func (a *Adapter) sendOrInstead(ctx context.Context, account channel.Account, part channel.Part) (channel.Receipt, error) {
	from, begun := a.standIns.begun(part.Ours)
	if !begun {
		receipt, err := a.send(ctx, account, part)
		if !refusesForm(err) {
			return receipt, err
		}
		if usedBefore(part, err) {
			return channel.Receipt{}, &channel.SendError{Class: channel.Ambiguous, Code: "used_before", Message: err.Error()}
		}
		a.logger.InfoContext(ctx, "the platform refused a form, so the same is said in plainer words", "account", account.ID, "delivery", part.Ours, "reason", err)
	}
	var receipt channel.Receipt
	for n := from; n < len(part.Instead); n++ {
		a.standIns.set(part.Ours, n)
		var err error
		if receipt, err = a.send(ctx, account, part.Instead[n]); err != nil {
			var failure *channel.SendError
			if errors.As(err, &failure) && (failure.Class == channel.Rejected || failure.Class == channel.Window || failure.Class == channel.Dead) {
				a.standIns.forget(part.Ours)
			}
			return channel.Receipt{}, err
		}
	}
	a.standIns.forget(part.Ours)
	return receipt, nil
}

// usedBefore reports whether Meta refuses a bill since it holds one of the same
// reference, which is never used twice: it is this very bill, whose answer was
// lost. Its status tells the rest; said in words too, the customer would be asked
// to pay twice. Source: "Payments API for Brazil", reference_id must be unique.
// The wording is not documented, so that any word for it counts.
func usedBefore(part channel.Part, err error) bool {
	if !bytes.Contains(part.Body, []byte(`"order_details"`)) {
		return false
	}
	text := strings.ToLower(err.Error())
	if !strings.Contains(text, "reference_id") && !strings.Contains(text, "reference id") {
		return false
	}
	return slices.ContainsFunc([]string{"already", "unique", "duplicate", "in use", "exists"}, func(word string) bool { return strings.Contains(text, word) })
}

// ofTheCustomer are refusals that no other form of words would change: the
// customer cannot be reached, or is not to be.
var ofTheCustomer = []int{131021, 131026, 131030, 131049, 131050, 131062, 130472}

// refusesForm reports whether another form may pass where this one did not. A
// product that Meta does not hold and a bill that it does not allow come as a
// parameter that is not valid; which code a missing permission for payments has
// is not documented, so those of permissions count too, though they would stop
// the account on a plain text.
func refusesForm(err error) bool {
	var failure *channel.SendError
	if !errors.As(err, &failure) {
		return false
	}
	head, _, _ := strings.Cut(failure.Code, "/")
	code, notNumber := strconv.Atoi(head)
	switch failure.Class {
	case channel.Rejected:
		return notNumber != nil || !slices.Contains(ofTheCustomer, code)
	case channel.Stop:
		return notNumber == nil && (code == 10 || code >= 200 && code <= 299)
	default:
		return false
	}
}
