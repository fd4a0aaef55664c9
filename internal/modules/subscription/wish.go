package subscription

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/base/id"
	"prosa/internal/base/money"
	"prosa/internal/platform/database"
)

// WishKind is what a vendor is asked for.
type WishKind string

// Kinds of wishes.
const (
	ForChange   WishKind = "change"
	ForCancel   WishKind = "cancel"
	ForResume   WishKind = "resume"
	ForCheckout WishKind = "checkout"
	ForRefund   WishKind = "refund"
)

// WishState is how far a wish is.
type WishState string

// States of a wish.
const (
	WishRequested WishState = "requested" // a refund that a second person has to approve
	WishPlanned   WishState = "planned"   // a change at the end of the period
	WishAsking    WishState = "asking"    // the vendor is being asked, or will be again
	WishOpen      WishState = "open"      // a page on which is paid
	WishDone      WishState = "done"
	WishRefused   WishState = "refused" // by the vendor
	WishDropped   WishState = "dropped" // taken back, or never paid
)

// Wish is something that a vendor is asked for.
type Wish struct {
	TenantID   string    `json:"-"`
	ID         string    `json:"id"`
	Kind       WishKind  `json:"kind" enum:"change,cancel,resume,checkout,refund"`
	State      WishState `json:"state" enum:"requested,planned,asking,open,done,refused,dropped"`
	Problem    string    `json:"problem" doc:"What was said last against it."`
	Tries      int64     `json:"tries"`
	NextMS     int64     `json:"next_ms" doc:"When it is worked on next, 0 for never."`
	AskedBy    string    `json:"asked_by"`
	ApprovedBy string    `json:"approved_by"`
	CreatedMS  int64     `json:"created_ms"`
	WishBody

	externalID string
}

// WishBody is what a wish is about, by its kind.
type WishBody struct {
	// Of a change and of a checkout.
	VersionID   string         `json:"version_id,omitempty"`
	Interval    Interval       `json:"interval,omitempty"`
	Price       money.Amount   `json:"price_minor,omitempty"`
	Currency    money.Currency `json:"currency,omitempty"`
	Due         money.Amount   `json:"due_minor,omitempty" doc:"Billed at once."`
	DueText     string         `json:"due_text,omitempty" doc:"Its line on the bill."`
	EffectiveMS int64          `json:"effective_ms,omitempty" doc:"When a change takes effect."`
	NewPeriodMS int64          `json:"new_period_ms,omitempty"`
	Priced      bool           `json:"priced,omitempty" doc:"The vendor knows the new price already."`
	// Of a checkout.
	Provider  string `json:"provider,omitempty"`
	URL       string `json:"url,omitempty" doc:"Of the page on which is paid."`
	ExpiresMS int64  `json:"expires_ms,omitempty"`
	Pending   bool   `json:"pending,omitempty" doc:"A Pix or a boleto was issued, the money is awaited."`
	Locale    string `json:"locale,omitempty"`
	// Of a refund.
	InvoiceID string       `json:"invoice_id,omitempty"`
	BillID    string       `json:"bill_id,omitempty"`
	Amount    money.Amount `json:"amount_minor,omitempty"`
	Reason    string       `json:"reason,omitempty" doc:"Of a refund, and of an end."`
}

// lease is how long a call to a vendor may take before it is made again.
const lease = int64(time.Minute / time.Millisecond)

// priceLead is how long before a planned change the vendor is told the new
// price: long enough to be tried again for hours.
const priceLead = day

const wishColumns = `tenant_id, id, kind, state, body, external_id, next_ms, tries, problem, asked_by, approved_by, created_ms`

func scanWish(row database.Row) (w Wish, err error) {
	var body string
	if err = row.Scan(&w.TenantID, &w.ID, &w.Kind, &w.State, &body, &w.externalID, &w.NextMS, &w.Tries, &w.Problem, &w.AskedBy, &w.ApprovedBy, &w.CreatedMS); err != nil {
		return w, err
	}
	return w, json.Unmarshal([]byte(body), &w.WishBody)
}

func loadWish(ctx context.Context, tx *database.Tx, tenantID, wishID string) (Wish, error) {
	w, err := scanWish(tx.QueryRow(ctx, `SELECT `+wishColumns+` FROM wish WHERE tenant_id = $1 AND id = $2`+tx.ForUpdate(), tenantID, wishID))
	if errors.Is(err, database.ErrNoRows) {
		return w, fault.New(fault.NotFound, "no such request")
	}
	return w, err
}

// openWishes lists what a company's vendor is being asked for, oldest first.
func openWishes(ctx context.Context, tx *database.Tx, tenantID string) ([]Wish, error) {
	return collectWishes(tx.Query(ctx, `SELECT `+wishColumns+` FROM wish WHERE tenant_id = $1 AND state IN ('requested', 'planned', 'asking', 'open') ORDER BY id`, tenantID))
}

func collectWishes(rows *database.Rows, err error) ([]Wish, error) {
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	list := []Wish{}
	for rows.Next() {
		w, err := scanWish(rows)
		if err != nil {
			return nil, err
		}
		list = append(list, w)
	}
	return list, rows.Err()
}

// insertWish writes a wish down. Error: fault.Conflict with reason change_underway
// when the company has one that is not over.
func insertWish(ctx context.Context, tx *database.Tx, w Wish) (Wish, error) {
	w.ID, w.CreatedMS = id.New(id.Wish, tx.Now()), tx.Now()
	body, err := json.Marshal(w.WishBody)
	if err != nil {
		return w, err
	}
	made, err := tx.Exec(ctx, `INSERT INTO wish (`+wishColumns+`, updated_ms) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $12) ON CONFLICT DO NOTHING`,
		w.TenantID, w.ID, string(w.Kind), string(w.State), string(body), w.externalID, w.NextMS, w.Tries, w.Problem, w.AskedBy, w.ApprovedBy, w.CreatedMS)
	if err == nil && made == 0 {
		return w, errUnderway()
	}
	tx.Notify(topic, 0)
	return w, err
}

func errUnderway() error {
	return &fault.Error{Code: fault.Conflict, Reason: "change_underway", Message: "another change of the subscription is under way"}
}

func saveWish(ctx context.Context, tx *database.Tx, w Wish) error {
	body, err := json.Marshal(w.WishBody)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, `UPDATE wish SET state = $3, body = $4, external_id = $5, next_ms = $6, tries = $7, problem = $8, approved_by = $9, updated_ms = $10 WHERE tenant_id = $1 AND id = $2`,
		w.TenantID, w.ID, string(w.State), string(body), w.externalID, w.NextMS, w.Tries, w.Problem, w.ApprovedBy, tx.Now())
	return err
}

// grant works on a wish that is due, or now: it asks the vendor, under the wish's
// id as the key, and writes down what came of it with all that follows, in one
// transaction. A crash in between leaves the wish due again.
func (s *Service) grant(ctx context.Context, tenantID, wishID string, now bool) error {
	var w Wish
	var sub Subscription
	due := false
	err := s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) (err error) {
		due = false
		// The subscription's row is taken first by all.
		if sub, err = loadSubscription(ctx, tx, tenantID, tx.ForUpdate()); err != nil {
			return err
		}
		if w, err = loadWish(ctx, tx, tenantID, wishID); err != nil {
			return err
		}
		// A page whose time was over and that is told of now may have been paid.
		late := now && w.Kind == ForCheckout && w.State == WishDropped && w.externalID != ""
		if !late && (w.NextMS == 0 || w.NextMS > tx.Now() && !now) {
			return nil
		}
		due = true
		_, err = tx.Exec(ctx, `UPDATE wish SET next_ms = $3 WHERE tenant_id = $1 AND id = $2`, tenantID, wishID, tx.Now()+lease)
		return err
	})
	if err != nil || !due {
		return err
	}
	commit, err := s.ask(ctx, sub, w)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if err != nil {
		return errors.Join(err, s.setBack(ctx, w, err))
	}
	return s.db.Write(ctx, database.Company(tenantID), func(ctx context.Context, tx *database.Tx) error {
		sub, err := loadSubscription(ctx, tx, tenantID, tx.ForUpdate())
		if err != nil {
			return err
		}
		fresh, err := loadWish(ctx, tx, tenantID, wishID)
		if err != nil {
			return err
		}
		if fresh.State != w.State || fresh.Priced != w.Priced {
			return nil // somebody else was first, under the same key
		}
		tx.Notify(topic, 0)
		fresh.Problem, fresh.Tries = "", 0
		return commit(ctx, tx, sub, fresh)
	})
}

// granted writes down what follows from what a vendor said.
type granted func(ctx context.Context, tx *database.Tx, sub Subscription, w Wish) error

// ask asks the vendor.
func (s *Service) ask(ctx context.Context, sub Subscription, w Wish) (granted, error) {
	switch w.Kind {
	case ForChange:
		return s.askChange(ctx, sub, w)
	case ForCancel, ForResume:
		return s.askEnd(ctx, sub, w)
	case ForCheckout:
		return s.askCheckout(ctx, sub, w)
	case ForRefund:
		return s.askRefund(ctx, w)
	default:
		return nil, fault.New(fault.Internal, "nobody knows the wish %q", w.Kind)
	}
}

// setBack notes why a wish was not granted: for good, or for now.
func (s *Service) setBack(ctx context.Context, read Wish, failed error) error {
	return s.db.Write(ctx, database.Company(read.TenantID), func(ctx context.Context, tx *database.Tx) error {
		w, err := loadWish(ctx, tx, read.TenantID, read.ID)
		if err != nil || w.State != read.State {
			return err
		}
		w.Problem, w.NextMS = short(failed.Error()), tx.Now()+pause(w.Tries, failed, tx.Now())
		w.Tries++
		if trouble := new(Trouble); errors.As(failed, &trouble) {
			w.Problem = short(trouble.Message)
			if trouble.Kind == Refused {
				w.State, w.NextMS = WishRefused, 0
			}
		}
		return saveWish(ctx, tx, w)
	})
}

// drop takes back a planned change of a company, if there is one. Error:
// fault.Conflict with reason change_underway when something else is under way,
// or the vendor knows the new price already.
func (s *Service) drop(ctx context.Context, tx *database.Tx, tenantID string, by By) error {
	wishes, err := openWishes(ctx, tx, tenantID)
	if err != nil {
		return err
	}
	for _, w := range wishes {
		switch {
		case w.Kind == ForRefund:
			continue
		case w.Kind == ForCheckout && w.State == WishOpen && !w.Pending, w.State == WishPlanned && !w.Priced:
		default:
			return errUnderway()
		}
		w.State, w.NextMS = WishDropped, 0
		if w.Kind == ForCheckout {
			w.NextMS = tx.Now() // the page is closed, or was paid meanwhile
		}
		if err := saveWish(ctx, tx, w); err != nil {
			return err
		}
		if err := by.log(ctx, tx, tenantID, "subscription."+string(w.Kind)+"_dropped", w.ID, nil); err != nil {
			return err
		}
	}
	return nil
}
