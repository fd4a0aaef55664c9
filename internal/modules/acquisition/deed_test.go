package acquisition

import (
	"testing"

	"prosa/internal/base/fault"
	"prosa/internal/platform/saga"
)

// What an operator does with the steps of a journey is done once, and is in the
// log with its reason and without the data.
func TestAnOperatorMendsAJourney(t *testing.T) {
	engines(t, func(t *testing.T, b *bench) {
		v := b.arrives("ana@acme.example.com", b.trial)
		v.pays()
		id := v.row().ID
		before, err := b.Timeline(ctx, id)
		b.must(err)
		if len(before) != len(b.Journey().Steps) {
			t.Fatalf("%d steps", len(before))
		}
		for _, step := range before {
			if step.May(saga.ActDone) && !mayAct(step.Step, saga.ActDone) || step.Step == stepCompany && step.May(saga.ActSkip) {
				t.Errorf("%s offers %v", step.Step, step.Actions)
			}
		}
		deed := Deed{Action: saga.ActSkip, Reason: "the admin came in person", By: olga.Actor, IP: "203.0.113.9"}
		b.must(b.Act(ctx, id, stepActivation, deed))
		if err := b.Act(ctx, id, stepActivation, deed); !fault.Is(err, fault.Refused) {
			t.Errorf("skipped twice: %v", err)
		}
		after, err := b.Timeline(ctx, id)
		b.must(err)
		for _, step := range after {
			if step.Step == stepActivation && (step.State != saga.Skipped || step.Problem != deed.Reason) {
				t.Errorf("activation: %+v", step)
			}
		}
		if list, err := b.Timeline(ctx, "acq_none"); err != nil || len(list) != 0 {
			t.Errorf("no journey has steps: %v, %v", list, err)
		}
		if err := b.Act(ctx, "acq_none", stepDeal, deed); !fault.Is(err, fault.NotFound) {
			t.Errorf("a step of no journey: %v", err)
		}
	})
}

func TestDeedsThatAreNone(t *testing.T) {
	b := lite(t)
	reason := "for this test"
	for name, c := range map[string]struct {
		step string
		deed Deed
		code fault.Code
	}{
		"no action":                  {stepDeal, Deed{Reason: reason}, fault.Invalid},
		"no reason":                  {stepDeal, Deed{Action: saga.ActSkip, Reason: "   x  "}, fault.Invalid},
		"the payment by hand":        {stepPayment, Deed{Action: saga.ActDone, Reason: reason, ExternalID: "1"}, fault.Refused},
		"no payment":                 {stepPayment, Deed{Action: saga.ActSkip, Reason: reason}, fault.Refused},
		"no company":                 {stepCompany, Deed{Action: saga.ActSkip, Reason: reason}, fault.Refused},
		"a deal without its id":      {stepDeal, Deed{Action: saga.ActDone, Reason: reason}, fault.Invalid},
		"corrected by nothing":       {stepDeal, Deed{Action: saga.ActMend, Reason: reason}, fault.Invalid},
		"an unknown field":           {stepDeal, Deed{Action: saga.ActMend, Reason: reason, Mended: map[string]string{"amount_minor": "1"}}, fault.Invalid},
		"a step that takes no data":  {stepCompany, Deed{Action: saga.ActMend, Reason: reason, Mended: map[string]string{"name": "x"}}, fault.Refused},
		"data with another action":   {stepDeal, Deed{Action: saga.ActSkip, Reason: reason, Mended: map[string]string{"name": "x"}}, fault.Invalid},
		"a text that is not to keep": {stepDeal, Deed{Action: saga.ActMend, Reason: reason, Mended: map[string]string{"name": "a\x00b"}}, fault.Invalid},
	} {
		if err := b.Act(ctx, "acq_none", c.step, c.deed); !fault.Is(err, c.code) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
