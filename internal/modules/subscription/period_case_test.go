package subscription

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"prosa/internal/base/clock"
	"prosa/internal/base/money"
	"prosa/internal/modules/plan"
	"prosa/internal/modules/tenancy"
)

// at reads a moment of a zone.
func at(t *testing.T, zone *time.Location, text string) int64 {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04:05", text, zone)
	if err != nil {
		t.Fatal(err)
	}
	return clock.MS(moment)
}

// sold is a version with its prices.
func sold(monthly, annual money.Amount) plan.Version {
	return plan.Version{ID: "plv_target", State: plan.Published, Content: plan.Content{Currency: money.BRL, Monthly: monthly, Annual: annual}}
}

// Changes are counted by the days of the company's calendar: across months of
// every length, leap days, and nights on which clocks are put on or back.
func TestChangesAcrossMonthsAndSummerTimes(t *testing.T) {
	saoPaulo := zoneOf("America/Sao_Paulo")
	newYork, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Skip("this machine has no zone files")
	}
	for _, c := range []struct {
		name           string
		zone           *time.Location
		start, end, at string
		left, days     int64
		credit, charge money.Amount
		expires        string
	}{
		{"the first day of January", saoPaulo, "2026-01-31 09:00:00", "2026-02-28 09:00:00", "2026-01-31 09:00:00", 28, 28, 10_000, 30_000, "2026-02-01 00:00:00"},
		{"the last day of a short month", saoPaulo, "2026-01-31 09:00:00", "2026-02-28 09:00:00", "2026-02-27 23:59:59", 1, 28, 357, 1_071, "2026-02-28 00:00:00"},
		{"the day on which it ends, before its hour", saoPaulo, "2026-01-31 09:00:00", "2026-02-28 09:00:00", "2026-02-28 08:59:59", 0, 28, 0, 0, "2026-03-01 00:00:00"},
		{"a leap day", saoPaulo, "2028-02-01 00:00:00", "2028-03-01 00:00:00", "2028-02-29 12:00:00", 1, 29, 345, 1_034, "2028-03-01 00:00:00"},
		{"New Year's Eve", saoPaulo, "2026-12-15 00:00:00", "2027-01-15 00:00:00", "2026-12-31 23:59:59", 15, 31, 4_839, 14_516, "2027-01-01 00:00:00"},
		{"a second later it is another day", saoPaulo, "2026-12-15 00:00:00", "2027-01-15 00:00:00", "2027-01-01 00:00:00", 14, 31, 4_516, 13_548, "2027-01-02 00:00:00"},
		{"a day of 23 hours is a day", newYork, "2026-03-01 00:00:00", "2026-04-01 00:00:00", "2026-03-08 01:00:00", 24, 31, 7_742, 23_226, "2026-03-09 00:00:00"},
		{"and the one behind it", newYork, "2026-03-01 00:00:00", "2026-04-01 00:00:00", "2026-03-09 00:00:00", 23, 31, 7_419, 22_258, "2026-03-10 00:00:00"},
		{"a day of 25 hours is a day", newYork, "2026-11-01 00:00:00", "2026-12-01 00:00:00", "2026-11-01 23:30:00", 30, 30, 10_000, 30_000, "2026-11-02 00:00:00"},
	} {
		sub := Subscription{
			Provider: "psp", State: Active, Interval: Monthly, VersionID: "plv_now", Price: 10_000, Currency: money.BRL,
			PeriodStartMS: at(t, c.zone, c.start), PeriodEndMS: at(t, c.zone, c.end),
		}
		p := sub.cost(sold(10_000, 0), sold(30_000, 0), Wanted{"plv_target", Monthly}, 10_000, at(t, c.zone, c.at), c.zone)
		if p.AtEnd || p.DaysLeft != c.left || p.Days != c.days || p.Credit != c.credit || p.Charge != c.charge || p.Due != c.charge-c.credit {
			t.Errorf("%s: %d of %d days, %d less %d is %d", c.name, p.DaysLeft, p.Days, p.Charge, p.Credit, p.Due)
		}
		if want := at(t, c.zone, c.expires); p.ExpiresMS != want {
			t.Errorf("%s: the price holds until %s, want %s", c.name, clock.FromMS(p.ExpiresMS).In(c.zone), c.expires)
		}
		if p.NextBillMS != sub.PeriodEndMS {
			t.Errorf("%s: the next bill moves", c.name)
		}
	}
}

// Which change counts at once and which with the next period, and when is billed
// next.
func TestWhenAChangeCounts(t *testing.T) {
	zone := zoneOf(homeZone)
	start, end, now := at(t, zone, "2028-02-10 10:00:00"), at(t, zone, "2028-03-10 10:00:00"), at(t, zone, "2028-02-29 12:00:00")
	monthly := Subscription{Provider: "psp", State: Active, Interval: Monthly, Price: 10_000, PeriodStartMS: start, PeriodEndMS: end}
	annual := monthly
	annual.Interval, annual.Price, annual.PeriodEndMS = Annual, 100_000, at(t, zone, "2029-02-10 10:00:00")
	trial := monthly
	trial.State, trial.TrialEndMS = Trialing, at(t, zone, "2028-03-05 00:00:00")
	small, same, large := sold(5_000, 50_000), sold(10_000, 100_000), sold(20_000, 200_000)
	for name, c := range map[string]struct {
		sub     Subscription
		target  plan.Version
		every   Interval
		paid    money.Amount
		atEnd   bool
		due     money.Amount
		billing string
	}{
		"more, by the month":                          {monthly, large, Monthly, 10_000, false, 3_449, "2028-03-10 10:00:00"},
		"as much, by the month":                       {monthly, same, Monthly, 10_000, false, 0, "2028-03-10 10:00:00"},
		"less, by the month":                          {monthly, small, Monthly, 10_000, true, 0, "2028-03-10 10:00:00"},
		"more, where a coupon made it less":           {monthly, large, Monthly, 2_900, false, 5_897, "2028-03-10 10:00:00"},
		"a year of the same begins now, a leap day":   {monthly, same, Annual, 10_000, false, 96_552, "2029-03-01 12:00:00"},
		"a year of less waits":                        {monthly, small, Annual, 10_000, true, 0, "2028-03-10 10:00:00"},
		"from years to months waits":                  {annual, large, Monthly, 100_000, true, 0, "2029-02-10 10:00:00"},
		"more, by the year":                           {annual, large, Annual, 100_000, false, 94_808, "2029-02-10 10:00:00"},
		"less, by the year":                           {annual, small, Annual, 100_000, true, 0, "2029-02-10 10:00:00"},
		"in a trial all counts at once and is free":   {trial, small, Annual, 0, false, 0, "2028-03-05 00:00:00"},
		"in a trial more counts at once and is free":  {trial, large, Monthly, 0, false, 0, "2028-03-05 00:00:00"},
		"what was given back is not credited, a year": {monthly, same, Annual, 0, false, 100_000, "2029-03-01 12:00:00"},
	} {
		p := c.sub.cost(same, c.target, Wanted{"plv_target", c.every}, c.paid, now, zone)
		if p.AtEnd != c.atEnd || p.Due != c.due || p.NextBillMS != at(t, zone, c.billing) {
			t.Errorf("%s: at end %t, due %d, billed %s", name, p.AtEnd, p.Due, clock.FromMS(p.NextBillMS).In(zone).Format("2006-01-02 15:04:05"))
		}
		effective := now
		if c.atEnd {
			effective = c.sub.PeriodEndMS
		}
		if p.EffectiveMS != effective {
			t.Errorf("%s: counts from %s", name, clock.FromMS(p.EffectiveMS).In(zone))
		}
	}
}

// Each reason against a change, once; and the first of several is told.
func TestReasonsAgainstAChange(t *testing.T) {
	good := Subscription{Provider: "psp", State: Active, VersionID: "plv_now", Interval: Monthly, Currency: money.BRL}
	want := Wanted{"plv_target", Monthly}
	if err := good.mayChange(want, sold(10, 100), noon); err != nil {
		t.Fatal(err)
	}
	trial := good
	trial.Provider, trial.State = "", Trialing
	if err := trial.mayChange(want, sold(10, 100), noon); err != nil {
		t.Errorf("a trial of ours: %v", err)
	}
	for reason, c := range map[string]func(s *Subscription, w *Wanted, target *plan.Version){
		"no_running_subscription": func(s *Subscription, _ *Wanted, _ *plan.Version) { s.State, s.EndsAtPeriod = Ended, true },
		"plan_overdue":            func(s *Subscription, _ *Wanted, _ *plan.Version) { s.State = PastDue },
		"plan_ending":             func(s *Subscription, _ *Wanted, _ *plan.Version) { s.EndsAtPeriod = true },
		"no_change":               func(_ *Subscription, w *Wanted, _ *plan.Version) { w.VersionID = "plv_now" },
		"interval_not_offered":    func(_ *Subscription, w *Wanted, target *plan.Version) { w.Interval, target.Annual = Annual, 0 },
		"":                        func(_ *Subscription, _ *Wanted, target *plan.Version) { target.State = plan.Withdrawn },
	} {
		s, w, target := good, want, sold(10, 100)
		c(&s, &w, &target)
		refused(t, s.mayChange(w, target, noon), reason)
	}
	orphan := good
	orphan.Provider, orphan.State = "", Suspended
	refused(t, orphan.mayChange(want, sold(10, 100), noon), "no_running_subscription")
	refused(t, good.mayChange(want, sold(0, 0), noon), "interval_not_offered")
	dollars := sold(10, 100)
	dollars.Currency = money.USD
	refused(t, good.mayChange(want, dollars, noon), "")
}

// A price that was shown holds for what was shown: whatever differs is another
// price, whatever hour it is the same.
func TestATokenIsOfOnePrice(t *testing.T) {
	sub := Subscription{ID: "sub_1", VersionID: "plv_now", Interval: Monthly, Price: 10_000, PeriodEndMS: noon + 20*day}
	p := Preview{Wanted: Wanted{"plv_target", Monthly}, Price: 30_000, Due: 13_549, Credit: 6_774, Charge: 20_323, DaysLeft: 21, Days: 31, EffectiveMS: noon, NextBillMS: noon + 20*day, ExpiresMS: noon + day}
	token := p.sign(sub)
	if len(token) != 32 {
		t.Fatalf("token %q", token)
	}
	later, named := p, p
	later.EffectiveMS += 3_600_000
	named.Name, named.Short = plan.Text{PT: "Outro nome"}, []Shortfall{{tenancy.Bots, 3, 2}}
	if later.sign(sub) != token || named.sign(sub) != token {
		t.Error("an hour later, or by another name, it is another price")
	}
	for name, change := range map[string]func(p *Preview, s *Subscription){
		"the plan":           func(p *Preview, _ *Subscription) { p.VersionID = "plv_other" },
		"the interval":       func(p *Preview, _ *Subscription) { p.Interval = Annual },
		"the price":          func(p *Preview, _ *Subscription) { p.Price++ },
		"what is due":        func(p *Preview, _ *Subscription) { p.Due++ },
		"the credit":         func(p *Preview, _ *Subscription) { p.Credit++ },
		"the days":           func(p *Preview, _ *Subscription) { p.DaysLeft-- },
		"the day":            func(p *Preview, _ *Subscription) { p.ExpiresMS += day },
		"that it waits":      func(p *Preview, _ *Subscription) { p.AtEnd = true },
		"the next bill":      func(p *Preview, _ *Subscription) { p.NextBillMS++ },
		"whose it is":        func(_ *Preview, s *Subscription) { s.ID = "sub_2" },
		"the plan of now":    func(_ *Preview, s *Subscription) { s.VersionID = "plv_older" },
		"the price of now":   func(_ *Preview, s *Subscription) { s.Price-- },
		"the period of now":  func(_ *Preview, s *Subscription) { s.PeriodEndMS++ },
		"the rhythm of now":  func(_ *Preview, s *Subscription) { s.Interval = Annual },
		"the currency of it": func(p *Preview, _ *Subscription) { p.Currency = money.USD },
	} {
		q, s := p, sub
		change(&q, &s)
		if q.sign(s) == token {
			t.Errorf("%s is not in the token", name)
		}
	}
}

// Books are kept in the seller's zone, and letters in the company's.
func TestDaysOfBooksAndLetters(t *testing.T) {
	eve := time.Date(2027, 1, 1, 2, 59, 59, 0, time.UTC).UnixMilli()
	if bookYear(eve) != 2026 || bookYear(eve+1000) != 2027 {
		t.Error("the year of the books turns elsewhere than in São Paulo")
	}
	if got := numberOf(bookYear(eve), 7); got != "2026-000007" {
		t.Error(got)
	}
	if got := numberOf(2026, 1_234_567); got != "2026-1234567" {
		t.Error(got)
	}
	if bookDay(eve) != "2026-12-31" || bookDay(0) != "" {
		t.Errorf("%q and %q", bookDay(eve), bookDay(0))
	}
	for _, c := range []struct{ zone, locale, want string }{
		{"America/Sao_Paulo", "pt-BR", "31/12/2026"}, {"America/Noronha", "pt-BR", "01/01/2027"}, {"America/Rio_Branco", "en", "December 31, 2026"},
		{"", "pt-BR", "31/12/2026"}, {"Mars/Olympus", "pt-BR", "31/12/2026"},
	} {
		if got := date(eve, tenancy.Company{Timezone: c.zone, Locale: c.locale}); got != c.want {
			t.Errorf("in %q: %s, want %s", c.zone, got, c.want)
		}
	}
}

// Cells of the export run nothing in a spreadsheet, and a vendor's words stay
// short and whole.
func TestTextsOfOthersAreHarmless(t *testing.T) {
	for cell, want := range map[string]string{
		"": "", "ACME Ltda": "ACME Ltda", "=1+1": "'=1+1", "+55 11": "'+55 11", "-10": "'-10", "@SUM(A1)": "'@SUM(A1)", "\tx": "'\tx", "\rx": "'\rx", "a=b": "a=b",
	} {
		if got := inert(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
	for text, want := range map[string]string{
		"card declined": "card declined", " a\r\nb\x00c ": "a  b c", "\xff\xfeok": "ok", strings.Repeat("x", problemMax+5): strings.Repeat("x", problemMax),
		strings.Repeat("ã", problemMax): strings.Repeat("ã", problemMax/2), "x" + strings.Repeat("ã", problemMax): "x" + strings.Repeat("ã", (problemMax-1)/2),
	} {
		if got := short(text); got != want || !utf8.ValidString(got) {
			t.Errorf("%.20q becomes %.20q of %d bytes", text, got, len(got))
		}
	}
	if got := comma(money.Amount(123_456).Decimal()); got != "1234,56" {
		t.Error(got)
	}
}
