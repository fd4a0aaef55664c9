package tenancy

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/modules/mail"
	"prosa/internal/platform/database"
)

// State says what a company may do.
type State string

// States of a company, from the most to the least that it may do.
const (
	Active State = "active"
	// PastDue: a payment is missing; all works, and the company is told.
	PastDue State = "past_due"
	// ReadOnly: its people may look, pay and export; its bots still answer.
	ReadOnly State = "read_only"
	// Suspended: what customers write is kept, bots and sends are off, admins may
	// sign in to pay or export.
	Suspended State = "suspended"
	// Canceled is Suspended by the company's own wish; its data waits for the end
	// of the time in which it may come back.
	Canceled State = "canceled"
	// Erased: its data goes once CoolOff is over; what the law wants kept remains.
	Erased State = "erased"
)

// CoolOff is how long an erased company's data is still there, and the way back
// open.
const CoolOff = 7 * 24 * time.Hour

// ways lists where each state may go. Every way has a way back, the last for
// CoolOff only.
var ways = map[State][]State{
	Active:    {PastDue, ReadOnly, Suspended, Canceled},
	PastDue:   {Active, ReadOnly, Suspended, Canceled},
	ReadOnly:  {Active, PastDue, Suspended, Canceled},
	Suspended: {Active, PastDue, ReadOnly, Canceled},
	Canceled:  {Active, Erased},
	Erased:    {Canceled},
}

// Next lists the states to which a company in this one may go.
func (s State) Next() []State { return slices.Clone(ways[s]) }

// Works reports whether the people of a company in this state may work.
func (s State) Works() bool { return s == Active || s == PastDue }

// Working reports whether the company's people may work.
func (c Company) Working() bool { return c.State.Works() }

// ReadsOnly reports whether the company's people may look and change nothing.
func (c Company) ReadsOnly() bool { return c.State == ReadOnly }

// Serves reports whether customers are served: the bots and the shop of a
// company that is read only go on.
func (c Company) Serves() bool { return c.Working() || c.ReadsOnly() }

// Billable reports whether the company's admins may still pay.
func (c Company) Billable() bool { return c.ID != "" && c.State != Erased }

// Move is a wish to bring a company into another state.
type Move struct {
	To State
	// Reason is written into the log.
	Reason string
	By     By
	// Quiet keeps the company's admins from being written to, since the caller
	// tells them itself.
	Quiet bool
}

// Move changes a company's state in the caller's transaction, whose scope names
// it: checked, logged, told to browsers and, unless quiet, to its admins. The
// state that it is in already is no error and leaves no trace. Errors:
// fault.NotFound, fault.Refused with reason state_way when there is no way from
// here to there.
func (s *Service) Move(ctx context.Context, tx *database.Tx, tenantID string, move Move) (Company, error) {
	company, err := load(ctx, tx, tenantID, tx.ForUpdate())
	if err != nil || company.State == move.To {
		return company, err
	}
	from := company.State
	if !slices.Contains(ways[from], move.To) {
		return company, &fault.Error{Code: fault.Refused, Reason: "state_way", Field: "state",
			Message: "a company that is " + string(from) + " can't become " + string(move.To)}
	}
	if from == Erased && tx.Now() >= company.StateMS+CoolOff.Milliseconds() {
		return company, &fault.Error{Code: fault.Refused, Reason: "erased_for_good", Field: "state", Message: "the company's data is gone: it can't come back"}
	}
	company.State, company.StateMS = move.To, tx.Now()
	if err := save(ctx, tx, &company); err != nil {
		return company, err
	}
	facts := map[string]string{"from": string(from)}
	if reason := strings.TrimSpace(move.Reason); reason != "" {
		facts["reason"] = reason
	}
	if err := s.note(ctx, tx, company, "company."+string(move.To), facts, move.By); err != nil {
		return company, err
	}
	if template := stateLetters[move.To]; template != "" && !move.Quiet {
		key := "company:" + string(move.To) + ":" + strconv.FormatInt(company.Version, 10)
		return company, s.write(ctx, tx, company, template, key, nil)
	}
	return company, nil
}

// stateLetters are the mails about a state; nobody is left to be told of the
// last one.
var stateLetters = map[State]string{
	Active: mail.CompanyActive, PastDue: mail.CompanyPastDue, ReadOnly: mail.CompanyReadOnly, Suspended: mail.CompanySuspended, Canceled: mail.CompanyCanceled,
}

// Doomed lists the companies whose data is to be erased: those for which there
// is no way back any more.
func (s *Service) Doomed(ctx context.Context) (companies []string, err error) {
	err = s.db.Read(ctx, database.Platform("the data of companies that ended is erased"), func(ctx context.Context, tx *database.Tx) error {
		companies = nil
		// A minute more than the way back is open: who took it just now is seen.
		rows, err := tx.Query(ctx, "SELECT id FROM tenant WHERE state = 'erased' AND state_ms < $1 ORDER BY id", tx.Now()-(CoolOff+time.Minute).Milliseconds())
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var tenantID string
			if err := rows.Scan(&tenantID); err != nil {
				return err
			}
			companies = append(companies, tenantID)
		}
		return rows.Err()
	})
	return companies, err
}

// SetState is Move for operators, in a transaction of its own. Errors also:
// fault.Invalid for a reason of less than five characters.
func (s *Service) SetState(ctx context.Context, tenantID string, state State, reason string, by By) (company Company, err error) {
	if err := checkID(tenantID); err != nil {
		return company, err
	}
	if _, known := ways[state]; !known {
		return company, fault.OnField("state", "there is no such state")
	}
	if err := checkReason(reason); err != nil {
		return company, err
	}
	err = s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		company, err = s.Move(ctx, tx, tenantID, Move{To: state, Reason: reason, By: by})
		return err
	})
	return company, err
}

const (
	reasonMin = 5
	reasonMax = 500
)

// checkReason wants a sentence of whoever does something grave.
func checkReason(reason string) error {
	if n := len(strings.TrimSpace(reason)); n < reasonMin || n > reasonMax || database.Text(reason) != nil {
		return fault.OnField("reason", "say why, in %d to %d characters", reasonMin, reasonMax)
	}
	return nil
}
