package stage

import "time"

// Bucket is a token bucket. It is not safe for concurrent use; it lives inside
// a state that has its own lock.
type Bucket struct {
	tokens float64
	last   time.Time
}

// Take removes one token if there is one. The bucket refills by perSecond
// tokens a second up to burst; it starts full. Without a token it gives the
// time until the next one.
func (b *Bucket) Take(now time.Time, perSecond, burst float64) (wait time.Duration, ok bool) {
	if b.last.IsZero() {
		b.tokens, b.last = burst, now
	}
	if passed := now.Sub(b.last).Seconds(); passed > 0 {
		b.tokens = min(burst, b.tokens+passed*perSecond)
		b.last = now
	}
	if b.tokens >= 1 {
		b.tokens--
		return 0, true
	}
	return time.Duration((1 - b.tokens) / perSecond * float64(time.Second)), false
}
