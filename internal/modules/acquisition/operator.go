package acquisition

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"prosa/internal/base/fault"
	"prosa/internal/base/page"
	"prosa/internal/event"
	"prosa/internal/modules/audit"
	"prosa/internal/modules/subscription"
	"prosa/internal/platform/database"
)

// Overview is a journey as operators see it: nothing that opens a door.
type Overview struct {
	ID         string     `json:"id"`
	State      State      `json:"state" enum:"draft,checkout,awaiting,paid,active,expired,canceled"`
	CompanyID  string     `json:"company_id" doc:"Empty until the company was made."`
	ContractNo string     `json:"contract_no"`
	Name       string     `json:"name" doc:"Of the company, as typed."`
	TaxID      string     `json:"tax_id"`
	Person     string     `json:"person"`
	Email      string     `json:"email"`
	Phone      string     `json:"phone"`
	Proven     bool       `json:"email_proven"`
	Locale     string     `json:"locale"`
	VersionID  string     `json:"version_id" doc:"Of the plan."`
	Interval   string     `json:"interval"`
	Coupon     string     `json:"coupon"`
	Provider   string     `json:"provider"`
	Terms      Accepted   `json:"terms"`
	Pages      []PageView `json:"pages" nullable:"false" doc:"Of the provider, oldest first; only when one journey is looked at."`
	Letters    []string   `json:"-"` // keys of its letters, of its company
	CreatedMS  int64      `json:"created_ms"`
	UpdatedMS  int64      `json:"updated_ms"`
	PaidMS     int64      `json:"paid_ms"`
	ExpiresMS  int64      `json:"expires_ms"`
}

// PageView is a page of a provider as operators see it.
type PageView struct {
	Try            int64  `json:"try"`
	Provider       string `json:"provider"`
	CheckoutID     string `json:"checkout_id"`
	SubscriptionID string `json:"subscription_id"`
	State          string `json:"state" enum:"asked,open,pending,paid,failed,expired"`
	Left           bool   `json:"left" doc:"The visitor went on without it. One that was paid and left is money to be sent back."`
	Method         string `json:"method"`
	Price          int64  `json:"price_minor"`
	Discount       int64  `json:"discount_minor"`
	Problem        string `json:"problem"`
	DueMS          int64  `json:"due_ms"`
	CreatedMS      int64  `json:"created_ms"`
	UpdatedMS      int64  `json:"updated_ms"`
}

func (a Acquisition) overview() Overview {
	return Overview{
		ID: a.ID, State: a.State, CompanyID: a.TenantID, ContractNo: a.ContractNo, Name: a.known(), TaxID: a.taxID, Person: a.Person.Name, Email: a.Email, Phone: a.Person.Phone,
		Proven: a.EmailProvenMS > 0, Locale: a.Locale, VersionID: a.VersionID, Interval: string(a.Interval), Coupon: a.Coupon, Provider: a.Provider, Terms: a.Terms,
		Pages: []PageView{}, Letters: []string{welcomeKey(a)}, CreatedMS: a.CreatedMS, UpdatedMS: a.UpdatedMS, PaidMS: a.PaidMS, ExpiresMS: a.ExpiresMS,
	}
}

// Filter narrows a list of journeys; the zero value does not.
type Filter struct {
	State State
	// Query is part of an e-mail or a name, or a tax or contract number, or an id.
	Query string
	// IDs, when not nil, are the only ones wanted.
	IDs    []string
	Cursor string
	Limit  int
}

// List gives journeys for operators, newest first. Error: fault.Invalid for a
// cursor that is not ours.
func (s *Service) List(ctx context.Context, f Filter) (list page.List[Overview], err error) {
	before := "acq_~" // behind any id
	if _, err := page.Decode(f.Cursor, &before); err != nil {
		return list, err
	}
	list.Items = []Overview{}
	if f.IDs != nil && len(f.IDs) == 0 {
		return list, nil
	}
	size := page.Size(f.Limit)
	condition, args := f.condition(before)
	err = s.db.Read(ctx, everybody(), func(ctx context.Context, tx *database.Tx) error {
		list.Items = list.Items[:0]
		rows, err := tx.Query(ctx, "SELECT "+columns+" FROM acquisition WHERE "+condition+fmt.Sprintf(" ORDER BY id DESC LIMIT $%d", len(args)+1), append(args, size+1)...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			a, err := scan(rows)
			if err != nil {
				return err
			}
			list.Items = append(list.Items, a.overview())
		}
		return rows.Err()
	})
	if err == nil && len(list.Items) > size {
		list.Items = list.Items[:size]
		list.Next = page.Encode(list.Items[size-1].ID)
	}
	return list, err
}

// condition spells the filter.
func (f Filter) condition(before string) (string, []any) {
	parts, args := []string{"id < $1"}, []any{before}
	next := func(value any) string {
		args = append(args, value)
		return fmt.Sprintf("$%d", len(args))
	}
	if f.State != "" {
		parts = append(parts, "state = "+next(string(f.State)))
	}
	if query := strings.TrimSpace(f.Query); query != "" {
		like := next("%" + strings.NewReplacer("%", "", "_", "").Replace(strings.ToLower(query)) + "%")
		exact := next(strings.ToUpper(query))
		// Without a mark left it would be that of all who typed none yet.
		taxID := next(or(strings.ToUpper(strings.NewReplacer(".", "", "/", "", "-", "", " ", "").Replace(query)), query))
		parts = append(parts, "(email LIKE "+like+" OR LOWER(company) LIKE "+like+" OR LOWER(person) LIKE "+like+" OR tax_id = "+taxID+" OR contract_no = "+exact+" OR id = "+next(query)+")")
	}
	if len(f.IDs) > 0 {
		ids := f.IDs[:min(len(f.IDs), database.MaxList)]
		parts = append(parts, "id IN ("+database.List(len(ids), len(args)+1)+")")
		args = append(args, database.Strings(ids)...)
	}
	return strings.Join(parts, " AND "), args
}

// Get gives one journey with its pages, for operators. Error: fault.NotFound.
func (s *Service) Get(ctx context.Context, acquisitionID string) (o Overview, err error) {
	a, list, err := s.read(ctx, acquisitionID)
	if err != nil {
		return o, err
	}
	o = a.overview()
	for _, t := range list {
		o.Pages = append(o.Pages, PageView{
			Try: t.try, Provider: t.provider, CheckoutID: t.checkoutID, SubscriptionID: t.detail.SubscriptionID, State: t.state, Left: t.dropped, Method: t.method,
			Price: int64(t.quote.Price), Discount: int64(t.quote.Discount), Problem: t.problem, DueMS: t.dueMS, CreatedMS: t.createdMS, UpdatedMS: t.updatedMS,
		})
	}
	return o, nil
}

// soldPage tells whether a provider took a payment, or the way to one, for the
// journey; a trial that asks for nothing has no page.
func soldPage(ctx context.Context, tx *database.Tx, acquisitionID string) (bool, error) {
	list, err := attempts(ctx, tx, acquisitionID)
	return slices.ContainsFunc(list, func(t attempt) bool { return t.checkoutID != "" && t.state == string(subscription.CheckoutPaid) }), err
}

// Cancel ends a journey by an operator's word, as long as it made no company and
// no provider was paid. Errors: fault.NotFound; fault.Refused with reason
// company_made: suspend the company, or end its subscription, instead; or
// journey_paid: let the company be made first.
func (s *Service) Cancel(ctx context.Context, acquisitionID, reason string, by event.Actor, ip string) error {
	return s.change(ctx, acquisitionID, func(ctx context.Context, tx *database.Tx, a *Acquisition) error {
		switch {
		case a.TenantID != "":
			return fault.Refuse("company_made", "the company is there already: end its subscription instead")
		case a.State == Canceled:
			return nil
		case a.State == Paid:
			// Money that a provider goes on taking must belong to somebody.
			if sold, err := soldPage(ctx, tx, a.ID); err != nil || sold {
				return cmp.Or[error](err, fault.Refuse("journey_paid", "it is paid: let the company be made, then end its subscription and send the money back"))
			}
			if err := s.sagas.Cancel(ctx, tx, a.ID); err != nil && !fault.Is(err, fault.NotFound) {
				return err
			}
		default:
			// The saga goes on: it closes the pages, and money that comes still counts.
			if err := s.reopen(ctx, tx, a); err != nil {
				return err
			}
		}
		before := a.State
		a.State, a.ExpiresMS = Canceled, tx.Now()+s.cfg.DraftLife.Milliseconds()
		return audit.Write(ctx, tx, audit.Entry{
			Actor: by, Action: "acquisition.canceled", Target: a.ID, IP: ip, Facts: map[string]string{"reason": reason, "state": string(before), "contract": a.ContractNo},
		})
	})
}
