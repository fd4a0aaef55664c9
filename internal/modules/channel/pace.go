package channel

import "time"

// bucket is a token bucket on the caller's clock: it starts full, holds up to
// burst, and gains one token every `every`. A zero every never empties.
type bucket struct {
	every time.Duration
	burst int
	// fullAt is when the bucket will be full again; one number is all its state.
	fullAtMS float64
}

// waitMS tells how long after nowMS the next token is there, with so many left
// in reserve; 0 means now.
func (b *bucket) waitMS(nowMS int64, reserve int) int64 {
	if b.every <= 0 {
		return 0
	}
	cost := float64(b.every) / float64(time.Millisecond)
	// With fullAt in the future by more than (burst-1) tokens, none is left.
	wait := b.fullAtMS - float64(nowMS) - cost*float64(b.burst-1-reserve)
	if wait <= 0 {
		return 0
	}
	return int64(wait) + 1
}

// take uses one token; call it only when waitMS is 0.
func (b *bucket) take(nowMS int64) {
	if b.every <= 0 {
		return
	}
	b.fullAtMS = max(b.fullAtMS, float64(nowMS)) + float64(b.every)/float64(time.Millisecond)
}

// idle reports whether the bucket is full, so that forgetting it changes
// nothing.
func (b *bucket) idle(nowMS int64) bool { return b.fullAtMS <= float64(nowMS) }

// backoff is the wait before try n+1 after n tries: 1 s, 4 s, 16 s, 64 s, then
// 10 min, with spread (0..1) of a quarter so that a crowd does not return at
// once.
func backoff(attempt int, spread float64) time.Duration {
	wait := 10 * time.Minute
	if attempt < 5 {
		wait = time.Second << (2 * max(attempt-1, 0))
	}
	return wait + time.Duration(spread*float64(wait)/4)
}

// pairBackoff is how a throttled pair is retried: 4^n seconds from n = 0.
// Source: Meta, error 131056.
func pairBackoff(attempt int) time.Duration {
	return min(time.Second<<(2*max(attempt-1, 0)), 10*time.Minute)
}
