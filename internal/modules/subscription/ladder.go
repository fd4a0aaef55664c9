package subscription

import (
	"time"

	"prosa/internal/modules/mail"
)

// rung is what happens when a payment is missing for so many days.
type rung struct {
	name   string
	days   int64
	state  State
	letter string // its template, empty for none
}

const day = int64(24 * time.Hour / time.Millisecond)

// ladder is climbed while a payment is missing, counted from the day on which it
// failed, and left at once when it is paid. The vendor tries a card again by
// itself; from the third day on the company sees a banner. Source: reference
// acquisition.md 1, Dunning.
func ladder() []rung {
	return []rung{
		{"retry", 0, PastDue, mail.PlanPaymentFailed},
		{"reminder", 3, PastDue, mail.PlanPaymentReminder},
		{"warning", 7, PastDue, mail.PlanPaymentWarning},
		{"read_only", 10, ReadOnly, mail.PlanReadOnly},
		{"suspended", 20, Suspended, mail.PlanSuspended},
		{"deletion_notice", 60, Suspended, mail.PlanDeletion},
	}
}

// Patience, in days from the day on which a bill is due until it counts as not
// paid. Pix and boleto take days to be paid and told of (a mandate of Pix
// Automático up to 7); a card that was not tried yet is tried within hours.
const (
	pendingDays = 7
	openDays    = 1
)

// overdueFrom gives day 0 of the ladder for an invoice, 0 when it never counts.
func (i Invoice) overdueFrom() int64 {
	switch i.State {
	case BillFailed:
		return i.DueMS
	case BillOpen:
		return i.DueMS + openDays*day
	case BillPending:
		return i.DueMS + pendingDays*day
	case BillDisputed:
		return i.DisputedMS
	default:
		return 0
	}
}

// standing is where a subscription stands at a time.
type standing struct {
	state     State
	overdueMS int64 // day 0; 0 = all is paid
	rung      *rung // nil while nothing is overdue
	nextMS    int64 // when time alone changes it, 0 = never
}

// trialNotice is how long before its end a trial's end is announced.
const trialNotice = 3 * day

// judge tells how a subscription stands: what the vendor says, the company's
// invoices in any order, and the time.
func judge(s Subscription, remote RemoteState, invoices []Invoice, nowMS int64) standing {
	at := standing{state: Active}
	later := func(ms int64) {
		if ms > nowMS && (at.nextMS == 0 || ms < at.nextMS) {
			at.nextMS = ms
		}
	}
	over := s.TrialEndMS > 0 && s.TrialEndMS <= nowMS
	if s.State == Ended || remote == RemoteEnded || s.Provider == "" && over && s.EndsAtPeriod {
		at.state = Ended
		return at
	}
	if s.TrialEndMS > nowMS {
		later(s.TrialEndMS - trialNotice)
		later(s.TrialEndMS)
	}
	if s.Provider == "" {
		at.state = Trialing
		if s.TrialEndMS == 0 || over {
			at.state = Suspended // nobody takes money, and nothing is free any more
		}
		return at
	}
	if remote == RemoteTrialing {
		at.state = Trialing
	}
	for _, invoice := range invoices {
		from := invoice.overdueFrom()
		later(from)
		if from > 0 && from <= nowMS && (at.overdueMS == 0 || from < at.overdueMS) {
			at.overdueMS = from
		}
	}
	if at.overdueMS == 0 && remote == RemotePastDue {
		// The vendor says so and shows no bill that is late: since it was first seen.
		if at.overdueMS = s.OverdueMS; at.overdueMS == 0 {
			at.overdueMS = nowMS
		}
	}
	if at.overdueMS == 0 {
		return at
	}
	for _, r := range ladder() {
		from := at.overdueMS + r.days*day
		later(from)
		if from <= nowMS {
			at.rung, at.state = &r, r.state
		}
	}
	return at
}
