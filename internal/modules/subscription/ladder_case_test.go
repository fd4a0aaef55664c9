package subscription

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"prosa/internal/modules/mail"
)

// Each rung, from its first millisecond to its last, and when the next one is.
func TestEachRungBeginsOnItsDayAndNoMillisecondSooner(t *testing.T) {
	sub := Subscription{Provider: "psp", State: Active}
	want := []struct {
		days   int64
		name   string
		state  State
		letter string
		why    string
	}{
		{0, "retry", PastDue, mail.PlanPaymentFailed, "payment_retry"},
		{3, "reminder", PastDue, mail.PlanPaymentReminder, "payment_reminder"},
		{7, "warning", PastDue, mail.PlanPaymentWarning, "payment_warning"},
		{10, "read_only", ReadOnly, mail.PlanReadOnly, "payment_read_only"},
		{20, "suspended", Suspended, mail.PlanSuspended, "payment_suspended"},
		{60, "deletion_notice", Suspended, mail.PlanDeletion, "payment_deletion_notice"},
	}
	failed := []Invoice{{State: BillFailed, DueMS: noon}}
	for i, rung := range want {
		begins := noon + rung.days*day
		at := judge(sub, RemotePastDue, failed, begins)
		if at.rung == nil || at.rung.name != rung.name || at.state != rung.state || at.rung.letter != rung.letter || sub.why(at) != rung.why || at.overdueMS != noon {
			t.Fatalf("day %d: %+v", rung.days, at)
		}
		next := int64(0)
		if i+1 < len(want) {
			next = noon + want[i+1].days*day
		}
		if at.nextMS != next {
			t.Errorf("behind day %d the next is at %d, want %d", rung.days, at.nextMS, next)
		}
		if i > 0 {
			before := judge(sub, RemotePastDue, failed, begins-1)
			if before.rung == nil || before.rung.name != want[i-1].name || before.nextMS != begins {
				t.Errorf("a millisecond before day %d: %+v", rung.days, before)
			}
		}
	}
	if at := judge(sub, RemotePastDue, failed, noon+1000*day); at.rung.name != "deletion_notice" || at.state != Suspended {
		t.Errorf("after years: %+v", at) // nothing is deleted by time alone
	}
}

// Every kind of bill has its own day 0, and what is no debt has none.
func TestWhenABillBeginsToBeMissing(t *testing.T) {
	for _, c := range []struct {
		state BillState
		after int64 // days behind its due date, -1 = never
	}{
		{BillFailed, 0}, {BillOpen, 1}, {BillPending, 7}, {BillPaid, -1}, {BillVoid, -1}, {BillRefunded, -1},
	} {
		got := Invoice{State: c.state, DueMS: noon, DisputedMS: noon - 5*day}.overdueFrom()
		want := noon + c.after*day
		if c.after < 0 {
			want = 0
		}
		if got != want {
			t.Errorf("%s begins at %d, want %d", c.state, got, want)
		}
	}
	if got := (Invoice{State: BillDisputed, DueMS: noon - 90*day, DisputedMS: noon}).overdueFrom(); got != noon {
		t.Errorf("a chargeback counts from %d, want the day of the dispute", got)
	}
}

// The terms that customers agree to promise the ladder's days, and those of the
// announcement of the deletion.
func TestTheTermsPromiseTheLadder(t *testing.T) {
	var want []string
	for _, state := range []State{ReadOnly, Suspended} {
		want = append(want, fmt.Sprint(rungAt(state)))
	}
	rungs := ladder()
	want = append(want, fmt.Sprint(rungs[len(rungs)-1].days))
	for file, pattern := range map[string]string{
		"terms.pt-BR.md": `[Dd]epois de (\d+) dias`,
		"terms.en.md":    `[Aa]fter (\d+) days`,
	} {
		text, err := os.ReadFile(filepath.Join("..", "acquisition", "text", file))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, found := range regexp.MustCompile(pattern).FindAllSubmatch(text, -1) {
			got = append(got, string(found[1]))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s promises %v, the ladder has %v", file, got, want)
		}
	}
}

// The company's state goes with the subscription's, and no two that differ in
// what may be done have the same severity.
func TestWhatACompanyMayStillDo(t *testing.T) {
	seen := map[int]string{}
	last := -1
	for _, c := range []struct {
		state   State
		company string
	}{{Trialing, "active"}, {Active, "active"}, {PastDue, "past_due"}, {ReadOnly, "read_only"}, {Suspended, "suspended"}, {Ended, "canceled"}} {
		if got := c.state.company(); got != c.company {
			t.Errorf("%s goes with %s, want %s", c.state, got, c.company)
		}
		n := severity(c.company)
		if n < last || seen[n] != "" && seen[n] != c.company {
			t.Errorf("%s is as severe as %s", c.company, seen[n])
		}
		seen[n], last = c.company, n
	}
	if severity("of a later version") <= last {
		t.Error("a state that nobody knows is lifted by a payment")
	}
}

// When a vendor is read again: soon while money is awaited, at each turn of time,
// never once it is over.
func TestWhenAVendorIsReadAgain(t *testing.T) {
	s := &Service{cfg: Config{LookEvery: 6 * time.Hour, LookSoon: 15 * time.Minute}}
	hours := func(n float64) int64 { return noon + int64(n*float64(time.Hour.Milliseconds())) }
	for name, c := range map[string]struct {
		sub      Subscription
		at       standing
		invoices []Invoice
		want     int64
	}{
		"all is paid":                      {Subscription{Provider: "psp", PeriodEndMS: hours(400)}, standing{}, []Invoice{{State: BillPaid}}, hours(6)},
		"the period ends sooner":           {Subscription{Provider: "psp", PeriodEndMS: hours(1)}, standing{}, nil, hours(1) + 1},
		"it ended long ago":                {Subscription{Provider: "psp", PeriodEndMS: hours(-9)}, standing{}, nil, hours(6)},
		"a bill waits":                     {Subscription{Provider: "psp"}, standing{}, []Invoice{{State: BillPaid}, {State: BillPending}}, hours(0.25)},
		"a payment is missing":             {Subscription{Provider: "psp"}, standing{overdueMS: noon - day}, nil, hours(0.25)},
		"time changes something before":    {Subscription{Provider: "psp"}, standing{nextMS: hours(0.1)}, nil, hours(0.1)},
		"time changes something later":     {Subscription{Provider: "psp"}, standing{nextMS: hours(48)}, nil, hours(6)},
		"nobody takes money, a trial ends": {Subscription{}, standing{nextMS: hours(48)}, nil, hours(48)},
		"nobody takes money, nothing ends": {Subscription{}, standing{}, nil, 0},
		"it is over":                       {Subscription{Provider: "psp", State: Ended, PeriodEndMS: hours(1)}, standing{nextMS: hours(2)}, []Invoice{{State: BillOpen}}, 0},
	} {
		if got := s.nextLook(c.sub, c.at, c.invoices, noon); got != c.want {
			t.Errorf("%s: in %d ms, want %d", name, got-noon, c.want-noon)
		}
	}
}
