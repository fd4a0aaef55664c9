package channel

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

// Over any stretch of time a bucket lets through at most its burst and what it
// gained meanwhile, and it never makes a patient caller wait for ever.
func TestBucketHoldsItsRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		every := time.Duration(rapid.Int64Range(1, 6000).Draw(t, "every_ms")) * time.Millisecond
		burst := rapid.IntRange(1, 60).Draw(t, "burst")
		b := bucket{every: every, burst: burst}
		start := int64(1_700_000_000_000)
		now, taken := start, 0
		for range rapid.IntRange(1, 200).Draw(t, "steps") {
			if wait := b.waitMS(now, 0); wait > 0 {
				now += wait
				if b.waitMS(now, 0) != 0 {
					t.Fatalf("waited %d ms and must wait again", wait)
				}
			}
			b.take(now)
			taken++
			allowed := float64(burst) + float64(now-start)/float64(every.Milliseconds()) + 1e-6
			if float64(taken) > allowed {
				t.Fatalf("%d messages in %d ms, %.2f are allowed", taken, now-start, allowed)
			}
			now += rapid.Int64Range(0, 2*every.Milliseconds()).Draw(t, "pause")
		}
	})
}

func TestBucketStartsFull(t *testing.T) {
	b := bucket{every: 6 * time.Second, burst: 45}
	for n := range 45 {
		if b.waitMS(1000, 0) != 0 {
			t.Fatalf("message %d of the burst had to wait", n)
		}
		b.take(1000)
	}
	if wait := b.waitMS(1000, 0); wait < 5_900 || wait > 6_100 {
		t.Fatalf("the 46th waits %d ms, want about 6 s", wait)
	}
}

func TestNoLimitNeverWaits(t *testing.T) {
	b := bucket{}
	for range 1000 {
		b.take(5)
	}
	if b.waitMS(5, 0) != 0 || !b.idle(5) {
		t.Fatal("a bucket without a rate made somebody wait")
	}
}

func TestWaitsGrow(t *testing.T) {
	last := time.Duration(0)
	for attempt := 1; attempt < 12; attempt++ {
		wait := backoff(attempt, 0)
		if wait < last || wait > 10*time.Minute {
			t.Fatalf("wait %d is %s after %s", attempt, wait, last)
		}
		if spread := backoff(attempt, 1); spread != wait+wait/4 {
			t.Fatalf("spread of %s is %s", wait, spread)
		}
		last = wait
	}
	for attempt, want := range map[int]time.Duration{1: time.Second, 2: 4 * time.Second, 3: 16 * time.Second, 9: 10 * time.Minute} {
		if got := pairBackoff(attempt); got != want {
			t.Errorf("pair retry %d waits %s, want %s", attempt, got, want)
		}
	}
}
