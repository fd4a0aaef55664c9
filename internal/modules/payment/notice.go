package payment

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"time"

	"prosa/internal/base/fault"
	"prosa/internal/platform/database"
	"prosa/internal/platform/hold"
	"prosa/internal/platform/service"
)

// Callback is a request of a vendor, as it came.
type Callback struct {
	Header http.Header
	Query  url.Values
	Body   []byte
	AtMS   int64
}

// Notice is what a callback says: whom to ask about what. Nothing else of it is
// believed. An empty one has nothing to tell.
type Notice struct {
	Kind       string // the vendor's word
	ExternalID string
}

// sound reports whether a notice can be stored.
func (n Notice) sound() bool {
	for _, text := range []string{n.Kind, n.ExternalID} {
		if text == "" || len(text) > noticeMax || database.Text(text) != nil {
			return false
		}
	}
	return true
}

const (
	noticeMax = 200 // bytes of a kind or an id
	// noticeTries and the growing pauses between them bound how long a notice is
	// acted on; looking at payments that wait goes on besides.
	noticeTries = 12
	noticePause = 5 * time.Second
)

// Take verifies a callback for the account whose hook it called, and returns
// when it is stored. What it leads to happens later. Errors: fault.NotFound for
// an unknown hook, fault.Unauthorized, and others when it could not be stored.
func (a *Accounts) Take(ctx context.Context, provider, hook string, call Callback) error {
	vendor, err := a.vendor(provider)
	if err != nil {
		return err
	}
	var account Account
	err = a.db.Read(ctx, database.Platform("the account whose callback URL was called"), func(ctx context.Context, tx *database.Tx) error {
		found, sealed, err := scanAccount(tx.QueryRow(ctx, `SELECT `+accountColumns+` FROM payment_account WHERE provider = $1 AND hook = $2`, provider, hook))
		if err != nil {
			return absent(err, "account")
		}
		account = found
		return a.open(&account, sealed)
	})
	if err != nil {
		return err
	}
	if !account.Signed {
		return fault.New(fault.Unauthorized, "the secret that signs callbacks is not known yet")
	}
	notice, err := vendor.Verify(account, call)
	if err != nil || notice == (Notice{}) {
		return err
	}
	if !notice.sound() {
		return nil // signed, and yet not something that the vendor says
	}
	return a.db.Write(ctx, database.Company(account.TenantID), func(ctx context.Context, tx *database.Tx) error {
		_, err := tx.Exec(ctx, `INSERT INTO payment_notice (tenant_id, provider, kind, external_id, seen, tries, due_ms, received_ms)
			VALUES ($1, $2, $3, $4, 1, 0, $5, $5) ON CONFLICT (tenant_id, provider, kind, external_id)
			DO UPDATE SET seen = payment_notice.seen + 1, tries = 0, due_ms = excluded.due_ms, received_ms = excluded.received_ms`,
			account.TenantID, provider, notice.Kind, notice.ExternalID, tx.Now())
		return err
	})
}

// Sweeper acts on the callbacks that were taken.
func (a *Accounts) Sweeper() service.Service {
	return service.Service{Name: "payment notices", Run: func(ctx context.Context) error {
		tick := time.NewTicker(a.cfg.NoticeEvery)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return nil
			case <-tick.C:
			}
			if err := a.Sweep(ctx); err != nil && ctx.Err() == nil {
				a.logger.ErrorContext(ctx, "payment notices could not be swept", "error", err)
			}
		}
	}}
}

// stored is a notice that waits.
type stored struct {
	Notice
	tenantID, provider string
	seen, tries        int64
}

// Sweep acts on all notices that are due, once. The trouble of one is not
// another's.
func (a *Accounts) Sweep(ctx context.Context) error {
	if len(a.vendors) == 0 {
		return nil
	}
	var due []stored
	err := a.db.Read(ctx, database.Platform("notices about payments of any company"), func(ctx context.Context, tx *database.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tenant_id, provider, kind, external_id, seen, tries FROM payment_notice WHERE due_ms <= $1 AND `+hold.Out+` ORDER BY due_ms LIMIT $2`,
			tx.Now(), a.cfg.SweepBatch)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var n stored
			if err := rows.Scan(&n.tenantID, &n.provider, &n.Kind, &n.ExternalID, &n.seen, &n.tries); err != nil {
				return err
			}
			due = append(due, n)
		}
		return rows.Err()
	})
	if err != nil {
		return err
	}
	abreast(due, func(n stored) {
		problem := a.act(ctx, n)
		if ctx.Err() != nil {
			return // it is still stored, for the next life
		}
		if err := errors.Join(problem, a.done(ctx, n, problem)); err != nil {
			a.logger.WarnContext(ctx, "a vendor's notice could not be acted on", "tenant", n.tenantID, "kind", n.Kind, "external_id", n.ExternalID, "tries", n.tries+1, "error", err)
		}
	})
	return ctx.Err()
}

// act finds the payment that a notice is about and asks the vendor about it.
func (a *Accounts) act(ctx context.Context, n stored) error {
	vendor, err := a.vendor(n.provider)
	if err != nil {
		return err
	}
	account, err := a.Of(ctx, n.tenantID, n.provider)
	if err != nil {
		return err
	}
	paymentID, err := vendor.Trace(ctx, account, n.Notice)
	if err != nil || paymentID == "" {
		return err
	}
	_, err = a.reach(ctx, n.tenantID, paymentID)
	if fault.Is(err, fault.NotFound) {
		return nil // the account sells elsewhere too
	}
	return err
}

// done removes a notice that was acted on, unless it was told again meanwhile,
// or sets when it is tried again.
func (a *Accounts) done(ctx context.Context, n stored, failed error) error {
	return a.db.Write(ctx, database.Company(n.tenantID), func(ctx context.Context, tx *database.Tx) error {
		if failed == nil || n.tries+1 >= noticeTries {
			_, err := tx.Exec(ctx, `DELETE FROM payment_notice WHERE tenant_id = $1 AND provider = $2 AND kind = $3 AND external_id = $4 AND seen = $5`,
				n.tenantID, n.provider, n.Kind, n.ExternalID, n.seen)
			return err
		}
		pause := noticePause.Milliseconds() << n.tries
		_, err := tx.Exec(ctx, `UPDATE payment_notice SET tries = tries + 1, due_ms = $6
			WHERE tenant_id = $1 AND provider = $2 AND kind = $3 AND external_id = $4 AND seen = $5`,
			n.tenantID, n.provider, n.Kind, n.ExternalID, n.seen, tx.Now()+pause)
		return err
	})
}
