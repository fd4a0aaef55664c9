package bench

import (
	"context"
	"sync"
	"sync/atomic"
	"time"
)

// Run drives the plan against a gateway whose provider is p, and measures.
// before is called when the warm-up ends, to take the counters of the server's
// processes; it may be nil.
func Run(ctx context.Context, p *Provider, before func()) Result {
	plan := p.plan
	all, warm := plan.messages()
	accepted := make([]time.Duration, all)
	var failed atomic.Int64
	client := newClient(plan.Senders)
	next := make(chan int, plan.Senders)
	start := time.Now().Add(100 * time.Millisecond)

	var senders sync.WaitGroup
	for range plan.Senders {
		senders.Add(1)
		go func() {
			defer senders.Done()
			for i := range next {
				customer := plan.customer(i)
				n := plan.Numbers[plan.number(customer)]
				// Meta repeats what was not accepted; the latency goes on counting.
				for try := 0; ; try++ {
					if err := post(ctx, client, plan.Gateway, n, inbound(n, customer, i, time.Now())); err == nil {
						break
					}
					failed.Add(1)
					if try > 20 || !pause(ctx, 50*time.Millisecond) {
						break
					}
				}
				accepted[i] = time.Since(start.Add(plan.due(i)))
			}
		}()
	}
	for i := range all {
		if !pause(ctx, time.Until(start.Add(plan.due(i)))) {
			break
		}
		if i == warm && before != nil {
			before()
		}
		next <- i
	}
	close(next)
	senders.Wait()
	sentAll := time.Now()
	backlog := all - p.answered()
	p.drain(ctx, all)
	return p.result(start, sentAll, accepted, backlog, failed.Load())
}

// pause waits d unless ctx ends first; a d in the past does not wait.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}

func (p *Provider) answered() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.replies)
}

// drain waits until every message has its reply, or until none came for the
// plan's time.
func (p *Provider) drain(ctx context.Context, all int) {
	if p.plan.AcceptOnly {
		return
	}
	last, since := p.answered(), time.Now()
	for p.answered() < all && time.Since(since) < p.plan.Drain {
		if !pause(ctx, 20*time.Millisecond) {
			return
		}
		if now := p.answered(); now != last {
			last, since = now, time.Now()
		}
	}
	// The statuses of the last replies.
	pause(ctx, 4*p.plan.StatusEvery+50*time.Millisecond)
}
