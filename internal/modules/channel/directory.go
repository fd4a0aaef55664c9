package channel

import (
	"context"
	"sync"
	"time"

	"prosa/internal/base/clock"
	"prosa/internal/message"
	"prosa/internal/platform/database"
)

// Directory is a snapshot in memory of all accounts, so that the gateway
// verifies and routes without asking the database. It follows the table by a
// cheap comparison every few seconds, and at once after a change made by this
// process.
type Directory struct {
	service *Service
	expired chan struct{}

	mu       sync.RWMutex
	byID     map[string]Account
	byHook   map[string][]Account
	external map[string]string // ids of accounts by channel and the platform's id
	formerMS int64             // when a rotated secret stops being accepted, 0 for never
	mark     mark
	checked  time.Time
	loaded   bool
	watchers []func()
}

// mark changes whenever a row of the table does: versions only grow.
type mark struct{ count, versions int64 }

func newDirectory(s *Service) *Directory {
	return &Directory{service: s, expired: make(chan struct{}, 1), byID: map[string]Account{}, byHook: map[string][]Account{}}
}

// Account gives an account by its id.
func (d *Directory) Account(accountID string) (Account, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	account, ok := d.byID[accountID]
	return account, ok
}

// Adapter gives the adapter of a platform.
func (d *Directory) Adapter(ch message.Channel) (Adapter, bool) { return d.service.Adapter(ch) }

// ByHook gives the accounts of a webhook URL, none for one that was switched
// off. An account whose secret was rotated stands there twice for a while, with
// the new and with the old one. fresh is false while the snapshot is too old to
// prove that an account does not exist.
func (d *Directory) ByHook(ch message.Channel, hook string) (accounts []Account, fresh bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	fresh = d.loaded && d.service.clock.Now().Sub(d.checked) < d.service.cfg.StaleAfter
	return d.byHook[string(ch)+"/"+hook], fresh
}

// ByExternal gives the account that stands for the platform's own id: the active
// one, of which there is one at most, else one that was stopped.
func (d *Directory) ByExternal(ch message.Channel, externalID string) (Account, bool) {
	d.mu.RLock()
	defer d.mu.RUnlock()
	account, ok := d.byID[d.external[string(ch)+"/"+externalID]]
	return account, ok
}

// Expire makes the snapshot look at the table now.
func (d *Directory) Expire() {
	select {
	case d.expired <- struct{}{}:
	default: // a look is due already
	}
}

// OnChange calls fn after every change of the snapshot.
func (d *Directory) OnChange(fn func()) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.watchers = append(d.watchers, fn)
}

// Refresh compares the snapshot with the table and reads it anew when they
// differ.
func (d *Directory) Refresh(ctx context.Context) error {
	var now mark
	var accounts []Account
	var paused []Pause
	changed := false
	err := d.service.db.Read(ctx, database.Platform("channel directory: the gateway routes webhooks of every company"), func(ctx context.Context, tx *database.Tx) error {
		row := tx.QueryRow(ctx, `SELECT COUNT(*), CAST(COALESCE(SUM(version), 0) AS BIGINT) FROM channel_account`)
		if err := row.Scan(&now.count, &now.versions); err != nil {
			return err
		}
		d.mu.RLock()
		changed = !d.loaded || now != d.mark || d.formerMS > 0 && clock.MS(d.service.clock.Now()) > d.formerMS
		d.mu.RUnlock()
		var err error
		if paused, err = loadPauses(ctx, tx); err != nil || !changed {
			return err
		}
		accounts, err = d.service.listAccounts(ctx, tx, `ORDER BY tenant_id, id`)
		return err
	})
	if err != nil {
		return err
	}
	d.service.pauses.replace(paused, clock.MS(d.service.clock.Now()))
	d.mu.Lock()
	d.checked, d.loaded = d.service.clock.Now(), true
	var watchers []func()
	if changed {
		d.mark = now
		d.index(accounts)
		watchers = d.watchers
	}
	d.mu.Unlock()
	for _, watch := range watchers {
		watch()
	}
	return nil
}

// index fills the snapshot; the caller holds the lock.
func (d *Directory) index(accounts []Account) {
	d.byID, d.byHook, d.external = make(map[string]Account, len(accounts)), make(map[string][]Account, len(accounts)), make(map[string]string, len(accounts))
	d.formerMS = 0
	nowMS := clock.MS(d.service.clock.Now())
	for _, account := range accounts {
		d.byID[account.ID] = account
		if account.State == Disabled {
			continue
		}
		key := string(account.Channel) + "/" + account.Hook
		d.byHook[key] = append(d.byHook[key], account)
		if former, untilMS := account.former(); untilMS > nowMS {
			d.byHook[key] = append(d.byHook[key], former)
			if d.formerMS == 0 || untilMS < d.formerMS {
				d.formerMS = untilMS
			}
		}
		name := string(account.Channel) + "/" + account.ExternalID
		if _, known := d.external[name]; account.State == Active || account.State == Stopped && !known {
			d.external[name] = account.ID
		}
	}
}

// any reports whether an account is as asked.
func (d *Directory) any(so func(Account) bool) bool {
	d.mu.RLock()
	defer d.mu.RUnlock()
	for _, account := range d.byID {
		if so(account) {
			return true
		}
	}
	return false
}

// Run follows the table until ctx ends. While the database is away the old
// snapshot keeps serving.
func (d *Directory) Run(ctx context.Context) error {
	ticker := time.NewTicker(d.service.cfg.RefreshEvery)
	defer ticker.Stop()
	for {
		if err := d.Refresh(ctx); err != nil && ctx.Err() == nil {
			d.service.logger.WarnContext(ctx, "the snapshot of channels could not be refreshed", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		case <-d.expired:
		}
	}
}

// Accounts gives every account, in no order.
func (d *Directory) Accounts() []Account {
	d.mu.RLock()
	defer d.mu.RUnlock()
	list := make([]Account, 0, len(d.byID))
	for _, account := range d.byID {
		list = append(list, account)
	}
	return list
}
