package manual

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
	"prosa/internal/base/money"
	"prosa/internal/modules/subscription"
)

var ctx = context.Background()

// shelf keeps lines in memory, as the books do.
type shelf struct {
	lines map[string][]subscription.Entry
	now   time.Time
}

func (s *shelf) Entries(_ context.Context, id string) ([]subscription.Entry, int64, error) {
	if len(s.lines[id]) == 0 {
		return nil, 0, fault.New(fault.NotFound, "no such contract")
	}
	return s.lines[id], s.now.UnixMilli(), nil
}

func (s *shelf) Enter(_ context.Context, id string, e subscription.Entry) error {
	if len(s.lines[id]) == 0 {
		return fault.New(fault.NotFound, "no such contract")
	}
	if slices.ContainsFunc(s.lines[id], func(other subscription.Entry) bool { return other.Key == e.Key }) {
		return nil
	}
	if e.AtMS == 0 {
		e.AtMS = s.now.UnixMilli()
	}
	s.lines[id] = append(s.lines[id], e)
	return nil
}

// opened is a contract of R$ 500 a month from a day on, due 5 days later.
func opened(t testing.TB, from time.Time) (*shelf, *Provider) {
	t.Helper()
	data, err := json.Marshal(subscription.Opening{Interval: subscription.Monthly, Price: 50_000, Currency: money.BRL, StartMS: from.UnixMilli(), DueDays: 5, Zone: "America/Sao_Paulo"})
	if err != nil {
		t.Fatal(err)
	}
	s := &shelf{now: from, lines: map[string][]subscription.Entry{"ctr": {{Key: subscription.EntryOpened, Kind: subscription.EntryOpened, AtMS: from.UnixMilli(), Data: data}}}}
	return s, New(s)
}

func look(t testing.TB, p *Provider) subscription.Remote {
	t.Helper()
	r, err := p.LookSubscription(ctx, "ctr")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func pays(t testing.TB, s *shelf, bill subscription.Bill) {
	t.Helper()
	data, err := json.Marshal(subscription.Payment{BillID: bill.BillID, Amount: bill.Amount, PaidMS: s.now.UnixMilli()})
	if err == nil {
		err = s.Enter(ctx, "ctr", subscription.Entry{Key: "paid:" + bill.BillID, Kind: subscription.EntryPaid, Data: data})
	}
	if err != nil {
		t.Fatal(err)
	}
}

var zone = time.FixedZone("BRT", -3*3600)

func TestBillsAreDueByTheCalendar(t *testing.T) {
	// 31 January 2026 is a Saturday; five days later is Thursday.
	s, p := opened(t, time.Date(2026, 1, 31, 9, 0, 0, 0, zone))
	s.now = time.Date(2026, 6, 10, 0, 0, 0, 0, zone)
	r := look(t, p)
	var starts, dues []string
	for _, b := range slices.Backward(r.Bills) {
		starts = append(starts, time.UnixMilli(b.PeriodStartMS).In(zone).Format("02/01"))
		dues = append(dues, time.UnixMilli(b.DueMS).In(zone).Format("02/01 15:04"))
		if b.State != subscription.BillPending || b.Amount != 50_000 {
			t.Errorf("%+v", b)
		}
	}
	if want := []string{"31/01", "28/02", "31/03", "30/04", "31/05"}; !slices.Equal(starts, want) {
		t.Errorf("periods begin %v, want %v", starts, want)
	}
	// 5 April is Easter Sunday: Monday. 5 June follows Corpus Christi: Friday, a business day.
	if want := []string{"05/02 23:59", "05/03 23:59", "06/04 23:59", "05/05 23:59", "05/06 23:59"}; !slices.Equal(dues, want) {
		t.Errorf("due %v, want %v", dues, want)
	}
}

func TestWhatWasPaidAndSentBack(t *testing.T) {
	s, p := opened(t, time.Date(2026, 3, 2, 9, 0, 0, 0, zone))
	bill := look(t, p).Bills[0]
	pays(t, s, bill)
	pays(t, s, bill)
	if b := look(t, p).Bills[0]; b.State != subscription.BillPaid || b.Paid != 50_000 {
		t.Fatalf("%+v", b)
	}
	for range 2 {
		if err := p.Refund(ctx, "wsh_1", bill.BillID, 20_000); err != nil {
			t.Fatal(err)
		}
	}
	if b := look(t, p).Bills[0]; b.State != subscription.BillPaid || b.Refunded != 20_000 {
		t.Fatalf("%+v", b)
	}
	if err := p.Refund(ctx, "wsh_2", bill.BillID, 30_000); err != nil {
		t.Fatal(err)
	}
	if b := look(t, p).Bills[0]; b.State != subscription.BillRefunded {
		t.Fatalf("%+v", b)
	}
	var trouble *subscription.Trouble
	if err := p.Refund(ctx, "wsh_3", "ctr:nothing", 1); !errors.As(err, &trouble) || trouble.Kind != subscription.Refused {
		t.Errorf("an unknown bill: %v", err)
	}
}

func TestAContractIsChangedAndEnds(t *testing.T) {
	s, p := opened(t, time.Date(2026, 3, 2, 9, 0, 0, 0, zone))
	s.now = time.Date(2026, 3, 12, 9, 0, 0, 0, zone)
	change := subscription.Change{SubscriptionID: "ctr", Interval: subscription.Monthly, Price: 80_000, Due: 20_000}
	for range 2 {
		if err := p.ApplyChange(ctx, "wsh_1", change); err != nil {
			t.Fatal(err)
		}
	}
	r := look(t, p)
	if len(r.Bills) != 2 || r.Bills[0].Amount != 20_000 || r.Bills[1].Amount != 50_000 {
		t.Fatalf("%+v", r.Bills)
	}
	s.now = time.Date(2026, 4, 3, 9, 0, 0, 0, zone)
	if r = look(t, p); len(r.Bills) != 3 || r.Bills[0].Amount != 80_000 {
		t.Fatalf("%+v", r.Bills)
	}
	// A year begins in the middle of a month.
	yearly := subscription.Change{SubscriptionID: "ctr", Interval: subscription.Annual, Price: 800_000, Due: 750_000, NewPeriodMS: s.now.UnixMilli()}
	if err := p.ApplyChange(ctx, "wsh_2", yearly); err != nil {
		t.Fatal(err)
	}
	r = look(t, p)
	if r.Interval != subscription.Annual || r.PeriodStartMS != s.now.UnixMilli() || r.PeriodEndMS != s.now.AddDate(1, 0, 0).UnixMilli() || r.Bills[0].Amount != 750_000 || len(r.Bills) != 4 {
		t.Fatalf("%+v", r)
	}
	if err := p.CancelAtEnd(ctx, "wsh_3", "ctr", true); err != nil {
		t.Fatal(err)
	}
	if r = look(t, p); !r.EndsAtPeriod || r.State != subscription.RemoteActive {
		t.Fatalf("%+v", r)
	}
	s.now = s.now.Add(time.Hour)
	if err := p.CancelAtEnd(ctx, "wsh_4", "ctr", false); err != nil {
		t.Fatal(err)
	}
	if r = look(t, p); r.EndsAtPeriod {
		t.Fatalf("%+v", r)
	}
	s.now = s.now.Add(time.Hour)
	if err := p.CancelAtEnd(ctx, "wsh_5", "ctr", true); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.AddDate(1, 1, 0)
	if r = look(t, p); r.State != subscription.RemoteEnded || len(r.Bills) != 4 {
		t.Fatalf("%+v", r)
	}
}

func TestAContractIsEndedAtOnce(t *testing.T) {
	s, p := opened(t, time.Date(2026, 3, 2, 9, 0, 0, 0, zone))
	s.now = s.now.AddDate(0, 0, 10)
	if err := p.CancelNow(ctx, "wsh_1", "ctr"); err != nil {
		t.Fatal(err)
	}
	s.now = s.now.AddDate(0, 2, 0)
	if r := look(t, p); r.State != subscription.RemoteEnded || len(r.Bills) != 1 {
		t.Fatalf("%+v", r)
	}
}

func TestThereIsNoPage(t *testing.T) {
	_, p := opened(t, time.Date(2026, 3, 2, 9, 0, 0, 0, zone))
	if _, err := p.StartCheckout(ctx, "k", subscription.Checkout{}); err == nil {
		t.Error("a page to pay on")
	}
	if _, err := p.Verify(nil, nil); !fault.Is(err, fault.Unauthorized) {
		t.Errorf("a callback: %v", err)
	}
	var trouble *subscription.Trouble
	if _, err := p.LookSubscription(ctx, "other"); !errors.As(err, &trouble) {
		t.Errorf("an unknown contract: %v", err)
	}
}

// Periods follow one another without a gap or an overlap, whatever is changed
// when; and what is computed does not depend on how often it was looked.
func TestPeriodsCoverTheContract(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		start := time.Date(2026, 1, rapid.IntRange(1, 31).Draw(rt, "day"), rapid.IntRange(0, 23).Draw(rt, "hour"), 0, 0, 0, zone)
		s, p := opened(t, start)
		for i := range rapid.IntRange(0, 4).Draw(rt, "changes") {
			s.now = s.now.AddDate(0, 0, rapid.IntRange(1, 90).Draw(rt, "days"))
			change := subscription.Change{SubscriptionID: "ctr", Interval: rapid.SampledFrom([]subscription.Interval{subscription.Monthly, subscription.Annual}).Draw(rt, "interval"), Price: 60_000}
			if rapid.Bool().Draw(rt, "at once") {
				change.NewPeriodMS, change.Due = s.now.UnixMilli(), 1_000
			}
			if err := p.ApplyChange(ctx, string(rune('a'+i)), change); err != nil {
				rt.Fatal(err)
			}
		}
		s.now = s.now.AddDate(0, 0, rapid.IntRange(1, 800).Draw(rt, "later"))
		lines, nowMS, err := s.Entries(ctx, "ctr")
		if err != nil {
			rt.Fatal(err)
		}
		c, err := read("ctr", lines)
		if err != nil {
			rt.Fatal(err)
		}
		periods := c.periods(nowMS)
		for i, period := range periods {
			if !period.start.Before(period.end) || i > 0 && !periods[i-1].end.Equal(period.start) {
				rt.Fatalf("period %d of %+v", i, periods)
			}
		}
		if last := periods[len(periods)-1]; last.start.UnixMilli() > nowMS || last.end.UnixMilli() <= nowMS {
			rt.Fatalf("now is not in the last period: %+v", last)
		}
		seen := map[string]bool{}
		for _, b := range c.remote(nowMS).Bills {
			if seen[b.BillID] {
				rt.Fatalf("the bill %s comes twice", b.BillID)
			}
			seen[b.BillID] = true
		}
	})
}
