package subscription

import (
	"errors"
	"sync"
	"time"
)

// rests remembers which vendors are to be left alone: thousands of subscriptions
// that are due are no reason to ask one that said no to all a moment ago. Each
// process learns it by itself.
type rests struct {
	mu    sync.Mutex
	until map[string]rest
}

type rest struct {
	ms      int64
	trouble *Trouble
}

// Rests of vendors that do not say for how long, in milliseconds.
const (
	throttledRest = int64(30 * time.Second / time.Millisecond)
	lockedRest    = int64(time.Minute / time.Millisecond)
)

// of gives why a vendor is left alone now, nil when it is not.
func (r *rests) of(vendor string, nowMS int64) *Trouble {
	r.mu.Lock()
	defer r.mu.Unlock()
	known := r.until[vendor]
	if known.ms <= nowMS {
		return nil
	}
	return &Trouble{Kind: known.trouble.Kind, Field: known.trouble.Field, Message: known.trouble.Message, UntilMS: known.ms}
}

// learn takes an answer of a vendor: trouble that is everybody's begins a rest.
func (r *rests) learn(vendor string, failed error, nowMS int64) {
	trouble := new(Trouble)
	if !errors.As(failed, &trouble) {
		return
	}
	until := int64(0)
	switch trouble.Kind {
	case Throttled:
		until = max(nowMS+throttledRest, min(trouble.UntilMS, nowMS+time.Hour.Milliseconds()))
	case Locked:
		until = nowMS + lockedRest
	default:
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.until[vendor] = rest{until, trouble}
}
