package bench

import (
	"fmt"
	"io"
	"os"
	"slices"
	"time"
)

// Result is what a run showed. Durations are in milliseconds.
type Result struct {
	Engine      string   `json:"engine"`
	Target      string   `json:"target"`
	Rate        float64  `json:"offered_per_second"`
	Seconds     float64  `json:"seconds"`
	Companies   int      `json:"companies"`
	Customers   int      `json:"customers"`
	Messages    int      `json:"messages"`
	Accepted    Spread   `json:"accept_ms"`
	Replied     Spread   `json:"reply_ms"`
	Throughput  float64  `json:"replies_per_second"`
	Backlog     int      `json:"backlog_at_last_message"`
	Refused     int64    `json:"posts_refused"`
	Unanswered  int      `json:"unanswered"`
	Doubled     int      `json:"doubled"`
	OutOfOrder  int      `json:"out_of_order"`
	Statuses    int64    `json:"statuses_reported"`
	Odd         []string `json:"odd,omitempty"`
	CPUPerMsgUS float64  `json:"cpu_us_per_message"`
	ServerRSS   int64    `json:"server_rss_bytes"`
	FsyncMS     Spread   `json:"fsync_ms"`
	Note        string   `json:"note,omitempty"`
}

// Spread is a distribution in a few numbers.
type Spread struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// SpreadOf sorts what was measured and reads the percentiles.
func SpreadOf(values []time.Duration) Spread {
	if len(values) == 0 {
		return Spread{}
	}
	slices.Sort(values)
	at := func(share float64) float64 {
		return float64(values[min(int(share*float64(len(values))), len(values)-1)]) / float64(time.Millisecond)
	}
	return Spread{P50: at(0.50), P90: at(0.90), P99: at(0.99), Max: at(1)}
}

func (p *Provider) result(start, sentAll time.Time, accepted []time.Duration, backlog int, refused int64) Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	all, warm := p.plan.messages()
	r := Result{
		Rate: p.plan.Rate, Seconds: p.plan.For.Seconds(), Companies: len(p.plan.Numbers), Customers: p.plan.Customers, Messages: all - warm,
		Accepted: SpreadOf(slices.Clone(accepted[warm:])), Refused: refused, Statuses: p.told.Load(), Odd: p.strange,
	}
	if p.plan.AcceptOnly {
		r.Throughput = float64(all-warm) / sentAll.Sub(start.Add(p.plan.due(warm))).Seconds()
		return r
	}
	var took []time.Duration
	last := start
	for i := warm; i < all; i++ {
		at, ok := p.replies[i]
		if !ok {
			r.Unanswered++
			continue
		}
		took = append(took, at.Sub(start.Add(p.plan.due(i))))
		if at.After(last) {
			last = at
		}
	}
	r.Replied = SpreadOf(took)
	r.Throughput = float64(len(took)) / last.Sub(start.Add(p.plan.due(warm))).Seconds()
	r.Backlog, r.Doubled, r.OutOfOrder = backlog, p.doubled, p.swapped
	return r
}

// Sound reports whether nothing was lost, doubled or out of order.
func (r Result) Sound() bool {
	return r.Unanswered == 0 && r.Doubled == 0 && r.OutOfOrder == 0 && len(r.Odd) == 0
}

// Print writes the result for a person.
func (r Result) Print(out io.Writer) {
	fmt.Fprintf(out, "%s, %s: %.0f messages/s offered for %.0f s by %d customers to %d companies\n", r.Engine, r.Target, r.Rate, r.Seconds, r.Customers, r.Companies)
	fmt.Fprintf(out, "  accepted        p50 %7.1f ms   p90 %7.1f   p99 %7.1f   max %7.1f   (%d posts refused and repeated)\n", r.Accepted.P50, r.Accepted.P90, r.Accepted.P99, r.Accepted.Max, r.Refused)
	if r.Replied != (Spread{}) || r.Unanswered > 0 {
		fmt.Fprintf(out, "  reply accepted  p50 %7.1f ms   p90 %7.1f   p99 %7.1f   max %7.1f\n", r.Replied.P50, r.Replied.P90, r.Replied.P99, r.Replied.Max)
		fmt.Fprintf(out, "  %.0f replies/s, backlog %d when the last message was sent, %d statuses reported\n", r.Throughput, r.Backlog, r.Statuses)
		fmt.Fprintf(out, "  unanswered %d, doubled %d, out of order %d\n", r.Unanswered, r.Doubled, r.OutOfOrder)
	} else {
		fmt.Fprintf(out, "  %.0f accepted/s\n", r.Throughput)
	}
	fmt.Fprintf(out, "  server: %.0f us CPU a message, %.0f MB resident; fsync of 4 KiB here p50 %.2f ms, p99 %.2f ms\n", r.CPUPerMsgUS, float64(r.ServerRSS)/(1<<20), r.FsyncMS.P50, r.FsyncMS.P99)
	for _, odd := range r.Odd {
		fmt.Fprintf(out, "  odd: %s\n", odd)
	}
	if r.Note != "" {
		fmt.Fprintf(out, "  note: %s\n", r.Note)
	}
}

// Fsync measures what this machine's disk takes to keep 4 KiB.
func Fsync(folder string) (Spread, error) {
	file, err := os.CreateTemp(folder, "fsync-*")
	if err != nil {
		return Spread{}, err
	}
	defer os.Remove(file.Name())
	defer file.Close()
	block := make([]byte, 4096)
	took := make([]time.Duration, 200)
	for i := range took {
		if _, err := file.Write(block); err != nil {
			return Spread{}, err
		}
		start := time.Now()
		if err := file.Sync(); err != nil {
			return Spread{}, err
		}
		took[i] = time.Since(start)
	}
	return SpreadOf(took), nil
}
