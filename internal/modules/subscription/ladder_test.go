package subscription

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"prosa/internal/base/fault"
)

const noon = int64(1_770_000_000_000)

func TestWhereASubscriptionStands(t *testing.T) {
	paid := Invoice{State: BillPaid, DueMS: noon - 40*day}
	bill := func(state BillState, daysAgo int64) Invoice {
		return Invoice{State: state, DueMS: noon - daysAgo*day, DisputedMS: noon - daysAgo*day}
	}
	vendor := Subscription{Provider: "psp", State: Active}
	trial := func(endsIn int64) Subscription {
		return Subscription{State: Trialing, TrialEndMS: noon + endsIn*day}
	}
	leaving := trial(-1)
	leaving.EndsAtPeriod = true
	for name, c := range map[string]struct {
		sub      Subscription
		remote   RemoteState
		invoices []Invoice
		state    State
		rung     string
	}{
		"nothing is owed":                    {vendor, RemoteActive, nil, Active, ""},
		"all is paid":                        {vendor, RemoteActive, []Invoice{paid}, Active, ""},
		"a card that is not tried yet":       {vendor, RemoteActive, []Invoice{bill(BillOpen, 0)}, Active, ""},
		"a card that nobody tried for a day": {vendor, RemoteActive, []Invoice{bill(BillOpen, 1)}, PastDue, "retry"},
		"a card that was declined":           {vendor, RemotePastDue, []Invoice{bill(BillFailed, 0)}, PastDue, "retry"},
		"three days":                         {vendor, RemotePastDue, []Invoice{bill(BillFailed, 3)}, PastDue, "reminder"},
		"nine days":                          {vendor, RemotePastDue, []Invoice{bill(BillFailed, 9)}, PastDue, "warning"},
		"ten days":                           {vendor, RemotePastDue, []Invoice{bill(BillFailed, 10)}, ReadOnly, "read_only"},
		"twenty days":                        {vendor, RemotePastDue, []Invoice{bill(BillFailed, 20)}, Suspended, "suspended"},
		"sixty days":                         {vendor, RemotePastDue, []Invoice{bill(BillFailed, 60)}, Suspended, "deletion_notice"},
		"the oldest counts":                  {vendor, RemotePastDue, []Invoice{bill(BillFailed, 1), bill(BillFailed, 12)}, ReadOnly, "read_only"},
		"Pix is awaited for a week":          {vendor, RemoteActive, []Invoice{bill(BillPending, 6)}, Active, ""},
		"and not longer":                     {vendor, RemoteActive, []Invoice{bill(BillPending, 7)}, PastDue, "retry"},
		"a chargeback":                       {vendor, RemoteActive, []Invoice{bill(BillDisputed, 4)}, PastDue, "reminder"},
		"void and refunded ones owe nothing": {vendor, RemoteActive, []Invoice{bill(BillVoid, 30), bill(BillRefunded, 30)}, Active, ""},
		"late, says the vendor alone":        {vendor, RemotePastDue, []Invoice{paid}, PastDue, "retry"},
		"the vendor ended it":                {vendor, RemoteEnded, []Invoice{bill(BillFailed, 30)}, Ended, ""},
		"a trial at the vendor":              {vendor, RemoteTrialing, nil, Trialing, ""},
		"a trial of ours":                    {trial(1), "", nil, Trialing, ""},
		"a trial of ours that is over":       {trial(-1), "", nil, Suspended, ""},
		"a trial of ours that was canceled":  {leaving, "", nil, Ended, ""},
	} {
		at := judge(c.sub, c.remote, c.invoices, noon)
		rung := ""
		if at.rung != nil {
			rung = at.rung.name
		}
		if at.state != c.state || rung != c.rung {
			t.Errorf("%s: %s on rung %q, want %s on %q", name, at.state, rung, c.state, c.rung)
		}
	}
}

// Time alone only leads down the ladder, the order of invoices means nothing, and
// the next moment that is told is the one at which something changes.
func TestTheLadderIsOneWayUntilPaid(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sub := Subscription{Provider: "psp", State: Active}
		invoices := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) Invoice {
			state := rapid.SampledFrom([]BillState{BillOpen, BillPending, BillFailed, BillPaid, BillVoid, BillRefunded, BillDisputed}).Draw(t, "state")
			due := noon - rapid.Int64Range(-5, 70).Draw(t, "days")*day
			return Invoice{State: state, DueMS: due, DisputedMS: due}
		}), 0, 5).Draw(t, "invoices")
		nowMS := noon + rapid.Int64Range(0, 40*day).Draw(t, "now")
		at := judge(sub, RemoteActive, invoices, nowMS)
		turned := append([]Invoice{}, invoices...)
		for i, j := 0, len(turned)-1; i < j; i, j = i+1, j-1 {
			turned[i], turned[j] = turned[j], turned[i]
		}
		if again := judge(sub, RemoteActive, turned, nowMS); again.state != at.state || again.overdueMS != at.overdueMS || again.nextMS != at.nextMS {
			t.Fatalf("in another order %+v, was %+v", again, at)
		}
		later := judge(sub, RemoteActive, invoices, nowMS+rapid.Int64Range(0, 100*day).Draw(t, "later"))
		if severity(later.state.company()) < severity(at.state.company()) {
			t.Fatalf("time made %s of %s", later.state, at.state)
		}
		if at.nextMS > 0 {
			if just := judge(sub, RemoteActive, invoices, at.nextMS-1); just.state != at.state {
				t.Fatalf("it changed before %d", at.nextMS)
			}
		}
		for i := range invoices {
			invoices[i].State = BillPaid
		}
		if free := judge(sub, RemoteActive, invoices, nowMS); free.state != Active || free.overdueMS != 0 {
			t.Fatalf("all is paid, and it stands at %+v", free)
		}
	})
}

func TestPausesGrowAndEnd(t *testing.T) {
	last := int64(0)
	for failures := range int64(20) {
		p := pause(failures, errLost, noon)
		if p < last || p > time.Hour.Milliseconds() {
			t.Fatalf("after %d failures %d ms", failures, p)
		}
		last = p
	}
	if p := pause(0, &Trouble{Kind: Throttled, UntilMS: noon + 90_000}, noon); p != 90_000 {
		t.Errorf("the vendor asked for 90 s, it gets %d ms", p)
	}
}

func TestSettingsThatCanNotBeWorkedWith(t *testing.T) {
	good := Config{SweepEvery: time.Second, SweepBatch: 1, LookEvery: time.Hour, LookSoon: time.Minute}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for name, spoil := range map[string]func(*Config){
		"PROSA_PLAN_SWEEP_EVERY":   func(c *Config) { c.SweepBatch = 0 },
		"PROSA_PLAN_LOOK_EVERY":    func(c *Config) { c.LookSoon = time.Second },
		"PROSA_PLAN_RETURN_WITHIN": func(c *Config) { c.ReturnAfter = -1 },
	} {
		bad := good
		spoil(&bad)
		if f, ok := bad.Validate().(*fault.Error); !ok || f.Field != name {
			t.Errorf("%s: %v", name, bad.Validate())
		}
	}
}
