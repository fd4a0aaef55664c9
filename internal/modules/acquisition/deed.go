package acquisition

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/platform/database"
	"prosa/internal/platform/saga"
)

// Deed is what an operator does with a step of a journey.
type Deed struct {
	Action saga.Action
	Reason string
	// ExternalID is what the CRM calls the record that was made by hand.
	ExternalID string
	// Mended is corrected data by field; it is used by this step alone.
	Mended map[string]string
	By     event.Actor
	IP     string
}

// Rules of what may be done by hand. The money and the company are never: a step
// that is marked as done without them leaves a customer without what they paid.
var (
	byHand    = []string{stepAccount, stepContact, stepDeal, stepLetter, stepActivation, stepActivated}
	skippable = append([]string{stepBots, stepCatalog, stepRehearsal}, byHand...)
	recorded  = []string{stepAccount, stepContact, stepDeal} // what follows needs the record's id
	mendable  = []string{"name", "tax_id", "phone", "email", "street", "city", "state", "zip"}
	deedWords = map[saga.Action]string{saga.ActRetry: "retried", saga.ActMend: "mended", saga.ActDone: "marked_done", saga.ActSkip: "skipped"}
)

const (
	reasonMin = 5
	mendedMax = 200
)

// mayAct tells whether a step is one with which that may be done at all.
func mayAct(step string, action saga.Action) bool {
	switch action {
	case saga.ActDone:
		return slices.Contains(byHand, step)
	case saga.ActSkip:
		return slices.Contains(skippable, step)
	case saga.ActMend:
		return slices.Contains(recorded, step)
	default:
		return true
	}
}

// check says what is wrong with a deed, whatever the step's state.
func (d Deed) check(step string) error {
	switch {
	case deedWords[d.Action] == "":
		return fault.OnField("action", "is not known")
	case !mayAct(step, d.Action):
		return fault.Refuse("step_state", "the step %s takes no %s by hand", step, d.Action)
	case len(strings.TrimSpace(d.Reason)) < reasonMin:
		return fault.OnField("reason", "must be said in at least %d characters", reasonMin)
	case d.Action == saga.ActDone && slices.Contains(recorded, step) && strings.TrimSpace(d.ExternalID) == "":
		return fault.OnField("external_id", "is needed: what the CRM calls the record that was made by hand")
	case (d.Action == saga.ActMend) != (len(d.Mended) > 0):
		return fault.OnField("mended", "belongs to the action mend, and says something there")
	}
	for field, value := range d.Mended {
		if !slices.Contains(mendable, field) || len(value) > mendedMax || database.Text(value) != nil {
			return fault.OnField("mended", "%s can't be corrected here, or is too long", field)
		}
	}
	return errors.Join(database.Text(d.Reason), database.Text(d.ExternalID))
}

// Timeline gives the steps of a journey with what an operator may do; none before
// its first checkout.
func (s *Service) Timeline(ctx context.Context, acquisitionID string) (list []saga.Status, err error) {
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list, err = s.sagas.Of(ctx, tx, acquisitionID)
		return err
	})
	if fault.Is(err, fault.NotFound) {
		return []saga.Status{}, nil
	}
	for i := range list {
		list[i].Actions = slices.DeleteFunc(list[i].Actions, func(action saga.Action) bool { return !mayAct(list[i].Step, action) })
	}
	return list, err
}

// Act does what an operator wishes with a step of a journey, and writes it into
// the log. Errors: fault.NotFound; fault.Invalid for a deed without its reason,
// its external id or a known field; fault.Refused with reason step_state.
func (s *Service) Act(ctx context.Context, acquisitionID, step string, deed Deed) error {
	if err := deed.check(step); err != nil {
		return err
	}
	return s.db.Write(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		if err := s.act(ctx, tx, acquisitionID, step, deed); err != nil {
			return err
		}
		facts := map[string]string{"step": step, "reason": deed.Reason}
		if deed.ExternalID != "" {
			facts["external_id"] = deed.ExternalID
		}
		if len(deed.Mended) > 0 { // which fields, never what stood in them: the log is kept for years
			facts["mended"] = strings.Join(slices.Sorted(maps.Keys(deed.Mended)), ", ")
		}
		return audit.Write(ctx, tx, audit.Entry{Actor: deed.By, Action: "acquisition.step_" + deedWords[deed.Action], Target: acquisitionID, Facts: facts, IP: deed.IP})
	})
}

func (s *Service) act(ctx context.Context, tx *database.Tx, acquisitionID, step string, deed Deed) error {
	switch deed.Action {
	case saga.ActDone:
		return s.sagas.MarkDone(ctx, tx, acquisitionID, step, strings.TrimSpace(deed.ExternalID))
	case saga.ActSkip:
		return s.sagas.Skip(ctx, tx, acquisitionID, step, deed.Reason)
	default:
		return s.sagas.RetryStep(ctx, tx, acquisitionID, step, deed.Mended)
	}
}
